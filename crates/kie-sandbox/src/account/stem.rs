//! Stems: the parts into which a separation splits a track.

/// A part of a track.
pub(crate) struct Stem {
    pub(crate) id: String,
    /// Name of the stem, such as `Lead Vocal`. In a pair, the track without this stem has the same name.
    pub(crate) name: String,
    pub(crate) duration: f64,
}

impl Stem {
    /// Returns the first part of the file name: the id, with the `*` of a placeholder replaced. A readable name follows
    /// it in the link.
    pub(crate) fn file_name(&self) -> String {
        self.id.replace('*', "x")
    }
}
