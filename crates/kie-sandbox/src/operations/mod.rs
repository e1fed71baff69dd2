//! The operations of the service, with one file or folder for each section of the documentation, and the table of all
//! operations.

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
