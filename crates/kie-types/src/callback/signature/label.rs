//! The fields of a callback that are read before its signature is checked.

use crate::{
    answer::Unreadable,
    decode::{Object, decode, repair},
};

/// The fields of a callback that are read before its signature is checked: the id of the task and the callback's type. The
/// rest of the body is skipped.
///
/// The body has the task id in one of four places, and some bodies have two ids. Only the id that the signature covers
/// counts. A [`Verifier`](super::Verifier) finds it.
///
/// ```
/// use kie_types::signature::UnverifiedCallback;
///
/// let label = UnverifiedCallback::read(br#"{"taskId":"9c7f","data":{"task_id":"4be1","callbackType":"first"}}"#)?;
/// assert!(label.task_ids().eq(["4be1", "9c7f"]));
/// assert_eq!(label.kind(), Some("first"));
/// # Ok::<(), kie_types::Unreadable>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnverifiedCallback {
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

impl UnverifiedCallback {
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

    /// Returns all possible task ids, each once, in this order: `data.task_id`, `data.taskId`, `taskId`, `task_id`.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        let places = [&self.data.snake, &self.data.camel, &self.camel, &self.snake].map(Option::as_deref);
        places.into_iter().enumerate().filter_map(move |(index, id)| id.filter(|_| !places[..index].contains(&id)))
    }

    /// Returns the `callbackType`. Callbacks of music and lyrics have one.
    pub fn kind(&self) -> Option<&str> {
        self.data.kind.as_deref()
    }
}
