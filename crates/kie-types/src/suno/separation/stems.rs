//! Stems: what a separation makes.

use crate::{
    decode::answer,
    operation::{Item, Output},
    value::{AudioId, Link, Seconds, link::Any},
};

answer! {
    /// What a separation made, in one of two forms or in both: links by name, and rows.
    ///
    /// Neither follows from the other: rows have been seen without links by name, and fewer rows than links. The rows
    /// have the ids that [`GenerateMidi`](crate::GenerateMidi) asks for. A stem that is not in the music is missing, or
    /// a silent file. Files are kept for 14 days.
    pub struct Stems {
        /// Null wherever it was seen.
        pub id: Option<String> = "id",
        /// What was taken apart; usually null or empty.
        pub origin_url: Option<Link<Any>> = "originUrl" | "origin_url",
        /// The stems as rows, spelt in snake_case also inside a record.
        pub origin_data: Vec<OriginData> = "originData" | "origin_data",
        /// The accompaniment; of two stems only.
        pub instrumental_url: Option<Link> = "instrumentalUrl" | "instrumental_url",
        /// The voice, or the lead voice.
        pub vocal_url: Option<Link> = "vocalUrl" | "vocal_url",
        /// The backing voices.
        pub backing_vocals_url: Option<Link> = "backingVocalsUrl" | "backing_vocals_url",
        /// The drums.
        pub drums_url: Option<Link> = "drumsUrl" | "drums_url",
        /// The bass.
        pub bass_url: Option<Link> = "bassUrl" | "bass_url",
        /// The guitars.
        pub guitar_url: Option<Link> = "guitarUrl" | "guitar_url",
        /// The piano; in records only.
        pub piano_url: Option<Link> = "pianoUrl" | "piano_url",
        /// The keyboards.
        pub keyboard_url: Option<Link> = "keyboardUrl" | "keyboard_url",
        /// The percussion.
        pub percussion_url: Option<Link> = "percussionUrl" | "percussion_url",
        /// The strings.
        pub strings_url: Option<Link> = "stringsUrl" | "strings_url",
        /// The synthesizers.
        pub synth_url: Option<Link> = "synthUrl" | "synth_url",
        /// The effects.
        pub fx_url: Option<Link> = "fxUrl" | "fx_url",
        /// The brass.
        pub brass_url: Option<Link> = "brassUrl" | "brass_url",
        /// The woodwinds.
        pub woodwinds_url: Option<Link> = "woodwindsUrl" | "woodwinds_url",
    }
}

answer! {
    /// A row of stems: one of them, or the pair of one and the rest.
    pub struct OriginData {
        /// The length in seconds.
        pub duration: Option<Seconds> = "duration",
        /// The link to the file.
        pub audio_url: Option<Link> = "audio_url" | "audioUrl",
        /// What it is, such as `Vocals`.
        pub stem_type_group_name: Option<String> = "stem_type_group_name" | "stemTypeGroupName",
        /// Its id.
        pub id: Option<AudioId> = "id",
        /// The stem that was singled out, where the row is a pair.
        pub extract: Option<Stem> = "extract",
        /// The rest without it, under the same name.
        pub remove: Option<Stem> = "remove",
    }
}

answer! {
    /// One stem.
    pub struct Stem {
        /// The length in seconds.
        pub duration: Option<Seconds> = "duration",
        /// The link to the file, which can have a space in it.
        pub audio_url: Option<Link> = "audio_url" | "audioUrl",
        /// What it is, such as `Lead Vocal`.
        pub stem_type_group_name: Option<String> = "stem_type_group_name" | "stemTypeGroupName",
        /// The id, which [`GenerateMidi`](crate::GenerateMidi) takes.
        pub id: Option<AudioId> = "id",
    }
}

impl Stems {
    /// The links by name that are there, each with its name on the wire and a name for people.
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

    /// Whether there is a file at all, apart from what was taken apart.
    pub(crate) fn has_files(&self) -> bool {
        self.named().next().is_some() || self.origin_data.iter().any(|row| row.items().any(|item| item.url.is_some()))
    }
}

impl OriginData {
    /// The row's stem, or both of its pair.
    fn items(&self) -> impl Iterator<Item = Item> {
        let Self { duration, audio_url, stem_type_group_name, id, .. } = self;
        let own = item("audioUrl", id.as_ref(), stem_type_group_name.clone(), *duration, audio_url.as_ref());
        let of = |key, stem: &Option<Stem>, name: fn(String) -> String| {
            let Stem { duration, audio_url, stem_type_group_name, id } = stem.as_ref()?;
            item(key, id.as_ref(), stem_type_group_name.clone().map(name), *duration, audio_url.as_ref())
        };
        let extract = of("extract.audioUrl", &self.extract, |name| name);
        let remove = of("remove.audioUrl", &self.remove, |name| format!("without {name}"));
        [own, extract, remove].into_iter().flatten()
    }
}

/// A row as a thing; `None` if it says nothing.
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
    /// A stem can be a row, a link by name, or both, so it has no type of its own.
    type Piece = Item;

    fn pieces(&self) -> Vec<Item> {
        self.items()
    }

    /// Every stem once: the rows, and of the links by name those that no row has. The link to what was taken apart
    /// stands with the first.
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
        if let Some(origin) = &self.origin_url {
            if items.is_empty() {
                items.push(Item::default());
            }
            items[0].urls.insert("originUrl".to_owned(), origin.to_any());
        }
        items
    }
}
