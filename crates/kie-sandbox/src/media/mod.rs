//! The files that are served, and the links to them.

pub(crate) mod direct_link;
pub(crate) mod mp3;
pub(crate) mod served;
mod wav;

pub use self::served::FILES;
