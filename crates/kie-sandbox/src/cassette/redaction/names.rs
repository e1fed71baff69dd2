//! Names of fields whose values are redacted.

/// Text that replaces a callback address.
pub(super) const CALL_BACK: &str = "https://callback.example/kie";

/// Endings of the names whose values are texts of the user, or texts that were made from them. Compared in lower case
/// and without underscores.
pub(super) const TEXT_ENDINGS: [&str; 9] =
    ["prompt", "lyrics", "style", "title", "tags", "description", "text", "phrase", "validateinfo"];
/// Names whose values are such texts.
pub(super) const TEXTS: [&str; 8] =
    ["name", "voicename", "personaname", "author", "domainname", "content", "word", "result"];

/// Endings of the names whose values are secrets.
const SECRET_ENDINGS: [&str; 8] =
    ["apikey", "hmackey", "accesskey", "token", "secret", "password", "signature", "authorization"];

/// What a field holds, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cassette) enum Holds {
    CallBack,
    /// A text of the user.
    Text,
    /// A message of the service, which may repeat a text of the user.
    Message,
    /// The name of an uploaded file.
    File,
    /// A number of the account.
    Account,
    /// A key or a signature.
    Secret,
    /// The content of a file, in Base64.
    Content,
    Other,
}

/// Returns what the field with this name holds.
pub(in crate::cassette) fn holds(name: &str) -> Holds {
    let name: String = name.chars().filter(|char| *char != '_').map(|char| char.to_ascii_lowercase()).collect();
    let name = name.as_str();
    match name {
        "callbackurl" | "calbackurl" => Holds::CallBack,
        "msg" | "message" | "failmsg" | "errormsg" | "errormessage" => Holds::Message,
        "filename" | "originalname" => Holds::File,
        "base64data" => Holds::Content,
        _ if name.ends_with("userid") => Holds::Account,
        _ if SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending)) => Holds::Secret,
        _ if TEXTS.contains(&name) || TEXT_ENDINGS.iter().any(|ending| name.ends_with(ending)) => Holds::Text,
        _ => Holds::Other,
    }
}

/// Returns a text with this number of characters.
pub(super) fn filler(characters: usize) -> String {
    "redacted text ".chars().cycle().take(characters).collect()
}
