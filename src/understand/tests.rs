//! Truth: the hand-labelled reports, when they are beside the checkout, and reports written for the purpose.
use super::*;
use crate::model::report::Kind;
use crate::model::source::{Line, Script};
use crate::model::value::Standing;
use serde_json::Value;
use std::path::PathBuf;

fn draft(text: &str) -> Draft {
    let lines = text.split('\n').enumerate().map(|(i, l)| Line::new(i as u32 + 1, l)).collect();
    Draft { lines, ..Draft::default() }
}

fn read(draft: &Draft) -> Report {
    let source = Source { path: "a.txt".into(), bytes: Arc::from(&b"x"[..]), sidecar: None };
    understand(&source, draft, &Known::default())
}

fn shared(path: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is not there", file.display());
    }
    text
}

/// A real report as `normalize` hands it on: the damaged period repaired, 002 from its proof-read lines.
fn seed(number: &str) -> Option<Draft> {
    let name = match number {
        "000" => "000_b303f6709272bbe6",
        "001" => "001_a73333d358a8cdd5",
        "003" => "003_cee6ea4c640e5fe0",
        "004" => "004_687b4b7f304522fd",
        _ => {
            let lines = shared("cases/normalize_002.jsonl")?;
            let lines: Vec<String> = lines
                .lines()
                .map(|l| serde_json::from_str::<Value>(l).unwrap()["expected"].as_str().unwrap().to_owned())
                .collect();
            let mut read = draft(&lines.join("\n"));
            read.script = Script::Hant;
            return Some(read);
        }
    };
    let text = shared(&format!("seeds/{name}.txt"))?;
    let whole = [
        ("201611日至1231日", "2016年1月1日至12月31日"),
        ("201911日起到20191231日止", "2019年1月1日起到2019年12月31日止"),
    ];
    Some(draft(&whole.iter().fold(text, |t, (was, now)| t.replace(was, now))))
}

fn head(report: &Report) -> BTreeMap<&'static str, String> {
    let mut m = BTreeMap::new();
    let mut put = |key, value: Option<String>| {
        if let Some(value) = value {
            m.insert(key, value);
        }
    };
    let place = report.region.value.clone().unwrap_or_default();
    let dates = &report.dates;
    let source = &report.source;
    let of = |k: &Option<crate::model::report::Known<String>>| k.as_ref().and_then(|k| k.value.clone());
    put("title", report.title.value.clone());
    put("agency", report.agency.value.clone().map(|a| a.name));
    put("report_year", report.year.value.map(|y| y.to_string()));
    put("province", place.province);
    put("city", place.city);
    put("county", place.county);
    put("published", of(&dates.published));
    put("signed", of(&dates.signed));
    put("written_date", of(&dates.written));
    put("period_start", of(&dates.period_start));
    put("period_end", of(&dates.period_end));
    put("source", of(&source.name));
    put("index_number", of(&source.index_number));
    put("document_number", of(&source.document_number));
    put("category", of(&source.category));
    put("publisher", of(&source.publisher));
    put("report_type", Some(serde_json::to_value(report.kind).unwrap().as_str().unwrap().to_owned()));
    m
}

#[test]
fn the_heads_of_the_labelled_reports_are_read_without_a_fault() {
    for number in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{number}.json")), seed(number)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        let report = read(&draft);
        let head = head(&report);
        let mut faults = Vec::new();
        for (key, truth) in gold["metadata"].as_object().unwrap() {
            let Some(status) = truth["status"].as_str() else { continue };
            if matches!(key.as_str(), "script" | "disclosure_mode") {
                continue;
            }
            let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            let right = |v: &str| {
                text(&truth["value"]) == v || truth["accept"].as_array().unwrap().iter().any(|a| text(a) == v)
            };
            match (head.get(key.as_str()), status) {
                (Some(v), "absent") => faults.push(format!("{key} {v:?} is not in the text")),
                (Some(v), _) if !right(v) => faults.push(format!("{key} {v:?} should be {}", truth["value"])),
                (None, "stated") => faults.push(format!("{key} is missing, {}", truth["value"])),
                (None, "inferred") if key != "agency" => {
                    faults.push(format!("{key} could be inferred, {}", truth["value"]))
                }
                _ => {}
            }
        }
        assert!(faults.is_empty(), "{number}: {faults:#?}");
    }
}

#[test]
fn the_outlines_of_the_labelled_reports_are_read() {
    for number in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{number}.json")), seed(number)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        // The lines of tables, as the forms claim them.
        let rows = gold["not_headings"].as_array().unwrap().iter().map(|n| n["line"].as_u64().unwrap() as usize - 1);
        let claimed: BTreeSet<usize> = rows.collect();
        let first = roles::read(&draft);
        let mut roles = first.roles.clone();
        for &i in &claimed {
            roles[i] = Role::Table;
        }
        let mut sections = outline::read(&draft, &roles, &claimed).sections;
        if let Some(title) = first.title {
            sections.insert(0, Section { level: 0, number: String::new(), title: title.text, line: title.at.line });
        }
        let mut faults = Vec::new();
        let truth = gold["sections"].as_array().unwrap();
        for section in &sections {
            let Some(t) = truth.iter().find(|t| t["line"].as_u64() == Some(section.line.into())) else {
                faults.push(format!("extra: {section:?}"));
                continue;
            };
            if t["title"] != section.title.as_str()
                || t["level"] != section.level
                || t["numbering"] != section.number.as_str()
            {
                faults.push(format!("{section:?} should be {} {} {}", t["level"], t["numbering"], t["title"]));
            }
        }
        for t in truth.iter().filter(|t| t["optional"] == false) {
            if !sections.iter().any(|s| Some(u64::from(s.line)) == t["line"].as_u64()) {
                faults.push(format!("missing: {} {} {}", t["line"], t["numbering"], t["title"]));
            }
        }
        assert!(faults.is_empty(), "{number}: {faults:#?}");
    }
}

#[test]
fn show_unlabelled() {
    for number in ["001", "004"] {
        let Some(draft) = seed(number) else { return };
        let report = read(&draft);
        eprintln!("{number} {:#?} {:?} {:?}", head(&report), report.agency, report.region);
        for s in &report.sections {
            eprintln!("{:?}", s);
        }
        for f in &report.findings {
            eprintln!("{} {:?} {}", f.code, f.line, f.message);
        }
        for l in &report.lines {
            eprintln!("{:?} {} {}", l.role, l.no, l.text.chars().take(30).collect::<String>());
        }
    }
    let Some(draft) = seed("003") else { return };
    let report = read(&draft);
    for s in &report.sections {
        eprintln!("{:?}", s);
    }
    for f in &report.findings {
        eprintln!("{} {:?} {}", f.code, f.line, f.message);
    }
    let _ = (Kind::Other, Standing::Printed);
}
