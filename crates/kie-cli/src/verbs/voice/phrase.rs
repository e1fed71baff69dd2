//! `kie voice phrase`: requests a phrase, and makes the voice from its recording if the file of the recording is given.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use clap::{Args, builder::PossibleValuesParser};
use kie_suno::{
    records::{Timestamp, VoiceValidation},
    requests::{SunoVoiceRegenerate, SunoVoiceValidate, TaskEndpoint, VoiceLanguage},
    types::text::one_line,
};
use tokio::time::Instant;

use crate::{
    args::{CallBackArgs, FollowArgs, StartArgs, time},
    exit::ExitError,
    follow::{finish, reported},
    output::note,
    session::Session,
    sources::{KnownTask, KnownTrack, Recording},
    spend::{check, clear, spend, spend_and_return},
    verbs::voice::{
        make::{VALIDATIONS, VoiceOptions, make},
        recorded::{TO_SING, Take},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct PhraseArgs {
    /// Sample of the singing voice: a local WAV or MP3 file, which is uploaded, or a link
    #[arg(value_name = "SAMPLE", required_unless_present = "again")]
    pub(crate) voice_url: Option<String>,
    /// Start of the voice in the sample, in whole seconds or as m:ss
    #[arg(long = "from", value_name = "TIME", value_parser = time, default_value = "0")]
    pub(crate) vocal_start_s: f64,
    /// End of the voice in the sample, in whole seconds or as m:ss
    #[arg(long = "to", value_name = "TIME", value_parser = time, required_unless_present = "again")]
    pub(crate) vocal_end_s: Option<f64>,
    /// Language of the phrase
    #[arg(long, value_parser = PossibleValuesParser::new(VoiceLanguage::WORDS))]
    pub(crate) language: Option<String>,
    /// Request another phrase for the task of an earlier phrase whose recording was not accepted. Its id, or the first
    /// characters of it
    #[arg(long, value_name = "TASK", conflicts_with_all = ["voice_url", "vocal_start_s", "vocal_end_s", "language"])]
    pub(crate) again: Option<String>,
    /// File into which you record the phrase. kie prints the phrase, waits until this file is written, uploads it, makes
    /// the voice and checks it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "no_wait"])]
    pub(crate) recording: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) voice: VoiceOptions,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
The phrase is ready after about 20 seconds, and has to be sung, recorded and sent within 2 minutes and 30 seconds.

Examples:
  kie voice phrase https://example.com/sample.mp3 --from 0:04 --to 0:19
  kie voice phrase https://example.com/sample.mp3 --to 15 --language de

All steps in one command; record the phrase into my.wav when it is shown:
  $ kie voice phrase sample.wav --to 15 --recording my.wav --voice-name Marta";

pub(super) async fn run(session: &Session, args: PhraseArgs) -> Result<(), ExitError> {
    if let Some(word) = &args.again {
        let task = KnownTask::named(session, word, &VALIDATIONS).await?;
        let mut request = SunoVoiceRegenerate::new(task.id.as_str());
        request.call_back_url = args.call_back.call_back_url.clone();
        return send(session, &request, Some(&task.source()), &args).await;
    }
    let sample = Recording::of(args.voice_url.as_deref().unwrap_or_default())?;
    sample.check_name(args.start.name.as_deref())?;
    if sample.placeholder().ends_with(".webm") || args.voice_url.as_ref().is_some_and(|file| file.ends_with(".webm")) {
        note!("warning: the service was seen to accept no .webm samples; WAV and MP3 files work");
    }
    let mut request = SunoVoiceValidate::new(sample.placeholder(), 0, 0);
    request.vocal_start_s = Some(args.vocal_start_s.into());
    request.vocal_end_s = args.vocal_end_s.map(Into::into);
    request.language = args.language.as_deref().map(VoiceLanguage::from);
    request.call_back_url = args.call_back.call_back_url.clone();
    if let Recording::File(_) = sample {
        clear(session, &request, None, args.start.name.as_deref()).await?;
        args.check_voice(session, None)?;
        request.voice_url = sample.address(session).await?;
    }
    send(session, &request, None, &args).await
}

impl PhraseArgs {
    /// Checks the options of the voice, if the voice is made too.
    fn check_voice(&self, session: &Session, of: Option<&KnownTrack>) -> Result<(), ExitError> {
        match &self.recording {
            Some(_) => check(session, &self.voice.request("phrase", "https://upload.invalid/"), of).map(drop),
            None => Ok(()),
        }
    }
}

/// Requests the phrase. Then waits for its recording and makes the voice, if the file of the recording is given.
async fn send<E: TaskEndpoint<Job = VoiceValidation>>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    args: &PhraseArgs,
) -> Result<(), ExitError> {
    let Some(file) = &args.recording else {
        spend(session, request, of, &args.start).await?;
        // The phrase of a simulator inside this command ended with the command.
        if !args.start.no_wait && session.simulator.is_none() {
            let (minutes, until) = (in_minutes(TO_SING), clock(TO_SING));
            note!("sing it, and send the recording within {minutes}, until {until}; after that, the phrase may expire");
        }
        return Ok(());
    };
    args.check_voice(session, of)?;
    let take = Take::of(file);
    let (task, cost) = spend_and_return(session, request, of, &args.start).await?;
    let waiting = FollowArgs { save: None, extras: false, ..args.start.follow.clone() };
    let (report, files) = reported(session, E::NAME, &task, Some(&waiting)).await?;
    let end = Instant::now() + TO_SING;
    let phrase = report.items.first().and_then(|item| item.text.as_deref()).unwrap_or_default();
    note!("\n    {}\n", one_line(phrase));
    let name = one_line(&file.to_string_lossy()).to_string();
    note!("sing these words and record them into {name} within {}, until {}", in_minutes(TO_SING), clock(TO_SING));
    if !take.is_written(session, end).await? {
        note!("{name} was not written in time, and the phrase may have expired: run the command again");
        finish(session, E::NAME, task.route(), report, files, cost).await?;
        return Err(ExitError::Reported(6));
    }
    let address = Recording::of(&file.to_string_lossy())?.address(session).await?;
    let request = args.voice.request(task.id(), &address);
    make(session, &request, &KnownTrack::on(Some(task.route())), &args.start).await
}

fn in_minutes(time: Duration) -> String {
    format!("{} minutes and {} seconds", time.as_secs() / 60, time.as_secs() % 60)
}

/// Returns the time of day after this time from now, such as `14:02:31 UTC`.
fn clock(left: Duration) -> String {
    let utc = Timestamp::from(SystemTime::now() + left).to_utc().unwrap_or_default();
    format!("{} UTC", utc.get(11..19).unwrap_or_default())
}
