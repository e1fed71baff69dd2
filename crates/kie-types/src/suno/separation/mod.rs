//! Separations of tracks into stems. A stem is an audio file with only one voice or one group of instruments of a
//! track.

pub mod separate_vocals;
pub mod stem_name;
pub mod stems;
