//! Repairs bodies whose copy of the request makes them invalid JSON.
//!
//! A record of the market route repeats the request in `param` and `paramJson`: JSON in a text in JSON. In the records
//! of autumn 2026, the quotes of the inner text are escaped wrongly, so the text ends early and the rest of the body
//! is not JSON. The rest itself is intact. So the two members are cut out.

/// Members that repeat the request.
const ECHOES: [&str; 2] = ["\"param\"", "\"paramJson\""];

/// Returns a copy of the text in which the members that repeat the request are `null`. Returns `None` if there is no
/// such member.
pub(super) fn without_echo(text: &str) -> Option<String> {
    let mut repaired = None;
    for echo in ECHOES {
        repaired = cut(repaired.as_deref().unwrap_or(text), echo).or(repaired);
    }
    repaired
}

/// Replaces the text of a member by `null`. The text ends at the first quote that is not escaped and after which the
/// object goes on with another member, or ends.
fn cut(text: &str, member: &str) -> Option<String> {
    let value = find_value(text, member)?;
    let mut end = value + 1;
    loop {
        end += text[end..].find('"')?;
        if !text[..end].ends_with('\\') && goes_on(&text[end + 1..]) {
            return Some([&text[..value], "null", &text[end + 1..]].concat());
        }
        end += 1;
    }
}

/// Returns the index of the opening quote of a member's text. A name with a backslash before it is inside of a text.
fn find_value(text: &str, member: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(member)?;
        let after = at + member.len();
        let rest = text[after..].trim_start();
        if !text[..at].ends_with('\\')
            && let Some(rest) = rest.strip_prefix(':')
        {
            let rest = rest.trim_start();
            return rest.starts_with('"').then(|| text.len() - rest.len());
        }
        from = after;
    }
}

/// Returns `true` if a text begins with the end of an object, or with the next member of an object.
fn goes_on(text: &str) -> bool {
    let text = text.trim_start();
    let Some(text) = text.strip_prefix(',') else { return text.starts_with('}') };
    let Some(text) = text.trim_start().strip_prefix('"') else { return false };
    let name = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text[name..].strip_prefix('"').is_some_and(|text| text.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body of a record whose echo is escaped as in the observed record: two backslashes in place of three.
    const BROKEN: &str = r#"{"code":200,"msg":"success","data":{"taskId":"7c1d","param":"{\"input\":\"{\\"prompt\\":\\"a \\\\"b\\\\", \\\\"state\\\\":1\\"}\",\"model\":\"ai-music-api/sounds\"}","state":"success","resultJson":"{\"data\":[]}","paramJson":"{\"input\":\"{\\"prompt\\":\\"a\\"}\"}"}}"#;

    #[test]
    fn a_broken_echo_costs_only_the_echo() {
        assert!(serde_json::from_str::<serde_json::Value>(BROKEN).is_err());
        let repaired = without_echo(BROKEN).unwrap_or_default();
        let record: serde_json::Value = serde_json::from_str(&repaired).unwrap_or_default();
        assert_eq!(record["data"]["state"], "success");
        assert_eq!(record["data"]["resultJson"], r#"{"data":[]}"#);
        assert_eq!(record["data"]["param"], serde_json::Value::Null);
    }

    #[test]
    fn a_body_without_an_echo_is_not_changed() {
        for body in
            ["", "{}", r#"{"data":{"param":null}}"#, r#"{"msg":"\"param\":\"x\""}"#, "\"param\":\"", "{\"param\":\"x"]
        {
            assert_eq!(without_echo(body), None, "{body}");
        }
    }

    #[test]
    fn the_member_after_an_echo_is_kept() {
        for next in [r#""task_id":"x""#, r#""state" : "success""#, r#""resultJson":"{\"param\":\"a\"}""#] {
            let body = format!(r#"{{"param":"{{\"input\":\"{{\\"a\\":1}}\"}}" , {next}}}"#);
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_err(), "{body}");
            assert_eq!(without_echo(&body), Some(format!(r#"{{"param":null , {next}}}"#)));
        }
    }
}
