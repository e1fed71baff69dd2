//! Writes Standard MIDI Files.

use super::generate_midi::{Instrument, Note};
use crate::value::Seconds;

/// Number of ticks per quarter note. A tick is the unit of time in the file.
const DIVISION: u16 = 480;
/// Number of ticks per second. The tempo is 120 quarter notes per minute, so there are two quarter notes in a second.
const TICKS_PER_SECOND: f64 = 2.0 * DIVISION as f64;
/// Latest tick at which a note can end: the largest number that the file format can store. It is more than three days
/// after the start of the music.
const LATEST: u32 = 0x0FFF_FFFF;
/// Number of the MIDI channel for drums, counted from 0.
const DRUMS: u8 = 9;

/// Returns the bytes of a Standard MIDI File of format 1. The file has a track with the tempo, and one track for each
/// instrument.
pub(crate) fn midi_file(instruments: &[Instrument]) -> Vec<u8> {
    // Event that sets the tempo: 500,000 microseconds per quarter note, which is 120 quarter notes per minute.
    let tempo = [0x00, 0xFF, 0x51, 0x03, 0x07, 0xA1, 0x20];
    let instruments = &instruments[..instruments.len().min(usize::from(u16::MAX) - 1)];
    let mut file = b"MThd\0\0\0\x06\0\x01".to_vec();
    file.extend((instruments.len() as u16 + 1).to_be_bytes());
    file.extend(DIVISION.to_be_bytes());
    push_track(&mut file, &tempo);
    let mut melodic_channels = (0..16).filter(|channel| *channel != DRUMS).cycle();
    for instrument in instruments {
        let name = instrument.name.as_deref().unwrap_or_default();
        let is_drums = ["drum", "percussion"].iter().any(|word| name.to_lowercase().contains(word));
        let channel = if is_drums { DRUMS } else { melodic_channels.next().unwrap_or_default() };
        push_track(&mut file, &events(name, channel, &instrument.notes));
    }
    file
}

fn push_track(file: &mut Vec<u8>, events: &[u8]) {
    const END: [u8; 4] = [0x00, 0xFF, 0x2F, 0x00];
    file.extend(b"MTrk");
    file.extend(((events.len() + END.len()) as u32).to_be_bytes());
    file.extend(events);
    file.extend(END);
}

/// Returns the bytes of the events of a track: first the name of the track, then its notes. Each event begins with the
/// time since the previous event, in ticks.
fn events(name: &str, channel: u8, notes: &[Note]) -> Vec<u8> {
    // If one note ends and the next note begins at the same tick, the end must come first. Sorting by tick and then by
    // status byte ensures this order, because the status byte of note-off is smaller than the status byte of note-on.
    let mut timed: Vec<(u32, u8, u8, u8)> =
        notes.iter().filter_map(|note| note_events(note, channel)).flatten().collect();
    timed.sort_unstable();
    let mut events = vec![0x00, 0xFF, 0x03];
    push_number(&mut events, name.len().min(LATEST as usize) as u32);
    events.extend(name.bytes().take(LATEST as usize));
    let mut now = 0;
    for (tick, status, pitch, velocity) in timed {
        push_number(&mut events, tick - now);
        events.extend([status, pitch, velocity]);
        now = tick;
    }
    events
}

/// Returns the two events of a note: the event of its start and the event of its end. Each event is a tuple of tick,
/// status byte, pitch and velocity. Returns `None` for a note without a valid pitch or without a start.
fn note_events(note: &Note, channel: u8) -> Option<[(u32, u8, u8, u8); 2]> {
    let pitch = u8::try_from(note.pitch?).ok().filter(|pitch| *pitch < 128)?;
    // The cast saturates at the limits of `u32`, and turns NaN into 0.
    let tick = |time: Seconds| ((time.get() * TICKS_PER_SECOND).round() as u32).min(LATEST);
    let start = tick(note.start?).min(LATEST - 1);
    let end = note.end.map_or(0, tick).max(start + 1);
    let velocity = (note.velocity.unwrap_or(0.8) * 127.0).round().clamp(1.0, 127.0) as u8;
    Some([(start, 0x90 | channel, pitch, velocity), (end, 0x80 | channel, pitch, 0)])
}

/// Appends a number in the variable-length form of MIDI files. Each byte has seven bits of the number. The highest bit
/// of a byte is set if more bytes follow.
fn push_number(events: &mut Vec<u8>, number: u32) {
    for shift in [21, 14, 7] {
        if number >> shift > 0 {
            events.push((number >> shift & 0x7F) as u8 | 0x80);
        }
    }
    events.push((number & 0x7F) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instrument(name: &str, notes: &serde_json::Value) -> Instrument {
        serde_json::from_value(serde_json::json!({ "name": name, "notes": notes })).unwrap_or_default()
    }

    #[test]
    fn a_note_is_written_byte_for_byte() {
        let notes = serde_json::json!([{ "pitch": 60, "start": "0.5", "end": 0.9375, "velocity": 0.8 }]);
        #[rustfmt::skip]
        let expected = [
            &b"MThd\0\0\0\x06\0\x01\0\x02\x01\xE0"[..],
            b"MTrk\0\0\0\x0B\0\xFF\x51\x03\x07\xA1\x20\0\xFF\x2F\0",
            // Expected bytes of the track of the piano. Its note starts at tick 480, lasts 420 ticks, and has the
            // velocity 102, which is 0.8 times 127.
            b"MTrk\0\0\0\x17\0\xFF\x03\x05Piano\x83\x60\x90\x3C\x66\x83\x24\x80\x3C\0\0\xFF\x2F\0",
        ]
        .concat();
        assert_eq!(midi_file(&[instrument("Piano", &notes)]), expected);
    }

    #[test]
    fn numbers_are_written_as_the_standard_shows_them() {
        for (number, bytes) in [
            (0, &[0x00][..]),
            (0x7F, &[0x7F]),
            (0x80, &[0x81, 0x00]),
            (0x3FFF, &[0xFF, 0x7F]),
            (0x10_0000, &[0xC0, 0x80, 0x00]),
            (LATEST, &[0xFF, 0xFF, 0xFF, 0x7F]),
        ] {
            let mut written = Vec::new();
            push_number(&mut written, number);
            assert_eq!(written, bytes, "{number:#x}");
        }
    }

    #[test]
    fn a_note_ends_before_the_same_one_begins_again() {
        let note = |start: f64| serde_json::json!({ "pitch": 38, "start": start, "end": start + 0.5, "velocity": 1 });
        let drums = instrument("Drums", &serde_json::json!([note(0.5), note(0.0)]));
        let events = events("", DRUMS, &drums.notes);
        #[rustfmt::skip]
        let expected = [
            0x00, 0xFF, 0x03, 0x00, 0x00, 0x99, 38, 127, 0x83, 0x60, 0x89, 38, 0, 0x00, 0x99, 38, 127, 0x83, 0x60, 0x89, 38, 0,
        ];
        assert_eq!(events, expected);
    }

    #[test]
    fn invalid_notes_are_left_out_and_nothing_overflows() {
        let notes = serde_json::json!([
            {}, { "pitch": 60 }, { "pitch": 128, "start": 0 }, { "pitch": -1, "start": 0 }, { "start": 0 },
            { "pitch": 60, "start": -5, "end": -7, "velocity": -1 },
            { "pitch": 61, "start": 1e300, "end": 1e300, "velocity": 1e300 },
        ]);
        let events = events("", 0, &instrument("", &notes).notes);
        assert_eq!(
            events[4..],
            [0, 0x90, 60, 1, 1, 0x80, 60, 0, 0xFF, 0xFF, 0xFF, 0x7D, 0x90, 61, 127, 1, 0x80, 61, 0]
        );
    }
}
