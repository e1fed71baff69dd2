//! Times in a track.

/// Reads a time in a track: seconds, such as `92.5`, or minutes and seconds, such as `1:32.5`. Returns seconds.
pub(crate) fn time(text: &str) -> Result<f64, String> {
    let wrong = || "not a time: give seconds, such as 92.5, or minutes and seconds, such as 1:32.5".to_owned();
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '.');
    let mut parts = text.rsplit(':');
    let last = parts.next().filter(|part| plain(part)).ok_or_else(wrong)?;
    let mut seconds: f64 = last.parse().map_err(|_| wrong())?;
    for (unit, part) in [60.0, 3_600.0].into_iter().zip(parts.by_ref()) {
        seconds += unit * part.parse::<u16>().map(f64::from).map_err(|_| wrong())?;
    }
    match parts.next() {
        None => Ok(seconds),
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        let read = |text: &str| time(text).ok();
        assert_eq!(["92.5", "1:32.5", "0", "1:02:03", "7"].map(read), [92.5, 92.5, 0.0, 3_723.0, 7.0].map(Some));
        for wrong in ["", ":", "-1", "1:", ":30", "1e3", "inf", "nan", "1:-2", "a", "1:2:3:4", "1.5:30"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
