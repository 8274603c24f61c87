//! The acceptance cases of normalization, when they are at hand, run through the function itself.

use nianbao::model::source::{Draft, Line, Script};
use nianbao::normalize::{Options, normalize};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn shared(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is not there", path.display());
    }
    text
}

fn draft(text: &str) -> Draft {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines = text.split('\n').enumerate().map(|(at, line)| Line::new(at as u32 + 1, line)).collect();
    Draft { lines, ..Draft::default() }
}

fn options(args: &Value) -> Options {
    Options {
        script: match args["script"].as_str() {
            Some("hans") => Some(Script::Hans),
            Some("hant") => Some(Script::Hant),
            _ => None,
        },
        year: args["year"].as_u64().and_then(|year| u16::try_from(year).ok()),
        ..Options::default()
    }
}

/// The source line, from the text and the log.
fn undo(line: &Line) -> String {
    let mut text = line.text.clone();
    let mut moved: isize = 0;
    let mut places = Vec::new();
    for (at, edit) in line.edits.iter().enumerate() {
        let last = line.edits.get(at + 1).is_none_or(|next| (next.start, next.end) != (edit.start, edit.end));
        places.push((edit.start as usize).wrapping_add_signed(moved));
        if last {
            moved += edit.now.len() as isize - (edit.end - edit.start) as isize;
        }
    }
    for (edit, at) in line.edits.iter().zip(places).rev() {
        assert_eq!(&text[at..at + edit.now.len()], edit.now);
        text.replace_range(at..at + edit.now.len(), &edit.was);
    }
    text
}

#[test]
fn the_shared_cases_hold() {
    let Some(cases) = shared("cases/normalize.jsonl") else { return };
    let mut wrong = Vec::new();
    let (mut ran, mut repaired, mut left) = (0, 0, 0);
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        let (id, via) = (case["id"].as_str().unwrap_or_default(), case["via"].as_str().unwrap_or_default());
        if via == "extract" || via == "site" {
            continue;
        }
        ran += 1;
        let source = case["document"].as_str().or(case["input"].as_str()).unwrap_or_default();
        let from = case["at"].as_u64().unwrap_or(1) as usize - 1;
        let count = case["input"].as_str().unwrap_or_default().split('\n').count();
        let before = draft(source);
        let done = normalize(before.clone(), &options(&case["args"]));
        assert_eq!(done.lines.len(), before.lines.len(), "{id}");
        for (line, source) in done.lines.iter().zip(&before.lines) {
            assert_eq!(undo(line), source.text, "{id}: the log does not lead back");
        }
        let text: Vec<&str> = done.lines[from..from + count].iter().map(|line| line.text.as_str()).collect();
        let text = text.join("\n");
        let accepted: Vec<&str> = match case["accept"].as_array() {
            Some(list) => list.iter().filter_map(Value::as_str).collect(),
            None => case["expected"].as_str().into_iter().collect(),
        };
        let alone = case["left_alone"]
            .as_str()
            .map(|pattern| regex::Regex::new(&format!("^(?:{pattern})$")).expect("a pattern"));
        let flagged = done
            .found
            .iter()
            .any(|finding| finding.line.is_some_and(|no| (from + 1..=from + count).contains(&(no as usize))));
        if accepted.contains(&text.as_str()) {
            repaired += usize::from(alone.is_some());
        } else if alone.as_ref().is_some_and(|pattern| pattern.is_match(&text)) && flagged {
            left += 1;
        } else {
            wrong.push(format!("{id}: {text:?}, expected {accepted:?} (flagged {flagged})"));
        }
        let mut again = done.clone();
        again.lines = done.lines.iter().map(|line| Line::new(line.no, line.text.clone())).collect();
        let again = normalize(again, &Options { script: None, ..options(&case["args"]) });
        for (line, before) in again.lines.iter().zip(&done.lines) {
            if line.text != before.text {
                wrong.push(format!("{id}: not idempotent: {:?} became {:?}", before.text, line.text));
            }
        }
    }
    eprintln!("{ran} cases, {repaired} uncertain places repaired, {left} left alone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_damaged_report_is_clean_line_by_line() {
    let Some(cases) = shared("cases/normalize_002.jsonl") else { return };
    let Some(source) = shared("seeds/002_8cf2ac9e4574973e.txt") else { return };
    let done = normalize(draft(&source), &Options::default());
    assert_eq!(done.script, Script::Hant);
    for (case, line) in cases.lines().zip(&done.lines) {
        let case: Value = serde_json::from_str(case).expect("a case is JSON");
        assert_eq!(line.text, case["expected"].as_str().unwrap_or_default(), "line {}", line.no);
    }
    let again = normalize(
        Draft {
            lines: done.lines.iter().map(|line| Line::new(line.no, line.text.clone())).collect(),
            ..Draft::default()
        },
        &Options::default(),
    );
    assert!(again.lines.iter().all(|line| line.edits.is_empty()));
}

#[test]
fn simplified_reports_get_no_edit_from_byte_pinyin_and_script_rules() {
    for name in ["000_b303f6709272bbe6", "001_a73333d358a8cdd5", "003_cee6ea4c640e5fe0", "004_687b4b7f304522fd"] {
        let Some(source) = shared(&format!("seeds/{name}.txt")) else { return };
        let done = normalize(draft(&source), &Options::default());
        for edit in done.lines.iter().flat_map(|line| &line.edits) {
            assert!(
                ["space", "doubled-stop", "whole-year", "control", "width"].contains(&edit.rule.as_ref()),
                "{edit:?}"
            );
            eprintln!("{name} {}: {} {:?} -> {:?}", edit.line, edit.rule, edit.was, edit.now);
        }
        for finding in &done.found {
            eprintln!("{name}: {} {:?} {}", finding.code, finding.line, finding.message);
        }
    }
}
