//! Statutory tables: real and generated ones, in every layout, against known truth.

#[path = "forms/generate.rs"]
mod generate;

use generate::{Case, Faults, Layout, Print, Zeros, case};
use nianbao::model::diagnostic::Finding;
use nianbao::model::form::Axis;
use nianbao::model::report::Table;
use nianbao::model::source::{Draft, Line};
use nianbao::model::value::Standing;
use nianbao::understand::forms::{Reading, forms, read_tables};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn draft(text: &str) -> Draft {
    let lines = text.lines().enumerate().map(|(i, l)| Line::new(i as u32 + 1, l)).collect();
    Draft { lines, ..Draft::default() }
}

fn read(text: &str, year: Option<u16>) -> Reading {
    read_tables(&draft(text), year)
}

fn shared(path: &str) -> Option<String> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(&full).ok();
    if text.is_none() {
        eprintln!("skipped: {} is not there", full.display());
    }
    text
}

#[test]
fn the_real_report_is_read_cell_by_cell() {
    let Some(text) = shared("seeds/003_cee6ea4c640e5fe0.txt") else { return };
    let Some(gold) = shared("gold/003.json") else { return };
    let gold: serde_json::Value = serde_json::from_str(&gold).expect("gold is JSON");
    let mut stated = Vec::new();
    fn walk(value: &serde_json::Value, stated: &mut Vec<(u32, String)>) {
        match value {
            serde_json::Value::Object(map) => {
                if map.get("status").and_then(|s| s.as_str()) == Some("stated") {
                    stated.push((map["line"].as_u64().expect("a line") as u32, map["value"].to_string()));
                }
                map.values().for_each(|v| walk(v, stated));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|v| walk(v, stated)),
            _ => {}
        }
    }
    walk(&gold["tables"], &mut stated);
    assert_eq!(stated.len(), 118);
    let reading = read(&text, Some(2019));
    let printed: Vec<(u32, String)> = reading
        .tables
        .iter()
        .flat_map(|t| &t.cells)
        .filter(|c| matches!(c.standing, Standing::Proved | Standing::Printed))
        .map(|c| (c.line.expect("a printed cell has a line"), c.value.expect("and a value").to_string()))
        .collect();
    assert_eq!(printed, stated);
    let solved: Vec<String> = reading
        .tables
        .iter()
        .flat_map(|t| &t.cells)
        .filter(|c| c.standing == Standing::Solved)
        .map(|c| format!("{}.{} = {}", c.row, c.column, c.value.expect("solved")))
        .collect();
    assert_eq!(
        solved,
        ["new_requests.legal_service_institution = 5", "unavailable_needs_creation.research_institution = 1"]
    );
    assert!(reading.findings.iter().all(|f| f.code == "cell-lost-and-solved"), "{:?}", reading.findings);
    assert_eq!(reading.tables.len(), 7);
}

/// What came of the cells of one layout.
#[derive(Debug, Default)]
struct Score {
    printed: usize,
    found: usize,
    lost: usize,
    solved: usize,
    errors: usize,
    exposed: usize,
    hidden: usize,
    micros: Vec<u128>,
}

const CODES_OF_ERROR: [&str; 2] = ["row-does-not-add-up", "column-does-not-add-up"];

fn judge(case: &Case, reading: &Reading, score: &mut Score, trouble: &mut Vec<String>) {
    let forms = forms();
    let form = &forms[case.form];
    if reading.tables.iter().any(|t| t.form != form.id) {
        trouble.push(format!("read as {}, not {}", reading.tables[0].form, form.id));
    }
    let mut accused = reading.findings.iter().filter(|f| CODES_OF_ERROR.contains(&f.code.as_ref())).count();
    for (index, truth) in case.tables.iter().enumerate() {
        let shape = &form.tables[truth.table];
        let tables: Vec<&Table> = reading.tables.iter().filter(|t| t.table == shape.id).collect();
        if tables.len() > 1 {
            trouble.push(format!("{} is there {} times", shape.id, tables.len()));
        }
        for (r, row) in shape.rows.iter().enumerate().filter(|(_, r)| !r.header) {
            for (c, column) in shape.columns.iter().enumerate() {
                let place = format!("{}.{}.{}", shape.id, row.id, column.id);
                let cell =
                    tables.first().and_then(|t| t.cells.iter().find(|x| x.row == row.id && x.column == column.id));
                let value = cell.and_then(|c| c.value).and_then(|v| v.to_integer());
                let standing = cell.map(|c| c.standing);
                let money = column.label.contains("万元") || row.unit.as_deref() == Some("万元");
                let value = value.map(|v| {
                    if money && cell.is_some_and(|c| c.unit.as_deref() == Some("元")) { v / 10_000 } else { v }
                });
                let print = &truth.print[r][c];
                match print {
                    Print::Figure(v) => {
                        // A row that lost a cell with its separator may be past saving.
                        let whole = !truth.print[r].contains(&Print::Gone);
                        score.printed += usize::from(whole);
                        match (value, standing) {
                            (Some(got), _) if got == *v => score.found += usize::from(whole),
                            (Some(got), _) => trouble.push(format!("{place}: {got}, printed {v}")),
                            (None, Some(Standing::Lost) | None) => {
                                if std::env::var("NIANBAO_LOST").is_ok() && !case.layout.collapsed() {
                                    println!("{:?} {place} {standing:?}", case.layout);
                                }
                            }
                            (None, _) if case.layout.collapsed() => {}
                            (None, other) => trouble.push(format!("{place}: {v} is {other:?}")),
                        }
                    }
                    Print::Empty | Print::Gone | Print::Mark => {
                        let real = truth.truth[r][c];
                        score.lost += usize::from(real != 0);
                        match value {
                            Some(got) if got == real && got != 0 && standing == Some(Standing::Solved) => {
                                score.solved += 1
                            }
                            // The cell beside it prints the same: which of the two is gone nobody can tell.
                            Some(got) if got == real && *print == Print::Gone && standing != Some(Standing::Solved) => {
                            }
                            Some(got) => trouble.push(format!("{place}: {got} {standing:?}, not printed, was {real}")),
                            None => {}
                        }
                    }
                }
                let disputed = standing == Some(Standing::Disputed);
                if case.wrong.is_empty() && disputed {
                    trouble.push(format!("{place}: disputed without cause"));
                }
                let wrong = case.wrong.contains(&(index, r, c));
                if case.faults == Faults::Several {
                    let failing = generate::identities(shape, r, c).iter().any(|i| !truth.holds(shape, i.0, i.1));
                    if wrong && standing == Some(Standing::Proved) {
                        trouble.push(format!("{place}: an error is proved"));
                    } else if disputed && !failing && !case.wrong.is_empty() {
                        trouble.push(format!("{place}: disputed without cause"));
                    }
                    score.errors += usize::from(wrong);
                    score.exposed += usize::from(wrong);
                    score.hidden += usize::from(wrong && !disputed);
                } else if wrong && (case.zeros == Zeros::Blank || case.layout.collapsed()) {
                    // Where empty cells leave no trace or a zero none, a loss may explain it as well: then that is said.
                    score.hidden += usize::from(!disputed);
                    let lines = tables.first().map_or([0, 0], |t| t.lines);
                    let told = |f: &Finding| f.line.is_some_and(|l| (lines[0]..=lines[1]).contains(&l));
                    if !reading.findings.iter().any(told) {
                        trouble.push(format!("{place}: nothing is said of the error"));
                    }
                } else if wrong {
                    score.errors += 1;
                    let failing = tables.first().is_some_and(|t| t.checks.iter().any(|c| c.holds == Some(false)));
                    if disputed && failing && accused > 0 {
                        score.exposed += 1;
                    } else {
                        trouble.push(format!("{place}: error not exposed"));
                    }
                    let others = reading
                        .tables
                        .iter()
                        .flat_map(|t| &t.cells)
                        .filter(|c| c.standing == Standing::Disputed)
                        .count();
                    if shape.id == "requests" && others != 1 {
                        trouble.push(format!("{place}: {others} cells accused"));
                    }
                }
            }
        }
        let Some(table) = tables.first().filter(|_| case.faults == Faults::Several) else { continue };
        let told = |f: &Finding| f.line.is_some_and(|l| (table.lines[0]..=table.lines[1]).contains(&l));
        if case.wrong.iter().any(|w| w.0 == index) && !reading.findings.iter().any(told) {
            trouble.push(format!("{}: nothing is said of the errors", shape.id));
        }
        for check in table.checks.iter().filter(|check| check.holds == Some(false)) {
            let identity =
                shape.identities.iter().position(|i| i.id == check.identity).expect("an identity of the form");
            let over = match shape.identities[identity].per {
                Axis::Column => shape.columns.iter().position(|c| c.id == check.over),
                Axis::Row => shape.rows.iter().position(|r| r.id == check.over),
            };
            if truth.holds(shape, identity, over.expect("a row or column")) {
                trouble.push(format!("{} over {} holds", check.identity, check.over));
            }
        }
    }
    if !case.wrong.is_empty() {
        accused = 0;
    }
    if accused > 0 {
        trouble.push(format!("{accused} false accusations"));
    }
}

#[test]
fn every_layout_is_read_without_a_wrong_cell() {
    let forms = forms();
    let rounds: u64 = std::env::var("NIANBAO_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(25);
    let verbose = std::env::var("NIANBAO_VERBOSE").is_ok();
    let mut scores: BTreeMap<Layout, Score> = BTreeMap::new();
    let mut bad = Vec::new();
    for &layout in generate::LAYOUTS {
        for (seed, faults) in (0..rounds).flat_map(|seed| [(seed, Faults::Few), (seed, Faults::Several)]) {
            let case = case(&forms, seed, layout, faults);
            let started = std::time::Instant::now();
            let reading = read_tables(&case.draft, None);
            let score = scores.entry(layout).or_default();
            score.micros.push(started.elapsed().as_micros());
            let mut trouble = Vec::new();
            judge(&case, &reading, score, &mut trouble);
            if !trouble.is_empty() {
                if verbose {
                    println!("==== {layout:?} {seed} {faults:?}\n{}", case.text);
                    reading.findings.iter().for_each(|f| println!("{} {:?} {}", f.code, f.line, f.message));
                }
                bad.push(format!(
                    "{layout:?} {seed} {faults:?} {:?} wrong {:?}: {}",
                    case.zeros,
                    case.wrong,
                    trouble.join("; ")
                ));
            }
        }
    }
    for (layout, score) in &scores {
        let mut micros = score.micros.clone();
        micros.sort_unstable();
        println!(
            "{layout:?}: {} of {} printed cells, {:.2} %; {} of {} lost solved; {} of {} errors exposed, {} more not named; least {} µs, median {} µs, worst {} µs",
            score.found,
            score.printed,
            100.0 * score.found as f64 / score.printed as f64,
            score.solved,
            score.lost,
            score.exposed,
            score.errors,
            score.hidden,
            micros[0],
            micros[micros.len() / 2],
            micros[micros.len() - 1]
        );
    }
    assert!(bad.is_empty(), "{} of the reports are misread:\n{}", bad.len(), bad.join("\n"));
    for (layout, score) in &scores {
        if !layout.collapsed() {
            assert!(score.found * 100 >= score.printed * 99, "{layout:?} {score:?}");
        }
        assert_eq!(score.errors, score.exposed, "{layout:?}");
    }
}

/// Snippets with what is expected of them above the line of dashes.
#[test]
fn snippets_read_as_is_written_beside_them() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/forms/cases");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases").map(|e| e.expect("a case").path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a case is text");
        let (head, body) = text.split_once("----\n").expect("a line of dashes");
        let year = head.lines().find_map(|l| l.strip_prefix("year ")).map(|y| y.parse().expect("a year"));
        let reading = read(body, year);
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let cell = |place: &str| {
            let mut parts = place.split('.');
            let (table, row, column) = (parts.next()?, parts.next()?, parts.next()?);
            let table = reading.tables.iter().find(|t| t.table == table)?;
            table.cells.iter().find(|c| c.row == row && c.column == column)
        };
        for line in head.lines().filter_map(|l| l.strip_prefix("expect ")) {
            let words: Vec<&str> = line.split(' ').collect();
            let met = match words.as_slice() {
                ["finding", code] => reading.findings.iter().any(|f| f.code == *code),
                ["no", "finding", code] => !reading.findings.iter().any(|f| f.code == *code),
                ["no", "table"] => reading.tables.is_empty(),
                ["no", "unit", place] => cell(place).is_some_and(|c| c.unit.is_none()),
                ["form", form] => !reading.tables.is_empty() && reading.tables.iter().all(|t| t.form == *form),
                [place, "blank"] => cell(place).is_some_and(|c| c.value.is_none() && c.standing == Standing::Blank),
                [place, "lost"] => cell(place).is_some_and(|c| c.value.is_none() && c.standing == Standing::Lost),
                [place, value, standing] => cell(place).is_some_and(|c| {
                    c.value.is_some_and(|v| v.to_string() == *value)
                        && format!("{:?}", c.standing).to_lowercase() == *standing
                }),
                _ => panic!("{name}: {line}"),
            };
            if !met {
                let got = words.first().and_then(|w| cell(w));
                wrong.push(format!("{name}: {line}; got {got:?}\n{:?}", reading.findings));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn narrative_reports_have_no_tables() {
    for seed in ["000_b303f6709272bbe6", "001_a73333d358a8cdd5", "002_8cf2ac9e4574973e", "004_687b4b7f304522fd"] {
        let Some(text) = shared(&format!("seeds/{seed}.txt")) else { return };
        let reading = read(&text, None);
        assert!(reading.tables.is_empty(), "{seed}: {:?}", reading.tables);
        assert!(reading.claimed.is_empty(), "{seed}: {:?}", reading.claimed);
    }
}

/// Every row could stand anywhere: the search must give up, and then publish nothing it cannot prove.
#[test]
fn an_adversarial_table_ends_in_lost_cells() {
    let forms = forms();
    let table = forms[3].tables.iter().find(|t| t.id == "requests").expect("the table");
    let mut text = "三、收到和处理政府信息公开申请情况\n".to_string();
    for (index, row) in table.rows.iter().filter(|r| !r.header).enumerate() {
        let (a, b, c) = (1 << (index % 9), 3 + index, 7 + index * index);
        text.push_str(&format!("{}\n{a}\n{b}\n{c}\n{}\n", row.label, a + b + c));
    }
    let reading = read(&text, Some(2023));
    assert_eq!(reading.tables.len(), 1);
    assert!(reading.tables[0].cells.iter().all(|c| c.standing != Standing::Solved), "{:?}", reading.findings);
    assert!(reading.findings.iter().any(|f| f.code == "cell-ambiguous"));
}

#[test]
fn a_damaged_page_never_panics_and_a_blank_is_never_a_zero() {
    let forms = forms();
    for seed in 0..60 {
        let layout = generate::LAYOUTS[seed as usize % generate::LAYOUTS.len()];
        let text = case(&forms, 1000 + seed, layout, Faults::Few).text;
        let mut chance = generate::Chance::new(seed);
        let damaged: Vec<String> =
            text.lines()
                .filter(|_| !chance.one_in(9))
                .map(|l| l.to_string())
                .collect::<Vec<_>>()
                .into_iter()
                .map(|l| {
                    if chance.one_in(12) { l.chars().rev().chain("99999999999999999999|".chars()).collect() } else { l }
                })
                .collect();
        let reading = read(&damaged.join("\n"), Some(2021));
        for cell in reading.tables.iter().flat_map(|t| &t.cells) {
            let zero = cell.value.is_some_and(|v| v.is_zero());
            assert!(!zero || cell.raw.is_some(), "{seed}: {cell:?}");
        }
    }
}
