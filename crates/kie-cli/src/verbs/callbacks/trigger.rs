//! `kie trigger`: sends a callback to a receiver that is tested.

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};
use kie_suno::Route;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{Column, Keep, Table, print, print_json},
};

use super::{
    client::ReceiverUrl,
    documents::{AllSamples, ListedSample, SentCallbacks},
    outgoing::{Outgoing, send, tell_unsigned},
    samples::{Event, SAMPLES, Sample},
    signing::SigningArgs,
    simulate::simulate,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct TriggerArgs {
    /// Name of the callback: the kind of the task, and its event [default: list all names of the route]
    #[arg(value_parser = names(), hide_possible_values = true)]
    name: Option<String>,
    /// Address of the receiver: https, or http on a loopback address
    #[arg(long, value_name = "URL", requires = "name", conflicts_with = "print")]
    to: Option<ReceiverUrl>,
    /// Print the body, and send nothing
    #[arg(long, requires = "name")]
    print: bool,
    /// Id of the task [default: a new one]
    #[arg(long, value_name = "ID", value_parser = id)]
    task_id: Option<String>,
    /// Code of the failure, for names with error: 400, 408, 413, 451, 500, 501 or 531 [default: 501]
    #[arg(long, value_name = "CODE")]
    code: Option<i64>,
    /// Number of times that the same callback is sent, to test that the receiver knows redeliveries
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    times: u32,
    #[command(flatten)]
    signing: SigningArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie trigger
  kie trigger music.complete --to http://127.0.0.1:9000/
  kie trigger music.error --code 531 --to http://127.0.0.1:9000/ --route market
  kie trigger music.first --print";

/// Code of a general failure.
const FAILED: i64 = 501;

/// Returns the parser of names, with what each of them reports.
fn names() -> PossibleValuesParser {
    SAMPLES.iter().map(|sample| PossibleValue::new(sample.name).help(sample.about)).into()
}

fn id(text: &str) -> Result<String, String> {
    let is_id = (1..=256).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    is_id.then(|| text.to_owned()).ok_or_else(|| "an id consists of letters, digits, - and _".to_owned())
}

pub(crate) async fn run(args: TriggerArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let route = global.route()?;
    let Some(sample) = args.name.as_deref().and_then(Sample::find) else { return list(route, global.format) };
    if !sample.is_on(route) {
        let what =
            format!("on the {route} route, no task has the callback {}; kie trigger lists the names", sample.name);
        return Err(ExitError::Usage(what));
    }
    if args.code.is_some() && sample.event != Event::Failed {
        return Err(ExitError::Usage(format!("--code needs a name with error, and {} is none", sample.name)));
    }
    let (mut task_id, mut body) = simulate(sample, args.code.unwrap_or(FAILED), route).await?;
    if let Some(id) = args.task_id {
        body = body.replace(&task_id, &id);
        task_id = id;
    }
    let headers = args.signing.headers(&task_id);
    let outgoing = Outgoing { name: Some(sample.name), task_id, query: None, headers, body };
    match &args.to {
        Some(to) => {
            if args.signing.lacks_key() {
                tell_unsigned();
            }
            send(vec![outgoing], to, args.times, global.format, interrupt).await
        }
        None if args.print => {
            if global.format == OutputFormat::Json {
                return Ok(print_json(&SentCallbacks { to: None, callbacks: vec![outgoing.document()] })?);
            }
            print(&outgoing.body);
            Ok(())
        }
        None => Err(ExitError::Usage("name the receiver with --to URL, or print the body with --print".to_owned())),
    }
}

/// Lists the callbacks of a route.
fn list(route: Route, format: OutputFormat) -> Result<(), ExitError> {
    let samples = SAMPLES.iter().filter(|sample| sample.is_on(route));
    if format == OutputFormat::Json {
        let listed = |sample: &Sample| {
            let Sample { name, about, operation, .. } = *sample;
            ListedSample { name, about, operation }
        };
        return Ok(print_json(&AllSamples { callbacks: samples.map(listed).collect() })?);
    }
    let mut table = Table::new([Column::whole("NAME"), Column::cut("REPORTS", 20, Keep::Beginning)]);
    for Sample { name, about, .. } in samples {
        table.push([name.into(), about.into()]);
    }
    table.print();
    Ok(())
}
