//! Stems: the parts that a separation takes a track apart into.

/// A part of a track.
pub(crate) struct Stem {
    pub(crate) id: String,
    /// What it is, such as `Lead Vocal`; of the rest without it the same.
    pub(crate) name: String,
    pub(crate) duration: f64,
}

impl Stem {
    /// The name of its file up to what is for people: its id, with the stars of a placeholder replaced.
    pub(crate) fn file_name(&self) -> String {
        self.id.replace('*', "x")
    }
}
