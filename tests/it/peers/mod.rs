//! Known defects of similar tools. Each test describes the defect and checks that this program does not have it.
//! Defects that other tests cover are not repeated.

mod input;
mod loops;
mod output;
mod texts;
