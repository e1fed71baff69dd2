//! Files: fetched, saved and uploaded.

mod downloads;
mod saving;
mod uploading;
