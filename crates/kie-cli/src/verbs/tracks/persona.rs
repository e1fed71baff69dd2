//! `kie persona`: makes a persona from a track.

use clap::Args;
use kie_suno::{
    requests::{Endpoint as _, GenerateMusic, GeneratePersona},
    types::text::one_line,
};
use serde_json::Value;

use crate::{
    args::{MoneyArgs, time},
    exit::ExitError,
    follow::sing_with,
    output::{note, out},
    session::Session,
    sources::{History, TrackArgs, read_text},
    spend::ask,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct PersonaArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Name of the persona [default: the title of the track]
    #[arg(long, value_name = "NAME")]
    pub(crate) persona_name: Option<String>,
    /// Description of the music of the persona: genre, mood, instruments, voice. - reads standard input, @FILE reads a
    /// file, and @@ stands for one @ at the beginning
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: String,
    /// Style to add to the persona
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Start of the part of the track from which the persona is made, in seconds or as m:ss [default: 0]
    #[arg(long = "from", value_name = "TIME", value_parser = time)]
    pub(crate) vocal_start: Option<f64>,
    /// End of the part, 10 to 30 seconds after its start [default: 0:30]
    #[arg(long = "to", value_name = "TIME", value_parser = time)]
    pub(crate) vocal_end: Option<f64>,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first persona. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) money: MoneyArgs,
}

const EXAMPLES: &str = "\
A track can have one persona. Its id is printed: kie generate needs it.

Examples:
  kie persona \"$TRACK\" --description \"warm alto, close mic, indie phrasing\"
  kie persona \"$TASK\" --track 2 --description \"slow waltz\" --from 0:01 --to 0:12";

pub(crate) async fn run(session: &Session, args: PersonaArgs) -> Result<(), ExitError> {
    let track = args.track.track(session).await?;
    if track.operation.as_deref().is_some_and(|operation| operation != GenerateMusic::NAME) {
        note!("warning: the service was seen to accept only tracks of kie generate for personas");
    }
    let description = read_text(Some(args.description), &session.interrupt).await?.unwrap_or_default();
    let name = args.persona_name.or_else(|| track.title.clone()).ok_or_else(|| {
        ExitError::Invalid("the ledger does not know the title of the track: add --persona-name NAME".to_owned())
    })?;
    let mut request = GeneratePersona::new(track.task_id()?, track.audio_id.as_str(), name, description);
    request.style = args.style;
    request.vocal_start = args.vocal_start.map(Into::into);
    request.vocal_end = args.vocal_end.map(Into::into);
    let asked = ask(session, &request, Some(&track), args.name.as_deref()).await;
    if asked.as_ref().is_err_and(ExitError::is_conflict)
        && let Some(first) = first_persona(session, &track.audio_id).await?
    {
        note!("the track has the persona {}", one_line(&first));
    }
    let mut answer = asked?;
    answer.next.extend(sing_with(session, answer.route, answer.response.persona_id.as_str(), false));
    answer.print(session.format, |answer| out!("{}", answer.response.persona_id))
}

/// Returns the id of the persona of this track, if the ledger knows it.
async fn first_persona(session: &Session, track: &str) -> Result<Option<String>, ExitError> {
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        if receipt.operation == GeneratePersona::NAME && read(&receipt.request)["audioId"] == track {
            let response = receipt.response.as_deref().map(read).unwrap_or_default();
            if let Some(id) = response["personaId"].as_str() {
                return Ok(Some(id.to_owned()));
            }
        }
    }
    Ok(None)
}
