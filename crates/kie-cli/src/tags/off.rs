//! Stand-in for the tags in a build without the feature `tags`.

use std::path::Path;

use kie_suno::{files::SavedFile, records::Item};

use super::about::TagFacts;
use crate::exit::Interrupt;

/// Returns the files unchanged.
pub(crate) async fn tag_saved(
    files: Vec<SavedFile>,
    _items: &[Item],
    _about: &TagFacts,
    _interrupt: &Interrupt,
) -> Vec<SavedFile> {
    files
}

/// Returns `None`, because this build reads no tags.
pub(crate) fn read_ids(_path: &Path) -> Option<super::ids::SongIds> {
    None
}
