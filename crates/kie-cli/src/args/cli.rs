//! The command line.

// These comments are help texts on a terminal, which shows backticks as they are.
#![allow(clippy::doc_markdown)]

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use kie_suno::{Model, PersonaModel, ReceiptId, VocalGender};

/// Makes songs with KIE.AI's Suno music API, or offline with its simulator.
#[derive(Debug, Parser)]
#[command(name = "kie", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    any other failure, such as a ledger that cannot be written; of kie save, if anything could not be saved
  2    wrong usage
  3    invalid request, or a name that has another one; nothing was sent
  4    refused by the service
  5    the task failed
  6    not finished in time; the task goes on, and the command that takes it up again is printed
  7    it is not known whether the service took the call; it may have been charged; with a ledger, kie tasks lists it
  130  interrupted by Ctrl-C";

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Use a simulator inside this command: nothing leaves the machine, nothing is paid
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub(crate) sandbox: bool,
    /// The service's address in place of its two hosts: https, or a loopback address [env: KIE_BASE_URL; of the
    /// upload host alone: KIE_UPLOAD_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The key that pays; better given in the environment, where other users do not see it [env: KIE_API_KEY]
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Where the receipts of paid calls are kept: a file, or none. A simulator, with --sandbox or at a loopback address,
    /// has only the one that is named here, so that its tasks stay apart [env: KIE_LEDGER] [default: kie/ledger.db in the
    /// user's data directory]
    #[arg(long, global = true, value_name = "FILE|none")]
    pub(crate) ledger: Option<PathBuf>,
    /// How results are printed on standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a song from an idea; or from lyrics, with --style and --title
    Generate(Generate),
    /// Continue a track
    Extend(Extend),
    /// Make a video of a track
    Video(Video),
    /// Call any operation with a JSON document
    Call(Call),
    /// Check a JSON document against an operation's rules, offline
    Check(Check),
    /// Say what a body of the service means: a request, an answer, a record or a callback
    Inspect(Inspect),
    /// Look at a task, wait for it, save what it made
    Task(Task),
    /// List what was sent and is not saved: running, complete, or unknown because no answer came
    ///
    /// It reads the ledger and asks nobody: each task stands as it was last seen, and kie save looks again.
    Tasks,
    /// Look at every unfinished task, and save what is complete
    Save(Save),
    /// Take up the task of a receipt, once an answer or a callback has named it
    ///
    /// A call whose answer got lost is named by its callback. Nothing here receives callbacks: they come by a program that
    /// writes to the same ledger, at the address that the request gave as --call-back-url. Without one, nothing more
    /// becomes known, and kie resume ends with 7. It never sends anything a second time.
    Resume(Resume),
    /// Give up receipts that nobody will ever finish, so that they are no longer listed
    ///
    /// Their names are free again, and the next call of such a name is sent: if the first was taken after all, both are
    /// paid for. A callback that comes later still leads to the receipt. Nothing is stopped at the service.
    Forget(Forget),
    /// Upload a file and print its link
    Upload(Upload),
    /// Show the balance
    Credits,
    /// Serve the simulator on this machine until Ctrl-C; with --api-key it accepts that key alone
    Sandbox(Sandbox),
    /// List every operation
    Operations,
}

/// What happens once a task has been started.
#[derive(Debug, Clone, Args)]
pub(crate) struct Follow {
    /// Save the files into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Save lyrics, covers and the record beside the songs
    #[arg(long, requires = "save")]
    pub(crate) extras: bool,
    /// Wait at most this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "900", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// How a task is started, and what happens then.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// Print the task's id and end, without waiting
    #[arg(long, conflicts_with = "save")]
    pub(crate) no_wait: bool,
    /// Your own name for it, such as an order number: two calls of one name are one, and the second is answered as the
    /// first was
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) follow: Follow,
}

/// Hints that several operations take.
#[derive(Debug, Args)]
pub(crate) struct Hints {
    /// Styles to avoid
    #[arg(long)]
    pub(crate) negative_tags: Option<String>,
    /// The voice that is made more likely: m or f
    #[arg(long)]
    pub(crate) vocal_gender: Option<VocalGender>,
    /// How closely the style is followed, 0 to 1
    #[arg(long)]
    pub(crate) style_weight: Option<f64>,
    /// How far the music may stray, 0 to 1
    #[arg(long)]
    pub(crate) weirdness_constraint: Option<f64>,
    /// How much given audio counts, 0 to 1
    #[arg(long)]
    pub(crate) audio_weight: Option<f64>,
    /// A persona or a cloned voice
    #[arg(long)]
    pub(crate) persona_id: Option<String>,
    /// What the persona id names: style_persona or voice_persona
    #[arg(long)]
    pub(crate) persona_model: Option<PersonaModel>,
    /// Where the service reports progress
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
}

impl Hints {
    /// Whether one of those is there that shape the music.
    pub(crate) fn are_given(&self) -> bool {
        self.negative_tags.is_some()
            || self.vocal_gender.is_some()
            || self.style_weight.is_some()
            || self.weirdness_constraint.is_some()
            || self.audio_weight.is_some()
            || self.persona_id.is_some()
            || self.persona_model.is_some()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The idea; or the lyrics, where --style and --title are given
    pub(crate) prompt: Option<String>,
    /// The model: V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, V6, …
    #[arg(long, default_value = "V5")]
    pub(crate) model: Model,
    /// No singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    /// The style in words; makes the prompt the lyrics
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// The title; makes the prompt the lyrics
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The wished length in seconds, 10 to 360
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: Start,
}

#[derive(Debug, Args)]
pub(crate) struct Extend {
    /// The track's id
    pub(crate) audio_id: String,
    /// The lyrics of the continuation, which are sung as they stand
    pub(crate) lyrics: Option<String>,
    /// The model that made the track
    #[arg(long)]
    pub(crate) model: Model,
    /// Where the continuation begins, in seconds; makes the parameters given here count
    #[arg(long, value_name = "SECONDS")]
    pub(crate) continue_at: Option<f64>,
    /// The style in words
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// The title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// No singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: Start,
}

#[derive(Debug, Args)]
pub(crate) struct Video {
    /// The id of the task that made the track
    pub(crate) task_id: String,
    /// The track's id
    pub(crate) audio_id: String,
    /// The artist shown on the cover
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// The watermark at the bottom
    #[arg(long)]
    pub(crate) domain_name: Option<String>,
    /// Where the service reports the end
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
    #[command(flatten)]
    pub(crate) start: Start,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The operation, as `kie operations` lists it
    pub(crate) operation: String,
    /// The request: a file, or - for standard input. It is sent as it stands; only where it asks for the address of a
    /// file, the path of one on this machine will do, which is uploaded
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Send it even if it breaks documented rules
    #[arg(long)]
    pub(crate) unchecked: bool,
    /// Your own name for the call, such as an order number: two calls of one name are one, and the second is answered as
    /// the first was
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Wait until the task is finished; --save does too
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: Follow,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The operation, as `kie operations` lists it
    pub(crate) operation: String,
    /// The request: a file, or - for standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// What is sent
    Request,
    /// What comes back at once
    Response,
    /// What a lookup answers
    Record,
    /// What the service pushes
    Callback,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// What kind of body it is
    #[arg(value_enum)]
    pub(crate) kind: Kind,
    /// The operation, as `kie operations` lists it; of a callback whose operation is not known, any
    pub(crate) operation: String,
    /// The body: a file, or - for standard input
    pub(crate) file: PathBuf,
    /// The HTTP status that it came with
    #[arg(long, value_name = "STATUS", default_value_t = 200)]
    pub(crate) http_status: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Task {
    /// The operation that started the task
    pub(crate) operation: String,
    /// The task's id
    pub(crate) id: String,
    /// Wait until the task is finished; --save does too
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: Follow,
}

#[derive(Debug, Args)]
pub(crate) struct Save {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Save lyrics, covers and records beside the songs
    #[arg(long)]
    pub(crate) extras: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The receipt's id, as kie tasks lists it
    pub(crate) receipt: ReceiptId,
    #[command(flatten)]
    pub(crate) follow: Follow,
}

#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// The receipts' ids, as kie tasks lists them
    #[arg(required = true, value_name = "RECEIPT")]
    pub(crate) receipts: Vec<ReceiptId>,
}

#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The file
    pub(crate) file: PathBuf,
    /// Send it as Base64, up to 10 MB, where a form does not get through
    #[arg(long)]
    pub(crate) base64: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Sign callbacks with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) webhook_key: Option<String>,
    /// How long tasks take
    #[arg(long, value_enum, default_value_t = Speed::Fast)]
    pub(crate) speed: Speed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Speed {
    /// About a minute, as at the service
    Live,
    /// A second or two
    Fast,
    /// No time at all
    Instant,
}
