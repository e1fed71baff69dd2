//! What belongs beside a saved file: its lyrics, its cover, and the record of its task.

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::{InlineFile, Item, Link};

use crate::task::AnyTask;

/// The lyrics and the cover of a thing, as things of their own.
pub(crate) fn of(item: &Item) -> Vec<Item> {
    let beside = || {
        let mut extra = Item::default();
        (extra.id, extra.title) = (item.id.clone(), item.title.clone());
        extra
    };
    let lyrics = item.text.as_ref().filter(|text| item.url.is_some() && !text.trim().is_empty()).map(|text| {
        let mut lyrics = beside();
        lyrics.inline = Some(InlineFile::new("txt", text.as_str()));
        lyrics
    });
    let image = item.urls.get("imageUrl").or_else(|| item.urls.get("sourceImageUrl"));
    let cover = image.filter(|image| item.url.as_ref().is_some_and(|url| **url != ***image)).map(|image| {
        let mut cover = beside();
        cover.url = Some(Link::new(image.as_str()));
        cover
    });
    [lyrics, cover].into_iter().flatten().collect()
}

/// The record of a task, as the service tells it now, in a file.
pub(crate) async fn record(task: &AnyTask) -> Result<Item, TransportFailure> {
    let unread = |what: &'static str| TransportFailure::new(ErrorKind::Interrupted, what);
    let what = "the record of the task could not be read";
    let polled = task.poll().await.map_err(|error| unread(what).with_source(error))?;
    let record = polled.ok_or_else(|| unread("the service does not know the task"))?;
    let json = record.json().map_err(|error| unread(what).with_source(error))?;
    let mut item = Item::default();
    item.inline = Some(InlineFile::new("json", json));
    Ok(item)
}
