//! What is paid, and when.

use kie_sandbox::{Fault, Sandbox};
use kie_suno::Credits;

use crate::{Desk, KEY, Tested, text, texts};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_spent_without_spend() -> Tested {
    let desk = Desk::new(Sandbox::builder()).await?;
    let run = desk.probe(&[]).await?;
    assert!(run.status.success(), "{}", text(&run.stderr));
    let books = desk.sandbox.books();
    assert_eq!((books.charged, books.tasks.total), (Credits::new(0.0), 0));
    assert!(books.requests.latest.iter().all(|request| request.method == "GET"));
    let report = desk.report()?;
    for line in [
        "### unknown-task-classic",
        "Code 200 with null data.",
        "HTTP 200, with code 401 in the body.",
        "Needs --spend 12.",
        "Needs --callback-url.",
        "By hand: ",
        "Needs the task of song, which --spend starts.",
        "Spent: 0 credits",
    ] {
        assert!(report.contains(line), "{line} is missing: {report}");
    }
    // Without a terminal, a confirmation is impossible.
    let run = desk.probe(&["--spend", "100"]).await?;
    assert!(!run.status.success() && text(&run.stderr).contains("add --yes"), "{}", text(&run.stderr));
    assert_eq!(desk.sandbox.books().tasks.total, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_made_once_within_the_budget_and_never_again() -> Tested {
    let desk = Desk::new(Sandbox::builder()).await?;
    let run = desk.probe(&["--spend", "30", "--yes"]).await?;
    assert!(run.status.success(), "{}", text(&run.stderr));
    let books = desk.sandbox.books();
    assert!(books.charged <= Credits::new(30.0) && books.charged >= Credits::new(22.8), "{:?}", books.charged);
    assert_eq!(
        (desk.calls("generate-music"), desk.calls("separate-vocals")),
        (1, 1),
        "a second song is beyond the budget"
    );
    assert!(desk.calls("generate-lyrics") > 0, "a cheap call after an expensive one is made");
    let report = desk.report()?;
    assert!(report.contains("Costs 12 credits, and "), "{report}");
    assert!(report.contains("The pending and the finished records are recorded."), "{report}");

    // A second run pays nothing again, and goes on with what is left.
    let tasks = desk.sandbox.tasks().len();
    let run = desk.probe(&["--spend", "0", "--yes"]).await?;
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(desk.sandbox.books().charged, books.charged);
    assert_eq!(desk.sandbox.tasks().len(), tasks, "no task was started again");
    let report = desk.report()?;
    assert!(report.contains("Spent: 0 credits") && report.contains("finished records are recorded."), "{report}");

    let run = desk.probe(&["--spend", "200", "--yes"]).await?;
    assert!(run.status.success(), "{}", text(&run.stderr));
    let songs = desk.sandbox.requests("generate-music");
    assert_eq!(songs.len(), 4, "two classic songs and one of the market route, and one with a wrong word: {songs:?}");
    assert_eq!(desk.calls("separate-vocals"), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_is_not_paid_for_again() -> Tested {
    let desk = Desk::new(Sandbox::builder()).await?;
    desk.sandbox.fault("generate-music", Fault::DropResponse);
    let song = ["--only", "song", "--spend", "50", "--yes"];
    desk.probe(&song).await?;
    assert!(desk.report()?.contains("## Answered in an unexpected way"), "{}", desk.report()?);
    desk.probe(&song).await?;
    assert!(desk.report()?.contains("The response of an earlier run was lost."), "{}", desk.report()?);
    assert_eq!(desk.calls("generate-music"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_no_secrets_and_can_be_played() -> Tested {
    let desk = Desk::new(Sandbox::builder()).await?;
    desk.probe(&["--spend", "30", "--yes"]).await?;
    let files = texts(&desk.out())?;
    assert!(files.len() > 10, "{}", files.len());
    let ids = desk.sandbox.tasks().into_iter().map(|task| task.id);
    for secret in ids.chain([KEY.to_owned()]) {
        for (path, text) in &files {
            assert!(!text.contains(&secret), "{path} has {secret}");
        }
    }
    let balance = |(_, text): &&(String, String)| text.contains("/chat/credit");
    let paths: Vec<_> = files.iter().filter(balance).map(|(path, _)| path.rsplit('/').next()).collect();
    assert_eq!(paths, [Some("wrong-key-status.json")], "only a refusal is recorded, and no balance");
    kie_sandbox::cassette::Cassette::load(desk.out().join("song.json"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_printed_without_a_key() -> Tested {
    let desk = Desk::new(Sandbox::builder()).await?;
    let run = desk.probe(&["--list"]).await?;
    let list = text(&run.stdout);
    assert!(list.contains("song (call, 12 credits)") && list.contains("all open questions together: "), "{list}");
    assert_eq!(desk.sandbox.books().requests.total, 0);
    let run = desk.probe(&["--only", "no-such"]).await?;
    assert!(text(&run.stderr).contains("there is no question no-such"), "{}", text(&run.stderr));
    Ok(())
}
