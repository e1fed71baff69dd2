//! One run: the free lookups first, then the calls that create something, in the order of the list.

use std::{fs, time::Duration};

use anyhow::Context as _;
use kie_ledger::SqliteLedger;
use kie_sandbox::cassette::{Cassette, Recorder};
use kie_suno::{
    Budget, Charged, Client, Credits, Error, Polling,
    receipts::{Receipt, ReceiptState},
    transport::Pool,
};
use kie_types::{Host, Method, catalog};
use serde_json::{Value, json};

use crate::{
    answers::shown,
    arguments::Probe,
    callbacks::Callbacks,
    evidence,
    guard::Guard,
    report::{Found, State},
    steps::{filled, placeholders},
    unknowns::{Lookup, Post, Step, Unknown},
};

/// Time for which receipts are kept. A century is for ever.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
/// Name of the file with all callbacks of a run.
const CALLBACKS: &str = "callbacks.json";

struct Run<'a> {
    probe: &'a Probe,
    unknowns: &'a [Unknown],
    client: Client,
    /// A client with a wrong key.
    stranger: Client,
    recorder: Recorder,
    callbacks: Option<Callbacks>,
    /// Credits that may still be spent.
    left: f64,
}

/// Asks all questions, and writes the recorded exchanges.
pub(crate) async fn run(probe: &Probe, key: &str, unknowns: &[Unknown]) -> anyhow::Result<Vec<Found>> {
    let out = probe.out();
    fs::create_dir_all(&out).with_context(|| format!("{} cannot be made (--out)", out.display()))?;
    let mut run = Run::new(probe, key, unknowns).await?;
    let open = || unknowns.iter().filter(|unknown| unknown.settled.is_none());
    let is_first = |unknown: &&Unknown| matches!(unknown.step(), Ok(Step::Lookup(lookup)) if placeholders(&Value::Object(lookup.fields.clone())).is_empty());
    let mut found = Vec::new();
    for unknown in open().filter(is_first).chain(open().filter(|unknown| !is_first(unknown))) {
        let answer = run.ask(unknown).await.with_context(|| unknown.id.clone())?;
        eprintln!("{}: {}", answer.id, answer.text);
        found.push(answer);
    }
    if let Some(callbacks) = &run.callbacks {
        callbacks.cassette().save(out.join(CALLBACKS))?;
    }
    run.client.settled().await;
    Ok(found)
}

impl<'a> Run<'a> {
    async fn new(probe: &'a Probe, key: &str, unknowns: &'a [Unknown]) -> anyhow::Result<Self> {
        let pool = Pool::new(Duration::from_secs(10));
        let recorder = Recorder::new(Guard { service: pool, may_spend: probe.spend.is_some() }).keep_texts();
        let ledger = SqliteLedger::builder().keep_finished(FOR_EVER).open(&probe.ledger).await;
        let ledger = ledger.with_context(|| format!("{} cannot be used (--ledger)", probe.ledger.display()))?;
        let polling = Polling::default().first_poll(Duration::try_from_secs_f64(probe.first_poll)?);
        let budget = Budget::new(probe.spend.unwrap_or(Credits::new(0.0)));
        let client = |key: &str| {
            let mut client = Client::builder().api_key(key).http(recorder.clone()).polling(polling);
            if let Some(url) = &probe.base_url {
                client = client.base_url(url);
            }
            client
        };
        let mut paying = client(key).ledger(ledger).budget(budget);
        let mut callbacks = None;
        if let Some(url) = &probe.callback_url {
            let server = Callbacks::listen(probe.listen).await?;
            paying = paying.callbacks(url, &server.receiver);
            callbacks = Some(server);
        }
        let (client, stranger) = (paying.build()?, client("wrong-key").build()?);
        let left = probe.spend.map_or(0.0, Credits::get);
        Ok(Self { probe, unknowns, client, stranger, recorder, callbacks, left })
    }

    async fn ask(&mut self, unknown: &Unknown) -> anyhow::Result<Found> {
        match unknown.step()? {
            Step::Lookup(lookup) => self.look_up(unknown, lookup).await,
            Step::Post(post) => self.post(unknown, post).await,
            Step::Callback(of) => self.callback(unknown, of).await,
            Step::Manual(steps) => Ok(open(unknown, format!("By hand: {steps}"))),
        }
    }

    async fn look_up(&self, unknown: &Unknown, lookup: &Lookup) -> anyhow::Result<Found> {
        let fields = match self.filled(&Value::Object(lookup.fields.clone())).await? {
            Ok(fields) => fields,
            Err(missing) => return Ok(open(unknown, format!("Needs the task of {missing}, which --spend starts."))),
        };
        let client = if lookup.wrong_key { &self.stranger } else { &self.client };
        let result = client.raw(Method::Get, Host::Api, &lookup.path, &fields).await;
        let cassette = self.recorder.take();
        let evidence = evidence::of_lookup(&cassette);
        match result {
            Err(error) if evidence["status"] == 0 => Ok(open(unknown, format!("No response: {error}."))),
            _ => self.judged(unknown, &evidence, &cassette, 0.0),
        }
    }

    async fn post(&mut self, unknown: &Unknown, post: &Post) -> anyhow::Result<Found> {
        let request = match self.filled(&post.request).await? {
            Ok(request) => request,
            Err(missing) => return Ok(open(unknown, format!("Needs the task of {missing}, which --spend starts."))),
        };
        let receipt = self.client.receipt(&name(&unknown.id)).await?;
        match receipt.filter(|receipt| receipt.state != ReceiptState::Refused) {
            Some(receipt) if receipt.task_id.is_some() || receipt.response.is_some() => {
                self.recall(unknown, &receipt).await
            }
            Some(receipt) if receipt.state == ReceiptState::Sent => Ok(open(
                unknown,
                "The response of an earlier run was lost. The call may be paid for, and is not sent again.",
            )),
            _ if self.probe.spend.is_none() => Ok(open(unknown, format!("Needs --spend {}.", unknown.price()))),
            _ if unknown.credits > self.left => {
                let (price, left) = (unknown.price(), Credits::new(self.left));
                Ok(open(unknown, format!("Costs {price} credits, and {left} are left of --spend.")))
            }
            _ => self.send(unknown, post, request).await,
        }
    }

    /// Looks at a call of an earlier run, and sends nothing that costs credits.
    async fn recall(&self, unknown: &Unknown, receipt: &Receipt) -> anyhow::Result<Found> {
        let Some(task) = self.client.task_of(receipt).filter(|_| receipt.task_id.is_some()) else {
            let data: Value = serde_json::from_str(receipt.response.as_deref().unwrap_or_default()).unwrap_or_default();
            let mut evidence = evidence::of_post(&self.recorder.take(), "complete", None, "");
            evidence["submit"] = json!({ "code": 200, "data": data });
            return self.judged_without(unknown, &evidence);
        };
        let (outcome, code, message) = outcome(&task.wait().await.map(drop));
        let cassette = self.recorder.take();
        let evidence = evidence::of_post(&cassette, outcome, code, &message);
        self.judged(unknown, &evidence, &cassette, 0.0)
    }

    /// Sends a call, and waits for its task.
    async fn send(&mut self, unknown: &Unknown, post: &Post, request: Value) -> anyhow::Result<Found> {
        let name = name(&unknown.id);
        let result = if let Some(start) = self.client.start_any(&post.operation, request.clone()) {
            match start.named(name).route(post.route).unchecked().await {
                Ok(task) => task.wait().await.map(drop),
                Err(error) => Err(error),
            }
        } else {
            let call = self.client.call_any(&post.operation, request).context("there is no such operation")?;
            let call = call.route(post.route).unchecked();
            let has_receipt = catalog::find(&post.operation)?.can_cost();
            if has_receipt { call.named(name).await.map(drop) } else { call.await.map(drop) }
        };
        if let Err(error @ (Error::OverBudget(_) | Error::Invalid(_) | Error::NameTaken(_) | Error::Ledger(_))) =
            &result
        {
            self.recorder.take();
            return Ok(open(unknown, format!("Not sent: {error}.")));
        }
        let spent = match &result {
            Err(error) if error.charged() == Charged::No => 0.0,
            _ => unknown.credits,
        };
        self.left -= spent;
        self.wait_for_callbacks(&unknown.id).await?;
        let (outcome, code, message) = outcome(&result);
        let cassette = self.recorder.take();
        let evidence = evidence::of_post(&cassette, outcome, code, &message);
        self.judged(unknown, &evidence, &cassette, spent)
    }

    /// Waits for the callbacks of a task if a question is about them.
    async fn wait_for_callbacks(&self, id: &str) -> anyhow::Result<()> {
        let is_about_it = |unknown: &Unknown| matches!(unknown.step(), Ok(Step::Callback(of)) if of == id);
        let receipt = self.client.receipt(&name(id)).await?;
        if let (Some(callbacks), Some(task)) = (&self.callbacks, receipt.and_then(|receipt| receipt.task_id))
            && self.unknowns.iter().any(is_about_it)
        {
            callbacks.settled(&task).await;
        }
        Ok(())
    }

    async fn callback(&self, unknown: &Unknown, of: &str) -> anyhow::Result<Found> {
        let Some(callbacks) = &self.callbacks else { return Ok(open(unknown, "Needs --callback-url.")) };
        let receipt = self.client.receipt(&name(of)).await?;
        let Some(task) = receipt.and_then(|receipt| receipt.task_id) else {
            return Ok(open(unknown, format!("Needs the task of {of}, which --spend starts.")));
        };
        let seen = callbacks.of(&task);
        if seen.is_empty() {
            return Ok(open(unknown, format!("No callback of {of} came in this run.")));
        }
        let mut found = self.judged_without(unknown, &evidence::of_callbacks(&seen))?;
        found.capture = Some(CALLBACKS.to_owned());
        Ok(found)
    }

    /// Writes the exchanges, and finds the answer.
    fn judged(&self, unknown: &Unknown, evidence: &Value, cassette: &Cassette, spent: f64) -> anyhow::Result<Found> {
        let capture = format!("{}.json", unknown.id);
        evidence::without_balance(cassette).save(self.probe.out().join(&capture))?;
        Ok(Found { spent, capture: Some(capture), ..self.judged_without(unknown, evidence)? })
    }

    fn judged_without(&self, unknown: &Unknown, evidence: &Value) -> anyhow::Result<Found> {
        let has_assumption = unknown.answers.iter().any(|answer| answer.assumed);
        let (state, text) = match shown(&unknown.answers, evidence) {
            Some(answer) if has_assumption && !answer.assumed => (State::Contradicts, answer.says.clone()),
            Some(answer) => (State::Settled, answer.says.clone()),
            None if unknown.answers.is_empty() && evidence["outcome"] == "complete" => {
                (State::Settled, "The result is recorded.".to_owned())
            }
            None => (State::Unexpected, unexpected(evidence)),
        };
        Ok(Found { id: unknown.id.clone(), state, text, spent: 0.0, capture: None })
    }

    /// Returns the value with the ids of tasks and tracks, or the id of the question whose task is missing.
    async fn filled(&self, value: &Value) -> anyhow::Result<Result<Value, String>> {
        let mut receipts = Vec::new();
        for placeholder in placeholders(value) {
            let receipt = self.client.receipt(&name(&placeholder.id)).await?;
            receipts.extend(receipt.map(|receipt| (placeholder.id, receipt)));
        }
        let of = |id: &str| receipts.iter().find(|(of, _)| of == id).map(|(_, receipt)| receipt.clone());
        Ok(filled(value, &of))
    }
}

/// Returns the name of the call in the ledger.
fn name(id: &str) -> String {
    format!("probe/{id}")
}

fn open(unknown: &Unknown, text: impl Into<String>) -> Found {
    Found { id: unknown.id.clone(), state: State::Open, text: text.into(), spent: 0.0, capture: None }
}

fn outcome(result: &Result<(), Error>) -> (&'static str, Option<i64>, String) {
    match result {
        Ok(()) => ("complete", None, String::new()),
        Err(error @ Error::Failed(failed)) => ("failed", failed.failure().code, error.to_string()),
        Err(Error::Api(error)) => ("refused", Some(error.code()), error.to_string()),
        Err(error) => ("unknown", None, error.to_string()),
    }
}

/// Describes evidence that is none of the expected answers. The ids in it are not redacted, so they are left out.
fn unexpected(evidence: &Value) -> String {
    let told = |pointer: &str| evidence.pointer(pointer).filter(|value| !value.is_null()).map(ToString::to_string);
    let facts = [
        ("outcome", told("/outcome")),
        ("HTTP status", told("/status")),
        ("code", told("/code").or_else(|| told("/body/code")).or_else(|| told("/submit/code"))),
        ("stages", told("/stages")),
    ];
    let facts: Vec<_> = facts.into_iter().filter_map(|(name, fact)| Some(format!("{name} {}", fact?))).collect();
    format!("None of the expected answers: {}. See the exchanges.", facts.join(", "))
}
