//! Connects through an HTTP proxy with `CONNECT`.

use http::HeaderValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::error::{Error, ErrorKind};

/// Maximum size of the head of a proxy's response, in bytes.
const LARGEST: usize = 16 * 1024;

/// Asks the proxy to connect to a host. `stream` is the connection to the proxy. The request to the proxy has the host
/// and port, the user and password for the proxy if there are any, and nothing else.
pub(crate) async fn open<S>(
    stream: &mut S,
    host: &str,
    port: u16,
    credentials: Option<&HeaderValue>,
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut head = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(credentials) = credentials {
        head.extend_from_slice(&[b"Proxy-Authorization: ", credentials.as_bytes(), b"\r\n"].concat());
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;

    let invalid = || Error::new(ErrorKind::Connect, "the response of the proxy is not valid");
    let mut response = Vec::with_capacity(1024);
    let end = loop {
        if response.len() >= LARGEST || stream.read_buf(&mut response).await.map_err(broken)? == 0 {
            return Err(invalid());
        }
        if let Some(end) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
    };
    match status(&response).ok_or_else(invalid)? {
        // After the head of its response, the proxy only forwards data of the host. The host is a TLS server, which
        // sends no data before the client has sent data. So data after the head is an error.
        200..=299 if response.len() > end => Err(invalid()),
        200..=299 => Ok(()),
        407 => Err(Error::new(ErrorKind::Setup, "the proxy requires another user or password: HTTP 407")),
        status => Err(Error::new(kind(status), format!("the proxy refused: HTTP {status}"))),
    }
}

/// Returns the kind of error for a proxy that refuses with this HTTP status. The trouble of a proxy or of the host, such
/// as 429 and 502, can pass. Every other refusal is a rule of the proxy, which lasts.
fn kind(status: u16) -> ErrorKind {
    match status {
        408 | 425 | 429 | 500.. => ErrorKind::Connect,
        _ => ErrorKind::Setup,
    }
}

fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let (version, rest) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    version.starts_with("HTTP/1.").then(|| rest.split(' ').next()?.parse().ok())?
}

fn broken(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Connect, "the connection to the proxy broke").with_source(error)
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;
    use crate::error::ErrorKind::{Connect, Setup};

    #[tokio::test]
    async fn only_a_success_opens_the_tunnel() {
        type Row<'a> = (&'a [u8], Option<(ErrorKind, &'a str)>);
        #[rustfmt::skip]
        let rows: [Row<'_>; 13] = [
            (b"HTTP/1.1 200 Connection established\r\n\r\n",             None),
            (b"HTTP/1.0 200\r\nVia: x\r\n\r\n",                          None),
            (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",   Some((Setup,   "the proxy refused: HTTP 403"))),
            (b"HTTP/1.1 407 Authenticate\r\n\r\n",                       Some((Setup,   "the proxy requires another user or password: HTTP 407"))),
            (b"HTTP/1.1 302 Found\r\n\r\n",                              Some((Setup,   "the proxy refused: HTTP 302"))),
            (b"HTTP/1.1 451 Unavailable\r\n\r\n",                        Some((Setup,   "the proxy refused: HTTP 451"))),
            (b"HTTP/1.1 429 Too Many Requests\r\n\r\n",                  Some((Connect, "the proxy refused: HTTP 429"))),
            (b"HTTP/1.1 502 Bad Gateway\r\n\r\n",                        Some((Connect, "the proxy refused: HTTP 502"))),
            (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n",                    Some((Connect, "the proxy refused: HTTP 504"))),
            (b"HTTP/1.1 200 OK\r\n\r\nmore",                             Some((Connect, "the response of the proxy is not valid"))),
            (b"SSH-2.0-OpenSSH\r\n\r\n",                                Some((Connect, "the response of the proxy is not valid"))),
            (b"HTTP/1.1 200 OK\r\n",                                     Some((Connect, "the response of the proxy is not valid"))),
            (b"",                                                        Some((Connect, "the response of the proxy is not valid"))),
        ];
        let credentials = HeaderValue::from_static("Basic dTpw");
        for (response, expected) in rows {
            let (mut ours, mut theirs) = duplex(1024);
            let proxy = tokio::spawn(async move {
                let mut head = vec![0; 1024];
                let read = theirs.read(&mut head).await.unwrap();
                theirs.write_all(response).await.unwrap();
                theirs.shutdown().await.unwrap();
                head.truncate(read);
                String::from_utf8(head).unwrap()
            });
            let opened = open(&mut ours, "[2001:db8::1]", 443, Some(&credentials)).await;
            let refused = opened.err().map(|error| (error.kind(), error.to_string()));
            assert_eq!(refused, expected.map(|(kind, text)| (kind, text.to_owned())), "{response:?}");
            let head = proxy.await.unwrap();
            assert!(head.starts_with("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"), "{head}");
            assert!(head.ends_with("\r\nProxy-Authorization: Basic dTpw\r\n\r\n"), "{head}");
        }
    }

    #[tokio::test]
    async fn an_endless_response_is_an_error() {
        let (mut ours, mut theirs) = duplex(64 * 1024);
        theirs.write_all(&[b'x'; 2 * LARGEST]).await.unwrap();
        assert_eq!(open(&mut ours, "host", 443, None).await.unwrap_err().kind(), ErrorKind::Connect);
    }
}
