//! Tests of single calls: the time of sending, the number of attempts, the meaning of the response, and the tracing
//! span.

mod deadline;
mod loopback;
mod money;
mod permits;
mod queue;
mod retrying;
mod strange_answers;
mod traces;
