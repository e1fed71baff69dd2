//! Uploading local files.

use std::{
    fmt,
    path::{Path, PathBuf},
    pin::Pin,
};

use kie_transport::{Form, TransferProgress};
use kie_types::{Endpoint, Link, Unreadable, UploadFileBase64, UploadFileStream, UploadedFile, link::Uploaded};

use super::unique::unique;
use crate::{
    calls::{Options, setters},
    client::Client,
    error::{About, DecodeError, Error},
};

/// Folder of the service into which files are uploaded.
const FOLDER: &str = "kie-suno";

/// Uploads a local file when awaited, and returns its link. Made by [`Client::upload`].
///
/// ```no_run
/// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
/// let link = client.upload("hum.wav").progress(|sent, total| println!("{sent} of {total:?} bytes")).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is uploaded unless this is awaited"]
pub struct Upload {
    client: Client,
    path: PathBuf,
    is_base64: bool,
    progress: Option<TransferProgress>,
    options: Options,
}

impl Upload {
    setters!(self => self);
    setters!(unchecked self => self);

    pub(crate) fn new(client: Client, path: PathBuf) -> Self {
        Self { client, path, is_base64: false, progress: None, options: Options::default() }
    }

    /// Sends the file as Base64 in JSON instead of a multipart form, for networks that block forms. The service accepts
    /// files of up to 10 MiB in this way.
    pub fn base64(mut self) -> Self {
        self.is_base64 = true;
        self
    }

    /// Sets a function that is called with the number of bytes sent so far and the size of the file in bytes. Bytes
    /// count as sent when they are passed to the connection.
    ///
    /// If the upload is tried again, for example because the service is busy, the number begins at 0 again.
    pub fn progress(mut self, report: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(TransferProgress::new(report));
        self
    }

    /// Uploads the file, and returns the whole response of the service instead of only the link. The response always
    /// has a [link](UploadedFile::url). It can also have the time [until which](UploadedFile::kept_until) the service
    /// keeps the file.
    ///
    /// # Errors
    ///
    /// Same as [`Client::upload`].
    pub async fn response(self) -> Result<UploadedFile, Error> {
        self.send().await.map(|(_, file)| file)
    }

    async fn send(self) -> Result<(Link<Uploaded>, UploadedFile), Error> {
        // The file name gets a random prefix, so that two uploads with the same file name do not replace each other.
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = format!("{:016x}-{name}", unique());
        let texts = [("uploadPath", FOLDER), ("fileName", name.as_str())];
        if self.is_base64 {
            self.check_size().await?;
            let form = Form::json(texts, "base64Data", &self.path);
            self.send_form::<UploadFileBase64>(form).await
        } else {
            let form = Form::new(texts, "file", &self.path);
            self.send_form::<UploadFileStream>(form).await
        }
    }

    /// Checks the size of the file without reading it. The service refuses files that are too large.
    async fn check_size(&self) -> Result<(), Error> {
        // If the file cannot be read, opening it returns the error later.
        if let Ok(file) = tokio::fs::metadata(&self.path).await
            && !self.options.unchecked
        {
            UploadFileBase64::check_size(file.len()).map_err(Error::Invalid)?;
        }
        Ok(())
    }

    async fn send_form<E: Endpoint<Response = UploadedFile>>(
        &self,
        form: Form,
    ) -> Result<(Link<Uploaded>, UploadedFile), Error> {
        let form = match &self.progress {
            Some(progress) => form.progress(progress.clone()),
            None => form,
        };
        let file = self.client.send_form::<E>(form, self.options.timeouts).await?;
        let link = file.url().cloned().ok_or_else(|| {
            let about = About::new(E::NAME);
            let answer = Unreadable::new(200, b"", "the file was uploaded, but the response has no link to it");
            Error::Decode(Box::new(DecodeError { about, answer }))
        })?;
        Ok((link, file))
    }
}

impl IntoFuture for Upload {
    type Output = Result<Link<Uploaded>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(|(link, _)| link) })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("path", &self.path).field("is_base64", &self.is_base64).finish_non_exhaustive()
    }
}

impl Client {
    /// Uploads a local file and returns its link. Use the link in any request that needs the address of a file.
    /// `.await` the returned [`Upload`]; set its options first if you need them.
    ///
    /// The file is streamed from the disk, so the memory use does not depend on its size. The service keeps the file
    /// for [1 to 3 days](kie_types::Lifetime::UPLOADED); [`Upload::response`] can tell until when.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if the file cannot be opened, and all errors of [`call`](Self::call).
    pub fn upload(&self, path: impl AsRef<Path>) -> Upload {
        Upload::new(self.clone(), path.as_ref().to_owned())
    }
}
