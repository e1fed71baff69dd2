//! Faults from a file.

use std::{collections::BTreeMap, num::NonZeroU64};

use serde::Deserialize;

use crate::{
    account::{Account, Received},
    script::{Behaviour, CallbackFault, Fault, MarketCallbacks, MarketSettings, SeededRng, Speed, TaskScript},
};

use super::{error::FaultsError, name::Name};

/// The faults and the behaviour of a sandbox, as a file describes them. See
/// [`SandboxBuilder::faults`](crate::SandboxBuilder::faults).
///
/// The file is a JSON object. All fields are optional:
///
/// | field | meaning |
/// | --- | --- |
/// | `requests` | for each operation, a list of [faults](Fault): one for each request |
/// | `tasks` | a list of [scripts](TaskScript): one for each new task |
/// | `callbacks` | a list of [faults](CallbackFault): one for each callback |
/// | `randomRequests` | faults of later requests, each with `oneIn`, `fault` and optionally `operation` |
/// | `randomCallbacks` | faults of later callbacks, each with `oneIn` and `fault` |
/// | `speed` | `live`, `fast` or `instant` |
/// | `rateLimits` | see [`rate_limits`](crate::SandboxBuilder::rate_limits) |
/// | `marketInline` | see [`market_inline`](crate::SandboxBuilder::market_inline) |
/// | `marketCallbacks` | `classic` or `record`: see [`market_callbacks`](crate::SandboxBuilder::market_callbacks) |
/// | `idsCross` | see [`ids_cross`](crate::SandboxBuilder::ids_cross) |
///
/// In a list, `null` stands for a request, task or callback without a fault. A random fault strikes one request of
/// `oneIn` on average, and with `oneIn` 1 each of them. The first random fault that strikes is applied.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Faults {
    requests: BTreeMap<Name, Vec<Option<Fault>>>,
    tasks: Vec<Option<TaskScript>>,
    callbacks: Vec<Option<CallbackFault>>,
    random_requests: Vec<RandomRequest>,
    random_callbacks: Vec<RandomCallback>,
    speed: Option<Speed>,
    rate_limits: Option<bool>,
    market_inline: Option<bool>,
    market_callbacks: Option<MarketCallbacks>,
    ids_cross: Option<bool>,
}

/// A fault that strikes some requests. `operation` is `None` if it strikes requests to all operations.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RandomRequest {
    operation: Option<Name>,
    one_in: NonZeroU64,
    fault: Fault,
}

/// A fault that strikes some callbacks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RandomCallback {
    one_in: NonZeroU64,
    fault: CallbackFault,
}

impl Faults {
    /// Reads the text of a file.
    ///
    /// ```
    /// use kie_sandbox::{Faults, Sandbox};
    ///
    /// let faults = Faults::from_json(r#"{ "requests": { "generate-music": ["drop-response"] } }"#)?;
    /// let sandbox = Sandbox::builder().faults(faults).build();
    /// # drop(sandbox);
    ///
    /// let wrong = Faults::from_json(r#"{ "tasks": [null, { "fails": {} }] }"#).unwrap_err();
    /// assert!(wrong.to_string().starts_with("tasks[1].fails: missing field `code` at line 1"));
    /// # Ok::<(), kie_sandbox::FaultsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or if a field is unknown, missing or has a wrong value. The error names the field.
    pub fn from_json(text: &str) -> Result<Self, FaultsError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let faults = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| FaultsError::new(error.path(), error.inner()))?;
        json.end().map_err(|error| FaultsError::new(&".", &error))?;
        Ok(faults)
    }

    /// Changes the settings that the file has.
    pub(crate) fn change(&self, behaviour: &mut Behaviour) {
        let Behaviour { speed, market, rate_limits } = *behaviour;
        *behaviour = Behaviour {
            speed: self.speed.unwrap_or(speed),
            market: MarketSettings {
                inline: self.market_inline.unwrap_or(market.inline),
                ids_cross: self.ids_cross.unwrap_or(market.ids_cross),
                callbacks: self.market_callbacks.unwrap_or(market.callbacks),
            },
            rate_limits: self.rate_limits.unwrap_or(rate_limits),
        };
    }

    /// Changes the settings of an account, and adds the faults to it. `seed` is the seed of the random faults.
    pub(crate) fn apply(self, account: &mut Account, seed: u64) {
        self.change(&mut account.behaviour);
        self.add_to(account, seed);
    }

    /// Adds the faults to an account. `seed` is the seed of the random faults.
    pub(crate) fn add_to(self, account: &mut Account, seed: u64) {
        for (operation, faults) in self.requests {
            account.faults.entry(operation.0).or_default().extend(faults);
        }
        account.task_scripts.extend(self.tasks);
        account.callback_faults.extend(self.callbacks);
        // Each kind of decision has its own numbers, so that a change of one kind does not change the others.
        let mut seeds = SeededRng::new(seed);
        let (mut of_requests, mut of_callbacks) = (SeededRng::new(seeds.bits()), SeededRng::new(seeds.bits()));
        if !self.random_requests.is_empty() {
            let rules = self.random_requests;
            account.other_faults = Some(Box::new(move |request| {
                let strikes = |rule: &&RandomRequest| rule.meets(request) && of_requests.one_in(rule.one_in.get());
                rules.iter().find(strikes).map(|rule| rule.fault.clone())
            }));
        }
        if !self.random_callbacks.is_empty() {
            let rules = self.random_callbacks;
            account.other_callback_faults = Some(Box::new(move |_| {
                let strikes = |rule: &&RandomCallback| of_callbacks.one_in(rule.one_in.get());
                rules.iter().find(strikes).map(|rule| rule.fault.clone())
            }));
        }
    }
}

impl RandomRequest {
    fn meets(&self, request: &Received) -> bool {
        self.operation.as_ref().is_none_or(|operation| operation.0 == request.operation)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The name of a fault or script, as the value of a file shows it.
    fn word(value: &Value) -> Option<&str> {
        value.as_str().or_else(|| value.as_object()?.keys().next().map(String::as_str))
    }

    /// Returns the error of a file, or an empty text if the file is accepted.
    fn refused(file: &str) -> String {
        Faults::from_json(file).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn every_kind_has_an_example_in_the_readme_with_its_name() -> Result<(), FaultsError> {
        let (mut shown, mut files) = (Vec::new(), 0);
        let blocks = include_str!("../../README.md").split("```json\n").skip(1);
        for block in blocks.filter_map(|block| block.split("```").next()) {
            let faults = Faults::from_json(block)?;
            let json: Value = serde_json::from_str(block).unwrap_or_default();
            let names = |kind: &str, names: Vec<Option<&'static str>>, list: &Value| {
                let words: Vec<_> = list.as_array().into_iter().flatten().map(word).collect();
                assert_eq!(words, names, "{kind}");
                words.into_iter().flatten().map(|word| format!("{kind} {word}")).collect::<Vec<_>>()
            };
            for (operation, queue) in &faults.requests {
                let queue = queue.iter().map(|fault| fault.as_ref().map(Fault::name)).collect();
                shown.extend(names("requests", queue, &json["requests"][&operation.0]));
            }
            let tasks = faults.tasks.iter().map(|script| script.as_ref().map(TaskScript::name)).collect();
            shown.extend(names("tasks", tasks, &json["tasks"]));
            let callbacks = faults.callbacks.iter().map(|fault| fault.as_ref().map(CallbackFault::name)).collect();
            shown.extend(names("callbacks", callbacks, &json["callbacks"]));
            files += 1;
        }
        assert_eq!(files, 5, "one example for each kind of fields");
        // The error of an unknown word lists all words.
        for (kind, file) in [
            ("requests", r#"{ "requests": { "files": ["x"] } }"#),
            ("tasks", r#"{ "tasks": ["x"] }"#),
            ("callbacks", r#"{ "callbacks": ["x"] }"#),
        ] {
            let error = refused(file);
            let words: Vec<_> = error.split('`').skip(3).step_by(2).collect();
            assert!(words.len() > 4, "{error}");
            for word in words {
                assert!(shown.contains(&format!("{kind} {word}")), "{kind}: {word} has no example");
            }
        }
        Ok(())
    }

    #[test]
    fn an_error_names_the_field() {
        for (file, error) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("{} {}", "trailing characters at line 1 column 4"),
            (r#"{ "task": [] }"#, "task: unknown field `task`, expected one of `requests`, `tasks`, `callbacks`, "),
            (
                r#"{ "requests": { "generate": [] } }"#,
                "requests.generate: there is no operation \"generate\"; expected the name of",
            ),
            (
                r#"{ "requests": { "files": [null, { "refuse": { "code": "430" } }] } }"#,
                "requests.files[1].refuse.code: invalid type: string \"430\", expected i64 at line 1 column ",
            ),
            (r#"{ "requests": { "files": [{ "refuse": {} }] } }"#, "requests.files[0].refuse: missing field `code`"),
            (r#"{ "tasks": [{ "fails": { "code": 1, "kode": 2 } }] }"#, "tasks[0].fails.kode: unknown field `kode`"),
            (
                r#"{ "requests": { "files": [{ "error-page": { "httpStatus": 42 } }] } }"#,
                "requests.files[0].error-page.httpStatus: expected an HTTP status from 200 to 599",
            ),
            (
                r#"{ "callbacks": [{ "late": { "seconds": -1 } }] }"#,
                "callbacks[0].late.seconds: expected seconds, at least 0",
            ),
            (r#"{ "randomCallbacks": [{ "oneIn": 0, "fault": "lost" }] }"#, "randomCallbacks[0].oneIn: invalid value"),
            (r#"{ "speed": "slow" }"#, "speed: unknown variant `slow`, expected one of `live`, `fast`, `instant`"),
        ] {
            let told = refused(file);
            assert!(told.starts_with(error), "{told}");
        }
    }
}
