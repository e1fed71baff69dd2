//! Texts on a terminal of limited width.

use console::{Term, measure_text_width};

/// The end of a text that is kept if the text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The beginning, as of a title.
    Beginning,
    /// The end, as of a path.
    End,
}

/// Returns the number of terminal columns that a text takes. Wide characters, such as those of Chinese, and most emoji
/// take two.
pub(crate) fn width(text: &str) -> usize {
    measure_text_width(text)
}

/// Returns the text, or as much of it as takes at most `most` columns together with the `…` that stands for the rest.
pub(crate) fn cut(text: &str, most: usize, keep: Keep) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    // The width of each part is measured as a whole, because an emoji can consist of several characters.
    let places = text.char_indices().map(|(place, _)| place).chain([text.len()]);
    match keep {
        Keep::Beginning => {
            let end = places.take_while(|&end| width(&text[..end]) <= room).last().unwrap_or_default();
            format!("{}…", text[..end].trim_end())
        }
        Keep::End => {
            let start = places.filter(|&start| width(&text[start..]) <= room).min().unwrap_or(text.len());
            format!("…{}", &text[start..])
        }
    }
}

/// Returns the lines of a text that are at most as wide as this number of columns. A line breaks at a space. A longer word
/// has a line of its own. All lines but the first begin with `indent`.
pub(crate) fn wrap(text: &str, most: usize, indent: &str) -> Vec<String> {
    let mut words = text.split(' ');
    let mut lines = vec![words.next().unwrap_or_default().to_owned()];
    for word in words {
        match lines.last_mut().filter(|line| width(line) + 1 + width(word) <= most) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

/// Returns the number of columns of the screen: that of the environment variable `COLUMNS`, or else that of the terminal
/// to which standard output is connected. Returns `None` if there is neither, because nothing is cut then.
pub(crate) fn screen_width() -> Option<usize> {
    let named = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    named.filter(|&columns| columns > 0).or_else(|| Some(Term::stdout().size_checked()?.1.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_at_a_space() {
        assert_eq!(wrap("the ledger is 月光 here", 13, ""), ["the ledger is", "月光 here"]);
        assert_eq!(wrap("/a/very/long/path is not there", 10, ""), ["/a/very/long/path", "is not", "there"]);
    }

    #[test]
    fn a_text_is_cut_between_whole_characters() {
        assert_eq!(cut("A slow waltz", 12, Keep::Beginning), "A slow waltz");
        assert_eq!(cut("A slow waltz", 8, Keep::Beginning), "A slow…");
        assert_eq!(cut("月光下的华尔兹", 14, Keep::Beginning), "月光下的华尔兹");
        assert_eq!(cut("月光下的华尔兹", 10, Keep::Beginning), "月光下的…");
        assert_eq!(cut("🎻🎻🎻", 5, Keep::Beginning), "🎻🎻…");
        assert_eq!(cut("🎻🎻🎻", 4, Keep::Beginning), "🎻…");
        assert_eq!(cut("Cafe\u{301} crème", 6, Keep::Beginning), "Cafe\u{301}…");
        assert_eq!(cut("music/2026/songs/", 10, Keep::End), "…26/songs/");
        assert_eq!(cut("歌/月光", 5, Keep::End), "…月光");
        assert_eq!(cut("x", 0, Keep::End), "…");
    }
}
