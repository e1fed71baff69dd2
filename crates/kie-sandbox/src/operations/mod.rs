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
mod served_operation;
mod stems;
mod upload;
mod video;
mod voice;
mod wav;

pub use self::served_operation::{SERVED_OPERATIONS, ServedOperation};
pub(crate) use self::{
    incoming_call::{IncomingCall, MarketRequest, snake_case},
    operation_result::{OperationResult, Refused},
    served_operation::find,
};
