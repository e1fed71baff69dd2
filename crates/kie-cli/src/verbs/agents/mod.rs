//! Verbs for agents: a server of tools, and a guide to the command line.

pub(crate) mod mcp;
pub(crate) mod skill;
