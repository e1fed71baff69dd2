//! `kie listen`: receives callbacks until Ctrl-C.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use anyhow::anyhow;
use clap::Args;
use kie_suno::{
    callbacks::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
    records::Timestamp,
    transport::http::HeaderMap,
};

use crate::{
    args::{GlobalArgs, WEBHOOK_KEY, WebhookKeyArgs},
    exit::{ExitError, Interrupt},
};

use super::{
    client::{CallbackClient, ReceiverUrl},
    documents::{CallbackWord, ListenStarted, ReceivedCallback, StartedEvent},
    guard::{Admitted, Guard},
    redeliveries::Redeliveries,
    server::{Arrival, Server},
    tell::{tell, tell_start},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ListenArgs {
    /// Port. 0 chooses a free port
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// IP address of this machine to listen on. With another address than a loopback address, other machines can send
    /// callbacks, so a webhook key or --allow-unsigned is needed
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Address to which accepted callbacks are forwarded, with the same body, signature and query: https, or http on a
    /// loopback address
    #[arg(long, value_name = "URL")]
    forward: Option<ReceiverUrl>,
    #[command(flatten)]
    keys: WebhookKeyArgs,
    /// Accept callbacks without a signature, although there is a webhook key
    #[arg(long)]
    allow_unsigned: bool,
    /// End after this number of accepted callbacks [default: end at Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
}

const EXAMPLES: &str = "\
Examples:
  kie listen
  kie listen --port 9000 --forward http://127.0.0.1:3000/kie
  kie listen --port 0 --count 1 --format json";

/// Headers that are printed and forwarded.
const HEADERS: [&str; 3] = ["Content-Type", TIMESTAMP_HEADER, SIGNATURE_HEADER];

pub(crate) async fn run(args: &ListenArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let guard = Guard::new(&args.keys.all(), args.allow_unsigned);
    let (verifies, allows_unsigned) = (guard.verifies(), guard.allows_unsigned());
    if !verifies && !args.allow_unsigned && !args.host.is_loopback() {
        let what = format!(
            "on {}, every machine that can reach it could send callbacks, and there is no webhook key: set {}, or add \
             --allow-unsigned",
            args.host, WEBHOOK_KEY
        );
        return Err(ExitError::Usage(what));
    }
    let address = SocketAddr::new(args.host, args.port);
    let mut server = Server::listen(address, guard).await.map_err(|error| cannot_listen(address, &error))?;
    let (forward, format) = (args.forward.as_ref(), global.format);
    let (event, url) = (StartedEvent::Started, format!("http://{}/", server.address));
    let started = ListenStarted { event, url, verifies, allows_unsigned, forward: forward.map(ToString::to_string) };
    tell_start(&started, server.address, format);
    let (client, mut redeliveries, mut accepted) = (CallbackClient::new(), Redeliveries::default(), 0);
    while args.count.is_none_or(|count| accepted < count) {
        let next = async {
            let arrival = server.next().await?;
            Some(handle(arrival, forward, &client, &mut redeliveries).await)
        };
        let callback = tokio::select! {
            biased;
            () = interrupt.received() => return Ok(()),
            callback = next => callback,
        };
        let Some(callback) = callback else { break };
        tell(&callback, forward, format);
        accepted += u64::from(callback.refused.is_none());
    }
    server.stop().await;
    Ok(())
}

/// Forwards an accepted callback. Returns the document of the callback.
async fn handle(
    arrival: Arrival,
    forward: Option<&ReceiverUrl>,
    client: &CallbackClient,
    redeliveries: &mut Redeliveries,
) -> ReceivedCallback {
    let Arrival { time, query, headers, body, admitted } = arrival;
    let headers = printed(&headers);
    let mut callback = ReceivedCallback {
        event: CallbackWord::Callback,
        time: Timestamp::from(time).to_utc().unwrap_or_default(),
        status: admitted.as_ref().map_or_else(|refusal| refusal.status().as_u16(), |_| 200),
        refused: admitted.as_ref().err().copied(),
        verified: false,
        redelivery: false,
        kind: None,
        task_id: None,
        report: None,
        query,
        headers,
        body: None,
        forward: None,
    };
    let (Ok(Admitted { is_verified, callback: read }), Some(body)) = (admitted, body) else { return callback };
    callback.verified = is_verified;
    callback.redelivery = redeliveries.knows(&body);
    callback.kind = read.job().map(str::to_owned);
    callback.task_id = read.task_id().map(str::to_owned);
    callback.report = read.report();
    callback.body = String::from_utf8(body.to_vec()).ok();
    if let Some(receiver) = forward {
        let answer = client.post(receiver, callback.query.as_deref(), &callback.headers, body).await;
        callback.forward = Some(answer);
    }
    callback
}

fn printed(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(|value| (name.to_owned(), value.to_owned()));
    HEADERS.into_iter().filter_map(text).collect()
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> ExitError {
    let advice = "choose another port with --port; --port 0 takes a free one";
    ExitError::Other(match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!("{address} is already in use; {advice}"),
        _ => anyhow!("{address} cannot be opened: {error}; {advice}"),
    })
}
