//! The Common API pages of the documentation.

pub mod get_account_credits;
