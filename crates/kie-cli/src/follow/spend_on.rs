//! Starting a task with recordings, which are uploaded first.

use kie_suno::requests::TaskEndpoint;

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{spend::spend, start::try_folder},
    session::Session,
    sources::Recording,
};

/// Does the same as [`spend`] for a request with the addresses of recordings. `set` puts the addresses into the request.
/// Local files are uploaded when everything else is checked.
pub(crate) async fn spend_on<E: TaskEndpoint>(
    session: &Session,
    mut request: E,
    recordings: &[Recording],
    set: impl Fn(&mut E, Vec<String>),
    options: &StartArgs,
) -> Result<(), ExitError> {
    set(&mut request, recordings.iter().map(|recording| recording.placeholder().to_owned()).collect());
    request.validate_on(session.route).map_err(ExitError::invalid)?;
    recordings.iter().try_for_each(|recording| recording.check_name(options.name.as_deref()))?;
    if let Some(folder) = &options.follow.save {
        try_folder(folder, &session.interrupt).await?;
    }
    let mut addresses = Vec::new();
    for recording in recordings {
        addresses.push(recording.clone().address(session).await?);
    }
    set(&mut request, addresses);
    spend(session, &request, None, options).await
}
