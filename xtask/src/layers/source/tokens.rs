//! Finds paths in the input of a macro call. The input has no fixed grammar, so it is read token by token.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Lit, parse::Parser as _};

use super::leaves::{Leaf, leaf};

/// A path that was found among tokens.
#[derive(Debug, PartialEq)]
pub(super) enum Mention {
    /// A path that is used directly.
    Path(Vec<String>),
    /// Path of a macro call, which is followed by `!`.
    Macro(Vec<String>),
    /// A path in a `use` declaration.
    Import(Leaf),
}

/// Returns all paths in the order of the text. Paths that begin with a macro parameter, such as `$name`, are left out.
pub(super) fn paths(tokens: TokenStream) -> Vec<Mention> {
    let mut found = Vec::new();
    collect(&tokens.into_iter().collect::<Vec<_>>(), &mut found);
    found
}

fn collect(tokens: &[TokenTree], found: &mut Vec<Mention>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => {
                collect(&group.stream().into_iter().collect::<Vec<_>>(), found);
                at += 1;
            }
            TokenTree::Ident(_) => at = path(tokens, at, found),
            TokenTree::Literal(literal) => {
                // Some attributes name a function in a text, such as `#[serde(default = "a::b")]`. The text of a `doc`
                // attribute names no item.
                let is_value = at >= 2 && is_punct(tokens, at - 1, '=') && !is_ident(tokens, at - 2, "doc");
                found.extend(is_value.then(|| in_text(&literal.to_string())).flatten());
                at += 1;
            }
            TokenTree::Punct(_) => at += 1,
        }
    }
}

/// Reads the path that begins at the token `begin`, and adds it to `found`. Returns the position after the path.
fn path(tokens: &[TokenTree], begin: usize, found: &mut Vec<Mention>) -> usize {
    let before = |back: usize, sign| begin >= back && is_punct(tokens, begin - back, sign);
    let is_of_crate = before(1, '$') && is_ident(tokens, begin, "crate");
    let is_put_in = before(1, '$') && !is_of_crate;
    let is_member = before(1, '.') && !before(2, '.');
    let is_behind = before(1, ':') && before(2, ':');
    let mut path = vec![text(&tokens[begin])];
    let mut at = begin + 1;
    while is_punct(tokens, at, ':') && is_punct(tokens, at + 1, ':') {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(_)) => path.push(text(&tokens[at + 2])),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                if !(is_put_in || is_behind) {
                    tree(&group.stream().into_iter().collect::<Vec<_>>(), &path, found);
                }
                return at + 3;
            }
            Some(TokenTree::Punct(sign)) if sign.as_char() == '*' => {
                found.push(Mention::Import(Leaf { path, name: None }));
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    let is_named = is_punct(tokens, at, ':') && !is_punct(tokens, at + 1, ':');
    let is_label = path.len() == 1 && (before(1, '\'') || is_named);
    if is_put_in || is_member || is_behind || is_label {
        return at;
    }
    if is_punct(tokens, at, '!') && !is_punct(tokens, at + 1, '=') {
        found.push(Mention::Macro(path));
    } else if begin >= 1 && is_ident(tokens, begin - 1, "use") || is_of_use(tokens, begin) {
        let name = rename(tokens, at).or_else(|| path.last().cloned());
        found.push(Mention::Import(Leaf { path, name }));
    } else {
        found.push(Mention::Path(path));
    }
    at
}

/// Returns `true` if the tokens `use $` are directly before the path.
fn is_of_use(tokens: &[TokenTree], begin: usize) -> bool {
    begin >= 2 && is_punct(tokens, begin - 1, '$') && is_ident(tokens, begin - 2, "use")
}

/// Reads the names in the braces of a `use` declaration. `before` is the path before the braces.
fn tree(tokens: &[TokenTree], before: &[String], found: &mut Vec<Mention>) {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
    for branch in tokens.split(is_comma) {
        let mut path = before.to_vec();
        let mut at = 0;
        while let Some(token) = branch.get(at) {
            match token {
                TokenTree::Ident(_) if is_punct(branch, at + 1, ':') => path.push(text(token)),
                TokenTree::Ident(_) => found.push(Mention::Import(leaf(&path, &text(token), rename(branch, at + 1)))),
                TokenTree::Group(group) => tree(&group.stream().into_iter().collect::<Vec<_>>(), &path, found),
                _ => found.push(Mention::Import(Leaf { path: path.clone(), name: None })),
            }
            if !is_punct(branch, at + 1, ':') {
                break;
            }
            at += 3;
        }
    }
}

/// Returns the name after `as`, if the token at this position is `as`.
fn rename(tokens: &[TokenTree], at: usize) -> Option<String> {
    is_ident(tokens, at, "as").then(|| tokens.get(at + 1).map(text)).flatten()
}

/// Returns the path in a text literal. Returns `None` if the text is not a path with at least two segments.
pub(super) fn in_text(literal: &str) -> Option<Mention> {
    let Ok(Lit::Str(literal)) = syn::parse_str::<Lit>(literal) else { return None };
    let text = literal.value();
    let path = syn::Path::parse_mod_style.parse_str(&text).ok()?;
    let is_ours = path.leading_colon.is_none() && path.segments.len() > 1;
    is_ours.then(|| Mention::Path(path.segments.iter().map(|segment| segment.ident.to_string()).collect()))
}

fn text(token: &TokenTree) -> String {
    let text = token.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

fn is_punct(tokens: &[TokenTree], at: usize, sign: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_ident(tokens: &[TokenTree], at: usize, word: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == word)
}
