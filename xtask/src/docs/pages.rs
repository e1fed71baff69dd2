//! Checks the pages that rustdoc has written.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kie_types::{
    Endpoint, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};

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
        if !has_example(&html, request) {
            wrong.push(format!("{request}: its page in {REQUESTS} has no example with a `client`"));
        }
    }
    Ok(wrong)
}

/// Returns all pages of these libraries.
fn pages(doc: &Path, libraries: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<_> = libraries.iter().map(|library| doc.join(library)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                found.push(path);
            }
        }
    }
    found.sort();
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

/// Returns `true` if an example of the page uses the request with a client.
fn has_example(html: &str, request: &str) -> bool {
    let examples = html.split(EXAMPLE).skip(1).filter_map(|rest| rest.split_once("</pre>"));
    examples.map(|(code, _)| without_tags(code)).any(|code| code.contains(request) && code.contains("client."))
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
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
        assert!(has_example(&page("client.start(<span>ConvertToWav</span>::new(song))"), "ConvertToWav"));
        assert!(!has_example(&page("client.start(GenerateMidi::new(song))"), "ConvertToWav"));
        assert!(!has_example("<p>ConvertToWav client.</p>", "ConvertToWav"));
    }

    #[test]
    fn every_operation_has_a_type() {
        assert_eq!(catalog::visit("convert-to-wav", TypeName), Some("ConvertToWav"));
        assert!(OPERATIONS.iter().all(|operation| catalog::visit(operation.name, TypeName).is_some()));
    }
}
