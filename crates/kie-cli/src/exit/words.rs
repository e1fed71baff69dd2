//! Error texts of the client, with their causes and with advice.

use kie_suno::Error;

use crate::output::with_causes;

/// Code of the service for an API key that it does not know.
const UNAUTHORIZED: i64 = 401;

/// Returns the text of the error with its causes and advice.
pub(crate) fn error_text(error: &Error) -> String {
    let advice = match error {
        Error::Ledger(_) => "; use another ledger with --ledger FILE, or none with --ledger none",
        Error::OverBudget(_) => "; --budget or the setting budget allows more, and kie config shows the setting",
        _ => "",
    };
    let advice = match error {
        Error::Api(refused) if refused.code() == UNAUTHORIZED => format!("; {}", key_advice()),
        _ => advice.to_owned(),
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
    text + &advice
}

/// Page on which KIE makes API keys.
const KEY_PAGE: &str = "https://kie.ai/api-key";

/// Returns the ways to an API key, as a clause.
pub(crate) fn key_advice() -> String {
    format!(
        "get a key at {KEY_PAGE}, then run kie login, or set KIE_API_KEY; with --sandbox no key is needed: a simulator \
         makes the songs, and nothing is paid for"
    )
}
