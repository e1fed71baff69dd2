//! Direct links to files that tasks made.

use kie_types::{DownloadUrl, Lifetime};
use serde_json::json;

use crate::{
    account::ids,
    http::{files, query},
};

use super::{
    answer::{Answer, Refused},
    call::Call,
};

/// `download-url`
pub(crate) fn download_url(call: &mut Call<'_>) -> Answer {
    let request: DownloadUrl = call.request()?;
    let path = request.url.split_once("://").and_then(|(_, rest)| rest.strip_prefix(call.host));
    let path = path.and_then(|path| path.split(['?', '#']).next()).unwrap_or_default();
    if files::made(call.account, path, call.now).is_none() {
        return Err(Refused::new(422, "url is wrong"));
    }
    // How such a link looks is not documented.
    let end = call.clock.seconds(call.now) + Lifetime::DIRECT.shortest.as_secs();
    Ok(json!(format!("http://{}{path}?Expires={end}&Signature={}", call.host, ids::task())))
}

/// Whether this is the query of a direct link whose time is over.
pub(crate) fn is_over(query: Option<&str>, now: u64) -> bool {
    let fields = query::fields(query.unwrap_or_default());
    let end = fields.get("Expires").and_then(|end| end.as_str()?.parse::<u64>().ok());
    end.is_some_and(|end| end <= now)
}
