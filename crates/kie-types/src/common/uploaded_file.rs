//! The answer to every upload.

use crate::{
    decode::answer,
    value::{Lifetime, Link, Timestamp, link::Uploaded},
};

answer! {
    /// A file that was uploaded. Give its [`url`](Self::url) wherever a request takes a file.
    ///
    /// The documentation shows two answers with few names in common; the one of the upload quickstart was never seen
    /// live. The file is kept for 24 hours by the newer pages, for 3 days by the older ones: plan for the shorter time.
    pub struct UploadedFile {
        /// Whether the file was taken; seen, but not documented.
        pub success: Option<bool> = "success",
        /// Its id; quickstart only.
        pub file_id: Option<String> = "fileId" | "file_id",
        /// Its name, given or invented.
        pub file_name: Option<String> = "fileName" | "file_name",
        /// The name it had before; quickstart only.
        pub original_name: Option<String> = "originalName" | "original_name",
        /// Its path on the file host. The documentation begins it with the upload's folder, live it begins further up.
        pub file_path: Option<String> = "filePath" | "file_path",
        /// The folder of the upload; quickstart only.
        pub upload_path: Option<String> = "uploadPath" | "upload_path",
        /// The link to it.
        pub download_url: Option<Link<Uploaded>> = "downloadUrl" | "download_url",
        /// Another link to it; quickstart only.
        pub file_url: Option<Link<Uploaded>> = "fileUrl" | "file_url",
        /// Its size in bytes.
        pub file_size: Option<i64> = "fileSize" | "file_size",
        /// What it is, such as `audio/wav`.
        pub mime_type: Option<String> = "mimeType" | "mime_type",
        /// When it was uploaded; the quickstart calls it `uploadTime`.
        pub uploaded_at: Option<Timestamp> = "uploadedAt" | "uploaded_at" | "uploadTime",
        /// When it will be deleted; quickstart only.
        pub expires_at: Option<Timestamp> = "expiresAt" | "expires_at",
    }
}

impl UploadedFile {
    /// The link to the file, under whichever name it came.
    pub fn url(&self) -> Option<&Link<Uploaded>> {
        self.download_url.as_ref().or(self.file_url.as_ref())
    }

    /// Until when at the least the file is kept: what the service said, or else its [lifetime](Lifetime::UPLOADED) after
    /// the upload; `None` if the service did not say when that was.
    pub fn kept_until(&self) -> Option<Timestamp> {
        let from_upload = || Lifetime::UPLOADED.kept_until(self.uploaded_at.as_ref()?);
        self.expires_at.clone().or_else(from_upload)
    }
}
