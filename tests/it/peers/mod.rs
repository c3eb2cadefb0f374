//! What goes wrong in programs beside this one: each test says where a user of another tool was bitten, and holds that
//! nobody is bitten here. What other tests hold already is not repeated.

mod input;
mod loops;
mod output;
mod texts;
