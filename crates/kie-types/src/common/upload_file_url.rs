//! `upload-file-url`: uploads a file that the service downloads.

use super::uploaded_file::UploadedFile;
use crate::{
    operation::{Effect, Endpoint, Examples, Host, Method, request},
    request::{Invalid, Rules, limits},
};

request! {
    /// Uploads a file from a public address. The service downloads the file. The download may take at most 30 seconds,
    /// and the file may have at most about 100 MB.
    ///
    /// A file with the same name in the same folder is replaced. Caches may serve the old file for some time.
    ///
    /// Documentation: <https://docs.kie.ai/file-upload-api/upload-file-url>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::UploadFileUrl;
    ///
    /// let request = UploadFileUrl::new("https://media.example.net/takes/hum.wav", "demos");
    /// let file = client.call(request).await?;
    /// println!("{}", file.url().ok_or("the response has no link")?);
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct UploadFileUrl {
        /// Address of the file. It must be an `http` or `https` address that the service can reach.
        #[serde(default)]
        pub file_url: String,
        /// Folder on the file host, without a slash at either end.
        #[serde(default)]
        pub upload_path: String,
        /// Name of the file with its extension. If the name is missing, the service chooses one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub file_name: Option<String>,
    }
}

impl UploadFileUrl {
    /// Creates a request that uploads the file at this address into this folder.
    pub fn new(file_url: impl Into<String>, upload_path: impl Into<String>) -> Self {
        Self { file_url: file_url.into(), upload_path: upload_path.into(), file_name: None }
    }
}

impl Endpoint for UploadFileUrl {
    const NAME: &'static str = "upload-file-url";
    const DOCS: &'static str = "https://docs.kie.ai/file-upload-api/upload-file-url";
    const METHOD: Method = Method::Post;
    const HOST: Host = Host::Upload;
    const PATH: &'static str = "/api/file-url-upload";
    const EFFECT: Effect = Effect::Creates;
    type Response = UploadedFile;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("fileUrl", &self.file_url);
        if !self.file_url.trim().is_empty() {
            rules.address("fileUrl", Some(&self.file_url));
        }
        rules.required("uploadPath", &self.upload_path);
        rules.folder("uploadPath", &self.upload_path);
        rules.finish()
    }

    limits! {
        and Limit::all(["fileUrl", "uploadPath"], Bound::Required, []),
        and Limit::all(["fileUrl"], Bound::Address, []),
        and Limit::all(["uploadPath"], Bound::Folder, []),
    }
}

impl Examples for UploadFileUrl {
    fn examples() -> Vec<Self> {
        let of = || Self::new("https://media.example.net/takes/hum.wav", "demos");
        vec![of(), of().file_name("hum.wav")]
    }
}
