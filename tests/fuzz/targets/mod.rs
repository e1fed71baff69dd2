//! The fuzz targets: functions that take any bytes, and panic if a property does not hold for these bytes.
//!
//! The tests of this folder call the functions with small mutations of the fixtures. The package `xtask/fuzz` includes
//! this file by its path, and calls the functions with the inputs of libFuzzer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod callbacks;
mod market;
mod printed;
mod receiver;
mod records;
mod redirects;
mod requests;
pub mod seeds;

pub use callbacks::callbacks;
pub use market::market;
pub use receiver::receiver;
pub use records::records;
pub use redirects::redirects;
pub use requests::requests;

/// A fuzz target: its name, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// All fuzz targets.
pub const TARGETS: [Target; 6] = [
    ("callbacks", callbacks),
    ("market", market),
    ("receiver", receiver),
    ("records", records),
    ("redirects", redirects),
    ("requests", requests),
];

/// Splits an input into its first line, as text, and the rest. Returns `None` if there is no line feed, or if the line
/// is not UTF-8.
fn first_line(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&data[..end]).ok()?, &data[end + 1..]))
}
