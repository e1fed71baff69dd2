//! `kie resume`: the task of a receipt, once it is known.

use std::pin::Pin;

use kie_suno::{
    Error,
    receipts::{Ledger as _, ReceiptId, ReceiptKey},
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
};
use tokio::time::Instant;

use crate::{
    args::{self, FollowArgs},
    exit::ExitError,
    follow,
    output::{ProgressLine, note},
    session::Session,
};

pub(crate) async fn resume(caller: &Session, args: args::ResumeArgs) -> Result<(), ExitError> {
    let ledger = caller.ledger()?;
    let id = args.receipt;
    let found = ledger.find(ReceiptKey::Id(id)).await.map_err(Error::Ledger)?;
    let receipt =
        found.ok_or_else(|| ExitError::Usage(format!("there is no receipt {id} in {}", ledger.path().display())))?;
    let resuming = Resuming { caller, id, follow: args.follow };
    catalog::visit(&receipt.operation, resuming).ok_or_else(|| ExitError::unknown_operation(&receipt.operation))?.await
}

struct Resuming<'a> {
    caller: &'a Session,
    id: ReceiptId,
    follow: FollowArgs,
}

impl<'a> Visitor for Resuming<'a> {
    type Output = Pin<Box<dyn Future<Output = Result<(), ExitError>> + 'a>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        Box::pin(async { Err(ExitError::Usage(format!("{} starts no task", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let Self { caller, id, mut follow } = self;
        Box::pin(async move {
            let begin = Instant::now();
            let progress = ProgressLine::new("waiting for a callback");
            let resumed = caller.client.resume::<E::Job>(id).timeout(follow.timeout).await;
            drop(progress);
            let task = resumed.map_err(|error| caller.lost(error))?;
            note!("task {} ({})", task.id(), E::NAME);
            follow.timeout = follow.timeout.saturating_sub(begin.elapsed());
            follow::run::<E>(caller, &task, None, Some(&follow)).await
        })
    }
}
