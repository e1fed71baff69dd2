//! Suno Voice: makes a clone of a person's singing voice, in two tasks.
//!
//! [`suno_voice_validate`] takes a sample of the voice, and returns a phrase, which is a short text. The owner of the
//! voice sings the phrase, and you record the singing. [`suno_voice_generate`] makes the cloned voice from this
//! recording. To sing with the cloned voice, use its id as `personaId` in [`GenerateMusic`](crate::GenerateMusic), with
//! [`PersonaModel::Voice`](crate::PersonaModel::Voice).

pub mod suno_voice_check_voice;
pub mod suno_voice_generate;
pub mod suno_voice_regenerate;
pub mod suno_voice_validate;
