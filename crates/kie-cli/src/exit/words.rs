//! Error texts of the client, with their causes and with advice.

use kie_suno::Error;

use crate::output::with_causes;

/// Returns the text of the error with its causes and advice.
pub(crate) fn error_text(error: &Error) -> String {
    let advice = match error {
        Error::Ledger(_) => "; use another ledger with --ledger FILE, or none with --ledger none",
        Error::Config(wrong) if wrong.field() == "api_key" => "; with --sandbox no key is needed",
        _ => "",
    };
    let mut text = with_causes(error);
    if let Error::Config(wrong) = error {
        // The field has the name of a method of the client's builder. Users of the command do not know these names.
        let setting = match wrong.field() {
            "api_key" => "KIE_API_KEY or --api-key",
            "base_url" => "KIE_BASE_URL or --base-url",
            "upload_url" => "KIE_UPLOAD_URL",
            _ => "the client",
        };
        text = text.replacen(wrong.field(), setting, 1);
    }
    text + advice
}
