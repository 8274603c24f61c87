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

/// Breaks text the way the page tool did: GBK bytes, an annotation behind every key wherever it begins, a decoder that shows an
/// impossible pair as `?` and drops user-defined ones, full-width punctuation folded to ASCII.
mod damage {
    use pinyin::ToPinyin;
    use std::collections::BTreeMap;

    pub struct Random(pub u64);

    impl Random {
        pub fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % end
        }
    }

    pub fn fold(text: &str) -> String {
        text.chars()
            .map(|c| if ('！'..='～').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c })
            .collect()
    }

    pub fn keys(characters: impl Iterator<Item = char>) -> BTreeMap<[u8; 2], &'static str> {
        characters
            .filter_map(|c| {
                let reading = c.to_pinyin()?.with_tone();
                let text = c.to_string();
                let (bytes, _, failed) = encoding_rs::GBK.encode(&text);
                match (failed, &bytes[..]) {
                    (false, [lead, trail]) => Some(([*lead, *trail], reading)),
                    _ => None,
                }
            })
            .collect()
    }

    pub fn break_bytes(text: &str, keys: &BTreeMap<[u8; 2], &'static str>) -> String {
        let (source, _, _) = encoding_rs::GBK.encode(text);
        let mut bytes = Vec::new();
        let mut at = 0;
        while at < source.len() {
            match source.get(at + 1).and_then(|trail| keys.get(&[source[at], *trail])) {
                Some(reading) => {
                    bytes.extend(&source[at..at + 2]);
                    let annotation = format!("({reading})");
                    let (annotation, _, _) = encoding_rs::GBK.encode(&annotation);
                    bytes.extend(&*annotation);
                    at += 2;
                }
                None => {
                    bytes.push(source[at]);
                    at += 1;
                }
            }
        }
        let mut shown = String::new();
        let mut at = 0;
        while at < bytes.len() {
            let lead = bytes[at];
            if lead < 0x80 {
                shown.push(char::from(lead));
                at += 1;
                continue;
            }
            let trail = bytes.get(at + 1).copied().unwrap_or(0);
            at += 2;
            if !(0x81..=0xFE).contains(&lead) || !(0x40..=0xFE).contains(&trail) || trail == 0x7F {
                shown.push('?');
                continue;
            }
            let pair = [lead, trail];
            let (text, failed) = encoding_rs::GBK.decode_without_bom_handling(&pair);
            if !failed && !text.chars().any(|c| ('\u{E000}'..='\u{F8FF}').contains(&c)) {
                shown.push_str(&text);
            }
        }
        fold(&shown)
    }
}

#[test]
fn simulated_damage_is_repaired_or_flagged_and_never_a_third_text() {
    let parts: Vec<(Vec<&str>, Vec<&str>)> = include_str!("phrases.tsv")
        .lines()
        .filter(|row| !row.starts_with('#'))
        .map(|row| {
            let mut columns = row.split('\t').skip(1).map(|column| column.split(' ').collect::<Vec<_>>());
            (columns.next().unwrap_or_default(), columns.next().unwrap_or_default())
        })
        .collect();
    let everything: std::collections::BTreeSet<char> = parts
        .iter()
        .flat_map(|(hant, hans)| {
            let hans: std::collections::BTreeSet<char> = hans.iter().flat_map(|text| text.chars()).collect();
            hant.iter().flat_map(|text| text.chars()).filter(move |c| !hans.contains(c)).collect::<Vec<_>>()
        })
        .chain("驅優執詢聞繩極啟東應學實務區點領財".chars())
        .collect();
    let wanted: usize = std::env::var("NIANBAO_SPANS").ok().and_then(|count| count.parse().ok()).unwrap_or(60);
    let mut random = damage::Random(7);
    let (mut spans, mut repaired, mut flagged) = (0, 0, 0);
    let mut wrong = Vec::new();
    while spans < wanted {
        // A tool's table holds some of the Traditional characters, not all.
        let share = 2 + random.below(4);
        let table: Vec<char> =
            everything.iter().copied().filter(|c| (*c as usize).wrapping_mul(2_654_435_761) / 64 % 6 < share).collect();
        let keys = damage::keys(table.into_iter());
        let (mut broken, mut truth, mut hit) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..14 {
            let picks: Vec<usize> = parts.iter().map(|(hant, _)| random.below(hant.len())).collect();
            let line = |simplified: bool| {
                let word =
                    |part: usize| if simplified { parts[part].1[picks[part]] } else { parts[part].0[picks[part]] };
                format!("{}，{}{}{}，{}。", word(0), word(1), word(2), word(3), word(4))
            };
            let hant = line(false);
            let shown = damage::break_bytes(&hant, &keys);
            hit.push(shown.contains('?'));
            broken.push(shown);
            truth.push(damage::fold(&line(true)));
        }
        let done = normalize(draft(&broken.join("\n")), &Options { script: Some(Script::Hant), ..Options::default() });
        for (at, line) in done.lines.iter().enumerate().filter(|(at, _)| hit[*at]) {
            spans += 1;
            if line.text == truth[at] {
                repaired += 1;
                continue;
            }
            let before = line.edits.iter().filter(|edit| edit.rule == "byte-repair");
            let lie = before.clone().any(|edit| {
                let last = line.edits.iter().rfind(|other| (other.start, other.end) == (edit.start, edit.end));
                !truth[at].contains(last.map_or("", |last| last.now.as_str()))
            });
            if lie {
                wrong.push(format!("{} became {}, was {}", broken[at], line.text, truth[at]));
            } else if done.found.iter().any(|finding| finding.line == Some(line.no) && finding.code == "mojibake-left")
            {
                flagged += 1;
            } else {
                wrong.push(format!("not flagged: {} became {}, was {}", broken[at], line.text, truth[at]));
            }
        }
    }
    eprintln!(
        "{spans} damaged lines: {repaired} repaired, {flagged} flagged, {} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(repaired * 100 >= spans * 75, "{repaired} of {spans}");
}
