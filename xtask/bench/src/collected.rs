//! A function whose instructions callgrind counts. callgrind counts no instructions outside of this function.

/// Name of the function for the option `--toggle-collect` of callgrind.
pub(crate) const NAME: &str = "kie_bench::collected::collected";

#[inline(never)]
pub(crate) fn collected(work: &mut dyn FnMut()) {
    work();
    // With this statement, the call of `work` is not the last one in the function. The compiler could replace a call at
    // the end of the function by a jump.
    std::hint::black_box(());
}
