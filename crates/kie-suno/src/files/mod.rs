//! Files: saved from the service, and uploaded to it.

mod at_once;
mod extras;
mod fetch;
mod part;
mod save;
mod save_all;
mod sum;
mod unique;
mod upload;

pub use crate::download::Download;
#[doc(inline)]
pub use kie_types::{Lifetime, Link, UploadedFile, link};
pub use save::Save;
pub use save_all::{Became, Collected, SaveAll};
pub use upload::Upload;
