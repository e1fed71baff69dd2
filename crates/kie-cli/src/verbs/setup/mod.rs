//! Verbs about the settings, the API key, and the state of this installation.

pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod login;
pub(crate) mod logout;
