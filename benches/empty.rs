//! The floor: a program that starts and ends.

fn main() {}
