//! Options about the music, which several verbs accept.

use clap::Args;
use kie_suno::requests::Model;

use crate::args::{
    call_back::CallBackArgs,
    words::{ModelParser, PersonaKind, Vocal},
};

/// Option for the model of new music.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// The model. A newer name than those listed is accepted too [default: the newest model that is documented for the
    /// route]
    #[arg(long, value_parser = ModelParser)]
    pub(crate) model: Option<Model>,
}

/// Options about the music. All verbs that make songs accept them.
#[derive(Debug, Args)]
pub(crate) struct MusicArgs {
    /// Preferred voice
    #[arg(long = "vocal", value_name = "VOICE", value_enum)]
    pub(crate) vocal_gender: Option<Vocal>,
    /// Weight of the style, 0 to 1
    #[arg(long, value_name = "WEIGHT")]
    pub(crate) style_weight: Option<f64>,
    /// Allowed deviation from usual music, 0 to 1
    #[arg(long = "weirdness", value_name = "WEIGHT")]
    pub(crate) weirdness_constraint: Option<f64>,
    /// Weight of the given audio, 0 to 1
    #[arg(long, value_name = "WEIGHT")]
    pub(crate) audio_weight: Option<f64>,
    /// Variety of the music: 0 keeps to the exact style, and 4 is the wildest. Only on the market route
    #[arg(long, value_name = "0-4")]
    pub(crate) variety: Option<i64>,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
}

impl MusicArgs {
    /// Returns `true` if an option is given that changes the music.
    pub(crate) fn are_given(&self) -> bool {
        self.vocal_gender.is_some()
            || self.style_weight.is_some()
            || self.weirdness_constraint.is_some()
            || self.audio_weight.is_some()
            || self.variety.is_some()
    }
}

/// Options about the singer. Most verbs that make songs accept them.
#[derive(Debug, Args)]
pub(crate) struct SingerArgs {
    /// Id of a persona or of a cloned voice
    #[arg(long = "persona", value_name = "ID")]
    pub(crate) persona_id: Option<String>,
    /// Kind of the id of --persona
    #[arg(long = "persona-kind", value_name = "KIND", value_enum)]
    pub(crate) persona_model: Option<PersonaKind>,
}

impl SingerArgs {
    /// Returns `true` if one of the options is given.
    pub(crate) fn are_given(&self) -> bool {
        self.persona_id.is_some() || self.persona_model.is_some()
    }
}

/// Copies the options of [`MusicArgs`] to the fields of a request. This is a macro, because the request types have no
/// common type for these fields.
macro_rules! take_music {
    ($request:ident, $music:expr) => {
        let music = $music;
        $request.vocal_gender = music.vocal_gender.map(Into::into);
        $request.style_weight = music.style_weight.map(Into::into);
        $request.weirdness_constraint = music.weirdness_constraint.map(Into::into);
        $request.audio_weight = music.audio_weight.map(Into::into);
        $request.variety = music.variety;
        $request.call_back_url = music.call_back.call_back_url;
    };
}
pub(crate) use take_music;

/// Copies the options of [`SingerArgs`] to the fields of a request.
macro_rules! take_persona {
    ($request:ident, $persona:expr) => {
        let persona = $persona;
        $request.persona_id = persona.persona_id.map(Into::into);
        $request.persona_model = persona.persona_model.map(Into::into);
    };
}
pub(crate) use take_persona;
