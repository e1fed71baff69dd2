//! Tests with random faults of the service and the ledger. Calls with one name create at most one task, and this task
//! is found.

use kie_sandbox::{Fault, Speed};
use kie_suno::{
    Charged, Error,
    receipts::{Ledger, ReceiptKey},
};
use proptest::{prelude::*, test_runner::TestRunner};

use super::{MUSIC, Setup, failing::FailingLedger, moment};
use crate::setup::{cases::config, stack::waltz};

fn fault() -> impl Strategy<Value = Option<Fault>> {
    let refuse = |http_status, code, msg: &str| Some(Fault::Refuse { http_status, code, msg: msg.into() });
    prop_oneof![
        3 => Just(None),
        2 => Just(Some(Fault::DropResponse)),
        1 => Just(Some(Fault::HalfBody)),
        1 => Just(Some(Fault::Hang)),
        3 => Just(refuse(200, 429, "slow down")),
        1 => Just(refuse(200, 455, "maintenance")),
        1 => Just(refuse(200, 500, "Server exception")),
        1 => Just(refuse(200, 531, "failed, refunded")),
        1 => Just(Some(Fault::ErrorPage { http_status: 502 })),
    ]
}

/// Numbers of calls by result, for the summary that the test prints.
#[derive(Debug, Default)]
struct Count {
    tasks: usize,
    unknown: usize,
    refused: usize,
}

async fn run(
    faults: Vec<Option<Fault>>,
    fails: Vec<Vec<(usize, bool)>>,
    count: &mut Count,
) -> Result<(), TestCaseError> {
    let setup = Setup::new(Speed::Instant);
    for fault in faults {
        match fault {
            Some(fault) => setup.sandbox.fault(MUSIC, fault),
            // A call without a fault succeeds. So the list ends at the first call without a fault.
            None => break,
        }
    }
    let mut answered = None;
    for fails in fails {
        let client = setup.builder(FailingLedger::new(&setup.ledger, fails)).build().unwrap();
        match client.start(waltz()).named("order").await {
            Ok(task) => {
                let id = task.id().as_str().to_owned();
                prop_assert_eq!(answered.get_or_insert_with(|| id.clone()), &id);
            }
            Err(Error::OutcomeUnknown(lost)) => {
                prop_assert!(lost.receipt().is_some());
                count.unknown += 1;
            }
            Err(error) => {
                if error.charged() == Charged::No {
                    count.refused += 1;
                }
            }
        }
        let tasks = setup.sandbox.tasks();
        prop_assert!(tasks.len() <= 1, "a name created {} tasks", tasks.len());
    }
    moment().await;
    setup.deliver().await;
    for task in setup.sandbox.tasks() {
        count.tasks += 1;
        let receipt = setup.ledger.find(ReceiptKey::Task(&task.id)).await.unwrap();
        prop_assert!(receipt.is_some_and(|receipt| receipt.name.as_deref() == Some("order")));
        prop_assert!(answered.as_ref().is_none_or(|id| *id == task.id));
    }
    Ok(())
}

#[test]
fn a_name_creates_once_at_most_and_what_was_created_is_found() {
    let strategy = (
        prop::collection::vec(fault(), 0..8),
        prop::collection::vec(prop::collection::vec((0..10_usize, any::<bool>()), 0..3), 1..5),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let count = std::cell::RefCell::new(Count::default());
    let held = TestRunner::new(ProptestConfig { cases: 400, ..config() })
        .run(&strategy, |(faults, fails)| runtime.block_on(run(faults, fails, &mut count.borrow_mut())));
    if let Err(error) = held {
        panic!("{error}");
    }
    println!("random faults: {:?}", count.borrow());
    let Count { tasks, unknown, refused } = count.into_inner();
    assert!(tasks > 50 && unknown > 50 && refused > 50);
}
