//! The child process of the tests. Its first argument is the command that it runs. The process prints its progress, and
//! a test may kill the process at any time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod receipts;
mod songs;

use std::{env, fmt::Display, path::Path, time::Duration};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["sends-and-claims", ledger, times, most, span] => {
            receipts::send_and_claim(Path::new(ledger), number(times), number(most), millis(span)).await;
        }
        ["writes", ledger] => receipts::write(Path::new(ledger)).await,
        ["reads", ledger] => receipts::read(Path::new(ledger)).await,
        ["sings", ledger, service, call_back, folder, songs] => {
            songs::sing(Path::new(ledger), service, call_back, Path::new(folder), number(songs)).await;
        }
        ["shares", ledger, service, folder, songs, most, span] => {
            songs::share(Path::new(ledger), service, Path::new(folder), number(songs), (number(most), millis(span)))
                .await;
        }
        ["starts", ledger, service] => songs::start(Path::new(ledger), service).await,
        _ => panic!("unknown command {words:?}"),
    }
}

fn number(word: &str) -> usize {
    word.parse().unwrap()
}

fn millis(word: &str) -> Duration {
    Duration::from_millis(word.parse().unwrap())
}

/// Prints one line for the test: a word for the step, and the id, the name or the error that the step is about.
fn print_line(word: &str, what: impl Display) {
    println!("{word} {what}");
}
