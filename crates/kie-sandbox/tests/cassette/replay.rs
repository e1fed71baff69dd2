//! An application runs on a cassette as it ran on the sandbox.

use std::{
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
    time::Duration,
};

use kie_sandbox::{
    Fault, Sandbox, Speed, TaskScript,
    cassette::{Cassette, Outcome, Player, Recorder},
};
use kie_suno::{
    Error, HttpService, Route, Stage,
    requests::{GenerateMusic, Model},
    transport::{
        Body, ErrorKind, HttpFuture, Pipe,
        bytes::Bytes,
        http::{Request, Response},
        http_body::{self, Frame},
    },
};
use tempfile::tempdir;
use tokio::time::{Instant, sleep};

use crate::{Tested, application, client, recorded, recorder, sandbox, song};

#[tokio::test(start_paused = true)]
async fn an_application_runs_on_its_cassette_without_the_sandbox() -> Tested {
    for route in [Route::Classic, Route::Market] {
        let sandbox = sandbox();
        let (heard, cassette) = recorded(&recorder(&sandbox), route).await?;
        assert!(heard.songs == 2 && !heard.bytes.is_empty() && heard.refusal == 402, "{heard:?}");
        let folder = tempdir()?;
        let file = folder.path().join("new/song.json");
        cassette.save(&file)?;
        let received = sandbox.books().requests.total;

        // A client of the default hosts would need links to https addresses; the hosts of a cassette do not matter.
        let player = Player::load(&file)?;
        let played = application(&client(player.clone())?, folder.path(), route).await?;
        assert_eq!(played, heard);
        assert!(player.is_finished(), "{:?}", player.unused());
        assert_eq!(sandbox.books().requests.total, received, "the sandbox is not asked");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failures_and_lost_responses_are_played_as_they_were() -> Tested {
    let run = async |recorder: Recorder| {
        let client = client(recorder)?;
        let failed = client.start(song()).await?.wait().await;
        let lost = client.start(GenerateMusic::simple(Model::V5, "a lost one")).await;
        Ok::<_, Error>((failed.map(drop), lost.map(drop)))
    };
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    sandbox.script_task(TaskScript::fails(531));
    sandbox.fault("get-music-details", Fault::error_page(503));
    let recorder = recorder(&sandbox);
    // The second start loses its response.
    sandbox.faults(|request| {
        (request.operation == "generate-music" && request.body.to_string().contains("a lost one"))
            .then_some(Fault::DropResponse)
    });
    let recorded = run(recorder.clone()).await?;
    let player = Player::new(Cassette::from_json(&recorder.cassette().to_json())?);
    let played = run(Recorder::new(player.clone())).await?;
    for (failed, lost) in [recorded, played] {
        assert!(matches!(&failed, Err(Error::Failed(it)) if it.failure().code == Some(531)), "{failed:?}");
        assert!(matches!(lost, Err(Error::OutcomeUnknown(_))), "{lost:?}");
    }
    assert!(player.is_finished(), "{:?}", player.unused());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn lookups_may_be_made_more_or_less_often() -> Tested {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let recorder = recorder(&sandbox);
    let task = client(recorder.clone())?.start(song()).await?;
    // Polls every second: far more than the client makes by itself.
    let begin = Instant::now();
    while task.report().await?.stage != Some(Stage::Complete) {
        sleep(Duration::from_secs(1)).await;
        assert!(begin.elapsed() < Duration::from_secs(600));
    }
    let cassette = recorder.cassette();
    assert!(cassette.exchanges.len() < 8, "equal polls are one exchange: {}", cassette.to_json());
    assert!(cassette.exchanges.iter().map(|exchange| exchange.repeats).sum::<u32>() > 20);

    let player = Player::new(cassette.clone());
    let task = client(player.clone())?.start(song()).await?;
    assert_eq!(task.wait().await?.len(), 2);
    for _ in 0..5 {
        let report = task.report().await?;
        assert_eq!(report.stage, Some(Stage::Complete), "the last response of a lookup is repeated");
    }

    let player = Player::new(cassette);
    let task = client(player.clone())?.start(song()).await?;
    assert!(!player.is_finished(), "no poll was made");
    task.report().await?;
    assert!(player.is_finished(), "one poll was made: {:?}", player.unused());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_download_that_broke_breaks_in_the_same_place() -> Tested {
    let sandbox = sandbox();
    let account = sandbox.clone();
    let recorder = Recorder::new(BreaksOnce(Pipe::new(move || account.connect()), AtomicBool::new(true)));
    let (heard, cassette) = recorded(&recorder, Route::Classic).await?;
    let is_cut = |outcome: &Outcome| matches!(outcome, Outcome::Response(response) if response.cut);
    assert_eq!(cassette.exchanges.iter().filter(|exchange| is_cut(&exchange.outcome)).count(), 1);
    let folder = tempdir()?;
    let player = Player::new(cassette);
    let played = application(&client(player.clone())?, folder.path(), Route::Classic).await?;
    assert_eq!(played, heard);
    assert!(player.is_finished(), "{:?}", player.unused());
    Ok(())
}

/// A service whose first file breaks in the middle.
struct BreaksOnce<S>(S, AtomicBool);

impl<S: HttpService> HttpService for BreaksOnce<S> {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_file = request.uri().path().ends_with(".mp3");
            let (parts, body) = self.0.call(request).await?.into_parts();
            if !is_file || !self.1.swap(false, Ordering::Relaxed) {
                return Ok(Response::from_parts(parts, body));
            }
            let whole = body.whole(1 << 20, Duration::from_secs(1)).await?;
            let half = whole.slice(..whole.len() / 2);
            Ok(Response::from_parts(parts, Body::streaming(Half(Some(half)))))
        })
    }
}

struct Half(Option<Bytes>);

impl http_body::Body for Half {
    type Data = Bytes;
    type Error = kie_suno::transport::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let broken = kie_suno::transport::Error::new(ErrorKind::Interrupted, "it broke");
        Poll::Ready(Some(self.0.take().map(Frame::data).ok_or(broken)))
    }
}
