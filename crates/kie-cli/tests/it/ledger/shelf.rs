//! A ledger with known receipts, one in each state.

use std::time::{Duration, SystemTime};

use kie_ledger::SqliteLedger;
use kie_sandbox::Speed;
use kie_suno::{
    Route, Stage,
    receipts::{Ledger as _, Receipt, ReceiptState},
};
use serde_json::{Value, json};

use crate::stage::desk::Desk;

/// Ids of the receipts on the shelf, without the zeros at their ends.
pub(crate) const WALTZ: &str = "1f0c2a9e41d84b7c";

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// A receipt that is to be written.
pub(crate) struct Written(pub(crate) Receipt);

impl Written {
    /// Creates the receipt of a call. `id` is the beginning of its id.
    pub(crate) fn new(id: &str, operation: &str, request: &Value) -> Self {
        let mut receipt = Receipt::new(operation, request.to_string()).unwrap();
        receipt.id = format!("{id:0<32}").parse().unwrap();
        Self(receipt)
    }

    /// Sets the state, and the age in seconds.
    pub(crate) fn is(mut self, state: ReceiptState, age: u64) -> Self {
        self.0.state = state;
        self.at(SystemTime::now() - Duration::from_secs(age))
    }

    pub(crate) fn at(mut self, time: SystemTime) -> Self {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(since).unwrap());
        (self.0.created, self.0.changed) = (time, time + Duration::from_secs(95));
        self
    }

    /// Sets the task, and its results with their ids, titles and durations.
    pub(crate) fn made(mut self, task: &str, items: &[(&str, &str, f64)]) -> Self {
        self.0.task_id = Some(format!("{task:0<32}"));
        self.0.stage = (self.0.state > ReceiptState::Running).then_some(Stage::Complete);
        let item = |&(id, title, duration): &(&str, &str, f64)| {
            let tail = "00000000-0000-0000-0000-000000000000".get(id.len()..).unwrap_or_default();
            let duration = Some(duration).filter(|duration| *duration > 0.0);
            serde_json::from_value(json!({ "id": format!("{id}{tail}"), "title": title, "duration_s": duration }))
                .unwrap()
        };
        self.0.items = items.iter().map(item).collect();
        self
    }

    pub(crate) fn files(mut self, files: &[String]) -> Self {
        self.0.files = files.to_vec();
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Receipt)) -> Self {
        change(&mut self.0);
        self
    }
}

/// Writes receipts to the ledger of a desk, the oldest first.
pub(crate) fn write(desk: &Desk, receipts: impl IntoIterator<Item = Written>) {
    desk.service.beside(async {
        let ledger = SqliteLedger::open(desk.path("ledger.db")).await.unwrap();
        for Written(receipt) in receipts {
            assert_eq!(ledger.write(&receipt).await.unwrap(), None);
        }
    });
}

/// Returns a desk with a ledger in which each state is once, with titles of narrow and wide characters.
pub(crate) fn shelf() -> Desk {
    use ReceiptState::{Complete, Failed, Prepared, Refused, Running, Saved, Sent};
    let desk = Desk::new(Speed::Instant);
    let song = |title: &str, prompt: &str| json!({ "customMode": true, "instrumental": false, "model": "V5_5", "style": "waltz", "title": title, "prompt": prompt });
    let below = |file: &str| desk.path(file).to_str().unwrap().to_owned();
    // Midnight, 40 days ago.
    let today = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / DAY;
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs((today - 40) * DAY);
    let waltz = Written::new(WALTZ, "generate-music", &song("A slow waltz", "[Verse]\nTwo accordions\nin the rain"));
    let files = [
        "/music/albums/two accordions/1-A slow waltz-045c7003.mp3",
        "/music/albums/two accordions/2-A slow waltz-ebd45dfb.mp3",
    ];
    let waltz = waltz
        .is(Saved, 0)
        .made("76a65e3c", &[("045c7003-6a0e", "A slow waltz", 170.2), ("ebd45dfb-1b7a", "A slow waltz", 94.0)]);
    let request = json!({ "taskId": format!("{:0<32}", "76a65e3c"), "audioId": "045c7003-6a0e-0000-0000-000000000000", "type": "separate_vocal" });
    let stems = Written::new("2b", "separate-vocals", &request).is(Saved, 3 * DAY + 12 * HOUR);
    let moon = "月光下的华尔兹：两架手风琴在雨中为城市的最后一班电车演奏的告别曲";
    let moon = Written::new("3c", "generate-music", &song(moon, "啦啦啦"))
        .is(Complete, 5 * HOUR + 1800)
        .made("88f1c0de", &[("c0ffee00-1111", moon, 201.0), ("c0ffee00-2222", moon, 187.6)]);
    let fiddle = "🎻🪗 Полька 🎻🪗 for five fiddles, four accordions and one very tired dancer 🕺";
    let fiddles =
        Written::new("4d", "upload-and-cover-audio", &song(fiddle, "la")).is(Failed, 4 * HOUR + 1800).made("99aa", &[]);
    let wish = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "a march of the tin soldiers, for brass and drums, with a long trio" });
    let lost = Written::new("5e", "generate-music", &wish).is(Sent, 3 * HOUR + 1800);
    let words = Written::new("6f", "generate-lyrics", &json!({ "prompt": "tram bells at dawn" }))
        .is(Complete, 2 * HOUR + 1800)
        .made("aabb", &[("0a0a0a0a", "Tram Bells", 0.0), ("0b0b0b0b", "Dawn Line", 0.0)]);
    let longer =
        json!({ "defaultParamFlag": false, "model": "V5_5", "audioId": "045c7003-6a0e-0000-0000-000000000000" });
    let longer = Written::new("70", "extend-music", &longer).is(Running, HOUR + 1800).made("bbcc", &[]);
    let persona = Written::new("81", "generate-persona", &json!({ "name": "Nachtfalter" })).is(Refused, HOUR + 1800);
    let unsent =
        Written::new("92", "generate-sounds", &json!({ "prompt": "rain on a tin roof" })).is(Prepared, HOUR + 1800);
    write(
        &desk,
        [
            waltz.at(old).files(&files.map(str::to_owned)),
            stems
                .made("a1a1", &[("5ca1ab1e-0001", "Vocals", 170.2), ("0ddba11e-0002", "Instrumental", 170.2)])
                .files(&[below("songs/stems/A slow waltz vocals-5ca1ab1e.mp3")]),
            moon.with(|receipt| {
                (receipt.route, receipt.name) = (Route::Market, Some("order-4711".to_owned()));
                receipt.credits = serde_json::from_value(json!(14.5)).ok();
            }),
            fiddles
                .with(|receipt| receipt.reason = Some("code 413: the upload matches existing work of art".to_owned())),
            lost,
            words,
            longer.with(|receipt| receipt.stage = Some(Stage::Text)),
            persona.with(|receipt| receipt.reason = Some("code 422: the persona exists".to_owned())),
            unsent,
        ],
    );
    desk
}
