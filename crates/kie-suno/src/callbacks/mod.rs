//! The receiver of callbacks, and the types of their bodies. The receiver verifies each callback, writes it to the
//! ledger if there is one, and wakes the code that waits for the task of the callback.

#[cfg(feature = "callbacks")]
mod delivery;
#[cfg(feature = "callbacks")]
mod receiver;
#[cfg(feature = "callbacks")]
mod redeliveries;
#[cfg(feature = "callbacks")]
mod service;

#[cfg(feature = "callbacks")]
pub use delivery::{Deliveries, Delivery, Lagged};
#[cfg(feature = "verify")]
#[doc(inline)]
pub use kie_types::signature::{self, Verifier, WebhookKey};
#[doc(inline)]
pub use kie_types::{
    AnyCallback, Callback, CallbackPayload, CallbackType, CoverCallback, LyricsCallback, MidiCallback, MusicCallback,
    MusicVideoCallback, RecoveryCallback, Unrecognised, VocalSeparationCallback, VoiceCallback,
    VoiceValidationCallback, WavCallback,
};
#[cfg(feature = "callbacks")]
pub use receiver::Receiver;
#[cfg(feature = "callbacks")]
pub use service::ReceiverService;
