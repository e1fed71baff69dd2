//! Suno Voice: a clone of a person's singing voice, made in two tasks.
//!
//! [`suno_voice_validate`] makes a phrase from a sample of the voice. The person sings the phrase.
//! [`suno_voice_generate`] makes the voice from the recording of the phrase. Use the id of the voice as `personaId` in
//! [`GenerateMusic`](crate::GenerateMusic), with [`PersonaModel::Voice`](crate::PersonaModel::Voice).

mod failure;
pub mod suno_voice_check_voice;
pub mod suno_voice_generate;
pub mod suno_voice_regenerate;
pub mod suno_voice_validate;
