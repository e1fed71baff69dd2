//! What is read of a callback before it is believed.

use crate::{
    answer::Unreadable,
    decode::{Object, decode, repair},
};

/// What is read of a callback before it is believed: which task it is about, and its type. The rest of the body is passed
/// over.
///
/// The id of the task stands in one of four places, and some bodies have it in two. Only the one that the signature
/// covers counts, and a [`Verifier`](super::Verifier) finds it.
///
/// ```
/// use kie_types::signature::Label;
///
/// let label = Label::read(br#"{"taskId":"9c7f","data":{"task_id":"4be1","callbackType":"first"}}"#)?;
/// assert!(label.task_ids().eq(["4be1", "9c7f"]));
/// assert_eq!(label.kind(), Some("first"));
/// # Ok::<(), kie_types::Unreadable>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    data: Data,
    camel: Option<String>,
    snake: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Data {
    snake: Option<String>,
    camel: Option<String>,
    kind: Option<String>,
}

decode! {
    Data {
        snake = "task_id",
        camel = "taskId",
        kind = "callbackType" | "callback_type",
    }
}

#[derive(Default)]
struct Body {
    data: Option<Object<Data>>,
    camel: Option<String>,
    snake: Option<String>,
}

decode! {
    Body {
        data = "data",
        camel = "taskId",
        snake = "task_id",
    }
}

impl Label {
    /// Reads the body of a callback, in one pass.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if it is not a JSON object.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let Body { data, camel, snake } =
            repair::read(body).map_err(|error| Unreadable::new(200, body, error.to_string()))?;
        Ok(Self { data: data.map(|Object(data)| data).unwrap_or_default(), camel, snake })
    }

    /// Every id that may be the task's, each once: `data.task_id`, `data.taskId`, `taskId`, `task_id`.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        let places = [&self.data.snake, &self.data.camel, &self.camel, &self.snake].map(Option::as_deref);
        places.into_iter().enumerate().filter_map(move |(index, id)| id.filter(|_| !places[..index].contains(&id)))
    }

    /// Its `callbackType`, which callbacks of music and lyrics have.
    pub fn kind(&self) -> Option<&str> {
        self.data.kind.as_deref()
    }
}
