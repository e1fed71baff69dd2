//! Tests of the settings, the stored API key, and `kie doctor`.

mod doctor;
pub(crate) mod home;
mod login;
mod settings;
