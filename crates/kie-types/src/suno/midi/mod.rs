//! MIDI: the notes of stems, and the files that they make.

pub mod generate_midi;
mod midi_file;
