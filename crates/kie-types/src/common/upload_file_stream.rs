//! `upload-file-stream`: uploads a local file of any size.

use super::uploaded_file::UploadedFile;
use crate::{
    operation::{Effect, Endpoint, Examples, Host, Method, request},
    request::{Invalid, Rules, limits},
};

request! {
    /// Uploads a local file as a multipart form.
    ///
    /// Use this operation for files above 10 MB. The documentation states no maximum size. A file with the same name in
    /// the same folder is replaced. Caches may serve the old file for some time.
    ///
    /// Documentation: <https://docs.kie.ai/file-upload-api/upload-file-stream>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::UploadFileStream;
    ///
    /// let path = "recordings/hum.wav";
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    /// let request = UploadFileStream::new(path, "demos").file_name("hum.wav");
    /// let file = client.call(request).await?; // `client.upload("recordings/hum.wav")` is shorter
    /// println!("{}", file.url().ok_or("the response has no link")?);
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct UploadFileStream {
        /// Path of the local file. The service receives the content of the file in this field.
        #[serde(default)]
        pub file: String,
        /// Folder on the file host, without a slash at either end.
        #[serde(default)]
        pub upload_path: String,
        /// Name of the file with its extension. If the name is missing, the service chooses one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub file_name: Option<String>,
    }
}

impl UploadFileStream {
    /// Creates a request that uploads the local file at this path into this folder.
    pub fn new(file: impl Into<String>, upload_path: impl Into<String>) -> Self {
        Self { file: file.into(), upload_path: upload_path.into(), file_name: None }
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

    limits! {
        and Limit::all(["file", "uploadPath"], Bound::Required, []),
        and Limit::all(["uploadPath"], Bound::Folder, []),
    }
}

impl Examples for UploadFileStream {
    fn examples() -> Vec<Self> {
        let of = || Self::new("takes/hum.wav", "demos");
        vec![of(), of().file_name("hum.wav")]
    }
}
