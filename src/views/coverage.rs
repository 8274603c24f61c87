//! Who has reported when: a grid of years and rows, each row an agency or a region. It is the way into the archive: home shows it
//! by region or agency, a region's page by what lies in it.
//!
//! In: rows with their entries. Out: the grid as JSON. A cell that is empty says so; one whose file cannot be read any more says
//! that.

use super::{chart, years_of};
use crate::model::archive::{Agency, Archive, Region};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The newest years a grid shows.
const MOST_YEARS: u16 = 20;

/// The years of a grid over some entries, the newest first, since a narrow screen shows the first: no gaps, and not more than fit.
pub fn columns(archive: &Archive, entries: &[usize]) -> Vec<u16> {
    let years = years_of(archive, entries);
    let (Some(&first), Some(&last)) = (years.first(), years.last()) else { return Vec::new() };
    (first.max(last.saturating_sub(MOST_YEARS - 1))..=last).rev().collect()
}

/// A grid: `groups` are lists of rows under a heading of their own, `regions` or `agencies`.
pub fn grid(archive: &Archive, columns: &[u16], groups: Vec<(&str, Vec<Json>)>) -> Json {
    let known: BTreeSet<u16> = archive.years.iter().map(|year| year.year).collect();
    let years = columns.iter().map(|y| json!({ "year": y, "url": known.contains(y).then(|| format!("years/{y}/")) }));
    let groups: Vec<Json> = groups
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(of, rows)| json!({ "of": of, "rows": rows }))
        .collect();
    json!({ "years": years.collect::<Vec<_>>(), "regimes": chart::regime_groups(columns), "groups": groups })
}

/// An agency as a row.
pub fn agency(archive: &Archive, agency: &Agency, columns: &[u16]) -> Json {
    let unread: Vec<u16> = archive
        .quarantined
        .iter()
        .filter_map(|file| file.report.as_deref()?.strip_prefix(agency.id.as_str())?.strip_prefix('-')?.get(..4))
        .filter_map(|year| year.parse().ok())
        .collect();
    row(archive, &agency.name, &agency.url, &agency.entries, &unread, columns)
}

/// A region as a row.
pub fn region(archive: &Archive, region: &Region, columns: &[u16]) -> Json {
    row(archive, &region.name, &region.url, &region.entries, &[], columns)
}

/// Entries that lie in no region known to the archive, as a row; none when there are none.
pub fn nowhere(archive: &Archive, columns: &[u16]) -> Option<Json> {
    let lost =
        |i: &usize| archive.entries[*i].card.region.as_ref().is_none_or(|code| !archive.regions.contains_key(code));
    let entries: Vec<usize> = (0..archive.entries.len()).filter(lost).collect();
    (!entries.is_empty()).then(|| row(archive, "未定地区", "regions/#unknown", &entries, &[], columns))
}

fn row(archive: &Archive, name: &str, url: &str, entries: &[usize], unread: &[u16], columns: &[u16]) -> Json {
    let mut found: BTreeMap<u16, (usize, usize, u32)> = BTreeMap::new();
    for &index in entries {
        let card = &archive.entries[index].card;
        if let Some(year) = card.year {
            let cell = found.entry(year).or_insert((0, index, 0));
            cell.0 += 1;
            cell.2 += card.findings.error + card.findings.warning;
        }
    }
    let cells: Vec<Json> = columns
        .iter()
        .map(|year| match found.get(year) {
            None if unread.contains(year) => json!({ "year": year, "count": 0, "unread": true }),
            None => json!({ "year": year, "count": 0, "unread": false }),
            Some((count, index, odd)) => {
                let to = if *count == 1 { archive.entries[*index].card.url.as_str() } else { url };
                json!({ "year": year, "count": count, "url": to, "odd": odd })
            }
        })
        .collect();
    json!({ "name": name, "url": url, "cells": cells })
}
