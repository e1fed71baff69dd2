//! Tests of `wait` and `events`, which poll a task and are woken by callbacks.

mod any;
mod by_name;
mod elsewhere;
mod other_record;
mod outages;
mod polling;
mod real_clock;
mod woken;
