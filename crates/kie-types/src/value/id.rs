//! Identifiers. The service's ids are texts without a documented format. Each kind of id has its own type, so that ids
//! cannot be mixed up.

use std::{convert::Infallible, fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decode::FromAny;

/// Id of a task. The type parameter is the kind of task.
///
/// Each kind of task has its own address for lookups, and a lookup at the wrong address always returns "not found". So
/// a `TaskId<Music>` is not a `TaskId<MusicVideo>`. The text has no documented format. KIE's ids are usually 32
/// hexadecimal digits.
///
/// ```
/// use kie_types::{Music, TaskId};
///
/// let saved = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
/// let id: TaskId<Music> = saved.into();
/// assert_eq!(id.as_str(), saved);
/// ```
///
/// ```compile_fail,E0308
/// use kie_types::{Music, MusicVideo, TaskId};
///
/// let song: TaskId<Music> = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e".into();
/// let video: TaskId<MusicVideo> = song;
/// ```
pub struct TaskId<J>(String, PhantomData<fn() -> J>);

impl<J> TaskId<J> {
    /// Wraps an id that the service sent.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into(), PhantomData)
    }

    /// Returns the id as text, exactly as the service sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<J> Clone for TaskId<J> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<J> Default for TaskId<J> {
    fn default() -> Self {
        Self::new("")
    }
}

impl<J> PartialEq for TaskId<J> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<J> Eq for TaskId<J> {}

impl<J> PartialEq<str> for TaskId<J> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<J> PartialEq<&str> for TaskId<J> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<J> Hash for TaskId<J> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<J> fmt::Display for TaskId<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<J> PartialOrd for TaskId<J> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<J> Ord for TaskId<J> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<J> AsRef<str> for TaskId<J> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<J> From<TaskId<J>> for String {
    fn from(id: TaskId<J>) -> Self {
        id.0
    }
}

impl<J> From<&str> for TaskId<J> {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl<J> From<String> for TaskId<J> {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl<J> FromStr for TaskId<J> {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Infallible> {
        Ok(Self::new(id))
    }
}

impl<J> Serialize for TaskId<J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, J> Deserialize<'de> for TaskId<J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl<J> FromAny for TaskId<J> {
    fn text(text: &str) -> Option<Self> {
        String::text(text).map(Self::new)
    }
    fn owned_text(text: String) -> Option<Self> {
        String::owned_text(text).map(Self::new)
    }
    fn integer(number: i64) -> Option<Self> {
        String::integer(number).map(Self::new)
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an id that the service sent.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Returns the id as text, exactly as the service sent it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self::new(id)
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(id: &str) -> Result<Self, Infallible> {
                Ok(Self::new(id))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl FromAny for $name {
            fn text(text: &str) -> Option<Self> {
                String::text(text).map(Self)
            }
            fn owned_text(text: String) -> Option<Self> {
                String::owned_text(text).map(Self)
            }
            fn integer(number: i64) -> Option<Self> {
                String::integer(number).map(Self)
            }
        }
    };
}

id! {
    /// Id of one track of a music task, or of one stem (the track of one voice or instrument). Requests call this id
    /// `audioId`. In the data of a track or a stem, it is called `id`.
    AudioId
}

id! {
    /// Id of a persona or of a cloned voice. Music requests call this id `personaId`.
    PersonaId
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn ids_are_read_from_texts_and_compared_with_them() {
        // The type `()` is no kind of task. Ids with any type parameter can be compared with texts.
        let task: TaskId<()> = "4be1".parse().unwrap();
        assert!(task == *"4be1" && task == "4be1" && task != "4BE1");
        let track: AudioId = "7d0f".parse().unwrap();
        assert!(track == *"7d0f" && track == "7d0f" && track != "");
        let persona: PersonaId = "b86e".parse().unwrap();
        assert!(persona == *"b86e" && persona == "b86e" && persona != "b86");
    }
}
