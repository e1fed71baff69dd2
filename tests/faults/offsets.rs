//! Tests with connections that are closed after each byte of a request, or after each byte of a response.

use std::time::Duration;

use kie_sandbox::Step;

use super::{
    Call,
    End::{self, Fine, Unknown},
    World, together,
};

/// Upper bound for the size of a request in these tests, in bytes. Every request is smaller.
const LONGEST: usize = 8_000;

/// Makes a call whose first connection has this script. Returns how the call ended.
async fn made(world: &World, call: Call, steps: Vec<Step>) -> End {
    world.wire.script(steps);
    world.make(call).await
}

/// Checks the result of a call whose request was cut after its first `bytes` bytes. The service did not receive the
/// request. Still, the client must not retry a call that creates a song if any byte was sent.
fn cut_request(world: &World, call: Call, end: End, bytes: usize) {
    let (songs, connections) = (world.sandbox.tasks().len(), world.wire.connections());
    match (call, bytes) {
        // If the server read no byte of the request, two results are allowed. The client knows that nothing was
        // received and retries, or it returns an unknown outcome.
        (Call::Create, 0) => assert!((end == Unknown && songs == 0) || (end == Fine && songs == 1), "{end:?}"),
        (Call::Create, _) => assert_eq!((end, songs, connections), (Unknown, 0, 1), "{bytes} bytes"),
        _ => assert_eq!((end, connections), (Fine, 2), "{call:?}, {bytes} bytes"),
    }
}

/// Checks the result of a call whose response was cut after its first `bytes` bytes. The service received the request.
fn cut_answer(world: &World, call: Call, end: End, bytes: usize) {
    let found = (end, world.received(call), world.wire.connections());
    let expected = if call == Call::Create { (Unknown, 1, 1) } else { (Fine, 2, 2) };
    assert_eq!(found, expected, "{call:?}, {bytes} bytes");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_cut_after_each_byte_in_memory() {
    let pause = Step::Pause(Duration::from_millis(1));
    for call in Call::ALL {
        let mut cuts = 0;
        loop {
            let world = World::in_memory();
            // If the cut request was already complete, the account handles it during the pause.
            let end = made(&world, call, vec![Step::Take(cuts), pause.clone()]).await;
            if call == Call::Create && world.received(call) == 1 && end == Unknown {
                assert_eq!(world.sandbox.tasks().len(), 1, "with its last byte the request is complete");
                break;
            }
            if call != Call::Create && world.received(call) == 2 {
                break;
            }
            cut_request(&world, call, end, cuts);
            cuts += 1;
            assert!(cuts < LONGEST, "the request does not end");
        }
        println!("fault matrix: {cuts} cuts of a request, {call:?}, in memory");
        assert!(cuts > 100, "a request has more than {cuts} bytes");
    }
}

/// Returns the offsets at which a response of `whole` bytes is cut: each of the first 400 and the last 100 bytes, and
/// every 16th byte between them. The bytes in the middle of a long body all behave alike.
fn cuts(whole: usize) -> impl Iterator<Item = usize> {
    (0..whole).filter(move |&bytes| bytes < 400 || bytes + 100 > whole || bytes % 16 == 0)
}

/// Returns the size of the whole response to this call, in bytes.
async fn whole(world: &World, call: Call) -> usize {
    assert_eq!(made(world, call, vec![Step::Request, Step::Answer]).await, Fine);
    let whole = usize::try_from(world.wire.written()).unwrap();
    assert!(whole > 100, "an answer has more than {whole} bytes");
    whole
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_cut_after_each_byte_in_memory() {
    for call in Call::ALL {
        let whole = whole(&World::in_memory(), call).await;
        for bytes in cuts(whole) {
            let world = World::in_memory();
            let end = made(&world, call, vec![Step::Request, Step::AnswerUpTo(bytes)]).await;
            cut_answer(&world, call, end, bytes);
        }
        println!("fault matrix: {} cuts of an answer, {call:?}, in memory", cuts(whole).count());
    }
}

#[tokio::test]
async fn a_request_is_broken_off_after_each_byte_over_sockets() {
    let mut cuts = 0;
    loop {
        let some = (cuts..cuts + 64).map(async |bytes| {
            let world = World::on_sockets().await;
            // If the request has fewer bytes than `bytes`, the server waits for more. Then the client's timeout ends
            // the call.
            let end = made(&world, Call::Create, vec![Step::Take(bytes), Step::Reset]).await;
            if world.received(Call::Create) == 0 {
                cut_request(&world, Call::Create, end, bytes);
                return 1;
            }
            assert!(end == Unknown || bytes == 0, "{end:?} after {bytes} bytes");
            assert_eq!(world.sandbox.tasks().len(), 1, "{bytes} bytes");
            usize::from(bytes == 0)
        });
        let cut: usize = together(some).await.into_iter().sum();
        cuts += cut;
        if cut < 64 {
            break;
        }
        assert!(cuts < LONGEST, "the request does not end");
    }
    println!("fault matrix: {cuts} cuts of a request over sockets");
    assert!(cuts > 100, "a request has more than {cuts} bytes");
}

#[tokio::test]
async fn an_answer_is_broken_off_after_each_byte_over_sockets() {
    for call in [Call::Create, Call::Credits] {
        let whole = whole(&World::on_sockets().await, call).await;
        let cuts = cuts(whole).map(|bytes| async move {
            let world = World::on_sockets().await;
            let end = made(&world, call, vec![Step::Request, Step::AnswerUpTo(bytes), Step::Reset]).await;
            cut_answer(&world, call, end, bytes);
        });
        println!("fault matrix: {} cuts of an answer, {call:?}, over sockets", together(cuts).await.len());
    }
}
