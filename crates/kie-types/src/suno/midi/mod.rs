//! MIDI: the notes of stems, and the files made from them.

pub mod generate_midi;
mod midi_file;
