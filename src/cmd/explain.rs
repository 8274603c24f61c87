//! `nianbao explain`: the whole story of a code, a rule, a form, a line or a figure.

use super::{DONE, Terminal, build::SILENT, check::shared_cache};
use crate::diag::{Located, code, for_people};
use crate::model::archive::Entry;
use crate::model::curation::Curation;
use crate::model::diagnostic::CODES;
use crate::model::form::{Axis, Form};
use crate::model::report::{Cell, Report, Table};
use crate::model::source::{Edit, Source, Sure};
use crate::model::value::{Decimal, Standing};
use crate::pipeline::{Project, Read, Reader};
use crate::{config, normalize, read, understand};
use anyhow::{Context, Result, bail};
use encoding_rs::{Encoding, GBK, UTF_8, WINDOWS_1252};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Explains `what`.
pub fn run(root: &Path, what: &[String], terminal: &Terminal) -> Result<u8> {
    let story = match what {
        [report, cell] => figure(root, report, cell)?,
        [one] => match (code(one), rule(one), form(one)) {
            (Some(code), _, _) => {
                format!(
                    "{} [{:?}]\n{}\n\n{}\n{}\n\nexample: {}\n",
                    code.id, code.severity, code.title, code.about, code.about_en, code.example
                )
            }
            (_, Some(rule), _) => rule,
            (_, _, Some(form)) => form,
            _ => match one.rsplit_once(':').and_then(|(file, no)| Some((file, no.parse::<u32>().ok()?))) {
                Some((file, no)) => line(root, file, no, terminal)?,
                None => bail!(unknown(root, one)),
            },
        },
        _ => bail!("explain takes one or two words; see nianbao explain --help"),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(story.as_bytes())?;
    Ok(DONE)
}

fn unknown(root: &Path, word: &str) -> String {
    let rules = normalize::rules();
    let forms = understand::forms();
    let mut names: Vec<&str> = CODES.iter().map(|c| c.id).collect();
    names.extend(rules.iter().map(|r| r.id.as_ref()));
    names.extend(forms.iter().map(|f| f.id.as_ref()));
    let is_file = root.join(word).is_file() || Path::new(word).is_file();
    let help = match config::nearest(word, &names) {
        _ if is_file => format!("name a line of it, such as `{word}:1`"),
        Some(near) => format!("did you mean `{near}`?"),
        None if word.contains("-2") || word.starts_with("unknown-") => {
            format!("for a report, name one of its figures too, such as `{word} requests.new_requests.total`")
        }
        None => "give a finding code, a rule, a form, FILE:LINE, or REPORT-ID TABLE.ROW.COLUMN".into(),
    };
    format!("nothing is called `{word}`\n  = help: {help}")
}

fn rule(id: &str) -> Option<String> {
    let rules = normalize::rules();
    let rule = rules.iter().find(|rule| rule.id == id)?;
    let mut story = format!("rule {} {}\n{}\n\nturns\n", rule.id, rule.title, rule.why);
    for (was, now) in &rule.turns {
        let _ = writeln!(story, "  {}\n    → {}", was.replace('\n', "\n  "), now.replace('\n', "\n      "));
    }
    story.push_str("leaves alone\n");
    for text in &rule.leaves {
        let _ = writeln!(story, "  {}", text.replace('\n', "\n  "));
    }
    let _ = writeln!(story, "\nswitch it off in site.toml:\n  [normalize]\n  \"{}\" = false", rule.id);
    Some(story)
}

fn form(id: &str) -> Option<String> {
    let forms = understand::forms();
    let form: &Form = forms.iter().find(|form| form.id == id)?;
    let years = form.to.map_or_else(|| format!("{} 年起", form.from), |to| format!("{}–{} 年", form.from, to));
    let mut story = format!("form {}\n{}（{}），{years}\n", form.id, form.title, form.document);
    for table in &form.tables {
        let _ = writeln!(story, "\ntable {}  {}", table.id, table.title);
        let columns: Vec<&str> = table.columns.iter().map(|c| c.id.as_ref()).collect();
        let _ = writeln!(story, "  columns: {}", columns.join(" "));
        for row in &table.rows {
            let indent = "  ".repeat(usize::from(row.level) + 1);
            let _ = writeln!(story, "{indent}{}  {}{}", row.id, row.label, if row.header { "（无数字）" } else { "" });
        }
        for identity in &table.identities {
            let axis = if identity.per == Axis::Column { "each column" } else { "each row" };
            let official = if identity.official { "official" } else { "arithmetic" };
            let _ = writeln!(story, "  identity {} ({official}, {axis}): {}", identity.id, identity.say);
            let _ = writeln!(story, "    {} = {}", identity.left.join(" + "), identity.right.join(" + "));
        }
        for across in &table.across {
            let _ = writeln!(story, "  across years {}: {}", across.id, across.say);
        }
    }
    Some(story)
}

/// The story of one line: what it was, what was done to it and why, what was read from it.
fn line(root: &Path, file: &str, no: u32, terminal: &Terminal) -> Result<String> {
    let path = [root.join(file), Path::new(file).to_owned()].into_iter().find(|p| p.is_file());
    let path = path.with_context(|| {
        format!("there is no file {file}\n  = help: it is looked for below --root and in this folder")
    })?;
    let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let source = Source { path: file.to_owned(), bytes: bytes.into(), sidecar: None };
    normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
    let reader = Reader::new(&super::normalize::config_or_default(root)?);
    let raw = read::read(&source).map_err(|finding| anyhow::anyhow!("{}: {}", finding.code, finding.message))?;
    let Read::Report(report, _) =
        reader.report(&source).map_err(|finding| anyhow::anyhow!("{}: {}", finding.code, finding.message))?
    else {
        bail!("{file} is a draft");
    };
    let Some(clean) = report.lines.iter().find(|line| line.no == no) else {
        bail!("{file} has {} lines\n  = help: name one of them", report.lines.len());
    };
    let before = raw.lines.get(no as usize - 1).map(|line| line.source_text()).unwrap_or_default();
    let mut story = format!("{file}:{no}  role {}\n  {}\n", word(&clean.role), clean.text);
    let edits: Vec<&Edit> = report.edits.iter().filter(|edit| edit.line == no).collect();
    if edits.is_empty() {
        story.push_str("no edits: the line stands as in the file\n");
    } else {
        let _ = writeln!(story, "in the file\n  {before}\nedits, each with the bytes of that line it stands for");
        story.push_str(&told(&edits));
    }
    for section in report.sections.iter().filter(|s| s.line == no) {
        let _ = writeln!(story, "heading, level {}, number {}: {}", section.level, section.number, section.title);
    }
    for table in &report.tables {
        for cell in table.cells.iter().filter(|c| c.line == Some(no)) {
            let _ = writeln!(story, "{}", brief(table, cell));
        }
    }
    for figure in report.figures.iter().filter(|f| f.line == no) {
        let unit = figure.unit.as_deref().unwrap_or("");
        let indicator = figure.indicator.as_deref().unwrap_or("no indicator");
        let _ = writeln!(
            story,
            "figure {} {unit} ({indicator}): “{}”, {}, scope {}",
            figure.value,
            figure.raw,
            word(&figure.approx),
            word(&figure.scope)
        );
    }
    let text = raw.lines.iter().map(|line| line.source_text()).collect::<Vec<_>>().join("\n");
    for finding in report.findings.iter().filter(|f| f.line == Some(no)) {
        let _ = writeln!(story, "{}", for_people(&Located { path: file, text: &text, finding }, terminal.color));
    }
    Ok(story)
}

/// The report of an id or a source path, or of a part of one that no other has.
fn entry(entries: &[Entry], name: &str) -> Result<usize> {
    let names = |e: &Entry| [e.card.id.clone(), e.card.source_path.clone(), format!("content/{}", e.card.source_path)];
    let of = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..entries.len()).filter(|&i| names(&entries[i]).iter().any(|n| fits(n))).collect()
    };
    let mut found = of(&|n| n == name);
    if found.is_empty() && !name.is_empty() {
        found = of(&|n| n.contains(name));
    }
    let ids: Vec<&str> = found.iter().map(|&i| entries[i].card.id.as_str()).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let all: Vec<&str> = entries.iter().map(|e| e.card.id.as_str()).collect();
            let help = match config::nearest(name, &all) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the ids of the {} reports are in ids.toml", all.len()),
            };
            bail!("no report is called `{name}`\n  = help: {help}")
        }
        _ => {
            let shown = ids.iter().take(6).copied().collect::<Vec<_>>().join(", ");
            let more = if ids.len() > 6 { " …" } else { "" };
            bail!("{} reports have `{name}` in their name\n  = help: name one of {shown}{more}", ids.len())
        }
    }
}

/// The story of one figure: the cell, its line, and the identities it stands or falls with.
fn figure(root: &Path, id: &str, address: &str) -> Result<String> {
    let mut project = Project::open(root, None)?;
    let gathered = project.gather(&Arc::new(shared_cache(root)?), SILENT)?;
    let archive = gathered.archive;
    let index = entry(&archive.entries, id)?;
    let id = archive.entries[index].card.id.as_str();
    let report = (archive.body)(index);
    let mut parts = address.splitn(3, '.');
    let (Some(table), row, column) = (parts.next(), parts.next(), parts.next()) else { bail!("an empty address") };
    if row.is_none()
        && let Some(core) = report.core.get(table)
    {
        let unit = core.unit.as_deref().unwrap_or("");
        let mut story =
            format!("{id} {table} = {} {unit} ({}, from {})\n", core.value, word(&core.standing), word(&core.from));
        shown_line(&mut story, &report, core.line);
        for other in &core.alternatives {
            let _ = writeln!(story, "the report also says {} ({})", other.value, word(&other.from));
            shown_line(&mut story, &report, other.line);
        }
        return Ok(story + &curated(&report, address));
    }
    let found = report.tables.iter().filter(|t| t.table == table).find_map(|t| {
        Some((t, t.cells.iter().find(|c| Some(c.row.as_ref()) == row && Some(c.column.as_ref()) == column)?))
    });
    let Some((table, cell)) = found else {
        let mut cells: Vec<String> = report
            .tables
            .iter()
            .flat_map(|t| t.cells.iter().map(|c| format!("{}.{}.{}", t.table, c.row, c.column)))
            .collect();
        cells.extend(report.core.keys().map(ToString::to_string));
        let names: Vec<&str> = cells.iter().map(String::as_str).collect();
        // The first words of an address are a question too: what is there?
        let below = names.iter().filter(|name| name.starts_with(address)).take(6).copied().collect::<Vec<_>>();
        let help = match config::nearest(address, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None if !below.is_empty() => format!("there are {} …", below.join(", ")),
            None if names.is_empty() => "nothing was read from its tables".into(),
            None => format!("an address is TABLE.ROW.COLUMN, such as `{}`", names[0]),
        };
        bail!("{id} has no figure `{address}`\n  = help: {help}");
    };
    Ok(story(&report, table, cell, &understand::forms()) + &curated(&report, address))
}

/// What the publisher says of a figure.
fn curated(report: &Report, address: &str) -> String {
    let shown = |value: Option<Decimal>| value.map_or("nothing".to_owned(), |value| value.to_string());
    let mut story = String::new();
    for Curation { was, value, reason, who, when, .. } in report.curations.iter().filter(|c| c.what == address) {
        let _ = writeln!(
            story,
            "curated: read as {}, corrected to {} by {who} on {when}: {reason}",
            shown(*was),
            shown(*value)
        );
    }
    story
}

fn story(report: &Report, table: &Table, cell: &Cell, forms: &[Form]) -> String {
    let label = |id: &str| {
        let row = table.rows.iter().find(|r| r.id == id).map(|r| r.label.as_str());
        row.or_else(|| table.columns.iter().find(|c| c.id == id).map(|c| c.label.as_str())).unwrap_or("").to_owned()
    };
    let mut story = format!(
        "{}\n{} · {} · {}\n{}\n",
        report.original.path,
        table.title,
        label(&cell.row),
        label(&cell.column),
        brief(table, cell)
    );
    let _ = writeln!(story, "{}", meaning(cell.standing));
    shown_line(&mut story, report, cell.line);
    // What the page has around it: the printed cells of the same row.
    let row = table.cells.iter().filter(|c| c.row == cell.row && c.raw.is_some()).filter_map(|c| c.line);
    let around: BTreeSet<u32> = row.filter(|line| cell.line != Some(*line)).collect();
    around.into_iter().for_each(|line| shown_line(&mut story, report, Some(line)));
    let form = forms.iter().find(|f| f.id == table.form).and_then(|f| f.tables.iter().find(|t| t.id == table.table));
    for check in &table.checks {
        let Some(identity) = form.and_then(|f| f.identities.iter().find(|i| i.id == check.identity)) else { continue };
        let (over, term) =
            if identity.per == Axis::Column { (&cell.column, &cell.row) } else { (&cell.row, &cell.column) };
        if check.over != *over || !(identity.left.contains(term) || identity.right.contains(term)) {
            continue;
        }
        let cell_of = |id: &crate::model::Id| {
            table.cells.iter().find(|c| match identity.per {
                Axis::Column => c.row == *id && c.column == *over,
                Axis::Row => c.column == *id && c.row == *over,
            })
        };
        let side = |ids: &[crate::model::Id]| {
            let value = |id: &crate::model::Id| {
                cell_of(id).and_then(|c| c.value).map_or_else(|| "□".to_owned(), |v| v.to_string())
            };
            ids.iter().map(value).collect::<Vec<_>>().join(" + ")
        };
        let verdict = match check.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "cannot be decided",
        };
        let kind = if check.official { "official" } else { "arithmetic" };
        let _ = writeln!(story, "identity {} over {} ({kind}) {verdict}: {}", check.identity, check.over, identity.say);
        let _ = writeln!(story, "  {} = {}", side(&identity.left), side(&identity.right));
        for cell in identity.left.iter().chain(&identity.right).filter_map(cell_of).filter(|c| c.value.is_some()) {
            let term = if identity.per == Axis::Column { &cell.row } else { &cell.column };
            let at = cell.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let raw = cell.raw.as_deref().map(|raw| format!(" “{raw}”")).unwrap_or_default();
            let value = cell.value.map(|v| v.to_string()).unwrap_or_default();
            let _ = writeln!(story, "    {value} {} ({}{at}{raw})", label(term), word(&cell.standing));
        }
    }
    for finding in report.findings.iter().filter(|f| f.line.is_some() && f.line == cell.line) {
        let _ = writeln!(story, "finding {}: {}", finding.code, finding.message);
    }
    story
}

fn brief(table: &Table, cell: &Cell) -> String {
    let value = cell.value.map_or_else(|| "null".to_owned(), |v| v.to_string());
    let unit = cell.unit.as_deref().unwrap_or("");
    let raw = cell.raw.as_deref().map(|raw| format!(", printed “{raw}”")).unwrap_or_default();
    let by = if cell.by.is_empty() { String::new() } else { format!(", by {}", cell.by.join(", ")) };
    format!("cell {}.{}.{} = {value} {unit} ({}{raw}{by})", table.table, cell.row, cell.column, word(&cell.standing))
}

fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "已核：印在原文，且有勾稽关系印证",
        Standing::Printed => "原文：印在原文，没有矛盾",
        Standing::Curated => "编者：由档案的发布者更正",
        Standing::Solved => "补出：网页丢失，由勾稽关系唯一确定",
        Standing::Disputed => "存疑：印在原文，但与勾稽关系矛盾",
        Standing::Blank => "空白：原表此格为空；空白不是零",
        Standing::Lost => "缺失：网页丢失，无法确定",
        Standing::Unmapped => "未识：法定格式没有这一行或列",
    }
}

fn shown_line(story: &mut String, report: &Report, no: Option<u32>) {
    if let Some(line) = no.and_then(|no| report.lines.iter().find(|line| line.no == no)) {
        let _ = writeln!(story, "line {}: {}", line.no, line.text);
    }
}

/// The word the published JSON uses.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Edits as steps: those of one stretch on one line, broken bytes with what they were, and at the end what the rules are about.
fn told(edits: &[&Edit]) -> String {
    let mut story = String::new();
    for steps in edits.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)) {
        let _ = write!(story, "  {}..{} “{}”", steps[0].start, steps[0].end, steps[0].was);
        for edit in steps {
            let sure = if edit.sure == Sure::Likely { ", likely" } else { "" };
            let _ = write!(story, " → “{}” ({}{sure})", edit.now, edit.rule);
        }
        story.push('\n');
        for edit in steps {
            let (was, now) = match edit.rule.as_ref() {
                "byte-repair" => (bytes(&edit.was, GBK), bytes(&edit.now, GBK)),
                "gbk-misread" => (bytes(&edit.was, WINDOWS_1252), bytes(&edit.now, GBK)),
                "utf8-as-gbk" => (bytes(&edit.was, GBK), bytes(&edit.now, UTF_8)),
                "utf8-misread" => (bytes(&edit.was, WINDOWS_1252), bytes(&edit.now, UTF_8)),
                _ => continue,
            };
            let _ = writeln!(story, "    the page shows   {was}\n    the bytes meant  {now}");
        }
    }
    let rules = normalize::rules();
    for rule in rules.iter().filter(|rule| edits.iter().any(|edit| edit.rule == rule.id)) {
        let _ = writeln!(story, "  rule {} {}: `nianbao explain {}` tells why", rule.id, rule.title, rule.id);
    }
    story
}

/// Each character with its bytes in hex.
fn bytes(text: &str, encoding: &'static Encoding) -> String {
    let shown = text.chars().map(|c| {
        let text = c.to_string();
        let (bytes, _, _) = encoding.encode(&text);
        format!("{c}={}", bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>())
    });
    shown.collect::<Vec<_>>().join(" ")
}
