//! Removes from a text what is secret in any place: the queries of addresses, e-mail addresses, numbers of accounts.

use super::ids;

/// Word in place of a secret.
pub(super) const REDACTED: &str = "redacted";
/// Address in place of an e-mail address.
const MAIL: &str = "user@mail.example";
/// Folder whose subfolder is the number of the account, in addresses of uploaded files.
const UPLOADS: &str = "kieai/";

/// Removes the secret parts of the addresses in the text, e-mail addresses, and numbers of accounts.
pub(super) fn clean(text: &str) -> String {
    without_accounts(&without_mail(&without_queries(text)))
}

/// Returns the path and the query of a request without the values of the query that are no ids.
pub(super) fn path_and_query(text: &str) -> String {
    let Some((path, query)) = text.split_once('?') else { return text.to_owned() };
    let redacted = |value: &str| {
        let is_kept = ids::parts(value).iter().all(|part| matches!(part, ids::Part::Id(_)));
        if is_kept { value.to_owned() } else { REDACTED.to_owned() }
    };
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", redacted(value)),
        None => redacted(pair),
    };
    let query: Vec<_> = query.split('&').map(pair).collect();
    format!("{path}?{}", query.join("&"))
}

/// Removes the user, the query values and the fragment of each address.
fn without_queries(text: &str) -> String {
    let (mut clean, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = address.find(ends_address).unwrap_or(address.len());
        let (address, after) = address.split_at(end);
        let address = address.split('#').next().unwrap_or_default();
        let authority = address.find(['/', '?']).unwrap_or(address.len());
        let (authority, path) = address.split_at(authority);
        clean.push_str(authority.rsplit('@').next().unwrap_or_default());
        clean.push_str(&path_and_query(path));
        rest = after;
    }
    clean + rest
}

fn ends_address(char: char) -> bool {
    char.is_whitespace() || matches!(char, '"' | '\'' | '<' | '>' | '\\' | '(' | ')' | ',')
}

fn without_mail(text: &str) -> String {
    let in_user = |char: char| char.is_alphanumeric() || "._%+-".contains(char);
    let in_host = |char: char| char.is_alphanumeric() || ".-".contains(char);
    let (mut clean, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let user = before.trim_end_matches(in_user);
        let host = &after[..after.find(|char| !in_host(char)).unwrap_or(after.len())];
        let is_mail = user.len() < before.len() && host.trim_matches('.').contains('.');
        if is_mail {
            clean.push_str(user);
            clean.push_str(MAIL);
            rest = &after[host.len()..];
        } else {
            clean.push_str(&rest[..=at]);
            rest = after;
        }
    }
    clean + rest
}

fn without_accounts(text: &str) -> String {
    let mut pieces = text.split(UPLOADS);
    let mut clean = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let path = piece.trim_start_matches(|char: char| char.is_ascii_digit());
        let is_account = path.len() < piece.len() && path.starts_with('/');
        clean.push_str(UPLOADS);
        clean.push_str(if is_account { "0" } else { "" });
        clean.push_str(if is_account { path } else { piece });
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_in_any_place() {
        for (text, expected) in [
            (
                "see https://a:b@f.example/s/x.mp3?Expires=17&Signature=abc#t, ok",
                "see https://f.example/s/x.mp3?Expires=redacted&Signature=redacted, ok",
            ),
            (
                "https://f.example?taskId=a3f1c0de5b7942e88d6014f2c9be7710",
                "https://f.example?taskId=a3f1c0de5b7942e88d6014f2c9be7710",
            ),
            ("ask ann.b+c@mail.co.uk now", "ask user@mail.example now"),
            ("@ a@b @home", "@ a@b @home"),
            ("kieai/4711/demos/hum.wav, kieai/x", "kieai/0/demos/hum.wav, kieai/x"),
            ("no secret ü", "no secret ü"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }
}
