//! JSON documents that are checked as requests.

use kie_types::{EncodedBody, Method, catalog};
use serde_json::Value;

use super::{first_line, printed::is_a_message};

/// Checks a JSON document as a request. The first line of the input is the name of the operation. The rest is the
/// document.
///
/// A valid request can be encoded, and is still valid after it was written and read again. Messages are bounded.
pub fn requests(data: &[u8]) {
    let Some((name, document)) = first_line(data) else { return };
    let (Ok(operation), Ok(document)) = (catalog::find(name), serde_json::from_slice::<Value>(document)) else {
        return;
    };
    let checked = catalog::check_named(name, &document).unwrap();
    for key in &checked.unknown {
        assert!(document.get(key).is_some(), "{key:?}");
    }
    checked.warnings.iter().for_each(is_a_message);
    let valid = match checked.result {
        Ok(valid) => valid,
        Err(invalid) => {
            assert!(!invalid.violations().is_empty());
            return is_a_message(&invalid);
        }
    };
    let again = catalog::check_named(name, &valid).unwrap();
    assert_eq!(again.result.as_ref(), Ok(&valid));
    assert!(again.unknown.is_empty(), "{:?}", again.unknown);

    let encoded = catalog::encode_named(name, &valid).unwrap().unwrap_or_else(|error| panic!("{valid}: {error}"));
    let url = encoded.url();
    assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
    match encoded.content {
        EncodedBody::Json(body) => assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), valid),
        EncodedBody::Nothing => assert_eq!(operation.method, Method::Get),
        _ => assert_eq!(operation.method, Method::Post),
    }
}
