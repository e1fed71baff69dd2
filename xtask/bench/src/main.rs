//! The program that is timed, and that starts the other processes: see `cargo xtask bench`.

fn main() -> anyhow::Result<()> {
    kie_bench::run(None)
}
