//! Tests with numbers that rise and fall, and crates that are added and removed.

use super::{
    comparison::{Finding, compare, updated},
    file::{Count, Counts, Crates},
};

fn written() -> Counts {
    let mut written = Counts { rustc: "1.95.0".into(), ..Counts::default() };
    let count = |number, why: Option<&str>| Count { number, why: why.map(Into::into) };
    let counts = written.counts.entry("instructions".into()).or_default();
    counts.insert("post, facade".into(), count(50_000.0, Some("a \"reason\"\nof two lines")));
    written.counts.entry("allocations".into()).or_default().insert("verify".into(), count(0.0, None));
    let crates = Crates {
        most: 3,
        names: ["kie-types", "serde"].map(Into::into).into(),
        new: [("itoa".to_owned(), "numbers".to_owned())].into(),
    };
    written.crates.insert("kie-types".into(), crates);
    written
}

fn found(instructions: f64, allocations: f64, crates: &[&str]) -> Finding {
    let mut found = Finding::default();
    found.count("instructions", "post, facade", instructions);
    found.count("allocations", "verify", allocations);
    found.crates.insert("kie-types".into(), crates.iter().map(|&name| name.into()).collect());
    found
}

const CRATES: &[&str] = &["itoa", "kie-types", "serde"];

#[test]
fn the_file_is_read_as_it_is_written() -> anyhow::Result<()> {
    assert_eq!(Counts::parse(&written().text())?, written());
    Ok(())
}

#[test]
fn two_percent_are_no_change() -> anyhow::Result<()> {
    for number in [49_001.0, 50_000.0, 50_999.0] {
        assert!(compare(&written(), &found(number, 0.0, CRATES)).is_empty());
        assert_eq!(updated(&written(), &found(number, 0.0, CRATES), None)?, written());
    }
    Ok(())
}

#[test]
fn a_rise_fails_and_is_written_with_its_reason_alone() -> anyhow::Result<()> {
    let found = found(51_001.0, 0.01, CRATES);
    assert_eq!(compare(&written(), &found).len(), 2);
    assert!(updated(&written(), &found, None).is_err());
    let updated = updated(&written(), &found, Some("checks more"))?;
    let count = &updated.counts["instructions"]["post, facade"];
    assert_eq!((count.number, count.why.as_deref()), (51_001.0, Some("checks more")));
    assert!(compare(&updated, &found).is_empty());
    Ok(())
}

#[test]
fn a_fall_fails_too_and_keeps_the_reason() -> anyhow::Result<()> {
    let found = found(40_000.0, 0.0, CRATES);
    let wrong = compare(&written(), &found);
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].contains("-20.0 %"), "{wrong:?}");
    let updated = updated(&written(), &found, None)?;
    let count = &updated.counts["instructions"]["post, facade"];
    assert_eq!((count.number, count.why.as_deref()), (40_000.0, Some("a \"reason\"\nof two lines")));
    Ok(())
}

#[test]
fn a_number_that_is_new_or_missing_fails() -> anyhow::Result<()> {
    let mut found = found(50_000.0, 0.0, CRATES);
    found.count("bytes", "verify", 12.0);
    found.counts.remove("allocations");
    assert_eq!(compare(&written(), &found).len(), 2);
    let updated = updated(&written(), &found, None)?;
    assert!(compare(&updated, &found).is_empty());
    assert!(!updated.counts.contains_key("allocations"));
    Ok(())
}

#[test]
fn a_unit_that_cannot_be_counted_keeps_its_numbers() -> anyhow::Result<()> {
    let mut found = found(50_000.0, 0.0, CRATES);
    found.counts.remove("instructions");
    found.left_out = Some("instructions");
    assert!(compare(&written(), &found).is_empty());
    assert_eq!(updated(&written(), &found, None)?, written());
    Ok(())
}

#[test]
fn a_new_crate_needs_a_reason_and_a_higher_maximum() -> anyhow::Result<()> {
    let found = found(50_000.0, 0.0, &["itoa", "kie-types", "serde", "tokio"]);
    // One message names the new crate. The other says that the number of crates is above the maximum.
    assert_eq!(compare(&written(), &found).len(), 2);
    assert!(updated(&written(), &found, None).is_err());
    let mut updated = updated(&written(), &found, Some("a runtime"))?;
    assert_eq!(updated.crates["kie-types"].new["tokio"], "a runtime");
    assert_eq!(compare(&updated, &found).len(), 1, "the maximum is only changed by hand");
    updated.crates.entry("kie-types".into()).or_default().most = 4;
    assert!(compare(&updated, &found).is_empty());
    Ok(())
}

#[test]
fn a_removed_crate_must_be_committed() -> anyhow::Result<()> {
    let found = found(50_000.0, 0.0, &["kie-types"]);
    assert_eq!(compare(&written(), &found).len(), 2);
    let updated = updated(&written(), &found, None)?;
    assert!(updated.crates["kie-types"].new.is_empty());
    assert!(compare(&updated, &found).is_empty());
    Ok(())
}
