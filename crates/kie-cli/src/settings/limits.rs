//! Values of options and settings that are amounts.

use std::time::Duration;

use kie_suno::Credits;

/// Reads a time limit in seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "this is not a number of seconds".to_owned())?;
    // An unlimited wait is not offered, because a task that is lost at the service would then be awaited forever.
    if seconds <= 0.0 {
        return Err("the time must be more than 0 seconds; --no-wait does not wait at all".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| "this is not a number of seconds".to_owned())
}

/// Reads an amount of credits.
pub(crate) fn credits(text: &str) -> Result<Credits, String> {
    match text.parse::<f64>() {
        Ok(credits) if credits >= 0.0 && credits.is_finite() => Ok(Credits::new(credits)),
        _ => Err("this is not a number of credits, 0 or more".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_below_zero_or_without_end_is_refused() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(credits("0"), Ok(Credits::new(0.0)));
        for text in ["-1", "0", "-0", "nan", "inf", "1e300", "15m", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
        for text in ["-1", "nan", "inf", "12 credits", ""] {
            assert!(credits(text).is_err(), "{text}");
        }
    }
}
