//! The cost of search: `cargo run --release --example search -- [REPORTS …] [--in FOLDER]`, 1,000 and 10,000 unless told otherwise.
//!
//! For each number of generated reports the index alone is written, straight from an archive whose bodies are made when they
//! are asked for; then Chromium asks the search page one query after another, each in a window of its own that knows the site
//! but not the query, over a line of 60 ms and 10 Mbit/s (`search.mjs`). Every answer is held against plain substring search.
//! With `--in` the folder stays. Linux only: memory is read from /proc.

#[expect(dead_code, reason = "the other bench writes whole files")]
#[path = "generate.rs"]
mod generate;

mod archive;

use archive::About;
use generate::Generator;
use nianbao::model::archive::Archive;
use nianbao::model::page::{Artifact, Sink};
use nianbao::model::report::{Role, TextLine};
use nianbao::theme::{DEFAULT, Frame, Theme};
use nianbao::views::VIEWS;
use rayon::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;
use unicode_normalization::UnicodeNormalization;

/// What is asked: the query, a tab and what is looked up where that differs; `-` before what must not be there.
const QUERIES: &str = include_str!("queries.tsv");
/// Queries cut out of the reports besides.
const CUT: usize = 30;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let stay = arguments.iter().position(|a| a == "--in").map(|at| arguments.drain(at..).nth(1).unwrap_or_default());
    let sizes: Result<Vec<usize>, _> = arguments.iter().map(|n| n.replace([',', '_'], "").parse()).collect();
    let Ok(sizes) = sizes else {
        eprintln!("usage: search [REPORTS …] [--in FOLDER]");
        return ExitCode::from(2);
    };
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    match sizes.into_iter().try_for_each(|size| measure(size, stay.as_deref().map(Path::new))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("search: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(reports: usize, stay: Option<&Path>) -> io::Result<()> {
    let temporary = tempfile::Builder::new().prefix("nianbao-search-").tempdir()?;
    let root = stay.map_or(temporary.path().to_owned(), |folder| folder.join(reports.to_string()));
    let generator = Arc::new(Generator::new());
    let about = (0..reports).map(|index| about(&generator, index)).collect();
    let makes = Arc::clone(&generator);
    let archive = Arc::new(archive::archive(about, move |index| lines(&makes.report(index).text)));
    let truth = truth(&archive);

    let mut disk = Disk { root: root.clone(), sizes: BTreeMap::new() };
    // The mark of most memory held goes back to what is held now.
    fs::write("/proc/self/clear_refs", "5")?;
    let started = Instant::now();
    nianbao::search::write(&archive, &mut disk)?;
    let took = started.elapsed();
    let part = |name: &str| disk.sizes.get(name).copied().unwrap_or_default();
    let ((shards, grams), (_, texts)) = (
        ["heads", "briefs", "tails"].map(part).into_iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1)),
        part("texts"),
    );
    let all: usize = disk.sizes.values().map(|(_, bytes)| bytes).sum();
    let share = |bytes: usize| bytes as f64 / truth.bytes as f64;
    println!("\n{reports} reports, {:.1} MB of text", truth.bytes as f64 / 1e6);
    println!(
        "index {:.3} of the text ({shards} shards, {:.1} MB), copies of the texts {:.3}, the rest {:.3}; built in {:.1} s, at most {} MB held",
        share(grams),
        grams as f64 / 1e6,
        share(texts),
        share(all - grams - texts),
        took.as_secs_f64(),
        peak()? / 1_000_000,
    );
    io::stdout().flush()?;

    page(&archive, &mut disk)?;
    fs::write(root.join("queries.json"), serde_json::to_vec(&truth.answers)?)?;
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/search.mjs");
    let status = Command::new("node").arg(driver).arg(&root).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("the browser's half failed")) }
}

/// Card of report `index`; its id ends in the index.
fn about(generator: &Generator, index: usize) -> About {
    let (agency, name, region, year) = generator.about(index);
    About {
        id: format!("agency-{agency}-{year}-{index}"),
        title: format!("{name}{year}年政府信息公开工作年度报告"),
        agency: (format!("agency-{agency}"), name),
        region: region.to_owned(),
        year: year as u16,
    }
}

/// The lines of a generated file, its cells one a line, with roles as good as a glance can tell.
fn lines(text: &str) -> Vec<TextLine> {
    let mut plain = String::with_capacity(text.len());
    let mut tag = false;
    for character in text.chars() {
        match character {
            '<' | '>' => tag = character == '<',
            _ if tag => {}
            '|' => plain.push('\n'),
            _ => plain.push(character),
        }
    }
    let lines = plain.lines().map(|line| line.trim().trim_start_matches('#').trim());
    let role = |line: &str| match line.chars().count() {
        0 => Role::Blank,
        _ if line.starts_with("来源") => Role::Meta,
        _ if line.contains('，') => Role::Prose,
        _ if line.contains('、') => Role::Heading,
        _ => Role::Table,
    };
    lines
        .zip(1..)
        .filter(|(line, _)| !line.is_empty() && !line.starts_with("---"))
        .map(|(line, no)| TextLine { no, role: role(line), text: line.to_owned() })
        .collect()
}

/// What is right, and how much text there is.
struct Truth {
    bytes: usize,
    answers: Vec<serde_json::Value>,
}

/// Counts by plain substring search what each query must find; the sum of the reports' numbers stands for which.
fn truth(archive: &Archive) -> Truth {
    let plain = Plain::new();
    let text = |place: usize| -> (usize, String) {
        let card = &archive.entries[place].card;
        let (lines, agency) = ((archive.body)(place).lines, card.agency.as_ref().map_or("", |agency| &agency.name));
        let bytes = lines.iter().map(|line| line.text.len()).sum();
        let all = lines.iter().map(|line| line.text.as_str()).chain([card.title.as_str(), agency]);
        (bytes, all.map(|line| plain.of(line)).collect::<Vec<_>>().join("\n"))
    };
    let reports = archive.entries.len();
    let mut asked: Vec<(String, Vec<String>)> = Vec::new();
    for line in QUERIES.lines().filter(|line| !line.is_empty()) {
        let (query, looked) = line.split_once('\t').unwrap_or((line, line));
        asked.push((query.into(), looked.split(' ').map(|part| plain.of(part)).collect()));
    }
    for number in 0..CUT {
        // Anywhere from 2 to 30 characters, from all over the archive.
        let (_, text) = text((number * 2_654_435_761 + 977) % reports);
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 60).collect();
        let line: Vec<char> = long[number * 7 % long.len()].chars().collect();
        let query: String = line[number * 13 % 30..].iter().take(2 + number * number % 29).collect();
        if !query.starts_with('-') {
            asked.push((query.clone(), vec![query]));
        }
    }
    let found = |place: usize| {
        let (bytes, text) = text(place);
        let id = &archive.entries[place].card.id;
        let number: usize = id.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or_default();
        let holds =
            |part: &String| part.strip_prefix('-').map_or_else(|| text.contains(part), |part| !text.contains(part));
        let hits = asked.iter().map(|(_, parts)| if parts.iter().all(holds) { (1, number) } else { (0, 0) });
        (bytes, hits.collect::<Vec<(usize, usize)>>())
    };
    let none = || (0, vec![(0, 0); asked.len()]);
    let (bytes, counts) = (0..reports).into_par_iter().map(found).reduce(none, |mut one, other| {
        one.0 += other.0;
        one.1.iter_mut().zip(other.1).for_each(|(sum, more)| *sum = (sum.0 + more.0, sum.1 + more.1));
        one
    });
    let answers =
        asked.iter().zip(counts).map(|((query, _), (total, sum))| json!({"query": query, "total": total, "sum": sum}));
    Truth { bytes, answers: answers.collect() }
}

/// What a reader may call the same, told once more: width, case, blanks, brackets, script.
struct Plain(BTreeMap<char, char>);

impl Plain {
    fn new() -> Plain {
        let pairs: Vec<char> = include_str!("../../src/search/hant.txt").lines().next().unwrap_or("").chars().collect();
        Plain(pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }

    fn of(&self, text: &str) -> String {
        let dropped = |c: &char| c.is_whitespace() || "()<>[]{}〔〕【】《》〈〉「」『』“”‘’\"'".contains(*c);
        let folded = text.nfkc().flat_map(char::to_lowercase).filter(|c| !dropped(c));
        folded.map(|c| self.0.get(&c).copied().unwrap_or(c)).collect()
    }
}

/// Puts the search page and what it is styled by beside the index.
fn page(archive: &Arc<Archive>, disk: &mut Disk) -> io::Result<()> {
    let theme = Theme::load(&DEFAULT, None).map_err(|error| io::Error::other(error.to_string()))?;
    for asset in theme.assets() {
        disk.put(Artifact { path: asset.path.clone(), bytes: asset.bytes.clone() })?;
    }
    let frame = Frame { site: archive.site.clone(), generator: archive.generator.clone() };
    for page in VIEWS.iter().filter(|view| view.id == "search").flat_map(|view| (view.pages)(archive)) {
        let html = theme.render(page.template, &page.url, &(page.context)(), &frame);
        let html = html.map_err(|error| io::Error::other(error.to_string()))?;
        disk.put(Artifact { path: format!("{}index.html", page.url), bytes: html.into_bytes() })?;
    }
    Ok(())
}

/// Writes files, and counts them by sort.
struct Disk {
    root: PathBuf,
    sizes: BTreeMap<String, (usize, usize)>,
}

impl Sink for Disk {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        let sort = artifact.path.split(['/', '-']).nth(1).unwrap_or_default().to_owned();
        let sum = self.sizes.entry(sort).or_default();
        *sum = (sum.0 + 1, sum.1 + artifact.bytes.len());
        let path = self.root.join(artifact.path);
        fs::create_dir_all(path.parent().expect("below the root"))?;
        fs::write(path, artifact.bytes)
    }
}

/// The most memory this process has held, in bytes.
fn peak() -> io::Result<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<u64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    Ok(kib.unwrap_or_default() * 1024)
}
