//! The hand-made truth beside the project: figures and core of three real reports, with stand-ins for roles and outline.

use super::*;
use crate::model::report::{Cell, Check};
use crate::model::source::Line;
use serde_json::Value;
use std::path::PathBuf;

fn shared(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        eprintln!("skipped: {} is not there", path.display());
    }
    text.ok()
}

/// Blank, heading and prose by shape; table lines by number.
pub(super) fn stand_in(
    lines: &[&str],
    tables: std::ops::RangeInclusive<u32>,
    head: u32,
) -> (Draft, Vec<Role>, Vec<Section>) {
    let heading = Regex::new(r"^\s*(?:(?P<one>[一二三四五六七八九十]+、)|(?P<two>[（(][一二三四五六七八九十]+[)）])|(?P<three>[0-9]{1,2}[.．、]))\s*(?P<title>[^。；，]{2,40}?)(?:$|。|:|：)").unwrap();
    let (mut roles, mut sections) = (Vec::new(), Vec::new());
    for (index, text) in lines.iter().enumerate() {
        let no = index as u32 + 1;
        let found = heading.captures(text);
        roles.push(if text.trim().is_empty() {
            Role::Blank
        } else if tables.contains(&no) {
            Role::Table
        } else if no <= head {
            Role::Meta
        } else if found.as_ref().is_some_and(|f| f.get(0).unwrap().end() == text.len()) {
            Role::Heading
        } else {
            Role::Prose
        });
        if let Some(found) = found.filter(|_| !tables.contains(&no)) {
            let level = if found.name("one").is_some() {
                1
            } else if found.name("two").is_some() {
                2
            } else {
                3
            };
            sections.push(Section { level, number: String::new(), title: found["title"].to_string(), line: no });
        }
    }
    let lines = lines.iter().enumerate().map(|(i, t)| Line::new(i as u32 + 1, *t)).collect();
    (Draft { lines, ..Draft::default() }, roles, sections)
}

fn number(value: &Value) -> Option<Decimal> {
    value
        .as_number()
        .and_then(|n| Decimal::parse(&n.to_string()).or_else(|| Decimal::parse(n.to_string().trim_end_matches(".0"))))
}

fn letters(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The tables of the 2019 report as its gold has them, under the ids of the form.
fn tables_of(gold: &Value) -> Vec<Table> {
    let Some(form) = shared("forms/2019.json") else { return Vec::new() };
    let form: Value = serde_json::from_str(&form).unwrap();
    let list = |v: &Value, key: &str| v[key].as_array().cloned().unwrap_or_default();
    let mut out = Vec::new();
    for spec in list(&form, "tables") {
        let id = spec["id"].as_str().unwrap().to_string();
        let mut table = Table {
            form: "2019".into(),
            table: id.clone().into(),
            title: String::new(),
            lines: [70, 564],
            rows: vec![],
            columns: vec![],
            cells: vec![],
            checks: vec![],
        };
        let cell = |row: &Value, column: &Value, found: &Value| Cell {
            row: row["id"].as_str().unwrap().to_string().into(),
            column: column["id"].as_str().unwrap().to_string().into(),
            value: number(&found["value"]),
            raw: None,
            unit: Some("件".into()),
            standing: match found["status"].as_str() {
                Some("blank") => Standing::Blank,
                Some("missing_inferable") => Standing::Solved,
                _ => Standing::Proved,
            },
            line: found["line"].as_u64().map(|l| l as u32),
            by: vec![],
            label: None,
        };
        let review =
            [("review_", "行政复议"), ("litigation_direct", "未经复议直接起诉"), ("litigation_after", "复议后起诉")];
        for row in list(&spec, "rows") {
            for column in list(&spec, "columns") {
                let (row_label, column_label) = (row["label"].as_str().unwrap(), column["label"].as_str().unwrap());
                let found = match id.as_str() {
                    "review_and_litigation" => {
                        let (_, label) =
                            review.iter().find(|(start, _)| column["id"].as_str().unwrap().starts_with(start)).unwrap();
                        &gold["tables"]["reviews"]["rows"][*label]["cells"][column_label]
                    }
                    "requests" => gold["tables"]["applications"]["rows"]
                        .as_object()
                        .unwrap()
                        .values()
                        .find(|r| letters(r["label"].as_str().unwrap()) == letters(row_label))
                        .map_or(&Value::Null, |r| &r["cells"][column_label]),
                    _ => &gold["tables"]["proactive_disclosure"]["rows"][row_label]["cells"][column_label],
                };
                if !found.is_null() {
                    table.cells.push(cell(&row, &column, found));
                }
            }
        }
        if id == "requests" {
            let total = Some(Decimal::from(4974));
            table.checks.push(Check {
                identity: "results_sum".into(),
                over: "total".into(),
                left: total,
                right: total,
                holds: Some(true),
                official: false,
            });
        }
        out.push(table);
    }
    out
}

fn seed(number: &str) -> Option<Vec<String>> {
    if number == "002" {
        let lines = shared("cases/normalize_002.jsonl")?;
        return Some(
            lines
                .lines()
                .map(|l| serde_json::from_str::<Value>(l).unwrap()["expected"].as_str().unwrap().to_string())
                .collect(),
        );
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    let file =
        std::fs::read_dir(folder).ok()?.flatten().find(|f| f.file_name().to_string_lossy().starts_with(number))?;
    Some(std::fs::read_to_string(file.path()).ok()?.lines().map(String::from).collect())
}

fn reading(number: &str, gold: &Value) -> Option<Reading> {
    let lines = seed(number)?;
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (agency, year, tables, head) = match number {
        "000" => (Some("南通市行政审批局"), 2016, 0..=0, 4),
        "001" => (Some("黄石市政务服务中心管理办公室"), 2018, 0..=0, 12),
        "002" => (None, 2016, 0..=0, 0),
        "003" => (Some("南通市人民政府"), 2019, 71..=565, 3),
        _ => (Some("台州市行政服务中心"), 2013, 0..=0, 7),
    };
    let city = if number == "001" {
        "黄石市"
    } else if number == "004" {
        "台州市"
    } else {
        "南通市"
    };
    let place = Place { name: city.into(), city: Some(city.into()), ..Place::default() };
    let (draft, roles, sections) = stand_in(&lines, tables, head);
    let tables = if number == "003" { tables_of(gold) } else { Vec::new() };
    let context = Context {
        roles: &roles,
        sections: &sections,
        year: Some(year),
        agency,
        place: (number != "002").then_some(&place),
        tables: &tables,
    };
    Some(read_figures(&draft, &context))
}

fn unit(text: &str) -> String {
    text.split(['(', '（']).next().unwrap_or("").replace('％', "%")
}

/// Whether a figure is a gold item: value and unit equal, line within one.
fn matches(figure: &Figure, gold: &Value) -> bool {
    let units: Vec<String> = std::iter::once(&gold["unit"])
        .chain(gold["unit_accept"].as_array().into_iter().flatten())
        .map(|u| unit(u.as_str().unwrap_or("")))
        .collect();
    let mine = unit(figure.unit.as_deref().unwrap_or(""));
    number(&gold["value"]) == Some(figure.value)
        && units.iter().any(|u| {
            *u == mine || !u.is_empty() && mine.starts_with(u.as_str()) && !["次", "工作日"].contains(&&mine[u.len()..])
        })
        && (i64::from(figure.line) - gold["line"].as_i64().unwrap()).abs() <= 1
}

#[derive(Default, Debug)]
struct Score {
    hit: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
    traps: Vec<String>,
    first_tier: (usize, usize),
}

fn score(number_of: &str, score: &mut Score) -> Option<(Reading, Value)> {
    let gold: Value = serde_json::from_str(&shared(&format!("gold/{number_of}.json"))?).unwrap();
    let reading = reading(number_of, &gold)?;
    let mut free: Vec<&Figure> = reading.figures.iter().collect();
    let items = gold["statistics"].as_array().unwrap();
    for optional in [false, true] {
        for item in items.iter().filter(|i| i["optional"].as_bool() == Some(optional)) {
            let found = free.iter().position(|f| matches(f, item));
            let name = format!("{number_of} L{} {} {}", item["line"], item["value"], item["indicator"]);
            if !optional && item["tier"] == 1 {
                score.first_tier.1 += 1;
                score.first_tier.0 += usize::from(found.is_some());
            }
            match found {
                Some(at) => {
                    free.remove(at);
                    score.hit += usize::from(!optional);
                }
                None if !optional => score.missed.push(name),
                None => {}
            }
        }
    }
    for figure in free {
        let name = format!("{number_of} L{} {} {:?} {}", figure.line, figure.value, figure.unit, figure.label);
        let trap = gold["not_statistics"].as_array().unwrap().iter().any(|t| {
            (i64::from(figure.line) - t["line"].as_i64().unwrap()).abs() <= 1
                && t["values"].as_array().unwrap().iter().any(|v| number(v) == Some(figure.value))
        });
        if trap {
            score.traps.push(name.clone());
        }
        score.wrong.push(name);
    }
    Some((reading, gold))
}

/// Ours → gold; where the gold has no such key the figure is not scored.
const CORE: &[(&str, &[&str])] = &[
    ("proactive_total", &["proactive_disclosures_total"]),
    ("proactive_website", &["website_disclosures"]),
    ("proactive_wechat", &["wechat_posts"]),
    ("proactive_weibo", &["weibo_posts"]),
    ("proactive_weibo_wechat", &["weibo_wechat_posts"]),
    ("proactive_gazette", &["gazette_documents"]),
    ("normative_documents_issued", &["normative_documents_new"]),
    ("policy_interpretations", &["policy_interpretations"]),
    ("press_conferences", &["press_conferences"]),
    ("web_interviews", &["online_interviews"]),
    ("requests_received", &["applications_received"]),
    ("carried_in", &["applications_carried_in"]),
    ("carried_out", &["applications_carried_out"]),
    ("requests_answered", &["applications_answered"]),
    ("granted", &["applications_granted"]),
    ("partially_granted", &["applications_partly_granted"]),
    ("denied_total", &["applications_refused", "withheld_items"]),
    ("review_total", &["reconsideration_cases"]),
    ("litigation_total", &["litigation_cases"]),
    ("fees_collected", &["fees_collected"]),
    ("hotline_calls", &["hotline_calls"]),
    ("reading_room_visits", &["reading_point_visits"]),
    ("staff_full_time", &["staff_fulltime"]),
    ("staff_part_time", &["staff_parttime"]),
    ("budget", &["budget_cny"]),
    ("trainings", &["training_sessions"]),
];

#[test]
fn the_three_real_reports_meet_the_bars() {
    let mut total = Score::default();
    let (mut right, mut wanted, mut wrong) = (0, 0, Vec::new());
    for seed in ["000", "002", "003"] {
        let Some((reading, gold)) = score(seed, &mut total) else { return };
        let conflicts = gold["core"].as_object().unwrap().values().filter(|c| c["status"] == "conflict").count();
        assert_eq!(
            reading.findings.iter().filter(|f| f.code == "figures-disagree").count(),
            conflicts,
            "{seed}: {:?}",
            reading.findings
        );
        for (ours, theirs) in CORE {
            for key in *theirs {
                let item = &gold["core"][*key];
                if item.is_null() {
                    continue;
                }
                let stated = matches!(item["status"].as_str(), Some("stated" | "conflict"));
                wanted += usize::from(stated);
                let Some(core) = reading.core.get(*ours) else {
                    if stated {
                        total.missed.push(format!("{seed} core {key}"));
                    }
                    continue;
                };
                let accepted: Vec<Decimal> = std::iter::once(&item["value"])
                    .chain(item["accept"].as_array().into_iter().flatten())
                    .filter_map(number)
                    .collect();
                let values: Vec<Decimal> =
                    std::iter::once(core.value).chain(core.alternatives.iter().map(|a| a.value)).collect();
                if values.iter().all(|v| accepted.contains(v)) {
                    right += usize::from(stated);
                } else {
                    wrong.push(format!("{seed} core {key}: {values:?}"));
                }
            }
        }
    }
    eprintln!("{total:#?}\ncore {right} of {wanted}, wrong {wrong:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(right * 10 >= wanted * 9, "core {right} of {wanted}");
    assert!(total.traps.is_empty(), "{:?}", total.traps);
    assert!(total.hit * 100 >= (total.hit + total.wrong.len()) * 95, "{:?}", total.wrong);
    assert!(total.first_tier.0 * 10 >= total.first_tier.1 * 9, "{:?}", total.missed);
}

#[test]
fn the_two_reports_without_gold_read_as_a_careful_reader_would() {
    let Some(one) = reading("001", &Value::Null) else { return };
    let Some(four) = reading("004", &Value::Null) else { return };
    for (name, reading) in [("001", &one), ("004", &four)] {
        for f in &reading.figures {
            eprintln!(
                "{name} L{} {:?} {} {:?} {:?} {:?} {:?} sub={} {:?} | {} | {}",
                f.line, f.indicator, f.value, f.unit, f.approx, f.scope, f.period, f.subset, f.standing, f.raw, f.label
            );
        }
        for (id, core) in &reading.core {
            eprintln!("{name} core {id} {} {:?}", core.value, core.alternatives);
        }
        eprintln!("{:?}", reading.findings);
    }
    let value = |reading: &Reading, id: &str| reading.core.get(id).map(|c| c.value);
    for (id, expected) in [
        ("requests_received", 1),
        ("review_total", 0),
        ("complaints", 0),
        ("reading_points", 1),
        ("staff_total", 3),
        ("staff_full_time", 1),
        ("staff_part_time", 2),
        ("budget", 50_000),
        ("consultations_visits", 4000),
        ("hotline_calls", 2174),
        ("consultations_phone", 1300),
    ] {
        assert_eq!(value(&one, id), Some(Decimal::from(expected)), "{id}");
    }
    for id in ["proactive_total", "corrected_total", "litigation_total"] {
        assert_eq!(value(&one, id), None, "{id}");
    }
    assert_eq!(value(&four, "requests_received"), Some(Decimal::ZERO));
    assert_eq!(value(&four, "denied_total"), Some(Decimal::ZERO));
    assert_eq!(value(&four, "budget"), None);
}
