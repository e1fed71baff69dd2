//! Files that are saved beside a song: its lyrics, its cover image, and the record of its task (the response of the
//! service about the task).

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::{InlineFile, Item, Link};

use crate::task::AnyTask;

/// Returns the lyrics and the cover image of an item, each as a separate item.
pub(crate) fn lyrics_and_cover(item: &Item) -> Vec<Item> {
    let extra = || {
        let mut extra = Item::default();
        (extra.id, extra.title) = (item.id.clone(), item.title.clone());
        extra
    };
    let lyrics = item.text.as_ref().filter(|text| item.url.is_some() && !text.trim().is_empty()).map(|text| {
        let mut lyrics = extra();
        lyrics.inline = Some(InlineFile::new("txt", text.as_str()));
        lyrics
    });
    let cover = cover_link(item).map(|image| {
        let mut cover = extra();
        cover.url = Some(image);
        cover
    });
    [lyrics, cover].into_iter().flatten().collect()
}

/// Returns the link to the cover image of an item. `None` if the item is an image itself.
pub(crate) fn cover_link(item: &Item) -> Option<Link> {
    let image = item.urls.get("imageUrl").or_else(|| item.urls.get("sourceImageUrl"))?;
    let is_image = item.url.as_ref().is_none_or(|url| **url == **image);
    (!is_image).then(|| Link::new(image.as_str()))
}

/// Reads the current record of a task, and returns it as a JSON file.
pub(crate) async fn record(task: &AnyTask) -> Result<Item, TransportFailure> {
    let unread = |message: &'static str| TransportFailure::new(ErrorKind::Interrupted, message);
    let message = "the record of the task could not be read";
    let polled = task.poll().await.map_err(|error| unread(message).with_source(error))?;
    let record = polled.ok_or_else(|| unread("the service does not know the task"))?;
    let json = record.json().map_err(|error| unread(message).with_source(error))?;
    let mut item = Item::default();
    item.inline = Some(InlineFile::new("json", json));
    Ok(item)
}
