//! The pages of each family of operations, one module per family.

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
