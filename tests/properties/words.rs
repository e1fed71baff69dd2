//! Tests that a word that the SDK does not know is kept, alone and inside a request or a response.

use kie_types::{
    CallbackType, CoverStatus, GenerateMusic, LyricsStatus, LyricsVariantStatus, MidiStatus, Model, MusicCallback,
    MusicRecord, MusicStatus, MusicVideoRecord, MusicVideoStatus, PersonaModel, RecoveryStatus, SeparationType,
    SingerSkillLevel, StemName, VocalGender, VocalSeparationStatus, VoiceLanguage, VoiceStatus, VoiceValidationStatus,
    WavStatus,
};
use proptest::prelude::*;
use serde_json::json;

use super::{holds, inputs::text};
use crate::setup::cases::config;

/// Checks for each of these word types that all known words and any other text do not change when they are read and
/// printed.
macro_rules! words_survive {
    ($($test:ident: $word:ty,)+) => {$(
        #[test]
        fn $test() {
            for known in <$word>::ALL {
                assert!(known.is_known());
                assert_eq!(<$word>::from(known.as_str()), known);
                assert_eq!(serde_json::from_value::<$word>(json!(known)).unwrap(), known);
            }
            holds(&text(), |text| {
                let word = <$word>::from(text.as_str());
                prop_assert_eq!(word.as_str(), text.as_str());
                prop_assert_eq!(word.to_string(), text.as_str());
                prop_assert_eq!(word.is_known(), <$word>::ALL.iter().any(|known| known.as_str() == text));
                let printed = serde_json::to_string(&word).unwrap();
                prop_assert_eq!(&printed, &serde_json::to_string(&text).unwrap());
                prop_assert_eq!(serde_json::from_str::<$word>(&printed).unwrap(), word);
                Ok(())
            });
        }
    )+};
}

words_survive! {
    words_for_models_survive: Model,
    words_for_voices_survive: VocalGender,
    words_for_personas_survive: PersonaModel,
    words_for_music_status_survive: MusicStatus,
    words_for_video_status_survive: MusicVideoStatus,
    words_for_callback_types_survive: CallbackType,
    words_for_languages_survive: VoiceLanguage,
    words_for_skill_survive: SingerSkillLevel,
    words_for_phrase_status_survive: VoiceValidationStatus,
    words_for_voice_status_survive: VoiceStatus,
    words_for_cover_status_survive: CoverStatus,
    words_for_recovery_status_survive: RecoveryStatus,
    words_for_lyrics_status_survive: LyricsStatus,
    words_for_lyrics_variants_survive: LyricsVariantStatus,
    words_for_wav_status_survive: WavStatus,
    words_for_separations_survive: SeparationType,
    words_for_stems_survive: StemName,
    words_for_separation_status_survive: VocalSeparationStatus,
    words_for_midi_status_survive: MidiStatus,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn unknown_words_survive_inside_requests_and_answers(word in "[A-Za-z0-9_漢]{1,12}") {
        let model = Model::from(word.as_str());
        let request = GenerateMusic::simple(model, "an idea").vocal_gender(VocalGender::from(word.as_str()));
        let printed = serde_json::to_value(&request).unwrap();
        prop_assert_eq!((&printed["model"], &printed["vocalGender"]), (&json!(word), &json!(word)));
        prop_assert_eq!(serde_json::from_value::<GenerateMusic>(printed).unwrap(), request);

        let record: MusicRecord = serde_json::from_value(json!({ "status": word, "taskId": "a" })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&record).unwrap()["status"], &json!(word));
        let video: MusicVideoRecord = serde_json::from_value(json!({ "successFlag": word })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&video).unwrap()["successFlag"], &json!(word));
        let push: MusicCallback = serde_json::from_value(json!({ "callbackType": word })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&push).unwrap()["callbackType"], &json!(word));
    }
}
