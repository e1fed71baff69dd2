//! The operations of the service, a file for each page family of its documentation, and the table of all of them.

mod answer;
mod call;
mod credits;
pub(crate) mod demo;
mod download_url;
mod lyrics;
mod midi;
mod music;
mod routes;
mod stems;
mod upload;
mod video;
mod voice;
mod wav;

pub use self::routes::{ROUTES, Route};
pub(crate) use self::{
    answer::{Answer, Refused},
    call::Call,
    routes::find,
};
