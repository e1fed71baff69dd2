//! Suno Voice: a singing voice of one's own, in two tasks.
//!
//! [`suno_voice_validate`] makes a phrase from a sample of the voice; the person sings it; [`suno_voice_generate`] makes
//! the voice from that recording. Its id then stands as `personaId` in [`GenerateMusic`](crate::GenerateMusic), with
//! [`PersonaModel::Voice`](crate::PersonaModel::Voice).

mod failure;
pub mod suno_voice_check_voice;
pub mod suno_voice_generate;
pub mod suno_voice_regenerate;
pub mod suno_voice_validate;
