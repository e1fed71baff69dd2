//! Separations of tracks, and the stems that they make.

pub mod separate_vocals;
pub mod stem_name;
pub mod stems;
