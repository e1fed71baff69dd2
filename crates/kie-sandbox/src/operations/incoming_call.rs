//! One request to one operation.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use kie_types::{Credits, Endpoint, GetMusicDetails, Invalid, Model, Route, Seconds, Stage, Violation, check_on};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    account::{Account, Clock, State, Task, Timeline, View, Work, is_finished},
    script::{MarketSettings, Speed, TaskScript},
};

use super::operation_result::{OperationResult, Refused};

/// Duration of a song in seconds, if the market route makes it with a model of the V6 family and the request names no
/// duration. The live service was seen to do so.
const UNNAMED_DURATION: f64 = 20.0;

/// The part of a request that only the market route has.
pub(crate) struct MarketRequest {
    /// The request as the record of its task repeats it.
    pub(crate) echo: String,
    /// Address for callbacks, which is beside the fields of the operation.
    pub(crate) call_back_url: Option<String>,
    /// `true` if an operation without a task starts a task, which then carries the price.
    pub(crate) starts_task: bool,
}

/// A request that is being handled, with the account that the request changes.
pub(crate) struct IncomingCall<'a> {
    /// Name of the operation.
    pub(crate) operation: &'static str,
    /// Price in credits. It is the lowest price of the operation, unless the handler of the operation sets another
    /// price. It is 0 if the price is not known.
    pub(crate) price: Credits,
    /// The fields of the body, or of the query if the request is a `GET`. The fields of a request on the market route
    /// have their classic names.
    pub(crate) fields: Value,
    /// Content of the file, if the body is a form with a file.
    pub(crate) file: Option<Bytes>,
    pub(crate) host: &'a str,
    pub(crate) now: Instant,
    pub(crate) clock: Clock,
    pub(crate) speed: Speed,
    pub(crate) settings: MarketSettings,
    /// `None` if the request came on the classic route.
    pub(crate) market: Option<MarketRequest>,
    pub(crate) account: &'a mut Account,
    /// The task that the request started. `None` if no task was started.
    pub(crate) started: Option<Arc<Task>>,
}

impl IncomingCall<'_> {
    /// Returns the request, or a refusal if the request breaks a documented rule. If the operation has a field for a
    /// callback address, a request without this address is refused too, except on the market route.
    pub(crate) fn request<E: Endpoint>(&self) -> Result<E, Refused> {
        if let Some(name) = E::CALL_BACK_URL.filter(|name| self.market.is_none() && self.lacks(name)) {
            return Err(Refused::new(422, format!("Please enter {name}.")));
        }
        self.checked()
    }

    /// Returns the request, or a refusal if the request breaks a documented rule. Used for operations that accept a
    /// request without a callback address.
    pub(crate) fn checked<E: Endpoint>(&self) -> Result<E, Refused> {
        self.rules().map_err(|broken| Refused::new(422, broken))
    }

    /// Returns the request, or a text with the documented rules that the request breaks. A field that is null is refused:
    /// the live service was seen to refuse `instrumental: null`, and for other fields its answer is unknown.
    pub(crate) fn rules<E: Endpoint>(&self) -> Result<E, String> {
        let checked = check_on::<E>(&self.fields, self.route());
        let null = self.fields.as_object().into_iter().flatten().filter(|(_, value)| value.is_null());
        let null = null.map(|(name, _)| name).find(|name| !checked.unknown.contains(name));
        if let (Some(name), Ok(_)) = (null, &checked.result) {
            let name = if self.market.is_some() { snake_case(name) } else { name.clone() };
            return Err(format!("{name} must not be null"));
        }
        checked.result.map_err(|invalid| self.broken(&invalid, E::CALL_BACK_URL))
    }

    /// Returns the broken rules as a text. Each field has the name that it has on the route of the request.
    fn broken(&self, invalid: &Invalid, call_back_url: Option<&str>) -> String {
        let rule = |violation: &Violation| match self.route() {
            Route::Classic => violation.to_string(),
            // On the market route, the callback address is beside the fields of the operation.
            _ if call_back_url == Some(&*violation.field) => format!("callBackUrl {}", violation.rule),
            _ => format!("{} {}", snake_case(&violation.field), violation.rule),
        };
        invalid.violations().iter().map(rule).collect::<Vec<_>>().join("; ")
    }

    /// Returns the route on which the request came.
    pub(crate) fn route(&self) -> Route {
        if self.market.is_some() { Route::Market } else { Route::Classic }
    }

    /// Returns the words of a song. On the market route, the field `lyrics` wins over the field `prompt`.
    pub(crate) fn words(&self, prompt: Option<&String>) -> Option<String> {
        let lyrics = self.fields.get("lyrics").and_then(Value::as_str).filter(|lyrics| !lyrics.trim().is_empty());
        let lyrics = lyrics.filter(|_| self.market.is_some());
        lyrics.map(str::to_owned).or_else(|| prompt.cloned())
    }

    /// Returns the duration that a song gets, in seconds, or `None` if it is not determined.
    pub(crate) fn duration(&self, is_custom: bool, model: &Model, named: Option<Seconds>) -> Option<f64> {
        let is_short = self.market.is_some() && is_custom && matches!(model, Model::V6 | Model::V6Mini | Model::V6Wild);
        named.map(Seconds::get).or(is_short.then_some(UNNAMED_DURATION))
    }

    /// Returns the model of a request that names no model.
    pub(crate) fn default_model(&self) -> Model {
        if self.market.is_some() { Model::V6 } else { Model::V4_5Plus }
    }

    /// Returns `true` if a lookup on this route finds the task. Both routes find the tasks of a new account, because the
    /// examples of both routes name them.
    pub(crate) fn finds(&self, task: &Task, route: Route) -> bool {
        self.settings.ids_cross || task.route == route || self.account.is_demo(task.work.lookup(), &task.id)
    }

    /// Returns the record of the task with this id: the `data` of the response to a lookup. Returns `None` if there is
    /// no such task, if lookups do not find the task yet, or if `lookup` is not the operation that looks up tasks of
    /// this kind.
    pub(crate) fn record(&self, lookup: &str, id: &str) -> Option<Value> {
        let task = self.account.task(lookup, id).filter(|task| self.finds(task, Route::Classic))?;
        let view = View { state: task.state(self.now), host: self.host, clock: self.clock };
        (view.state != State::Hidden).then(|| task.work.record(task, &view))
    }

    /// Returns `true` if this field is missing, null or empty.
    pub(crate) fn lacks(&self, field: &str) -> bool {
        self.fields.get(field).is_none_or(|value| value.is_null() || value == "")
    }

    /// Returns the index of a finished track within its task, or a refusal if there is no such track.
    pub(crate) fn finished_track(&self, task_id: &str, track_id: &str) -> Result<usize, Refused> {
        let song = self.account.task(GetMusicDetails::NAME, task_id);
        let index = song.and_then(|song| {
            let index = song.work.tracks().iter().position(|track| track.id == track_id)?;
            is_finished(index, song.state(self.now).shown()).then_some(index)
        });
        index.ok_or_else(|| Refused::new(422, "Record does not exist"))
    }

    /// Returns the fields of the request as JSON text with sorted keys. The response to a lookup of a music or lyrics
    /// task contains this text.
    pub(crate) fn param(&self) -> String {
        let fields: BTreeMap<_, _> = self.fields.as_object().into_iter().flatten().collect();
        json!(fields).to_string()
    }

    /// Charges the price of an operation that starts no task. Returns the new balance, or a refusal if the balance is
    /// too low.
    pub(crate) fn pay(&mut self) -> Result<Credits, Refused> {
        let price = self.price()?;
        if self.market.as_ref().is_some_and(|market| market.starts_task) {
            return Ok(self.account.balance(self.now) - price);
        }
        self.account.spend(price);
        Ok(self.account.balance(self.now))
    }

    /// Returns the price, or a refusal if the balance is too low.
    fn price(&self) -> Result<Credits, Refused> {
        if self.account.balance(self.now) < self.price {
            return Err(Refused::new(402, "The current credits are insufficient. Please top up."));
        }
        Ok(self.price)
    }

    /// Accepts the request: charges the price and starts a task. Returns a refusal if the balance is too low. Each pair
    /// of `stages` is a stage, and the age of the task at which it reaches the stage, in milliseconds.
    ///
    /// `fails` is a failure that the content of the request causes. If the test has added a script for this task,
    /// `fails` is ignored.
    pub(crate) fn start<E: Endpoint>(
        &mut self,
        mut request: E,
        stages: &[(Stage, u64)],
        fails: Option<TaskScript>,
        work: impl Work + 'static,
    ) -> OperationResult {
        let url = match &self.market {
            Some(market) => market.call_back_url.clone(),
            None => request.call_back_url().and_then(Option::take),
        };
        self.start_task(url.unwrap_or_default(), stages, fails, work)
    }

    /// Does the same as [`start`](Self::start), with this callback address.
    pub(crate) fn start_task(
        &mut self,
        call_back_url: String,
        stages: &[(Stage, u64)],
        fails: Option<TaskScript>,
        work: impl Work + 'static,
    ) -> OperationResult {
        let paid = self.price()?;
        let script = self
            .account
            .task_scripts
            .pop_front()
            .unwrap_or_default()
            .or(fails)
            .map(|script| script.with_status(work.failed()));
        let task = Arc::new(Task {
            id: self.account.ids.task(),
            operation: self.operation,
            route: self.route(),
            echo: self.market.as_ref().map(|market| market.echo.clone()).unwrap_or_default(),
            paid,
            created: self.now,
            host: self.host.to_owned(),
            call_back_url,
            timeline: Timeline::new(stages, script, self.speed),
            work: Box::new(work),
        });
        self.account.tasks.start(Arc::clone(&task));
        let answer = json!({ "taskId": task.id });
        self.started = Some(task);
        Ok(answer)
    }
}

/// Returns the name of a field on the market route, such as `vocal_end_s` for `vocalEndS`.
pub(crate) fn snake_case(classic: &str) -> String {
    let letters = classic.chars();
    letters.fold(String::new(), |mut name, letter| {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
        name
    })
}

/// Handles a lookup of a task. If another operation looks up tasks of this kind, the task is treated as unknown. A
/// request without the id is refused in the words of kie-types, because no such refusal of the live service is known.
pub(crate) fn details<E: Endpoint>(call: &mut IncomingCall<'_>) -> OperationResult {
    call.checked::<E>()?;
    let id = call.fields.get("taskId").and_then(Value::as_str).unwrap_or_default();
    Ok(call.record(call.operation, id).unwrap_or_default())
}
