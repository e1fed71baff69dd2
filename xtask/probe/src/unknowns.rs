//! The list of the open questions, from `unknowns.toml`.

use anyhow::{Context as _, bail, ensure};
use kie_suno::{Credits, Route};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answers::Answer;

const FILE: &str = include_str!("../unknowns.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unknown: Vec<Unknown>,
}

/// An open question about the service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unknown {
    pub(crate) id: String,
    pub(crate) question: String,
    /// Why the answer matters.
    pub(crate) why: String,
    /// The page of the service's documentation that leaves the question open.
    pub(crate) source: String,
    /// Price of the call, in credits.
    #[serde(default)]
    pub(crate) credits: f64,
    lookup: Option<Lookup>,
    post: Option<Post>,
    callback: Option<String>,
    manual: Option<String>,
    /// The expected answers. The first one whose conditions hold is the answer.
    #[serde(default)]
    pub(crate) answers: Vec<Answer>,
    /// The answer, once it is known.
    pub(crate) settled: Option<Settled>,
}

/// How a question is settled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Lookup(&'a Lookup),
    Post(&'a Post),
    /// By the callbacks of the task that the question with this id starts.
    Callback(&'a str),
    /// By hand, in these steps.
    Manual(&'a str),
}

/// A free lookup.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lookup {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) fields: Map<String, Value>,
    /// Sends a wrong API key.
    #[serde(default)]
    pub(crate) wrong_key: bool,
}

/// A call that creates something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Post {
    pub(crate) operation: String,
    pub(crate) route: Route,
    pub(crate) request: Value,
}

/// An answer that was found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settled {
    pub(crate) date: String,
    pub(crate) answer: String,
    /// Path of the recorded exchanges.
    pub(crate) capture: String,
}

impl Unknown {
    pub(crate) fn step(&self) -> anyhow::Result<Step<'_>> {
        match (&self.lookup, &self.post, &self.callback, &self.manual) {
            (Some(lookup), None, None, None) => Ok(Step::Lookup(lookup)),
            (None, Some(post), None, None) => Ok(Step::Post(post)),
            (None, None, Some(of), None) => Ok(Step::Callback(of)),
            (None, None, None, Some(steps)) => Ok(Step::Manual(steps)),
            _ => bail!("{} needs one of lookup, post, callback and manual", self.id),
        }
    }

    pub(crate) fn price(&self) -> Credits {
        Credits::new(self.credits)
    }
}

/// Returns all questions, in the order in which they are asked.
pub(crate) fn read() -> anyhow::Result<Vec<Unknown>> {
    let file: File = toml::from_str(FILE).context("xtask/probe/unknowns.toml")?;
    for unknown in &file.unknown {
        unknown.step()?;
    }
    Ok(file.unknown)
}

/// Returns the questions with these ids, or all if there are no ids.
pub(crate) fn only(unknowns: Vec<Unknown>, ids: &[String]) -> anyhow::Result<Vec<Unknown>> {
    for id in ids {
        ensure!(unknowns.iter().any(|unknown| unknown.id == *id), "there is no question {id}; --list shows all");
    }
    Ok(unknowns.into_iter().filter(|unknown| ids.is_empty() || ids.contains(&unknown.id)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kie_types::catalog;

    use super::*;
    use crate::steps::placeholders;

    #[test]
    fn each_question_is_complete_and_its_price_is_the_listed_one() {
        let unknowns = read().unwrap_or_default();
        assert!(unknowns.len() >= 30, "{}", unknowns.len());
        let mut started = HashSet::new();
        let mut ids = HashSet::new();
        for unknown in &unknowns {
            let Unknown { id, question, why, source, credits, answers, .. } = unknown;
            assert!(ids.insert(id), "{id} is there twice");
            assert!(question.ends_with('?') && why.ends_with('.') && source.starts_with("https://"), "{id}");
            let step = unknown.step();
            let requests = match &step {
                Ok(Step::Post(post)) => {
                    let price = catalog::price_named(&post.operation, &post.request).ok().flatten();
                    assert_eq!(*credits, price.map_or(0.0, Credits::get), "{id}");
                    let operation = catalog::find(&post.operation);
                    assert!(
                        operation.is_ok_and(|operation| !operation.can_cost() || price.is_some()),
                        "{id} has no price"
                    );
                    post.request.clone()
                }
                Ok(Step::Lookup(lookup)) => Value::Object(lookup.fields.clone()),
                Ok(Step::Callback(of)) => format!("{{{of}.task}}").into(),
                _ => Value::Null,
            };
            for placeholder in placeholders(&requests) {
                assert!(started.contains(&placeholder.id), "{id} needs {}, which comes later", placeholder.id);
            }
            if matches!(step, Ok(Step::Post(_))) {
                started.insert(id.clone());
            } else {
                assert_eq!(*credits, 0.0, "{id}");
            }
            assert!(answers.is_empty() || answers.iter().filter(|answer| answer.assumed).count() <= 1, "{id}");
        }
    }
}
