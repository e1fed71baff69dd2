//! The operation that returns direct links to result files.

use kie_types::{DownloadUrl, Lifetime};
use serde_json::json;

use crate::media::{direct_link, served};

use super::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
};

/// Handles `download-url`.
pub(crate) fn download_url(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: DownloadUrl = call.request()?;
    let of_host = request.url.split_once("://").and_then(|(_, rest)| rest.strip_prefix(call.host));
    let of_host = of_host.and_then(|path| path.split(['?', '#']).next());
    let path = call.account.links.get(&request.url).map(String::as_str).or(of_host).unwrap_or_default().to_owned();
    if served::made(call.account, &path, call.now).is_none() {
        return Err(Refused::new(422, "url is wrong"));
    }
    let end = call.clock.seconds(call.now) + Lifetime::DIRECT.shortest.as_secs();
    Ok(json!(direct_link::address(call.host, &path, end, &mut call.account.ids)))
}
