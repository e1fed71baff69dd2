//! Tests of the verbs that make songs.

mod flags;
mod kinds;
mod sources;
mod starts;
