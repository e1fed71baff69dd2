//! Words that options accept, and the model, which can also be newer than this version.

use std::ffi::OsStr;

use clap::{
    Arg, Command, Error, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser},
};
use kie_suno::requests::{Model, PersonaModel, SoundKey, VocalGender};

/// Preferred voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vocal {
    #[value(alias = "f")]
    Female,
    #[value(alias = "m")]
    Male,
}

impl From<Vocal> for VocalGender {
    fn from(vocal: Vocal) -> Self {
        match vocal {
            Vocal::Female => Self::Female,
            Vocal::Male => Self::Male,
        }
    }
}

/// Kind of the id of `--persona`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PersonaKind {
    /// A persona that was made from a track
    Style,
    /// A cloned voice
    Voice,
}

impl From<PersonaKind> for PersonaModel {
    fn from(kind: PersonaKind) -> Self {
        match kind {
            PersonaKind::Style => Self::Style,
            PersonaKind::Voice => Self::Voice,
        }
    }
}

/// Returns the parser of a musical key. Upper and lower case do not matter.
pub(crate) fn sound_key() -> impl TypedValueParser<Value = SoundKey> {
    PossibleValuesParser::new(SoundKey::WORDS).map(|word| {
        let known = SoundKey::ALL.into_iter().find(|key| key.as_str().eq_ignore_ascii_case(&word));
        known.unwrap_or_else(|| SoundKey::from(word.as_str()))
    })
}

/// Parser of a model. It lists the known models and accepts every word, because a model can be newer than this version.
/// A near miss of a known model is refused later, with all other problems of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelParser;

impl TypedValueParser for ModelParser {
    type Value = Model;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Model, Error> {
        StringValueParser::new().parse_ref(command, arg, value).map(|word| Model::from(word.as_str()))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        // No operation accepts the first model any more.
        let known = Model::WORDS.into_iter().filter(|word| *word != Model::V3_5.as_str());
        Some(Box::new(known.map(PossibleValue::new)))
    }
}
