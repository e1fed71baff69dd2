//! Events on a connection, as data.

use std::time::Duration;

/// One step of a connection's script. See [`Wire::script`](crate::Wire::script).
///
/// The connection is closed after the last step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Reads this number of bytes from the client and forwards them to the account.
    Take(usize),
    /// Reads a complete request. The account handles it, and its response is buffered.
    Request,
    /// Replaces the first occurrence of a text in the buffered response. If the text does not occur, nothing is
    /// changed.
    ///
    /// The names of headers are in lower case. For example, if `find` is `content-length: ` and `put` adds digits after
    /// it, the response states a wrong length.
    Replace {
        /// The text to find.
        find: String,
        /// The text to put in its place.
        put: String,
    },
    /// Sends the buffered response.
    Answer,
    /// Sends this number of bytes of the buffered response. The rest stays buffered.
    AnswerUpTo(usize),
    /// Sends the buffered response in pieces, with a pause before each piece.
    AnswerSlowly {
        /// Size of a piece in bytes, at least 1.
        piece: usize,
        /// Pause before each piece.
        pause: Duration,
    },
    /// Sends any bytes.
    Say(Vec<u8>),
    /// Sends these bytes again and again, with a pause after each time, until the client disconnects.
    Forever {
        /// The bytes to send.
        bytes: Vec<u8>,
        /// Pause after each time. With zero, a paused clock never advances.
        pause: Duration,
    },
    /// Waits for this time.
    Pause(Duration),
    /// Stops and leaves the connection open.
    Hang,
    /// Aborts the connection. Over TCP the client receives a reset. A pipe in memory is closed.
    Reset,
    /// Forwards all bytes in both directions, until the client disconnects.
    Serve,
}
