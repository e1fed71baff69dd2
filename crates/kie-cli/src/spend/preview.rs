//! A request as it would be sent, for a dry run.

use std::collections::BTreeMap;

use kie_suno::{
    Credits, Route,
    receipts::ReceiptId,
    requests::{EncodedBody, FileForm, NO_CALLBACK, Warning, catalog},
    types::text::{is_dangerous, one_line},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    follow::Cost,
    output::{note, out, print_json, relevant},
    session::Session,
};

/// The request that a verb would send, as `--dry-run` shows it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct DryRun<'a> {
    /// Operation that would be called, such as `generate-music`.
    operation: &'static str,
    /// Route on which the call would be made.
    route: Route,
    outcome: DryRunOutcome,
    /// HTTP method.
    method: &'static str,
    /// Whole address.
    url: &'a str,
    /// Headers by their names, without `authorization`.
    headers: BTreeMap<&'static str, &'a str>,
    /// JSON body. `None` if the request has none.
    body: Option<&'a Value>,
    /// Form of an upload. `None` for all other requests.
    form: Option<PreviewForm<'a>>,
    /// Probable mistakes in the request.
    warnings: &'a [Warning],
    /// `false` if an earlier call with the same `--name` has started the task, so that nothing would be sent.
    would_send: bool,
    /// Price of the call in credits, according to the price list. `None` if the price is not known, and if nothing would
    /// be sent.
    price: Option<Credits>,
    /// Day on which the price was read, such as `2026-10-02`.
    price_date: Option<&'static str>,
    /// Price in US dollars, at the list price of a credit.
    price_usd: Option<f64>,
}

/// Outcome of a dry run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
enum DryRunOutcome {
    /// Nothing was sent.
    DryRun,
}

/// The form of an upload.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PreviewForm<'a> {
    /// Path of the local file.
    file: &'a str,
    /// Names and texts of the other parts.
    texts: &'a [(String, String)],
}

/// The HTTP request of a call.
pub(super) struct Preview {
    operation: &'static str,
    route: Route,
    method: &'static str,
    url: String,
    /// Headers other than `Authorization`.
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
    form: Option<FileForm>,
    warnings: Vec<Warning>,
    /// `true` if the callback address will get the id of the receipt.
    gets_receipt: bool,
}

impl Preview {
    pub(super) fn of(session: &Session, operation: &str, route: Route, request: &Value) -> Result<Self, ExitError> {
        let operation = catalog::find(operation).map_err(anyhow::Error::from)?;
        let route = operation.route_on(route);
        let checked = catalog::check_named_on(operation.name, request, route).map_err(anyhow::Error::from)?;
        let warnings = relevant(checked.warnings, session.global.is_local());
        let mut request = request.clone();
        let mut gets_receipt = false;
        if let (Some(field), Some(fields)) = (operation.call_back_url, request.as_object_mut()) {
            let is_missing = fields.get(field).is_none_or(Value::is_null);
            gets_receipt = !is_missing && session.ledger.is_some() && fields[field] != NO_CALLBACK;
            // The client does the same. Only the classic route requires an address.
            if is_missing && route == Route::Classic {
                fields.insert(field.to_owned(), NO_CALLBACK.into());
            }
        }
        let encoded = catalog::encode_named_on(operation.name, &request, route).map_err(anyhow::Error::from)?;
        let encoded = encoded.map_err(anyhow::Error::from)?;
        let host = match &session.simulator {
            Some(simulator) => simulator.base_url(),
            None => session.global.url_of(encoded.host).unwrap_or_else(|| encoded.host.base_url().to_owned()),
        };
        let plain = [
            ("user-agent", concat!("kie-suno/", env!("CARGO_PKG_VERSION")).to_owned()),
            ("accept-encoding", "identity".to_owned()),
        ];
        let content_type = match &encoded.content {
            EncodedBody::Form(_) => Some("multipart/form-data"),
            content => content.content_type(),
        };
        let content_type = content_type.map(|content_type| ("content-type", content_type.to_owned()));
        let (body, form) = match encoded.content {
            EncodedBody::Json(body) => (Some(serde_json::from_slice(&body).map_err(anyhow::Error::from)?), None),
            EncodedBody::Form(form) => (None, Some(form)),
            _ => (None, None),
        };
        Ok(Self {
            operation: operation.name,
            route,
            method: encoded.method.as_str(),
            url: format!("{}{}", host.trim().trim_end_matches('/'), encoded.path_and_query),
            headers: content_type.into_iter().chain(plain).collect(),
            body,
            form,
            warnings,
            gets_receipt,
        })
    }

    /// Prints the request on standard output, and its price on standard error.
    pub(super) fn print(&self, session: &Session, cost: Option<&Cost>) -> anyhow::Result<()> {
        if session.format == OutputFormat::Json {
            let Self { operation, route, method, url, headers, body, form, warnings, .. } = self;
            let listed = cost.copied().unwrap_or_default();
            print_json(&DryRun {
                operation,
                route: *route,
                outcome: DryRunOutcome::DryRun,
                method,
                url,
                headers: headers.iter().map(|(name, value)| (*name, value.as_str())).collect(),
                body: body.as_ref(),
                form: form.as_ref().map(|form| PreviewForm { file: &form.path, texts: &form.texts }),
                warnings,
                would_send: cost.is_some(),
                price: listed.price,
                price_date: listed.price_date,
                price_usd: listed.usd,
            })?;
        } else {
            self.print_text()?;
        }
        if self.gets_receipt {
            note!("the callback address gets the parameter {} with the id of the receipt", ReceiptId::PARAMETER);
        }
        match cost {
            Some(cost) => cost.tell(),
            None => note!("an earlier call with this name has its response, so nothing would be sent"),
        }
        note!("dry run: nothing was sent");
        Ok(())
    }

    fn print_text(&self) -> anyhow::Result<()> {
        out!("{} {}", self.method, one_line(&self.url));
        out!("authorization: Bearer (the API key)");
        for (name, value) in &self.headers {
            out!("{name}: {value}");
        }
        if let Some(body) = &self.body {
            out!("\n{}", harmless(&serde_json::to_string_pretty(body)?));
        }
        if let Some(form) = &self.form {
            for (name, text) in &form.texts {
                out!("{name}={}", one_line(text));
            }
            out!("{}=@{}", form.file, one_line(&form.path));
        }
        Ok(())
    }
}

/// Returns JSON in which the dangerous characters of texts are escapes of JSON.
fn harmless(json: &str) -> String {
    let mut units = [0; 2];
    let mut escaped =
        |c: char| c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    json.chars().map(|c| if is_dangerous(c) && c != '\n' { escaped(c) } else { c.to_string() }).collect()
}
