//! Uploading files of this machine.

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

/// The folder of the service that uploads go to.
const FOLDER: &str = "kie-suno";

/// An upload of a file of this machine: `.await` it, and have its link. Made by [`Client::upload`].
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

    /// Sends the file as Base64 in JSON in place of a form, for networks that let no forms through. The service takes
    /// files of up to 10 MB like this.
    pub fn base64(mut self) -> Self {
        self.is_base64 = true;
        self
    }

    /// Calls this function with the bytes of the file that were handed to the connection so far, and with its size.
    ///
    /// Should the service have no room yet, the file is sent again, and the number falls back.
    pub fn progress(mut self, tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(TransferProgress::new(tell));
        self
    }

    /// Uploads, and returns all that the service answers in place of the link alone: such as
    /// [until when](UploadedFile::kept_until) the file is kept.
    ///
    /// # Errors
    ///
    /// As the upload itself. The answer has a [link](UploadedFile::url).
    pub async fn answer(self) -> Result<UploadedFile, Error> {
        self.send().await.map(|(_, file)| file)
    }

    async fn send(self) -> Result<(Link<Uploaded>, UploadedFile), Error> {
        // Two files of one name must not replace each other.
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

    /// Checks what the request would be refused for, without reading the file for it.
    async fn check_size(&self) -> Result<(), Error> {
        // A file that cannot be read is told when it is opened.
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
            let answer = Unreadable::new(200, b"", "the upload was taken, and the answer holds no link to it");
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
    /// Uploads a file of this machine and returns its link, for every request that takes the address of a file. `.await`
    /// it as it is, or [say more](Upload) first.
    ///
    /// The file goes straight from the disk, whatever its size. It is kept for a [while](kie_types::Lifetime::UPLOADED);
    /// [`Upload::answer`] tells until when.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if the file cannot be read; else as [`call`](Self::call).
    pub fn upload(&self, path: impl AsRef<Path>) -> Upload {
        Upload::new(self.clone(), path.as_ref().to_owned())
    }
}
