//! Tests of the documentation pages, with one module for each family of operations.

mod edits;
mod extras;
mod lyrics;
mod midi;
mod music_callbacks;
mod music_records;
mod music_rows;
mod stems;
mod uploads;
mod video;
mod voice;
mod wav;
