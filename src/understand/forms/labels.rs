//! Printed labels against the labels of a form: normalization, exact keys, and a tightly bounded fuzzy match.
//!
//! In: the text of a cell. Out: what it may name in a form. Never decides between two rows that are equally near.

use super::figure::{fold, is_space};
use crate::model::form::Form;
use std::collections::HashMap;

/// What a label names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A row of a table.
    Row(usize, usize),
    /// A column of a table.
    Column(usize, usize),
    /// A header above columns, or before them.
    Head(usize),
    /// A line that belongs to the table and announces it.
    Anchor(usize),
    /// The title: a heading of the report.
    Title(usize),
}

/// The labels of one form.
pub struct Labels {
    /// Looked up, never listed.
    exact: HashMap<String, Vec<Target>>,
    /// The names of the rows of each table.
    rows: Vec<Vec<(Name, Target)>>,
}

/// A name to compare with others.
struct Name {
    text: String,
    /// How many letters.
    length: usize,
    /// A bit for each, some with one in common: of two names, as many letters apart as one has bits that the other lacks.
    letters: u64,
}

impl Name {
    fn new(text: &str) -> Self {
        let letters = text.chars().fold(0, |bits, c| bits | 1 << (c as u32 % 64));
        Name { text: text.to_owned(), length: text.chars().count(), letters }
    }
}

/// A text as the labels are compared: folded, without ordinal, spaces and punctuation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Every letter.
    pub full: String,
    /// Without what stands in brackets; empty if that is nothing or all.
    pub bare: String,
    /// An ordinal stood before it.
    pub ordinal: bool,
}

/// Length of the ordinal at the start: `一、`, `(一)`, `1.`, `1、`, `①`.
fn ordinal(text: &[char]) -> usize {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十—".contains(c);
    let Some(&first) = text.first() else { return 0 };
    if ('\u{2460}'..='\u{2473}').contains(&first) {
        return 1;
    }
    let open = usize::from(first == '(');
    let digits = text[open..].iter().take_while(|c| number(**c)).count();
    match text.get(open + digits) {
        Some(')') if digits > 0 => open + digits + 1,
        Some('、' | '.' | ',' | '．') if open == 0 && digits > 0 && digits <= 3 => digits + 1,
        _ => 0,
    }
}

/// The key of a text.
pub fn key(text: &str) -> Key {
    let plain: Vec<char> = text.chars().filter(|c| !is_space(*c)).map(fold).collect();
    // 其中:1.当面申请数
    let led = if plain.starts_with(&['其', '中']) { 2 + usize::from(plain.get(2) == Some(&':')) } else { 0 };
    let skip = match ordinal(&plain[led..]) {
        0 => ordinal(&plain),
        skip => led + skip,
    };
    let rest = if skip < plain.len() { &plain[skip..] } else { &plain[..] };
    let (mut full, mut outside, mut depth, mut opened) = (String::with_capacity(3 * rest.len()), None, 0usize, 0);
    for &c in rest {
        match c {
            '(' | '[' | '〔' => {
                (depth, opened) = (depth + 1, opened + 1);
                outside.get_or_insert_with(|| full.clone());
            }
            ')' | ']' | '〕' => depth = depth.saturating_sub(1),
            c if matches!(c, '\u{4E00}'..='\u{9FFF}') || c.is_alphanumeric() => {
                full.push(c);
                if let Some(outside) = outside.as_mut().filter(|_| depth == 0) {
                    outside.push(c);
                }
            }
            _ => {}
        }
    }
    // The traditional pair of 其它 is the most frequent variant of all.
    let usual = |text: String| if text.contains("其它") { text.replace("其它", "其他") } else { text };
    let full = usual(full);
    // Behind a bracket that is never closed the text may be anything, unless it was merely cut short.
    let bare = outside.filter(|_| depth == 0 || opened < 2).map(usual).filter(|bare| *bare != full).unwrap_or_default();
    Key { full, bare, ordinal: skip > 0 && skip < plain.len() }
}

impl Labels {
    /// The labels of a form.
    pub fn new(form: &Form) -> Self {
        let mut exact: HashMap<String, Vec<Target>> = HashMap::new();
        let mut rows: Vec<Vec<(Name, Target)>> = form.tables.iter().map(|_| Vec::new()).collect();
        let mut add = |text: &str, target: Target, both: bool| {
            let key = key(text);
            for part in [&key.full, &key.bare] {
                if !part.is_empty() && (both || part == &key.full) {
                    let list = exact.entry(part.clone()).or_default();
                    if !list.contains(&target) {
                        list.push(target);
                    }
                    if let Target::Row(table, _) = target
                        && part.chars().count() >= 3
                    {
                        rows[table].push((Name::new(part), target));
                    }
                }
            }
        };
        for (t, table) in form.tables.iter().enumerate() {
            for (r, row) in table.rows.iter().enumerate() {
                for text in std::iter::once(&row.label).chain(&row.aliases) {
                    add(text, Target::Row(t, r), true);
                }
            }
            for (c, column) in table.columns.iter().enumerate() {
                for text in std::iter::once(&column.label).chain(&column.aliases) {
                    add(text, Target::Column(t, c), true);
                }
                if let Some(group) = &column.group {
                    add(group, Target::Head(t), true);
                }
            }
            for text in table.head.iter().chain(&table.groups) {
                add(text, Target::Head(t), true);
            }
            // 第二十条第(一)项 without its bracket would be every item of the article.
            for text in &table.anchors {
                add(text, Target::Anchor(t), false);
            }
            for text in std::iter::once(&table.title).chain(&table.aliases) {
                add(text, Target::Title(t), true);
            }
        }
        Labels { exact, rows }
    }

    /// Everything of that very name.
    pub fn exact(&self, key: &Key) -> &[Target] {
        self.exact
            .get(&key.full)
            .or_else(|| (!key.bare.is_empty()).then(|| self.exact.get(&key.bare)).flatten())
            .map_or(&[], Vec::as_slice)
    }

    /// Rows of one table that the text nearly names: cut short, with a gloss, or with a typo. Of rows with different names that are
    /// equally near, only the one that is `due` in the order of the form.
    pub fn near(&self, key: &Key, table: usize, due: usize) -> Vec<Target> {
        let mut best: (usize, Vec<(&str, Target)>) = (usize::MAX, Vec::new());
        for text in [&key.full, &key.bare] {
            let name = Name::new(text);
            if name.length < 4 {
                continue;
            }
            for (label, target) in &self.rows[table] {
                let Some(distance) = nearness(&name, label) else { continue };
                if distance < best.0 {
                    best = (distance, vec![(&label.text, *target)]);
                } else if distance == best.0 && !best.1.iter().any(|(_, t)| t == target) {
                    best.1.push((&label.text, *target));
                }
            }
        }
        // Rows of one name follow each other in the form.
        let name = best.1.first().map(|(label, _)| *label);
        if best.1.iter().any(|(label, _)| Some(*label) != name) {
            best.1.retain(|(_, target)| *target == Target::Row(table, due));
        }
        let mut targets: Vec<Target> = best.1.into_iter().map(|(_, target)| target).collect();
        targets.sort();
        targets
    }

    /// Whether the text is the rest of the label of a row, of which the beginning has been seen.
    pub fn continues(&self, begun: &str, text: &str, row: Target) -> bool {
        let (rest, whole) = (key(text).full, Name::new(&key(&format!("{begun}{text}")).full));
        let named = self.rows.iter().flatten().filter(|(_, target)| *target == row);
        rest.chars().count() >= 2 && named.clone().any(|(label, _)| label.text.contains(&rest))
            || !self.exact.contains_key(&key(begun).full)
                && named.into_iter().any(|(label, _)| typos(&whole, label).is_some())
    }
}

/// The longest gloss behind a label.
const GLOSS: usize = 40;

/// How far a text is from a label, if it is near at all.
fn nearness(text: &Name, label: &Name) -> Option<usize> {
    let (given, known) = (text.text.as_str(), label.text.as_str());
    if text.length >= 5
        && label.length > text.length
        && (known.starts_with(given) || (text.length >= 6 && known.ends_with(given)))
    {
        return Some(1);
    }
    if label.length >= 6
        && text.length > label.length
        && text.length <= label.length + GLOSS
        && (given.starts_with(known) || given.ends_with(known))
    {
        return Some(1);
    }
    typos(text, label)
}

/// How many letters a text is from a label, if they are few.
fn typos(text: &Name, label: &Name) -> Option<usize> {
    let bound = match text.length.min(label.length) {
        0..=3 => return None,
        4..=8 => 1,
        9..=14 => 2,
        _ => 3,
    };
    let lacks = |a: u64, b: u64| (a & !b).count_ones() > bound as u32;
    let far = text.length.abs_diff(label.length) > bound;
    if far || lacks(text.letters, label.letters) || lacks(label.letters, text.letters) {
        return None;
    }
    let distance = strsim::levenshtein(&text.text, &label.text);
    (distance <= bound).then_some(distance)
}
