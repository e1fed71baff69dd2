//! Waiting for a recording that a person makes while the command runs.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use kie_suno::types::text::one_line;
use tokio::time::{Instant, sleep};

use crate::{
    exit::ExitError,
    output::{ProgressLine, minutes},
    session::Session,
};

/// Time in which a phrase is to be sung and sent. Phrases of the service were seen to expire more than 151 and less than
/// 181 seconds after they were ready, and a poll finds a phrase up to 2 seconds late.
pub(super) const TO_SING: Duration = Duration::from_secs(150);

/// Time between two checks of the file.
const CHECK: Duration = Duration::from_millis(250);

/// Time for which the file must not change, so that it counts as written. A recorder writes a file in parts.
const STILL: Duration = Duration::from_secs(3);

/// The same for a test with a simulator.
const STILL_LOCALLY: Duration = Duration::from_millis(750);

/// A recording that is not made yet.
pub(super) struct Take {
    file: PathBuf,
    /// Mark of the file that has the name of the recording already.
    before: Option<Mark>,
}

/// Size of a file and time of its last change. They change while the file is written.
type Mark = (u64, Option<SystemTime>);

impl Take {
    /// Remembers the state of the file before the recording.
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), before: mark(file) }
    }

    /// Waits until the file is written. Returns `false` if it is not written at this time.
    pub(super) async fn is_written(&self, session: &Session, end: Instant) -> Result<bool, ExitError> {
        let still = if session.global.is_local() { STILL_LOCALLY } else { STILL };
        let name = one_line(&self.file.to_string_lossy()).to_string();
        let progress = ProgressLine::new("");
        let written = async {
            let mut seen = (None, Instant::now());
            loop {
                let now = Instant::now();
                let mark = mark(&self.file).filter(|mark| mark.0 > 0 && Some(*mark) != self.before);
                if mark != seen.0 {
                    seen = (mark, now);
                }
                if mark.is_some() && now.duration_since(seen.1) >= still {
                    return true;
                }
                if now >= end && mark.is_none() {
                    return false;
                }
                let left = end.saturating_duration_since(now).as_secs_f64();
                progress.doing(&format!("waiting for {name}, {} left", minutes(left)));
                sleep(CHECK).await;
            }
        };
        session.interrupt.during("waiting for the recording", written).await
    }
}

fn mark(file: &Path) -> Option<Mark> {
    let found = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
    Some((found.len(), found.modified().ok()))
}
