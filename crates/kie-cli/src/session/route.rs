//! The route of a command.

use std::ffi::OsString;

use kie_suno::Route;

use crate::{
    args::GlobalArgs,
    exit::ExitError,
    session::go_on::quoted,
    settings::{Setting, without_password},
};

impl GlobalArgs {
    /// Returns the route: that of `--route`, or else that of the settings, or else the classic route.
    pub(crate) fn route(&self) -> Result<Route, ExitError> {
        match self.route {
            Some(route) => Ok(route.into()),
            None => Ok(self.settings.route().map_err(ExitError::Usage)?.unwrap_or_default()),
        }
    }
}

/// Returns the flag for commands that read the tasks of this command. A wrong route is reported later.
pub(crate) fn route_flag(global: &GlobalArgs) -> String {
    global.route().map(|route| flag(global, route)).unwrap_or_default()
}

/// Returns the flag for a command that reads a task on this route. The flag is left out if the command reads on this
/// route without a flag, also in another terminal.
pub(super) fn flag(global: &GlobalArgs, route: Route) -> String {
    let set = global.settings.text(Setting::Route);
    let is_default = route == Route::default() && set.is_none_or(|word| word.parse() == Ok(route));
    if is_default { String::new() } else { format!(" --route {route}") }
}

/// Returns the error with the `kie` command that makes the same call on the other route, if the path of the call is
/// gone. Other errors are returned unchanged.
pub(crate) fn with_other_route(stop: ExitError) -> ExitError {
    match stop.other_route() {
        Some(route) => stop.going_on(again_on(route, std::env::args_os().skip(1))),
        None => stop,
    }
}

/// Returns the command with these arguments on another route, without the API key and the password of a database, because
/// the command is printed.
fn again_on(route: Route, arguments: impl IntoIterator<Item = OsString>) -> String {
    let mut command = format!("kie --route {route}");
    let mut words = arguments.into_iter().map(|word| without_password(&word).to_string_lossy().into_owned());
    let mut has_options = true;
    while let Some(word) = words.next() {
        match word.split('=').next() {
            Some("--route" | "--api-key") if has_options => {
                if !word.contains('=') {
                    words.next();
                }
                continue;
            }
            Some("--") => has_options = false,
            _ => {}
        }
        command.push(' ');
        command += &quoted(&word);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_for_the_other_route_has_neither_the_key_nor_two_routes() {
        let again = |words: &[&str]| again_on(Route::Market, words.iter().map(OsString::from));
        assert_eq!(
            again(&["--api-key", "secret", "generate", "a waltz", "--route=classic", "--save", "songs"]),
            "kie --route market generate 'a waltz' --save songs"
        );
        assert_eq!(again(&["--route", "classic", "--api-key=secret", "credits"]), "kie --route market credits");
        assert_eq!(
            again(&["--ledger", "postgres://mia:secret@db/shop", "credits"]),
            "kie --route market --ledger 'postgres://mia@db/shop' credits"
        );
        assert_eq!(again(&["generate", "--", "--route"]), "kie --route market generate -- --route");
    }
}
