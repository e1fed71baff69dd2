//! Result of a task, as a receipt keeps it.

use kie_types::Item;
use serde::{Deserialize, Serialize};

/// Result of a task, such as a track. A receipt keeps it, so that a program finds the track later without a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReceiptItem {
    /// Id of the result, from the service, such as the `audioId` of a track. `None` if the result has no id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Title of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Duration of the track or video, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
}

impl From<&Item> for ReceiptItem {
    fn from(item: &Item) -> Self {
        Self { id: item.id.clone(), title: item.title.clone(), duration_s: item.duration_s }
    }
}
