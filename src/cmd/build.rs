//! `nianbao build`: the site, put in place whole or not at all.

use super::{Busy, DONE, FOUND, Terminal, again, count};
use crate::cache::Cache;
use crate::cli::Build;
use crate::model::diagnostic::Severity;
use crate::pipeline::{Built, Progress, Project, state_folder};
use crate::previous::Previous;
use crate::publish::{Folder, Outcome, Target};
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::{File, TryLockError};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Builds the site.
pub fn run(root: &Path, arguments: &Build, terminal: &Terminal) -> Result<u8> {
    if let Some(jobs) = arguments.jobs {
        rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build_global().context("starting threads")?;
    }
    let started = Instant::now();
    let mut project = Project::open(root, arguments.base_url.as_deref())?;
    let output = match &arguments.output {
        Some(folder) => std::path::absolute(folder).context("--output")?,
        None => std::path::absolute(project.config.output_folder()).context("output of site.toml")?,
    };
    if let Some(folder) = &arguments.previous {
        project.compare_with(Previous::open(folder).context("--previous")?, arguments.date.as_deref())?;
    }
    let next = again(root);
    let root = std::path::absolute(root).context("--root")?;
    let state = state_folder(&root);
    crate::publish::refuse_foreign(&output, &root)?;
    let _lock = lock(&state)?;
    let cache = Arc::new(open_cache(&state, arguments.clean)?);
    let folder = Folder::open(&output, &root, &state, arguments.clean)?;
    let mut target = Target::Folder(folder);
    let bar = Bar::new(terminal);
    let built = project.build(&cache, &mut target, &|stage, done, total| bar.show(stage, done, total))?;
    bar.clear();
    let Target::Folder(folder) = target else { unreachable!("made above") };
    let outcome = if built.unchanged { folder.leave()? } else { folder.finish()? };
    project.keep_ids()?;
    report(&built, &outcome, &output, started.elapsed(), arguments, terminal)?;
    writeln!(std::io::stdout(), "next: {next} serve --open, or upload the folder to any static host")?;
    let problems = built.findings.error + built.findings.warning > 0
        || !built.problems.is_empty()
        || !built.quarantined.is_empty()
        || !built.broken.is_empty();
    Ok(if arguments.strict && problems { FOUND } else { DONE })
}

/// The memo of earlier builds; `clean` forgets it.
pub fn open_cache(state: &Path, clean: bool) -> Result<Cache> {
    let path = state.join("cache");
    if clean && path.exists() {
        std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
    }
    Cache::open(&path)
}

/// One build at a time for each site. The system lets go of the lock when the process dies, however it dies.
fn lock(state: &Path) -> Result<File> {
    std::fs::create_dir_all(state).with_context(|| format!("making {}", state.display()))?;
    let path = state.join("lock");
    let file = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Busy(format!(
            "another build of this site is running (it holds {})\n  = help: wait for it, or stop it",
            path.display()
        ))
        .into()),
        // A file system without locks: go on as one would without them.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn report(
    built: &Built,
    outcome: &Outcome,
    output: &Path,
    took: Duration,
    arguments: &Build,
    terminal: &Terminal,
) -> Result<()> {
    for file in &built.quarantined {
        terminal.say(&format!(
            "quarantined[{}]: {}: {}",
            file.code,
            crate::diag::clean(&file.path),
            crate::diag::clean(&file.message)
        ));
    }
    for (path, finding) in built.problems.iter().filter(|(_, finding)| finding.severity == Severity::Error) {
        let place = finding.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
        let help = finding.help.as_deref().unwrap_or_default();
        terminal.say(&crate::diag::clean(&format!("error[{}]: {place}: {}；{help}", finding.code, finding.message)));
    }
    for (from, to) in &built.broken {
        terminal.say(&format!("warning[link-broken]: {from} links to {to}, which is not there"));
    }
    if arguments.timings {
        let laps: Vec<String> =
            built.timings.iter().map(|(stage, took)| format!("{stage} {:.3} s", took.as_secs_f64())).collect();
        terminal.say(&format!(
            "timings: {}; {} reports read anew, {} pages rendered, {} kept",
            laps.join(", "),
            built.read,
            built.rendered,
            built.kept
        ));
    }
    let inputs = built.inputs;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "published {} to {} in {:.2} s: {} files, {} written, {} removed ({} quarantined, {} ignored)",
        count(inputs.published as usize, "report"),
        output.display(),
        took.as_secs_f64(),
        outcome.files,
        outcome.written,
        outcome.removed,
        inputs.quarantined,
        inputs.ignored
    )?;
    writeln!(
        out,
        "findings: {}, {}, {} (nianbao check shows them)",
        count(built.findings.error as usize, "error"),
        count(built.findings.warning as usize, "warning"),
        count(built.findings.note as usize, "note")
    )?;
    Ok(())
}

/// A progress bar on a terminal, for builds that take over a second; nothing elsewhere.
pub struct Bar {
    bar: ProgressBar,
    since: Instant,
    wanted: bool,
}

impl Bar {
    /// A bar that has not been drawn yet.
    pub fn new(terminal: &Terminal) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template("{msg:>8} {wide_bar} {pos}/{len} {eta}").expect("a constant template"),
        );
        Bar { bar, since: Instant::now(), wanted: !terminal.quiet && std::io::stderr().is_terminal() }
    }

    /// Tells how far a stage is.
    pub fn show(&self, stage: &'static str, done: usize, total: usize) {
        if !self.wanted || self.since.elapsed() < Duration::from_secs(1) {
            return;
        }
        if self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(stage);
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// A progress that shows nothing.
pub const SILENT: Progress<'static> = &|_, _, _| {};
