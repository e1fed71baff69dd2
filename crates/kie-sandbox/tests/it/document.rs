//! Tests of the OpenAPI document, from which clients in other languages can be generated.

use kie_sandbox::Sandbox;
use serde_json::Value;

use crate::caller::{Answered, TestCaller};

#[tokio::test]
async fn the_document_is_served() -> Answered {
    let served = TestCaller::new(&Sandbox::builder().build()).await?.get("/openapi.json").await?;
    assert_eq!(served, serde_json::from_str::<Value>(kie_types::OPENAPI)?);
    Ok(())
}
