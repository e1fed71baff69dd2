//! Replaces the network with a function, as in a unit test. The function always returns the same balance.
//!
//! `cargo run -p kie-suno --example canned_answer`

#![allow(clippy::print_stdout)]

use kie_suno::{
    Client,
    transport::{
        Body,
        http::{Request, Response},
    },
};

#[tokio::main]
async fn main() -> kie_suno::Result<()> {
    let canned = |request: Request<Body>| async move {
        println!("{} {}", request.method(), request.uri());
        Ok(Response::new(r#"{"code":200,"msg":"success","data":873.6}"#))
    };
    let client = Client::builder().api_key("any").http(canned).build()?;
    println!("{} credits left", client.credits().await?);
    Ok(())
}
