//! The command line: reads arguments, runs one command, chooses the exit code.

fn main() {}
