//! The operations of the service, a file for each page family of its documentation, and the table of all of them.

pub(crate) mod answer;
pub(crate) mod call;
mod credits;
pub(crate) mod demo;
pub(crate) mod download_url;
mod lyrics;
mod midi;
pub(crate) mod music;
pub(crate) mod routes;
mod stems;
mod upload;
mod video;
mod voice;
pub(crate) mod wav;

pub use self::routes::{ROUTES, Route};
pub(crate) use self::{
    answer::{Answer, Refused},
    call::Call,
};
