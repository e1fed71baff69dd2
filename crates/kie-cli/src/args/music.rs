//! Options about the music, which several verbs accept.

use clap::Args;
use kie_suno::requests::{PersonaModel, VocalGender};

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

/// Copies the options to the fields of a request. This is a macro, because the request types have no common type for
/// these fields.
macro_rules! take_hints {
    ($request:ident, $hints:expr) => {
        let hints = $hints;
        $request.negative_tags = hints.negative_tags;
        $request.vocal_gender = hints.vocal_gender;
        $request.style_weight = hints.style_weight.map(Into::into);
        $request.weirdness_constraint = hints.weirdness_constraint.map(Into::into);
        $request.audio_weight = hints.audio_weight.map(Into::into);
        $request.persona_id = hints.persona_id.map(Into::into);
        $request.persona_model = hints.persona_model;
        $request.call_back_url = hints.call_back_url;
    };
}
pub(crate) use take_hints;
