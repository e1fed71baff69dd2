//! The OpenAPI documents, from which clients in other languages can be made. The hosts of the service have no such
//! documents.

use std::sync::LazyLock;

use bytes::Bytes;
use kie_types::{OPENAPI, OPENAPI_MARKET, OPENAPI_UPLOADS};
use serde_json::{Value, json};

/// Paths of the documents, and the documents with the hosts of the service.
const DOCUMENTS: [(&str, &str); 3] =
    [("/openapi.json", OPENAPI), ("/uploads.json", OPENAPI_UPLOADS), ("/market.json", OPENAPI_MARKET)];

/// Paths of the documents, and the documents as they are served.
static SERVED: LazyLock<Vec<(&str, Bytes)>> =
    LazyLock::new(|| DOCUMENTS.iter().map(|(path, document)| (*path, served(document))).collect());

/// Returns the document at this path.
pub(super) fn find(path: &str) -> Option<Bytes> {
    SERVED.iter().find(|(known, _)| *known == path).map(|(_, document)| document.clone())
}

/// Returns the document with the sandbox as its only server, so that a tool that reads the document does not call the
/// service, where calls cost money.
fn served(document: &str) -> Bytes {
    let Ok(mut document) = serde_json::from_str::<Value>(document) else { return Bytes::new() };
    document["servers"] = json!([{ "url": "/" }]);
    document.to_string().into()
}
