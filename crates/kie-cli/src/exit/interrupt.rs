//! Ctrl-C, for commands that have something to say when it comes.

use std::{future::poll_fn, task::Poll};

use tokio::sync::watch;

/// Ctrl-C, heard once and remembered, so that it is not lost between two things that wait for it.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from the moment it returns.
    pub(crate) async fn listen() -> Self {
        let (came, interrupt) = watch::channel(false);
        let mut signal = Box::pin(tokio::signal::ctrl_c());
        // The listener is made when it is first asked.
        let already = poll_fn(|cx| Poll::Ready(signal.as_mut().poll(cx).is_ready())).await;
        tokio::spawn(async move {
            if already || signal.await.is_ok() {
                came.send_replace(true);
            }
            // Whoever listens goes on doing so.
            std::future::pending::<()>().await;
        });
        Self(interrupt)
    }

    /// Resolves when it has come.
    pub(crate) async fn came(&self) {
        if self.0.clone().wait_for(|came| *came).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
