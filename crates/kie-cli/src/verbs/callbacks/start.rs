//! The start message of `kie listen`.

use std::net::SocketAddr;

use crate::{
    args::OutputFormat,
    output::{out, print_json_line},
};

use super::{
    documents::{ListenStarted, StartedEvent},
    post::ReceiverUrl,
};

/// Prints the address of the receiver, and what is done with callbacks.
pub(super) fn print(address: SocketAddr, verifies: bool, forward: Option<&ReceiverUrl>, format: OutputFormat) {
    let url = format!("http://{address}/");
    let forward = forward.map(ToString::to_string);
    if format == OutputFormat::Json {
        let event = StartedEvent::Started;
        return print_json_line(&ListenStarted { event, url, verifies, forward });
    }
    out!("receives callbacks at {url}");
    match verifies {
        true => out!("  only callbacks that are signed with the webhook key are accepted"),
        false => out!("  not verified: there is no webhook key, so every callback is accepted"),
    }
    if let Some(forward) = forward {
        out!("  accepted callbacks are forwarded to {forward}");
    }
    if !address.ip().is_loopback() {
        out!("  every machine that can reach this address can send callbacks");
    }
    out!("  kie trigger and kie sandbox on this machine reach this address; KIE needs a");
    out!("  public address, such as that of a tunnel of your own to port {}", address.port());
    out!("press Ctrl-C to stop");
}
