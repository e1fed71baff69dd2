//! Every limit of the tables, from both of its sides.

mod edits;
mod pages;
mod ranges;
mod sides;
