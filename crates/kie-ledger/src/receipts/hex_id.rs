//! Code that all random ids have in common.

/// Defines how an id is made, printed and read. An id is an unsigned number of the type `$bits`, and is printed with
/// `$digits` hexadecimal digits. `$rule` is the error message for a text that is not such a number.
///
/// The struct `$id` stores the bytes of the number, and not the number itself. A number of 16 bytes would be aligned to
/// 16 bytes, and would enlarge every struct that contains an id.
macro_rules! hex_id {
    ($id:ident, $bits:ty, $digits:literal, $rule:literal) => {
        impl $id {
            /// Returns a new random id.
            ///
            /// # Errors
            ///
            /// [`LedgerError`] if the operating system provides no random numbers.
            pub fn random() -> Result<Self, LedgerError> {
                let mut bytes = [0; $digits / 2];
                getrandom::getrandom(&mut bytes)
                    .map_err(|error| LedgerError::new("the system returned no random numbers").with_source(error))?;
                Ok(Self(bytes))
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:0width$x}", <$bits>::from_be_bytes(self.0), width = $digits)
            }
        }

        impl std::fmt::Debug for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($id), "({})"), self)
            }
        }

        impl std::str::FromStr for $id {
            type Err = LedgerError;

            fn from_str(text: &str) -> Result<Self, LedgerError> {
                let is_hex = text.len() == $digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let bits = <$bits>::from_str_radix(text, 16).ok().filter(|_| is_hex);
                bits.map(|bits| Self(bits.to_be_bytes())).ok_or_else(|| LedgerError::new($rule))
            }
        }

        impl serde::Serialize for $id {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $id {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use hex_id;
