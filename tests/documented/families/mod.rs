//! The pages of one family of operations each.

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
