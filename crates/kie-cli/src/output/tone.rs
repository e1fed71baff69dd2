//! Colours of words. There are none in a pipe, and none with the environment variable `NO_COLOR`.

use console::Style;

/// Meaning of a word, which decides its colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// An ordinary word.
    #[default]
    Plain,
    /// A word that matters less, such as a heading.
    Quiet,
    /// Something is done.
    Done,
    /// Something is going on.
    Running,
    /// Something needs attention.
    Attention,
    /// Something failed.
    Failed,
}

impl Tone {
    fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Plain => style,
            Self::Quiet => style.dim(),
            Self::Done => style.green(),
            Self::Running => style.cyan(),
            Self::Attention => style.yellow(),
            Self::Failed => style.red(),
        }
    }

    /// Returns a text for standard output in the colour of this meaning.
    pub(super) fn paint(self, text: &str) -> String {
        self.style().apply_to(text).to_string()
    }
}

/// Colours the first word of a line for standard error, if it is `error:`, `warning:` or `hint:`.
pub(super) fn paint_note(line: &str) -> String {
    for (word, tone) in [("error:", Tone::Failed), ("warning:", Tone::Attention), ("hint:", Tone::Running)] {
        if let Some(rest) = line.strip_prefix(word) {
            return format!("{}{rest}", tone.style().bold().for_stderr().apply_to(word));
        }
    }
    line.to_owned()
}
