//! Tests of downloads from hosts that cut the connection, ignore ranges, send wrong bytes or change their files. After
//! each download, the file on the disk is correct, or there is an error.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use kie_suno::{
    Retry,
    transport::{Downloaded, Error, ErrorKind, Pipe, TransferProgress, Transport},
};
use proptest::prelude::*;
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    runtime::Builder,
};

use crate::setup::cases::config;

/// Response headers by which a host identifies the version of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Proof {
    StrongTag,
    WeakTag,
    Date,
    Nothing,
}

/// Behaviour of a host for one request. A `u8` is a fraction of the bytes in 256ths, but 255 means all bytes. If the
/// request asks for no range, `Shifted`, `Grown` and `Piece` send the whole file.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Sends the right response, but closes the connection after this many 256ths of the bytes.
    Cut(u8),
    /// Sends the whole file even if a range was requested, and closes the connection after this many 256ths of the
    /// bytes.
    Whole(u8),
    /// Sends the requested range, but its headers name a range that begins one byte later.
    Shifted,
    /// Sends the requested range, but its headers name a file size that is one byte too large.
    Grown,
    /// Sends only about this many 256ths of the requested range, but at least one byte. Its headers name the shorter
    /// range.
    Piece(u8),
    /// Replaces the file by a new version, and sends the rest of the new file. This is wrong, because the request asked
    /// for the old version.
    Heedless,
    Status(u16),
    Hangs(u8),
    Closes,
    /// Replaces the file by a new version, and sends the right response for the new version.
    Changes,
    /// Sends the whole file with chunked encoding, and closes the connection after this many 256ths of the
    /// bytes.
    Chunked(u8),
}

/// A test double of a file host. Its script holds one behaviour for each request. After the last one, the host sends
/// the right response to each request.
#[derive(Debug)]
struct Host {
    files: [Vec<u8>; 2],
    proof: Proof,
    version: usize,
    script: Vec<Turn>,
    asked: Vec<String>,
}

impl Host {
    fn new(length: usize, proof: Proof, script: &[Turn]) -> Self {
        let file = |salt: usize| {
            let noise = (0..length + salt).map(|n| (n * (7 + salt) % 251) as u8);
            b"ID3".iter().copied().chain(noise).collect()
        };
        let script = script.iter().rev().copied().collect();
        Self { files: [file(0), file(1)], proof, version: 0, script, asked: Vec::new() }
    }

    /// Returns the bytes of the response to a request. The second value is `true` if the host then keeps the connection
    /// open and sends nothing more.
    fn answer(&mut self, head: &str) -> (Vec<u8>, bool) {
        let line = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        let range = line("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        self.asked.push(line("range").unwrap_or_default().to_owned());
        assert!(line("authorization").is_none() && line("accept-encoding") == Some("identity"), "{head}");
        let turn = self.script.pop().unwrap_or(Turn::Cut(255));
        if matches!(turn, Turn::Changes | Turn::Heedless) {
            self.version = 1;
        }
        let file = &self.files[self.version];
        let (tag, date) = (format!("\"v{}\"", self.version), format!("Sat, 22 Nov 2025 08:00:0{} GMT", self.version));
        let (proof, expected) = match self.proof {
            Proof::StrongTag => (format!("ETag: {tag}\r\n"), Some(tag)),
            Proof::WeakTag => (format!("ETag: W/{tag}\r\n"), None),
            Proof::Date => (format!("Last-Modified: {date}\r\n"), Some(date)),
            Proof::Nothing => (String::new(), None),
        };
        let holds = line("if-range").is_none_or(|said| Some(said) == expected.as_deref());
        let from = range.filter(|_| holds || matches!(turn, Turn::Heedless));
        if from.is_some_and(|from| from >= file.len()) {
            return (format!("HTTP/1.1 416 No\r\n{proof}Content-Length: 0\r\n\r\n").into_bytes(), false);
        }
        let whole = || (format!("HTTP/1.1 200 OK\r\n{proof}Content-Length: {}\r\n\r\n", file.len()), 0, file.len());
        let part = |from: usize, end: usize, shift: usize, total: usize| {
            let span = format!("{}-{}/{total}", from + shift, end + shift - 1);
            let head = format!("HTTP/1.1 206 Part\r\n{proof}Content-Range: bytes {span}\r\n");
            (format!("{head}Content-Length: {}\r\n\r\n", end - from), from, end)
        };
        let share = |of: usize, share: u8| if share == 255 { of } else { of * usize::from(share) / 256 };
        let (head, first, end) = match (turn, from) {
            (Turn::Status(status), _) => {
                return (format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").into_bytes(), false);
            }
            (Turn::Closes, _) => return (Vec::new(), false),
            (Turn::Chunked(cut), _) => {
                let mut body = format!("HTTP/1.1 200 OK\r\n{proof}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
                for piece in file.chunks(1000) {
                    body.extend(format!("{:x}\r\n", piece.len()).bytes().chain(piece.iter().copied()).chain(*b"\r\n"));
                }
                body.extend(*b"0\r\n\r\n");
                let sent = share(body.len(), cut);
                return (body[..sent].to_vec(), false);
            }
            (Turn::Whole(_), _) | (_, None) => whole(),
            (Turn::Shifted, Some(from)) => part(from, file.len(), 1, file.len() + 1),
            (Turn::Grown, Some(from)) => part(from, file.len(), 0, file.len() + 1),
            (Turn::Piece(size), Some(from)) => part(from, from + 1 + share(file.len() - from - 1, size), 0, file.len()),
            (_, Some(from)) => part(from, file.len(), 0, file.len()),
        };
        let sent = match turn {
            Turn::Cut(cut) | Turn::Whole(cut) | Turn::Hangs(cut) => share(end - first, cut),
            _ => end - first,
        };
        let mut answer = head.into_bytes();
        answer.extend(&file[first..first + sent]);
        (answer, matches!(turn, Turn::Hangs(_)))
    }
}

async fn serve(mut stream: DuplexStream, host: Arc<Mutex<Host>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let (answer, hangs) = host.lock().unwrap().answer(&String::from_utf8(head).unwrap());
    stream.write_all(&answer).await.ok();
    if hangs {
        stream.read_u8().await.ok();
    }
}

fn transport(host: &Arc<Mutex<Host>>) -> Transport {
    let host = Arc::clone(host);
    let pipe = Pipe::new(move || {
        let (near, far) = duplex(4096);
        tokio::spawn(serve(far, Arc::clone(&host)));
        near
    });
    Transport::builder().service(pipe).retry(Retry::default().attempts(4)).build().unwrap()
}

const LINK: &str = "https://files.example/song.mp3?signature=s";

fn download(host: Host, path: &Path) -> (Result<Downloaded, Error>, Host) {
    let host = Arc::new(Mutex::new(host));
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let outcome = runtime.block_on(async { transport(&host).download(LINK, path).await });
    drop(runtime);
    (outcome, Arc::into_inner(host).unwrap().into_inner().unwrap())
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        6 => any::<u8>().prop_map(Turn::Cut),
        2 => any::<u8>().prop_map(Turn::Whole),
        1 => Just(Turn::Shifted),
        1 => Just(Turn::Grown),
        1 => any::<u8>().prop_map(Turn::Piece),
        1 => Just(Turn::Heedless),
        1 => prop_oneof![Just(500), Just(503), Just(429), Just(416), Just(404)].prop_map(Turn::Status),
        1 => any::<u8>().prop_map(Turn::Hangs),
        1 => Just(Turn::Closes),
        1 => Just(Turn::Changes),
        1 => any::<u8>().prop_map(Turn::Chunked),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_file_is_right_or_there_is_an_error(
        length in 0_usize..20_000,
        proof in prop_oneof![
            Just(Proof::StrongTag), Just(Proof::WeakTag), Just(Proof::Date), Just(Proof::Nothing),
        ],
        script in prop::collection::vec(turn(), 0..12),
    ) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("song.part");
        let (outcome, host) = download(Host::new(length, proof, &script), &path);
        match outcome {
            Ok(arrived) => {
                let file = std::fs::read(&path).unwrap();
                prop_assert_eq!(arrived.bytes, file.len() as u64);
                prop_assert!(host.files.contains(&file), "neither the old file nor the new one");
            }
            Err(error) => {
                let can_end = matches!(
                    error.kind(),
                    ErrorKind::Interrupted | ErrorKind::Timeout | ErrorKind::Unsent | ErrorKind::Status(_)
                );
                prop_assert!(can_end, "{error:?}");
                prop_assert!(!script.is_empty(), "{error:?}");
            }
        }
        // Each attempt with progress is followed by at most three attempts without progress. So this is an upper limit
        // for the number of requests.
        prop_assert!(host.asked.len() <= 4 * (script.len() + 1), "{} requests", host.asked.len());
    }
}

#[test]
fn a_cut_file_is_continued_where_it_was_cut() {
    // A download ends after four attempts without progress. Here each attempt makes progress, so the nine cuts do not
    // end the download. The file has more bytes than the download writes to the disk in one write.
    let script = [Turn::Cut(64); 9];
    for proof in [Proof::StrongTag, Proof::WeakTag, Proof::Date, Proof::Nothing] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("song.part");
        let (outcome, host) = download(Host::new(5 << 20, proof, &script), &path);
        assert_eq!(outcome.unwrap().bytes, host.files[0].len() as u64);
        assert!(std::fs::read(&path).unwrap() == host.files[0]);
        let asked: Vec<usize> = host.asked[1..]
            .iter()
            .map(|range| range["bytes=".len()..].trim_end_matches('-').parse().unwrap())
            .collect();
        assert!(asked.len() == 9 && asked.is_sorted_by(|a, b| a < b), "{asked:?}");
    }
}

#[test]
fn a_download_without_progress_ends() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("song.part");
    let (outcome, host) = download(Host::new(9000, Proof::StrongTag, &[Turn::Whole(128); 40]), &path);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Interrupted);
    assert_eq!(host.asked.len(), 4, "one attempt with progress, and three without");
}

#[test]
fn a_file_that_was_replaced_is_fetched_from_its_beginning() {
    for last in [Turn::Changes, Turn::Heedless] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("song.part");
        let (outcome, host) = download(Host::new(9000, Proof::StrongTag, &[Turn::Cut(128), last]), &path);
        assert_eq!(outcome.unwrap().bytes, host.files[1].len() as u64);
        assert_eq!(std::fs::read(&path).unwrap(), host.files[1]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_recognised_before_the_rest_of_it_is_fetched() {
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    let pipe = Pipe::new(move || {
        let (near, mut far) = duplex(4096);
        let counted = Arc::clone(&counted);
        tokio::spawn(async move {
            far.read_u8().await.unwrap();
            let mut piece = b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n<!doctype html>".to_vec();
            while far.write_all(&piece).await.is_ok() {
                counted.fetch_add(piece.len() as u64, Relaxed);
                piece = vec![b' '; 1000];
            }
        });
        near
    });
    let folder = tempdir().unwrap();
    let transport = Transport::builder().service(pipe).build().unwrap();
    let error = transport.download(LINK, folder.path().join("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotMedia);
    assert!(sent.load(Relaxed) < 1_000_000, "{sent:?} bytes");
}

#[tokio::test(start_paused = true)]
async fn the_progress_follows_the_file() {
    let host = Arc::new(Mutex::new(Host::new(50_000, Proof::StrongTag, &[Turn::Cut(128)])));
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&recorded);
    let progress = TransferProgress::new(move |bytes, total| recorder.lock().unwrap().push((bytes, total)));
    let folder = tempdir().unwrap();
    transport(&host).download(LINK, folder.path().join("x")).progress(progress).await.unwrap();
    let recorded = recorded.lock().unwrap();
    assert!(recorded.is_sorted() && recorded.len() > 2);
    assert_eq!(recorded.last(), Some(&(50_003, Some(50_003))));
}

#[tokio::test(start_paused = true)]
async fn no_link_and_no_redirect_leads_to_this_machine() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("x");
    #[rustfmt::skip]
    let inside = [
        "127.0.0.1", "localhost", "10.0.0.7", "192.168.1.1", "169.254.169.254", "[::1]", "[fd00::1]", "0.0.0.0",
        "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:a00:1::]", "[fe80::1%25eth0]", "198.18.0.1",
    ];
    for address in inside {
        let location = format!("https://{address}/latest/meta-data");
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let requests = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&requests);
        let pipe = Pipe::new(move || {
            let (near, mut far) = duplex(4096);
            let answer = answer.clone();
            counted.fetch_add(1, Relaxed);
            tokio::spawn(async move {
                far.read_u8().await.ok();
                far.write_all(answer.as_bytes()).await.ok();
                far.read_u8().await.ok();
                tokio::time::sleep(Duration::from_millis(1)).await;
            });
            near
        });
        let transport = Transport::builder().service(pipe).build().unwrap();
        for (link, sent) in [(location.as_str(), 0), (LINK, 1)] {
            let error = transport.download(link, &path).await.unwrap_err();
            assert_eq!((error.kind(), requests.load(Relaxed)), (ErrorKind::Setup, sent), "{link}");
            assert!(!path.exists());
        }
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_download_writes_only_to_a_new_file() {
    let folder = tempdir().unwrap();
    let (victim, path) = (folder.path().join("victim"), folder.path().join("song.part"));
    std::fs::write(&victim, "the user's notes").unwrap();
    for target in [victim.clone(), folder.path().join("missing")] {
        std::os::unix::fs::symlink(&target, &path).unwrap();
        let host = Arc::new(Mutex::new(Host::new(5000, Proof::StrongTag, &[])));
        let error = transport(&host).download(LINK, &path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Disk);
        std::fs::remove_file(&path).unwrap();
    }
    assert_eq!(std::fs::read(&victim).unwrap(), b"the user's notes");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no file was created through the link");
}

#[tokio::test(start_paused = true)]
async fn a_disk_error_is_returned_and_not_retried() {
    let host = Arc::new(Mutex::new(Host::new(5000, Proof::StrongTag, &[])));
    let folder = tempdir().unwrap();
    let error = transport(&host).download(LINK, folder.path().join("missing/x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disk);
    assert_eq!(host.lock().unwrap().asked.len(), 1);
}
