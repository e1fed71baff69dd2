//! Options for the singer, for several music operations.

use crate::value::open_enum;

open_enum! {
    /// Preferred gender of the singing voice. The preference is only a hint: the service does not guarantee this
    /// gender.
    pub enum VocalGender {
        /// A male voice.
        Male = "m",
        /// A female voice.
        Female = "f",
    }
}

open_enum! {
    /// Kind of a `personaId`: the id of a persona, or the id of a cloned voice.
    pub enum PersonaModel {
        /// A persona made from a track.
        Style = "style_persona",
        /// A cloned voice.
        Voice = "voice_persona",
    }
}
