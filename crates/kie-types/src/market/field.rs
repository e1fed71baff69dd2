//! Names of fields on the market route.

/// Returns the name of a field on the market route: the words of its classic name in snake_case. For example,
/// `infillStartS` becomes `infill_start_s`.
pub(crate) fn market_name(classic: &str) -> String {
    let mut name = String::with_capacity(classic.len() + 4);
    for character in classic.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Returns the name of a field on the classic route: the words of its name on the market route in camelCase. For
/// example, `infill_start_s` becomes `infillStartS`. A few fields have underscores on the classic route too.
///
/// ```
/// assert_eq!(kie_types::classic_name("infill_start_s"), "infillStartS");
/// ```
pub fn classic_name(market: &str) -> String {
    let mut words = market.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::{classic_name, market_name};

    #[test]
    fn words_are_joined_by_underscores() {
        for (classic, market) in [
            ("prompt", "prompt"),
            ("customMode", "custom_mode"),
            ("infillStartS", "infill_start_s"),
            ("uploadUrlList", "upload_url_list"),
            ("task_id", "task_id"),
        ] {
            assert_eq!(market_name(classic), market);
            if !classic.contains('_') {
                assert_eq!(classic_name(market), classic);
            }
        }
    }
}
