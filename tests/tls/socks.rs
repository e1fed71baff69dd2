//! Tests of calls through a SOCKS proxy.

use std::{
    error::Error as _,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_suno::{
    Charged, Client, Error, Timeouts,
    transport::ErrorKind::{self, Connect, Setup},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{Authority, Manner, NAME, proxy::FAR};
use crate::setup::stack::waltz;

/// Time limit for the exchange of messages with the proxy.
const LONG: Duration = Duration::from_secs(20);

/// The texts that the proxy got, in order: the user with the password if they were sent, then the requested host with
/// its port.
type Messages = Arc<Mutex<Vec<String>>>;

/// A local SOCKS proxy of versions 5 and 4. Each connection through it leads to the same local port, even if the client
/// names another host.
struct Socks {
    port: u16,
    messages: Messages,
}

impl Socks {
    async fn new(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let messages = Messages::default();
        let kept = messages.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move {
                    let host = async {
                        let asked = greeted(&mut client, &kept).await?;
                        kept.lock().unwrap().push(asked);
                        TcpStream::connect(("127.0.0.1", to)).await
                    };
                    if let Ok(Ok(mut host)) = timeout(LONG, host).await {
                        copy_bidirectional(&mut client, &mut host).await.ok();
                    }
                });
            }
        });
        Self { port, messages }
    }

    fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }
}

/// Reads the SOCKS messages of a client and accepts each of them. Returns the requested host and port.
async fn greeted(client: &mut TcpStream, messages: &Messages) -> std::io::Result<String> {
    if client.read_u8().await? == 4 {
        assert_eq!(client.read_u8().await?, 1, "only a connection is asked for");
        let port = client.read_u16().await?;
        let address = Ipv4Addr::from(client.read_u32().await?);
        assert_eq!(ended(client).await?, "", "no user is named");
        let is_named = address.octets()[..3] == [0, 0, 0];
        let host = if is_named { ended(client).await? } else { address.to_string() };
        client.write_all(&[0, 90, 0, 0, 0, 0, 0, 0]).await?;
        return Ok(format!("{host}:{port}"));
    }
    let methods = counted(client).await?;
    let method = if methods.contains('\x02') { 2 } else { 0 };
    client.write_all(&[5, method]).await?;
    if method == 2 {
        assert_eq!(client.read_u8().await?, 1);
        let (user, password) = (counted(client).await?, counted(client).await?);
        messages.lock().unwrap().push(format!("{user} {password}"));
        client.write_all(&[1, 0]).await?;
    }
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    assert_eq!(head[..3], [5, 1, 0], "only a connection is asked for");
    let host = match head[3] {
        1 => Ipv4Addr::from(client.read_u32().await?).to_string(),
        3 => counted(client).await?,
        _ => format!("[{}]", Ipv6Addr::from(client.read_u128().await?)),
    };
    let port = client.read_u16().await?;
    client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await?;
    Ok(format!("{host}:{port}"))
}

/// Reads one byte, which is the number of bytes in a text, and then reads the text.
async fn counted(client: &mut TcpStream) -> std::io::Result<String> {
    let mut text = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut text).await?;
    Ok(String::from_utf8(text).unwrap())
}

/// Reads a text that ends with a zero byte. Returns the text without this byte.
async fn ended(client: &mut TcpStream) -> std::io::Result<String> {
    let mut text = Vec::new();
    while text.len() < 256 {
        match client.read_u8().await? {
            0 => break,
            byte => text.push(byte),
        }
    }
    Ok(String::from_utf8(text).unwrap())
}

fn client_of(authority: &Authority, host: &str, proxy: &str) -> Client {
    let builder = Client::builder().api_key("the-key").base_url(format!("https://{host}"));
    let builder = builder.root_certificates(authority.pem()).retry(kie_suno::Retry::never()).proxy(proxy);
    builder.timeouts(Timeouts::default().connect(Duration::from_secs(2))).build().unwrap()
}

#[tokio::test]
async fn calls_go_through_one_connection_and_the_proxy_sees_only_the_address() {
    let authority = Authority::new();
    let far = authority.host(FAR, &["http/1.1"], Manner::Answers).await;
    let (credentials, named) = ("us@er p:ass", format!("{FAR}:443"));
    let rows = [
        ("socks5h://", vec![&named[..]]),
        ("SOCKS5H://us%40er:p%3Aass@", vec![credentials, &named]),
        ("socks4a://", vec![&named]),
    ];
    for (scheme, expected) in &rows {
        let proxy = Socks::new(far.port).await;
        let client = client_of(&authority, FAR, &format!("{scheme}{NAME}:{}", proxy.port));
        client.start(waltz()).await.unwrap();
        client.credits().await.unwrap();
        assert_eq!(proxy.messages(), *expected, "{scheme}");
    }
    assert_eq!((far.connections(), far.versions().len()), (3, 6));
}

#[tokio::test]
async fn ip_addresses_are_sent_as_ip_addresses() {
    let authority = Authority::new();
    for (address, schemes) in
        [("192.0.2.1", &["socks5", "socks5h", "socks4", "socks4a"][..]), ("2001:db8::1", &["socks5", "socks5h"])]
    {
        let far = authority.host(address, &["http/1.1"], Manner::Answers).await;
        let at = SocketAddr::new(address.parse().unwrap(), 8443).to_string();
        for scheme in schemes {
            let proxy = Socks::new(far.port).await;
            let client = client_of(&authority, &at, &format!("{scheme}://127.0.0.1:{}", proxy.port));
            client.credits().await.unwrap();
            assert_eq!(proxy.messages(), [&at[..]], "{scheme}");
        }
        assert_eq!(far.connections(), schemes.len());
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_resolve_names_gets_an_ip_address() {
    let authority = Authority::new();
    for scheme in ["socks5", "socks4"] {
        let proxy = Socks::new(1).await;
        let client = client_of(&authority, FAR, &format!("{scheme}://127.0.0.1:{}", proxy.port));
        let error = client.credits().await.unwrap_err();
        assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{error:?}");
        assert!(!proxy.messages().concat().contains(FAR), "{:?}", proxy.messages());
    }
}

#[tokio::test]
async fn a_refusal_of_the_proxy_is_an_error_with_its_reason() {
    let authority = Authority::new();
    #[rustfmt::skip]
    let rows: [(&str, &[&[u8]], ErrorKind, &str); 14] = [
        // Each entry has the scheme of the proxy's address, the proxy's answers to the client's messages, the kind of
        // the error, and a text that the error must contain. The kind `Setup` means that the refusal lasts.
        ("socks5h", &[b"\x05\xff"],                                        Setup,   "does not ask for a user"),
        ("socks5h", &[b"\x05\x00"],                                        Connect, "not valid"),
        ("socks5h", &[b"\x05\x02", b"\x01\x01"],                           Setup,   "another user or password"),
        ("socks5h", &[b"\x05\x02", b"\x01\x00", b"\x05\x01\x00\x01\0\0\0\0\0\0"], Connect, "has trouble"),
        ("socks5h", &[b"\x05\x02", b"\x01\x00", b"\x05\x02\x00\x01\0\0\0\0\0\0"], Setup, "rules of the SOCKS proxy"),
        ("socks5h", &[b"\x05\x02", b"\x01\x00", b"\x05\x05\x00\x01\0\0\0\0\0\0"], Connect, "refused"),
        ("socks5h", &[b"\x05\x02", b"\x01\x00", b"\x05\x08\x00\x01\0\0\0\0\0\0"], Setup, "kind of address"),
        ("socks5h", &[b"\x05\x02", b"\x01\x00", b"\x05"],                  Connect, "broke"),
        ("socks5h", &[b"HTTP/1.1 400 Bad Request\r\n\r\n"],                Connect, "not valid"),
        ("socks5h", &[b"\x05\x02", b""],                                   Connect, "took too long"),
        ("socks5h", &[],                                                   Connect, "broke"),
        ("socks4a", &[b"\x00\x5b\0\0\0\0\0\0"],                            Connect, "did not connect"),
        ("socks4a", &[b"\x00\x5d\0\0\0\0\0\0"],                            Setup,   "user of this machine"),
        ("socks4a", &[b"HTTP/1.1 400 Bad Request\r\n\r\n"],                Connect, "not valid"),
    ];
    for (scheme, answers, kind, because) in rows {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let user = if scheme == "socks4a" { "" } else { "user:sesame@" };
        let proxy = format!("{scheme}://{user}127.0.0.1:{}", listener.local_addr().unwrap().port());
        let serving = tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            for answer in answers {
                if client.read(&mut [0; 1024]).await.unwrap_or_default() == 0 {
                    break;
                }
                client.write_all(answer).await.unwrap();
            }
            if answers.last().is_some_and(|last| last.is_empty()) {
                // The last answer is empty: the proxy sends nothing more, and waits until the client closes the
                // connection.
                while client.read(&mut [0; 1024]).await.unwrap_or_default() > 0 {}
            }
        });
        let client = client_of(&authority, FAR, &proxy);
        let error = client.start(waltz()).await.unwrap_err();
        assert!(matches!(&error, Error::Transport(lost) if lost.kind() == kind), "{error:?}");
        assert_eq!(error.charged(), Charged::No);
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let text = causes.fold(format!("{error} {error:?} {client:?}"), |text, cause| format!("{text}: {cause}"));
        assert!(text.contains(because), "{because}: {text}");
        assert!(!text.contains("sesame"), "{text}");
        timeout(LONG, serving).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_long_user_and_a_long_password_are_sent() {
    let authority = Authority::new();
    let far = authority.host(FAR, &["http/1.1"], Manner::Answers).await;
    let proxy = Socks::new(far.port).await;
    let [user, password] = ["u", "p"].map(|letter| letter.repeat(255));
    let client = client_of(&authority, FAR, &format!("socks5h://{user}:{password}@127.0.0.1:{}", proxy.port));
    client.credits().await.unwrap();
    assert_eq!(proxy.messages(), [format!("{user} {password}"), format!("{FAR}:443")]);
}

#[tokio::test]
async fn a_socks4_proxy_is_not_asked_for_an_ipv6_address() {
    let authority = Authority::new();
    let proxy = Socks::new(1).await;
    let client = client_of(&authority, "[2001:db8::1]", &format!("socks4a://127.0.0.1:{}", proxy.port));
    let error = client.credits().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == Setup), "{error:?}");
    assert!(proxy.messages().is_empty());
}

#[tokio::test]
async fn a_missing_proxy_is_an_error_with_its_reason() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("socks5h://user:sesame@127.0.0.1:{}", listener.local_addr().unwrap().port());
    drop(listener);
    let error = client_of(&authority, FAR, &proxy).credits().await.unwrap_err();
    let Error::Transport(lost) = &error else { panic!("{error:?}") };
    assert_eq!(lost.kind(), ErrorKind::Connect);
    assert!(lost.to_string().contains("no connection to the proxy"), "{error:?}");
}

#[tokio::test]
async fn local_hosts_are_reached_without_the_proxy() {
    let authority = Authority::new();
    let host = authority.host(NAME, &["http/1.1"], Manner::Answers).await;
    let proxy = Socks::new(host.port).await;
    let client = authority.client(&host).proxy(format!("socks5h://127.0.0.1:{}", proxy.port)).build().unwrap();
    client.credits().await.unwrap();
    assert_eq!((proxy.messages().len(), host.connections()), (0, 1));
}
