//! MIDI: the notes of stems, and the MIDI files with these notes. A stem is one voice or one group of instruments of a
//! track, as a file of its own.

pub mod generate_midi;
mod midi_file;
