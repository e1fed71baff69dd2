//! Each call is paid once, and within the budgets.

use kie_sandbox::{Fault, Speed};
use serde_json::{Value, json};

use crate::{
    mcp::song,
    stage::{agent::Agent, desk::Desk, service::kie, service::stderr},
};

#[test]
fn two_calls_under_one_name_are_one_song() {
    let desk = Desk::new(Speed::Instant);
    let mut agent = Agent::at(&desk, &[]);
    let [one, two] = [(), ()].map(|()| agent.begin("generate_music", &song("waltz-1")));
    let (one, two) = (agent.made(one), agent.made(two));
    assert_eq!((&one["outcome"], &one["price"]), (&json!("success"), &json!(12.0)), "{one:#}");
    assert_eq!(one["taskId"], two["taskId"]);
    // Another server with the same ledger knows the name too.
    let mut other = Agent::at(&desk, &[]);
    let again = other.call("generate_music", &song("waltz-1"));
    assert_eq!((&again["taskId"], &again["joined"]), (&one["taskId"], &json!(true)));
    assert_eq!(desk.starts(), 1);
    let mut march = song("waltz-1");
    march["request"]["prompt"] = json!("a march");
    let taken = other.refused("generate_music", &march);
    assert_eq!((&taken["error"], &taken["charged"], desk.starts()), (&json!("nameTaken"), &json!("no"), 1));
    let style = json!({ "name": "style-1", "request": { "content": "dusty soul" } });
    let [first, second] = [(), ()].map(|()| other.call("boost_music_style", &style));
    assert_eq!(first["response"], second["response"]);
    assert!(first["response"]["textFromService"].is_object(), "{first:#}");
    assert_eq!(desk.service.sandbox.requests("boost-music-style").len(), 1);
}

#[test]
fn a_cancelled_call_goes_on_and_its_name_leads_to_its_task() {
    let desk = Desk::new(Speed::Instant);
    let mut agent = Agent::at(&desk, &[]);
    let cancelled = agent.begin("generate_music", &song("waltz-1"));
    agent.until("the task has started");
    agent.notify("notifications/cancelled", &json!({ "requestId": cancelled }));
    let joined = agent.call("generate_music", &song("waltz-1"));
    assert_eq!((&joined["outcome"], &joined["joined"]), (&json!("success"), &json!(true)), "{joined:#}");
    // A call is cancelled while its request is on its way.
    let mut second = song("waltz-2");
    second["waitS"] = json!(0);
    let cancelled = agent.begin("generate_music", &second);
    agent.until("sending the request");
    agent.notify("notifications/cancelled", &json!({ "requestId": cancelled }));
    agent.call("generate_music", &second);
    assert_eq!(desk.starts(), 2);
    let all = agent.end();
    assert!(!all.contains(&format!("\"id\":{cancelled},\"result\"")), "a cancelled call gets no answer");
}

#[test]
fn a_lost_answer_is_told_and_never_sent_again() {
    let desk = Desk::new(Speed::Instant);
    let mut agent = Agent::at(&desk, &["--budget-per-day", "20"]);
    desk.service.sandbox.fault("generate-music", Fault::DropResponse);
    let lost = agent.refused("generate_music", &song("waltz-1"));
    assert_eq!((&lost["error"], &lost["charged"]), (&json!("outcomeUnknown"), &json!("unknown")), "{lost:#}");
    let again = agent.refused("generate_music", &song("waltz-1"));
    assert_eq!((&again["error"], &again["receipt"]), (&json!("outcomeUnknown"), &lost["receipt"]));
    assert_eq!(desk.starts(), 1);
    let known = agent.call("task", &json!({ "id": "waltz-1" }));
    assert_eq!(known["outcome"], "unknown");
    assert!(known["next"].as_str().unwrap().contains("ask the user"), "{known:#}");
    // It may be paid for, so it counts.
    let over = agent.refused("generate_music", &song("waltz-2"));
    assert_eq!((&over["error"], desk.starts()), (&json!("overBudget"), 1));
}

#[test]
fn the_budget_of_a_day_is_shared_and_that_of_a_run_is_not() {
    let desk = Desk::new(Speed::Instant);
    let mut one = Agent::at(&desk, &["--budget", "20", "--budget-per-day", "40"]);
    one.call("generate_music", &song("waltz-1"));
    let over = one.refused("generate_music", &song("waltz-2"));
    assert_eq!((&over["error"], &over["exitCode"], &over["charged"]), (&json!("overBudget"), &json!(9), &json!("no")));
    assert!(over["message"].as_str().unwrap().contains("it may cost 12 credits, and 8 are left"), "{over:#}");
    let mut two = Agent::at(&desk, &["--budget", "100", "--budget-per-day", "40"]);
    // Calls at the same time do not get the same credits.
    let begun = ["waltz-3", "waltz-4", "waltz-5"].map(|name| two.begin("generate_music", &song(name)));
    let results = begun.map(|id| two.answer(id)["result"].clone());
    let refused: Vec<&Value> = results.iter().filter(|result| result["isError"] == true).collect();
    assert_eq!((refused.len(), desk.starts()), (1, 3), "{results:#?}");
    let document = &refused[0]["structuredContent"];
    assert_eq!((&document["error"], &document["exitCode"]), (&json!("overBudget"), &json!(9)));
    let message = document["message"].as_str().unwrap();
    assert!(message.ends_with("12 credits, and 4 are left of the 40 credits of --budget-per-day"), "{message}");
    let credits = two.call("credits", &json!({}));
    assert_eq!((&credits["budget"], &credits["spentPerDay"]), (&json!(100.0), &json!(36.0)), "{credits:#}");
}

#[test]
fn a_server_needs_a_budget_and_a_ledger() {
    let start = |more: &[&str]| {
        let mut kie = kie();
        kie.args(["mcp", "--root", concat!(env!("CARGO_TARGET_TMPDIR"), "/mcp-root"), "--format", "json"]).args(more);
        let output = kie.output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{output:?}");
        stderr(&output)
    };
    assert!(start(&[]).contains("add --budget CREDITS"));
    assert!(start(&["--sandbox"]).contains("add --ledger FILE"));
    assert!(start(&["--budget", "10", "--ledger", "none"]).contains("add --ledger FILE"));
}
