//! One call: when it is sent, how often, what its answer means, and what can be seen of it.

mod deadline;
mod line;
mod loopback;
mod money;
mod permits;
mod seeing;
mod strange_answers;
