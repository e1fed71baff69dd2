//! Tests that the kinds of most documented callbacks are recognised from the body alone, and never wrongly. An
//! unrecognised callback keeps the id of its task.

use std::fs;

use kie_types::{AnyCallback, Endpoint, Job, TaskEndpoint, catalog, catalog::Visitor};

use super::{Fixture, root};

/// Visitor that returns the kind of job that an operation starts, or `None` if the operation starts no job.
struct Kind;

impl Visitor for Kind {
    type Output = Option<&'static str>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        Some(E::Job::NAME)
    }
}

#[test]
fn every_documented_callback_is_recognised_by_its_shape() {
    let mut recognised = 0;
    let mut silent = Vec::new();
    for folder in fs::read_dir(root().join("callbacks")).unwrap() {
        let folder = folder.unwrap().path();
        let slug = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let job = catalog::visit(&slug, Kind).flatten().unwrap();
        for file in fs::read_dir(&folder).unwrap() {
            let name = format!("callbacks/{slug}/{}", file.unwrap().path().file_stem().unwrap().to_str().unwrap());
            let fixture =
                Fixture::read(&name, &fs::read_to_string(root().join(format!("{name}.json"))).unwrap()).unwrap();
            let callback = AnyCallback::parse(&fixture.body).unwrap();
            match callback.job() {
                Some(kind) => {
                    assert_eq!(kind, job, "{name}");
                    recognised += 1;
                }
                None => {
                    assert!(callback.task_id().is_some(), "{name}: an unrecognised callback keeps its task");
                    silent.push(name);
                }
            }
        }
    }
    assert!(recognised > 80, "only {recognised} were recognised; not these: {silent:#?}");
}

#[test]
fn an_unrecognised_callback_keeps_its_task_and_its_body() {
    let body = br#"{"code":200,"msg":"ok","data":{"taskId":"a","tomorrow":true}}"#;
    let AnyCallback::Unrecognised(callback) = AnyCallback::parse(body).unwrap() else { panic!("it was recognised") };
    assert_eq!((callback.task_id.as_deref(), callback.body.as_slice()), (Some("a"), &body[..]));
    assert!(AnyCallback::parse(b"[]").is_err());
}
