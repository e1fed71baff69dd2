//! The market route: one path on which all operations are started, one path on which all tasks are read, and a
//! catalogue of the operations.

mod call;
mod callback;
mod catalogue;
mod damage;
mod deferred;
mod lookup;
mod record;
mod submit;
mod translate;

pub use self::call::{MODELS, TASK_DETAILS};
pub(crate) use self::{
    call::MarketCall,
    callback::{body, has_callback},
    damage::{broken_echo, damaged_result, no_task_id},
};
