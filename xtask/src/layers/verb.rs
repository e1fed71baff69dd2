//! The verb: what must hold of the arrows, and the drawing of those between rooms.

use anyhow::ensure;

use super::{
    crates,
    drawing::drawing,
    exceptions::{EXCEPTIONS, wrong},
    houses::houses,
    rules::broken,
};

/// Prints the rooms of each crate, and fails if the arrows do not hold.
pub(crate) fn run() -> anyhow::Result<()> {
    let houses = houses()?;
    for house in &houses {
        println!("{}", drawing(&house.name, &house.graph));
    }
    let mut all = crates::wrong()?;
    let found: Vec<_> = houses.iter().map(|house| (house.name.clone(), broken(&house.graph, &house.beside))).collect();
    all.extend(wrong(&found, EXCEPTIONS));
    ensure!(all.is_empty(), "the arrows do not hold:\n  {}", all.join("\n  "));
    println!("the arrows hold between the crates and between the rooms of {} crates", houses.len());
    Ok(())
}

/// The rooms of each crate that is part of the product.
pub(crate) fn drawings() -> anyhow::Result<String> {
    let products = houses()?.into_iter().filter(|house| house.is_product);
    Ok(products.map(|house| drawing(&house.name, &house.graph)).collect::<Vec<_>>().join("\n"))
}
