//! Tests of waits with a real clock: callbacks that come from several threads, and callbacks over real sockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderMap, StatusCode};
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, HttpService, Task,
    callbacks::{Receiver, WebhookKey},
    records::Music,
    transport::{Body, HttpFuture},
};
use tokio::task::JoinSet;

use super::woken::LOOKUP;
use crate::setup::{
    clocks::asleep,
    stack::{mount, waltz},
};

/// A test double of the service. Each song is unfinished until the test calls `finish` for it. After that, the polls of
/// the song are counted.
#[derive(Debug, Clone, Default)]
struct Songs(Arc<Mutex<HashMap<String, usize>>>);

impl Songs {
    fn finish(&self, id: &str) {
        self.0.lock().unwrap().insert(id.to_owned(), 0);
    }
}

impl HttpService for Songs {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        Box::pin(async move {
            tokio::task::yield_now().await;
            let id = query.strip_prefix("taskId=").unwrap_or_default();
            let is_finished = self.0.lock().unwrap().get_mut(id).map(|polls| *polls += 1).is_some();
            // The response needs some time to arrive. If the response says that the song is pending, the song may have
            // been finished in the meantime.
            tokio::task::yield_now().await;
            let (status, rows) = if is_finished {
                ("SUCCESS", r#"{"sunoData":[{"id":"a","audioUrl":"https://files.example.net/a.mp3"}]}"#)
            } else {
                ("PENDING", "null")
            };
            let record = format!(r#"{{"taskId":"{id}","status":"{status}","response":{rows}}}"#);
            let answer = format!(r#"{{"code":200,"msg":"success","data":{record}}}"#);
            Ok(http::Response::new(Body::from(answer.into_bytes())))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wake_up_is_lost_between_threads() {
    let songs = Songs::default();
    let receiver = Receiver::unsigned();
    let client = Client::builder()
        .api_key("key")
        .http(songs.clone())
        .callbacks("https://music.example/kie", &receiver)
        .build()
        .unwrap();
    let mut all = JoinSet::new();
    for number in 0..5_000 {
        let id = format!("task{number}");
        let task: Task<Music> = client.task(id.as_str());
        // With these settings, the first poll is immediate and the second comes an hour later. A callback may come
        // before, during or after the first poll.
        all.spawn(async move {
            task.wait().polling(asleep()).await.unwrap();
        });
        let (songs, receiver) = (songs.clone(), receiver.clone());
        all.spawn(async move {
            for _ in 0..number % 7 {
                tokio::task::yield_now().await;
            }
            songs.finish(&id);
            let body = format!(r#"{{"code":200,"data":{{"callbackType":"complete","task_id":"{id}"}}}}"#);
            assert_eq!(receiver.receive(None, &HeaderMap::new(), body.as_bytes()).await, StatusCode::OK);
        });
    }
    let ended = async {
        while let Some(one) = all.join_next().await {
            one.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("a wait was not woken");
    assert!(format!("{receiver:?}").contains("Waiters(0)"), "{receiver:?}");
}

#[tokio::test]
async fn a_song_is_called_back_over_sockets() {
    let sandbox = Sandbox::builder().speed(Speed::Fast).webhook_key("whk").build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let receiver = Receiver::new(WebhookKey::new("whk"));
    let mut deliveries = receiver.deliveries();
    let (url, serving) = mount(&receiver).await;
    let client =
        Client::builder().api_key("key").base_url(service.base_url()).callbacks(url, &receiver).build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = tokio::time::timeout(Duration::from_secs(20), task.wait().polling(asleep())).await.unwrap().unwrap();
    assert_eq!(tracks.len(), 2);
    for _ in 0..3 {
        let delivery = deliveries.next().await.unwrap().unwrap();
        assert_eq!((delivery.task_id.as_str(), delivery.is_stale), (task.id().as_str(), false));
    }
    service.stop().await;
    serving.abort();
    let answers: Vec<_> = sandbox.callbacks().iter().map(|callback| (callback.attempts, callback.status)).collect();
    assert!(answers.len() == 3 && answers[..2] == [(1, Some(200)); 2], "{answers:?}");
    assert!(sandbox.requests(LOOKUP).len() <= 3);
}
