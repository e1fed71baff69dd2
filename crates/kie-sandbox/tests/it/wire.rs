//! Tests of connections with faults.

use std::{io, time::Duration};

use kie_sandbox::{Sandbox, Step, Wire};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::caller::Answered;

const CREDITS: &[u8] = b"GET /api/v1/chat/credit HTTP/1.1\r\nhost: sandbox.test\r\nauthorization: Bearer key\r\n\r\n";

fn wire() -> (Sandbox, Wire) {
    let sandbox = Sandbox::default();
    let wire = sandbox.wire();
    (sandbox, wire)
}

fn replace(find: &str, put: &str) -> Step {
    Step::Replace { find: find.into(), put: put.into() }
}

/// Sends a request. Returns everything that the server sends until it closes the connection.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> Answered<String> {
    stream.write_all(request).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test(start_paused = true)]
async fn steps_are_taken_in_order_and_scripts_too() -> Answered {
    let (sandbox, wire) = wire();
    wire.script([Step::Request, replace("200 OK", "299 Odd"), Step::AnswerUpTo(16)]);
    wire.script([Step::Say(b"early ".to_vec()), Step::Request, Step::AnswerUpTo(8), Step::Say(b" late".to_vec())]);
    wire.always([Step::Take(5)]);

    assert_eq!(ask(wire.connect(), CREDITS).await?, "HTTP/1.1 299 Odd");
    assert_eq!(ask(wire.connect(), CREDITS).await?, "early HTTP/1.1 late");
    assert_eq!(ask(wire.connect(), CREDITS).await?, "");
    assert_eq!(ask(wire.connect(), CREDITS).await?, "");
    assert_eq!(sandbox.requests("get-account-credits").len(), 2, "five bytes are no request");
    assert_eq!((wire.connections(), wire.written()), (4, 16 + 19));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn requests_in_a_row_have_their_own_answers() -> Answered {
    let (sandbox, wire) = wire();
    wire.script([Step::Request, replace("\r\n\r\n", "\r\nx: one\r\n\r\n"), Step::Answer, Step::Request, Step::Answer]);
    let answers = ask(wire.connect(), &CREDITS.repeat(2)).await?;
    assert_eq!((answers.matches("\"data\":1000").count(), answers.matches("x: one").count()), (2, 1), "{answers}");
    assert!(answers.ends_with('}'), "{answers}");
    assert_eq!(sandbox.requests("get-account-credits").len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pauses_and_pieces_take_their_time() -> Answered {
    let (_, wire) = wire();
    let second = Duration::from_secs(1);
    wire.script([Step::Pause(second), Step::Request, Step::AnswerSlowly { piece: 50, pause: second }]);
    wire.script([Step::Forever { bytes: vec![b'x'; 10], pause: second }]);
    wire.script([Step::Request, Step::Hang]);

    let begin = Instant::now();
    let answer = ask(wire.connect(), CREDITS).await?;
    assert_eq!(begin.elapsed().as_secs(), 1 + answer.len().div_ceil(50) as u64);
    let mut endless = wire.connect();
    let begin = Instant::now();
    endless.read_exact(&mut [0; 100]).await?;
    assert_eq!(begin.elapsed().as_secs(), 9);
    assert!(timeout(3_600 * second, ask(wire.connect(), CREDITS)).await.is_err(), "there was an answer");
    Ok(())
}

#[tokio::test]
async fn a_reset_over_sockets_is_a_connection_reset() -> Answered {
    let (sandbox, wire) = wire();
    wire.script([Step::Request, Step::Reset]);
    let server = wire.listen(([127, 0, 0, 1], 0)).await?;
    let error = ask(TcpStream::connect(server.address()).await?, CREDITS).await.err().ok_or("there was an answer")?;
    assert_eq!(error.downcast::<io::Error>()?.kind(), io::ErrorKind::ConnectionReset);

    let closing = [CREDITS.strip_suffix(b"\r\n").unwrap_or_default(), b"connection: close\r\n\r\n"].concat();
    assert!(ask(TcpStream::connect(server.address()).await?, &closing).await?.contains("\"data\":1000"));
    assert_eq!(sandbox.requests("get-account-credits").len(), 2);
    assert!(wire.listen(([10, 0, 0, 1], 0)).await.is_err(), "it listens on loopback addresses only");
    Ok(())
}
