//! MIDI: the notes of stems, and the MIDI files with these notes. A stem is an audio file with only one voice or one
//! group of instruments of a track.

pub mod generate_midi;
mod midi_file;
