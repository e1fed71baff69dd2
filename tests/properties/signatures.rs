//! Signatures of callbacks: the documented ones, and none but the right one.

use kie_types::signature::WebhookKey;
use proptest::prelude::*;

use super::{config, inputs::text};

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

#[test]
fn the_signature_is_the_documented_one() {
    // Two of them hold `+` and `/`, which a URL-safe alphabet would spell otherwise.
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
