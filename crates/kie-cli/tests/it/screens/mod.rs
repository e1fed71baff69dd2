//! Screens of all verbs, on terminals of 80×24 and 120×40 characters.

mod help;
mod ledger;
mod setup;
mod songs;
mod texts;
mod tracks;
mod trouble;
