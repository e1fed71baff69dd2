//! Tables that fit the width of the terminal.

use crate::output::{
    fit::{Keep, cut, screen_width, width},
    terminal::{print, safe},
    tone::Tone,
};

/// Space between two columns.
const GAP: &str = "  ";

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    heading: &'static str,
    is_number: bool,
    /// Smallest width to which the texts may be cut, and the end of the texts that is kept. `None` if they are never cut.
    cut_to: Option<(usize, Keep)>,
}

impl Column {
    /// Creates a column of texts that are never cut.
    pub(crate) const fn whole(heading: &'static str) -> Self {
        Self { heading, is_number: false, cut_to: None }
    }

    /// Creates a column of numbers. They are never cut, and stand at the right.
    pub(crate) const fn number(heading: &'static str) -> Self {
        Self { heading, is_number: true, cut_to: None }
    }

    /// Creates a column of texts that may be cut to `least` terminal columns.
    pub(crate) const fn cut(heading: &'static str, least: usize, keep: Keep) -> Self {
        Self { heading, is_number: false, cut_to: Some((least, keep)) }
    }
}

/// A text in a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { text: safe(text.as_ref()), tone }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// A table. Each row has one line.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    columns: [Column; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(columns: [Column; N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Prints the headings and the rows on standard output. Texts are cut if the table is wider than the terminal. If no
    /// column has a heading, only the rows are printed. Columns without any text take no space.
    pub(crate) fn print(&self) {
        self.lines(screen_width()).iter().for_each(|line| print(line));
    }

    fn lines(&self, screen: Option<usize>) -> Vec<String> {
        let headings = self.columns.map(|column| Cell::new(column.heading, Tone::Quiet));
        let has_headings = self.columns.iter().any(|column| !column.heading.is_empty());
        let headings = has_headings.then_some(&headings);
        let rows: Vec<&[Cell; N]> = headings.into_iter().chain(&self.rows).collect();
        let widths = self.widths(&rows, screen);
        rows.into_iter().map(|row| self.line(row, &widths)).collect()
    }

    fn line(&self, row: &[Cell; N], widths: &[usize; N]) -> String {
        let (mut line, mut space) = (String::new(), 0);
        let columns = self.columns.iter().zip(row).zip(widths);
        for ((column, cell), &room) in columns.filter(|(_, room)| **room > 0) {
            let keep = column.cut_to.map_or(Keep::Beginning, |(_, keep)| keep);
            let text = cut(&cell.text, room, keep);
            let free = room.saturating_sub(width(&text));
            let (before, after) = if column.is_number { (free, 0) } else { (0, free) };
            // Space is written before the next text only, so that no line ends in space.
            if !text.is_empty() {
                line += &" ".repeat(space + before);
                line += &cell.tone.paint(&text);
                space = 0;
            } else {
                space += before;
            }
            space += after + GAP.len();
        }
        line
    }

    /// Returns the width of each column. The widest column that may be cut loses space first.
    fn widths(&self, rows: &[&[Cell; N]], screen: Option<usize>) -> [usize; N] {
        let mut widths = [0; N];
        for row in rows {
            for (widest, cell) in widths.iter_mut().zip(row.iter()) {
                *widest = (*widest).max(width(&cell.text));
            }
        }
        let Some(screen) = screen else { return widths };
        let used = widths.iter().filter(|width| **width > 0).count();
        let gaps = GAP.len() * used.saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > screen {
            let cuttable = (0..N).filter(|&n| self.columns[n].cut_to.is_some_and(|(least, _)| widths[n] > least));
            let Some(widest) = cuttable.max_by_key(|&n| widths[n]) else { break };
            widths[widest] -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_cut_to_the_screen() {
        let columns = [Column::number("LENGTH"), Column::cut("TITLE", 6, Keep::Beginning), Column::whole("ID")];
        let mut table = Table::new(columns);
        table.push(["2:50".into(), "月光下的华尔兹".into(), "045c7003".into()]);
        table.push(["".into(), "A slow waltz".into(), "".into()]);
        assert_eq!(
            table.lines(None),
            ["LENGTH  TITLE           ID", "  2:50  月光下的华尔兹  045c7003", "        A slow waltz"]
        );
        assert_eq!(
            table.lines(Some(28)),
            ["LENGTH  TITLE       ID", "  2:50  月光下的…   045c7003", "        A slow wa…"]
        );
        assert!(table.lines(Some(10)).iter().all(|line| width(line) <= 24), "a column keeps its smallest width");
    }

    #[test]
    fn a_table_without_headings_has_rows_only_and_no_space_for_an_empty_column() {
        let mut table = Table::new([Column::whole(""), Column::number(""), Column::number(""), Column::whole("")]);
        table.push(["045c7003".into(), "".into(), "681 kB".into(), "songs/月光.mp3".into()]);
        table.push(["".into(), "".into(), "3 kB".into(), "songs/月光.jpg".into()]);
        assert_eq!(table.lines(None), ["045c7003  681 kB  songs/月光.mp3", "            3 kB  songs/月光.jpg"]);
    }
}
