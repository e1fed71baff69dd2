//! Writes the seeds of each fuzz target into `corpus/<target>`, where `cargo fuzz` looks for them.

use std::{fs, io, path::Path};

use kie_fuzz::{TARGETS, seeds::seeds};

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in TARGETS {
        let folder = fuzz.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        let seeds = seeds(target, &fuzz.join("../../tests/fixtures"));
        println!("{target}: {} seeds", seeds.len());
        for (name, seed) in seeds {
            fs::write(folder.join(name.replace('/', "-")), seed)?;
        }
    }
    Ok(())
}
