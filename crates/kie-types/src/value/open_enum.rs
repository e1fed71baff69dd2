//! Enums for words of the service. A known word has a variant. An unknown word is kept as text.

/// A word that has no variant in this version of the crate. Programs can use only the text of the word. So a later
/// version can add a variant for the word without breaking programs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownWord(Box<str>);

impl UnknownWord {
    pub(crate) fn new(word: &str) -> Self {
        Self(word.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! open_enum {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $($(#[doc = $variant_doc:literal])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[doc = $doc])*
        ///
        /// This enum is open: a word that is not listed here is kept, and [`as_str`](Self::as_str) returns it.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $variant_doc])* #[doc = concat!("\n\n`", $word, "` on the wire.")] $variant,)+
            #[doc(hidden)]
            __Unknown($crate::value::UnknownWord),
        }

        impl $name {
            /// All known words, in the order of the documentation.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The known words, spelled as in JSON.
            pub const WORDS: [&'static str; Self::ALL.len()] = [$($word),+];

            /// Returns the word, spelled as in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::__Unknown(word) => word.as_str(),
                }
            }

            /// Returns `true` if this version of the crate knows the word.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::__Unknown(_))
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::__Unknown($crate::value::UnknownWord::new(other)),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, word: &str) -> bool {
                self.as_str() == word
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, word: &&str) -> bool {
                self.as_str() == *word
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::decode::Word(std::marker::PhantomData))
            }
        }

        #[cfg(feature = "schemars")]
        const _: () = {
            /// The known words, a definition of its own.
            struct Known;

            impl schemars::JsonSchema for Known {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    concat!(stringify!($name), "Known").into()
                }

                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    $crate::describe::known_words(
                        &[$($doc),*],
                        [$(($word, stringify!($variant), &[$($variant_doc),*]),)+],
                    )
                }
            }

            impl schemars::JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    $crate::describe::any_word(&generator.subschema_for::<Known>(), &Self::WORDS)
                }
            }
        };

        impl $crate::decode::FromAny for $name {
            fn text(text: &str) -> Option<Self> {
                (!text.is_empty()).then(|| Self::from(text))
            }

            fn integer(number: i64) -> Option<Self> {
                Some(Self::from(number.to_string().as_str()))
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::value::Model;

    #[test]
    fn words_are_compared_as_they_stand_on_the_wire() {
        assert!(Model::V4_5Plus == *"V4_5PLUS" && Model::V4_5Plus == "V4_5PLUS" && Model::V4_5Plus != "V4_5Plus");
        let unknown = Model::from("V99");
        assert!(unknown == *"V99" && unknown == "V99" && unknown != "V9");
    }
}
