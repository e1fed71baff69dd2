//! The function that callgrind collects. It counts only the work inside.

/// Name of the function for callgrind.
pub(crate) const NAME: &str = "kie_bench::collected::collected";

#[inline(never)]
pub(crate) fn collected(work: &mut dyn FnMut()) {
    work();
    // The work is not the last statement, so that the compiler calls it instead of jumping to it.
    std::hint::black_box(());
}
