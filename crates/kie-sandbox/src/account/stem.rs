//! Stems: the parts, such as vocals or drums, into which a separation splits a track.

/// A stem: a part of a track, such as the vocals or the drums.
pub(crate) struct Stem {
    pub(crate) id: String,
    /// Name of the stem, such as `Lead Vocal`. Some separations return a pair: one stem, and the track without this
    /// stem. Both stems of a pair have the same name.
    pub(crate) name: String,
    pub(crate) duration: f64,
}

impl Stem {
    /// Returns the id of the stem, in which each `*` of a placeholder id is replaced by `x`. The name of the file
    /// begins with this text. In the link to the file, the name of the stem follows.
    pub(crate) fn file_name(&self) -> String {
        self.id.replace('*', "x")
    }
}
