//! The speed of the whole `normalize` stage on one thread: `cargo run --release --example normalize -- [REPORTS]`, 300 unless told
//! otherwise.
//!
//! Generated reports as text: Simplified ones as they come, the same without the lines a rule has work on, and in Traditional
//! characters with pinyin. Printed are megabytes of source per second, the best of several rounds, and how many edits there were. Last,
//! documents of one damaged sentence in clean Traditional text: milliseconds for each.

#[path = "../normalize/damage.rs"]
#[expect(dead_code, reason = "the tests judge repairs as well")]
mod damage;
mod generate;

use generate::Generator;
use nianbao::model::source::{Draft, Line};
use nianbao::normalize::{Options, normalize};
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;

fn main() {
    let reports: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(300);
    let generator = Generator::new();
    let all =
        (0..100 * reports).map(|index| (index, generator.report(index))).filter(|(_, r)| r.path.ends_with(".txt"));
    let (traditional, simplified): (Vec<_>, Vec<_>) =
        all.take(reports + reports / 20).partition(|(index, _)| index % 100 % 33 == 7);
    let texts = |reports: Vec<(usize, generate::File)>| reports.into_iter().map(|(_, report)| report.text).collect();
    let (traditional, simplified): (Vec<String>, Vec<String>) = (texts(traditional), texts(simplified));
    let clean: Vec<String> = simplified.iter().map(|text| untouched(text)).collect();
    throughput("Simplified, clean", &clean);
    throughput("Simplified", &simplified);
    throughput("Traditional with pinyin", &traditional);
    damaged(&traditional);
}

fn draft(text: &str) -> Draft {
    let lines = text.lines().enumerate().map(|(at, line)| Line::new(at as u32 + 1, line)).collect();
    Draft { lines, ..Draft::default() }
}

fn edits(draft: &Draft) -> usize {
    draft.lines.iter().map(|line| line.edits.len()).sum()
}

/// The lines that no rule has work on.
fn untouched(text: &str) -> String {
    let done = normalize(draft(text), &Options::default());
    let lines: Vec<String> =
        done.lines.into_iter().filter(|line| line.edits.is_empty()).map(|line| line.text).collect();
    lines.join("\n")
}

fn throughput(name: &str, texts: &[String]) {
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut best = Duration::MAX;
    let mut edited = 0;
    for _ in 0..ROUNDS {
        let mut spent = Duration::ZERO;
        edited = 0;
        for text in texts {
            let before = draft(text);
            let started = Instant::now();
            let done = normalize(before, &Options::default());
            spent += started.elapsed();
            edited += edits(&done);
        }
        best = best.min(spent);
    }
    let rate = bytes as f64 / 1e6 / best.as_secs_f64();
    println!("{name:<24}{:>8} texts {:>8.2} MB {edited:>8} edits {rate:>9.1} MB/s", texts.len(), bytes as f64 / 1e6);
}

/// One damaged sentence in each document.
fn damaged(texts: &[String]) {
    let keys = damage::keys("驅優執詢聞繩極啟東應學實務區點領財".chars());
    let mut times: Vec<Duration> = Vec::new();
    for text in texts {
        let note = |c: char| c == '(' || c == ')' || c.is_ascii_lowercase() || "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü".contains(c);
        let plain: Vec<String> = text.lines().map(|line| line.chars().filter(|c| !note(*c)).collect()).collect();
        let broken = plain.iter().enumerate().find_map(|(at, line)| {
            let pieces = damage::break_bytes(line, &keys, false);
            let shown: String = pieces.iter().map(|piece| piece.shown.as_str()).collect();
            pieces.iter().any(|piece| piece.damaged).then_some((at, shown))
        });
        let Some((at, shown)) = broken else { continue };
        let mut lines = plain;
        lines[at] = shown;
        let before = draft(&lines.join("\n"));
        let started = Instant::now();
        let done = normalize(before, &Options::default());
        times.push(started.elapsed());
        assert!(done.lines.len() >= at);
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).or(times.last()).copied().unwrap_or_default();
    println!(
        "{:<24}{:>8} texts  median {:.1?}, 90 % {:.1?}, worst {:.1?}",
        "one damaged sentence",
        times.len(),
        at(50),
        at(90),
        at(100)
    );
}
