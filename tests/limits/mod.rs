//! Tests of the limits of requests, at their bounds and just beyond them, and of the warnings about requests.

mod edits;
mod ignored;
mod market;
mod pages;
mod ranges;
mod rows;
mod sides;
mod warnings;
