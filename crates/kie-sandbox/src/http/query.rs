//! The query of a request.

use serde_json::{Map, Value};

/// Returns the parameters of a query as the fields of a JSON object. All values are strings. A parameter without `=` is
/// left out.
pub(crate) fn fields(query: &str) -> Value {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    Value::Object(pairs.map(|(name, value)| (decoded(name), Value::String(decoded(value)))).collect::<Map<_, _>>())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, after),
                _ => (first, &rest[1..]),
            },
            (b'+', _) => (b' ', after),
            _ => (first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn decodes_a_query() {
        let fields = super::fields("taskId=5c79%2a***be8e&a+b=%C3%BC%2&flag");
        assert_eq!(fields, json!({ "taskId": "5c79****be8e", "a b": "ü%2" }));
    }
}
