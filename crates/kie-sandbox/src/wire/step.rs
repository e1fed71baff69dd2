//! The steps of a script for a connection.

use std::time::Duration;

/// One step of a connection's script. See [`Wire::script`](crate::Wire::script).
///
/// The connection is closed after the last step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Reads the given number of bytes from the client and forwards them to the account.
    Take(usize),
    /// Reads a complete request. The account handles the request, and the wire buffers the response.
    Request,
    /// Replaces the first occurrence of a text in the buffered response. If the text does not occur, the response is
    /// not changed.
    ///
    /// The names of headers are in lower case. For example, if `find` is `content-length: ` and `put` is
    /// `content-length: 1`, the digit 1 is added before the length, and the response states a wrong length.
    Replace {
        /// The text to find.
        find: String,
        /// The text that replaces the found text.
        put: String,
    },
    /// Sends the buffered response.
    Answer,
    /// Sends at most the given number of bytes of the buffered response. The rest of the response stays buffered.
    AnswerUpTo(usize),
    /// Sends the buffered response in pieces, with a pause before each piece.
    AnswerSlowly {
        /// Size of a piece in bytes, at least 1.
        piece: usize,
        /// Pause before each piece.
        pause: Duration,
    },
    /// Sends these bytes to the client. The account is not involved.
    Say(Vec<u8>),
    /// Sends the same bytes to the client again and again, until the client disconnects.
    Forever {
        /// The bytes to send.
        bytes: Vec<u8>,
        /// Pause after each sending of the bytes. If it is zero, a paused clock of tokio never advances.
        pause: Duration,
    },
    /// Waits for this time before the next step.
    Pause(Duration),
    /// Sends nothing more, and leaves the connection open.
    Hang,
    /// Aborts the connection. A client of [`Wire::listen`](crate::Wire::listen) receives a reset. Every other
    /// connection is closed normally.
    Reset,
    /// Forwards all bytes between the client and the account in both directions, until the client disconnects.
    Serve,
}
