//! Which reports have the text of others: pairs that their sketches point at, compared once and remembered.
//!
//! In: the reports' columns with their sketches, and bodies on demand. Out: the same columns with [`Similar`] reports and the finding
//! `text-copied`. What two reports have in common depends on the two and on the program alone, so the cache keeps it.

use super::Reader;
use crate::cache::{Cache, Key};
use crate::model::archive::Entry;
use crate::model::diagnostic::Finding;
use crate::model::report::{Report, Similar};
use crate::model::value::Decimal;
use crate::similarity::{Common, Prose, candidates, common};
use anyhow::Result;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Passages a finding points at.
const MARKED: usize = 5;

/// Compares the reports; `program` is the digest of what reads them.
pub(super) fn compare(
    entries: &mut [Entry],
    cache: &Cache,
    reader: &Reader,
    body: &(dyn Fn(&str) -> Report + Sync),
) -> Result<()> {
    let sketches: Vec<&Vec<u32>> = entries.iter().map(|entry| &entry.sketch).collect();
    let city =
        |place: usize| entries[place].card.region.as_ref().map_or(String::new(), |code| code.chars().take(4).collect());
    let pairs = candidates(&sketches, &city);
    let key = |&(a, b): &(usize, usize)| -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&reader.digest).update(entries[a].digest.as_bytes()).update(entries[b].digest.as_bytes());
        *hasher.finalize().as_bytes()
    };
    let looked: Vec<(Key, [Similar; 2], bool)> = pairs
        .par_iter()
        .map(|pair| {
            let key = key(pair);
            if let Some(known) = cache.pair(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                return (key, known, false);
            }
            let [a, b] =
                [pair.0, pair.1].map(|place| Prose::of(&body(&entries[place].card.source_path), &reader.labels));
            (key, [seen(common(&a, &b)), seen(common(&b, &a))], true)
        })
        .collect();
    let live: BTreeSet<Key> = looked.iter().map(|(key, ..)| *key).collect();
    let made: Vec<(Key, Vec<u8>)> = looked
        .iter()
        .filter(|(_, _, new)| *new)
        .map(|(key, found, _)| (*key, serde_json::to_vec(found).expect("plain data serializes")))
        .collect();
    cache.remember_pairs(&made, &live)?;
    for ((a, b), (_, [of_a, of_b], _)) in pairs.into_iter().zip(looked) {
        for (own, other, found) in [(a, b, of_a), (b, a, of_b)] {
            if found.characters == 0 {
                continue;
            }
            let found = Similar { id: entries[other].card.id.clone(), ..found };
            if let Some(finding) = told(&entries[own], &entries[other], &found) {
                entries[own].findings.push(finding);
            }
            entries[own].similar.push(found);
        }
    }
    for entry in entries {
        entry.similar.sort_by(|a, b| b.share.cmp(&a.share).then_with(|| a.id.cmp(&b.id)));
        // Of use in comparing only; there is one for every report in memory.
        entry.sketch = Vec::new();
    }
    Ok(())
}

/// What is remembered of a pair: nothing, unless it is much.
fn seen(common: Common) -> Similar {
    match common.is_much() {
        false => Similar::default(),
        true => Similar {
            id: String::new(),
            share: Decimal::new(common.share as i128, 2),
            characters: common.letters as u32,
            passages: common.passages,
        },
    }
}

/// The finding of a report that is the later of the two, or of the same year as another agency's. Two versions of one report are alike
/// by nature.
fn told(own: &Entry, other: &Entry, found: &Similar) -> Option<Finding> {
    let agency = |entry: &Entry| entry.card.agency.as_ref().map(|agency| agency.id.clone());
    let same = agency(own).is_some() && agency(own) == agency(other);
    let (year, before) = (own.card.year?, other.card.year?);
    if before > year || same && before == year {
        return None;
    }
    let whose = match (&other.card.agency, same) {
        (_, true) => format!("本机关 {before} 年度报告"),
        (Some(agency), false) => format!("{} {before} 年度报告", agency.name),
        (None, false) => format!("另一份 {before} 年度报告"),
    };
    let percent = found.share.times_ten_to(2);
    let message = format!("与{whose}有 {percent}% 的文字相同（{} 字）", found.characters);
    let line = found.passages.first().map(|passage| passage.lines[0]);
    let mut finding = Finding::new("text-copied", line, message);
    for passage in found.passages.iter().take(MARKED) {
        let span = crate::model::source::Span { line: passage.lines[0], start: 0, end: 0 };
        let place = match passage.other_lines {
            [from, to] if from == to => from.to_string(),
            [from, to] => format!("{from}–{to}"),
        };
        finding = finding.at(span, format!("{} 字，见该报告第 {place} 行", passage.characters));
    }
    finding.related = vec![other.card.id.clone()];
    Some(finding)
}
