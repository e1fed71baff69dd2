//! `upload-file-stream`: a file of any size from this machine.

use serde::{Deserialize, Serialize};

use super::uploaded_file::UploadedFile;
use crate::{
    operation::{Effect, Endpoint, Examples, Host, Method},
    request::{Invalid, Rules, setters},
};

/// Uploads a file from this machine, as a form.
///
/// It is the way for anything above 10 MB; no hard limit is published. A file of the same name in the same folder is
/// replaced, though caches may go on serving the old one.
///
/// Documentation: <https://docs.kie.ai/file-upload-api/upload-file-stream>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UploadFileStream {
    /// The path of the file on this machine. Its content goes out in its place.
    #[serde(default)]
    pub file: String,
    /// The folder, without a slash at either end.
    #[serde(default)]
    pub upload_path: String,
    /// The file's name with its ending; the service invents one if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
}

impl UploadFileStream {
    /// Uploads the file at this path of this machine into this folder.
    pub fn new(file: impl Into<String>, upload_path: impl Into<String>) -> Self {
        Self { file: file.into(), upload_path: upload_path.into(), file_name: None }
    }
}

setters! {
    UploadFileStream {
        file_name: String,
    }
}

impl Endpoint for UploadFileStream {
    const NAME: &'static str = "upload-file-stream";
    const DOCS: &'static str = "https://docs.kie.ai/file-upload-api/upload-file-stream";
    const METHOD: Method = Method::Post;
    const HOST: Host = Host::Upload;
    const PATH: &'static str = "/api/file-stream-upload";
    const EFFECT: Effect = Effect::Creates;
    const FILE: Option<&'static str> = Some("file");
    type Response = UploadedFile;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("file", &self.file);
        rules.required("uploadPath", &self.upload_path);
        rules.folder("uploadPath", &self.upload_path);
        rules.finish()
    }
}

impl Examples for UploadFileStream {
    fn examples() -> Vec<Self> {
        let of = || Self::new("takes/hum.wav", "demos");
        vec![of(), of().file_name("hum.wav")]
    }
}
