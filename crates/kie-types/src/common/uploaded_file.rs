//! Response to every upload.

use crate::{
    decode::answer,
    value::{Lifetime, Link, Timestamp, link::Uploaded},
};

answer! {
    /// An uploaded file. Use its [`url`](Self::url) in any request that takes a file.
    ///
    /// The documentation shows two forms of this response with few common names. The form of the upload quickstart page was
    /// never seen live. The file is kept for 24 hours according to the newer pages, and for 3 days according to the older
    /// ones. Plan for 24 hours.
    pub struct UploadedFile {
        /// `true` if the file was accepted. Seen live, but not documented.
        pub success: Option<bool> = "success",
        /// Id of the file; quickstart only.
        pub file_id: Option<String> = "fileId" | "file_id",
        /// Name of the file, from the request or chosen by the service.
        pub file_name: Option<String> = "fileName" | "file_name",
        /// Name of the file before the upload; quickstart only.
        pub original_name: Option<String> = "originalName" | "original_name",
        /// Path on the file host. In the documentation it begins with the upload's folder. Live, it begins further up.
        pub file_path: Option<String> = "filePath" | "file_path",
        /// Folder of the upload; quickstart only.
        pub upload_path: Option<String> = "uploadPath" | "upload_path",
        /// Link to the file.
        pub download_url: Option<Link<Uploaded>> = "downloadUrl" | "download_url",
        /// Another link to the file; quickstart only.
        pub file_url: Option<Link<Uploaded>> = "fileUrl" | "file_url",
        /// Size in bytes.
        pub file_size: Option<i64> = "fileSize" | "file_size",
        /// MIME type, such as `audio/wav`.
        pub mime_type: Option<String> = "mimeType" | "mime_type",
        /// Time of the upload. The quickstart calls it `uploadTime`.
        pub uploaded_at: Option<Timestamp> = "uploadedAt" | "uploaded_at" | "uploadTime",
        /// Time at which the file will be deleted; quickstart only.
        pub expires_at: Option<Timestamp> = "expiresAt" | "expires_at",
    }
}

impl UploadedFile {
    /// Returns the link to the file: `downloadUrl`, or else `fileUrl`.
    pub fn url(&self) -> Option<&Link<Uploaded>> {
        self.download_url.as_ref().or(self.file_url.as_ref())
    }

    /// Returns the earliest time at which the file may be deleted: the service's `expiresAt`, or else the upload time
    /// plus the [lifetime](Lifetime::UPLOADED). Returns `None` if the response has neither time.
    pub fn kept_until(&self) -> Option<Timestamp> {
        let from_upload = || Lifetime::UPLOADED.kept_until(self.uploaded_at.as_ref()?);
        self.expires_at.clone().or_else(from_upload)
    }
}
