//! Screens of what is made of a track.

use kie_sandbox::Speed;

use crate::{
    screens::songs::desk,
    stage::{
        screen::{Screens, on_both_sizes},
        stand_ins::StandIns,
    },
};

/// Names of the screens and their command lines, with an exit code of 0.
const MADE: [(&str, &str); 20] = [
    ("wav", "kie wav --last --save songs"),
    ("wav-unsaved", "kie wav --last --track 2"),
    ("stems", "kie stems --last --save stems"),
    ("stems-all", "kie stems --last --type all"),
    ("stems-one", r#"kie stems --last --stem "Lead Vocal" --save stems"#),
    ("midi", "kie midi --last --save midi"),
    ("midi-unsaved", "kie midi --last"),
    ("video", "kie video --last --author Nachtfalter --save videos"),
    ("artwork", "kie artwork --last --save covers"),
    ("artwork-again", "kie artwork --last"),
    ("timed-lyrics", "kie timed-lyrics --last"),
    ("timed-lyrics-srt", "kie timed-lyrics --last --as srt"),
    ("timed-lyrics-saved", "kie timed-lyrics --last --save"),
    ("persona", r#"kie persona --last --description "warm alto, close mic""#),
    ("link", "kie link --last"),
    ("show-persona", "kie show --last"),
    ("show", "kie show TRACK"),
    ("open", "kie open TRACK"),
    ("open-folder", "kie open TRACK --folder"),
    ("open-link", "kie open TRACK --link"),
];

#[test]
fn screens_of_tracks_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("results/tracks", size));
        let song = ["generate", "@lyrics.txt", "--style", "chamber pop", "--title", "Café 🎹 at 2 a.m. 👩‍🎤"];
        let made = desk.json(0, &[&song[..], &["--save", "songs"]].concat());
        let track = &made["items"][0]["id"].as_str().unwrap()[..8];
        for (name, line) in MADE {
            let mut kie = desk.kie();
            // Nothing is opened on the desktop of this machine.
            for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"] {
                kie.env_remove(name);
            }
            screens.take(name, 0, kie, &line.replace("TRACK", track));
        }
        screens.compare(&StandIns::of(&desk));
    });
}
