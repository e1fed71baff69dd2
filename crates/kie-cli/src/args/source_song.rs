//! The song that the files of a task belong to.

/// The song that the files of a task belong to, such as the song of a stem or of a WAV file. The files are named and
/// tagged after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceSong {
    pub(crate) title: String,
    /// Id of the track.
    pub(crate) id: String,
}
