//! `upload-file-base-64`: uploads a small file inside the request.

use super::uploaded_file::UploadedFile;
use crate::{
    operation::{Effect, Endpoint, Examples, Host, Method, request},
    request::{Invalid, Rule, Rules, limits},
};

request! {
    /// Uploads a small file as Base64 text. Use [`upload-file-stream`](crate::UploadFileStream) for larger files.
    ///
    /// A file with the same name in the same folder is replaced. Caches may serve the old file for some time.
    ///
    /// Documentation: <https://docs.kie.ai/file-upload-api/upload-file-base-64>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::UploadFileBase64;
    ///
    /// // The content of the file, as Base64.
    /// let request = UploadFileBase64::new("UklGRiQAAABXQVZF", "demos").file_name("hum.wav");
    /// let file = client.call(request).await?; // `client.upload("hum.wav").base64()` reads a file
    /// println!("{}", file.url().ok_or("the response has no link")?);
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct UploadFileBase64 {
        /// Content of the file in plain Base64, at most [`BASE64_DATA`] characters. The documentation page also allows
        /// `data:` addresses, but another client of KIE found that the service refuses them.
        #[serde(default)]
        pub base64_data: String,
        /// Folder on the file host, without a slash at either end.
        #[serde(default)]
        pub upload_path: String,
        /// Name of the file with its extension. If the name is missing, the service chooses one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub file_name: Option<String>,
    }
}

/// Maximum number of characters of `base64Data`: the length of the Base64 text of a file of 10 MiB.
///
/// The documentation page recommends at most 10 MB. It does not say if this is the size of the file or of its Base64
/// text. This limit assumes the size of the file, since this allows more.
pub const BASE64_DATA: usize = (10_usize << 20).div_ceil(3) * 4;

impl UploadFileBase64 {
    /// Creates a request that uploads a file with this Base64 content into this folder.
    pub fn new(base64_data: impl Into<String>, upload_path: impl Into<String>) -> Self {
        Self { base64_data: base64_data.into(), upload_path: upload_path.into(), file_name: None }
    }

    /// Checks the size of a file, in bytes, before the file is encoded as Base64.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if the file is empty, or if its Base64 text has more than [`BASE64_DATA`] characters.
    pub fn check_size(bytes: u64) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        let actual = usize::try_from(bytes.div_ceil(3).saturating_mul(4)).unwrap_or(usize::MAX);
        if actual == 0 {
            rules.broken("base64Data", Rule::Required { when: None });
        }
        if actual > BASE64_DATA {
            rules.broken("base64Data", Rule::TooLong { limit: BASE64_DATA, actual });
        }
        rules.finish()
    }
}

impl Endpoint for UploadFileBase64 {
    const NAME: &'static str = "upload-file-base-64";
    const DOCS: &'static str = "https://docs.kie.ai/file-upload-api/upload-file-base-64";
    const METHOD: Method = Method::Post;
    const HOST: Host = Host::Upload;
    const PATH: &'static str = "/api/file-base64-upload";
    const EFFECT: Effect = Effect::Creates;
    type Response = UploadedFile;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("base64Data", &self.base64_data);
        rules.at_most("base64Data", Some(&self.base64_data), BASE64_DATA);
        rules.required("uploadPath", &self.upload_path);
        rules.folder("uploadPath", &self.upload_path);
        rules.finish()
    }

    limits! {
        "base64Data": Characters BASE64_DATA,
        and Limit::all(["base64Data", "uploadPath"], Bound::Required, []),
        and Limit::all(["uploadPath"], Bound::Folder, []),
    }
}

impl Examples for UploadFileBase64 {
    fn examples() -> Vec<Self> {
        let of = || Self::new("UklGRiQAAABXQVZF", "demos");
        vec![of(), of().file_name("hum.wav")]
    }
}
