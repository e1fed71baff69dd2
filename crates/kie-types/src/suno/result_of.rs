//! Tasks that the market route starts for operations that respond with their result on the classic route.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};

use crate::{
    answer::envelope::ReadError,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackPayload, Effect, Endpoint, Failure, InlineFile, Item, Job, MarketAnswer, Method, Output, Record,
        TaskState,
    },
    price::Credits,
    request::{Invalid, Rules},
    value::{TaskId, Timestamp},
};

/// Kind of task that makes the response of the operation `E`. Only the market route has such tasks.
///
/// Some operations respond with their result, such as [`BoostMusicStyle`](crate::BoostMusicStyle). It is not documented
/// if the market route does so too, or starts a task: see [`MarketAnswer`]. The [name](Job::NAME) of the kind is that of
/// the operation.
///
/// ```
/// use kie_types::{BoostMusicStyle, Endpoint, Job, MarketAnswer, ResultOf};
///
/// type StyleTask = ResultOf<BoostMusicStyle>;
///
/// let body = br#"{"code":200,"msg":"success","data":{"taskId":"b7e2"}}"#;
/// let MarketAnswer::Task(id) = BoostMusicStyle::read_market(200, body)? else { return Ok(()) };
/// let lookup = StyleTask::lookup(id.into());
/// assert_eq!(lookup.encode()?.url(), "https://api.kie.ai/api/v1/jobs/recordInfo?taskId=b7e2");
/// // This is the response to the lookup:
/// let body = br#"{"code":200,"data":{"taskId":"b7e2","state":"success","resultJson":"{\"result\":\"dusty soul\"}"}}"#;
/// let MarketAnswer::Result(Some(record)) = <StyleTask as Job>::Lookup::read_market(200, body)? else { return Ok(()) };
/// assert_eq!(record.response().and_then(|style| style.result).as_deref(), Some("dusty soul"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResultOf<E>(PhantomData<fn() -> E>);

impl<E: Endpoint> fmt::Debug for ResultOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResultOf<{}>", E::NAME)
    }
}

impl<E: Endpoint> Job for ResultOf<E> {
    const NAME: &'static str = E::NAME;
    type Lookup = GetResultOf<E>;
    type Record = ResultRecord<E>;
    type Callback = ResultCallback<E>;
    type Output = ResultRecord<E>;

    fn lookup(id: TaskId<Self>) -> GetResultOf<E> {
        GetResultOf { task_id: id }
    }

    fn of_market(record: &MarketRecord) -> ResultRecord<E> {
        ResultRecord { market: record.clone(), operation: PhantomData }
    }
}

/// Looks up a task that makes the response of the operation `E`. The lookup is the same on both routes.
///
/// Documentation: <https://docs.kie.ai/market/common/get-task-detail>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct GetResultOf<E: Endpoint> {
    /// Id of the task.
    #[serde(default, rename = "taskId")]
    pub task_id: TaskId<ResultOf<E>>,
}

impl<E: Endpoint> Endpoint for GetResultOf<E> {
    const NAME: &'static str = "get-task-detail";
    const DOCS: &'static str = "https://docs.kie.ai/market/common/get-task-detail";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = MarketForm::LOOKUP_PATH;
    const EFFECT: Effect = Effect::Reads;
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::LOOKUP);
    type Response = Option<ResultRecord<E>>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.finish()
    }

    /// Reads a record. A finished task whose result is not a response of `E` is an error, since its record would hide a
    /// result that was paid for.
    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        let Some(market) = MarketRecord::read(http_status, body)? else { return Ok(None) };
        if market.is_success() == Some(true) && E::of_market(&market).is_none() {
            return Err(market.unknown_result(http_status));
        }
        Ok(Some(ResultOf::of_market(&market)))
    }

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<Self::Response>, ReadError> {
        Self::read(http_status, body).map(MarketAnswer::Result)
    }
}

/// Record of a task that makes the response of the operation `E`. The record is also the output of the task.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
#[non_exhaustive]
pub struct ResultRecord<E: Endpoint> {
    /// The record as the service returned it.
    pub market: MarketRecord,
    #[serde(skip)]
    operation: PhantomData<fn() -> E>,
}

impl<E: Endpoint> ResultRecord<E> {
    /// Returns the response of the operation. Returns `None` if the record does not have it.
    pub fn response(&self) -> Option<E::Response> {
        E::of_market(&self.market)
    }
}

impl<E: Endpoint> fmt::Debug for ResultRecord<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResultRecord").field(&self.market).finish()
    }
}

impl<E: Endpoint> Record for ResultRecord<E> {
    type Output = Self;

    fn task_id(&self) -> Option<&str> {
        self.market.task_id.as_deref()
    }

    fn state(&self) -> TaskState {
        let failure = || Failure::new(None, self.market.error_code(), self.market.error_message().as_deref());
        match self.market.is_success() {
            Some(true) => TaskState::Complete,
            Some(false) => TaskState::Failed(failure()),
            None => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Self> {
        (self.market.is_success() == Some(true)).then(|| self.clone())
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.market.credits_consumed
    }

    fn created(&self) -> Option<&Timestamp> {
        self.market.create_time.as_ref()
    }
}

/// The only item is the response of the operation, as indented JSON.
impl<E: Endpoint> Output for ResultRecord<E> {
    type Piece = Self;

    fn items(&self) -> Vec<Item> {
        let json = self.response().and_then(|response| serde_json::to_string_pretty(&response).ok());
        let item = |json: String| Item {
            inline: Some(InlineFile::new("json", json.as_bytes())),
            text: Some(json),
            ..Item::default()
        };
        json.map(item).into_iter().collect()
    }

    fn pieces(&self) -> Vec<Self> {
        if self.response().is_some() { vec![self.clone()] } else { Vec::new() }
    }
}

/// Data of a callback about such a task. The operations have no callback address, so no callback is known: the data is
/// not read.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct ResultCallback<E> {
    #[serde(skip)]
    operation: PhantomData<fn() -> E>,
}

impl<E> Clone for ResultCallback<E> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<E> Default for ResultCallback<E> {
    fn default() -> Self {
        Self { operation: PhantomData }
    }
}

impl<E> fmt::Debug for ResultCallback<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResultCallback")
    }
}

impl<E: Endpoint> CallbackPayload for ResultCallback<E> {
    type Output = ResultRecord<E>;

    fn task_id(&self) -> Option<&str> {
        None
    }

    fn state(&self, _: i64, _: &str) -> TaskState {
        TaskState::Running(None)
    }

    fn output(&self) -> Option<ResultRecord<E>> {
        None
    }
}
