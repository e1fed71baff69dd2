//! Operations of the Common API and the File Upload API.

pub mod download_url;
pub mod get_account_credits;
pub mod upload_file_base_64;
pub mod upload_file_stream;
pub mod upload_file_url;
pub mod uploaded_file;
