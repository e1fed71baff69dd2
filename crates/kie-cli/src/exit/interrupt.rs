//! Ctrl-C, for commands that print something before they end.

use std::{future::poll_fn, task::Poll};

use tokio::sync::watch;

/// Receiver of Ctrl-C. After Ctrl-C, every call of [`received`](Self::received) returns immediately.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Starts to listen for Ctrl-C. When this function returns, the handler is installed.
    pub(crate) async fn listen() -> Self {
        let (sender, interrupt) = watch::channel(false);
        let mut signal = Box::pin(tokio::signal::ctrl_c());
        // The handler is installed by the first poll.
        let already = poll_fn(|cx| Poll::Ready(signal.as_mut().poll(cx).is_ready())).await;
        tokio::spawn(async move {
            if already || signal.await.is_ok() {
                sender.send_replace(true);
            }
            // Keeps the sender alive. If it were dropped, `wait_for` of the receivers would return an error without
            // Ctrl-C.
            std::future::pending::<()>().await;
        });
        Self(interrupt)
    }

    /// Waits for Ctrl-C.
    pub(crate) async fn received(&self) {
        if self.0.clone().wait_for(|received| *received).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
