//! The commands: each a thin caller of `pipeline`. stdout is the answer, stderr is the talk.

mod add;
mod build;
mod check;
mod deploy_init;
mod diff;
mod doctor;
mod explain;
mod extract;
mod init;
mod normalize;
mod serve;

use crate::cli::{Cli, Color, Command};
use anyhow::Result;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Done.
pub const DONE: u8 = 0;
/// `check` found errors, or `build --strict` published with problems.
pub const FOUND: u8 = 1;
/// Could not run: configuration, disk, theme, arguments.
pub const FAILED: u8 = 2;
/// Another build holds the output.
pub const BUSY: u8 = 75;

/// Another build holds the site's state.
#[derive(Debug)]
pub struct Busy(pub String);

impl std::fmt::Display for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Busy {}

/// What every command is told.
pub struct Terminal {
    /// Say nothing on stderr but errors.
    pub quiet: bool,
    /// Color what goes to stderr.
    pub color: bool,
}

impl Terminal {
    /// A sentence on stderr, unless `--quiet`.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

/// `1 report`, `2 reports`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How to call the program again for this site.
fn again(root: &Path) -> String {
    if root == Path::new(".") { "nianbao".into() } else { format!("nianbao --root {}", root.display()) }
}

/// Runs a command and chooses the exit code. A closed pipe is success.
pub fn run(cli: Cli) -> ExitCode {
    let color = match cli.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let terminal = Terminal { quiet: cli.quiet, color };
    let root = cli.root;
    let result: Result<u8> = match cli.command {
        Command::Init { dir } => init::run(&dir, &terminal),
        Command::Add { files } => add::run(&root, &files, &terminal),
        Command::Doctor => doctor::run(&root, &terminal),
        Command::DeployInit(arguments) => deploy_init::run(&root, &arguments, &terminal),
        Command::Build(arguments) => build::run(&root, &arguments, &terminal),
        Command::Serve(arguments) => serve::run(&root, &arguments, &terminal),
        Command::Check(arguments) => check::run(&root, &arguments, &terminal),
        Command::Explain { what } => explain::run(&root, &what, &terminal),
        Command::Normalize(arguments) => normalize::run(&root, &arguments, &terminal),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Extract { files } => extract::run(&root, &files),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if closed_pipe(&error) => ExitCode::from(DONE),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", shown(&error, color));
            ExitCode::from(if error.downcast_ref::<Busy>().is_some() { BUSY } else { FAILED })
        }
    }
}

/// An error as people read it.
fn shown(error: &anyhow::Error, color: bool) -> String {
    let head = if color { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    match error.downcast_ref::<crate::config::ConfigError>() {
        Some(config) => config.render(color),
        None => format!("{head}: {}", chain(error)),
    }
}

/// Cause after cause on one line; a remedy that a message brings along stays on lines of its own.
fn chain(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}
