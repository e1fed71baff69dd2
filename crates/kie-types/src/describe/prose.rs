//! Converts documentation comments to descriptions in a schema.

use schemars::Schema;

/// Sets the description of a schema, unless the text is empty.
pub(crate) fn describe_as(schema: &mut Schema, text: &str) {
    if !text.is_empty() {
        schema.insert("description".into(), text.into());
    }
}

/// Removes the parts of a documentation comment that are only for Rust: examples, links to items, paragraphs that begin
/// with "In Rust", and the address of the documentation page.
pub fn plain(docs: &str) -> String {
    let prose = docs.split("```").step_by(2).collect::<String>();
    let paragraphs = prose.split("\n\n").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let is_left_out = |it: &String| it.is_empty() || it.starts_with("Documentation: ") || it.starts_with("In Rust, ");
    let kept: Vec<_> = paragraphs.filter(|it| !is_left_out(it)).collect();
    let mut rest = &*kept.join("\n\n");
    let mut text = String::new();
    while let Some((before, from)) = rest.split_once('[') {
        text += before;
        let Some((name, after)) = from.split_once(']') else {
            rest = from;
            continue;
        };
        let is_link = name.starts_with('`') || after.starts_with('(');
        text += &if is_link { name.to_owned() } else { format!("[{name}]") };
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, after)) if is_link => after,
            _ => after,
        };
    }
    // `None` in Rust is `null` on the wire.
    (text + rest).replace("`None`", "`null`")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_is_only_for_rust_is_left_out() {
        let docs = " Name of the [`Model`](crate::Model),\n or `None`.\n\n In Rust, [`model`](Self::model) converts it.\n\n \
                    ```\n let x = 1;\n ```\n\n Tags such as `[Verse]` stay.\n\n Documentation: <https://docs.kie.ai>";
        assert_eq!(plain(docs), "Name of the `Model`, or `null`.\n\nTags such as `[Verse]` stay.");
    }
}
