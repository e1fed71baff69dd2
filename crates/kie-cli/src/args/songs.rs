//! `kie generate`, `kie extend` and `kie video`.

use clap::Args;
use kie_suno::requests::{Model, PersonaModel, VocalGender};

use crate::args::follow::StartArgs;

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// The idea of the song, or its lyrics with --style and --title. - reads standard input, @FILE reads a file, and @@
    /// stands for one @ at the beginning
    pub(crate) prompt: Option<String>,
    /// The model: V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, V6, … [default: the newest model that is documented for the
    /// route: V5_5 on the classic route, V6 on the market route]
    #[arg(long)]
    pub(crate) model: Option<Model>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    /// Style of the music. The prompt is then used as the lyrics
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the song. The prompt is then used as the lyrics
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Requested duration of the song in seconds, 10 to 360. Needs --style and --title, and a model from V5_5 on. On
    /// the market route, a song of V6 with --style and --title plays for only 20 seconds without this option
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    /// Id of the track, as kie --format json task prints it, or the file of a saved song with tags
    pub(crate) audio_id: String,
    /// Lyrics of the continuation, sung word for word. - reads standard input, @FILE reads a file, and @@ stands for
    /// one @ at the beginning
    pub(crate) lyrics: Option<String>,
    /// Model that made the track
    #[arg(long)]
    pub(crate) model: Model,
    /// Start of the continuation in the track, in seconds. Required if you give lyrics, --style or any other option for
    /// the music
    #[arg(long, value_name = "SECONDS")]
    pub(crate) continue_at: Option<f64>,
    /// Style of the music
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the continuation
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VideoArgs {
    /// Id of the task that made the track
    pub(crate) task_id: String,
    /// Id of the track
    pub(crate) audio_id: String,
    /// Name of the artist, shown on the cover
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// Watermark at the bottom of the video
    #[arg(long)]
    pub(crate) domain_name: Option<String>,
    /// Address to which the service reports the end of the task
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

/// Options about the music. Several operations accept them.
#[derive(Debug, Args)]
pub(crate) struct Hints {
    /// Styles to avoid
    #[arg(long)]
    pub(crate) negative_tags: Option<String>,
    /// Preferred voice: m or f
    #[arg(long)]
    pub(crate) vocal_gender: Option<VocalGender>,
    /// Weight of the style, 0 to 1
    #[arg(long)]
    pub(crate) style_weight: Option<f64>,
    /// Allowed deviation from the usual, 0 to 1
    #[arg(long)]
    pub(crate) weirdness_constraint: Option<f64>,
    /// Weight of the given audio, 0 to 1
    #[arg(long)]
    pub(crate) audio_weight: Option<f64>,
    /// Id of a persona or of a cloned voice
    #[arg(long)]
    pub(crate) persona_id: Option<String>,
    /// Kind of the persona id: style_persona or voice_persona
    #[arg(long)]
    pub(crate) persona_model: Option<PersonaModel>,
    /// Address to which the service reports progress
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
}

impl Hints {
    /// Returns `true` if an option is given that changes the music.
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
