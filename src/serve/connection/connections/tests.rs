//! Tests of the choice of connections to close and of requests to reject.
#![allow(clippy::unwrap_used)]

use super::*;
use std::time::Duration;

/// Returns a list for at most eight connections. Six requests may be in progress at once, four of them with the same
/// key.
fn eight_connections() -> Arc<Connections> {
    let (head, idle) = (Duration::from_secs(30), Duration::from_secs(120));
    Connections::new(ConnectionLimits { connections: 8, head, idle })
}

fn is_open(connection: &Connection) -> bool {
    connection.connections.lock().waiting.contains_key(&connection.position())
}

/// Adds a connection that has had an accepted request.
fn known(all: &Arc<Connections>) -> Arc<Connection> {
    let connection = all.admit();
    assert!(connection.begin().unwrap().accept("key"));
    connection
}

#[test]
fn the_oldest_newcomer_is_closed_to_make_room_and_then_the_oldest_idle_one() {
    let all = eight_connections();
    let idle: Vec<_> = (0..6).map(|_| known(&all)).collect();
    let newcomers: Vec<_> = (0..3).map(|_| all.admit()).collect();
    assert_eq!(newcomers.iter().map(|connection| is_open(connection)).collect::<Vec<_>>(), [false, true, true]);
    assert!(newcomers[0].begin().is_err(), "a connection that is being closed accepts no request");
    drop(newcomers);
    let more: Vec<_> = (0..3).map(|_| known(&all)).collect();
    assert_eq!(idle.iter().filter(|connection| is_open(connection)).count(), 5);
    assert!(!is_open(&idle[0]) && more.iter().all(|connection| is_open(connection)));
}

#[test]
fn a_flood_of_newcomers_does_not_close_known_connections() {
    let all = eight_connections();
    let idle: Vec<_> = (0..4).map(|_| known(&all)).collect();
    let flood: Vec<_> = (0..1_000).map(|_| all.admit()).collect();
    assert!(idle.iter().all(|connection| is_open(connection)));
    assert_eq!(flood.iter().filter(|connection| is_open(connection)).count(), 4);
    assert!(is_open(flood.last().unwrap()));
}

#[test]
fn surplus_requests_are_rejected_and_working_connections_are_never_closed() {
    let all = eight_connections();
    let work: Vec<_> = (0..6).map(|_| all.admit().begin().unwrap()).collect();
    assert_eq!(
        work.iter().filter(|connection| connection.accept("key")).count(),
        4,
        "one key has at most four requests"
    );
    assert!(work[5].accept("another"));
    let late = all.admit();
    assert!(work.iter().all(|connection| !connection.is_surplus()) && late.begin().unwrap().is_surplus());
    all.close_waiting(100);
    assert!(!is_open(&late) && all.lock().working == 6);
    drop((work, late));
    let state = all.lock();
    assert_eq!((state.open_count(), state.by_key.len(), state.newcomers), (0, 0, 0));
}

#[test]
fn a_connection_that_waits_too_long_is_closed() {
    let all = eight_connections();
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
    assert_eq!(all.lock().open_count(), 0);
}
