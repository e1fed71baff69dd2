//! Converts documentation comments to descriptions in a schema.

use schemars::Schema;

/// Sets the description of a schema, unless the text is empty.
pub(crate) fn describe_as(schema: &mut Schema, text: &str) {
    if !text.is_empty() {
        schema.insert("description".into(), text.into());
    }
}

/// Removes the parts of a documentation comment that are only for Rust: examples, links to items, sentences with a link
/// to a method, a field or a table of constants, and the address of the documentation page.
pub fn plain(docs: &str) -> String {
    let prose = docs.split("```").step_by(2).collect::<String>();
    let paragraphs = prose.split("\n\n").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let kept = paragraphs.filter(|it| !it.starts_with("Documentation: ")).map(|it| for_all_languages(&it));
    let kept: Vec<_> = kept.filter(|it| !it.is_empty()).collect();
    // `None` in Rust is `null` on the wire.
    kept.join("\n\n").replace("`None`", "`null`")
}

/// Returns the sentences of a paragraph that are not only for Rust, without links.
fn for_all_languages(paragraph: &str) -> String {
    let sentences = paragraph.split_inclusive(". ").map(without_links);
    sentences.filter_map(|(text, is_rust)| (!is_rust).then_some(text)).collect::<String>().trim_end().to_owned()
}

/// Returns a text without its links, and `true` if one of them leads to a method, a field or a table of constants.
fn without_links(text: &str) -> (String, bool) {
    let (mut plain, mut is_rust) = (String::new(), false);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[') {
        plain += before;
        let Some((name, after)) = from.split_once(']') else {
            rest = from;
            continue;
        };
        let is_link = name.starts_with('`') || after.starts_with('(');
        plain += &if is_link { name.to_owned() } else { format!("[{name}]") };
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')')).filter(|_| is_link);
        is_rust |= is_link && is_only_rust(target.map_or(name, |(target, _)| target));
        rest = target.map_or(after, |(_, after)| after);
    }
    (plain + rest, is_rust)
}

/// Returns `true` if a path such as `Self::url` leads to a method or a field, or to a constant of a module.
fn is_only_rust(path: &str) -> bool {
    let Some((parent, item)) = path.trim_matches('`').rsplit_once("::") else { return false };
    let is_lower = |name: &str| name.starts_with(|first: char| first.is_ascii_lowercase());
    let is_constant = || item.len() > 2 && item.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    is_lower(item) || (is_lower(parent.rsplit("::").next().unwrap_or(parent)) && is_constant())
}
