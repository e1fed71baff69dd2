//! Tests of the receipt and the charge that errors report.

use std::time::Duration;

use kie_sandbox::{Fault, Speed, TaskScript};
use kie_suno::{
    Charged, Error,
    errors::{NotResumed, TransportError},
    records::Music,
    transport::{self, ErrorKind},
};

use crate::{
    receipts::{MUSIC, Setup},
    setup::stack::waltz,
};

#[tokio::test(start_paused = true)]
async fn every_error_of_a_task_knows_its_receipt() {
    let setup = Setup::new(Speed::Live);
    let client = setup.client();
    let task = client.start(waltz()).await.unwrap();
    let receipt = task.receipt();
    assert!(receipt.is_some());

    let late = task.wait().timeout(Duration::from_secs(3)).await.unwrap_err();
    assert!(matches!(late, Error::TimedOut(_)), "{late:?}");
    assert_eq!(late.receipt(), receipt);

    setup.sandbox.fault("get-music-details", Fault::HalfBody);
    let folder = tempfile::tempdir().unwrap();
    let tracks = task.wait().await.unwrap();
    let not_a_folder = folder.path().join("file");
    std::fs::write(&not_a_folder, "").unwrap();
    let unsaved = task.save(&tracks, &not_a_folder).await.unwrap_err();
    assert!(matches!(unsaved, Error::Save(_)), "{unsaved:?}");
    assert_eq!(unsaved.receipt(), receipt);

    setup.sandbox.script_task(TaskScript::fails(531));
    let task = client.start(waltz()).await.unwrap();
    let failed = task.wait().await.unwrap_err();
    assert!(matches!(failed, Error::Failed(_)), "{failed:?}");
    assert_eq!(failed.receipt(), task.receipt());

    let task = client.start(waltz()).await.unwrap();
    setup.sandbox.fault("get-music-details", Fault::ErrorPage { http_status: 401 });
    let refused = task.fetch().await.unwrap_err();
    assert_eq!((refused.receipt(), refused.task_id()), (task.receipt(), Some(task.id().as_str())));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_effect_is_not_charged() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    setup.sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 455, msg: "maintenance".into() });
    let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
    let unsent = client.resume::<Music>(receipt).await.unwrap_err();
    assert!(matches!(&unsent, Error::NotResumed(not) if not.is_unsent()), "{unsent:?}");
    assert_eq!(unsent.charged(), Charged::No);
    assert_eq!(Error::from(NotResumed::new(receipt)).charged(), Charged::Unknown);

    // Only a call that reads, or that was not sent, ends with this error.
    let lost = transport::Error::new(ErrorKind::Interrupted, "the connection broke before the response arrived");
    assert_eq!(Error::from(TransportError::new("get-account-credits", lost)).charged(), Charged::No);
}
