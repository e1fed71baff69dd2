//! The track that a call is about, from the ledger.

use kie_ledger::{Receipt, ReceiptItem, ReceiptKey};
use serde_json::Value;

use crate::{client::Client, error::Error};

/// Maximum number of tasks between a request and its track. The notes of a MIDI file are made from stems, and stems are
/// made from a track.
const LONGEST_CHAIN: usize = 3;

impl Client {
    /// Returns the track that a request is about, such as the track of a WAV file, of stems or of a MIDI file. `request`
    /// is the request as JSON, as [`Receipt::request`] stores it. The fields `taskId` and `audioId` name the track. A
    /// request with a task and without a track is about all tracks of the task, and the first one is returned. No
    /// request is sent.
    ///
    /// Returns `None` if the request is about no track, or if the ledger does not know its results. Without a ledger,
    /// this is always so.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, receipt: kie_suno::receipts::Receipt) -> Result<(), Box<dyn std::error::Error>> {
    /// let track = client.source_track(&serde_json::from_str(&receipt.request)?).await?;
    /// if let Some(title) = track.and_then(|track| track.title) {
    ///     println!("{} of {title}", receipt.operation);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read.
    pub async fn source_track(&self, request: &Value) -> Result<Option<ReceiptItem>, Error> {
        let Ok(ledger) = self.ledger() else { return Ok(None) };
        let mut named = Named::of(request);
        for _ in 0..LONGEST_CHAIN {
            let Some(task) = named.task else { return Ok(None) };
            let Some(receipt) = ledger.find(ReceiptKey::Task(&task)).await.map_err(Error::Ledger)? else {
                return Ok(None);
            };
            if makes_tracks(&receipt) {
                let is_it = |item: &ReceiptItem| named.track.is_none() || item.id == named.track;
                return Ok(receipt.items.into_iter().find(is_it));
            }
            named = Named::of(&serde_json::from_str(&receipt.request).unwrap_or_default());
        }
        Ok(None)
    }
}

/// The ids that a request names.
struct Named {
    task: Option<String>,
    track: Option<String>,
}

impl Named {
    fn of(request: &Value) -> Self {
        let id = |field: &str| {
            let id = request.get(field).and_then(Value::as_str).filter(|id| !id.trim().is_empty());
            id.map(str::to_owned)
        };
        Self { task: id("taskId"), track: id("audioId") }
    }
}

/// Returns `true` if the task of the receipt makes tracks.
fn makes_tracks(receipt: &Receipt) -> bool {
    kie_types::catalog::find(&receipt.operation).is_ok_and(kie_types::catalog::Operation::makes_tracks)
}
