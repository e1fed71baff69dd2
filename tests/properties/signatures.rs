//! Tests of the signatures of callbacks: the known examples are right, and no other signature is accepted.

use kie_types::{
    AnyCallback,
    signature::{UnverifiedCallback, Verifier, VerifyError, WebhookKey},
};
use proptest::{collection, prelude::*};
use serde_json::json;

use super::inputs::{json, text};
use crate::setup::cases::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn only_the_same_words_and_the_same_key_verify(
        key in any::<Vec<u8>>(),
        task in text(),
        time in text(),
        noise in text(),
    ) {
        let signer = WebhookKey::new(&key);
        let signature = signer.sign(&task, &time);
        prop_assert_eq!(signature.len(), 44);
        prop_assert!(signer.verify(&task, &time, &signature));
        prop_assert!(!signer.verify(&task, &time, &noise));
        let later = time.clone() + "0";
        prop_assert!(!signer.verify(&task, &later, &signature));
        prop_assert!(!signer.verify(&task, &time, &signature.to_lowercase().replace('+', "-")));
        prop_assert!(!WebhookKey::new([&key[..], b"1"].concat()).verify(&task, &time, &signature));
        let shown = format!("{signer:?}");
        prop_assert!(!shown.contains(&signature));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_signed_one_of_any_ids_is_found_by_any_of_the_keys(
        ids in collection::vec("[a-f0-9]{1,8}", 4),
        noise in json(),
        signed in 0usize..4,
        keys in 1usize..4,
        signer in 0usize..4,
        now in any::<u64>(),
        away in -400i64..400,
    ) {
        let key = |number: usize| WebhookKey::new(number.to_string());
        let verifier = (1..keys).fold(Verifier::new(key(0)), |verifier, number| verifier.or(key(number)));
        let body = json!({
            "noise": noise, "data": { "noise": noise, "task_id": ids[0], "taskId": ids[1] }, "taskId": ids[2], "task_id": ids[3],
        });
        let label = UnverifiedCallback::read(body.to_string().as_bytes()).unwrap();
        let time = now.saturating_add_signed(away);
        let signature = key(signer).sign(&ids[signed], &time.to_string());
        let verified = verifier.verify(&label, &time.to_string(), &signature, now);
        let task_id = ids[signed].as_str();
        prop_assert_eq!(verified, match (signer < keys, time.abs_diff(now) <= 300) {
            (false, _) => Err(VerifyError::Forged),
            (true, false) => Err(VerifyError::Stale { task_id }),
            (true, true) => Ok(task_id),
        });
    }

    #[test]
    fn no_body_makes_a_label_panic_or_invent_an_id(value in json(), bytes in any::<Vec<u8>>()) {
        for body in [value.to_string().into_bytes(), bytes] {
            match (UnverifiedCallback::read(&body), AnyCallback::parse(&body)) {
                (Ok(label), Ok(callback)) => {
                    let mut ids = label.task_ids();
                    // `UnverifiedCallback` finds the ids at all places of the body. `AnyCallback` reads the id only
                    // from the places of the kind that it recognised, so its id may be missing.
                    prop_assert!(callback.task_id().is_none_or(|id| ids.any(|known| known == id)), "{:?}", callback);
                }
                (Err(_), Err(_)) => {}
                (label, callback) => prop_assert!(false, "{label:?}, but {callback:?}"),
            }
        }
    }
}

#[test]
fn the_signature_is_the_documented_one() {
    // Two of these signatures contain `+` and `/`. An implementation with the URL-safe alphabet would write `-` and `_`
    // instead, and fail this test.
    for (key, task, time, signature) in [
        (
            "kie-webhook-test-key-0001",
            "a3f1c0de5b7942e88d6014f2c9be7710",
            "1767225600",
            "xwWmyrun3AS3hDV+Td8aqS7uKx6lU85CWCsgzAfNV2w=",
        ),
        (
            "kie-webhook-test-key-0001",
            "a3f1c0de5b7942e88d6014f2c9be7710",
            "1767225601",
            "p7RkFEopPbC5qu8i4kx/T6SK0mjfEg7I6cW2IE4heJI=",
        ),
        ("whk_Zürich-✓", "11dc4f0e8b0f", "1767225661", "yFSWIZ7ZMrGwXMExdrknrOzapaQjLY5gxFoYx4DKObE="),
    ] {
        assert_eq!(WebhookKey::new(key).sign(task, time), signature);
        assert!(WebhookKey::new(key).verify(task, time, signature));
    }
}
