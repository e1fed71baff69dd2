//! `kie voice`: clones a singing voice.

mod check;
mod make;
mod phrase;
mod recorded;
mod voice;

pub(crate) use voice::{VoiceArgs, run};
