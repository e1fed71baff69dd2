//! Tests of the JSON body of a `POST`: it must have the same bytes as the JSON of serde_json.

use kie_types::{Encoded, EncodedBody, Host, Method};
use proptest::{collection, prelude::*};
use serde::Serialize;

use super::{holds, inputs::json};

fn body(request: &impl Serialize) -> EncodedBody {
    Encoded::new(Method::Post, Host::Api, "/api/v1/generate", request).unwrap().content
}

#[test]
fn any_json_is_encoded_as_by_serde_json() {
    holds(&json(), |document| {
        prop_assert_eq!(body(&document), EncodedBody::Json(serde_json::to_vec(&document).unwrap()));
        Ok(())
    });
}

#[test]
fn any_text_is_encoded_as_by_serde_json() {
    // Most of these characters are escaped, or differ from an escaped character in one bit.
    let letter = prop_oneof![any::<char>(), (0..=0x7f_u8).prop_map(char::from), Just('"'), Just('\\'), Just('\n')];
    holds(&collection::vec(letter, 0..200), |letters| {
        let text: String = letters.into_iter().collect();
        prop_assert_eq!(body(&text), EncodedBody::Json(serde_json::to_vec(&text).unwrap()));
        Ok(())
    });
}
