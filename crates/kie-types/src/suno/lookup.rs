//! Macro that defines the types of the requests that look up a task. These types have the same form, and differ mainly
//! in the path of the request.

use crate::{
    answer::envelope::ReadError,
    market::MarketRecord,
    operation::{Job, Record, lacks_result},
};

/// Reads the record of a task of the market route. If nothing of the result of a finished task is in the record of its
/// kind, this is an error: such a record would hide a result that was paid for.
pub(super) fn read_market<J: Job>(http_status: u16, body: &[u8]) -> Result<Option<J::Record>, ReadError> {
    let Some(market) = MarketRecord::read(http_status, body)? else { return Ok(None) };
    let record = J::of_market(&market);
    if market.is_success() == Some(true) {
        let is_lost = !market.result().is_empty() || record.output().is_none();
        if is_lost && lacks_result::<J>(&market, &record) {
            return Err(market.unknown_result(http_status));
        }
    }
    Ok(Some(record))
}

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
        ///
        /// In Rust, with a `client` of the crate `kie-suno`:
        ///
        /// ```
        /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
        /// # simulator::run(async |client| {
        #[doc = concat!("use kie_suno::{records::{Record, TaskState}, requests::", stringify!($name), "};\n")]
        ///
        #[doc = concat!("let request = ", stringify!($name), "::new(\"", $example, "\");")]
        /// let record = client.call(request).await?.ok_or("there is no such task")?;
        /// assert_eq!(record.state(), TaskState::Complete);
        /// # Ok(())
        /// # });
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(
            feature = "schemars",
            derive(schemars::JsonSchema),
            schemars(transform = crate::operation::schema::request::<Self>)
        )]
        #[non_exhaustive]
        pub struct $name {
            /// Id of the task to look up.
            #[serde(default, rename = $field)]
            pub task_id: $crate::value::TaskId<$job>,
        }

        impl $name {
            /// Creates the request that looks up this task.
            pub fn new(task_id: impl Into<$crate::value::TaskId<$job>>) -> Self {
                Self { task_id: task_id.into() }
            }
        }

        impl $crate::operation::Endpoint for $name {
            const NAME: &'static str = $page;
            const DOCS: &'static str = $docs;
            const METHOD: $crate::operation::Method = $crate::operation::Method::Get;
            const PATH: &'static str = $path;
            const EFFECT: $crate::operation::Effect = $crate::operation::Effect::Reads;
            const MARKET: Option<&'static $crate::market::MarketForm> = Some(&$crate::market::MarketForm::LOOKUP);
            type Response = Option<$record>;

            fn validate(&self) -> Result<(), $crate::request::Invalid> {
                let mut rules = $crate::request::Rules::new(Self::NAME);
                rules.required($field, self.task_id.as_str());
                rules.finish()
            }

            fn limits() -> Vec<$crate::request::Limit> {
                $crate::request::Limit::all([$field], $crate::request::Bound::Required, []).collect()
            }

            fn read_market(
                http_status: u16,
                body: &[u8],
            ) -> Result<$crate::operation::MarketAnswer<Self::Response>, $crate::answer::envelope::ReadError> {
                $crate::suno::lookup::read_market::<$job>(http_status, body)
                    .map($crate::operation::MarketAnswer::Result)
            }

            $(fn read(
                $http_status: u16,
                $body: &[u8],
            ) -> Result<Self::Response, $crate::answer::envelope::ReadError> $read)?
        }

        impl $crate::operation::Examples for $name {
            fn examples() -> Vec<Self> {
                vec![Self::new($example)]
            }
        }
    };
}

pub(crate) use lookup;
