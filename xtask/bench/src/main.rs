//! The program whose times are measured, and which starts the other processes: see `cargo xtask bench`.

fn main() -> anyhow::Result<()> {
    kie_bench::run(None)
}
