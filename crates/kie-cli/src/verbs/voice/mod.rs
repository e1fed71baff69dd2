//! `kie voice`: clones a singing voice.

mod check;
mod make;
mod phrase;
mod recorded;
mod voice;

#[cfg(test)]
pub(crate) use check::CheckedVoice;
pub(crate) use voice::{VoiceArgs, run};
