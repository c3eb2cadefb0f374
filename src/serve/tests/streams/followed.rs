//! Tests of streams for runs that another server executes or that are executed again.

use super::*;
use crate::serve::ids::RoundIds;
use crate::serve::pubsub::{Notification, OutputDelta};

#[tokio::test]
async fn a_repeated_round_is_sent_again_after_the_end_of_the_first() {
    let world = World::new();
    let mut reader = world.open("/threads/runs", world.run_body("stuck", json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    let pubsub = &world.server.state.store.pubsub;
    let say = |ids: &Arc<RoundIds>, text: &str| {
        pubsub.publish(&id(&run), || Notification::Output(ids.clone(), OutputDelta::Text(text.into())));
    };
    let (first, second) = (RoundIds::new(), RoundIds::new());
    say(&first, "half a ");
    say(&second, "a whole ");
    say(&second, "answer");
    reader.until("thread.message.delta").await;
    world.post(&format!("{}/cancel", path(&run)), json!({})).await;
    let events = reader.rest().await;
    let beginning = "run.step.created run.step.in_progress message.created message.in_progress message.delta";
    let replaced = "message.incomplete run.step.failed";
    let then = "run.cancelling message.incomplete run.step.cancelled run.cancelled done";
    assert_eq!(
        event_names(&events),
        format!("created run.created run.queued run.in_progress {beginning} {replaced} {beginning} {then}")
    );
    let texts = [(first.message.clone(), "half a ".to_owned()), (second.message.clone(), "a whole answer".to_owned())];
    assert_eq!(delta_texts(&events), texts);
    world.end().await;
}

#[tokio::test]
async fn a_run_on_another_server_is_streamed_in_the_same_order() {
    let shared = SharedStore::new();
    let (busy, idle) = shared.busy_and_idle().await;
    for (text, options) in [
        ("one two\nthree", json!({})),
        ("call a {\"x\": 1}\nhello\ncall b", json!({})),
        ("fail no luck", json!({})),
        ("hi there\nincomplete", json!({})),
    ] {
        let (far, near) = (idle.run_events(text, options.clone()).await, busy.run_events(text, options).await);
        assert_eq!(event_names(&far), event_names(&near));
        let texts = |events: &[Event]| delta_texts(events).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(&far), texts(&near));
        if let Some((_, run)) = far.iter().find(|(name, _)| name == "thread.run.requires_action") {
            assert_eq!(run, &idle.get(&path(run)).await);
        }
    }
    idle.end().await;
    busy.end().await;
}

#[tokio::test]
async fn a_stream_continues_after_the_server_that_executed_its_run_has_died() {
    let shared = SharedStore::new();
    let (busy, next) = shared.busy_and_idle().await;
    let text = "sleep 600s\none two three";
    let mut reader = next.open("/threads/runs", next.run_body(text, json!({})).await).await;
    let run = reader.until("thread.run.in_progress").await.clone();
    busy.server.abandon().await;
    // Delete the message that makes the model sleep, so that the next worker finishes the run immediately.
    let thread = run["thread_id"].as_str().unwrap();
    let messages = format!("/threads/{thread}/messages");
    let first = id(&next.list(&messages).await[0]);
    next.delete(&format!("{messages}/{first}")).await;
    let third = shared.world();
    let events = reader.rest().await;
    assert_eq!(event_names(&events), format!("created run.created run.queued {ANSWER}"));
    assert_eq!(third.get(&path(&run)).await["status"], "completed");
    let messages = third.list(&messages).await;
    assert_eq!(delta_texts(&events), [(id(&messages[0]), text_of(&messages[0]).to_owned())]);
    third.end().await;
}
