//! Names of fields on the market route.

/// Returns the name of a field on the market route: the words of its classic name in snake_case. For example,
/// `infillStartS` becomes `infill_start_s`.
pub(super) fn market_name(classic: &str) -> String {
    let mut name = String::with_capacity(classic.len() + 4);
    for character in classic.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::market_name;

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
        }
    }
}
