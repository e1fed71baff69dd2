//! Names of saved files.

mod error;
mod placeholder;
mod result_name;
mod safe;
mod template;

pub use error::NameTemplateError;
pub(super) use result_name::{ResultName, SongName};
pub use template::NameTemplate;
