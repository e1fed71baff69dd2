//! Puts a service of one's own in place of the network, as a test would: here one that always has the same balance.
//!
//! `cargo run -p kie-suno --example canned_answer`

#![allow(clippy::print_stdout)]

use kie_suno::{
    Client, HttpService,
    transport::{Body, Exchange},
};

#[derive(Debug)]
struct Canned;

impl HttpService for Canned {
    fn call(&self, request: http::Request<Body>) -> Exchange<'_> {
        println!("{} {}", request.method(), request.uri());
        Box::pin(async { Ok(http::Response::new(Body::from(r#"{"code":200,"msg":"success","data":873.6}"#))) })
    }
}

#[tokio::main]
async fn main() -> Result<(), kie_suno::Error> {
    let client = Client::builder().api_key("any").http(Canned).build()?;
    println!("{} credits left", client.credits().await?);
    Ok(())
}
