//! The command line: reads arguments, runs one command, chooses the exit code.

use clap::Parser;

fn main() -> std::process::ExitCode {
    nianbao::cmd::run(nianbao::cli::Cli::parse())
}
