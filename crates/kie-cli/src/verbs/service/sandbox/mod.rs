//! `kie sandbox`: serves the simulator on a loopback address.

mod log;
mod serve;
mod start;

pub(crate) use serve::{SandboxArgs, run};
