//! `kie link`: requests a fresh download link for a file that the service made.

use std::time::SystemTime;

use clap::Args;
use kie_suno::{
    records::Timestamp,
    requests::{DownloadUrl, Endpoint as _},
    types::{Link, link, text::one_line},
};
use serde::Serialize;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{Success, long_line, moment, note, out, print_json},
    session::Session,
    sources::{Source, TrackArgs, link_of},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
}

const EXAMPLES: &str = "\
The link works for 20 minutes. The source can also be the link of any file that the service made, if it has expired.

Examples:
  kie link \"$TRACK\"
  kie link \"$TASK\" --track 2";

/// A fresh link.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct FreshLink {
    /// Always `download-url`.
    operation: &'static str,
    outcome: Success,
    /// The link.
    url: Link<link::Direct>,
    /// Time until which the link works, in milliseconds since 1970. `None` if it is not documented.
    kept_until: Option<i64>,
    /// Id of the track. `None` if the source was a link.
    id: Option<String>,
    /// Title of the track. `None` if it is not known.
    title: Option<String>,
}

pub(crate) async fn run(session: &Session, args: &LinkArgs) -> Result<(), ExitError> {
    session.require_key()?;
    let (url, track) = match args.track.source(session).await? {
        Source::Link(link) => (link, None),
        Source::Track(track) => (link_of(session, &track).await?, Some(track)),
        Source::File(file) => {
            return Err(ExitError::Invalid(format!(
                "{} is no track that the service has made: kie upload makes a link to a local file",
                one_line(&file.to_string_lossy())
            )));
        }
    };
    let request = DownloadUrl::new(url);
    request.validate().map_err(ExitError::invalid)?;
    let link = session.interrupt.during("requesting the link", session.client.call(request)).await??;
    let until = link.lifetime().and_then(|lifetime| lifetime.kept_until(&Timestamp::from(SystemTime::now())));
    if session.format == OutputFormat::Json {
        let (id, title) = track.map(|track| (track.audio_id, track.title)).unzip();
        return Ok(print_json(&FreshLink {
            operation: DownloadUrl::NAME,
            outcome: Success::Success,
            url: link,
            kept_until: until.as_ref().and_then(Timestamp::as_millis),
            id,
            title: title.flatten(),
        })?);
    }
    out!("{}", long_line(link.as_str()));
    if let Some(until) = until {
        note!("the link works until {}", moment(&until));
    }
    Ok(())
}
