//! Screens of the verbs that make songs.

use std::fs;

use kie_sandbox::{Sandbox, Speed};

use crate::stage::{
    desk::Desk,
    screen::{Screens, on_both_sizes},
    service::Service,
    stand_ins::StandIns,
};

/// Lyrics with characters of different widths.
pub(super) const LYRICS: &str = "[Verse]\n最后一班电车\nTram bells at dawn 🎹\n\n[Chorus]\nand no one waits";

/// Returns a desk with the files of the command lines. Its simulator repeats its ids, durations and sizes.
pub(super) fn desk(speed: Speed) -> Desk {
    let desk = Desk::of(Service::of(Sandbox::builder().speed(speed).seed(7).build()));
    fs::write(desk.path("lyrics.txt"), LYRICS).unwrap();
    fs::write(desk.path("hum.wav"), b"RIFF\x04\0\0\0WAVE").unwrap();
    desk
}

/// Names of the screens and their command lines, with an exit code of 0.
const GENERATED: [(&str, &str); 8] = [
    ("generate", r#"kie generate "a slow waltz for two accordions""#),
    (
        "generate-wide",
        r#"kie generate @lyrics.txt --style "chamber pop" --title "最后一班电车演奏的告别曲" --duration 2:30 --save songs --extras"#,
    ),
    ("generate-no-wait", r#"kie generate "a march of the tin soldiers" --name order-4711 --no-wait"#),
    ("generate-again", r#"kie generate "a march of the tin soldiers" --name order-4711 --save songs"#),
    (
        "generate-market",
        r#"kie --route market generate --lyrics @lyrics.txt --style lo-fi --title "Café 🎹 at 2 a.m. 👩‍🎤" --save songs"#,
    ),
    ("generate-warning", r#"kie generate "a waltz" --negative-tags drums --save songs"#),
    ("generate-dry-run", r#"kie generate @lyrics.txt --style "chamber pop" --title "Café 🎹 at 2 a.m. 👩‍🎤" --dry-run"#),
    ("generate-dry-run-market", r#"kie --route market generate "a waltz" --audio hum.wav --dry-run"#),
];

#[test]
fn screens_of_generate_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("results/generate", size));
        for (name, line) in GENERATED {
            screens.take(name, 0, desk.kie(), line);
        }
        screens.compare(&StandIns::of(&desk));
    });
}

const MADE_FROM_SONGS: [(&str, &str); 10] = [
    ("extend", "kie extend --last --save songs"),
    (
        "extend-own",
        r#"kie extend --last --at 0:40 --style "chamber pop" --lyrics "[Bridge] Stay" --title "Café 🎹 at 2 a.m. 👩‍🎤""#,
    ),
    ("cover", r#"kie cover hum.wav --idea "a bossa nova with brushed drums" --save songs"#),
    (
        "cover-of-a-song",
        r#"kie cover --last --style "string quartet" --title "最后一班电车演奏的告别曲" --instrumental"#,
    ),
    (
        "add-vocals",
        r#"kie add-vocals hum.wav --lyrics @lyrics.txt --style folk --negative-tags edm --title Harbour --save songs"#,
    ),
    ("add-instrumental", r#"kie add-instrumental --last --style "brass band" --negative-tags edm --save songs"#),
    ("mashup", r#"kie mashup hum.wav hum.wav --idea "a march that turns into a lullaby" --save songs"#),
    ("sounds", r#"kie sounds "train over rail joints, steady" --loop --tempo 96 --key "F#m" --save sounds"#),
    (
        "replace",
        r#"kie replace --last --from 0:05 --to 0:20 --style folk --lyrics "New words" --full-lyrics @lyrics.txt --save songs"#,
    ),
    ("extend-no-wait", "kie extend --last --no-wait"),
];

#[test]
fn screens_of_new_songs_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("results/songs", size));
        let lyrics = ["generate", "@lyrics.txt", "--style", "chamber pop", "--title", "最后一班电车演奏的告别曲"];
        desk.json(0, &[&lyrics[..], &["--save", "songs"]].concat());
        for (name, line) in MADE_FROM_SONGS {
            if name == "replace" {
                desk.json(0, &[&lyrics[..], &["--save", "songs"]].concat());
            }
            screens.take(name, 0, desk.kie(), line);
        }
        screens.compare(&StandIns::of(&desk));
    });
}
