//! Headers for continuing a file after a broken connection.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE},
};

/// Headers that identify one version of a file. They tell whether a later response belongs to the same version.
#[derive(Debug, Default)]
pub(crate) struct Validators {
    tag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    total: Option<u64>,
}

impl Validators {
    /// Reads the headers of a response that contains the whole file.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let of = |name| headers.get(name).cloned();
        Self { tag: of(ETAG), modified: of(LAST_MODIFIED), total: length(headers) }
    }

    /// Returns the size of the file in bytes, if it is known.
    pub(crate) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns headers that ask for the rest of the file from the position `at`, in bytes. If a strong tag or a date is
    /// known, the headers also ask for the whole file in case it has changed. Returns no headers if `at` is 0, or if no
    /// strong tag, no date and no size of the file is known.
    pub(crate) fn range_headers(&self, at: u64) -> HeaderMap {
        let mut headers = HeaderMap::new();
        // A weak tag is not used, because files with different bytes may have the same weak tag.
        let tag = self.tag.as_ref().filter(|tag| tag.as_bytes().starts_with(b"\""));
        let validator = tag.or(self.modified.as_ref());
        if at > 0 && (validator.is_some() || self.total.is_some()) {
            headers.extend(HeaderValue::try_from(format!("bytes={at}-")).ok().map(|range| (RANGE, range)));
            headers.extend(validator.map(|validator| (IF_RANGE, validator.clone())));
        }
        headers
    }

    /// Returns the position at which the part of the file in this response ends, in bytes. Returns `None` if the part
    /// does not begin at `at`, or if a header differs from the known tag, date or size of the file.
    pub(crate) fn part_end(&mut self, headers: &HeaderMap, at: u64) -> Option<u64> {
        let (first, end, total) = content_range(headers.get(CONTENT_RANGE)?.to_str().ok()?)?;
        let is_same = |name: HeaderName, known: &Option<HeaderValue>| {
            headers.get(name).zip(known.as_ref()).is_none_or(|(now, then)| now == then)
        };
        let fits = first == at
            && self.total.is_none_or(|known| known == total)
            && length(headers).is_none_or(|length| length == end - first)
            && is_same(ETAG, &self.tag)
            && is_same(LAST_MODIFIED, &self.modified);
        fits.then(|| {
            self.total = Some(total);
            end
        })
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Parses a `Content-Range` header such as `bytes 5-9/10`. Returns the position of the first byte, the position after
/// the last byte, and the size of the whole file, all in bytes: for the example 5, 10 and 10.
fn content_range(text: &str) -> Option<(u64, u64, u64)> {
    let (span, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let (first, last, total) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?, total.parse().ok()?);
    (first <= last && last < total).then(|| (first, last + 1, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line = (HeaderName, &'static str);

    fn headers(lines: &[Line]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_rest_is_requested_only_with_a_validator_or_a_size() {
        let ask = |lines: &[_], at| {
            let asked = Validators::of(&headers(lines)).range_headers(at);
            [RANGE, IF_RANGE].map(|name| asked.get(name).map(|value| value.to_str().unwrap().to_owned()))
        };
        let some = |text: &str| Some(text.to_owned());
        let date = "Sat, 22 Nov 2025 08:00:00 GMT";
        assert_eq!(ask(&[(ETAG, "\"a\""), (LAST_MODIFIED, date)], 5), [some("bytes=5-"), some("\"a\"")]);
        assert_eq!(ask(&[(ETAG, "W/\"a\""), (LAST_MODIFIED, date)], 5), [some("bytes=5-"), some(date)]);
        assert_eq!(ask(&[(ETAG, "W/\"a\""), (CONTENT_LENGTH, "9")], 5), [some("bytes=5-"), None]);
        assert_eq!(ask(&[(ETAG, "W/\"a\"")], 5), [None, None]);
        assert_eq!(ask(&[(ETAG, "\"a\""), (CONTENT_LENGTH, "9")], 0), [None, None]);
    }

    #[test]
    fn only_a_part_of_the_same_file_is_accepted() {
        let whole = [(ETAG, "\"a\""), (CONTENT_LENGTH, "10")];
        #[rustfmt::skip]
        let rows: [(&[Line], Option<u64>); 12] = [
            (&[(CONTENT_RANGE, "bytes 5-9/10")],                           Some(10)),
            (&[(CONTENT_RANGE, "bytes 5-7/10"), (CONTENT_LENGTH, "3")],    Some(8)),
            (&[(CONTENT_RANGE, "bytes 5-9/10"), (ETAG, "\"a\"")],          Some(10)),
            (&[(CONTENT_RANGE, "bytes 5-9/10"), (ETAG, "\"b\"")],          None),
            (&[(CONTENT_RANGE, "bytes 5-9/10"), (CONTENT_LENGTH, "4")],    None),
            (&[(CONTENT_RANGE, "bytes 4-9/10")],                           None),
            (&[(CONTENT_RANGE, "bytes 5-10/11")],                          None),
            (&[(CONTENT_RANGE, "bytes 5-9/*")],                            None),
            (&[(CONTENT_RANGE, "bytes 5-4/10")],                           None),
            (&[(CONTENT_RANGE, "bytes 5-10/10")],                          None),
            (&[(CONTENT_RANGE, "bytes 5-18446744073709551615/10")],        None),
            (&[(CONTENT_LENGTH, "5")],                                     None),
        ];
        for (part, end) in rows {
            assert_eq!(Validators::of(&headers(&whole)).part_end(&headers(part), 5), end, "{part:?}");
        }
    }
}
