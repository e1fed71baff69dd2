//! Checks that send nothing.

use std::{env, fs::OpenOptions, path::Path};

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt, key_advice},
    output::with_causes,
    session::{OpenLedger, SANDBOX_KEY, find_key, ledger},
    settings::LedgerPlace,
    verbs::setup::doctor::finding::Finding,
};

pub(super) fn version() -> Finding {
    let system = format!("{} on {}", env::consts::OS, env::consts::ARCH);
    Finding::ok("version", format!("kie {}, {system}", env!("CARGO_PKG_VERSION")))
}

pub(super) fn settings(global: &GlobalArgs) -> Finding {
    if let Some(problem) = global.settings.problem() {
        return Finding::fault(
            "settings",
            problem,
            "correct the setting, or remove it; kie config path prints the files",
        );
    }
    let user = global.settings.user_file().filter(|(_, is_there)| *is_there).map(|(path, _)| path);
    let files: Vec<_> = user.into_iter().chain(global.settings.project_file()).collect();
    let files: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
    let read = if files.is_empty() { "no kie.toml is used".to_owned() } else { files.join(", ") };
    Finding::ok("settings", read)
}

/// Checks the ledger, if there is one. A file is created by the first paid call, and not here.
pub(super) async fn ledger(global: &GlobalArgs, interrupt: &Interrupt) -> Result<Finding, ExitError> {
    const OTHER: &str = "use another ledger with --ledger FILE, or the setting ledger";
    let place = match ledger::place(global) {
        Ok(LedgerPlace::None) if global.is_local() => {
            return Ok(Finding::ok("ledger", "a simulator has no ledger by default"));
        }
        Ok(LedgerPlace::None) => {
            let advice = "leave out --ledger none, so that paid calls can be found again after a crash";
            return Ok(Finding::warning("ledger", "paid calls are not recorded", advice));
        }
        Ok(place) => place,
        Err(error) => return Ok(Finding::fault("ledger", error_text(&error), OTHER)),
    };
    if place.is_missing() {
        return Ok(Finding::ok("ledger", format!("{place} is not there yet; the first paid call creates it")));
    }
    let unreadable = match OpenLedger::at(place.clone(), 1, interrupt).await {
        Ok(ledger) => interrupt.during("reading the ledger", ledger.unreadable()).await?,
        Err(error @ ExitError::Interrupted { .. }) => return Err(error),
        Err(error) => return Ok(Finding::fault("ledger", error_text(&error), OTHER)),
    };
    let file = if let LedgerPlace::File(path) = &place { Some(path) } else { None };
    if file.is_some_and(|path| !is_writable(path)) {
        let message = format!("{place} cannot be written, so no call can be paid for");
        return Ok(Finding::fault(
            "ledger",
            message,
            format!("make it writable, for example with chmod u+w; or {OTHER}"),
        ));
    }
    let is_good = if file.is_some() { "can be read and written" } else { "can be read" };
    Ok(match unreadable {
        Ok(unreadable) if unreadable.is_empty() => Finding::ok("ledger", format!("{place} {is_good}")),
        Ok(unreadable) => Finding::warning(
            "ledger",
            format!("{place} has receipts of a newer version of kie: {}", unreadable.len()),
            "update kie to see and save them",
        ),
        Err(error) => Finding::fault("ledger", format!("{place}: {}", with_causes(&error)), OTHER),
    })
}

fn is_writable(path: &Path) -> bool {
    OpenOptions::new().append(true).open(path).is_ok()
}

/// Tells the proxy of the environment, without its user and password.
pub(super) fn proxy() -> Finding {
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let set = names.iter().find_map(|name| Some((*name, env::var(name).ok().filter(|value| !value.is_empty())?)));
    let Some((name, value)) = set else { return Finding::ok("proxy", "none is set in the environment") };
    let host = value.rsplit('@').next().unwrap_or_default();
    let except = ["no_proxy", "NO_PROXY"].iter().find_map(|name| env::var(name).ok().filter(|list| !list.is_empty()));
    let except = except.map(|list| format!(", except for {list}")).unwrap_or_default();
    Finding::ok("proxy", format!("{name} is set to {host}{except}"))
}

/// Checks where the API key comes from. Also returns the key.
pub(super) fn key(global: &GlobalArgs) -> (Finding, Option<String>) {
    if global.sandbox {
        return (Finding::ok("key", "the simulator needs none"), None);
    }
    match find_key(global) {
        Ok(Some((key, source))) => (Finding::ok("key", format!("it comes from {}", source.as_str())), Some(key)),
        Ok(None) if global.is_local() => (Finding::ok("key", "a simulator needs none"), Some(SANDBOX_KEY.to_owned())),
        Ok(None) => (Finding::fault("key", "there is no API key", key_advice()), None),
        Err(error) => (Finding::fault("key", error_text(&error), key_advice()), None),
    }
}

fn error_text(error: &ExitError) -> String {
    match error {
        ExitError::Client { error, .. } => with_causes(error),
        ExitError::NoKey(what) | ExitError::Usage(what) => what.clone(),
        _ => "it cannot be used".to_owned(),
    }
}
