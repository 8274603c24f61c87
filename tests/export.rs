//! The data files: each is read back by a program that did not write it, and says what the archive says.
#![allow(clippy::unwrap_used, reason = "what these helpers unwrap is what the tests assert")]

use flate2::read::GzDecoder;
use nianbao::changes;
use nianbao::export;
use nianbao::model::archive::{
    Agency, AgencyRef, Archive, Card, Counts, Download, Entry, Ignored, Inputs, Quarantined, Region, Year,
};
use nianbao::model::changes::{Body, ChangeSet, Changes, Edition, Why};
use nianbao::model::curation::{Curation, Gone, Tombstone};
use nianbao::model::diagnostic::{Finding, Severity};
use nianbao::model::flat::{Column, EXACT, FlatTable, Kind as Holds};
use nianbao::model::form::Indicator;
use nianbao::model::page::{Artifact, Sink, Site};
use nianbao::model::report::*;
use nianbao::model::source::{Edit, Encoding, Script, Span, Sure};
use nianbao::model::value::{Approx, Decimal, Period, Scope, Standing};
use parquet::file::reader::{FileReader, SerializedFileReader};
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A sink that holds the files and refuses to be given one twice.
#[derive(Default, PartialEq)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Sink for Files {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        assert!(self.0.insert(artifact.path.clone(), artifact.bytes).is_none(), "{} written twice", artifact.path);
        Ok(())
    }
}

impl Files {
    fn text(&self, path: &str) -> &str {
        std::str::from_utf8(self.0.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).unwrap()
    }

    /// A CSV file as maps from column to field, the BOM asserted and removed.
    fn csv(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.text(path).strip_prefix('\u{feff}').expect("a BOM");
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = |row: csv::Result<csv::StringRecord>| {
            header.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect()
        };
        reader.records().map(row).collect()
    }

    fn reports(&self) -> Vec<Value> {
        let mut text = String::new();
        GzDecoder::new(&self.0["data/reports.ndjson.gz"][..]).read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

const TITLES: &[&str] = &[
    "=HYPERLINK(\"http://x.invalid\",\"请点\")",
    "某某局\"公开\"年报, 第一册\n=1+1",
    "</script><script>alert(1)</script> & <年报>",
    "__proto__",
    "\u{3000}＋86 热线\u{8}\u{ffff}",
    "甲县水务局 2019 年政府信息公开工作年度报告",
];

fn report(no: usize) -> Report {
    let title = TITLES[no % TITLES.len()];
    let id = format!("jia-xian-shui-wu-ju-{no}");
    let span = Span { line: 1, start: 0, end: 3 };
    let cell = |row: &'static str, value: Option<&str>, raw: Option<&str>, standing| Cell {
        row: row.into(),
        column: "total".into(),
        value: value.and_then(Decimal::parse),
        raw: raw.map(str::to_owned),
        unit: Some("件".into()),
        standing,
        line: Some(3),
        by: vec!["flow".into()],
        label: None,
    };
    let table_row = |id: &'static str, cell: u32| TableRow {
        id: id.into(),
        label: format!("-行 {id}"),
        level: 0,
        header: false,
        cells: vec![cell],
    };
    let figure = |value: &str, raw: &str, indicator: Option<&'static str>| Figure {
        indicator: indicator.map(Into::into),
        label: "@接待群众".into(),
        value: Decimal::parse(value).unwrap(),
        raw: raw.into(),
        unit: None,
        approx: Approx::MoreThan,
        scope: Scope::Agency,
        period: Period::Year,
        subset: true,
        standing: Standing::Printed,
        line: 2,
        start: 0,
        end: 9,
        sentence: "本局全年接待群众若干,\"另有\"来电。".into(),
    };
    Report {
        url: format!("reports/{id}/"),
        kind: Kind::AnnualReport,
        title: Known::printed(title.into(), span),
        agency: Known::printed(AgencyName { id: "jia".into(), name: "constructor".into(), aliases: vec![] }, span),
        year: Known::solved(2017 + (no % 3) as u16, None),
        region: Known::unknown(),
        dates: Dates {
            published: (no.is_multiple_of(2)).then(|| Known::printed("2020-02-30".into(), span)),
            ..Dates::default()
        },
        source: Origin { index_number: Some(Known::printed("000014349/2019-01298".into(), span)), ..Origin::default() },
        original: Original {
            path: format!("甲/{no}.html"),
            sha256: format!("{no:064x}"),
            bytes: 7,
            encoding: Encoding::Gb18030,
            script: Script::Hans,
            provenance: Provenance::Official,
            copy: "original.html.txt".into(),
            published: Copied::Whole,
        },
        lines: vec![
            TextLine { no: 1, role: Role::Title, text: title.into() },
            TextLine { no: 2, role: Role::Prose, text: "本局全年接待群众 950125.6165 人次".into() },
            TextLine { no: 3, role: Role::Table, text: "=5".into() },
        ],
        sections: vec![Section { level: 1, number: "1".into(), title: title.into(), line: 1 }],
        tables: vec![Table {
            form: "2019".into(),
            table: "requests".into(),
            title: "申请情况".into(),
            lines: [3, 3],
            rows: vec![table_row("received", 0), table_row("carried", 1), table_row("closed", 2)],
            columns: vec![TableColumn { id: "total".into(), label: "总计".into(), group: None }],
            cells: vec![
                cell("received", Some("-5"), Some("-5"), Standing::Disputed),
                cell("carried", None, None, Standing::Blank),
                cell("closed", Some("9501256165"), Some("950125.6165万元"), Standing::Proved),
            ],
            checks: vec![Check {
                identity: "flow".into(),
                over: "total".into(),
                left: Some(Decimal::from(-5)),
                right: Decimal::parse("0.1"),
                holds: None,
                official: true,
            }],
        }],
        figures: vec![
            figure("950125.6165", "950125.6165", Some("visits")),
            figure("240000", "24万余", None),
            figure("-0.25", "-0.25", None),
        ],
        core: BTreeMap::from([(
            "visits".into(),
            Core {
                value: Decimal::parse("950125.6165").unwrap(),
                unit: None,
                approx: Approx::Exact,
                standing: Standing::Printed,
                from: CoreFrom::Prose,
                line: Some(2),
                alternatives: vec![Alternative { value: Decimal::from(3), from: CoreFrom::Table, line: None }],
            },
        )]),
        edits: vec![Edit {
            rule: "spaces".into(),
            line: 1,
            start: 0,
            end: 1,
            was: " ".into(),
            now: String::new(),
            sure: Sure::Likely,
        }],
        findings: vec![Finding {
            code: "date-impossible".into(),
            severity: Severity::Warning,
            sides: vec![],
            message: "+日期不存在\r\n-请核对".into(),
            line: Some(3),
            marks: vec![],
            help: None,
            related: vec![],
        }],
        curations: vec![Curation {
            what: "visits".into(),
            label: "接待群众".into(),
            was: Decimal::parse("7"),
            value: Decimal::parse("950125.6165"),
            reason: "=漏印".into(),
            who: "编辑部".into(),
            when: "2024-05-01".into(),
        }],
        similar: vec![Similar {
            id: "jia-xian-shui-wu-ju-0".into(),
            share: Decimal::parse("0.87").unwrap(),
            characters: 310,
            passages: vec![Passage { lines: [2, 3], other_lines: [4, 4], characters: 310 }],
        }],
        id,
        ..Report::default()
    }
}

fn archive(count: usize) -> Archive {
    let entries: Vec<Entry> = (0..count)
        .map(|no| {
            let report = report(no);
            let card = Card {
                title: report.title.value.clone().unwrap(),
                agency: Some(AgencyRef { id: "jia".into(), name: "constructor".into() }),
                region: Some("320600".into()),
                year: report.year.value,
                kind: report.kind,
                published: report.dates.published.and_then(|d| d.value),
                script: Script::Hans,
                forms: vec!["2019".into()],
                source_path: report.original.path,
                sha256: report.original.sha256,
                json: format!("{}index.json", report.url),
                url: report.url,
                provenance: Provenance::Official,
                core: report.core.iter().map(|(id, core)| (id.clone(), core.value)).collect(),
                findings: Counts { error: 0, warning: 1, note: 0 },
                id: report.id,
                ..Card::default()
            };
            Entry { card, core: report.core, findings: report.findings, ..Entry::default() }
        })
        .collect();
    let of_year = |year: u16| {
        let indices = (0..count).filter(|no| 2017 + (no % 3) as u16 == year).collect::<Vec<_>>();
        Year { year, reports: indices.len() as u32, url: format!("years/{year}/"), entries: indices }
    };
    let region = |code: &str, name: &str, parent: Option<&str>| Region {
        code: code.into(),
        name: name.into(),
        parent: parent.map(str::to_owned),
        reports: count as u32,
        url: format!("regions/{code}/"),
        entries: (0..count).collect(),
    };
    let indicator = |id: &'static str| Indicator {
        id: id.into(),
        label: "接待群众".into(),
        about: String::new(),
        unit: "人次".into(),
        group: "保障".into(),
        stock: false,
        cells: vec![],
        words: vec![],
        never: vec![],
        units: vec![],
    };
    Archive {
        site: Site {
            title: "甲县年报 <档案>".into(),
            url: "https://archive.example/nianbao/".into(),
            language: "zh-Hans".into(),
            license: "CC BY 4.0".into(),
            description: "自拟的样例".into(),
        },
        generator: "nianbao 0.1.0".into(),
        build_id: "ab".repeat(32),
        agencies: BTreeMap::from([(
            "jia".into(),
            Agency {
                id: "jia".into(),
                name: "constructor".into(),
                aliases: vec!["=甲".into(), "乙".into()],
                region: Some("320600".into()),
                successor_of: None,
                reports: count as u32,
                url: "agencies/jia/".into(),
                entries: (0..count).collect(),
            },
        )]),
        regions: BTreeMap::from([
            ("320000".into(), region("320000", "江苏省", None)),
            ("320600".into(), region("320600", "南通市", Some("320000"))),
        ]),
        years: vec![of_year(2019), of_year(2018), of_year(2017)],
        indicators: Arc::new(vec![indicator("visits"), indicator("unused")]),
        tables: export::tables(),
        questions: export::QUESTIONS,
        tombstones: vec![Tombstone {
            id: "jia-2001".into(),
            url: "reports/jia-2001/".into(),
            gone: Gone::TakenDown,
            agency: None,
            year: Some(2001),
            reason: Some("应要求".into()),
            who: None,
            when: None,
        }],
        changes: Arc::new(Changes {
            format: "nianbao/1".into(),
            generator: "nianbao 0.1.0".into(),
            latest: ChangeSet {
                build_id: "ab".repeat(32),
                previous: Some("cd".repeat(32)),
                removed: (count > 0).then(|| "jia-2001".into()).into_iter().collect(),
                ..ChangeSet::default()
            },
            earlier: vec![],
        }),
        inputs: Inputs { found: count as u32 + 2, published: count as u32, quarantined: 1, ignored: 1 },
        quarantined: vec![Quarantined {
            path: "坏.txt".into(),
            code: "file-empty".into(),
            message: "空".into(),
            report: None,
        }],
        ignored: vec![Ignored { path: "_草稿.txt".into(), reason: "下划线".into() }],
        body: Arc::new(report),
        original: Arc::new(|no| format!("原件 {no}").into_bytes()),
        entries: Arc::new(entries),
        ..Archive::default()
    }
}

fn written(archive: &Archive) -> Files {
    let mut files = Files::default();
    export::write(archive, &mut files, &|_| true).unwrap();
    files
}

fn sum<'a>(values: impl Iterator<Item = &'a str>) -> Decimal {
    values.filter(|v| !v.is_empty()).map(|v| Decimal::parse(v).unwrap_or_else(|| panic!("not a number: {v}"))).sum()
}

#[test]
fn every_listed_file_is_written_and_nothing_starts_with_a_dot() {
    let files = written(&archive(7));
    for Download { path, media, about, .. } in export::downloads(&|_| true) {
        assert!(files.0.contains_key(&path), "{path}");
        assert!(!media.is_empty() && !about.is_empty());
    }
    assert!(files.0.keys().all(|path| path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))));
}

#[test]
fn documents_validate_against_the_published_schemas() {
    let files = written(&archive(7));
    let index = jsonschema::draft202012::new(&files.json("schema/v1/index.json")).unwrap();
    let report = jsonschema::draft202012::new(&files.json("schema/v1/report.json")).unwrap();
    let document = files.json("index.json");
    index.validate(&document).unwrap();
    let changes = jsonschema::draft202012::new(&files.json("schema/v1/changes.json")).unwrap();
    changes.validate(&files.json("data/changes.json")).unwrap();
    for line in files.reports() {
        report.validate(&line).unwrap();
    }
    // The schemas say something: a wrong type and a missing field are refused.
    let mut wrong = files.reports().remove(0);
    wrong["figures"][0]["value"] = "950125.6165".into();
    assert!(report.validate(&wrong).is_err());
    let mut wrong = document;
    wrong.as_object_mut().unwrap().remove("inputs");
    assert!(index.validate(&wrong).is_err());
}

#[test]
fn schemas_are_schemas_and_describe_every_field() {
    let files = written(&archive(1));
    for name in ["index", "report", "changes", "agency", "year", "region", "indicator"] {
        let path = &format!("schema/v1/{name}.json");
        let schema = files.json(path);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("https://archive.example/nianbao/{path}"));
        assert!(jsonschema::meta::is_valid(&schema));
        let mut bare = Vec::new();
        let definitions = schema["$defs"].as_object().unwrap();
        for (name, of) in definitions.iter().chain([(&"document".to_owned(), &schema)]) {
            for (field, property) in of["properties"].as_object().into_iter().flatten() {
                let about = property.get("description").or(of.get("description"));
                if about.is_none() {
                    bare.push(format!("{name}.{field}"));
                }
            }
        }
        assert!(bare.is_empty(), "{path}: without description: {bare:?}");
    }
}

#[test]
fn every_field_of_the_json_says_in_chinese_what_it_is_where_it_comes_from_and_in_what_unit() {
    let fields = export::fields();
    let bare: Vec<String> =
        fields.iter().filter(|f| f.zh.is_empty() || f.en.is_empty()).map(|f| format!("{}.{}", f.of, f.field)).collect();
    assert!(bare.is_empty(), "add to src/export/fields.tsv: {bare:?}");
    let files = written(&archive(1));
    let schema = files.json("schema/v1/report.json");
    let value = &schema["$defs"]["Cell"]["properties"]["value"];
    assert_eq!(
        (&value["title"], &value["x-unit"]),
        (&"数值，单位见 unit；空白不是零".into(), &"见 unit see unit".into())
    );
    assert!(value["x-source"].as_str().unwrap().starts_with("原文"));
    for (name, of) in schema["$defs"].as_object().unwrap() {
        for (field, property) in of["properties"].as_object().into_iter().flatten() {
            let number =
                ["integer", "number"].iter().any(|kind| property["type"] == *kind || property["type"][0] == *kind);
            // What is known of a year has the unit of the year.
            let told = property["x-unit"].is_string() || name.starts_with("Known_");
            assert!(!number || told, "{name}.{field}: a number without a unit");
        }
    }
}

#[test]
fn the_index_says_what_the_contract_says() {
    let archive = archive(7);
    let files = written(&archive);
    let index = files.json("index.json");
    assert_eq!(index["$schema"], "schema/v1/index.json");
    assert_eq!(index["format"], "nianbao/1");
    assert_eq!(index["reports"].as_array().unwrap().len(), 7);
    assert_eq!(index["findings"]["warning"], 7);
    let given: Vec<&Value> = index["indicators"].as_array().unwrap().iter().map(|i| &i["reports"]).collect();
    assert_eq!(given, [7, 0]);
    assert_eq!(index["indicators"][0]["url"], "indicators/visits/");
    assert_eq!(index["regions"][1]["code"], "320600");
    let mut cards = Vec::new();
    for shard in index["shards"].as_array().unwrap() {
        let url = shard["url"].as_str().unwrap();
        let bytes = &files.0[url];
        assert_eq!(shard["bytes"], bytes.len());
        assert_eq!(shard["sha256"], hash(bytes));
        let rows = files.json(url);
        assert_eq!(shard["rows"], rows.as_array().unwrap().len());
        cards.extend(rows.as_array().unwrap().clone());
    }
    let ids = |cards: &[Value]| {
        let mut ids: Vec<String> = cards.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&cards), ids(index["reports"].as_array().unwrap()));
    let text = files.text("index.json");
    let back: export::index::Index = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), index);
}

#[test]
fn above_five_thousand_reports_the_cards_are_in_the_shards_only() {
    let mut archive = archive(3);
    let template = archive.entries[0].clone();
    Arc::make_mut(&mut archive.entries).resize(export::index::INLINE + 1, template);
    let index = export::index::index(&archive, vec![]);
    assert!(index.reports.is_none());
    Arc::make_mut(&mut archive.entries).pop();
    assert!(export::index::index(&archive, vec![]).reports.is_some());
}

#[test]
fn tables_read_back_as_what_the_reports_say() {
    let archive = archive(7);
    let files = written(&archive);
    let bodies: Vec<Report> = (0..7).map(report).collect();
    let reports = files.csv("data/reports.csv");
    assert_eq!(reports.len(), 7);
    for (row, (body, entry)) in reports.iter().zip(bodies.iter().zip(archive.entries.iter())) {
        assert_eq!(row["report_id"], entry.card.id);
        assert_eq!(row["sha256"], body.original.sha256);
        assert_eq!(row["title_standing"], "printed");
        assert_eq!(row["year_standing"], "solved");
        assert_eq!(row["index_number"], "000014349/2019-01298");
        assert_eq!(row["region"], "320600");
        assert_eq!(row["encoding"], "gb18030");
        assert_eq!(row["warnings"], "1");
    }
    assert_eq!(reports[0]["title"], format!("'{}", TITLES[0]));
    assert_eq!(reports[1]["title"], "某某局\"公开\"年报, 第一册\n'=1+1");
    assert_eq!(reports[3]["title"], "__proto__");
    assert_eq!(reports[5]["title"], TITLES[5]);

    let figures = files.csv("data/figures.csv");
    assert_eq!(figures.len(), 21);
    assert_eq!(figures[0]["value"], "950125.6165");
    assert_eq!(figures[0]["label"], "'@接待群众");
    assert_eq!(figures[1]["raw"], "24万余");
    assert_eq!(figures[2]["value"], "-0.25", "a number stays a number");
    assert_eq!(figures[2]["raw"], "'-0.25", "a text is guarded");
    assert_eq!(figures[0]["subset"], "true");

    let cells = files.csv("data/cells.csv");
    assert_eq!(cells.len(), 21);
    assert_eq!((cells[0]["value"].as_str(), cells[0]["standing"].as_str()), ("-5", "disputed"));
    assert_eq!((cells[1]["value"].as_str(), cells[1]["standing"].as_str()), ("", "blank"), "a blank is not a zero");
    assert_eq!((cells[2]["value"].as_str(), cells[2]["raw"].as_str()), ("9501256165", "950125.6165万元"));
    assert_eq!((cells[0]["row_label"].as_str(), cells[0]["column_label"].as_str()), ("'-行 received", "总计"));

    let findings = files.csv("data/findings.csv");
    assert_eq!(findings[0]["message"], "'+日期不存在\r\n'-请核对");
    assert_eq!((findings[0]["raw"].as_str(), findings[0]["line"].as_str()), ("'=5", "3"));

    let core = files.csv("data/core.csv");
    assert_eq!((core[0]["raw"].as_str(), core[0]["alternatives"].as_str()), ("950125.6165", "3"));
    assert_eq!(files.csv("data/agencies.csv")[0]["aliases"], "'=甲|乙");
    assert_eq!(files.csv("data/agencies.csv")[0]["first_year"], "2017");
    assert_eq!(files.csv("data/regions.csv")[1]["parent"], "320000");
    let indicators = files.csv("data/indicators.csv");
    assert_eq!(
        (indicators[0]["url"].as_str(), indicators[1]["url"].as_str()),
        ("indicators/visits/", "indicators/unused/")
    );
}

#[test]
fn tables_are_rfc_4180_with_a_bom() {
    let files = written(&archive(2));
    for (path, bytes) in files.0.iter().filter(|(path, _)| path.ends_with(".csv")) {
        assert!(bytes.starts_with(b"\xef\xbb\xbf"), "{path}");
        assert!(bytes.ends_with(b"\r\n"), "{path}");
        let text = files.text(path);
        assert!(!text[3..].contains('\u{feff}'), "{path}: one BOM");
        // Every line feed outside quotes follows a carriage return.
        let (mut quoted, mut before) = (false, ' ');
        for c in text.chars() {
            assert!(c != '\n' || quoted || before == '\r', "{path}");
            quoted ^= c == '"';
            before = c;
        }
    }
}

#[test]
fn tables_and_lines_agree_row_for_row_and_sum_for_sum() {
    let files = written(&archive(130));
    let lines = files.reports();
    assert_eq!(lines.len(), 130);
    let ids = |id: &dyn Fn(usize) -> String| (0..130).map(id).collect::<Vec<_>>();
    let csv = files.csv("data/reports.csv");
    assert_eq!(ids(&|i| csv[i]["report_id"].clone()), ids(&|i| lines[i]["id"].as_str().unwrap().to_owned()));
    let numbers = |values: Vec<&Value>| {
        sum(values
            .iter()
            .map(|v| v.to_string())
            .collect::<Vec<_>>()
            .iter()
            .map(|s| if s == "null" { "" } else { s.as_str() }))
    };
    let of = |key: &str| lines.iter().flat_map(|l| l[key].as_array().unwrap()).collect::<Vec<_>>();
    let figures = files.csv("data/figures.csv");
    assert_eq!(figures.len(), of("figures").len());
    assert_eq!(
        sum(figures.iter().map(|r| r["value"].as_str())),
        numbers(of("figures").iter().map(|f| &f["value"]).collect())
    );
    let cells = files.csv("data/cells.csv");
    let theirs: Vec<&Value> = of("tables").iter().flat_map(|t| t["cells"].as_array().unwrap()).collect();
    assert_eq!(cells.len(), theirs.len());
    assert_eq!(sum(cells.iter().map(|r| r["value"].as_str())), numbers(theirs.iter().map(|c| &c["value"]).collect()));
    assert_eq!(files.csv("data/findings.csv").len(), of("findings").len());
}

/// The rows of a table as published in each format, a JSON object each; exact decimals as text.
fn rows_of(files: &Files, table: &FlatTable) -> [Vec<Value>; 3] {
    let exact = |name: &str| format!("{name}{EXACT}");
    let mut lines = String::new();
    GzDecoder::new(&files.0[&format!("data/{}.ndjson.gz", table.name)][..]).read_to_string(&mut lines).unwrap();
    // Read without losing a digit: a number of the text stands before the next key.
    let decimal = |line: &str, name: &str| {
        let rest = line.split_once(&format!("\"{name}\":")).unwrap().1;
        rest.split([',', '}']).next().filter(|text| *text != "null").map(str::to_owned)
    };
    let of_lines = lines.lines().map(|line| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        for column in table.columns.iter().filter(|column| column.kind == Holds::Number) {
            row[column.name] = decimal(line, column.name).into();
        }
        row
    });

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.sqlite");
    std::fs::write(&path, &files.0["data/archive.sqlite"]).unwrap();
    let database = Connection::open(path).unwrap();
    let mut statement = database.prepare(&format!("SELECT * FROM \"{}\"", table.name)).unwrap();
    let of_database = statement.query_map([], |row| {
        let value = |column: &Column| -> rusqlite::Result<Value> {
            Ok(match column.kind {
                Holds::String => row.get::<_, Option<String>>(column.name)?.into(),
                Holds::Integer => row.get::<_, Option<i64>>(column.name)?.into(),
                Holds::Boolean => row.get::<_, Option<bool>>(column.name)?.into(),
                Holds::Number => row.get::<_, Option<String>>(&*exact(column.name))?.into(),
            })
        };
        table.columns.iter().map(|column| Ok((column.name.to_owned(), value(column)?))).collect()
    });

    let path = folder.path().join("table.parquet");
    std::fs::write(&path, &files.0[&format!("data/{}.parquet", table.name)]).unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let of_columns = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let field = |name: &str| row.get_column_iter().find(|(n, _)| *n == name).unwrap().1.clone();
        let value = |column: &Column| {
            let name = if column.kind == Holds::Number { exact(column.name) } else { column.name.to_owned() };
            match field(&name) {
                parquet::record::Field::Null => Value::Null,
                parquet::record::Field::Str(text) => text.into(),
                parquet::record::Field::Long(number) => number.into(),
                parquet::record::Field::Bool(flag) => flag.into(),
                other => panic!("{other:?}"),
            }
        };
        table.columns.iter().map(|column| (column.name.to_owned(), value(column))).collect::<Value>()
    });
    let mut all: [Vec<Value>; 3] =
        [of_lines.collect(), of_database.unwrap().map(Result::unwrap).collect(), of_columns.collect()];
    // A database promises no order without being asked for one.
    all.iter_mut().for_each(|rows| rows.sort_by_cached_key(Value::to_string));
    all
}

#[test]
fn lines_database_and_columns_hold_the_same_rows_to_the_last_digit() {
    let files = written(&archive(130));
    for table in export::tables() {
        // The lines of reports are whole reports, and the text itself is not offered as lines.
        if table.name == "reports" || table.text.is_some() {
            continue;
        }
        let [lines, database, columns] = rows_of(&files, table);
        assert_eq!(lines.len(), files.csv(&format!("data/{}.csv", table.name)).len(), "{}", table.name);
        assert!(!lines.is_empty(), "{}", table.name);
        for ((line, row), column) in lines.iter().zip(&database).zip(&columns) {
            assert_eq!((line, line), (row, column), "{}", table.name);
        }
        assert_eq!((database.len(), columns.len()), (lines.len(), lines.len()), "{}", table.name);
    }
}

#[test]
fn the_database_is_sound_is_searched_by_any_three_characters_and_answers_every_question() {
    let files = written(&archive(70));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.sqlite");
    std::fs::write(&path, &files.0["data/archive.sqlite"]).unwrap();
    let database = Connection::open(path).unwrap();
    let ask = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let rows = statement.query_map([], |row| Ok(format!("{:?}", row.get_ref(0)?)));
        rows.unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(ask("PRAGMA integrity_check"), ["Text([111, 107])"]);
    assert_eq!(ask("PRAGMA foreign_key_check"), [""; 0]);
    assert_eq!(ask("PRAGMA application_id"), ["Integer(1312964943)"]);
    assert_eq!(ask("SELECT rowid FROM lines_fts WHERE lines_fts MATCH '待群众'").len(), 70);
    assert_eq!(ask("SELECT line FROM mentions WHERE text LIKE '%全年接待群众%'"), vec!["Integer(2)"; 70]);
    assert_eq!(
        ask("SELECT typeof(value) FROM cells WHERE \"row\" = 'closed' LIMIT 1"),
        [format!("{:?}", rusqlite::types::ValueRef::Text(b"integer"))]
    );
    for question in export::QUESTIONS {
        assert!(question.line.contains(&format!(" FROM {} ", question.view)), "{}", question.view);
        ask(&question.line.replace("{agency}", "constructor"));
        ask(&format!("SELECT count(*) FROM {}", question.view));
    }
    // Whoever opens it finds what each column means.
    assert_eq!(
        ask("SELECT * FROM codebook WHERE meaning_zh IS NULL OR meaning_en IS NULL OR source_en IS NULL"),
        [""; 0]
    );
}

#[test]
fn the_data_package_lists_every_field_in_file_order_with_sound_keys() {
    let files = written(&archive(7));
    let package = files.json("data/datapackage.json");
    assert_eq!(package["licenses"][0]["name"], "CC-BY-4.0");
    let resources = package["resources"].as_array().unwrap();
    let columns = |resource: &Value, names: &Value| -> Vec<Vec<String>> {
        let rows = files.csv(&format!("data/{}", resource["path"].as_str().unwrap()));
        let names: Vec<&str> = names.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        rows.iter().map(|row| names.iter().map(|n| row[*n].clone()).collect()).collect()
    };
    let mut tables = 0;
    for resource in resources {
        let bytes = &files.0[&format!("data/{}", resource["path"].as_str().unwrap())];
        assert_eq!(resource["bytes"], bytes.len());
        assert_eq!(resource["hash"], format!("sha256:{}", hash(bytes)));
        let Some(schema) = resource.get("schema") else { continue };
        tables += 1;
        let header = files.text(&format!("data/{}", resource["path"].as_str().unwrap()));
        let fields: Vec<&str> =
            schema["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(header.lines().next().unwrap().trim_start_matches('\u{feff}').trim_end(), fields.join(","));
        let mut keys = columns(resource, &schema["primaryKey"]);
        let rows = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), rows, "{}: the key names one row", resource["name"]);
        for key in schema["foreignKeys"].as_array().into_iter().flatten() {
            let name = key["reference"]["resource"].as_str().unwrap();
            let other = if name.is_empty() { resource } else { resources.iter().find(|r| r["name"] == name).unwrap() };
            let theirs = columns(other, &key["reference"]["fields"]);
            for own in columns(resource, &key["fields"]).iter().filter(|own| !own[0].is_empty()) {
                assert!(theirs.contains(own), "{}: {own:?} is not in {name:?}", resource["name"]);
            }
        }
        for (field, row) in
            fields.iter().flat_map(|f| columns(resource, &serde_json::json!([f])).into_iter().map(move |row| (f, row)))
        {
            let kind = &schema["fields"].as_array().unwrap().iter().find(|x| x["name"] == **field).unwrap()["type"];
            let sound = match kind.as_str().unwrap() {
                "integer" => row[0].is_empty() || row[0].parse::<i64>().is_ok(),
                "number" => row[0].is_empty() || Decimal::parse(&row[0]).is_some(),
                "boolean" => row[0] == "true" || row[0] == "false",
                "string" => true,
                other => panic!("{other}"),
            };
            assert!(sound, "{} {field}: {:?}", resource["name"], row[0]);
        }
    }
    assert_eq!(tables, 13);
}

#[test]
fn the_sums_hold_for_every_data_file() {
    let files = written(&archive(7));
    let sums: BTreeMap<&str, &str> =
        files.text("data/SHA256SUMS").lines().map(|l| l.split_once("  ").map(|(h, p)| (p, h)).unwrap()).collect();
    let there: Vec<&str> =
        files.0.keys().filter_map(|p| p.strip_prefix("data/")).filter(|p| *p != "SHA256SUMS").collect();
    assert_eq!(sums.keys().copied().collect::<Vec<_>>(), there);
    for (path, sum) in sums {
        assert_eq!(hash(&files.0[&format!("data/{path}")]), sum, "{path}");
    }
}

fn elements(xml: &str, name: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut found, mut open) = (Vec::new(), None::<String>);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) if e.name().as_ref() == name => open = Some(String::new()),
            Event::Text(t) => {
                if let Some(text) = &mut open {
                    text.push_str(&t);
                }
            }
            Event::GeneralRef(r) => {
                if let Some(text) = &mut open {
                    text.push_str(&quick_xml::escape::unescape(&format!("&{};", &*r)).unwrap());
                }
            }
            Event::End(e) if e.name().as_ref() == name => found.extend(open.take()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn feeds_parse_and_take_their_dates_from_the_reports() {
    let files = written(&archive(60));
    let xml = files.text("feed.xml");
    let ids = elements(xml, "id");
    assert_eq!(ids.len(), 51, "the feed and at most fifty entries");
    assert_eq!(elements(xml, "title")[0], "甲县年报 <档案>");
    assert!(elements(xml, "title").contains(&TITLES[2].to_owned()));
    assert!(!xml.contains('\u{8}') && !xml.contains('\u{ffff}') && !xml.contains("<script"));
    let updated = elements(xml, "updated");
    // An impossible day of publication gives way to the end of the reported year.
    assert_eq!(updated[0], "2019-12-31T00:00:00+08:00");
    assert!(updated[1..].is_sorted_by(|a, b| a >= b));
    let json = files.json("feed.json");
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), 50);
    for (item, id) in items.iter().zip(&ids[1..]) {
        assert_eq!(item["id"], id.as_str());
        assert!(id.starts_with("https://archive.example/nianbao/reports/") || id.contains("/changes/#"));
    }
}

#[test]
fn without_an_address_feeds_use_tags_and_the_sitemap_is_relative() {
    let mut archive = archive(2);
    archive.site.url.clear();
    let files = written(&archive);
    assert!(elements(files.text("feed.xml"), "id").iter().all(|id| id.starts_with("tag:")));
    assert!(files.json("feed.json")["user_comment"].is_string());
    assert!(files.json("feed.json").get("feed_url").is_none());
    assert_eq!(elements(files.text("sitemap.xml"), "loc")[..2], ["./", "agencies/"]);
    assert!(!files.text("robots.txt").contains("Sitemap"));
    assert!(files.json("schema/v1/report.json").get("$id").is_none());
}

#[test]
fn the_sitemap_names_every_page_once_and_splits_above_its_limit() {
    let archive = archive(7);
    let files = written(&archive);
    let mut pages = elements(files.text("sitemap.xml"), "loc");
    assert_eq!(pages.len(), 14 + 1 + 2 + 3 + 2 + 1 + 7);
    assert!(pages.iter().all(|p| p.starts_with("https://archive.example/nianbao/")));
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 30);
    assert!(files.text("robots.txt").ends_with("Sitemap: https://archive.example/nianbao/sitemap.xml\n"));

    let mut large = archive;
    let template = large.entries[0].clone();
    Arc::make_mut(&mut large.entries).resize(50_001, template);
    let mut files = Files::default();
    let mut only = large.clone();
    only.original = Arc::new(|_| Vec::new());
    export::write(&only, &mut files, &|id| id == "sitemap").unwrap();
    let parts = elements(files.text("sitemap.xml"), "loc");
    assert_eq!(parts.len(), 2);
    let count: usize = ["sitemap-1.xml", "sitemap-2.xml"].map(|p| elements(files.text(p), "loc").len()).iter().sum();
    assert_eq!(count, 50_001 + 23);
}

#[test]
fn originals_are_the_bytes_as_found_under_names_no_browser_runs() {
    let archive = archive(3);
    let files = written(&archive);
    let copy = report(1).original.copy;
    assert_eq!(files.0[&format!("{}{copy}", archive.entries[1].card.url)], "原件 1".as_bytes());
    for (path, name) in [
        ("a.txt", "original.txt"),
        ("a.MD", "original.md"),
        ("a.htm", "original.html.txt"),
        ("a.HTML", "original.html.txt"),
        ("a", "original.txt"),
        ("a.svg", "original.txt"),
    ] {
        assert_eq!(Original::copy_name(path), name);
    }
}

#[test]
fn two_runs_are_byte_identical_whatever_the_number_of_threads() {
    let archive = archive(150);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| written(&archive))
    };
    assert!(run(1) == run(4));
}

#[test]
fn changes_name_what_came_went_and_was_edited() {
    let mut archive = archive(4);
    let edition = |cards: &[Card]| Edition {
        generator: "nianbao 0.1.0".into(),
        build_id: format!("{:064}", cards.len()),
        cards: cards.iter().map(|card| (card.id.clone(), card.clone())).collect(),
    };
    let cards: Vec<Card> = archive.entries.iter().map(|e| e.card.clone()).collect();
    let (old, mut new) = (cards[..3].to_vec(), cards[1..].to_vec());
    new[0].sha256 = "f".repeat(64);
    new[0].core.insert("visits".into(), Decimal::from(4));
    new[1].core.clear();
    let body = |words: &str| {
        let mut body = Body::from(report(1));
        body.lines[1].text = words.into();
        Some(body)
    };
    let set = changes::compare(&edition(&old), &edition(&new), &|_| body("从前"), &|_| body("现在"));
    assert_eq!(set.previous.as_deref(), Some(format!("{:064}", 3).as_str()));
    assert_eq!((&set.added, &set.removed), (&vec![cards[3].id.clone()], &vec![cards[0].id.clone()]));
    assert_eq!(set.edited.len(), 1);
    let passage = &set.edited[0].passages[0];
    assert_eq!((passage.removed[0].as_str(), passage.added[0].as_str(), passage.new_line), ("从前", "现在", 2));
    let of = |no: usize| (set.figures[no].id.as_str(), set.figures[no].now, set.figures[no].why);
    assert_eq!(of(0), (cards[1].id.as_str(), Some(Decimal::from(4)), Why::Source));
    assert_eq!(of(1), (cards[2].id.as_str(), None, Why::Reading));

    // The whole of it is published; of a report that was taken down nothing but its id.
    let all = changes::publish("nianbao 0.1.0", set.clone(), None, &[], &|line| line);
    let stone = Tombstone { id: cards[1].id.clone(), ..archive.tombstones[0].clone() };
    let next = ChangeSet { build_id: "n".into(), previous: Some("p".into()), ..ChangeSet::default() };
    let later = changes::publish("nianbao 0.1.0", next, Some(all.clone()), &[stone], &|line| line);
    assert_eq!((later.earlier.len(), later.earlier[0].edited.len(), later.earlier[0].figures.len()), (1, 0, 1));
    archive.changes = Arc::new(all);
    let files = written(&archive);
    let schema = jsonschema::draft202012::new(&files.json("schema/v1/changes.json")).unwrap();
    schema.validate(&files.json("data/changes.json")).unwrap();
    let rows = files.csv("data/changes.csv");
    assert_eq!(
        rows.iter().map(|row| row["kind"].as_str()).collect::<Vec<_>>(),
        ["added", "removed", "edited", "figure", "figure"]
    );
    assert_eq!((rows[2]["text_was"].as_str(), rows[2]["text_now"].as_str()), ("从前", "现在"));
    let titles = elements(files.text("feed.xml"), "title");
    for words in ["机关改动了报告", "不再公布", "数字有变"] {
        assert!(titles.iter().any(|title| title.starts_with(words)), "{words}: {titles:?}");
    }
    let ids = elements(files.text("feed.xml"), "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "every entry has an id of its own");
}

/// A sink that still has every file of an earlier run, as a published folder does.
struct Kept<'a> {
    before: &'a Files,
    now: Files,
    kept: Vec<String>,
}

impl Sink for Kept<'_> {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        self.now.put(artifact)
    }

    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        let there = self.before.0.get(path).is_some_and(|bytes| hash(bytes) == sha256);
        if there {
            self.now.0.insert(path.to_owned(), self.before.0[path].clone());
            self.kept.push(path.to_owned());
        }
        there
    }
}

#[test]
fn what_the_sink_still_has_is_kept_and_one_edit_changes_only_what_holds_it() {
    let mut archive = archive(6);
    for (no, entry) in Arc::make_mut(&mut archive.entries).iter_mut().enumerate() {
        entry.card.sha256 = hash(format!("原件 {no}").as_bytes());
    }
    let before = written(&archive);
    archive.original = Arc::new(|no| panic!("original {no} need not be read"));
    let mut sink = Kept { before: &before, now: Files::default(), kept: vec![] };
    export::write(&archive, &mut sink, &|_| true).unwrap();
    assert!(sink.now == before);
    assert_eq!(sink.kept.len(), 6, "the originals: {:?}", sink.kept);

    archive.body = Arc::new(|no| {
        let mut report = report(no);
        if no == 4 {
            report.figures[1].sentence.push('改');
        }
        report
    });
    let mut sink = Kept { before: &before, now: Files::default(), kept: vec![] };
    export::write(&archive, &mut sink, &|_| true).unwrap();
    let changed: Vec<&str> = before.0.iter().filter(|(p, b)| sink.now.0[*p] != **b).map(|(p, _)| p.as_str()).collect();
    let figures = ["data/figures.csv", "data/figures.ndjson.gz", "data/figures.parquet", "data/reports.ndjson.gz"];
    let all = [&["data/SHA256SUMS", "data/archive.sqlite", "data/datapackage.json"], &figures[..]].concat();
    assert_eq!(changed, all);
}

#[test]
fn every_body_is_made_once_for_all_exports() {
    let mut archive = archive(70);
    let made = Arc::new(AtomicUsize::new(0));
    let counter = made.clone();
    archive.body = Arc::new(move |no| {
        counter.fetch_add(1, Ordering::Relaxed);
        report(no)
    });
    written(&archive);
    assert_eq!(made.load(Ordering::Relaxed), 70);
    export::write(&archive, &mut Files::default(), &|id| id == "feeds").unwrap();
    assert_eq!(made.load(Ordering::Relaxed), 70, "an export without streams makes none");
}

#[test]
fn an_empty_archive_gives_whole_files() {
    let files = written(&archive(0));
    assert_eq!(files.reports().len(), 0);
    assert_eq!(files.csv("data/cells.csv").len(), 0);
    assert_eq!(files.json("index.json")["reports"].as_array().unwrap().len(), 0);
    assert_eq!(elements(files.text("feed.xml"), "updated").len(), 1);
}

#[test]
fn what_is_not_wanted_is_not_written_and_not_described() {
    let mut files = Files::default();
    export::write(&archive(2), &mut files, &|id| id != "csv").unwrap();
    assert!(!files.0.contains_key("data/cells.csv"));
    let package = files.json("data/datapackage.json");
    assert!(package["resources"].as_array().unwrap().iter().all(|r| r.get("schema").is_none()));
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
