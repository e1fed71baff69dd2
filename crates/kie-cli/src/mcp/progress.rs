//! Progress of a call, for clients that ask for it.

use kie_suno::{AnyEvent, types::text::one_line};
use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken, ProtocolVersion},
    service::RequestContext,
};
use tokio::{sync::watch, time::Instant};

/// Progress of one call. It counts seconds, because the end is not known.
pub(super) struct Progress {
    peer: Peer<RoleServer>,
    token: Option<ProgressToken>,
    begin: Instant,
    /// Number of finished results.
    finished: usize,
    /// Changes when a file was saved.
    saved: watch::Sender<()>,
    /// `true` if the client gets notifications only through its subscriptions.
    has_subscriptions: bool,
}

impl Progress {
    pub(super) fn of(call: &RequestContext<RoleServer>, saved: &watch::Sender<()>) -> Self {
        Self {
            peer: call.peer.clone(),
            token: call.meta.get_progress_token(),
            begin: Instant::now(),
            finished: 0,
            saved: saved.clone(),
            has_subscriptions: call.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28),
        }
    }

    /// Tells a change of a task.
    pub(super) async fn changed(&mut self, event: &AnyEvent) {
        self.finished += event.items.len();
        let stage = event.stage.map(|stage| format!(", stage {stage} reached")).unwrap_or_default();
        let task = one_line(event.report.task_id.as_deref().unwrap_or_default()).to_string();
        self.tell(&format!("task {task}{stage}, {} results finished", self.finished)).await;
    }

    /// Tells what is done now. A client that is gone needs no progress.
    pub(super) async fn tell(&self, doing: &str) {
        let Some(token) = self.token.clone() else { return };
        let seconds = self.begin.elapsed().as_secs_f64();
        drop(self.peer.notify_progress(ProgressNotificationParam::new(token, seconds).with_message(doing)).await);
    }

    /// Tells that a file was saved, so that there are new resources.
    pub(super) async fn saved(&self) {
        self.saved.send_replace(());
        if !self.has_subscriptions {
            drop(self.peer.notify_resource_list_changed().await);
        }
    }
}
