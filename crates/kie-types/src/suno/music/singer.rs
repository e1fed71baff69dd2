//! Who sings, in the words of several music pages.

use crate::value::open_enum;

open_enum! {
    /// The singer's voice that is made more likely; nothing guarantees it.
    pub enum VocalGender {
        /// A male voice.
        Male = "m",
        /// A female voice.
        Female = "f",
    }
}

open_enum! {
    /// What a `personaId` names.
    pub enum PersonaModel {
        /// A persona made from a track.
        Style = "style_persona",
        /// A cloned voice.
        Voice = "voice_persona",
    }
}
