//! The operations of the service, a file for each page family of its documentation, and the table of all of them.

mod credits;
pub(crate) mod demo;
mod download_url;
mod incoming_call;
mod lyrics;
mod midi;
mod music;
mod operation_result;
mod routes;
mod stems;
mod upload;
mod video;
mod voice;
mod wav;

pub use self::routes::{ROUTES, Route};
pub(crate) use self::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
    routes::find,
};
