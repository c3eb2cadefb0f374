//! The servers that the comparisons need. `backend stub` responds as fast as a socket allows, so it limits no client.
//! `backend memory` keeps everything in memory, which is the upper bound for a server on axum.
//!
//! Each server takes a free port, prints its address, and serves until it is killed. `backend runs` is a client that
//! creates runs as fast as a server responds.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod memory;
mod runs;
mod stub;

use std::future::Future;
use tokio::net::TcpListener;

fn main() {
    // `cargo bench` adds a flag of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        // A single thread leaves the other core to the client.
        Some("stub") => run(tokio::runtime::Builder::new_current_thread(), stub::serve),
        Some("memory") => run(tokio::runtime::Builder::new_multi_thread(), memory::serve),
        Some("runs") => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(runs::drive(&arguments[1..]));
        }
        _ => println!("usage: backend stub|memory|runs (`benches/compare.sh` starts it)"),
    }
}

fn run<F: Future<Output = ()>>(mut runtime: tokio::runtime::Builder, serve: fn(TcpListener) -> F) {
    runtime.enable_all().build().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listening on http://{}", listener.local_addr().unwrap());
        serve(listener).await;
    });
}
