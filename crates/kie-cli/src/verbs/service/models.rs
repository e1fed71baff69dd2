//! `kie models`: lists the models, or compares the service's catalogue with the tables of this version.

use std::time::Duration;

use clap::Args;
use kie_suno::{
    Route,
    requests::{Bound, Endpoint as _, GenerateMusic, Limit, Model, WarningKind},
    types::text::one_line,
};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{Cell, Column, ProgressLine, Table, note, out, print_json},
    session::Session,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ModelsArgs {
    /// Compare the catalogue of the service with this version. The calls are free
    #[arg(long)]
    pub(crate) live: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie models
  kie models --route market
  kie models --live";

/// Time between two calls. The service accepts one call of the catalogue per second.
const PAUSE: Duration = Duration::from_millis(1_100);

/// The models of a route, as this version knows them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Models {
    /// Route on which the models are used.
    route: Route,
    /// The models.
    models: Vec<Row>,
}

/// A model, as this version knows it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ModelLimits"))]
struct Row {
    /// Name of the model, as requests have it.
    model: Model,
    /// `true` for the newest model that is documented for the route. It is used if neither the command nor the settings
    /// name a model.
    newest: bool,
    /// `true` if KIE labels the model as discontinued on the route.
    discontinued: bool,
    /// Maximum lengths of the texts of a song.
    limits: Vec<Limit>,
}

impl Row {
    fn of(model: Model, route: Route) -> Self {
        let warnings = GenerateMusic::simple(model.clone(), "x").warnings_on(route);
        let limits = GenerateMusic::limits_on(route).into_iter();
        let of_model = |limit: &Limit| limit.model.as_ref().is_none_or(|of| *of == model);
        let limits = limits.filter(|limit| matches!(limit.bound, Bound::Characters(_)) && of_model(limit)).collect();
        Self {
            newest: model == route.newest_model(),
            discontinued: warnings.iter().any(|warning| warning.kind == WarningKind::Discontinued),
            limits,
            model,
        }
    }

    /// Returns the maximum number of characters of a field, or an empty text if there is no limit.
    fn most(&self, field: &str, mode: &str) -> String {
        let applies = |limit: &&Limit| limit.field == field && limit.modes.iter().all(|of| of.name == mode);
        match self.limits.iter().find(applies).map(|limit| &limit.bound) {
            Some(Bound::Characters(most)) => most.to_string(),
            _ => String::new(),
        }
    }

    fn note(&self) -> &'static str {
        match (self.newest, self.discontinued) {
            (true, _) => "newest documented for this route",
            (_, true) => "labelled as discontinued",
            _ => "",
        }
    }
}

/// Lists the models of the route. Nothing is sent.
pub(crate) fn list(global: &GlobalArgs) -> Result<(), ExitError> {
    let route = global.route()?;
    let limits = GenerateMusic::limits_on(route);
    let accepted = |model: &Model| {
        let words = limits.iter().filter(|limit| limit.field == "model").flat_map(|limit| limit.bound.words());
        words.into_iter().any(|word| *word == model.as_str())
    };
    let models = Model::ALL.into_iter().filter(accepted).map(|model| Row::of(model, route));
    if global.format == OutputFormat::Json {
        return Ok(print_json(&Models { route, models: models.collect() })?);
    }
    let [idea, prompt, style, title, lyrics] = ["IDEA", "PROMPT", "STYLE", "TITLE", "LYRICS"].map(Column::number);
    let mut table = Table::new([Column::whole("MODEL"), idea, prompt, style, title, lyrics, Column::whole("")]);
    for row in models {
        let texts = [("prompt", "simple"), ("prompt", "custom"), ("style", "custom"), ("title", "custom")];
        let [idea, prompt, style, title] = texts.map(|(field, mode)| Cell::from(row.most(field, mode)));
        let lyrics = row.most("lyrics", "custom");
        table.push([row.model.as_str().into(), idea, prompt, style, title, lyrics.into(), row.note().into()]);
    }
    table.print();
    note!("limits of kie generate on the {route} route, in characters");
    note!("IDEA is a prompt without --style and --title");
    Ok(())
}

/// Compares the catalogue of the service with the tables of this version.
pub(crate) async fn run(session: &Session) -> Result<(), ExitError> {
    // A simulator has no rate limit.
    let pause = if session.global.is_local() { Duration::ZERO } else { PAUSE };
    let doing = "reading the catalogue";
    let progress = ProgressLine::new(doing);
    let drift = session.interrupt.during(doing, session.client.catalogue().compare(pause)).await??;
    drop(progress);
    if session.format == OutputFormat::Json {
        print_json(&drift)?;
    } else {
        drift.differences.iter().for_each(|difference| out!("{difference}"));
        if drift.differences.is_empty() {
            out!("there are no differences");
        }
        // Many operations are not compared for the same reason.
        let mut reasons: Vec<&str> = drift.unchecked.iter().map(|unchecked| unchecked.reason.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        for reason in reasons {
            let slugs = drift.unchecked.iter().filter(|unchecked| unchecked.reason == reason);
            let slugs: Vec<_> = slugs.map(|unchecked| one_line(&unchecked.slug).to_string()).collect();
            note!("not compared, because {}: {}", one_line(reason), slugs.join(", "));
        }
    }
    if drift.differences.is_empty() { Ok(()) } else { Err(ExitError::Reported(1)) }
}
