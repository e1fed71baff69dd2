//! Tests of `kie listen`, `kie trigger` and `kie replay`.

mod application;
mod forwarding;
mod listen;
mod replay;
mod trigger;
