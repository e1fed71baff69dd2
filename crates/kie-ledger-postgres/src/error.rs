//! Converts errors of PostgreSQL into [`LedgerError`]s with plain texts.

use std::io::ErrorKind;

use deadpool_postgres::PoolError;
use kie_ledger::LedgerError;
use tokio_postgres::{
    Error,
    error::{Severity, SqlState},
};

const READ_ONLY: &str = "the database is read-only, perhaps because it is a replica";

/// Failure of one attempt.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: LedgerError,
    /// `true` if the next attempt can succeed.
    pub(crate) is_passing: bool,
    /// `true` if the database cannot be written. Another host may be the right one by now.
    pub(crate) is_read_only: bool,
    /// `true` if the database may have run the statement.
    pub(crate) may_have_run: bool,
}

impl Failure {
    /// Creates the failure of an attempt that took too long. `may_have_run` says whether the statement was sent.
    pub(crate) fn late(may_have_run: bool) -> Self {
        let what = if may_have_run {
            "the database did not respond in time, and may have run the statement"
        } else {
            "no connection to the database could be opened in time"
        };
        Self { error: LedgerError::new(what), is_passing: true, is_read_only: false, may_have_run }
    }
}

/// The statement was sent to the database, unless the database tells that it has undone the statement.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // After any other severity, the connection ends, and the transaction may have been committed before.
        let is_undone = error.as_db_error().is_some_and(|error| error.parsed_severity() == Some(Severity::Error));
        let is_passing = error.code().map_or(!is_lasting(&error), is_passing);
        let is_read_only =
            error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION) || is_refused_as_read_only(&error);
        let described = LedgerError::new(describe(&error)).with_source(error);
        Self { error: described, is_passing, is_read_only, may_have_run: !is_undone }
    }
}

/// No connection could be opened, so nothing was sent.
impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self { may_have_run: false, ..error.into() },
            PoolError::Timeout(_) => Self::late(false),
            other => {
                let error = LedgerError::new("no connection to the database is available").with_source(other);
                Self { error, is_passing: true, is_read_only: false, may_have_run: false }
            }
        }
    }
}

impl From<Error> for Lasting {
    fn from(error: Error) -> Self {
        Self(Failure::from(error).error)
    }
}

/// A [`LedgerError`] into which `?` converts errors of PostgreSQL, where no other attempt follows.
#[derive(Debug)]
pub(crate) struct Lasting(pub(crate) LedgerError);

impl From<LedgerError> for Lasting {
    fn from(error: LedgerError) -> Self {
        Self(error)
    }
}

/// Returns `true` for an error without a code that the next attempt meets again, such as a certificate that is not
/// trusted.
fn is_lasting(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        cause = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// Returns `true` if tokio-postgres has refused to connect, because the address asks for a database that can be written.
fn is_refused_as_read_only(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    cause.is_some_and(|cause| cause.kind() == ErrorKind::PermissionDenied && cause.raw_os_error().is_none())
}

/// Returns `true` for the code of an error that the next attempt may not meet.
fn is_passing(code: &SqlState) -> bool {
    let is_class = |class: &str| code.code().starts_with(class);
    // Lost connections, conflicts with other transactions, lack of space or memory, and failures of the server's machine.
    ["08", "40", "53", "58"].into_iter().any(is_class)
        || [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_SESSION_TIMEOUT,
        ]
        .contains(code)
}

/// Returns the text of the [`LedgerError`].
fn describe(error: &Error) -> &'static str {
    let Some(code) = error.code() else {
        return if is_refused_as_read_only(error) {
            READ_ONLY
        } else if is_lasting(error) {
            "the certificate of the database is not trusted, or a secure connection is not possible"
        } else {
            "the connection to the database failed"
        };
    };
    let texts = [
        (SqlState::READ_ONLY_SQL_TRANSACTION, READ_ONLY),
        (SqlState::DISK_FULL, "the disk of the database is full"),
        (SqlState::OUT_OF_MEMORY, "the database has no free memory"),
        (SqlState::TOO_MANY_CONNECTIONS, "the database accepts no more connections"),
        (SqlState::CANNOT_CONNECT_NOW, "the database is starting or stopping"),
        (SqlState::ADMIN_SHUTDOWN, "the database is stopping"),
        (SqlState::CRASH_SHUTDOWN, "the database has crashed"),
        (SqlState::INVALID_PASSWORD, "the database refuses the user or the password"),
        (SqlState::INVALID_AUTHORIZATION_SPECIFICATION, "the database refuses the user or the password"),
        (SqlState::INVALID_CATALOG_NAME, "the database does not exist"),
        (SqlState::INSUFFICIENT_PRIVILEGE, "the user of the database lacks a privilege"),
        (SqlState::UNDEFINED_TABLE, "the ledger was removed from the database"),
        (SqlState::UNDEFINED_FUNCTION, "the ledger was removed from the database"),
        (SqlState::INVALID_SCHEMA_NAME, "the ledger was removed from the database"),
        (SqlState::QUERY_CANCELED, "the database did not finish the statement in time"),
    ];
    let known = texts.iter().find(|(known, _)| known == code);
    known.map_or("the ledger cannot be read or written", |(_, text)| text)
}
