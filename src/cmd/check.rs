//! `nianbao check`: everything that does not add up, in the content and in the emitted site.

use super::{DONE, FOUND, Terminal, again, build::SILENT, count};
use crate::cache::Cache;
use crate::cli::{Check, CheckFormat};
use crate::diag::{Located, for_github, for_people};
use crate::links;
use crate::model::diagnostic::{Finding, Severity};
use crate::pipeline::{Project, state_folder};
use crate::publish::{Memory, Target};
use crate::{privacy, read, source};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// A finding as `--format json` prints it.
#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Checks the site.
pub fn run(root: &Path, arguments: &Check, terminal: &Terminal) -> Result<u8> {
    let mut project = Project::open(root, None)?;
    let texts: BTreeMap<String, source::Candidate> =
        project.found.files.iter().map(|c| (c.path.clone(), c.clone())).collect();
    let content = project.config.content.trim_end_matches('/').to_owned();
    let cache = Arc::new(shared_cache(root)?);
    let mut target = Target::Memory(Memory::default());
    let built = project.build(&cache, &mut target, SILENT)?;
    let Target::Memory(memory) = target else { unreachable!("made above") };

    let mut found: Vec<(String, Finding)> = Vec::new();
    for entry in built.entries.iter() {
        let path = format!("{content}/{}", entry.card.source_path);
        found.extend(entry.findings.iter().map(|finding| (path.clone(), finding.clone())));
    }
    for file in &built.quarantined {
        let code = crate::diag::code(&file.code).map_or("file-unreadable", |c| c.id);
        found.push((format!("{content}/{}", file.path), Finding::new(code, None, file.message.clone())));
    }
    for (path, finding) in &built.problems {
        let path = if path == crate::pipeline::IDS { path.clone() } else { format!("{content}/{path}") };
        found.push((path, finding.clone()));
    }
    for broken in links::check(&memory.files) {
        let message = format!("链接 {} 在站内不存在", broken.to);
        found.push((broken.from, Finding::new("link-broken", None, message)));
    }
    found.sort_by(|a, b| (&a.0, a.1.line, &a.1.code, &a.1.message).cmp(&(&b.0, b.1.line, &b.1.code, &b.1.message)));

    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        CheckFormat::Json => {
            let rows: Vec<Row> = found.iter().map(|(path, finding)| Row { path, finding }).collect();
            serde_json::to_writer_pretty(&mut out, &rows)?;
            writeln!(out)?;
        }
        CheckFormat::Github => {
            for (path, finding) in &found {
                writeln!(out, "{}", for_github(&Located { path, text: "", finding }))?;
            }
        }
        CheckFormat::Text => {
            let mut shown: Option<(String, String)> = None;
            for (path, finding) in &found {
                if shown.as_ref().is_none_or(|(of, _)| of != path) {
                    let below = path.strip_prefix(&format!("{content}/"));
                    let own = project.found.register.as_ref().filter(|own| below == Some(own.path.as_str()));
                    let text = below.and_then(|p| texts.get(p)).and_then(text_of).or(own.map(|own| own.text.clone()));
                    shown = Some((path.clone(), text.unwrap_or_default()));
                }
                let text = shown.as_ref().map_or("", |(_, text)| text.as_str());
                writeln!(out, "{}\n", for_people(&Located { path, text, finding }, terminal.color))?;
            }
        }
    }
    out.flush()?;
    let of = |severity| found.iter().filter(|(_, f)| f.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    terminal.say(&format!(
        "{}: {}, {}, {}",
        count(built.inputs.published as usize, "report"),
        count(errors, "error"),
        count(warnings, "warning"),
        count(of(Severity::Note), "note")
    ));
    match found.iter().min_by_key(|(_, f)| f.severity) {
        Some((_, finding)) => terminal.say(&format!("next: nianbao explain {}", finding.code)),
        None => terminal.say(&format!("next: {} build", again(root))),
    }
    Ok(if errors > 0 || (arguments.strict && warnings > 0) { FOUND } else { DONE })
}

/// The cache on disk, or one in memory while another build holds it.
pub fn shared_cache(root: &Path) -> Result<Cache> {
    let state = state_folder(root);
    if !state.is_dir() {
        return Cache::in_memory();
    }
    Cache::open(&state.join("cache")).or_else(|_| Cache::in_memory())
}

/// The decoded lines of a file, as its findings count them.
pub fn text_of(candidate: &source::Candidate) -> Option<String> {
    let draft = read::read(&source::load(candidate).ok()?).ok()?;
    let lines: Vec<String> = draft.lines.iter().map(crate::model::source::Line::source_text).collect();
    let text = lines.join("\n");
    // What is printed here often goes into a public log.
    Some(privacy::mask(&text).unwrap_or(text))
}
