//! Dirty text to clean text, line by line, every change an [`Edit`](crate::model::source::Edit).
//!
//! In: a [`Draft`] as read. Out: the same draft with edited lines and cells, its script, and findings. Lines are never added,
//! dropped or joined; what cannot be proved is flagged and left alone; text that is right is not touched.

mod adverts;
mod classes;
mod dates;
mod edits;
mod gbk;
mod guess;
mod lexicon;
mod misread;
mod mojibake;
mod numbering;
mod opencc;
mod pinyin;
mod script;
mod spacing;
mod width;

use crate::model::Id;
use crate::model::archive::RuleDoc;
use crate::model::diagnostic::Finding;
use crate::model::source::{Draft, Line, Script, Span};
use edits::{Change, Passage};
use std::collections::BTreeSet;
use std::ops::Range;

/// What the caller decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Force a script instead of deciding it from the text.
    pub script: Option<Script>,
    /// The report year when it is known from elsewhere; otherwise the text's own title decides.
    pub year: Option<u16>,
    /// Rules switched off in `site.toml`.
    pub off: BTreeSet<String>,
}

/// A cleaning rule: what it does, why, and the examples that show it.
pub(crate) struct Rule {
    /// Kebab-case, never renamed.
    pub id: &'static str,
    /// What it is about, in Chinese.
    pub title: &'static str,
    /// The reason, for the method page.
    pub why: &'static str,
    /// Whole texts before and after all rules, in which this one has work.
    pub turns: &'static [(&'static str, &'static str)],
    /// Texts this rule leaves alone.
    pub leaves: &'static [&'static str],
    /// Works on the document.
    pub run: fn(&mut Work),
}

/// The rules, in the order they run.
pub(crate) const RULES: &[Rule] = &[
    spacing::CONTROL,
    spacing::ENTITY,
    misread::UTF8,
    misread::NATIONAL,
    misread::CROSSED,
    mojibake::BYTES,
    numbering::NUMBERS,
    pinyin::PINYIN,
    script::SCRIPT,
    script::PARTICLE,
    width::COMPATIBILITY,
    width::WIDTH,
    spacing::SPACE,
    spacing::STOP,
    adverts::ADVERTS,
    dates::PERIOD,
];

/// A document while the rules work on it.
#[derive(Default)]
pub(crate) struct Work {
    lines: Vec<Passage>,
    cells: Vec<Passage>,
    /// The script asked for.
    forced: Option<Script>,
    /// The year of the report.
    year: Option<u16>,
    /// The script found.
    script: Script,
    /// Whether conversion already happened: it must never happen twice.
    converted: bool,
    /// Whether the page shows the marks of a mirror.
    mirror: bool,
    /// Numbers of the lines that are slogans.
    adverts: Vec<u32>,
    found: Vec<Finding>,
    /// The kinds of characters in all passages, as of the beginning of a round.
    kinds: u16,
}

impl Work {
    /// Lines, then cells.
    fn passages(&mut self) -> impl Iterator<Item = &mut Passage> {
        self.lines.iter_mut().chain(&mut self.cells)
    }

    /// Runs rules until nothing changes: what one leaves may be work for an earlier one (an entity inside an entity). One round is all
    /// that clean text needs, two what dirty text does.
    fn settle(&mut self, rules: &[Rule], off: &BTreeSet<String>) {
        for _ in 0..4 {
            let steps = self.look();
            for rule in rules.iter().filter(|rule| !off.contains(rule.id)) {
                (rule.run)(self);
            }
            if self.look() == steps {
                break;
            }
        }
    }

    /// Looks at all passages: how many changes were made, and which kinds of characters there are now.
    fn look(&mut self) -> usize {
        let passages = self.lines.iter().chain(&self.cells);
        let (steps, kinds) =
            passages.fold((0, 0), |sum, passage| (sum.0 + passage.steps(), sum.1 | passage.seen.kinds));
        self.kinds = kinds;
        steps
    }

    /// Runs a rule that looks at one text at a time, on those that have characters of these kinds.
    fn each(&mut self, rule: &'static str, kinds: u16, find: impl Fn(&str) -> Vec<Change>) {
        if self.kinds & kinds == 0 {
            return;
        }
        for passage in self.passages().filter(|passage| passage.seen.any(kinds)) {
            let changes = find(&passage.text);
            passage.apply(rule, changes);
        }
    }

    /// Reports something about a stretch of line `index`.
    fn flag(&mut self, code: &'static str, index: usize, at: Range<usize>, message: String) {
        let line = &self.lines[index];
        let label: String = line.text[at.clone()].chars().take(24).collect();
        let source = line.origin(at);
        let span = Span { line: line.no, start: source.start as u32, end: source.end as u32 };
        self.found.push(Finding::new(code, Some(line.no), message).at(span, label));
    }
}

/// Normalizes a draft.
pub fn normalize(mut draft: Draft, options: &Options) -> Draft {
    let front = draft.front as usize;
    let mut lines = std::mem::take(&mut draft.lines);
    let body = lines.split_off(front.min(lines.len()));
    let mut work = Work {
        lines: body.into_iter().map(|line| Passage::new(line.no, line.text)).collect(),
        cells: draft
            .grids
            .iter_mut()
            .flat_map(|grid| &mut grid.cells)
            .map(|cell| Passage::new(cell.line, std::mem::take(&mut cell.text)))
            .collect(),
        forced: options.script,
        year: options.year.or(draft.meta.year),
        ..Work::default()
    };
    // The script is decided once, from a text that the rules before have settled.
    let decision = RULES.iter().position(|rule| rule.id == script::SCRIPT.id).unwrap_or_default();
    work.settle(&RULES[..decision], &options.off);
    work.settle(RULES, &options.off);
    mojibake::flag(&mut work);
    numbering::flag(&mut work);
    dates::flag(&mut work);
    spacing::flag(&mut work);
    adverts::flag(&mut work);
    draft.mirror = work.mirror;
    draft.adverts = std::mem::take(&mut work.adverts);
    draft.script = work.script;
    let mut cells = work.cells.into_iter();
    for cell in draft.grids.iter_mut().flat_map(|grid| &mut grid.cells) {
        cell.text = cells.next().map(|passage| passage.finish().0).unwrap_or_default();
    }
    lines.extend(work.lines.into_iter().map(|passage| {
        let no = passage.no;
        let (text, edits) = passage.finish();
        Line { no, text, edits }
    }));
    draft.lines = lines;
    work.found.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
    work.found.dedup();
    draft.found.extend(work.found);
    draft
}

/// The rules as `explain` and the method page show them.
pub fn rules() -> Vec<RuleDoc> {
    RULES
        .iter()
        .map(|rule| RuleDoc {
            id: Id::Borrowed(rule.id),
            title: rule.title,
            why: rule.why.to_owned(),
            turns: rule.turns.iter().map(|(was, now)| ((*was).to_owned(), (*now).to_owned())).collect(),
            leaves: rule.leaves.iter().map(|text| (*text).to_owned()).collect(),
        })
        .collect()
}

/// Whether conversion to Simplified works on this machine; the message says what is wrong and what to do.
pub fn self_test() -> Result<(), String> {
    opencc::convert("自檢").map(drop)
}

#[cfg(test)]
mod tests;
