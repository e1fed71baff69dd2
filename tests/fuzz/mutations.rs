//! Small mutations of an input, always the same ones for the same input.

/// Texts that are inserted at any place: characters with a meaning in JSON, HTTP or a terminal, and extreme values.
const INSERTED: [&[u8]; 20] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"\\",
    b"\n",
    b"@",
    b"\0",
    b"\xff",
    b"\\ud83c",
    b"\\u0000",
    b"1e999",
    b"-0.0",
    b"9223372036854775808",
    "\u{202e}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{feff}".as_bytes(),
];
/// Depth of the nested lists and of the nested objects that replace a value. Also the number of escaped characters in
/// the text that replaces a value.
const DEPTH: usize = 200;

/// Returns mutations of an input: `count` of each kind.
pub(super) fn mutations(input: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut random =
        Random(input.iter().fold(1, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)));
    let mut out = Vec::new();
    for _ in 0..count {
        let at = random.below(input.len());
        out.push(input[..at].to_vec());

        let mut flipped = input.to_vec();
        flipped[at] ^= 1 << random.below(8);
        out.push(flipped);

        let (at, end) = (random.below(input.len()), random.below(input.len()));
        let (begin, end) = (at.min(end), at.max(end).min(at.min(end) + 64));
        out.push([&input[..end], &input[begin..]].concat());
        out.push([&input[..begin], &input[end..]].concat());
        out.push([&input[..at], INSERTED[random.below(INSERTED.len())], &input[at..]].concat());

        if let Some((name, value)) = random.field(input) {
            let fields = &input[name..value.end];
            out.push([&input[..value.end], b",", fields, &input[value.end..]].concat());
            out.push([&input[..name], &input[name..value.start], b"null,", &input[name..]].concat());
            let replace = |with: &[u8]| [&input[..value.start], with, &input[value.end..]].concat();
            out.push(replace(&[b"[".repeat(DEPTH), b"]".repeat(DEPTH)].concat()));
            out.push(replace(&[b"{\"a\":".repeat(DEPTH), b"1".to_vec(), b"}".repeat(DEPTH)].concat()));
            out.push(replace(format!("\"{}\"", "\\u202e ".repeat(DEPTH)).as_bytes()));
            // The value of another field, which has probably another type.
            if let Some((_, other)) = random.field(input) {
                out.push(replace(&input[other]));
            }
        }
    }
    out
}

/// A generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }

    /// Chooses a field of a JSON document. Returns the position of its name, and the range of its value. Returns `None`
    /// if the input has no field with a value that is a text, a number or a word.
    fn field(&mut self, input: &[u8]) -> Option<(usize, std::ops::Range<usize>)> {
        let colons: Vec<usize> =
            input.windows(2).enumerate().filter(|(_, pair)| pair == b"\":").map(|it| it.0).collect();
        let quote = *colons.get(self.below(colons.len()))?;
        let name = input[..quote].iter().rposition(|byte| *byte == b'"')?;
        let start = quote + 2;
        let mut length = input[start..].iter().position(|byte| b",}]".contains(byte))?;
        if input[start] == b'"' {
            length = 2 + input[start + 1..].iter().position(|byte| *byte == b'"')?;
        }
        Some((name, start..start + length))
    }
}

#[test]
fn mutations_are_repeatable_and_of_every_kind() {
    let input = br#"{"code":200,"data":{"taskId":"4be1","title":"Stairs"}}"#;
    let mutated = mutations(input, 10);
    assert_eq!(mutated, mutations(input, 10));
    let texts: Vec<_> = mutated.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    assert!(
        texts.iter().any(|text| text.matches("\"title\"").count() == 2 && text.contains(r#""title":null,"title""#))
    );
    assert!(texts.iter().any(|text| text.contains("[[[[")) && texts.iter().any(|text| text.contains(r#"{"a":{"a":"#)));
    assert!(texts.iter().any(|text| text.len() < input.len()));
    assert!(mutated.iter().any(|bytes| bytes.len() == input.len() && bytes != input));
}
