//! Every limit, checked at and just beyond its bound.

mod edits;
mod ignored;
mod pages;
mod ranges;
mod rows;
mod sides;
mod warnings;
