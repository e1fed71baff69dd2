//! Separations: taking tracks apart, and the stems that they make.

pub mod separate_vocals;
pub mod stem_name;
pub mod stems;
