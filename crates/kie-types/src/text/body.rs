//! The beginning of a body for errors, and the kind of a body that is not JSON.

use super::{one_line::one_line, redacted::text_in_brief};

/// Maximum number of bytes of a body that an error keeps.
const MAX_KEPT: usize = 16 * 1024;
/// Number of bytes at the start of a body that are examined to find out the type of the body.
const EXAMINED: usize = 4 * 1024;

/// Returns at most the first 16 KiB of a body as text. Bytes that are not UTF-8 are replaced.
pub(crate) fn truncate(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MAX_KEPT)]).into_owned()
}

/// Describes a body that should have been JSON, such as `an HTML page`. Returns `None` if the body starts like a JSON
/// object or list.
pub(crate) fn describe_body(body: &[u8]) -> Option<String> {
    let head = &body[..body.len().min(EXAMINED)];
    let named = match head {
        [0x1F, 0x8B, ..] => "gzip-compressed bytes",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd-compressed bytes",
        [0x78, 0x01 | 0x9C | 0xDA, ..] => "deflate-compressed bytes",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, b'{' | b'<', ..] | [b'{' | b'<', 0, ..] => "UTF-16 text",
        _ => return describe_text(head, body.len()),
    };
    Some(named.into())
}

fn describe_text(head: &[u8], length: usize) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim();
    let begins = |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    // Brotli data has no magic bytes, so it is recognised here as binary data.
    if text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return Some(format!("{length} bytes of binary data"));
    }
    if text.is_empty() {
        return Some(if length == 0 { "empty" } else { "blank" }.into());
    }
    if begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body") {
        return Some(match title(text) {
            Some(title) => format!("an HTML page, \"{}\"", one_line(&text_in_brief(title))),
            None => "an HTML page".into(),
        });
    }
    match text.as_bytes().first() {
        Some(b'{' | b'[') => None,
        Some(b'<') => Some("XML".into()),
        // The text is not quoted if it contains a link, since a link can contain a signature. Valid JSON that is
        // neither an object nor a list, such as a number, is not quoted either.
        _ if text.contains("://") || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            Some("not a JSON object".into())
        }
        _ => Some(format!("text, \"{}\"", one_line(&text_in_brief(text)))),
    }
}

/// Returns the title of an HTML page. Returns `None` if the page has no title, or if the title contains a link.
fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let (before, _) = lower.split_once("<title>")?;
    let title = page.get(before.len() + "<title>".len()..)?.split('<').next()?.trim();
    Some(title).filter(|title| !title.is_empty() && !title.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_body_is_recognised() {
        let utf_16: Vec<u8> = "{\"code\":200}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(&utf_16);
        #[rustfmt::skip]
        let rows: [(&[u8], Option<&str>); 22] = [
            (b"",                                                        Some("empty")),
            (b" \r\n",                                                   Some("blank")),
            (b"{\"code\":20",                                            None),
            (b"\xEF\xBB\xBF {}",                                         None),
            (b"[]",                                                      None),
            (b"null",                                                    Some("not a JSON object")),
            (b"<!DOCTYPE html><html><head><TITLE>\n502 Bad Gateway</TITLE>", Some("an HTML page, \"502 Bad Gateway\"")),
            (b"\n<html><body>",                                          Some("an HTML page")),
            (b"<html><title>https://h/x?token=1</title>",                Some("an HTML page")),
            (b"<html><title>a\x1b[31mb</title>",                         Some("28 bytes of binary data")),
            (b"<?xml version=\"1.0\"?><Error/>",                         Some("XML")),
            (b"upstream connect error",                                  Some("text, \"upstream connect error\"")),
            (b"see https://h/x?token=1",                                 Some("not a JSON object")),
            (b"\x1f\x8b\x08\0\0",                                       Some("gzip-compressed bytes")),
            (b"\x28\xb5\x2f\xfd\x04",                                   Some("zstd-compressed bytes")),
            (b"\x78\x9c\x4b",                                           Some("deflate-compressed bytes")),
            (b"\x8b\x05\x80{\"code\":200}\x03",                         Some("16 bytes of binary data")),
            (b"\x89PNG\r\n\x1a\n",                                      Some("8 bytes of binary data")),
            (&utf_16,                                                    Some("UTF-16 text")),
            (&marked,                                                    Some("UTF-16 text")),
            ("über die Maßen".as_bytes(),                                Some("text, \"über die Maßen\"")),
            (b"caf\xe9",                                                 Some("text, \"caf\u{fffd}\"")),
        ];
        for (body, expected) in rows {
            assert_eq!(describe_body(body).as_deref(), expected, "{:?}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn the_description_of_a_huge_body_is_short() {
        for body in [&b"x "[..], b"<html><title>x", b"<html>\xC3\xA9", b"\0"] {
            let description = describe_body(&body.repeat(1 << 20)).unwrap_or_default();
            assert!(description.len() < 200, "{description}");
        }
    }
}
