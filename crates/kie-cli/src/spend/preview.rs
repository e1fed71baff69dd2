//! A request as it would be sent, for a dry run.

use kie_suno::{
    Route,
    receipts::ReceiptId,
    requests::{Encoded, EncodedBody, Endpoint, FileForm, NO_CALLBACK, Warning},
    types::{
        check_on,
        text::{is_dangerous, one_line},
    },
};
use serde_json::{Value, json};

use crate::{
    args::OutputFormat,
    exit::ExitError,
    follow::Cost,
    output::{note, out, print_json, relevant},
    session::Session,
};

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
    pub(super) fn of<E: Endpoint>(session: &Session, route: Route, request: &Value) -> Result<Self, ExitError> {
        // An operation without a form on the market route has the same address on both routes.
        let route = if E::MARKET.is_some() { route } else { Route::Classic };
        let warnings = relevant(check_on::<E>(request, route).warnings, session.global.is_local());
        let mut request = request.clone();
        let mut gets_receipt = false;
        if let (Some(field), Some(fields)) = (E::CALL_BACK_URL, request.as_object_mut()) {
            let is_missing = fields.get(field).is_none_or(Value::is_null);
            gets_receipt = !is_missing && session.ledger.is_some() && fields[field] != NO_CALLBACK;
            // The client does the same. Only the classic route requires an address.
            if is_missing && route == Route::Classic {
                fields.insert(field.to_owned(), NO_CALLBACK.into());
            }
        }
        let encoded = match route {
            Route::Market => Encoded::of_market::<E>(&request),
            _ => Encoded::of::<E>(&request),
        };
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
            operation: E::NAME,
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
            let headers: serde_json::Map<_, _> =
                headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            let form = form.as_ref().map(|form| json!({ "file": form.path, "texts": form.texts }));
            let mut document = json!({
                "operation": operation, "route": route, "outcome": "dryRun", "method": method, "url": url,
                "headers": headers, "body": body, "form": form, "warnings": warnings, "wouldSend": cost.is_some(),
            });
            let cost = serde_json::to_value(cost.copied().unwrap_or_default())?;
            if let (Some(document), Value::Object(cost)) = (document.as_object_mut(), cost) {
                document.extend(cost.into_iter().filter(|(key, _)| key.starts_with("price")));
            }
            print_json(&document)?;
        } else {
            self.print_text()?;
        }
        if self.gets_receipt {
            note!("the callback address gets the parameter {} with the id of the receipt", ReceiptId::PARAMETER);
        }
        match cost {
            Some(cost) => cost.tell(),
            None => note!("an earlier call with this name has started its task, so nothing would be sent"),
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
