//! The baseline: a program that starts and ends.

fn main() {}
