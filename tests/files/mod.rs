//! Tests of downloading, saving and uploading files.

mod downloads;
mod links;
mod names;
mod saving;
mod uploading;
