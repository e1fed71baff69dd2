//! `kie voice make`: makes a cloned voice from the recording of a phrase.

use std::time::SystemTime;

use clap::{Args, builder::PossibleValuesParser};
use kie_suno::requests::{Endpoint as _, SingerSkillLevel, SunoVoiceGenerate, SunoVoiceRegenerate, SunoVoiceValidate};

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    follow::{finish, reported},
    output::{minutes, note, with_causes},
    session::Session,
    sources::{KnownTask, KnownTrack, Recording},
    spend::{clear, spend, spend_and_return},
    verbs::voice::{check::is_available, recorded::TO_SING},
};

/// Operations that make phrases.
pub(super) const VALIDATIONS: [&str; 2] = [SunoVoiceValidate::NAME, SunoVoiceRegenerate::NAME];

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct MakeArgs {
    /// Recording of the phrase: a local WAV or MP3 file, which is uploaded, or a link
    #[arg(value_name = "RECORDING")]
    pub(crate) recording: String,
    /// Task of the phrase, or the first characters of its id [default: the newest phrase in the ledger]
    #[arg(long, value_name = "TASK")]
    pub(crate) phrase: Option<String>,
    #[command(flatten)]
    pub(crate) voice: VoiceOptions,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
The phrase must be sung, not spoken. A phrase allows one try.

Examples:
  kie voice phrase https://example.com/sample.mp3 --to 15
  kie voice make https://example.com/phrase.mp3 --voice-name \"Marta alto\"";

/// Options for a voice.
#[derive(Debug, Args)]
pub(crate) struct VoiceOptions {
    /// Name of the voice
    #[arg(long, value_name = "NAME", requires = "recording")]
    pub(crate) voice_name: Option<String>,
    /// Description of the voice
    #[arg(long, value_name = "TEXT", requires = "recording")]
    pub(crate) description: Option<String>,
    /// Style in which the voice sings
    #[arg(long, requires = "recording")]
    pub(crate) style: Option<String>,
    /// Skill of the singer
    #[arg(
        long = "skill",
        value_name = "SKILL",
        requires = "recording",
        value_parser = PossibleValuesParser::new(SingerSkillLevel::WORDS)
    )]
    pub(crate) singer_skill_level: Option<String>,
}

impl VoiceOptions {
    /// Returns the request for the voice, with the task of the phrase and the address of the recording.
    pub(super) fn request(&self, phrase: &str, address: &str) -> SunoVoiceGenerate {
        let mut request = SunoVoiceGenerate::new(phrase, address);
        request.voice_name.clone_from(&self.voice_name);
        request.description.clone_from(&self.description);
        request.style.clone_from(&self.style);
        request.singer_skill_level = self.singer_skill_level.as_deref().map(SingerSkillLevel::from);
        request
    }
}

pub(super) async fn run(session: &Session, args: MakeArgs) -> Result<(), ExitError> {
    let recording = Recording::of(&args.recording)?;
    recording.check_name(args.start.name.as_deref())?;
    let phrase = match &args.phrase {
        Some(word) => KnownTask::named(session, word, &VALIDATIONS).await?,
        None => KnownTask::newest(session, &VALIDATIONS, |_| true).await?.ok_or_else(|| {
            ExitError::Invalid(
                "the ledger has no phrase: request one with kie voice phrase, or add --phrase TASK".to_owned(),
            )
        })?,
    };
    warn_of_age(&phrase);
    let mut request = args.voice.request(&phrase.id, recording.placeholder());
    request.call_back_url = args.call_back.call_back_url;
    let source = phrase.source();
    clear(session, &request, Some(&source), args.start.name.as_deref()).await?;
    request.verify_url = recording.address(session).await?;
    make(session, &request, &source, &args.start).await
}

/// Makes the voice, prints it and checks it.
pub(super) async fn make(
    session: &Session,
    request: &SunoVoiceGenerate,
    of: &KnownTrack,
    start: &StartArgs,
) -> Result<(), ExitError> {
    if start.no_wait {
        return spend(session, request, Some(of), start).await;
    }
    let (task, cost) = spend_and_return(session, request, Some(of), start).await?;
    let follow = session.follow(&start.follow)?;
    let (report, files) = reported(session, SunoVoiceGenerate::NAME, &task, Some(&follow)).await?;
    finish(session, SunoVoiceGenerate::NAME, task.route(), report, files, cost).await?;
    // The voice is made, so a check that fails is not an error of this command.
    match is_available(session, task.id(), task.route()).await {
        Ok(true) => note!("the service says that the voice can be used"),
        Ok(false) => note!("warning: the service says that the voice cannot be used"),
        Err(ExitError::Client { error, .. }) => {
            note!("warning: the voice could not be checked: {}", with_causes(&error));
        }
        Err(error) => return Err(error.after_document()),
    }
    Ok(())
}

/// Warns of a phrase that has probably expired.
fn warn_of_age(phrase: &KnownTask) {
    let Some(receipt) = phrase.receipt() else { return };
    let age = SystemTime::now().duration_since(receipt.created).unwrap_or_default();
    // The phrase is ready some time after its call, so its age is not known exactly.
    if age > TO_SING * 2 {
        let age = minutes(age.as_secs_f64());
        note!("warning: the phrase was requested {age} minutes ago, and phrases were seen to expire after 3 minutes");
    }
}
