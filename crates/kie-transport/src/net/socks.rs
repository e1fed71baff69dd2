//! Connects through a SOCKS proxy: version 5 (RFC 1928, with the users and passwords of RFC 1929), and version 4 with
//! its extension 4a. The SOCKS client of hyper-util is not used, because its errors do not show if a refusal is
//! permanent or temporary.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    str::FromStr as _,
};

use hyper_util::client::legacy::connect::dns::Name;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tower_service::Service as _;

use crate::{
    error::{Error, ErrorKind},
    net::{
        proxy::{Protocol, Proxy},
        resolver::{NotPublic, Resolver},
    },
};

/// The host that a proxy should connect to.
enum Target {
    Address(SocketAddr),
    Name(String, u16),
}

/// Asks the proxy to connect to a host. `stream` is the connection to the proxy. For [`Protocol::Socks4`] and
/// [`Protocol::Socks5`], this machine resolves the host name, and the proxy gets only an IP address. For the other
/// protocols, the proxy gets the host name.
pub(crate) async fn open<S>(
    stream: &mut S,
    proxy: &Proxy,
    resolver: Resolver,
    host: &str,
    port: u16,
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let target = target(proxy.protocol, resolver, host, port).await?;
    match proxy.protocol {
        Protocol::Socks4 | Protocol::Socks4a => version4(stream, &target).await,
        _ => version5(stream, proxy.credentials(), &target).await,
    }
}

/// Returns the target for the proxy: the host name, or its IP address for `Socks4` and `Socks5`.
async fn target(protocol: Protocol, mut resolver: Resolver, host: &str, port: u16) -> Result<Target, Error> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(Target::Address(SocketAddr::new(address, port)));
    }
    if matches!(protocol, Protocol::Socks4a | Protocol::Socks5h) {
        return Ok(Target::Name(bare.to_owned(), port));
    }
    let unknown = || Error::new(ErrorKind::Connect, "the host's name cannot be resolved");
    let name = Name::from_str(bare).map_err(|error| unknown().with_source(error))?;
    let mut found = resolver.call(name).await.map_err(|error| match error.is::<NotPublic>() {
        true => NotPublic.into(),
        false => unknown().with_source(error),
    })?;
    let found = found.find(|found| found.is_ipv4() || protocol == Protocol::Socks5).ok_or_else(unknown)?;
    Ok(Target::Address(SocketAddr::new(found.ip(), port)))
}

async fn version5<S>(stream: &mut S, credentials: Option<(&str, &str)>, target: &Target) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    const NO_CREDENTIALS: u8 = 0;
    const CREDENTIALS: u8 = 2;

    let method = if credentials.is_some() { CREDENTIALS } else { NO_CREDENTIALS };
    send(stream, &[5, 1, method]).await?;
    match receive(stream).await? {
        [5, 0xFF] if credentials.is_some() => return Err(lasting("the SOCKS proxy does not ask for a user")),
        [5, 0xFF] => return Err(lasting("the SOCKS proxy requires a user and a password")),
        [5, chosen] if chosen == method => {}
        _ => return Err(invalid()),
    }
    if let Some((user, password)) = credentials {
        let message = [&[1], counted(user)?.as_slice(), counted(password)?.as_slice()].concat();
        send(stream, &message).await?;
        match receive(stream).await? {
            [1, 0] => {}
            [1, _] => return Err(lasting("the SOCKS proxy requires another user or password")),
            _ => return Err(invalid()),
        }
    }
    let mut message = vec![5, 1, 0];
    match target {
        Target::Address(SocketAddr::V4(address)) => {
            message.push(1);
            message.extend(address.ip().octets());
        }
        Target::Address(SocketAddr::V6(address)) => {
            message.push(4);
            message.extend(address.ip().octets());
        }
        Target::Name(name, _) => {
            message.push(3);
            message.extend(counted(name)?);
        }
    }
    message.extend(target.port().to_be_bytes());
    send(stream, &message).await?;
    let [version, reply, _, form] = receive(stream).await?;
    if version != 5 {
        return Err(invalid());
    }
    match reply {
        0 => {}
        1 => return Err(passing("the SOCKS proxy has trouble")),
        2 => return Err(lasting("the rules of the SOCKS proxy do not allow this host")),
        3 => return Err(passing("the SOCKS proxy does not reach the network of the host")),
        4 => return Err(passing("the SOCKS proxy does not reach the host")),
        5 => return Err(passing("the host refused the connection of the SOCKS proxy")),
        6 => return Err(passing("the connection of the SOCKS proxy to the host took too long")),
        7 => return Err(lasting("the SOCKS proxy does not open connections")),
        8 => return Err(lasting("the SOCKS proxy does not support this kind of address")),
        _ => return Err(invalid()),
    }
    // Reads the rest of the reply: the address of the proxy's own end of the connection, and its port.
    let length = match form {
        1 => 4,
        3 => usize::from(receive::<1, S>(stream).await?[0]),
        4 => 16,
        _ => return Err(invalid()),
    };
    stream.read_exact(&mut vec![0; length + 2]).await.map_err(broken)?;
    Ok(())
}

async fn version4<S>(stream: &mut S, target: &Target) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut message = vec![4, 1];
    message.extend(target.port().to_be_bytes());
    // The user is empty: a zero byte ends it.
    match target {
        Target::Address(SocketAddr::V4(address)) => {
            message.extend(address.ip().octets());
            message.push(0);
        }
        Target::Address(SocketAddr::V6(_)) => {
            return Err(lasting("a SOCKS4 proxy connects to no IPv6 address: SOCKS5 does"));
        }
        // The address 0.0.0.1 announces the name of extension 4a.
        Target::Name(name, _) => {
            message.extend([0, 0, 0, 1, 0]);
            message.extend(name.bytes());
            message.push(0);
        }
    }
    send(stream, &message).await?;
    match receive(stream).await? {
        [0, 90, _, _, _, _, _, _] => Ok(()),
        [0, 91, ..] => Err(passing("the SOCKS proxy did not connect to the host")),
        [0, 92 | 93, ..] => Err(lasting("the SOCKS proxy does not accept the user of this machine")),
        _ => Err(invalid()),
    }
}

impl Target {
    fn port(&self) -> u16 {
        match self {
            Self::Address(address) => address.port(),
            Self::Name(_, port) => *port,
        }
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> Result<(), Error> {
    stream.write_all(message).await.map_err(broken)?;
    stream.flush().await.map_err(broken)
}

async fn receive<const N: usize, S: AsyncRead + Unpin>(stream: &mut S) -> Result<[u8; N], Error> {
    let mut message = [0; N];
    stream.read_exact(&mut message).await.map_err(broken)?;
    Ok(message)
}

/// Returns a text after its length in one byte.
fn counted(text: &str) -> Result<Vec<u8>, Error> {
    let length = u8::try_from(text.len()).map_err(|error| {
        Error::new(ErrorKind::Setup, "the host's name is too long for a SOCKS proxy").with_source(error)
    })?;
    Ok([&[length], text.as_bytes()].concat())
}

/// Returns the error of a refusal that lasts until the proxy or its settings are changed.
fn lasting(what: &'static str) -> Error {
    Error::new(ErrorKind::Setup, what)
}

/// Returns the error of a refusal that may not come again.
fn passing(what: &'static str) -> Error {
    Error::new(ErrorKind::Connect, what)
}

fn invalid() -> Error {
    passing("the response of the SOCKS proxy is not valid")
}

fn broken(error: io::Error) -> Error {
    passing("the connection to the SOCKS proxy broke").with_source(error)
}
