//! Screens: the output of commands, compared with the texts in `tests/screens`. To write these texts anew, run the tests
//! with the environment variable `KIE_SCREENS=write`, and look at them.

use std::{env, fs, path::PathBuf};

/// Sizes of the terminal: columns and lines.
pub(crate) const SIZES: [(usize, usize); 2] = [(80, 24), (120, 40)];

/// Compares what a command has shown with the screen that a person has looked at.
pub(crate) fn compare(name: &str, (columns, lines): (usize, usize), seen: &str) {
    assert!(!seen.contains('\u{1b}'), "there are no colours in a pipe: {seen}");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/{name}-{columns}x{lines}.txt"));
    if env::var("KIE_SCREENS").is_ok_and(|word| word == "write") {
        fs::write(&path, seen).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(seen, expected, "{}", path.display());
}
