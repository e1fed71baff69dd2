//! Ctrl-C and SIGTERM.

use std::{io, process, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::exit::ExitError;

/// Exit code of a command that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// Time that an interrupted command has to print its last lines. Then the process ends, even if the command is blocked,
/// for example by a terminal that accepts no output.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Receiver of Ctrl-C and SIGTERM. After one of these signals, every call of [`received`](Self::received) returns
/// immediately.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Starts to listen for the signals. When this function returns, the handlers are installed. A second signal ends
    /// the process immediately, and nothing more is printed.
    pub(crate) fn listen() -> io::Result<Self> {
        let (sender, interrupt) = watch::channel(false);
        let mut signals = Signals::install()?;
        tokio::spawn(async move {
            signals.next().await;
            sender.send_replace(true);
            drop(timeout(LAST_WORDS, signals.next()).await);
            process::exit(INTERRUPTED.into());
        });
        Ok(Self(interrupt))
    }

    /// Waits for a signal.
    pub(crate) async fn received(&self) {
        if self.0.clone().wait_for(|received| *received).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Does work that may take long. Returns the result of the work, or [`ExitError::Interrupted`] if a signal comes
    /// first. `doing` describes the work in the text "interrupted while …".
    pub(crate) async fn during<T>(&self, doing: &str, work: impl IntoFuture<Output = T>) -> Result<T, ExitError> {
        tokio::select! {
            biased;
            done = work.into_future() => Ok(done),
            () = self.received() => Err(ExitError::Interrupted { doing: Some(doing.to_owned()) }),
        }
    }

    /// Does work that blocks its thread, such as reading a file, in another thread. If the command is interrupted, the
    /// work goes on until the process ends, and its result is lost.
    pub(crate) async fn during_blocking<T: Send + 'static>(
        &self,
        doing: &str,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, ExitError> {
        let done = self.during(doing, tokio::task::spawn_blocking(work)).await?;
        Ok(done.map_err(anyhow::Error::from)??)
    }
}

#[cfg(unix)]
use self::unix::Signals;
#[cfg(windows)]
use self::windows::Signals;

#[cfg(unix)]
mod unix {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// The signals that end a command.
    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(super) fn install() -> io::Result<Self> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }

        /// Waits for the next signal.
        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::io;

    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    /// The signals that end a command.
    pub(super) struct Signals {
        ctrl_c: CtrlC,
        ctrl_break: CtrlBreak,
    }

    impl Signals {
        pub(super) fn install() -> io::Result<Self> {
            Ok(Self { ctrl_c: ctrl_c()?, ctrl_break: ctrl_break()? })
        }

        /// Waits for the next signal.
        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.ctrl_c.recv() => {}
                _ = self.ctrl_break.recv() => {}
            }
        }
    }
}
