//! What holds for a text as a whole: tables announced and not there, text with repeats removed, the distance between cells.
//!
//! In: what the forms find. Out: findings and measures. Reads no cell.

use super::Reading;
use super::layout::{Layout, Piece};
use super::reading::Found;
use crate::model::diagnostic::Finding;
use crate::model::form::Form;
use std::collections::{BTreeMap, BTreeSet};

/// Tables that are announced and not there.
pub fn missing(forms: &[Form], found: &[Found], year: Option<u16>, read: &BTreeSet<String>, reading: &mut Reading) {
    let due = |form: &Form| match year {
        Some(year) => form.from <= year && form.to.is_none_or(|to| year <= to),
        None => form.id == "2021" || form.id == "2014",
    };
    // Whoever uses the form of another year announces its tables, whatever words the due form shares with it.
    let other = |form: &Form| !reading.tables.is_empty() && reading.tables.iter().all(|t| t.form != form.id);
    let due: Vec<_> = forms.iter().zip(found).filter(|(form, _)| due(form) && !other(form)).collect();
    for (form, found) in due {
        let mut named = BTreeSet::new();
        for &(table, line) in &found.announced {
            let table = &form.tables[table];
            if table.rows.len() == 1 && table.identities.is_empty()
                || read.contains(table.id.as_ref())
                || !named.insert(&table.id)
            {
                continue;
            }
            reading.findings.push(
                Finding::new(
                    "table-missing",
                    Some(line),
                    format!("“{}”的表格不在正文里，可能是图片或附件。", table.title),
                )
                .help("请把表格的文字加入原文，或另附可读的文本。"),
            );
        }
    }
}

/// A scraper that keeps each string once leaves tables in which nothing repeats, neither labels nor units nor figures: the line of
/// the first of them.
pub fn deduplicated(form: &Form, found: &Found, pieces: &[Piece]) -> Option<u32> {
    let lines: BTreeSet<u32> = found.tables.iter().flat_map(|t| t.lines.iter().copied()).collect();
    let mut seen = BTreeSet::new();
    let inside = pieces.iter().filter(|p| !p.text.is_empty() && lines.contains(&p.line));
    if !inside.into_iter().all(|p| seen.insert(p.text.as_str())) {
        return None;
    }
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for table in found.tables.iter().map(|t| &form.tables[t.table]) {
        for label in table.columns.iter().map(|c| &c.label).chain(table.head.iter().take(1)) {
            *labels.entry(label.as_str()).or_default() += 1;
        }
    }
    let seen_once = |label: &str| found.heads.iter().filter(|h| **h == super::labels::key(label).full).count() == 1;
    let once = labels.iter().filter(|(label, due)| **due >= 2 && seen_once(label)).count();
    let rows = found.tables.iter().map(|t| t.rows.len()).sum::<usize>();
    let figures = found.tables.iter().flat_map(|t| &t.rows).map(|r| r.cells.len()).sum::<usize>();
    (once >= 2 || rows >= 12 && figures >= 2).then(|| lines.first().copied().unwrap_or(1))
}

/// How far apart neighbouring cells stand where each has a line of its own.
pub struct Spacing {
    /// Lines from one cell to the next.
    pub base: u32,
    /// Some cells stand farther apart: blank lines tell of empty cells.
    pub counted: bool,
}

impl Spacing {
    /// Measured on the tables found.
    pub fn of(found: &Found, pieces: &[Piece]) -> Self {
        let mut gaps: BTreeMap<u32, usize> = BTreeMap::new();
        for row in found.tables.iter().flat_map(|t| &t.rows) {
            for &cell in row.cells.iter().filter(|c| pieces[**c].layout == Layout::Lines) {
                *gaps.entry(pieces[cell].gap).or_default() += 1;
            }
        }
        let base = gaps.iter().find(|(_, n)| **n >= 2).or(gaps.iter().next()).map_or(1, |(gap, _)| *gap);
        Spacing { base, counted: gaps.keys().any(|gap| *gap > base) }
    }
}
