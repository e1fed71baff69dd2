//! Checks the pages that rustdoc has written.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kie_types::{
    Endpoint, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};

use super::MAX_WIDTH;
use crate::files::{files_below, has_extension};

/// Folder of the pages of the request types, as users of the client see them.
const REQUESTS: &str = "kie_suno/requests";

/// Beginning of the section with the methods that other crates give to every type. Their links lead to crates that are
/// not documented here.
const OF_OTHERS: &str = "id=\"blanket-implementations\"";

/// Beginning of an example on a page.
const EXAMPLE: &str = "<pre class=\"rust rust-example-rendered\">";

/// Returns a message for each link that was not resolved, and for each request without an example. `libraries` has the
/// names of the folders with the pages of a library.
pub(super) fn wrong(doc: &Path, libraries: &[String]) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for page in pages(doc, libraries)? {
        let html = fs::read_to_string(&page)?;
        let name = page.strip_prefix(doc)?.display();
        wrong.extend(raw_links(&html).into_iter().map(|link| format!("{name}: the link {link} leads nowhere")));
    }
    for operation in OPERATIONS {
        let Some(request) = catalog::visit(operation.name, TypeName) else { continue };
        let html = fs::read_to_string(doc.join(REQUESTS).join(format!("struct.{request}.html"))).unwrap_or_default();
        let Some(code) = example(&html, request) else {
            wrong.push(format!("{request}: its page in {REQUESTS} has no example with a `client`"));
            continue;
        };
        let wide = code.lines().filter(|line| line.chars().count() > MAX_WIDTH);
        wrong.extend(wide.map(|line| format!("{request}: more than {MAX_WIDTH} characters in {line:?}")));
    }
    Ok(wrong)
}

/// Returns all pages of these libraries.
fn pages(doc: &Path, libraries: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for library in libraries {
        found.extend(files_below(&doc.join(library))?.into_iter().filter(|file| has_extension(file, "html")));
    }
    Ok(found)
}

/// Returns the names in links that rustdoc has left as they are: in brackets, or as an address.
fn raw_links(html: &str) -> Vec<String> {
    let ours = html.split(OF_OTHERS).next().unwrap_or_default();
    let prose = ours.split("<pre").map(|part| part.split_once("</pre>").map_or(part, |(_, after)| after));
    let links = prose.flat_map(|part| {
        let in_brackets = part.split("[<code>").skip(1).filter_map(|rest| rest.split_once("</code>]"));
        let addresses = part.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        let names = addresses.filter(|(to, _)| to.contains("::") && !to.starts_with('#') && !to.contains("://"));
        in_brackets.chain(names)
    });
    links.map(|(name, _)| name.to_owned()).collect()
}

/// Returns the example of the page that uses the request with a client.
fn example(html: &str, request: &str) -> Option<String> {
    let examples = html.split(EXAMPLE).skip(1).filter_map(|rest| rest.split_once("</pre>"));
    examples.map(|(code, _)| text(code)).find(|code| code.contains(request) && code.contains("client."))
}

/// Returns the text of HTML.
fn text(html: &str) -> String {
    let text: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    marks.iter().fold(text, |text, (mark, character)| text.replace(mark, character))
}

/// Returns the name of the request type of an operation.
struct TypeName;

impl Visitor for TypeName {
    type Output = &'static str;

    fn call<E: Endpoint>(self) -> &'static str {
        let path = std::any::type_name::<E>();
        path.rsplit("::").next().unwrap_or(path)
    }

    fn start<E: TaskEndpoint>(self) -> &'static str {
        self.call::<E>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_brackets_are_found() {
        let html = "<p>See [<code>Ledger</code>] and <a><code>Receipt</code></a>.</p><pre>[<code>x</code>]</pre> \
                    [<code>Task</code>] <a href=\"a::B\">B</a><a href=\"#impl-A::B\">C</a><h2 id=\"blanket-implementations\">[<code>Span</code>]";
        assert_eq!(raw_links(html), ["Ledger", "Task", "a::B"]);
    }

    #[test]
    fn an_example_uses_the_request_with_a_client() {
        let page = |code: &str| format!("{EXAMPLE}<code>{code}</code></pre>");
        let found = example(&page("client.start(<span>ConvertToWav</span>::new(&quot;4be1&quot;))"), "ConvertToWav");
        assert_eq!(found.as_deref(), Some("client.start(ConvertToWav::new(\"4be1\"))"));
        assert_eq!(example(&page("client.start(GenerateMidi::new(song))"), "ConvertToWav"), None);
        assert_eq!(example("<p>ConvertToWav client.</p>", "ConvertToWav"), None);
    }

    #[test]
    fn every_operation_has_a_type() {
        assert_eq!(catalog::visit("convert-to-wav", TypeName), Some("ConvertToWav"));
        assert!(OPERATIONS.iter().all(|operation| catalog::visit(operation.name, TypeName).is_some()));
    }
}
