//! The command `cargo xtask layers`. It checks all rules and prints the rooms of each crate. A room is a folder or file
//! directly under a crate's `src/`.

use anyhow::ensure;

use super::{
    crate_files::read_crates,
    crates,
    drawing::drawing,
    exceptions::{EXCEPTIONS, wrong},
    rules::broken,
};

/// Prints the rooms of each crate (the folders and files directly under `src/`). Fails if a rule is broken without an
/// exception, or if an exception is not needed.
pub(crate) fn run() -> anyhow::Result<()> {
    let crates = read_crates()?;
    for krate in &crates {
        println!("{}", drawing(&krate.name, &krate.graph));
    }
    let mut all = crates::wrong()?;
    let found: Vec<_> =
        crates.iter().map(|krate| (krate.name.clone(), broken(&krate.graph, &krate.folder_sizes))).collect();
    all.extend(wrong(&found, EXCEPTIONS));
    ensure!(all.is_empty(), "dependencies that are not allowed:\n  {}", all.join("\n  "));
    println!("all dependencies are allowed, between the crates and between the rooms of {} crates", crates.len());
    Ok(())
}

/// Returns the rooms of each crate under `crates/` as text. Rooms are the folders and files directly under `src/`.
pub(crate) fn drawings() -> anyhow::Result<String> {
    let products = read_crates()?.into_iter().filter(|krate| krate.is_product);
    Ok(products.map(|krate| drawing(&krate.name, &krate.graph)).collect::<Vec<_>>().join("\n"))
}
