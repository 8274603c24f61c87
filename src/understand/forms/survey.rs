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

/// A scraper that keeps each string once leaves a table in which nothing repeats: the line of the first such table.
pub fn deduplicated(form: &Form, found: &Found, pieces: &[Piece]) -> Option<u32> {
    let count = |label: &str| {
        let wanted = super::labels::key(label).full;
        found.heads.iter().filter(|h| **h == wanted).count()
    };
    let (mut once, mut again) = (0, 0);
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for table in &found.tables {
        for column in &form.tables[table.table].columns {
            *labels.entry(column.label.as_str()).or_default() += 1;
        }
        for head in form.tables[table.table].head.iter().take(1) {
            *labels.entry(head.as_str()).or_default() += 1;
        }
    }
    for (label, expected) in labels {
        match (expected, count(label)) {
            (2.., 1) => once += 1,
            (2.., 2..) => again += 1,
            _ => {}
        }
    }
    let figures: Vec<&str> = found
        .tables
        .iter()
        .flat_map(|t| t.rows.iter().flat_map(|r| r.cells.iter()))
        .map(|c| pieces[*c].text.as_str())
        .collect();
    let distinct: BTreeSet<&&str> = figures.iter().collect();
    let rows: usize = found.tables.iter().map(|t| t.rows.len()).sum();
    let unique = distinct.len() == figures.len();
    let thin = unique && rows >= 12 && figures.len() >= 2;
    ((once >= 2 && once > again && unique) || thin).then(|| found.tables[0].lines.iter().min().copied().unwrap_or(1))
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
