//! The verbs and their exit codes.

use clap::{Parser, Subcommand};

use crate::{
    args::GlobalArgs,
    verbs::{
        agents::{mcp::McpArgs, skill},
        callbacks::{listen::ListenArgs, replay::ReplayArgs, trigger::TriggerArgs},
        files::{link::LinkArgs, upload::UploadArgs},
        ledger::{
            forget::ForgetArgs, ledger::LedgerArgs, list::ListArgs, open::OpenArgs, resume::ResumeArgs, save::SaveArgs,
            show::ShowArgs,
        },
        operations::{
            call::CallArgs, check::CheckArgs, inspect::InspectArgs, operations::OperationsArgs, task::TaskArgs,
        },
        service::{credits, models::ModelsArgs, sandbox::SandboxArgs},
        setup::{
            config::{self, ConfigArgs},
            doctor,
            login::{self, LoginArgs},
            logout,
        },
        shell::{completions::CompletionsArgs, man::ManArgs},
        songs::{
            add_instrumental::AddInstrumentalArgs, add_vocals::AddVocalsArgs, cover::CoverArgs, extend::ExtendArgs,
            generate::GenerateArgs, mashup::MashupArgs, replace::ReplaceArgs, sounds::SoundsArgs,
        },
        texts::{lyrics::LyricsArgs, style::StyleArgs},
        tracks::{
            artwork::ArtworkArgs, midi::MidiArgs, persona::PersonaArgs, stems::StemsArgs,
            timed_lyrics::TimedLyricsArgs, video::VideoArgs, wav::WavArgs,
        },
        voice::VoiceArgs,
    },
};

/// Make songs with KIE.AI's Suno music API, or offline with its simulator
#[derive(Debug, Parser)]
#[command(name = "kie", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    any other failure, such as a ledger that cannot be written, or a full
       disk; for kie ledger, if the ledger cannot be read, or a receipt could
       not be copied; for kie save, if a task failed or could not be saved; for
       kie models, if there are differences; for kie voice check, if the voice
       cannot be used; for kie doctor, if there is a fault; for kie trigger
       and kie replay, if the receiver did not answer with 2xx
  2    wrong usage
  3    invalid request, a file that is not JSON, or --name was already used for
       a different request; nothing was sent
  4    refused by the service, and certainly not charged
  5    the task failed
  6    not finished in time; the task continues at the service, and the command
       to wait for it is printed
  7    unknown whether the service accepted the call; it may have been charged;
       with a ledger, kie tasks lists it
  8    there is no API key that can be used; nothing was sent
  9    more than --budget allows, or a high price that was not confirmed;
       nothing was sent
  130  interrupted by Ctrl-C or SIGTERM";

const TASKS_EXAMPLES: &str = "\
Examples:
  kie tasks
  kie tasks --format json";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Generate(GenerateArgs),
    Extend(ExtendArgs),
    Cover(CoverArgs),
    AddVocals(AddVocalsArgs),
    AddInstrumental(AddInstrumentalArgs),
    Mashup(MashupArgs),
    Sounds(SoundsArgs),
    Replace(ReplaceArgs),
    /// Make a persona from a track, for new songs in its style
    ///
    /// New songs with the persona, such as those of kie generate --persona ID, have the singer and the style of the track.
    Persona(PersonaArgs),
    /// Print or save the timed lyrics of a track, as LRC or SRT
    TimedLyrics(TimedLyricsArgs),
    /// Convert a track to a WAV file
    Wav(WavArgs),
    /// Separate a track or a recording into vocals and other stems
    Stems(StemsArgs),
    /// Write the notes of a track as a MIDI file, from its stems
    Midi(MidiArgs),
    /// Make a video of a track
    Video(VideoArgs),
    /// Draw cover images for the tracks of a task
    Artwork(ArtworkArgs),
    /// Write lyrics about a theme, without music
    Lyrics(LyricsArgs),
    /// Make a richer style text from a short one
    Style(StyleArgs),
    /// Clone a singing voice, in steps or in one command
    Voice(VoiceArgs),
    /// Call any operation with a JSON document
    Call(CallArgs),
    /// Check a JSON document by the rules of an operation, offline
    Check(CheckArgs),
    /// Explain a request, a response, a record or a callback
    ///
    /// The body can be of either route. Nothing is sent.
    Inspect(InspectArgs),
    /// Show a task, wait for it, or save its files
    Task(TaskArgs),
    /// List the songs and other results in the ledger
    ///
    /// The newest are listed first. Only the ledger is read, and nothing is sent. STATE is the folder with the saved
    /// files, or else the state of the call. CREDITS is what the task cost, if its record told it, or else the listed
    /// price. ID is the beginning of the id of the track, of the task or of the call: other verbs accept it. The list is
    /// as wide as the terminal, or as the environment variable COLUMNS says. Finished calls stay in the list for ever.
    List(ListArgs),
    /// Show one call: results, request, files, cost and next step
    Show(ShowArgs),
    /// Open a saved file, its folder or its link
    ///
    /// The file is opened with the program of the desktop. If there is no desktop, only its path is printed.
    Open(OpenArgs),
    /// List unfinished tasks and those that are not saved
    ///
    /// A task is listed if it is running, if it is complete and not saved, or if the response to its call was lost. Calls
    /// that were not sent yet are listed too. Only the ledger is read, and nothing is sent. Each task is shown in its last
    /// known state. Run kie save to update the states of all tasks.
    #[command(after_long_help = TASKS_EXAMPLES)]
    Tasks,
    /// Check every unfinished task and save the complete ones
    Save(SaveArgs),
    /// Wait for the task of a receipt, then for its result
    ///
    /// If the response to a call was lost, only a callback can tell the id of its task. kie listen does not write
    /// callbacks to the ledger. Another program must receive them at the address that was given as --call-back-url, and
    /// write them to the same ledger. Without such a program the task stays unknown, and kie resume ends with exit code 7. The call
    /// is never sent a second time.
    Resume(ResumeArgs),
    /// Close receipts that will never be finished
    ///
    /// They are no longer listed. Their names can be used again, and the next call with such a name is sent. If the first
    /// call was accepted after all, both are paid for. A later callback still updates the receipt, and the receipt is then
    /// listed again. Nothing is cancelled at the service.
    Forget(ForgetArgs),
    /// Show the state of the ledger, or copy it
    Ledger(LedgerArgs),
    /// Upload a file and print its link
    Upload(UploadArgs),
    /// Request a fresh download link for a track's file
    Link(LinkArgs),
    /// Show the balance
    #[command(after_long_help = credits::EXAMPLES)]
    Credits,
    /// Serve the simulator on this machine until Ctrl-C
    ///
    /// The simulator serves both routes. With --api-key, only that key is accepted.
    Sandbox(SandboxArgs),
    /// Receive callbacks, verify, print and forward them
    ///
    /// A callback with a missing, wrong or old signature is printed, answered with 401, and not forwarded. Without a webhook
    /// key no signature can be verified: each callback is accepted, and printed as not verified. The signature covers the
    /// id of the task and the time, and not the body.
    ///
    /// An accepted callback is answered with 200 at once, because the service waits only 15 seconds. Then it is
    /// forwarded once, and the answer of your program is printed. The service does not learn this answer: send a callback
    /// again with kie replay. The address can have any path. Only --forward is contacted, and the API key is sent nowhere.
    Listen(ListenArgs),
    /// Send a realistic callback of any kind to your receiver
    ///
    /// The body is that of a task in a simulator inside the command. Its links lead to no file. The callback is signed
    /// with the webhook key. Without a name, all names are listed. The exit code is 0 if each answer has a status from 200 to
    /// 299. With --route market, the callbacks have the form of the market route.
    Trigger(TriggerArgs),
    /// Send stored callbacks to your receiver again
    ///
    /// Each callback is signed anew with the webhook key and the time of now, unless --as-recorded is given. The exit code is
    /// 0 if each answer has a status from 200 to 299.
    Replay(ReplayArgs),
    /// List every operation, or describe one of them
    ///
    /// The list has the path of the operation, its price, the task that it starts, and its slug on the market route. With a
    /// name, the rules of the request are told, with an example. Nothing is sent.
    Operations(OperationsArgs),
    /// List the models with the limits of their texts
    ///
    /// The limits are those of kie generate on the route of the command, in characters, as this version knows them. kie
    /// operations NAME lists the limits of another operation. Nothing is sent.
    ///
    /// With --live, the service's own catalogue of the market route is compared with the tables of this version. The
    /// comparison costs nothing. It needs about half a minute, because the service accepts one call per second. It
    /// compares operations, prices, accepted words and limits. Operations without a schema, and broken references in a
    /// schema, are told and skipped. The exit code is 1 if there are differences.
    Models(ModelsArgs),
    /// Serve the operations as tools to an agent, over MCP
    ///
    /// The command is a server of the Model Context Protocol on standard input and output. Each operation that makes
    /// something is a tool, and its description has the price. Every such call has a name: the same call under the same
    /// name is paid once, also after a timeout or a cancelled call. The ledger is required. Name one with --ledger FILE for
    /// a simulator.
    ///
    /// The command needs the feature mcp: cargo install kie-cli --features mcp. For agents without MCP, kie skill prints a
    /// guide to the command line.
    Mcp(McpArgs),
    /// Print a guide to the command line for agents
    ///
    /// The guide is Markdown: verbs with their prices, exit codes with what to do at each, and the rules that prevent
    /// paying twice. Save it where your agent looks for skills.
    #[command(after_long_help = skill::EXAMPLES)]
    Skill,
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Write the man pages into a folder
    Man(ManArgs),
    /// Store an API key in a file that only you can read
    ///
    /// The key is read from standard input, or typed on a terminal, where it is not shown. It is checked by reading the
    /// balance, which is free. A stored key belongs to the address of the service in effect, and is sent to no other
    /// address. --api-key and KIE_API_KEY take precedence.
    #[command(after_long_help = login::EXAMPLES)]
    Login(LoginArgs),
    /// Remove the stored API key
    #[command(after_long_help = logout::EXAMPLES)]
    Logout,
    /// Print the settings in effect, and where each of them is set
    ///
    /// An option on the command line takes precedence, then the environment, then the kie.toml of the project, then
    /// your own kie.toml. The file of a project is searched in the current folder and its parents, up to your home or
    /// the folder with the repository. Of budget and confirm-above, the lower one of the two files applies.
    #[command(after_long_help = config::EXAMPLES)]
    Config(ConfigArgs),
    /// Check the key, hosts, clock, ledger, proxy and settings
    ///
    /// Nothing is paid for: the balance is read, and a connection to the upload host is opened. Each line begins with
    /// ok, warning or fault. The exit code is 1 if there is a fault.
    #[command(after_long_help = doctor::EXAMPLES)]
    Doctor,
}
