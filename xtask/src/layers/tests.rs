//! Tests of the rules for rooms and files, with small crates.

#![allow(clippy::panic)]

use std::collections::BTreeMap;

use super::{
    drawing::drawing,
    exceptions::{Exception, wrong},
    rules::{Broken, LayerRule, broken},
    source::{Graph, tests::graph},
};

fn found(graph: &Graph) -> Vec<Broken> {
    broken(graph, &BTreeMap::new())
}

/// Returns a crate in which each file uses the next one, and the last file uses the first.
fn cycle(files: &[&str]) -> Graph {
    let module = |file: &str| file.trim_end_matches(".rs").replace('/', "::");
    let mut texts = vec![("lib.rs".to_owned(), String::new())];
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let next = files[(index + 1) % files.len()];
        texts.push(((*file).to_owned(), format!("use crate::{}::Item; pub struct Item;", module(next))));
        match file.rsplit_once('/') {
            Some((folder, name)) => {
                let below = format!("pub mod {};", module(name));
                *folders.entry(folder.to_owned()).or_default() += &below;
            }
            None => texts[0].1 += &format!("mod {};", module(file)),
        }
    }
    let mut inner = folders.clone();
    for folder in folders.keys() {
        match folder.rsplit_once('/') {
            Some((outer, name)) => *inner.entry(outer.to_owned()).or_default() += &format!("pub mod {name};"),
            None => texts[0].1 += &format!("mod {folder};"),
        }
    }
    for outer in inner.keys().filter(|folder| !folders.contains_key(*folder)) {
        texts[0].1 += &format!("mod {outer};");
    }
    texts.extend(inner.into_iter().map(|(folder, text)| (format!("{folder}/mod.rs"), text)));
    graph(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
}

#[test]
fn two_rooms_that_reach_each_other_are_found() {
    let found = found(&cycle(&["call/send.rs", "task.rs"]));
    let [Broken { rule: LayerRule::Rooms, message, .. }] = found.as_slice() else { panic!("{found:?}") };
    let (first, directions) = message.split_once('\n').unwrap_or_default();
    assert_eq!(first, "these rooms reach each other: call, task");
    assert!(directions.contains("call → task: call/send.rs uses Item of task.rs"), "{directions}");
    assert!(directions.contains("task → call: task.rs uses Item of call/send.rs"), "{directions}");
}

#[test]
fn rooms_reach_each_other_through_a_third_one() {
    let found = found(&cycle(&["a.rs", "b/x.rs", "c.rs"]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].names.iter().eq(["a", "b", "c"]), "{found:?}");
}

#[test]
fn a_file_and_the_folder_of_its_name_are_one_room() {
    let files = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; use b::Item; pub struct Outer;"),
        ("a/b.rs", "use super::Outer; pub struct Item;"),
    ];
    assert!(found(&graph(&files)).is_empty());
}

#[test]
fn the_root_is_in_no_cycle() {
    let files =
        [("lib.rs", "mod a; mod b; pub use a::A; pub struct Root;"), ("a.rs", "use crate::Root; pub struct A;")];
    assert!(found(&graph(&[files[0], files[1], ("b.rs", "use crate::A;")])).is_empty());
}

#[test]
fn folders_inside_a_room_must_not_reach_each_other() {
    let two_folders = found(&cycle(&["room/one/a.rs", "room/two/b.rs"]));
    assert_eq!(two_folders.len(), 1, "{two_folders:?}");
    assert!(two_folders[0].names.iter().eq(["room/one", "room/two"]), "{two_folders:?}");
    // Inside one room, two files may use each other. A file and a folder inside one room may use each other too.
    assert!(found(&cycle(&["room/a.rs", "room/b.rs"])).is_empty());
    assert!(found(&cycle(&["room/one/a.rs", "room/b.rs"])).is_empty());
}

#[test]
fn a_cycle_of_six_files_is_found() {
    let files = ["a", "b", "c", "d", "e", "f"].map(|name| format!("room/{name}.rs"));
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    assert!(found(&cycle(&files[..5])).is_empty());
    let found = found(&cycle(&files));
    let [Broken { rule: LayerRule::Files, names, message }] = found.as_slice() else { panic!("{found:?}") };
    assert!(names.iter().eq(&files));
    assert!(message.starts_with("6 files reach each other, at most 5: room/a.rs, "), "{message}");
}

#[test]
fn a_full_folder_is_found() {
    let graph = graph(&[("lib.rs", "")]);
    let folder_sizes = |files| BTreeMap::from([("crates/x/src".to_owned(), files)]);
    assert!(broken(&graph, &folder_sizes(14)).is_empty());
    let found = broken(&graph, &folder_sizes(15));
    let [Broken { rule: LayerRule::Folder, message, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(message, "crates/x/src has 15 files, at most 14");
}

#[test]
fn an_exception_excuses_what_it_names_and_nothing_else() {
    let crates = || [("x".to_owned(), found(&cycle(&["a.rs", "b.rs"])))];
    let exception = |krate, rule, names| [Exception { krate, rule, names, reason: "they are parent and child" }];
    assert_eq!(wrong(&crates(), &[]).len(), 1);
    assert!(wrong(&crates(), &exception("x", LayerRule::Rooms, &["a", "b"])).is_empty());
    for other in [
        exception("y", LayerRule::Rooms, &["a", "b"]),
        exception("x", LayerRule::Files, &["a", "b"]),
        exception("x", LayerRule::Rooms, &["a", "b", "c"]),
    ] {
        assert_eq!(wrong(&crates(), &other).len(), 2, "the cycle, and the exception that is stale");
    }
}

#[test]
fn a_stale_exception_is_found() {
    let stale = [Exception { krate: "x", rule: LayerRule::Folder, names: &["crates/x/src"], reason: "pages" }];
    let wrong = wrong(&[("x".to_owned(), Vec::new())], &stale);
    assert_eq!(wrong, ["x: an exception is not needed any more, remove it: Folder of crates/x/src, “pages”"]);
}

#[test]
fn a_drawing_begins_at_the_top() {
    let files = [
        ("lib.rs", "mod a; mod b; mod top; mod wing;"),
        ("a.rs", "use crate::wing::W;"),
        ("b.rs", "pub struct B;"),
        ("top.rs", "use crate::{b::B, wing::x::X};"),
        ("wing/mod.rs", "pub mod x; pub struct W;"),
        ("wing/x.rs", "use crate::b::B; pub struct X;"),
    ];
    let drawn = drawing("krate", &graph(&files));
    assert_eq!(drawn, "krate\n  a     → wing\n  top   → b, wing\n  wing/ → b\n  b\n");
}

#[test]
fn a_long_line_of_a_drawing_goes_on_below() {
    let names: Vec<_> = (0..12).map(|index| format!("room_number_{index:02}")).collect();
    let mut files = vec![("lib.rs".to_owned(), "mod top;".to_owned()), ("top.rs".to_owned(), String::new())];
    for name in &names {
        files[0].1 += &format!("mod {name};");
        files[1].1 += &format!("use crate::{name}::X;");
        files.push((format!("{name}.rs"), "pub struct X;".to_owned()));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let drawn = drawing("krate", &graph(&files));
    assert!(drawn.lines().all(|line| line.chars().count() <= 110 && line.trim_end() == line), "{drawn}");
    assert!(drawn.contains("room_number_04,\n                   room_number_05,"), "{drawn}");
}
