//! Making calls: those that only read, and those that can cost money.

mod ask;
mod call;
mod leaving;
mod pay;
mod reserve;
mod time_left;
