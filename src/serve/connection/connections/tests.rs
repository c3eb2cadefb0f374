//! Tests of the choice of connections to close and of requests to reject.
#![allow(clippy::unwrap_used)]

use super::*;
use std::time::Duration;

/// Returns eight connections. Six of them may work at once, four of these for the same key.
fn eight() -> Arc<Connections> {
    let (head, idle) = (Duration::from_secs(30), Duration::from_secs(120));
    Connections::new(ConnectionLimits { connections: 8, head, idle })
}

fn is_open(connection: &Connection) -> bool {
    connection.all.lock().waiting.contains_key(&connection.position())
}

fn known(all: &Arc<Connections>) -> Arc<Connection> {
    let connection = all.admit();
    assert!(connection.begin().unwrap().accept("key"));
    connection
}

#[test]
fn the_oldest_newcomer_is_closed_to_make_room_and_then_the_oldest_idle_one() {
    let all = eight();
    let idle: Vec<_> = (0..6).map(|_| known(&all)).collect();
    let newcomers: Vec<_> = (0..3).map(|_| all.admit()).collect();
    assert_eq!(newcomers.iter().map(|one| is_open(one)).collect::<Vec<_>>(), [false, true, true]);
    assert!(newcomers[0].begin().is_err(), "what is being closed does no work");
    drop(newcomers);
    let more: Vec<_> = (0..3).map(|_| known(&all)).collect();
    assert_eq!(idle.iter().filter(|one| is_open(one)).count(), 5);
    assert!(!is_open(&idle[0]) && more.iter().all(|one| is_open(one)));
}

#[test]
fn a_flood_of_newcomers_leaves_those_that_are_known() {
    let all = eight();
    let idle: Vec<_> = (0..4).map(|_| known(&all)).collect();
    let flood: Vec<_> = (0..1_000).map(|_| all.admit()).collect();
    assert!(idle.iter().all(|one| is_open(one)));
    assert_eq!(flood.iter().filter(|one| is_open(one)).count(), 4);
    assert!(is_open(flood.last().unwrap()));
}

#[test]
fn requests_too_many_are_refused_and_work_is_never_closed() {
    let all = eight();
    let work: Vec<_> = (0..6).map(|_| all.admit().begin().unwrap()).collect();
    assert_eq!(work.iter().filter(|one| one.accept("key")).count(), 4, "a key has its share");
    assert!(work[5].accept("another"));
    let late = all.admit();
    assert!(work.iter().all(|one| !one.is_surplus()) && late.begin().unwrap().is_surplus());
    all.shed(100);
    assert!(!is_open(&late) && all.lock().working == 6);
    drop((work, late));
    let state = all.lock();
    assert_eq!((state.open(), state.by_key.len(), state.newcomers), (0, 0, 0));
}

#[test]
fn a_connection_waits_no_longer_than_its_time() {
    let all = eight();
    let (newcomer, idle, busy, slow) = (all.admit(), known(&all), all.admit(), known(&all));
    let work = busy.begin().unwrap();
    slow.set_sending(true);
    let began = Instant::now();
    all.close_stale(began + Duration::from_secs(31));
    assert!(!is_open(&newcomer) && is_open(&idle));
    all.close_stale(began + Duration::from_secs(3_600));
    assert!(!is_open(&idle) && is_open(&slow));
    drop(work);
    assert!(is_open(&busy));
    drop((newcomer, idle, busy, slow));
    assert_eq!(all.lock().open(), 0);
}
