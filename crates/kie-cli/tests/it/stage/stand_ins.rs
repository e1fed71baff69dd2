//! Stand-ins for what differs from run to run. They have the same width, so that columns stay as they are.

use crate::stage::desk::Desk;

/// Forms of what depends on the time, with their stand-ins. `#` is any digit, and `*` is any hexadecimal digit.
const FORMS: [(&str, &str); 6] = [
    ("####-##-## ##:## UTC", "2026-01-05 14:02 UTC"),
    ("##:##:## UTC", "14:02:31 UTC"),
    ("the host's by # s", "the host's by 0 s"),
    ("kie-suno/****************-", "kie-suno/578efa5d0f623389-"),
    ("Expires=##########", "Expires=1767622920"),
    ("Signature=********************************", "Signature=a7c92cf10f4bb044f0b4b1b94408ab71"),
];

/// Texts with their stand-ins.
#[derive(Default)]
pub(crate) struct StandIns(Vec<(String, String)>);

impl StandIns {
    /// Returns the stand-ins of a desk: its folder, its address, and the ids of its receipts, the oldest first.
    pub(crate) fn of(desk: &Desk) -> Self {
        let receipts = desk.json(0, &["list", "--all"])["receipts"].as_array().unwrap().clone();
        let ids = receipts.iter().rev().map(|receipt| receipt["receipt"].as_str().unwrap().to_owned());
        let folder = desk.folder.path().to_str().unwrap().to_owned();
        let mut stand_ins =
            Self::default().with(folder, "/home/mia/songs").with(desk.service.url(), "http://127.0.0.1:48787");
        for (number, id) in (1..).zip(ids) {
            let stand_in = format!("{number:x}ece1b70");
            let stand_in = &stand_in[stand_in.len() - 8..];
            stand_ins = stand_ins.with(&id, format!("{stand_in:0<32}")).with(&id[..8], stand_in);
        }
        stand_ins
    }

    /// Adds the stand-in of a text.
    pub(crate) fn with(mut self, text: impl Into<String>, stand_in: impl Into<String>) -> Self {
        self.0.push((text.into(), stand_in.into()));
        self
    }

    pub(crate) fn apply(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, (real, stand_in)| text.replace(real, stand_in));
        FORMS.iter().fold(text, |text, (form, stand_in)| with_form(&text, form, stand_in))
    }
}

/// Replaces the parts of a text that have this form.
fn with_form(text: &str, form: &str, stand_in: &str) -> String {
    let fits = |(byte, of): (&u8, u8)| match of {
        b'#' => byte.is_ascii_digit(),
        b'*' => byte.is_ascii_hexdigit(),
        of => *byte == of,
    };
    let has_form = |bytes: &[u8]| bytes.iter().zip(form.bytes()).all(fits);
    let (mut rest, mut replaced) = (text, String::new());
    while let Some(at) = rest.as_bytes().windows(form.len()).position(has_form) {
        replaced += &rest[..at];
        replaced += stand_in;
        rest = &rest[at + form.len()..];
    }
    replaced + rest
}
