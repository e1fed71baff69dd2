//! Tests of downloading, saving and uploading files.

mod downloads;
mod links;
mod saving;
mod uploading;
