//! WAV Conversion.

use std::f64::consts::TAU;

use kie_types::{ConvertToWav, Endpoint, GetWavDetails, Stage};
use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::{
    answer::{Answer, Refused},
    call::Call,
};

/// A task that makes a WAV file.
struct Wav {
    track_id: String,
    index: usize,
}

/// `convert-to-wav`: once for each track.
pub(crate) fn convert(call: &mut Call<'_>) -> Answer {
    let request: ConvertToWav = call.request()?;
    let index = call.finished_track(request.task_id.as_str(), request.audio_id.as_str())?;
    let track_id = request.audio_id.as_str().to_owned();
    let has_failed = |task: &Task| matches!(task.state(call.now), State::Failed { .. });
    if call.account.tasks.iter().any(|task| task.work.converts() == Some(&track_id) && !has_failed(task)) {
        // The documented words; what a real refusal looks like is not known.
        return Err(Refused::new(409, "Conflict - WAV record already exists"));
    }
    call.start(request, &[(Stage::Complete, call.speed.pick(15_000, 500, 0))], None, Wav { track_id, index })
}

impl Work for Wav {
    fn lookup(&self) -> &'static str {
        GetWavDetails::NAME
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let shown = view.state.shown().is_some();
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "musicId": self.track_id,
            "callbackUrl": task.call_back_url,
            "musicIndex": self.index,
            "completeTime": shown.then(|| view.clock.text(task.created + task.course.end())),
            "response": shown.then(|| json!({ "audioWavUrl": link(task, view) })),
            "successFlag": view.state.word(),
            "createTime": view.clock.text(task.created),
            "errorCode": code,
            "errorMessage": message,
        })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, msg, url) = match view.state {
            State::Failed { code, message, .. } => (code, message, None),
            _ => (200, "success", Some(link(task, view))),
        };
        json!({ "code": code, "msg": msg, "data": { "audioWavUrl": url, "task_id": task.id } })
    }

    fn converts(&self) -> Option<&str> {
        Some(&self.track_id)
    }
}

fn link(task: &Task, view: &View<'_>) -> String {
    format!("http://{}/wavs/{}.wav", view.host, task.id)
}

/// A RIFF file of this many seconds: one beat a second, 8-bit mono at 8 kHz.
pub(crate) fn file(seconds: f64) -> Vec<u8> {
    const HERTZ: u32 = 8_000;
    let samples = (seconds.clamp(0.0, 3_600.0) * f64::from(HERTZ)) as u32;
    // A chunk of an odd length is followed by a byte that does not count.
    let padding = samples % 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples + padding).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(HERTZ.to_le_bytes());
    // One byte to the sample, and so as many bytes a second as samples.
    file.extend(HERTZ.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend(samples.to_le_bytes());
    file.extend((0..samples).map(|sample| {
        let time = f64::from(sample % HERTZ) / f64::from(HERTZ);
        (128.0 + 60.0 * (-6.0 * time).exp() * (TAU * 220.0 * time).sin()) as u8
    }));
    file.resize(file.len() + padding as usize, 0);
    file
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_states_its_sizes() {
        for (seconds, samples) in [(0.0, 0), (1.0, 8_000), (0.000_13, 1), (2.5, 20_000)] {
            let file = super::file(seconds);
            let number = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
            assert_eq!((number(4) as usize, number(40)), (file.len() - 8, samples), "{seconds} s");
            assert_eq!(file.len() % 2, 0);
        }
    }
}
