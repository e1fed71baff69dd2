//! Every limit of the tables, from both of its sides.

mod edits;
mod ignored;
mod pages;
mod ranges;
mod rows;
mod sides;
mod warnings;
