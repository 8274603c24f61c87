//! Statutory tables: real and generated ones, in every layout, against known truth.

use nianbao::model::report::Role;
use nianbao::model::source::{Draft, Line};
use nianbao::model::value::Standing;
use nianbao::understand::forms::{Reading, read_tables};
use std::path::PathBuf;

fn draft(text: &str) -> Draft {
    let lines = text.lines().enumerate().map(|(i, l)| Line::new(i as u32 + 1, l)).collect();
    Draft { lines, ..Draft::default() }
}

fn read(text: &str, year: Option<u16>) -> Reading {
    let draft = draft(text);
    read_tables(&draft, &vec![Role::Prose; draft.lines.len()], year)
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
