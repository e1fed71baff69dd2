//! The fields of a callback's body that are read before the signature is checked.

use crate::{
    answer::Unreadable,
    decode::{Object, decode, repair},
};

/// The fields of a callback's body that are read before the signature is checked: the possible ids of the task, and the
/// callback's type. All other fields of the body are skipped.
///
/// A body has the task id in one of four places, and some bodies have two different ids. Only the id that the signature
/// covers is trusted. A [`Verifier`](super::Verifier) finds this id.
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
    /// Reads the fields from the body of a callback, in one pass.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is not a JSON object.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let Body { data, camel, snake } =
            repair::read(body).map_err(|error| Unreadable::new(200, body, error.to_string()))?;
        Ok(Self { data: data.map(|Object(data)| data).unwrap_or_default(), camel, snake })
    }

    /// Returns all ids in the four places of the body, each id once, in this order: `data.task_id`, `data.taskId`,
    /// `taskId`, `task_id`.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        let places = [&self.data.snake, &self.data.camel, &self.camel, &self.snake].map(Option::as_deref);
        places.into_iter().enumerate().filter_map(move |(index, id)| id.filter(|_| !places[..index].contains(&id)))
    }

    /// Returns the `callbackType`, such as `first`. Only callbacks about music and about lyrics have this field.
    pub fn kind(&self) -> Option<&str> {
        self.data.kind.as_deref()
    }
}
