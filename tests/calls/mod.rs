//! One call: the time of sending, the number of attempts, the meaning of its response, and its tracing span.

mod deadline;
mod loopback;
mod money;
mod permits;
mod queue;
mod strange_answers;
mod traces;
