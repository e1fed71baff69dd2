//! The market route: the newer of the two ways in which the service offers its operations.
//!
//! On the classic route, each operation has its own path. On the market route, all operations share one path to start
//! tasks and one path to read them. This room describes how a request of this crate travels there, and how the records
//! of the route are read.

mod catalogue;
mod field;
mod form;
mod record;
mod result;
mod route;
mod schema;

pub use catalogue::{MarketModel, MarketModels};
pub use field::classic_name;
#[cfg(feature = "schemars")]
pub(crate) use field::market_name;
pub use form::MarketForm;
pub use record::{MarketRecord, MarketState};
pub use result::MarketResult;
pub use route::{ParseRouteError, Route};
pub use schema::{MarketSchema, SchemaField};
