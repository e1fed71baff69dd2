//! Tests of calls, their requests, routes and prices.

mod models;
mod money;
mod operations;
mod requests;
mod results;
mod route;
mod spending;
