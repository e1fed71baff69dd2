//! The place of a ledger: a file, or a database.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::PathBuf,
};

use serde::{Serialize, Serializer};

/// Value for no ledger. To use a file with this name, give `./none`.
const NONE: &str = "none";

/// Name of the schema, if the address of a database names none.
const SCHEMA: &str = "kie_ledger";

/// Beginnings of the addresses of a database.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Options in the address of a database that are shown. Any other one may be a secret, or a part of a password with a
/// character that is not encoded.
const SHOWN: [&str; 10] = [
    "application_name",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "schema",
    "sslmode",
    "target_session_attrs",
    "user",
];

/// The place of a ledger, as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LedgerPlace {
    /// No ledger is used.
    None,
    File(PathBuf),
    Database(DatabaseAddress),
}

/// Address of a database in PostgreSQL. Its forms as text and as JSON have no password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseAddress(String);

impl LedgerPlace {
    /// Returns the place that a word of the user means.
    pub(crate) fn of(word: impl Into<OsString>) -> Self {
        let word = word.into();
        match word.to_str() {
            Some(NONE) => Self::None,
            Some(text) if is_address(text) => Self::Database(DatabaseAddress(text.trim().to_owned())),
            _ => Self::File(word.into()),
        }
    }

    /// Returns `true` for a file that is not there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::File(path) if !path.exists())
    }
}

impl From<OsString> for LedgerPlace {
    fn from(word: OsString) -> Self {
        Self::of(word)
    }
}

impl fmt::Display for LedgerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str(NONE),
            Self::File(path) => path.display().fmt(f),
            Self::Database(address) => address.fmt(f),
        }
    }
}

impl Serialize for LedgerPlace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl DatabaseAddress {
    /// Returns the name of the schema: that of the option `schema`, or else the default name.
    pub(crate) fn schema(&self) -> &str {
        let (_, options) = self.0.split_once('?').unwrap_or_default();
        options.split('&').rev().find_map(schema_of).unwrap_or(SCHEMA)
    }

    /// Returns the address for the client of the database: with its password, and without the option `schema`.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn with_password(&self) -> String {
        let Some((server, options)) = self.0.split_once('?') else { return self.0.clone() };
        let others: Vec<&str> = options.split('&').filter(|option| schema_of(option).is_none()).collect();
        if others.is_empty() { server.to_owned() } else { format!("{server}?{}", others.join("&")) }
    }
}

fn schema_of(option: &str) -> Option<&str> {
    option.strip_prefix("schema=")
}

/// Shows the address without the password. The address need not be valid, so what may be a part of a password is left out.
impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = SCHEMES.into_iter().find(|scheme| starts(&self.0, scheme)).unwrap_or_default();
        let rest = self.0.get(scheme.len()..).unwrap_or_default();
        let (server, options) = rest.split_once('?').unwrap_or((rest, ""));
        f.write_str(scheme)?;
        // A `?` in the password looks like the beginning of the options.
        let Some(server) = plain_server(server).filter(|_| !options.contains('@')) else {
            return f.write_str("(wrong address)");
        };
        f.write_str(&server)?;
        let is_shown = |option: &&str| option.split_once('=').is_some_and(|(name, _)| SHOWN.contains(&name));
        let shown: Vec<&str> = options.split('&').filter(is_shown).collect();
        if shown.is_empty() { Ok(()) } else { write!(f, "?{}", shown.join("&")) }
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Returns the user, the hosts and the name of the database, without the password. Returns `None` if they cannot be told
/// apart: a password without a host after it looks like a port.
fn plain_server(server: &str) -> Option<String> {
    let (user, hosts) = match server.rsplit_once('@') {
        Some((user, hosts)) => (Some(user.split(':').next().unwrap_or_default()), hosts),
        None => (None, server),
    };
    let (named, _) = hosts.split_once('/').unwrap_or((hosts, ""));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = |host: &str| match host.rsplit_once(':') {
        Some(_) if host.starts_with('[') && host.ends_with(']') => true,
        Some((name, port)) => is_port(port) && (!name.contains(':') || name.starts_with('[')),
        None => true,
    };
    let hosts = named.split(',').all(is_host).then_some(hosts)?;
    Some(user.map_or_else(|| hosts.to_owned(), |user| format!("{user}@{hosts}")))
}

fn starts(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
}

fn is_address(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| starts(text.trim(), scheme))
}

/// Returns an argument of the command line without the password, if it has an address of a database.
pub(crate) fn without_password(argument: &OsStr) -> OsString {
    let Some(text) = argument.to_str() else { return argument.to_owned() };
    let option = text.find("://").and_then(|at| text[..at].rfind('=')).map_or(0, |at| at + 1);
    match text.get(option..).filter(|value| is_address(value)) {
        Some(value) => format!("{}{}", &text[..option], LedgerPlace::of(value)).into(),
        None => argument.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_a_database_or_none() {
        assert_eq!(LedgerPlace::of("none"), LedgerPlace::None);
        for file in ["./none", "postgres", "postgres:/x", "songs/ledger.db", "/postgres://x"] {
            assert_eq!(LedgerPlace::of(file), LedgerPlace::File(file.into()));
        }
        for address in ["postgres://db/shop", "postgresql://db", "POSTGRES://db", " postgres://db ", "postgres://"] {
            assert!(matches!(LedgerPlace::of(address), LedgerPlace::Database(_)), "{address}");
        }
    }

    #[test]
    fn no_part_of_a_password_is_shown() {
        for (address, shown) in [
            ("postgres://db.example/shop", "postgres://db.example/shop"),
            ("postgresql://mia:secret@db.example:5433/shop", "postgresql://mia@db.example:5433/shop"),
            ("postgres://mia:secret@a:1,b:2/shop?sslmode=require", "postgres://mia@a:1,b:2/shop?sslmode=require"),
            ("postgres://mia:secret@[::1]/shop", "postgres://mia@[::1]/shop"),
            ("postgres://mia@[::1]:5432/shop", "postgres://mia@[::1]:5432/shop"),
            ("postgres://mia:se@cr:et@db/shop", "postgres://mia@db/shop"),
            ("postgres://mia:secr/et@db/shop", "postgres://mia@db/shop"),
            ("postgres://mia@db/shop?password=secret&schema=songs", "postgres://mia@db/shop?schema=songs"),
            ("postgres://db?user=mia&pass%77ord=secret", "postgres://db?user=mia"),
            ("postgres://mia@db/shop?password=a&secret&b=secret", "postgres://mia@db/shop"),
            ("postgres://mia@db/shop?options=-csecret", "postgres://mia@db/shop"),
            ("postgres://mia@db/shop?password=a@secret", "postgres://(wrong address)"),
            ("postgres://mia:a?secret@db/shop", "postgres://(wrong address)"),
            ("postgres://mia:secret", "postgres://(wrong address)"),
            ("postgres://mia:secret/shop", "postgres://(wrong address)"),
            ("postgres://mia:5432:secret/shop", "postgres://(wrong address)"),
            ("postgres://", "postgres://"),
        ] {
            let place = LedgerPlace::of(address);
            assert_eq!(place.to_string(), shown, "{address}");
            assert!(!format!("{place:?}").contains("secret"), "{address}");
            let argument = without_password(OsStr::new(&format!("--ledger={address}")));
            assert_eq!(argument, *format!("--ledger={shown}"), "{address}");
            assert_eq!(without_password(OsStr::new(address)), *shown, "{address}");
        }
        assert_eq!(without_password(OsStr::new("a=b waltz://x")), *"a=b waltz://x");
    }

    #[test]
    fn the_schema_is_an_option_of_the_address() {
        let parts = |address: &str| match LedgerPlace::of(address) {
            LedgerPlace::Database(address) => (address.with_password(), address.schema().to_owned()),
            _ => Default::default(),
        };
        let is = |address: &str, schema: &str| (address.to_owned(), schema.to_owned());
        assert_eq!(parts("postgres://a:b@db/shop"), is("postgres://a:b@db/shop", "kie_ledger"));
        assert_eq!(parts("postgres://db/shop?schema=songs"), is("postgres://db/shop", "songs"));
        assert_eq!(
            parts("postgres://db/shop?sslmode=require&schema=songs&user=mia"),
            is("postgres://db/shop?sslmode=require&user=mia", "songs")
        );
    }
}
