//! Sources: what people give to a verb, such as texts, files and ids.

mod address;
mod history;
mod ids;
mod input;
pub(crate) mod market;
mod operation;
mod paths;
mod receipts;
mod recording;
mod short_ids;
mod tasks;
mod track;

pub(crate) use address::{ANY_SOURCE, address_of, link_of, named_recording};
pub(crate) use history::{History, is_named_after};
pub(crate) use ids::{check_id, check_ids};
pub(crate) use input::{read_bytes, read_json, read_text};
pub(crate) use operation::{makes_tracks, operation_named};
pub(crate) use paths::{as_if_uploaded, begin_upload, check_paths, has_paths, upload_paths, uploading};
pub(crate) use receipts::{Meant, ReceiptArgs, meant, short_id_of};
pub(crate) use recording::Recording;
pub(crate) use short_ids::ShortIds;
pub(crate) use tasks::KnownTask;
pub(crate) use track::{KnownTrack, Source, TrackArgs};
