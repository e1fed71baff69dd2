//! Dispatch of the commands. Decides which commands need a ledger.

use kie_suno::requests::catalog::OPERATIONS;

use crate::{
    cli::{
        cli::{Cli, Command},
        command,
    },
    exit::{ExitError, Interrupt},
    session::Session,
    verbs::{
        agents::{mcp, skill},
        callbacks::{listen, replay, trigger},
        files::{link, upload},
        ledger::{forget, ledger, list, open, resume, save, show, tasks},
        operations::{call, check, inspect, operations, task},
        service::{credits, models, sandbox},
        setup::{config, doctor, login, logout},
        shell::{completions, man},
        songs::{add_instrumental, add_vocals, cover, extend, generate, mashup, replace, sounds},
        texts::{lyrics, style},
        tracks::{artwork, midi, persona, stems, timed_lyrics, video, wav},
        voice,
    },
};

/// Runs the command of the command line.
pub(crate) async fn run(cli: Cli, interrupt: Interrupt) -> Result<(), ExitError> {
    // These two verbs are needed to mend the settings.
    if let Some(problem) = cli.global.settings.problem()
        && !matches!(cli.command, Command::Doctor | Command::Config(_))
    {
        return Err(ExitError::Usage(problem));
    }
    match cli.command {
        Command::Check(args) => return check::run(&args, &cli.global, &interrupt).await,
        Command::Inspect(args) => return inspect::run(&args, &cli.global, &interrupt).await,
        Command::Operations(args) => return operations::run(&args, &cli.global),
        Command::Models(args) if !args.live => return models::list(&cli.global),
        Command::Sandbox(args) => return sandbox::run(args, cli.global, &interrupt).await,
        Command::Listen(args) => return listen::run(&args, &cli.global, &interrupt).await,
        Command::Trigger(args) => return trigger::run(args, &cli.global, &interrupt).await,
        Command::Replay(args) => return replay::run(&args, &cli.global, &interrupt).await,
        Command::Mcp(args) => return mcp::run(args, cli.global, interrupt).await,
        Command::Skill => return skill::run(&command()),
        Command::Completions(args) => return completions::run(&args, command()),
        Command::Man(args) => return man::run(&args, command()),
        Command::List(args) => return list::run(&cli.global, &args, &interrupt).await,
        Command::Show(args) => return show::run(&cli.global, &args, &interrupt).await,
        Command::Open(args) => return open::run(cli.global, args, &interrupt).await,
        Command::Tasks => return tasks::run(&cli.global, &interrupt).await,
        Command::Forget(args) => return forget::run(&cli.global, &args, &interrupt).await,
        Command::Ledger(args) => return ledger::run(&cli.global, args, &interrupt).await,
        Command::Config(args) => return config::run(&args, &cli.global),
        Command::Doctor => return doctor::run(&cli.global, &interrupt).await,
        Command::Login(args) => return login::run(&args, &cli.global, &interrupt).await,
        Command::Logout => return logout::run(&cli.global),
        _ => {}
    }
    if cli.global.sandbox && matches!(cli.command, Command::Task(_) | Command::Save(_) | Command::Resume(_)) {
        let what = "the simulator inside this command has no earlier tasks: run kie sandbox in another terminal, and give \
                    its address as --base-url to all commands";
        return Err(ExitError::Usage(what.to_owned()));
    }
    // People write a request for kie call with the names of its fields.
    let is_of_options = !matches!(cli.command, Command::Call(_));
    let needs_key_first = cli.command.needs_key_first();
    let session = Session::open(cli.global, cli.command.keeps_receipts(), interrupt).await?;
    if needs_key_first {
        session.require_key()?;
    }
    let done = match cli.command {
        Command::Generate(args) => generate::run(&session, args).await,
        Command::Extend(args) => extend::run(&session, args).await,
        Command::Persona(args) => persona::run(&session, args).await,
        Command::TimedLyrics(args) => timed_lyrics::run(&session, args).await,
        Command::Wav(args) => wav::run(&session, args).await,
        Command::Stems(args) => stems::run(&session, args).await,
        Command::Midi(args) => midi::run(&session, args).await,
        Command::Cover(args) => cover::run(&session, args).await,
        Command::AddVocals(args) => add_vocals::run(&session, args).await,
        Command::AddInstrumental(args) => add_instrumental::run(&session, args).await,
        Command::Mashup(args) => mashup::run(&session, args).await,
        Command::Sounds(args) => sounds::run(&session, args).await,
        Command::Replace(args) => replace::run(&session, args).await,
        Command::Video(args) => video::run(&session, args).await,
        Command::Artwork(args) => artwork::run(&session, args).await,
        Command::Lyrics(args) => lyrics::run(&session, args).await,
        Command::Style(args) => style::run(&session, args).await,
        Command::Voice(args) => voice::run(&session, args).await,
        Command::Link(args) => link::run(&session, &args).await,
        Command::Call(args) => call::run(&session, args).await,
        Command::Task(args) => task::run(&session, args).await,
        Command::Save(args) => save::run(&session, &args).await,
        Command::Resume(args) => resume::run(&session, args).await,
        Command::Upload(args) => upload::run(&session, &args).await,
        Command::Credits => credits::run(&session).await,
        Command::Models(_) => models::run(&session).await,
        Command::Check(_) | Command::Inspect(_) | Command::Operations(_) | Command::Sandbox(_) => Ok(()),
        Command::Listen(_) | Command::Trigger(_) | Command::Replay(_) => Ok(()),
        Command::Tasks | Command::Forget(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
        Command::Mcp(_) | Command::Skill => Ok(()),
        Command::List(_) | Command::Show(_) | Command::Open(_) | Command::Ledger(_) => Ok(()),
        Command::Login(_) | Command::Logout | Command::Config(_) | Command::Doctor => Ok(()),
    };
    session.end().await;
    if is_of_options { done.map_err(ExitError::of_options) } else { done }
}

impl Command {
    /// Returns `true` if the command cannot do anything without the API key. All other commands check their input first,
    /// so that wrong input is told before a missing key. Without a key, their client sends nothing.
    fn needs_key_first(&self) -> bool {
        matches!(
            self,
            Self::Task(_) | Self::Save(_) | Self::Resume(_) | Self::Upload(_) | Self::Credits | Self::Models(_)
        )
    }

    /// Returns `true` if the command uses a ledger. Uploads, the balance, and calls that cost nothing need no ledger.
    fn keeps_receipts(&self) -> bool {
        match self {
            Self::Upload(_) | Self::Credits | Self::Models(_) => false,
            Self::Call(args) => OPERATIONS.iter().any(|it| it.name == args.operation && it.can_cost()),
            _ => true,
        }
    }
}
