//! The Common API and File Upload API pages of the documentation.

pub mod download_url;
pub mod get_account_credits;
pub mod upload_file_base_64;
pub mod upload_file_stream;
pub mod upload_file_url;
pub mod uploaded_file;
