//! Tests of downloading, saving and uploading files.

mod downloads;
mod saving;
mod uploading;
