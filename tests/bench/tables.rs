//! The speed of reading and solving statutory tables: `cargo run --release --example tables -- [REPORTS]`, 200 of each layout unless
//! told otherwise.
//!
//! Generated reports whose truth is known (`tests/forms/generate.rs`), with lost figures and published errors among them, are read
//! one by one on one thread. Printed for each layout and for all: tables per second, and the time one report takes at the median,
//! at the 99th percentile and at worst; each is read three times and the fastest counts, for other programs are not to be measured.
//! It is that of the whole way from lines to checked tables: choosing the form, placing,
//! solving, findings.

#[path = "../forms/generate.rs"]
#[expect(dead_code, reason = "the tests look at the truth as well")]
mod generate;

use nianbao::understand::forms::{forms, read_tables};
use std::time::{Duration, Instant};

fn main() {
    let reports: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(200);
    let forms = forms();
    let mut all = Measure::default();
    for &layout in generate::LAYOUTS {
        let mut measure = Measure::default();
        for seed in 0..reports {
            let case = generate::case(&forms, seed, layout, generate::Faults::Few);
            let time = |_| {
                let started = Instant::now();
                let tables = read_tables(&case.draft, None).tables.len();
                (started.elapsed(), tables)
            };
            let (least, tables) = (0..3).map(time).min().expect("three of them");
            measure.add(least, tables);
        }
        println!("{:<18}{measure}", format!("{layout:?}"));
        all.times.extend(measure.times);
        all.tables += measure.tables;
    }
    println!("{:<18}{all}", "all");
}

#[derive(Default)]
struct Measure {
    times: Vec<Duration>,
    tables: usize,
}

impl Measure {
    fn add(&mut self, time: Duration, tables: usize) {
        self.times.push(time);
        self.tables += tables;
    }
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let mut times = self.times.clone();
        times.sort_unstable();
        let total: Duration = times.iter().sum();
        let at = |share: usize| times.get(times.len() * share / 100).or(times.last()).copied().unwrap_or_default();
        let rate = self.tables as f64 / total.as_secs_f64().max(1e-9);
        let (median, most, worst) = (at(50), at(99), at(100));
        write!(f, "{rate:>8.0} tables/s   median {median:>9.1?}   99 % {most:>9.1?}   worst {worst:>9.1?}")
    }
}
