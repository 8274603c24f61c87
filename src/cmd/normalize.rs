//! `nianbao normalize`: one text through the cleaning rules, as a filter.

use super::{DONE, Terminal};
use crate::cli::{Normalize, ScriptChoice, TextFormat};
use crate::config::{self, Config};
use crate::model::source::{Draft, Edit, Line, Script};
use crate::model::{diagnostic::Finding, source::Source};
use crate::pipeline::Reader;
use crate::{normalize, read};
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

#[derive(Serialize)]
struct Output<'a> {
    lines: Vec<OutputLine<'a>>,
    edits: Vec<&'a Edit>,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct OutputLine<'a> {
    no: u32,
    text: &'a str,
}

/// Normalizes one text.
pub fn run(root: &Path, arguments: &Normalize, terminal: &Terminal) -> Result<u8> {
    normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
    let config = config_or_default(root)?;
    let rules = normalize::rules();
    config.check_normalize(&rules.iter().map(|r| r.id.as_ref()).collect::<Vec<_>>())?;
    let mut options = Reader::new(&config).normalize;
    options.year = arguments.year;
    options.script = match arguments.script {
        ScriptChoice::Auto => None,
        ScriptChoice::Hans => Some(Script::Hans),
        ScriptChoice::Hant => Some(Script::Hant),
    };
    let mut bytes = Vec::new();
    let stdin = arguments.file.as_os_str() == "-";
    if stdin {
        if std::io::stdin().is_terminal() {
            terminal.say("reading standard input; end it with Ctrl-D, or name a file");
        }
        std::io::stdin().read_to_end(&mut bytes).context("reading standard input")?;
    } else {
        bytes = std::fs::read(&arguments.file).with_context(|| format!("reading {}", arguments.file.display()))?;
    }
    // A filter takes any text, the empty one included, where an archive would not publish it.
    let draft = if std::str::from_utf8(&bytes).is_ok_and(|text| text.trim().is_empty()) {
        let text = String::from_utf8_lossy(&bytes);
        Draft { lines: text.lines().enumerate().map(|(i, l)| Line::new(i as u32 + 1, l)).collect(), ..Draft::default() }
    } else {
        let path = if stdin { "-.txt".into() } else { arguments.file.to_string_lossy().into_owned() };
        let source = Source { path, bytes: bytes.clone().into(), sidecar: None };
        read::read(&source).map_err(|finding| anyhow::anyhow!("{}: {}", finding.code, finding.message))?
    };
    let draft = normalize::normalize(draft, &options);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        TextFormat::Json => {
            let output = Output {
                lines: draft.lines.iter().map(|line| OutputLine { no: line.no, text: &line.text }).collect(),
                edits: draft.lines.iter().flat_map(|line| &line.edits).collect(),
                findings: &draft.found,
            };
            serde_json::to_writer(&mut out, &output)?;
            writeln!(out)?;
        }
        TextFormat::Text => {
            for line in &draft.lines {
                writeln!(out, "{}", line.text)?;
            }
        }
    }
    out.flush()?;
    if let TextFormat::Text = arguments.format {
        talk(&draft, terminal);
    }
    Ok(DONE)
}

/// What was done and what was found, for whoever looks on.
fn talk(draft: &Draft, terminal: &Terminal) {
    for finding in &draft.found {
        let place = finding.line.map_or(String::new(), |no| format!("line {no}: "));
        terminal.say(&format!("{place}{} [{}]", finding.message, finding.code));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for edit in draft.lines.iter().flat_map(|line| &line.edits) {
        *counts.entry(edit.rule.as_ref()).or_default() += 1;
    }
    if !counts.is_empty() {
        let rules: Vec<String> = counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        terminal.say(&format!("edits: {}; --format json lists them", rules.join(", ")));
    }
}

/// `site.toml` where there is one; the filters work without.
pub fn config_or_default(root: &Path) -> Result<Config> {
    if root.join(config::FILE).exists() { Ok(config::load(root)?) } else { Ok(Config::new(root)) }
}
