//! A process of the tests. It does what its first word says, tells how far it is, and may be killed at any instant.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod receipts;
mod songs;

use std::{env, fmt::Display, path::Path, time::Duration};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["departs-and-claims", ledger, times, most, span] => {
            receipts::depart_and_claim(Path::new(ledger), number(times), number(most), millis(span)).await;
        }
        ["writes", ledger] => receipts::write(Path::new(ledger)).await,
        ["sings", ledger, service, call_back, folder, songs] => {
            songs::sing(Path::new(ledger), service, call_back, Path::new(folder), number(songs)).await;
        }
        ["shares", ledger, service, folder, songs, most, span] => {
            songs::share(Path::new(ledger), service, Path::new(folder), number(songs), (number(most), millis(span)))
                .await;
        }
        ["starts", ledger, service] => songs::start(Path::new(ledger), service).await,
        _ => panic!("nobody knows how to do {words:?}"),
    }
}

fn number(word: &str) -> usize {
    word.parse().unwrap()
}

fn millis(word: &str) -> Duration {
    Duration::from_millis(word.parse().unwrap())
}

/// Tells the parent something, in a line of its own, which is written at once and whole.
fn tell(word: &str, what: impl Display) {
    println!("{word} {what}");
}
