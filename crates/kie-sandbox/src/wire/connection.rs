//! One connection between a client and the account.

use std::{
    future::{self, Future},
    io,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::Poll,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, copy, copy_bidirectional, split},
    task::yield_now,
    time::sleep,
};

use super::step::Step;

/// The way in which a connection ends: closed normally, or reset.
#[derive(PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

pub(crate) struct Connection<'a, S> {
    pub(crate) client: &'a mut S,
    pub(crate) account: DuplexStream,
    /// Bytes that the account has sent, and that do not yet belong to a complete response.
    pub(crate) received: Vec<u8>,
    /// The buffered response of the account, without the bytes that were already sent to the client.
    pub(crate) response: Vec<u8>,
    /// Number of bytes that were sent to clients over all connections of the wire, in all steps except [`Step::Serve`].
    pub(crate) written: &'a AtomicU64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<'_, S> {
    /// Runs the steps one after another. Returns an error if the client or the account disconnected.
    pub(crate) async fn run(mut self, steps: Vec<Step>) -> io::Result<End> {
        for step in steps {
            match step {
                Step::Take(bytes) => self.take(bytes).await?,
                Step::Request => self.request().await?,
                Step::Replace { find, put } => self.replace(find.as_bytes(), put.as_bytes()),
                Step::Answer => self.send(usize::MAX).await?,
                Step::AnswerUpTo(bytes) => self.send(bytes).await?,
                Step::AnswerSlowly { piece, pause } => {
                    while !self.response.is_empty() {
                        // For a pause of zero, the code only yields to the runtime. A sleep of zero would last until
                        // the next tick of tokio's clock.
                        if pause.is_zero() {
                            yield_now().await;
                        } else {
                            sleep(pause).await;
                        }
                        self.send(piece.max(1)).await?;
                    }
                }
                Step::Say(bytes) => self.write_all(&bytes).await?,
                Step::Forever { bytes, pause } => loop {
                    self.write_all(&bytes).await?;
                    sleep(pause).await;
                },
                Step::Pause(pause) => sleep(pause).await,
                Step::Hang => future::pending().await,
                Step::Reset => return Ok(End::Reset),
                Step::Serve => drop(copy_bidirectional(self.client, &mut self.account).await?),
            }
        }
        self.client.shutdown().await?;
        Ok(End::Closed)
    }

    async fn take(&mut self, bytes: usize) -> io::Result<()> {
        let mut wanted = self.client.take(bytes as u64);
        let taken = copy(&mut wanted, &mut self.account).await?;
        if taken < bytes as u64 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    async fn request(&mut self) -> io::Result<()> {
        let (mut client, _) = split(&mut self.client);
        let (mut from_account, mut to_account) = split(&mut self.account);
        let received = &mut self.received;
        let forward = async {
            copy(&mut client, &mut to_account).await?;
            Err(io::Error::from(io::ErrorKind::UnexpectedEof))
        };
        let receive = async {
            loop {
                if let Some(length) = response_length(received) {
                    return Ok(length);
                }
                if from_account.read_buf(received).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        };
        let length = first(receive, forward).await?;
        self.response = self.received.drain(..length).collect();
        Ok(())
    }

    fn replace(&mut self, find: &[u8], put: &[u8]) {
        let place = self.response.windows(find.len().max(1)).position(|window| window == find);
        if let Some(place) = place {
            self.response.splice(place..place + find.len(), put.iter().copied());
        }
    }

    /// Sends at most `bytes` bytes of the buffered response.
    async fn send(&mut self, bytes: usize) -> io::Result<()> {
        let piece: Vec<u8> = self.response.drain(..bytes.min(self.response.len())).collect();
        self.write_all(&piece).await
    }

    async fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let sent = self.client.write(bytes).await?;
            if sent == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.written.fetch_add(sent as u64, Relaxed);
            bytes = &bytes[sent..];
        }
        self.client.flush().await
    }
}

/// Returns the length in bytes of the first response in `bytes`, with its head. Returns `None` if the response is not
/// complete. Every response of the account has a `content-length`.
fn response_length(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    let head = bytes.windows(END.len()).position(|window| window == END)?;
    let lines = bytes[..head].split(|&byte| byte == b'\n');
    let value = lines.filter_map(|line| line.strip_prefix(b"content-length:")).next().unwrap_or(b"0");
    let length: usize = std::str::from_utf8(value).ok()?.trim().parse().ok()?;
    let length = head + END.len() + length;
    (bytes.len() >= length).then_some(length)
}

/// Runs two futures at the same time. Returns the output of the future that is ready first.
async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    future::poll_fn(|cx| match one.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => other.as_mut().poll(cx),
    })
    .await
}
