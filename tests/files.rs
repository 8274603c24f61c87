//! The data files as others use them: every snippet and every question of the data page is run, every file is read by programs that
//! did not write it, and every number is traced to the text.
//!
//! `tools/install.sh test` puts the programs there (a Python environment in `target/venv`, sqlite3, R). Without them these tests say
//! that they are skipped, unless `NIANBAO_PROGRAMS=required`, as `make test` has it. `NIANBAO_FILES_REPORTS=1000` also reads a
//! generated archive of that many reports with all programs, and traces its numbers.
#![allow(clippy::unwrap_used, reason = "what these helpers unwrap is what the tests assert")]

#[path = "bench/generate.rs"]
mod generate;

use nianbao::cache::Cache;
use nianbao::model::report::{CoreFrom, Report};
use nianbao::model::value::Standing;
use nianbao::pipeline::Project;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// A program of the Python environment, or of the system; none where it is not installed.
fn program(name: &str) -> Option<PathBuf> {
    let system = std::env::var("PATH").unwrap_or_default();
    let folders = std::iter::once(Path::new(HERE).join("target/venv/bin")).chain(std::env::split_paths(&system));
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var("NIANBAO_PROGRAMS").is_ok_and(|word| word == "required");
        assert!(!required, "{name} is not installed: run tools/install.sh test");
        eprintln!("SKIPPED: {name} is not installed; run tools/install.sh test");
    }
    found
}

fn run(command: &mut Command) -> String {
    let output = command.env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {said}{complained}");
    said.into_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(entry.path(), target).unwrap();
    }
}

fn publish(root: &Path) -> PathBuf {
    run(Command::new(env!("CARGO_BIN_EXE_nianbao")).arg("--root").arg(root).args(["--quiet", "build"]));
    root.join("public")
}

/// The demonstration archive, published once for all tests.
fn demonstration() -> &'static Path {
    static SITE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(HERE).join("content"), &folder.path().join("content"));
        for name in ["site.toml", "ids.toml"] {
            fs::copy(Path::new(HERE).join(name), folder.path().join(name)).unwrap();
        }
        let site = publish(folder.path());
        (folder, site)
    };
    &SITE.get_or_init(make).1
}

/// `reports` generated reports below `root`.
fn generated(root: &Path, reports: usize) {
    let generator = generate::Generator::new();
    for file in (0..reports).map(|index| generator.report(index)) {
        let path = root.join("content").join(file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.text).unwrap();
    }
    fs::write(root.join("site.toml"), "base_url = \"https://example.org/archive/\"\n").unwrap();
}

/// Every `<code data-KIND="name">` of the data page.
fn codes(kind: &str) -> BTreeMap<String, String> {
    let page = fs::read_to_string(demonstration().join("data/index.html")).unwrap();
    let mut found = BTreeMap::new();
    for (at, start) in page.match_indices(&format!("<code data-{kind}=")) {
        let (name, rest) = page[at + start.len()..].split_once('>').unwrap();
        let code = rest.split("</code>").next().unwrap();
        let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
        let code = plain.iter().fold(code.to_owned(), |code, (escape, sign)| code.replace(escape, sign));
        found.insert(name.trim_matches('"').to_owned(), code);
    }
    found
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(demonstration().join(path)).unwrap()).unwrap()
}

/// Every report of the demonstration archive, as its page's data says it.
fn reports() -> Vec<Value> {
    let index = json("index.json");
    let cards = index["reports"].as_array().unwrap();
    cards.iter().map(|card| json(card["json"].as_str().unwrap())).collect()
}

/// The agency the data page asks about, and what its reports say was received, by year.
fn received() -> (String, Vec<(u64, String)>) {
    let agency = json("data/index.json")["agency"].as_str().unwrap().to_owned();
    let of_report = |report: Value| {
        let value = report["core"]["requests_received"]["value"].to_string();
        let asked = report["agency"]["value"]["name"] == agency.as_str() && value != "null";
        asked.then(|| (report["year"]["value"].as_u64().unwrap(), value))
    };
    let mut received: Vec<_> = reports().into_iter().filter_map(of_report).collect();
    received.sort();
    assert!(received.len() > 5, "the demonstration archive has a long series");
    (agency, received)
}

#[test]
fn every_snippet_of_the_data_page_runs_and_all_give_the_same_answer() {
    let site = demonstration();
    let snippets = codes("snippet");
    let (_, received) = received();
    let expected: Vec<String> = received.iter().map(|(year, value)| format!("{year} {value}")).collect();
    let names = ["datasette", "duckdb", "pandas", "python", "r", "shell", "sqlite-utils"];
    assert_eq!(snippets.keys().map(String::as_str).collect::<Vec<_>>(), names);
    for (name, code) in &snippets {
        let python = "import duckdb, sys\nfor row in duckdb.sql(sys.argv[1]).fetchall(): print(*row)";
        let found = match name.as_str() {
            "python" | "pandas" | "duckdb" => program("python3").filter(|path| path.starts_with(HERE)),
            "r" => program("Rscript"),
            "shell" => program("sha256sum"),
            other => program(other),
        };
        let Some(path) = found else { continue };
        let mut command = match name.as_str() {
            "duckdb" => Command::new(&path),
            "python" | "pandas" => Command::new(&path),
            "r" => Command::new(&path),
            _ => Command::new("sh"),
        };
        match name.as_str() {
            "duckdb" => command.args(["-c", python, code]),
            "python" | "pandas" => command.args(["-c", code]),
            "r" => command.args(["-e", code]),
            // It would serve until it is stopped: `--get` asks it one thing.
            "datasette" => command.args([
                "-c",
                &format!("{code} --get '/archive/trend.json?indicator=requests_received&_shape=array&_size=max'"),
            ]),
            _ => command.args(["-ec", code]),
        };
        if let Some(folder) = path.parent() {
            let system = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{system}", folder.display()));
        }
        let said = run(command.current_dir(site));
        match name.as_str() {
            "shell" => assert_eq!(said, ""),
            "datasette" => {
                let rows: Vec<Value> = serde_json::from_str(&said).unwrap();
                assert!(rows.len() > received.len() && rows.iter().all(|row| row["value"].is_number()), "{said}");
            }
            _ => {
                let lines: Vec<String> = said.lines().map(|line| line.replace(',', " ")).collect();
                assert_eq!(lines, expected, "{name}");
            }
        }
    }
}

#[test]
fn every_question_of_the_data_page_is_answered_in_one_line_as_the_reports_answer_it() {
    let Some(sqlite) = program("sqlite3") else { return };
    let questions = codes("question");
    let ask = |view: &str| -> Vec<Vec<String>> {
        let line = &questions[view];
        assert_eq!(line.lines().count(), 1, "one line");
        let database = demonstration().join("data/archive.sqlite");
        let said = run(Command::new(&sqlite).args(["-separator", "\t"]).arg(database).arg(line));
        said.lines().map(|row| row.split('\t').map(str::to_owned).collect()).collect()
    };
    let (agency, received) = received();
    let reports = reports();
    let name = |report: &Value| report["agency"]["value"]["name"].as_str().unwrap_or_default().to_owned();
    let year = |report: &Value| report["year"]["value"].as_u64().unwrap_or(0);

    let mut refusals = Vec::new();
    for report in reports.iter().filter(|report| name(report) == agency) {
        for table in report["tables"].as_array().unwrap() {
            for cell in table["cells"].as_array().unwrap() {
                let whole = ["total", "value", "year_to_date"].iter().any(|column| cell["column"] == *column);
                let value = cell["value"].as_f64().unwrap_or(0.0);
                if whole && value > 0.0 && cell["row"].as_str().unwrap().starts_with("denied_") {
                    refusals.push((year(report), cell["value"].to_string()));
                }
            }
        }
    }
    let mut answered: Vec<_> = ask("refusals").iter().map(|row| (row[0].parse().unwrap(), row[2].clone())).collect();
    assert!(refusals.iter().map(|(year, _)| year).collect::<std::collections::BTreeSet<_>>().len() >= 8, "ten years");
    refusals.sort();
    answered.sort();
    assert_eq!(answered, refusals);
    let of_2021: f64 =
        ask("refusals").iter().filter(|row| row[0] == "2021").map(|row| row[3].parse::<f64>().unwrap()).sum();
    assert!((of_2021 - 100.0).abs() < 1.0, "the shares of a report add up: {of_2021}");

    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for report in &reports {
        let findings = report["findings"].as_array().unwrap().iter();
        let places = findings.filter(|f| f["code"].as_str().unwrap().ends_with("-does-not-add-up")).count();
        if places > 0 {
            *wrong.entry(name(report)).or_default() += places;
        }
    }
    assert!(!wrong.is_empty(), "the demonstration archive has a table that does not add up");
    let answered: BTreeMap<String, usize> =
        ask("wrong_sums").iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect();
    assert_eq!(answered, wrong);

    let answered: Vec<_> = ask("trend").iter().map(|row| (row[0].parse().unwrap(), row[1].clone())).collect();
    assert_eq!(answered, received);

    let mut years: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for report in reports.iter().filter(|report| !name(report).is_empty() && year(report) > 0) {
        years.entry(name(report)).or_default().push(year(report));
    }
    let missing = |years: &Vec<u64>| {
        let span = *years.iter().min().unwrap()..=*years.iter().max().unwrap();
        span.filter(|year| !years.contains(year)).map(|year| year.to_string()).collect::<Vec<_>>().join(",")
    };
    let gaps: BTreeMap<String, String> =
        years.iter().map(|(name, years)| (name.clone(), missing(years))).filter(|(_, gap)| !gap.is_empty()).collect();
    assert!(!gaps.is_empty(), "the demonstration archive has gaps");
    assert_eq!(ask("gaps").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect::<BTreeMap<_, _>>(), gaps);

    let said = |report: &Value| {
        let lines = report["lines"].as_array().unwrap().iter();
        lines.filter(|line| line["text"].as_str().unwrap().contains("行政复议")).count()
    };
    let mentions = ask("mentions");
    assert_eq!(mentions.len(), reports.iter().map(said).sum::<usize>().min(20));
    assert!(mentions.iter().all(|row| row[3].contains("行政复议")));

    let mut copied = Vec::new();
    for report in &reports {
        for similar in report["similar"].as_array().unwrap() {
            let other = reports.iter().find(|other| other["id"] == similar["id"]).expect("a report of this archive");
            if year(other) < year(report) || (year(other) == year(report) && name(other) != name(report)) {
                copied.push([name(report), year(report).to_string(), name(other), year(other).to_string()]);
            }
        }
    }
    let mut answered: Vec<_> = ask("copied").into_iter().map(|row| row[..4].to_vec()).collect();
    assert!(!copied.is_empty(), "the demonstration archive has a report that copies the one before");
    copied.sort();
    answered.sort();
    assert_eq!(answered, copied);

    // Nothing was published before; tests/cli.rs edits a report between two publications.
    assert_eq!(ask("silent_edits"), Vec::<Vec<String>>::new());
    assert_eq!(ask("untraced"), Vec::<Vec<String>>::new());
    assert_eq!(questions.len(), 8, "a new question is asked here as well");
}

#[test]
fn the_formats_agree_and_other_peoples_programs_accept_every_file() {
    let Some(python) = program("python3").filter(|path| path.starts_with(HERE)) else { return };
    let agree = |site: &Path| {
        let said = run(Command::new(&python).arg(Path::new(HERE).join("tests/files/agree.py")).arg(site));
        println!("{said}");
        assert!(said.contains("frictionless: ") && said.contains("numbers traced"), "{said}");
    };
    agree(demonstration());
    if let Some(reports) = asked() {
        let folder = tempfile::tempdir().unwrap();
        generated(folder.path(), reports);
        agree(&publish(folder.path()));
    }
}

/// How many generated reports are asked for.
fn asked() -> Option<usize> {
    std::env::var("NIANBAO_FILES_REPORTS").ok().map(|n| n.parse().expect("NIANBAO_FILES_REPORTS is a number"))
}

/// Numbers without a source in one report: what they are. Counts the numbers it looked at.
fn untraced(report: &Report, seen: &mut usize) -> Vec<String> {
    let text = |line: u32| report.lines.get(line as usize - 1).map_or("", |line| line.text.as_str());
    let stands = |line: Option<u32>, raw: &str| line.is_some_and(|line| text(line).contains(raw)) && !raw.is_empty();
    let mut faults = Vec::new();
    for table in &report.tables {
        for cell in table.cells.iter().filter(|cell| cell.value.is_some()) {
            *seen += 1;
            let traced = match cell.standing {
                Standing::Solved => !cell.by.is_empty(),
                Standing::Curated => true,
                _ => stands(cell.line, cell.raw.as_deref().unwrap_or("")),
            };
            if !traced {
                faults.push(format!("{} {}.{}: {cell:?}", report.original.path, cell.row, cell.column));
            }
        }
    }
    for figure in &report.figures {
        *seen += 1;
        // A solved figure says by which words it is solved: 全部予以答复.
        if figure.standing != Standing::Curated && !stands(Some(figure.line), &figure.raw) {
            faults.push(format!("{}: {figure:?}", report.original.path));
        }
    }
    for (indicator, core) in &report.core {
        *seen += 1;
        let known = |from: CoreFrom, line: Option<u32>, value| match from {
            CoreFrom::Prose => report.figures.iter().any(|f| Some(f.line) == line && f.value == value),
            CoreFrom::Table => {
                let cells = || report.tables.iter().flat_map(|table| &table.cells);
                cells()
                    .any(|cell| cell.line == line && (cell.value == Some(value) || core.standing != Standing::Printed))
            }
        };
        let others = core.alternatives.iter().all(|other| known(other.from, other.line, other.value));
        if core.standing != Standing::Curated && !(known(core.from, core.line, core.value) && others) {
            faults.push(format!("{} {indicator}: {core:?}", report.original.path));
        }
    }
    faults
}

#[test]
fn every_number_is_traced_to_the_text_or_says_how_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path(), asked().unwrap_or(120));
    copy(&Path::new(HERE).join("content"), &folder.path().join("content/示例"));
    let seeds = Path::new(HERE).join("../shared/seeds");
    if seeds.is_dir() {
        copy(&seeds, &folder.path().join("content/真实"));
    } else {
        eprintln!("SKIPPED: ../shared/seeds is not there, so the real reports were not traced");
    }
    let mut project = Project::open(folder.path(), None).unwrap();
    let cache = Arc::new(Cache::in_memory().unwrap());
    let archive = project.gather(&cache, &|_, _, _| {}).unwrap().archive;
    let (mut seen, mut faults) = (0, Vec::new());
    for index in 0..archive.entries.len() {
        faults.extend(untraced(&(archive.body)(index), &mut seen));
    }
    println!("{seen} numbers of {} reports", archive.entries.len());
    assert!(archive.entries.len() >= 145 && seen > 10_000, "{seen} numbers of {} reports", archive.entries.len());
    assert!(faults.is_empty(), "{} of {seen} numbers:\n{}", faults.len(), faults[..faults.len().min(10)].join("\n"));
}
