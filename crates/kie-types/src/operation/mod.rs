//! Operations of the API and the tasks that they start.

mod call_back;
mod check;
mod declare;
mod encode;
mod endpoint;
mod examples;
mod item;
mod job;
mod poll_outcome;
mod progress;
mod report;
#[cfg(feature = "schemars")]
pub(crate) mod schema;
mod started;
mod state;

pub use call_back::CallbackField;
pub use check::{Checked, check, check_on};
pub(crate) use declare::request;
pub use encode::{EncodeError, Encoded, EncodedBody, FileForm, NotAQuery, path_and_query, to_json};
pub(crate) use endpoint::can_cost;
pub use endpoint::{Effect, Endpoint, Host, Method};
pub use examples::Examples;
pub use item::{FileLink, InlineFile, Item};
pub(crate) use job::lacks_result;
pub use job::{CallbackPayload, Job, Output, Record};
pub use poll_outcome::{LONGEST_TASK, PollOutcome, UNDELIVERED_GRACE};
pub use progress::{Change, Progress};
pub use report::{Outcome, Report};
pub use started::{MarketAnswer, NEW_TASKS, NEW_TASKS_SPAN, PaidEndpoint, Started, TaskEndpoint};
pub use state::{Failure, Stage, TaskState};
