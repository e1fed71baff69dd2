//! `kie upload`: uploads a file and prints its link.

use std::path::PathBuf;

use clap::Args;
use kie_suno::{
    records::Timestamp,
    types::{Link, link},
};
use serde::Serialize;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{long_line, moment, note, out, print_json},
    session::Session,
    sources::{begin_upload, uploading},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct UploadArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// Send the file as Base64, up to 10 MB, for networks that block multipart forms
    #[arg(long)]
    pub(crate) base64: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie upload hum.wav
  kie upload hum.wav --base64";

/// An uploaded file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadLink<'a> {
    /// Link to the file. `None` if the response has none.
    url: Option<&'a Link<link::Uploaded>>,
    /// Time until which KIE keeps the file according to its documentation, in milliseconds since 1970. `None` if the
    /// service does not state when the file was uploaded.
    kept_until: Option<i64>,
}

/// `kie upload`.
pub(crate) async fn run(session: &Session, args: &UploadArgs) -> Result<(), ExitError> {
    let (upload, progress) = begin_upload(session, &args.file);
    let upload = if args.base64 { upload.base64() } else { upload };
    let file = session.interrupt.during(&uploading(&args.file), upload.response()).await??;
    drop(progress);
    let (url, until) = (file.url(), file.kept_until());
    if session.format == OutputFormat::Json {
        return Ok(print_json(&UploadLink { url, kept_until: until.as_ref().and_then(Timestamp::as_millis) })?);
    }
    out!("{}", long_line(url.map_or("", |url| url.as_str())));
    if let Some(until) = until {
        note!("KIE documents that it keeps the file until {}", moment(&until));
    }
    Ok(())
}
