//! Checks the README and the how-tos of a crate. They are shown in two places: on docs.rs, which understands names of items
//! as links and hides lines of code, and as files, where such links stay in brackets and all lines are shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::MAX_WIDTH;

/// Address of the documentation of the crates.
const DOCS: &str = "https://docs.rs/";

/// Returns a message for each rule that a Markdown file of the crate breaks. `features` has the features of the crate with
/// their parts, and `doc` is the folder with the pages of all crates.
pub(super) fn wrong(folder: &Path, features: &BTreeMap<&str, &[String]>, doc: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let readme = fs::read_to_string(folder.join("README.md"))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    wrong.extend(wrong_features(&readme, features).map(|problem| format!("{name}/README.md: {problem}")));
    let mut files = vec![("README.md".to_owned(), readme)];
    if let Ok(pages) = fs::read_dir(folder.join("docs")) {
        for page in pages {
            let path = page?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let file = format!("docs/{}", path.file_name().unwrap_or_default().to_string_lossy());
                files.push((file, fs::read_to_string(path)?));
            }
        }
    }
    for (file, text) in files {
        let (prose, code) = parts(&text);
        let hidden = code.iter().filter(|line| **line == "#" || line.starts_with("# "));
        wrong.extend(hidden.map(|line| format!("{name}/{file}: only docs.rs hides the line {line:?}")));
        let wide = code.iter().filter(|line| line.chars().count() > MAX_WIDTH);
        wrong.extend(wide.map(|line| format!("{name}/{file}: more than {MAX_WIDTH} characters in {line:?}")));
        for link in bare_links(&prose) {
            wrong.push(format!("{name}/{file}: [{link}] needs a line `[{link}]: {DOCS}…`"));
        }
        let dead = dead_links(&prose, &folder.join(&file), doc);
        wrong.extend(dead.into_iter().map(|target| format!("{name}/{file}: {target} leads nowhere")));
    }
    Ok(wrong)
}

/// Returns the text outside of code, and the lines of Rust code.
fn parts(text: &str) -> (String, Vec<&str>) {
    let (mut prose, mut code) = (String::new(), Vec::new());
    let mut language = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), language) {
            (Some(info), None) => language = Some(info),
            (Some(_), Some(_)) => language = None,
            (None, None) => prose += &format!("{line}\n"),
            (None, Some(info)) if info.is_empty() || info.starts_with("rust") => code.push(line),
            (None, Some(_)) => {}
        }
    }
    (prose, code)
}

/// Returns the names in links that have neither an address nor a definition in the file.
fn bare_links(prose: &str) -> BTreeSet<String> {
    let shortcuts = prose.split("[`").skip(1).filter_map(|rest| rest.split_once(']'));
    let shortcuts =
        shortcuts.filter(|(_, after)| !after.starts_with(['(', '[', ':'])).map(|(name, _)| format!("`{name}"));
    let references = prose.split("][").skip(1).filter_map(|rest| rest.split_once(']')).map(|(name, _)| name.to_owned());
    let is_defined = |name: &String| prose.contains(&format!("\n[{name}]: "));
    shortcuts.chain(references).filter(|name| !is_defined(name)).collect()
}

/// Returns the addresses of the links in a text that lead nowhere. `file` is the Markdown file with the text.
pub(crate) fn dead_links<'a>(prose: &'a str, file: &Path, doc: &Path) -> Vec<&'a str> {
    targets(prose).into_iter().filter(|target| !exists(target, file, doc)).collect()
}

/// Returns the addresses of all links.
fn targets(prose: &str) -> BTreeSet<&str> {
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let defined = prose.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ")).map(|(_, target)| target);
    inline.chain(defined).collect()
}

/// Returns `true` if a link in a Markdown file leads to a page of our documentation that exists, to a file, to a section of
/// a Markdown file, or to another site.
fn exists(target: &str, file: &Path, doc: &Path) -> bool {
    let Some(ours) = target.strip_prefix(DOCS).filter(|rest| rest.starts_with("kie-")) else {
        let (path, section) = target.split_once('#').unwrap_or((target, ""));
        let path = if path.is_empty() { file.to_owned() } else { file.with_file_name(path) };
        return target.starts_with("https://") || path.exists() && (section.is_empty() || has_section(&path, section));
    };
    // The rest is the crate, the version, and the path of the page. Without a path, it is the front page of the crate.
    let Some((_, page)) = ours.split_once("/latest/") else {
        return doc.join(ours.replace('-', "_")).exists();
    };
    let (page, section) = page.split_once('#').unwrap_or((page, ""));
    let html = fs::read_to_string(doc.join(page)).unwrap_or_default();
    !html.is_empty() && (section.is_empty() || html.contains(&format!("id=\"{section}\"")))
}

/// Returns `true` if a Markdown file has a heading with this name in links.
fn has_section(file: &Path, section: &str) -> bool {
    let name = |heading: &str| {
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| line.starts_with('#') && name(line.trim_start_matches('#')) == section)
}

/// Returns a message if the table of features is not complete.
fn wrong_features(readme: &str, features: &BTreeMap<&str, &[String]>) -> Option<String> {
    let default = features.get("default").copied().unwrap_or_default();
    let should: BTreeSet<String> = features
        .keys()
        .filter(|name| **name != "default")
        .map(|name| format!("`{name}`{}", if default.iter().any(|it| it == name) { " (default)" } else { "" }))
        .collect();
    let table = readme.split_once("## Cargo features").map_or("", |(_, rest)| rest);
    let rows = table.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).skip(2);
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let listed: BTreeSet<String> = cells.flat_map(|cell| cell.split(',')).map(|it| it.trim().to_owned()).collect();
    (listed != should).then(|| format!("the table of features has {listed:?}, and Cargo.toml {should:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# kie\n\nSee [`Task`], [`Client`], [a wait][Wait] and [the list](#list).\n\n```rust\n# hidden\nlet x = 1;\n```\n\n\
                        ```sh\n# a remark\n```\n\n[`Client`]: https://docs.rs/kie-suno/latest/kie_suno/struct.Client.html\n";

    #[test]
    fn prose_and_code_are_told_apart() {
        let (prose, code) = parts(PAGE);
        assert_eq!(code, ["# hidden", "let x = 1;"]);
        assert!(prose.contains("See") && !prose.contains("remark"));
    }

    #[test]
    fn a_link_needs_a_definition() {
        assert_eq!(bare_links(&parts(PAGE).0), BTreeSet::from(["Wait".into(), "`Task`".into()]));
    }

    #[test]
    fn a_link_must_lead_somewhere() {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
        let nowhere = readme.with_file_name("no-such-folder");
        let section = "crates/README.md#from-a-documentation-page-to-a-file";
        for good in ["#two-routes", "https://hyper.rs", "Cargo.toml", section] {
            assert!(exists(good, &readme, &nowhere), "{good}");
        }
        let gone = "https://docs.rs/kie-suno/latest/kie_suno/struct.Gone.html";
        for bad in ["Task::wait", "no-such-file", "#no-such-section", "crates/README.md#no-such-section", gone] {
            assert!(!exists(bad, &readme, &nowhere), "{bad}");
        }
    }

    #[test]
    fn each_feature_has_a_row() {
        let default = ["ring".to_owned()];
        let features = BTreeMap::from([("default", &default[..]), ("ring", &[]), ("aws-lc-rs", &[]), ("http2", &[])]);
        let table = "## Cargo features\n\n| feature | adds |\n| --- | --- |\n| `ring` (default), `aws-lc-rs` | TLS |\n";
        assert!(wrong_features(table, &features).is_some());
        assert_eq!(wrong_features(&format!("{table}| `http2` | one connection |\n"), &features), None);
        assert_eq!(wrong_features("no table", &BTreeMap::new()), None);
    }
}
