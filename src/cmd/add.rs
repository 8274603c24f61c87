//! `nianbao add`: copies reports into the content folder, and says of each what it is and what it lacks.
//!
//! All or nothing: every file is looked at before the first one is written. A file that is there already is never overwritten.

use super::{DONE, Terminal, again, count, explain::word};
use crate::model::diagnostic::Severity;
use crate::model::report::{Kind, Report};
use crate::model::value::Standing;
use crate::pipeline::{Read, Reader};
use crate::source::{self, Candidate};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file to be copied, and its sidecar.
struct Addition {
    name: String,
    bytes: Vec<u8>,
    sidecar: Option<(String, Vec<u8>)>,
    story: String,
}

/// Copies `files` below the content folder.
pub fn run(root: &Path, files: &[PathBuf], terminal: &Terminal) -> Result<u8> {
    let config = crate::config::load(root)?;
    crate::normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
    let content = config.content_folder();
    let reader = Reader::new(&config);
    let found = source::find(&content)?;
    let mut additions: Vec<Addition> = Vec::new();
    let mut there: Vec<(String, String)> = Vec::new();
    for file in files {
        let addition = look_at(&reader, file)?;
        if let Some(twin) = same_bytes(&found.files, &addition.bytes) {
            there.push((file.display().to_string(), twin.to_owned()));
            continue;
        }
        let stem = stem(&addition.name);
        if additions.iter().any(|other| self::stem(&other.name) == stem) {
            bail!("two files are called {stem}; nothing was copied\n  = help: rename one of them");
        }
        // A sidecar belongs to every report of its name: neither may meet one of another file.
        let names = [addition.name.clone(), format!("{stem}.toml")];
        let mut taken = names.iter().map(String::as_str).filter(|name| content.join(name).symlink_metadata().is_ok());
        let alike = found.files.iter().map(|file| file.path.as_str()).find(|path| self::stem(path) == stem);
        if let Some(own) = alike.or_else(|| taken.next()) {
            bail!(
                "{} is there already and is another file; nothing was copied\n  = help: rename the new one",
                content.join(own).display()
            );
        }
        additions.push(addition);
    }
    let folder = config.content.trim_end_matches('/');
    let mut out = std::io::stdout().lock();
    for (file, twin) in &there {
        writeln!(out, "{file}: the same bytes are already in {folder}/{twin}")?;
    }
    for addition in &additions {
        for (name, bytes) in std::iter::once((&addition.name, &addition.bytes))
            .chain(addition.sidecar.as_ref().map(|(name, bytes)| (name, bytes)))
        {
            let target = content.join(name);
            let new = OpenOptions::new().write(true).create_new(true).open(&target);
            new.and_then(|mut file| file.write_all(bytes)).with_context(|| format!("writing {}", target.display()))?;
        }
        write!(out, "{folder}/{}\n{}", addition.name, addition.story)?;
    }
    terminal.say(&format!("added {}", count(additions.len(), "report")));
    terminal.say(&format!("next: {} build", again(root)));
    Ok(DONE)
}

/// Reads a file as the build would. `Err` when it would not be published.
fn look_at(reader: &Reader, file: &Path) -> Result<Addition> {
    let refuse =
        |why: &str, help: &str| anyhow::anyhow!("{}: {why}; nothing was copied\n  = help: {help}", file.display());
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| refuse("its name is not UTF-8", "rename it"))?.to_owned();
    if !file.exists() {
        return Err(refuse("there is no such file", "check the path"));
    }
    if name.starts_with(['_', '.']) {
        return Err(refuse("files whose name starts with _ or . are not published", "rename it"));
    }
    if !source::is_report(&name) {
        return Err(refuse(
            "it is neither txt, md, html nor htm",
            "convert it first, and say in a sidecar where it came from",
        ));
    }
    let beside = file.with_extension("toml");
    let sidecar = beside.file_name().and_then(|name| name.to_str()).filter(|_| beside.is_file());
    let sidecar = sidecar.map(|name| (name.to_owned(), beside.clone()));
    let candidate = Candidate { path: name.clone(), file: file.to_owned(), bytes: 0, sidecar };
    let quarantined = |finding: crate::model::diagnostic::Finding| {
        let help = finding.help.as_deref().unwrap_or("nianbao explain");
        refuse(&format!("error[{}]: {}", finding.code, finding.message), help)
    };
    let source = source::load(&candidate).map_err(quarantined)?;
    let story = match reader.report(&source).map_err(quarantined)? {
        Read::Draft => "  is      a draft, which is not published\n".to_owned(),
        Read::Report(_, Some(order)) => format!("  is      taken down: {}\n", order.reason),
        Read::Report(report, None) => story(&report, &candidate),
    };
    Ok(Addition {
        name,
        bytes: source.bytes.to_vec(),
        sidecar: source.sidecar.map(|sidecar| (sidecar.path, sidecar.text.into_bytes())),
        story: story.lines().map(|line| crate::diag::clean(line) + "\n").collect(),
    })
}

/// What a report is and what it lacks.
fn story(report: &Report, candidate: &Candidate) -> String {
    let kind = match report.kind {
        Kind::AnnualReport => "an annual report",
        Kind::SelfInspection => "a self-inspection",
        Kind::StatisticsTable => "a table of statistics",
        Kind::Notice => "a notice",
        Kind::Other => "another document",
    };
    let mut story = format!("  is      {kind}");
    let agency = report.agency.value.as_ref();
    let _ = write!(story, " of {}", agency.map_or("an unknown agency", |agency| agency.name.as_str()));
    if let Some(year) = report.year.value {
        let _ = write!(story, " for {year}");
    }
    if let Some(place) = &report.region.value {
        let levels = [&place.province, &place.city, &place.county];
        let levels: Vec<&str> = levels.into_iter().flatten().map(String::as_str).collect();
        let _ = write!(story, "; {} {}", place.code, levels.join(" "));
    }
    let mut standings: BTreeMap<Standing, usize> = BTreeMap::new();
    for cell in report.tables.iter().flat_map(|table| &table.cells) {
        *standings.entry(cell.standing).or_default() += 1;
    }
    let cells: Vec<String> =
        standings.iter().map(|(standing, number)| format!("{number} {}", word(standing))).collect();
    let _ = write!(story, "\n  holds   {}", count(report.tables.len(), "statutory table"));
    if !cells.is_empty() {
        let _ = write!(story, " (cells: {})", cells.join(", "));
    }
    let _ = writeln!(story, ", {} in prose", count(report.figures.len(), "figure"));
    let doubts = report.findings.iter().filter(|finding| finding.severity != Severity::Note);
    let doubts: BTreeSet<&str> = doubts.map(|finding| finding.code.as_ref()).collect();
    if !doubts.is_empty() {
        let _ = writeln!(story, "  doubts  {}", doubts.into_iter().collect::<Vec<_>>().join(", "));
    }
    let lacks: Vec<&str> = [
        ("agency", report.agency.value.is_none()),
        ("year", report.year.value.is_none()),
        ("region", report.region.value.is_none()),
        ("published", report.dates.published.is_none()),
        ("source_url", report.source.url.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, lacks)| lacks.then_some(key))
    .collect();
    if !lacks.is_empty() {
        let beside = Path::new(&candidate.path).with_extension("toml");
        let _ = writeln!(story, "  lacks   {}; what you know of it goes into {}", lacks.join(", "), beside.display());
    }
    story
}

/// A file's name without its extension: what it shares with its sidecar.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The file of the archive that has these bytes.
fn same_bytes<'a>(files: &'a [Candidate], bytes: &[u8]) -> Option<&'a str> {
    let of_size = files.iter().filter(|file| file.bytes == bytes.len() as u64);
    let mut same = of_size.filter(|file| std::fs::read(&file.file).is_ok_and(|other| other == bytes));
    same.next().map(|file| file.path.as_str())
}
