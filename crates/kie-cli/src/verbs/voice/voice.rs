//! The commands of `kie voice`.

use clap::{Args, Subcommand};

use crate::{
    exit::ExitError,
    session::Session,
    verbs::voice::{
        check::{self, CheckVoiceArgs},
        make::{self, MakeArgs},
        phrase::{self, PhraseArgs},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VoiceArgs {
    #[command(subcommand)]
    pub(crate) command: VoiceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VoiceCommand {
    /// Request a phrase, from a sample of the voice
    ///
    /// With --recording, the command makes the voice too.
    Phrase(PhraseArgs),
    /// Make the voice from a recording of the phrase
    Make(MakeArgs),
    /// Check if a voice can be used
    Check(CheckVoiceArgs),
}

const EXAMPLES: &str = "\
The owner of the voice sings a phrase, to prove that the voice is theirs. The steps:
  1. kie voice phrase: send a sample of the voice, and get a phrase
  2. sing the phrase and record it, within 2 minutes and 30 seconds
  3. kie voice make: send the recording, and get the id of the voice
With --recording FILE, kie voice phrase does all steps: it waits until the file is written. All steps cost nothing.

Examples:
  kie voice phrase https://example.com/sample.mp3 --from 0:04 --to 0:19
  kie voice make https://example.com/phrase.mp3 --voice-name \"Marta alto\"
  kie voice check";

pub(crate) async fn run(session: &Session, args: VoiceArgs) -> Result<(), ExitError> {
    match args.command {
        VoiceCommand::Phrase(args) => phrase::run(session, args).await,
        VoiceCommand::Make(args) => make::run(session, args).await,
        VoiceCommand::Check(args) => check::run(session, &args).await,
    }
}
