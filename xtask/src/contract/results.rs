//! The table of results at the end.

use std::{fs, time::Duration};

use anyhow::Context as _;
use serde_json::Value;

use super::{documents::DOCUMENTS, tools::Tools};

pub(crate) struct Results(Vec<(String, String)>);

impl Results {
    /// Begins the table with the sizes of the documents.
    pub(crate) fn new(tools: &Tools) -> anyhow::Result<Self> {
        let mut results = Self(Vec::new());
        for name in DOCUMENTS {
            let document: Value =
                serde_json::from_str(&fs::read_to_string(tools.file(&format!("documents/{name}.json")))?)
                    .with_context(|| format!("{name}.json is not JSON"))?;
            let items = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
            let operations = items.filter_map(Value::as_object).flat_map(|item| item.keys());
            let operations = operations.filter(|key| matches!(key.as_str(), "get" | "post")).count();
            let count = |of: &Value| of.as_object().map_or(0, serde_json::Map::len);
            let (schemas, webhooks) = (count(&document["components"]["schemas"]), count(&document["webhooks"]));
            results.add(
                &format!("{name}.json"),
                &format!("{operations} operations, {webhooks} webhooks, {schemas} schemas"),
            );
        }
        Ok(results)
    }

    pub(crate) fn add(&mut self, check: &str, result: &str) {
        self.0.push((check.to_owned(), result.to_owned()));
    }

    pub(crate) fn print(&self, time: Duration) {
        println!("\n| check | result |\n| --- | --- |");
        for (check, result) in &self.0 {
            println!("| {check} | {result} |");
        }
        println!("| time | {time:.0?} |");
    }
}
