//! Adding timed lyrics to a saved song.

use std::path::Path;

use kie_suno::records::TimestampedLyrics;

use crate::{
    exit::{ExitError, Interrupt},
    tags::{song::SongTags, write::write},
};

/// Adds the times of the words to the tag of a saved song. Everything else in the tag stays.
pub(crate) async fn tag_timed(path: &Path, lyrics: &TimestampedLyrics, interrupt: &Interrupt) -> Result<(), ExitError> {
    let (path, song) = (path.to_owned(), SongTags { timed: Some(lyrics.clone()), ..SongTags::default() });
    let work = move || write(&path, &song).map(drop);
    interrupt.during_blocking("writing the tags of the song", work).await
}
