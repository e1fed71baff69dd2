//! Tests of the OpenAPI documents, from which clients in other languages can be made.

use kie_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::caller::{Answered, TestCaller};

#[tokio::test]
async fn the_documents_are_served_with_the_sandbox_as_their_server() -> Answered {
    for (path, document) in [("/openapi.json", kie_types::OPENAPI)] {
        let served = TestCaller::new(&Sandbox::default()).await?.get(path).await?;
        let mut expected: Value = serde_json::from_str(document)?;
        expected["servers"] = json!([{ "url": "/" }]);
        for (_, item) in expected["paths"].as_object_mut().into_iter().flatten() {
            item.as_object_mut().and_then(|item| item.remove("servers"));
        }
        assert_eq!(served, expected, "{path}");
        let servers: Vec<_> = served.to_string().match_indices("\"servers\"").map(|(at, _)| at).collect();
        assert_eq!(servers.len(), 1, "{path} has the sandbox as its only server");
    }
    Ok(())
}
