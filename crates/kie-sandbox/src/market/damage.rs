//! Damage to responses of the market route, as it was seen or is feared.

use bytes::Bytes;
use serde_json::{Value, json};

/// Returns a response that starts a task without its id and its message. Returns `None` for any other response, such as a
/// result with an id among other fields.
pub(crate) fn no_task_id(body: &[u8]) -> Option<Bytes> {
    let response: Value = serde_json::from_slice(body).ok()?;
    let keys: Vec<_> = response["data"].as_object()?.keys().map(String::as_str).collect();
    let is_start = response["code"] == 200 && matches!(keys[..], ["taskId" | "task_id"]);
    is_start.then(|| json!({ "code": response["code"], "data": {} }).to_string().into())
}

/// Returns a record in which the quotes of the repeated request are escaped wrongly: two backslashes before a quote
/// where three are needed. Returns `None` if the body is not a record of the market route.
pub(crate) fn broken_echo(body: &[u8]) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok()?;
    let response: Value = serde_json::from_str(text).ok()?;
    let mut broken = text.to_owned();
    for key in ["param", "paramJson"] {
        let echo = response["data"][key].as_str()?;
        let intact = format!("\"{key}\":{}", json!(echo));
        broken = broken.replace(&intact, &format!("\"{key}\":\"{}\"", escaped_once(&unescaped_input(echo)?)));
    }
    Some(broken.into())
}

/// Returns the repeated request with the quotes of `input` escaped, but not the backslashes of `input`.
fn unescaped_input(echo: &str) -> Option<String> {
    let request: Value = serde_json::from_str(echo).ok()?;
    let input = request["input"].as_str()?;
    Some(echo.replace(&json!(input).to_string(), &format!("\"{}\"", escaped_once(input))))
}

fn escaped_once(text: &str) -> String {
    text.replace('"', "\\\"")
}

/// Returns a record with only the first half of `resultJson`. Returns `None` if the body is not a record of the market
/// route, or has no result.
pub(crate) fn damaged_result(body: &[u8]) -> Option<Bytes> {
    let mut response: Value = serde_json::from_slice(body).ok()?;
    let result = response["data"]["resultJson"].as_str().filter(|result| !result.is_empty())?;
    let half: String = result.chars().take(result.chars().count() / 2).collect();
    response["data"]["resultJson"] = json!(half);
    Some(response.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_repeated_request_breaks() {
        let input = json!({ "prompt": "a \"b\"\nc" }).to_string();
        let echo = json!({ "input": input, "model": "ai-music-api/generate" }).to_string();
        let record = json!({ "data": { "param": echo, "paramJson": echo, "state": "success", "resultJson": "{}" } });
        let broken = broken_echo(record.to_string().as_bytes()).unwrap_or_default();
        let text = String::from_utf8_lossy(&broken);
        assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
        assert!(text.contains(r#""param":"{\"input\":\"{\\"prompt\\":"#), "{text}");
        assert!(text.contains(r#","resultJson":"{}","state":"success"}}"#), "{text}");
    }
}
