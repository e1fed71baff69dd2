//! Separations of tracks into stems. A stem is one voice or one group of instruments of a track, as a file of its own.

pub mod separate_vocals;
pub mod stem_name;
pub mod stems;
