//! A recording as people give it: a local file, or the address of a file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kie_suno::{files::media_duration, types::text::one_line};

use crate::{
    exit::ExitError,
    output::note,
    session::Session,
    sources::paths::{NOT_UPLOADED, begin_upload, uploading},
};

/// A recording.
#[derive(Debug, Clone)]
pub(crate) enum Recording {
    /// A local file, which is uploaded.
    File(PathBuf),
    /// Address of a file.
    Link(String),
}

impl Recording {
    /// Returns the recording that a word means. Fails if it is no address, and there is no file with this path.
    pub(crate) fn of(word: &str) -> Result<Self, ExitError> {
        if word.contains("://") {
            return Ok(Self::Link(word.to_owned()));
        }
        match fs::metadata(word) {
            Ok(file) if file.is_file() && file.len() > 0 => Ok(Self::File(PathBuf::from(word))),
            Ok(file) if file.is_file() => Err(ExitError::Invalid(format!("{} is empty", one_line(word)))),
            Ok(_) => Err(ExitError::Invalid(format!("{} is not a file", one_line(word)))),
            Err(error) => Err(ExitError::Invalid(format!("{} cannot be read: {error}", one_line(word)))),
        }
    }

    /// Refuses a local file for a call with a name. A name belongs to one request, and each upload changes the request.
    pub(crate) fn check_name(&self, name: Option<&str>) -> Result<(), ExitError> {
        match (self, name) {
            (Self::File(_), Some(_)) => {
                let what = "a call with --name cannot upload files, because each upload changes the request: run kie \
                            upload first, and give its link";
                Err(ExitError::Usage(what.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a local file that is larger than this number of bytes.
    pub(crate) fn check_size(&self, most: u64) -> Result<(), ExitError> {
        let Self::File(file) = self else { return Ok(()) };
        let bytes = fs::metadata(file)?.len();
        if bytes <= most {
            return Ok(());
        }
        let (name, most) = (name(file), most / 1_000_000);
        Err(ExitError::Invalid(format!("{name} has {bytes} bytes, and the service takes at most {most} MB")))
    }

    /// Returns the duration of a local file in seconds, rounded to hundredths. `None` if it is not known, such as that of
    /// a link.
    pub(crate) async fn duration(&self, session: &Session) -> Result<Option<f64>, ExitError> {
        let Self::File(file) = self else { return Ok(None) };
        let duration = session.interrupt.during("reading the duration of the file", media_duration(file)).await?;
        Ok(duration.map(|seconds| (seconds * 100.0).round() / 100.0))
    }

    /// Returns the address for the check of a request. It is a placeholder if the recording is a local file.
    pub(crate) fn placeholder(&self) -> &str {
        match self {
            Self::File(_) => NOT_UPLOADED,
            Self::Link(link) => link,
        }
    }

    /// Returns the address of the recording. Uploads a local file. Check the request before, because the upload sends the
    /// file.
    pub(crate) async fn address(self, session: &Session) -> Result<String, ExitError> {
        let file = match self {
            Self::Link(link) => return Ok(link),
            Self::File(file) => file,
        };
        note!("{}", uploading(&file));
        let (upload, _progress) = begin_upload(session, &file);
        let link = session.interrupt.during(&uploading(&file), upload).await??;
        Ok(link.as_str().to_owned())
    }
}

fn name(file: &Path) -> String {
    one_line(&file.to_string_lossy()).to_string()
}
