//! Screens: the output of commands, compared with the texts in `tests/screens`. To write these texts anew, run the tests
//! with the environment variable `KIE_SCREENS=write`, and look at them.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use crate::stage::{
    kie::{Kie, Output},
    service::{stderr, stdout},
    stand_ins::StandIns,
};

/// Columns and lines of a terminal.
pub(crate) type Size = (usize, usize);

/// Sizes of the terminals.
pub(crate) const SIZES: [Size; 2] = [(80, 24), (120, 40)];

/// Takes screens on terminals of both sizes, side by side, because most commands wait for the simulator.
pub(crate) fn on_both_sizes(take: impl Fn(Size) + Sync) {
    std::thread::scope(|scope| SIZES.iter().for_each(|size| drop(scope.spawn(|| take(*size)))));
}

/// Returns the words of a command line. Double quotes make one word of a text with spaces.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('"').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The screens of one folder below `tests/screens`, on a terminal of one size.
pub(crate) struct Screens {
    folder: String,
    size: Size,
    taken: Vec<Screen>,
    wrong: Vec<String>,
}

struct Screen {
    name: String,
    line: String,
    stdout: String,
    /// Everything else that the terminal shows.
    rest: String,
}

impl Screens {
    pub(crate) fn new(folder: impl Into<String>, size: Size) -> Self {
        Self { folder: folder.into(), size, taken: Vec::new(), wrong: Vec::new() }
    }

    /// Runs a command line, such as `kie tasks`, that must end with this exit code. `kie` is the binary with its
    /// environment.
    pub(crate) fn take(&mut self, name: &str, code: i32, mut kie: Kie, line: &str) -> Output {
        kie.args(&words(line)[1..]).env("COLUMNS", self.size.0.to_string());
        let output = kie.output().unwrap();
        if output.status.code() != Some(code) {
            self.wrong.push(format!("{line} does not end with {code}: {output:?}"));
        }
        self.add(name, line, &stdout(&output), &stderr(&output));
        output
    }

    /// Adds a screen that was taken elsewhere. Only `stdout` must not wrap.
    pub(crate) fn add(&mut self, name: &str, line: &str, stdout: &str, rest: &str) {
        let [name, line, stdout, rest] = [name, line, stdout, rest].map(str::to_owned);
        self.taken.push(Screen { name, line, stdout, rest });
    }

    /// Compares the screens with those that a person has looked at. The folder must have no others.
    pub(crate) fn compare(self, stand_ins: &StandIns) {
        let Self { folder, size: (columns, lines), taken, mut wrong } = self;
        let ending = format!("-{columns}x{lines}.txt");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(folder);
        let is_writing = env::var("KIE_SCREENS").is_ok_and(|word| word == "write");
        if is_writing {
            fs::create_dir_all(&folder).unwrap();
        }
        for Screen { name, line, stdout, rest } in &taken {
            let (stdout, rest) = (stand_ins.apply(stdout), stand_ins.apply(rest));
            wrong.extend(too_wide(&stdout, columns).map(|line| format!("{name} wraps: {line}")));
            let seen = format!("$ {line}\n{stdout}{rest}");
            assert!(!seen.contains('\u{1b}'), "{name} has colours: {seen:?}");
            let path = folder.join(format!("{name}{ending}"));
            if is_writing {
                fs::write(&path, &seen).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if seen != expected {
                wrong.push(format!("{} is not as expected, but:\n{seen}", path.display()));
            }
        }
        let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
        let files: BTreeSet<_> = files.filter(|file| file.ends_with(&ending)).collect();
        let names: BTreeSet<_> = taken.iter().map(|screen| format!("{}{ending}", screen.name)).collect();
        assert_eq!(taken.len(), names.len(), "two screens have one name");
        wrong.extend(files.difference(&names).map(|file| format!("no test takes {file} in {}", folder.display())));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Beginnings of lines that can be long: commands, and texts that the user has given.
const LONG: [&str; 3] = ["kie ", "title: ", "\"prompt\": "];

/// Returns the lines that are wider than the terminal, apart from those with a link and those that can be long.
fn too_wide(stdout: &str, columns: usize) -> impl Iterator<Item = &str> {
    let may_wrap = |line: &str| line.contains("://") || LONG.iter().any(|long| line.trim_start().starts_with(long));
    stdout.lines().filter(move |line| console::measure_text_width(line) > columns && !may_wrap(line))
}
