//! Questions about callbacks.

use std::net::TcpListener;

use kie_sandbox::{MarketCallbacks, Sandbox};

use crate::{Desk, Tested, text, texts};

/// Options for the questions about callbacks, with a free port.
fn options() -> Tested<[String; 4]> {
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    Ok(["--listen".into(), address.to_string(), "--callback-url".into(), format!("http://{address}/kie")])
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_settle_their_questions() -> Tested {
    let desk = Desk::new(Sandbox::builder().webhook_key("whk")).await?;
    let options = options()?;
    let mut all: Vec<&str> = options.iter().map(String::as_str).collect();
    all.extend(["--spend", "100", "--yes"]);
    let run = desk.probe(&all).await?;
    assert!(run.status.success(), "{}", text(&run.stderr));
    let report = desk.report()?;
    for answer in [
        "The query is kept.",
        "They come in this order.",
        "They are signed.",
        "The record is in `data`, and one callback comes.",
        "The links are in `vocal_separation_info`.",
    ] {
        assert!(report.contains(answer), "{answer}: {report}");
    }
    let files = texts(&desk.out())?;
    let (_, callbacks) = files.iter().find(|(path, _)| path.ends_with("callbacks.json")).ok_or("no callbacks")?;
    assert!(callbacks.contains("\"callbackType\": \"first\""), "{callbacks}");
    let ids = desk.sandbox.tasks().into_iter().map(|task| task.id);
    for secret in ids.chain([options[3].clone()]) {
        assert!(files.iter().all(|(_, text)| !text.contains(&secret)), "{secret} is in a file");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_contradicts_the_crates_is_told() -> Tested {
    let sandbox = Sandbox::builder().ids_cross(true).market_callbacks(MarketCallbacks::Classic);
    let desk = Desk::new(sandbox).await?;
    let options = options()?;
    let mut all: Vec<&str> = options.iter().map(String::as_str).collect();
    for id in ["song", "market-song", "market-callback", "market-task-on-classic", "classic-task-on-market"] {
        all.extend(["--only", id]);
    }
    all.extend(["--spend", "24", "--yes"]);
    let run = desk.probe(&all).await?;
    let report = desk.report()?;
    let contradicting = report.split("## Contradicts what the crates assume").nth(1).ok_or(text(&run.stderr))?;
    let contradicting = contradicting.split("\n## ").next().unwrap_or_default();
    for id in ["### market-callback\n", "### market-task-on-classic\n", "### classic-task-on-market\n"] {
        assert!(contradicting.contains(id), "{id}: {report}");
    }
    assert!(contradicting.contains("The classic body with stages."), "{report}");
    Ok(())
}
