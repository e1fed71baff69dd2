//! `kie style`: makes a richer style text from a short one.

use clap::Args;
use kie_suno::requests::BoostMusicStyle;

use crate::{args::MoneyArgs, exit::ExitError, output::out, session::Session, sources::read_text, spend::ask};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct StyleArgs {
    /// Style in a few words. - reads standard input, @FILE reads a file, and @@ stands for one @ at the beginning
    #[arg(value_name = "TEXT")]
    pub(crate) content: String,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first style. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) money: MoneyArgs,
}

const EXAMPLES: &str = "\
Only the style is printed on standard output, so that a shell can use it as --style \"$(kie style TEXT)\".

Examples:
  kie style \"dusty soul, brass stabs\"
  kie style \"chamber pop\" --format json";

pub(crate) async fn run(session: &Session, args: StyleArgs) -> Result<(), ExitError> {
    let text = read_text(Some(args.content), &session.interrupt).await?.unwrap_or_default();
    let mut answer = ask(session, &BoostMusicStyle::new(text), None, args.name.as_deref()).await?;
    answer.credits = answer.response.credits_consumed;
    answer.print(session.format, |answer| out!("{}", answer.response.result.as_deref().unwrap_or_default()))
}
