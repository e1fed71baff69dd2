//! A task of whatever kind: what can be done about it without the types of its job.

use std::pin::Pin;

use kie_ledger::{News, ReceiptId};
use kie_types::{Endpoint, Item, Job, Output, Record, State, Timestamp, Unreadable};

use super::task::Task;
use crate::{
    client::Client,
    error::{About, DecodeError, Error},
};

impl<J: Job> Task<J> {
    /// The same without its types.
    pub(crate) fn any(&self) -> AnyTask {
        AnyTask::new::<J>(self.client.clone(), self.id.as_str().to_owned(), self.receipt)
    }

    /// What a task is that came this far and has nothing to show for it.
    pub(crate) fn shows_nothing(&self) -> Error {
        self.any().shows_nothing()
    }
}

/// A task, whatever it makes.
#[derive(Clone)]
pub(crate) struct AnyTask {
    pub(crate) client: Client,
    pub(crate) id: String,
    pub(crate) receipt: Option<ReceiptId>,
    /// The kind of job in one word.
    pub(crate) job: &'static str,
    lookup: &'static str,
    look: fn(Client, String) -> Looking,
}

type Looking = Pin<Box<dyn Future<Output = Result<Option<Box<dyn AnyRecord>>, Error>> + Send>>;

impl AnyTask {
    pub(crate) fn new<J: Job>(client: Client, id: String, receipt: Option<ReceiptId>) -> Self {
        Self { client, id, receipt, job: J::NAME, lookup: <J::Lookup as Endpoint>::NAME, look: look::<J> }
    }

    /// As [`Task::look`](crate::Task::look).
    pub(crate) async fn look(&self) -> Result<Option<Box<dyn AnyRecord>>, Error> {
        (self.look)(self.client.clone(), self.id.clone()).await
    }

    /// Notes on its receipt what happened to the task.
    pub(crate) async fn note(&self, news: &News) {
        self.client.note_of_task(&self.id, self.receipt, news).await;
    }

    /// What a task is that came this far and has nothing to show for it.
    pub(crate) fn shows_nothing(&self) -> Error {
        let answer = Unreadable::new(200, b"", "the task is finished, and its record shows no result");
        Error::Decode(Box::new(DecodeError { about: About::new(self.lookup), answer })).of_task(&self.id)
    }
}

fn look<J: Job>(client: Client, id: String) -> Looking {
    Box::pin(async move {
        let record = client.task::<J>(id).look().await?;
        Ok(record.map(|record| -> Box<dyn AnyRecord> { Box::new(record) }))
    })
}

/// A record, whatever it is of.
pub(crate) trait AnyRecord: Send + Sync {
    /// How far the task has come.
    fn state(&self) -> State;

    /// What it made by now.
    fn items(&self) -> Vec<Item>;

    /// When the service says that the task was made.
    fn created(&self) -> Option<Timestamp>;

    /// The record as a JSON document for people.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

impl<R: Record> AnyRecord for R {
    fn state(&self) -> State {
        Record::state(self)
    }

    fn items(&self) -> Vec<Item> {
        self.output().map(|output| output.items()).unwrap_or_default()
    }

    fn created(&self) -> Option<Timestamp> {
        Record::created(self).cloned()
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }
}
