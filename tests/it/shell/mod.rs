//! Commands in scripts: standard input and output, pipes, loops, and flags with any text. Many tests describe a known
//! defect of similar tools and check that this program does not have it.

mod loops;
mod standard_input;
mod standard_output;
mod text_flags;
