//! Tests of every limit, at its bound and just beyond it.

mod edits;
mod ignored;
mod pages;
mod ranges;
mod rows;
mod sides;
mod warnings;
