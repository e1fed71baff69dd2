//! The requests that look tasks up: they differ in little more than their addresses.

macro_rules! lookup {
    (
        $(#[$meta:meta])*
        pub struct $name:ident of $job:ty => $record:ty {
            page: $page:literal, $docs:literal,
            path: $path:literal,
            field: $field:literal,
            example: $example:literal,
        }
        $(fn read($http_status:ident, $body:ident) $read:block)?
    ) => {
        $(#[$meta])*
        #[doc = concat!("\n\nDocumentation: <", $docs, ">")]
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(
            feature = "schemars",
            derive(schemars::JsonSchema),
            schemars(transform = crate::request_schema::request::<Self>)
        )]
        #[non_exhaustive]
        pub struct $name {
            /// The task.
            #[serde(default, rename = $field)]
            pub task_id: $crate::id::TaskId<$job>,
        }

        impl $name {
            /// Looks up this task.
            pub fn new(task_id: impl Into<$crate::id::TaskId<$job>>) -> Self {
                Self { task_id: task_id.into() }
            }
        }

        impl $crate::endpoint::Endpoint for $name {
            const NAME: &'static str = $page;
            const DOCS: &'static str = $docs;
            const METHOD: $crate::endpoint::Method = $crate::endpoint::Method::Get;
            const PATH: &'static str = $path;
            const EFFECT: $crate::endpoint::Effect = $crate::endpoint::Effect::Reads;
            type Response = Option<$record>;

            fn examples() -> Vec<Self> {
                vec![Self::new($example)]
            }

            fn validate(&self) -> Result<(), $crate::invalid::Invalid> {
                let mut rules = $crate::rules::Rules::new(Self::NAME);
                rules.required($field, self.task_id.as_str());
                rules.finish()
            }

            $(fn read(
                $http_status: u16,
                $body: &[u8],
            ) -> Result<Self::Response, $crate::envelope::Unopened> $read)?
        }
    };
}

pub(crate) use lookup;
