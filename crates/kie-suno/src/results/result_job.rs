//! Tasks that the market route starts for operations that respond with their result on the classic route.

use kie_types::{
    CallbackPayload, Credits, Effect, Endpoint, Failure, Invalid, Item, Job, MarketAnswer, MarketForm, MarketRecord,
    Method, Output, Record, TaskId, TaskState, Timestamp, envelope::ReadError,
};
use serde::{Deserialize, Serialize};

/// Kind of task whose result is the response of an operation.
#[derive(Debug)]
pub(crate) struct ResultJob;

impl Job for ResultJob {
    const NAME: &'static str = "result";
    type Lookup = ResultLookup;
    type Record = ResultRecord;
    type Callback = NoPayload;
    type Output = ResultRecord;

    fn lookup(id: TaskId<Self>) -> ResultLookup {
        ResultLookup { task_id: id.as_str().to_owned() }
    }

    fn of_market(record: &MarketRecord) -> ResultRecord {
        ResultRecord(record.clone())
    }
}

/// Lookup of such a task. It exists only on the market route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultLookup {
    task_id: String,
}

impl Endpoint for ResultLookup {
    const NAME: &'static str = "get-task-detail";
    const DOCS: &'static str = "https://docs.kie.ai/market/common/get-task-detail";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = MarketForm::LOOKUP_PATH;
    const EFFECT: Effect = Effect::Reads;
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::LOOKUP);
    type Response = Option<ResultRecord>;

    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<Self::Response>, ReadError> {
        let record = MarketRecord::read(http_status, body)?;
        Ok(MarketAnswer::Result(record.map(ResultRecord)))
    }
}

/// Record of such a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ResultRecord(pub(crate) MarketRecord);

impl Record for ResultRecord {
    type Output = Self;

    fn task_id(&self) -> Option<&str> {
        self.0.task_id.as_deref()
    }

    fn state(&self) -> TaskState {
        let failed = || {
            let mut failure = Failure::default();
            failure.code = self.0.error_code();
            failure.message = self.0.error_message();
            TaskState::Failed(failure)
        };
        self.0.status(TaskState::Running(None), TaskState::Complete, failed())
    }

    fn output(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.0.credits_consumed
    }

    fn created(&self) -> Option<&Timestamp> {
        self.0.create_time.as_ref()
    }
}

/// The result is read from the record, so the record itself is the output. It has no files.
impl Output for ResultRecord {
    type Piece = Self;

    fn items(&self) -> Vec<Item> {
        vec![Item::default()]
    }

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }
}

/// Data of a callback. No code reads the callbacks of these tasks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct NoPayload {}

impl CallbackPayload for NoPayload {
    type Output = ResultRecord;

    fn task_id(&self) -> Option<&str> {
        None
    }

    fn state(&self, _: i64, _: &str) -> TaskState {
        TaskState::Running(None)
    }

    fn output(&self) -> Option<ResultRecord> {
        None
    }
}
