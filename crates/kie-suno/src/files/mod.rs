//! Files: saving the results of tasks, and uploading local files.

mod cover;
mod extras;
mod fetch;
mod media;
mod names;
mod origin;
mod partial_file;
mod save;
mod save_all;
mod total_progress;
mod unique;
mod upload;
mod workers;

pub use crate::saved_file::{Doubt, SavedFile};
#[doc(inline)]
pub use kie_types::{Lifetime, Link, UploadedFile, link};
pub use media::media_duration;
pub use names::{NameTemplate, NameTemplateError};
pub use save::Save;
pub use save_all::{SaveAll, SaveOutcome, SaveReport};
pub use upload::Upload;
