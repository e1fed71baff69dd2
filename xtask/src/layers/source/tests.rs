//! Tests that read small crates and check which file uses items of which other file.

#![allow(clippy::panic)]

use std::{collections::BTreeMap, io, path::Path};

use super::{Graph, read};

/// Reads a crate from pairs of a path and the text of the file. The first pair is the root file.
pub(in crate::layers) fn graph(files: &[(&str, &str)]) -> Graph {
    let texts: BTreeMap<_, _> = files.iter().map(|(path, text)| (Path::new("src").join(path), *text)).collect();
    let load = |path: &Path| texts.get(path).map(|text| (*text).to_owned()).ok_or(io::ErrorKind::NotFound.into());
    match read(&Path::new("src").join(files[0].0), &load) {
        Ok(graph) => graph,
        Err(error) => panic!("{error:#}"),
    }
}

/// Returns which file uses which other file, each as `from → to`. The root file is left out.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let graph = graph(files);
    let inside = graph.arrows.keys().filter(|(from, to)| *from != graph.root && *to != graph.root);
    inside.map(|(from, to)| format!("{from} → {to}")).collect()
}

#[test]
fn a_use_leads_to_the_file_of_the_item() {
    let lib = ("lib.rs", "mod a; mod b; mod c;");
    let items = [("b.rs", "pub struct B; pub fn b() {}"), ("c/mod.rs", "mod d;"), ("c/d.rs", "pub struct D;")];
    let of = |a: &'static str| arrows(&[&[lib, ("a.rs", a)], &items[..]].concat());
    assert_eq!(of("use crate::b::B;"), ["a.rs → b.rs"]);
    assert_eq!(of("use super::{b::{self, B as Other}, c::d::D};"), ["a.rs → b.rs", "a.rs → c/d.rs"]);
    assert_eq!(of("fn f() { crate::b::b() }"), ["a.rs → b.rs"]);
    assert_eq!(of("use crate::b; fn f() { b::b() }"), ["a.rs → b.rs"]);
    assert_eq!(of("fn f() { use crate::c::d as other; let x: other::D; }"), ["a.rs → c/d.rs"]);
    assert_eq!(of("fn f(x: &dyn Into<crate::c::d::D>) {}"), ["a.rs → c/d.rs"]);
    assert_eq!(of("mod inner { fn f() { super::super::b::b() } }"), ["a.rs → b.rs"]);
    assert_eq!(of("impl From<super::b::B> for u8 { fn from(b: super::b::B) -> u8 { 0 } }"), ["a.rs → b.rs"]);
}

#[test]
fn a_module_on_the_way_is_no_arrow() {
    let files = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b;"), ("b.rs", "pub struct B;")];
    assert!(arrows(&files).is_empty());
    let files = [("lib.rs", "mod a;"), ("a/mod.rs", "mod b;"), ("a/b.rs", "")];
    assert!(arrows(&files).is_empty());
}

#[test]
fn a_use_through_a_reexport_leads_to_the_definition() {
    let of = |door: &'static str, used: &'static str| {
        let lib = ("lib.rs", "mod a; mod b; pub use b::*; pub use b::B as Renamed;");
        arrows(&[lib, ("a.rs", used), ("b/mod.rs", door), ("b/c.rs", "pub struct B; pub enum E { V }")])
    };
    assert_eq!(of("mod c; pub use c::B;", "use crate::b::B;"), ["a.rs → b/c.rs"]);
    assert_eq!(of("mod c; pub(crate) use c::{B as N};", "use crate::b::N;"), ["a.rs → b/c.rs"]);
    assert_eq!(of("mod c; pub use c::*;", "use crate::b::E; fn f() { E::V }"), ["a.rs → b/c.rs"]);
    assert_eq!(of("mod c; pub use c::*;", "use crate::Renamed;"), ["a.rs → b/c.rs"]);
    assert_eq!(of("mod c; pub use c::*;", "use crate::B;"), ["a.rs → b/c.rs"]);
    assert_eq!(of("mod c; pub use c::E;", "use crate::b::E::*;"), ["a.rs → b/c.rs"]);
}

#[test]
fn a_reexport_of_what_is_below_is_no_use() {
    let files = [("lib.rs", "mod b;"), ("b/mod.rs", "mod c; pub use c::C;"), ("b/c.rs", "pub struct C;")];
    assert!(arrows(&files).is_empty());
    let files = [("lib.rs", "mod b;"), ("b/mod.rs", "mod c; pub use c::C; fn f(c: C) {}"), ("b/c.rs", "pub struct C;")];
    assert_eq!(arrows(&files), ["b/mod.rs → b/c.rs"]);
    let files = [("lib.rs", "mod b; mod c;"), ("b.rs", "pub use crate::c::C;"), ("c.rs", "pub struct C;")];
    assert_eq!(arrows(&files), ["b.rs → c.rs"]);
}

#[test]
fn a_glob_brings_what_is_used_of_it() {
    let items = [("b/mod.rs", "mod c; pub use c::*; pub struct B;"), ("b/c.rs", "pub struct C;")];
    let of = |a: &'static str| arrows(&[&[("lib.rs", "mod a; mod b;"), ("a.rs", a)], &items[..]].concat());
    assert_eq!(of("use crate::b::*; fn f(c: C) {}"), ["a.rs → b/c.rs"]);
    assert_eq!(of("use crate::b::*; fn f() { vec![B, C] }"), ["a.rs → b/c.rs", "a.rs → b/mod.rs"]);
    assert_eq!(of("fn f() { use crate::b::*; let c = C; }"), ["a.rs → b/c.rs"]);
}

#[test]
fn macros_lead_to_where_they_are_defined() {
    let lib = ("lib.rs", "mod a; mod b; mod c;");
    let b = ("b.rs", "macro_rules! make { ($x:ident) => { $crate::c::C::$x(super::c) } } pub(crate) use make;");
    let files = [lib, ("a.rs", "use crate::b::make; make! { x }"), b, ("c.rs", "pub struct C;")];
    assert_eq!(arrows(&files), ["a.rs → b.rs", "b.rs → c.rs"]);
    let files = [lib, ("a.rs", "fn f() { crate::b::make!(x) }"), b, ("c.rs", "pub struct C;")];
    assert_eq!(arrows(&files), ["a.rs → b.rs", "b.rs → c.rs"]);
    // The macros are used without a path. One is defined in an earlier module with `#[macro_use]`, one in a module
    // around the use.
    let files = [("lib.rs", "#[macro_use] mod b; mod a;"), ("a.rs", "make!(x);"), ("b.rs", "macro_rules! make {}")];
    assert_eq!(arrows(&files), ["a.rs → b.rs"]);
    let files = [("lib.rs", "mod b;"), ("b/mod.rs", "macro_rules! make {} mod a;"), ("b/a.rs", "make!(x);")];
    assert_eq!(arrows(&files), ["b/a.rs → b/mod.rs"]);
    let b = ("b.rs", "#[macro_export] macro_rules! make {}");
    assert_eq!(arrows(&[("lib.rs", "mod a; mod b;"), ("a.rs", "crate::make!(x);"), b]), ["a.rs → b.rs"]);
}

#[test]
fn paths_inside_macros_count() {
    let items = [("b.rs", "pub struct B; pub fn b() {} pub mod m { pub const X: u8 = 0; }"), ("c.rs", "pub struct C;")];
    let lib = ("lib.rs", "mod a; mod b; mod c;");
    let of = |a: &'static str| arrows(&[&[lib, ("a.rs", a)], &items[..]].concat());
    assert_eq!(of("fn f() { println!(\"{}\", crate::b::b()) }"), ["a.rs → b.rs"]);
    assert_eq!(of("use super::b; fn f() { assert!(x.y && b::m::X == 0) }"), ["a.rs → b.rs"]);
    let body = "macro_rules! m { () => { use $crate::{b::{B, m as n}, c::C}; n::X } }";
    assert_eq!(of(body), ["a.rs → b.rs", "a.rs → c.rs"]);
    assert_eq!(of("macro_rules! m { () => { use $crate::b as other; other::b() } }"), ["a.rs → b.rs"]);
    assert_eq!(of("make! { #[serde(with = \"crate::c::C\")] struct X; }"), ["a.rs → c.rs"]);
    // Macro parameters, fields, labels and documentation texts name no item, so they are no use of `b`.
    assert!(of("use super::b; macro_rules! m { ($b:ident) => { $b::b(); x.b::<u8>(); } }").is_empty());
    assert!(of("make! { /// See crate::c::C.\n struct X { b: u8 } }").is_empty());
    assert!(of("make! { #[doc = \"crate::c::C\"] struct X; }").is_empty());
}

#[test]
fn attributes_name_functions_in_text() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b; struct S { #[serde(default = \"b::missing\")] #[x(crate::c::C)] s: u8 }"),
        ("b.rs", "pub fn missing() {}"),
        ("c.rs", "pub struct C;"),
    ];
    assert_eq!(arrows(&files), ["a.rs → b.rs", "a.rs → c.rs"]);
}

#[test]
fn what_only_tests_are_built_with_is_left_out() {
    let lib = ("lib.rs", "mod a; mod b; #[cfg(test)] mod missing;");
    let of = |a: &'static str| arrows(&[lib, ("a.rs", a), ("b.rs", "pub struct B;")]);
    assert!(of("#[cfg(test)] mod tests { use crate::b::B; }").is_empty());
    assert!(of("#[cfg(test)] mod tests;").is_empty());
    assert!(of("#[cfg(all(unix, test))] use crate::b::B;").is_empty());
    assert!(of("struct S; impl S { #[cfg(test)] fn f(b: crate::b::B) {} }").is_empty());
    assert!(of("//! See [`crate::b::B`].\n\n/// See [`crate::b::B`].\nstruct S;").is_empty());
    assert_eq!(of("#[cfg(not(test))] use crate::b::B;"), ["a.rs → b.rs"]);
    assert_eq!(of("#[cfg(any(test, feature = \"x\"))] use crate::b::B;"), ["a.rs → b.rs"]);
    assert_eq!(of("#[cfg(feature = \"x\")] fn f(b: crate::b::B) {}"), ["a.rs → b.rs"]);
}

#[test]
fn other_crates_are_left_out() {
    let lib = ("lib.rs", "mod a; mod http; pub use ::http as other;");
    let of = |a: &'static str| arrows(&[lib, ("a.rs", a), ("http.rs", "pub use bytes::Bytes;")]);
    assert!(of("use http::Request; fn f() { ::http::x() }").is_empty());
    assert!(of("use crate::http::Bytes; fn f(b: Bytes) { std::mem::drop(b) }").is_empty());
}

#[test]
fn an_item_that_a_macro_makes_stands_in_its_module() {
    let b = ("b.rs", "make! { pub struct B; } pub use bytes::Bytes;");
    let files = [("lib.rs", "mod a; mod b; pub use b::B;"), ("a.rs", "use crate::B;"), b];
    assert_eq!(arrows(&files), ["a.rs → b.rs"]);
}

#[test]
fn a_module_and_a_function_may_share_a_name() {
    let lib = ("lib.rs", "mod a; mod check; pub use check::check;");
    let check = ("check.rs", "pub fn check() {} pub struct Checked;");
    assert_eq!(arrows(&[lib, ("a.rs", "use crate::check;"), check]), ["a.rs → check.rs"]);
    assert_eq!(arrows(&[lib, ("a.rs", "use crate::check::Checked;"), check]), ["a.rs → check.rs"]);
}

#[test]
fn the_path_of_a_module_may_be_given() {
    let files =
        [("lib.rs", "#[path = \"x/y.rs\"] mod b; mod a;"), ("a.rs", "use crate::b::B;"), ("x/y.rs", "pub struct B;")];
    assert_eq!(arrows(&files), ["a.rs → x/y.rs"]);
}

#[test]
fn an_arrow_says_what_is_used() {
    let a = ("a.rs", "use crate::b::{B, make}; fn f() { make!(B::new(), crate::b::f()) }");
    let b = ("b.rs", "pub struct B; fn f() {} macro_rules! make {} pub(crate) use make;");
    let graph = graph(&[("lib.rs", "mod a; mod b;"), a, b]);
    let names: Vec<_> = graph.arrows.values().flatten().map(String::as_str).collect();
    assert_eq!(names, ["B", "f", "make!"]);
}
