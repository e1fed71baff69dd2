//! What callgrind collects: nothing but the work that passes through here.

/// The name under which callgrind finds it.
pub(crate) const NAME: &str = "kie_bench::collected::collected";

#[inline(never)]
pub(crate) fn collected(work: &mut dyn FnMut()) {
    work();
    // Something after the work, so that it is called and not jumped to.
    std::hint::black_box(());
}
