//! The server for the measured clients. To do little work, it reads only a small part of each request, and writes bytes
//! that were made before.

use std::{
    collections::HashMap,
    io::{self, Write as _},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{canned, runtime};

/// Beginning of the ids of tasks that never end. The server records the times of their polls.
pub(crate) const ENDLESS: &str = "endless-";

/// Statistics of the server.
#[derive(Default)]
struct Stats {
    accepted: usize,
    handshakes: usize,
    polls: HashMap<String, Instant>,
    longest_gap: Duration,
}

pub(crate) struct Answers {
    started: String,
    finished: String,
    unfinished: String,
    stats: Mutex<Stats>,
}

/// Answers the calls of clients.
pub(crate) fn serve() -> anyhow::Result<()> {
    let answers = Answers::new();
    listen(vec![Box::new(move |stream| answers.clone().accept(stream))])
}

/// Function that takes each new connection to one port.
pub(crate) type Accept = Box<dyn FnMut(TcpStream) + Send>;

/// Listens on a free local port for each of these functions, and prints the addresses in one line. The process ends
/// when its standard input is closed.
pub(crate) fn listen(ports: Vec<Accept>) -> anyhow::Result<()> {
    std::thread::spawn(|| {
        // The parent process has the other end of this pipe. When the parent ends, the pipe is closed. Then this
        // process ends too.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    runtime()?.block_on(async {
        let (mut listening, mut addresses) = (JoinSet::new(), Vec::new());
        for mut accept in ports {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            addresses.push(listener.local_addr()?.to_string());
            listening.spawn(async move {
                loop {
                    let (stream, _) = listener.accept().await?;
                    stream.set_nodelay(true)?;
                    accept(stream);
                }
            });
        }
        println!("{}", addresses.join(" "));
        io::stdout().flush()?;
        while let Some(ended) = listening.join_next().await {
            let ended: io::Result<()> = ended?;
            ended?;
        }
        Ok(())
    })
}

impl Answers {
    pub(crate) fn new() -> Arc<Self> {
        let json = |body: &str| {
            let length = body.len();
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        };
        Arc::new(Self {
            started: json(canned::STARTED),
            finished: json(&canned::record("SUCCESS")),
            unfinished: json(&canned::record("PENDING")),
            stats: Mutex::default(),
        })
    }

    /// Answers the calls on a connection without TLS.
    pub(crate) fn accept(self: Arc<Self>, stream: TcpStream) {
        self.stats().accepted += 1;
        tokio::spawn(talk(stream, self));
    }

    /// Counts a connection with TLS.
    #[cfg(feature = "full")]
    pub(crate) fn count_handshake(&self) {
        self.stats().handshakes += 1;
    }

    fn stats(&self) -> std::sync::MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn polled(&self, task: &str) {
        let (now, mut stats) = (Instant::now(), self.stats());
        if let Some(before) = stats.polls.insert(task.to_owned(), now) {
            stats.longest_gap = stats.longest_gap.max(now - before);
        }
    }
}

/// Answers the calls on a connection with HTTP/1.1.
pub(crate) async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    answers: Arc<Answers>,
) -> io::Result<()> {
    let mut held = BytesMut::with_capacity(16 * 1024);
    loop {
        let head = loop {
            if let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut held).await? == 0 {
                return Ok(());
            }
        };
        let whole = head + content_length(&held[..head]);
        while held.len() < whole {
            if stream.read_buf(&mut held).await? == 0 {
                return Ok(());
            }
        }
        let line = held[..head].split(|&byte| byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line).into_owned();
        held.advance(whole);
        if line.starts_with("POST ") {
            stream.write_all(answers.started.as_bytes()).await?;
        } else if let Some((_, task)) = line.split_once("taskId=") {
            let task = task.split([' ', '&']).next().unwrap_or_default();
            if task.starts_with(ENDLESS) {
                answers.polled(task);
                // Both ids have the same length, so the header with the length stays valid.
                stream.write_all(answers.unfinished.replace(canned::TASK, task).as_bytes()).await?;
            } else {
                stream.write_all(answers.finished.as_bytes()).await?;
            }
        } else if line.starts_with("GET /file") {
            send_file(&mut stream).await?;
        } else {
            let body = {
                let stats = answers.stats();
                let gap = stats.longest_gap.as_millis();
                format!("{} {} {gap} {}", stats.accepted, stats.polls.len(), stats.handshakes)
            };
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await?;
        }
        // TLS holds written bytes back until a flush.
        stream.flush().await?;
    }
}

fn content_length(head: &[u8]) -> usize {
    let name = b"content-length: ";
    let lines = head.split(|&byte| byte == b'\n');
    let mut lengths = lines.filter(|line| line.len() > name.len() && line[..name.len()].eq_ignore_ascii_case(name));
    let length = lengths.next().and_then(|line| std::str::from_utf8(&line[name.len()..]).ok());
    length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

async fn send_file(stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    let length = canned::FILE;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: {length}\r\n\r\n");
    let mut piece = vec![0_u8; 256 * 1024];
    // The first bytes of an MP3 file.
    piece[..10].copy_from_slice(b"ID3\x04\0\0\0\0\0\0");
    stream.write_all(head.as_bytes()).await?;
    for _ in 0..length / piece.len() as u64 {
        stream.write_all(&piece).await?;
    }
    Ok(())
}
