//! Type for the response to an upload. All upload operations use this type.

use crate::{
    decode::answer,
    value::{Lifetime, Link, Timestamp, link::Uploaded},
};

answer! {
    /// An uploaded file. Use its `downloadUrl`, or its `fileUrl` if there is no `downloadUrl`, in any request that takes
    /// a file.
    ///
    /// In Rust, [`url`](Self::url) returns this link.
    ///
    /// The documentation shows two forms of this response, which share only a few field names. The real service has
    /// never sent the form on the upload quickstart page. The file is kept for 24 hours according to the newer pages,
    /// and for 3 days according to the older pages. Plan for 24 hours.
    pub struct UploadedFile {
        /// `true` if the file was accepted. The real service sends this field, but the documentation does not mention
        /// it.
        pub success: Option<bool> = "success",
        /// Id of the file. Only the quickstart page of the documentation has this field.
        pub file_id: Option<String> = "fileId" | "file_id",
        /// Name of the file, from the request or chosen by the service.
        pub file_name: Option<String> = "fileName" | "file_name",
        /// Name of the file before the upload. Only the quickstart page of the documentation has this field.
        pub original_name: Option<String> = "originalName" | "original_name",
        /// Path on the file host. In the documentation the path begins with the folder of the upload. The path that the
        /// real service sends has other folders before that folder.
        pub file_path: Option<String> = "filePath" | "file_path",
        /// Folder of the upload. Only the quickstart page of the documentation has this field.
        pub upload_path: Option<String> = "uploadPath" | "upload_path",
        /// Link to the uploaded file.
        pub download_url: Option<Link<Uploaded>> = "downloadUrl" | "download_url",
        /// Another link to the file. Only the quickstart page of the documentation has this field.
        pub file_url: Option<Link<Uploaded>> = "fileUrl" | "file_url",
        /// Size of the file in bytes.
        pub file_size: Option<i64> = "fileSize" | "file_size",
        /// MIME type of the file, such as `audio/wav`.
        pub mime_type: Option<String> = "mimeType" | "mime_type",
        /// Time of the upload. The quickstart page of the documentation calls this field `uploadTime`.
        pub uploaded_at: Option<Timestamp> = "uploadedAt" | "uploaded_at" | "uploadTime",
        /// Time at which the file will be deleted. Only the quickstart page of the documentation has this field.
        pub expires_at: Option<Timestamp> = "expiresAt" | "expires_at",
    }
}

impl UploadedFile {
    /// Returns the link to the file: `downloadUrl`, or `fileUrl` if `downloadUrl` is missing.
    pub fn url(&self) -> Option<&Link<Uploaded>> {
        self.download_url.as_ref().or(self.file_url.as_ref())
    }

    /// Returns the earliest time at which the file may be deleted: the service's `expiresAt`, or the upload time plus
    /// the [lifetime](Lifetime::UPLOADED) if `expiresAt` is missing. Returns `None` if the response has neither time,
    /// or if it has only an upload time and this time has no time zone.
    pub fn kept_until(&self) -> Option<Timestamp> {
        let from_upload = || Lifetime::UPLOADED.kept_until(self.uploaded_at.as_ref()?);
        self.expires_at.clone().or_else(from_upload)
    }
}
