//! What happens on a connection, as data.

use std::time::Duration;

/// One thing that happens on a connection. See [`Wire::script`](crate::Wire::script).
///
/// Where the steps are over, the connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Takes so many bytes of what the client sends, and hands them to the account.
    Take(usize),
    /// Takes a request to its end. The account acts on it, and its answer lies ready.
    Request,
    /// Replaces a text in the answer that lies ready, where it first stands.
    ///
    /// Names of headers are in lower case there: with `content-length: ` for `find`, the digits that are put behind it
    /// make the length a lie. An answer without the text stays as it is.
    Replace {
        /// What is looked for.
        find: String,
        /// What is put in its place.
        put: String,
    },
    /// Sends the answer that lies ready.
    Answer,
    /// Sends so many bytes of the answer that lies ready; the rest of it still does.
    AnswerUpTo(usize),
    /// Sends the answer that lies ready in pieces, with a pause before each.
    AnswerSlowly {
        /// The size of a piece in bytes, at least one.
        piece: usize,
        /// How long each is waited for.
        pause: Duration,
    },
    /// Sends these bytes, whatever they are.
    Say(Vec<u8>),
    /// Sends these bytes again and again, with this pause after each time, until the client goes away.
    Forever {
        /// What is sent.
        bytes: Vec<u8>,
        /// How long each is followed by nothing. A paused clock stands still if this is zero.
        pause: Duration,
    },
    /// Does nothing for this long.
    Pause(Duration),
    /// Does nothing any more, and leaves the connection open.
    Hang,
    /// Breaks the connection off. Over TCP the client sees a reset; a pipe in memory is closed.
    Reset,
    /// Goes on as the account does, until the client goes away.
    Serve,
}
