//! `kie generate`, `kie extend` and `kie video`.

use clap::Args;
use kie_suno::requests::{Model, PersonaModel, VocalGender};

use crate::args::follow::StartArgs;

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
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
    pub(crate) start: StartArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
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
    pub(crate) start: StartArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VideoArgs {
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
    pub(crate) start: StartArgs,
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
