//! Fetching the cover image of a song into memory.

use std::path::Path;

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::Item;

use super::{extras::cover_link, partial_file::PartialFile};
use crate::task::AnyTask;

impl AnyTask {
    /// Fetches the cover image of one of the task's results, for a tag or a player. Returns `None` if the result has no
    /// cover image. A download that fails is repeated, but no other link is tried. The API key is not sent. The
    /// image is fetched into a temporary file in `folder`, and the file is deleted. The folder is created if it is missing.
    ///
    /// To save the image as a file, use [`Save::with_extras`](crate::files::Save::with_extras).
    ///
    /// # Errors
    ///
    /// The errors of a [download](kie_transport::Transport::download). [`ErrorKind::TooLarge`] if the image has more than
    /// `most` bytes.
    pub async fn cover_image(
        &self,
        item: &Item,
        folder: impl AsRef<Path>,
        most: u64,
    ) -> Result<Option<Vec<u8>>, TransportFailure> {
        let Some(link) = cover_link(item) else { return Ok(None) };
        let partial = PartialFile::new(folder.as_ref()).await?;
        self.client.transport().download(link.as_str(), &partial.path).at_most(most).await?;
        let unread = |error| TransportFailure::new(ErrorKind::Disk, "the image cannot be read").with_source(error);
        tokio::fs::read(&partial.path).await.map(Some).map_err(unread)
    }
}
