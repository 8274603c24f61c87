//! Who has reported when: a grid of years and rows, each row an agency or a region. It is the way into the archive: home shows it
//! by region or agency, a region's page by what lies in it.
//!
//! In: rows with their entries. Out: the grid. A cell that is empty says so; one whose file cannot be read any more says
//! that.

use super::{chart, years_of};
use crate::model::archive::{Agency, Archive, Region};
use crate::model::twin::{Grid, GridCell, GridGroup, GridRow, GridYear};
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
pub fn grid(archive: &Archive, columns: &[u16], groups: Vec<(&'static str, Vec<GridRow>)>) -> Grid {
    let known: BTreeSet<u16> = archive.years.iter().map(|year| year.year).collect();
    let url = |year: u16| known.contains(&year).then(|| format!("years/{year}/"));
    let groups = groups.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(of, rows)| GridGroup { of, rows });
    Grid {
        years: columns.iter().map(|&year| GridYear { year, url: url(year) }).collect(),
        regimes: chart::regime_groups(columns),
        groups: groups.collect(),
    }
}

/// An agency as a row.
pub fn agency(archive: &Archive, agency: &Agency, columns: &[u16]) -> GridRow {
    let unread: Vec<u16> = archive
        .quarantined
        .iter()
        .filter_map(|file| file.report.as_deref()?.strip_prefix(agency.id.as_str())?.strip_prefix('-')?.get(..4))
        .filter_map(|year| year.parse().ok())
        .collect();
    row(archive, &agency.name, &agency.url, &agency.entries, &unread, columns)
}

/// A region as a row.
pub fn region(archive: &Archive, region: &Region, columns: &[u16]) -> GridRow {
    row(archive, &region.name, &region.url, &region.entries, &[], columns)
}

/// Entries that lie in no region known to the archive, as a row; none when there are none.
pub fn nowhere(archive: &Archive, columns: &[u16]) -> Option<GridRow> {
    let lost =
        |i: &usize| archive.entries[*i].card.region.as_ref().is_none_or(|code| !archive.regions.contains_key(code));
    let entries: Vec<usize> = (0..archive.entries.len()).filter(lost).collect();
    (!entries.is_empty()).then(|| row(archive, "未定地区", "regions/#unknown", &entries, &[], columns))
}

fn row(archive: &Archive, name: &str, url: &str, entries: &[usize], unread: &[u16], columns: &[u16]) -> GridRow {
    let mut found: BTreeMap<u16, (usize, usize, u32)> = BTreeMap::new();
    for &index in entries {
        let card = &archive.entries[index].card;
        if let Some(year) = card.year {
            let cell = found.entry(year).or_insert((0, index, 0));
            cell.0 += 1;
            cell.2 += card.findings.error + card.findings.warning;
        }
    }
    let cells = columns.iter().map(|&year| {
        let Some(&(count, index, odd)) = found.get(&year) else {
            return GridCell { year, count: 0, url: None, odd: 0, unread: unread.contains(&year) };
        };
        let to = if count == 1 { archive.entries[index].card.url.as_str() } else { url };
        GridCell { year, count, url: Some(to.to_owned()), odd, unread: false }
    });
    GridRow { cells: cells.collect(), name: name.to_owned(), url: url.to_owned() }
}
