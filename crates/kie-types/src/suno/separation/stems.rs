//! Stems, the results of separations. A stem is an audio file with only one voice or one group of instruments of a
//! track.

use crate::{
    decode::answer,
    operation::{Item, Output},
    value::{AudioId, Link, Seconds, link::Any},
};

answer! {
    /// Result of a separation. The result has the stems in two forms: as links in fields such as `vocal_url`, and as
    /// the list `origin_data`. One of the two forms can be missing.
    ///
    /// The two forms can differ: some responses had only the list, and some had fewer stems in the list than links.
    /// Only the list has the ids that [`generate-midi`](crate::GenerateMidi) requires. If an instrument does not occur
    /// in the music, its stem is missing, or the file of its stem is silent. KIE documents that it keeps the files for
    /// 14 days.
    pub struct Stems {
        /// Id of the result. It is null in all known responses.
        pub id: Option<String> = "id",
        /// Link to the audio that was separated. It is usually null or empty.
        pub origin_url: Option<Link<Any>> = "originUrl" | "origin_url",
        /// Stems as a list. In JSON, the keys of an entry are in snake_case, even in the record of the task, whose
        /// other keys are in camelCase.
        pub origin_data: Vec<OriginData> = "originData" | "origin_data",
        /// Link to the accompaniment. Present only if the separation made two stems, voice and accompaniment.
        pub instrumental_url: Option<Link> = "instrumentalUrl" | "instrumental_url",
        /// Link to the voice, or to the lead voice.
        pub vocal_url: Option<Link> = "vocalUrl" | "vocal_url",
        /// Link to the backing voices.
        pub backing_vocals_url: Option<Link> = "backingVocalsUrl" | "backing_vocals_url",
        /// Link to the drums.
        pub drums_url: Option<Link> = "drumsUrl" | "drums_url",
        /// Link to the bass.
        pub bass_url: Option<Link> = "bassUrl" | "bass_url",
        /// Link to the guitars.
        pub guitar_url: Option<Link> = "guitarUrl" | "guitar_url",
        /// Link to the piano. Sent only in the record of the task, not in its callback.
        pub piano_url: Option<Link> = "pianoUrl" | "piano_url",
        /// Link to the keyboards.
        pub keyboard_url: Option<Link> = "keyboardUrl" | "keyboard_url",
        /// Link to the percussion.
        pub percussion_url: Option<Link> = "percussionUrl" | "percussion_url",
        /// Link to the strings.
        pub strings_url: Option<Link> = "stringsUrl" | "strings_url",
        /// Link to the synthesizers.
        pub synth_url: Option<Link> = "synthUrl" | "synth_url",
        /// Link to the effects.
        pub fx_url: Option<Link> = "fxUrl" | "fx_url",
        /// Link to the brass.
        pub brass_url: Option<Link> = "brassUrl" | "brass_url",
        /// Link to the woodwinds.
        pub woodwinds_url: Option<Link> = "woodwindsUrl" | "woodwinds_url",
    }
}

/// Keys of the stems in JSON, in both spellings. A result of the market route is found by these keys.
pub(super) const STEM_KEYS: [&str; 30] = [
    "origin_data",
    "originData",
    "instrumental_url",
    "instrumentalUrl",
    "vocal_url",
    "vocalUrl",
    "backing_vocals_url",
    "backingVocalsUrl",
    "drums_url",
    "drumsUrl",
    "bass_url",
    "bassUrl",
    "guitar_url",
    "guitarUrl",
    "piano_url",
    "pianoUrl",
    "keyboard_url",
    "keyboardUrl",
    "percussion_url",
    "percussionUrl",
    "strings_url",
    "stringsUrl",
    "synth_url",
    "synthUrl",
    "fx_url",
    "fxUrl",
    "brass_url",
    "brassUrl",
    "woodwinds_url",
    "woodwindsUrl",
];

answer! {
    /// Entry of the list of stems. The entry is one stem, or a pair: one stem, and the rest of the track.
    pub struct OriginData {
        /// Duration of the stem, in seconds.
        pub duration: Option<Seconds> = "duration",
        /// Link to the file of the stem.
        pub audio_url: Option<Link> = "audio_url" | "audioUrl",
        /// Name of the stem, such as `Vocals`.
        pub stem_type_group_name: Option<String> = "stem_type_group_name" | "stemTypeGroupName",
        /// Id of the stem, for use as the `audioId` of [`generate-midi`](crate::GenerateMidi).
        pub id: Option<AudioId> = "id",
        /// Stem that was extracted from the track. Present only if the entry is a pair.
        pub extract: Option<Stem> = "extract",
        /// Rest of the track, without the extracted stem. The rest has the same name as the extracted stem. Present
        /// only if the entry is a pair.
        pub remove: Option<Stem> = "remove",
    }
}

answer! {
    /// One stem of a pair: the extracted stem, or the rest of the track.
    pub struct Stem {
        /// Duration of the stem, in seconds.
        pub duration: Option<Seconds> = "duration",
        /// Link to the file of the stem. The link can contain a space.
        pub audio_url: Option<Link> = "audio_url" | "audioUrl",
        /// Name of the stem, such as `Lead Vocal`.
        pub stem_type_group_name: Option<String> = "stem_type_group_name" | "stemTypeGroupName",
        /// Id of the stem, for use as the `audioId` of [`generate-midi`](crate::GenerateMidi).
        pub id: Option<AudioId> = "id",
    }
}

impl Stems {
    /// Returns the links from all fields such as `vocal_url` that have a link. Each tuple has the key of the field in
    /// JSON, a readable name of the stem, and the link.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &'static str, &Link)> {
        let links = [
            ("instrumentalUrl", "Instrumental", &self.instrumental_url),
            ("vocalUrl", "Vocals", &self.vocal_url),
            ("backingVocalsUrl", "Backing Vocals", &self.backing_vocals_url),
            ("drumsUrl", "Drums", &self.drums_url),
            ("bassUrl", "Bass", &self.bass_url),
            ("guitarUrl", "Guitar", &self.guitar_url),
            ("pianoUrl", "Piano", &self.piano_url),
            ("keyboardUrl", "Keyboard", &self.keyboard_url),
            ("percussionUrl", "Percussion", &self.percussion_url),
            ("stringsUrl", "Strings", &self.strings_url),
            ("synthUrl", "Synth", &self.synth_url),
            ("fxUrl", "FX", &self.fx_url),
            ("brassUrl", "Brass", &self.brass_url),
            ("woodwindsUrl", "Woodwinds", &self.woodwinds_url),
        ];
        links.into_iter().filter_map(|(wire, name, link)| Some((wire, name, link.as_ref()?)))
    }

    /// Returns `true` if there is a link to at least one stem. The link to the audio that was separated does not count.
    pub(crate) fn has_files(&self) -> bool {
        self.named().next().is_some() || self.origin_data.iter().any(|row| row.items().any(|item| item.url.is_some()))
    }
}

impl OriginData {
    /// Returns the stems of this entry as items: one stem, or both stems of a pair (the extracted stem and the rest of
    /// the track).
    fn items(&self) -> impl Iterator<Item = Item> {
        let Self { duration, audio_url, stem_type_group_name, id, .. } = self;
        let own = item("audioUrl", id.as_ref(), stem_type_group_name.clone(), *duration, audio_url.as_ref());
        let stem_item = |key, stem: &Option<Stem>, name: fn(String) -> String| {
            let Stem { duration, audio_url, stem_type_group_name, id } = stem.as_ref()?;
            item(key, id.as_ref(), stem_type_group_name.clone().map(name), *duration, audio_url.as_ref())
        };
        let extract = stem_item("extract.audioUrl", &self.extract, |name| name);
        let remove = stem_item("remove.audioUrl", &self.remove, |name| format!("without {name}"));
        [own, extract, remove].into_iter().flatten()
    }
}

/// Returns a stem as an item, or `None` if the stem has no data. `key` is the JSON key under which the item lists the
/// link.
fn item(
    key: &str,
    id: Option<&AudioId>,
    title: Option<String>,
    duration: Option<Seconds>,
    url: Option<&Link>,
) -> Option<Item> {
    let item = Item {
        id: id.map(|id| id.as_str().to_owned()),
        title,
        duration_s: duration.map(Seconds::get),
        url: url.cloned(),
        ..Item::default()
    };
    (item != Item::default()).then(|| item.link(key, url))
}

impl Output for Stems {
    /// Type of one stem. It is [`Item`], because the response can have a stem as an entry of the list, as a link in a
    /// field such as `vocal_url`, or as both.
    type Piece = Item;

    fn pieces(&self) -> Vec<Item> {
        self.items()
    }

    /// Returns every stem once: first all stems of the list, and then the stems that are only in fields such as
    /// `vocal_url`. The first item also has the link to the audio that was separated, if this link is known. Returns no
    /// items if there are no stems.
    fn items(&self) -> Vec<Item> {
        let mut items: Vec<Item> = self.origin_data.iter().flat_map(OriginData::items).collect();
        for (wire, name, link) in self.named() {
            match items.iter_mut().find(|item| item.url.as_ref() == Some(link)) {
                Some(item) => drop(item.urls.insert(wire.to_owned(), link.to_any())),
                None => items.push(
                    Item { title: Some(name.to_owned()), url: Some(link.clone()), ..Item::default() }
                        .link(wire, Some(link)),
                ),
            }
        }
        if let (Some(origin), Some(first)) = (&self.origin_url, items.first_mut()) {
            first.urls.insert("originUrl".to_owned(), origin.to_any());
        }
        items
    }
}
