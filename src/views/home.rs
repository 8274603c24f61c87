//! The home page: what this is, the way in by agency and year, the headline series, what is new, what does not add up.
//!
//! It stays small at any size of the archive: few agencies are shown one by one, many as regions, and everything else is a link.

use super::{
    HEADLINES, Shared, brief, coverage, digest, feed_entries, feed_json, indicator_link, page, share, sums, years_of,
};
use crate::model::archive::{Archive, Entry};
use crate::model::diagnostic::CODES;
use crate::model::page::Page;
use crate::model::twin::Grid;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const MOST_AGENCIES: usize = 40;
const NEWEST: usize = 8;

/// The one page. Its data twin is the archive's `index.json`, which an export writes.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "home");
    feed_entries(&mut hash, archive, 0..archive.entries.len());
    feed_json(&mut hash, &archive.agencies);
    feed_json(&mut hash, &archive.regions);
    feed_json(&mut hash, &archive.quarantined);
    feed_json(&mut hash, archive.downloads.as_ref());
    feed_json(&mut hash, archive.indicators.as_ref());
    feed_json(&mut hash, &archive.inputs);
    feed_json(&mut hash, archive.changes.as_ref());
    let mut home = page(&shared, String::new(), "home.html", hash, context);
    home.data = false;
    vec![home]
}

fn context(shared: &Shared) -> Json {
    let archive = &shared.archive;
    let all: Vec<usize> = (0..archive.entries.len()).collect();
    let years = years_of(archive, &all);
    let (added, counted) = sums::addable(archive, &all);
    let charts: Vec<Json> = HEADLINES
        .iter()
        .filter_map(|(id, _)| archive.indicators.iter().find(|indicator| indicator.id == *id))
        .filter_map(|indicator| {
            let drawn = sums::by_year(archive, indicator, added, &counted)?;
            Some(json!({ "indicator": indicator_link(indicator), "chart": drawn }))
        })
        .collect();
    let mut newest: Vec<usize> = all.clone();
    newest.sort_by_key(|&i| {
        let card = &archive.entries[i].card;
        (std::cmp::Reverse(card.published.clone()), std::cmp::Reverse(card.year), card.id.clone())
    });
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in archive.entries.iter().flat_map(|entry| &entry.findings) {
        *kinds.entry(finding.code.as_ref()).or_default() += 1;
    }
    let mut kinds: Vec<Json> = CODES
        .iter()
        .filter_map(|code| {
            let count = kinds.get(code.id)?;
            let url = format!("findings/{}/", code.id);
            Some(json!({ "code": code.id, "title": code.title, "severity": code.severity, "count": count, "url": url }))
        })
        .collect();
    kinds.sort_by_key(|kind| (kind["severity"] == "note", std::cmp::Reverse(kind["count"].as_u64())));
    let total: u64 = kinds.iter().filter_map(|kind| kind["count"].as_u64()).sum();
    kinds.truncate(8);
    json!({
        "title": archive.site.title,
        "description": archive.site.description,
        "counts": {
            "reports": archive.entries.len(), "agencies": archive.agencies.len(), "regions": archive.regions.len(),
            "figures": archive.entries.iter().map(|e| e.core.len()).sum::<usize>(),
            "first": years.first(), "last": years.last(), "quarantined": archive.inputs.quarantined,
            "undated": archive.entries.iter().filter(|e| e.card.year.is_none()).count(),
        },
        "grid": grid(archive),
        "charts": charts,
        "charts_of": added,
        "newest": newest.iter().take(NEWEST).map(|&i| brief(archive, &archive.entries[i])).collect::<Vec<_>>(),
        "edited": edited(shared).into_iter().take(NEWEST).map(|entry| brief(archive, entry)).collect::<Vec<_>>(),
        "findings": { "total": total, "kinds": kinds },
        "quarantined": archive.quarantined.iter().take(5).collect::<Vec<_>>(),
        "downloads": archive.downloads.iter().filter(|file| file.path.starts_with("data/")).take(9).collect::<Vec<_>>(),
    })
}

/// Reports whose agencies changed them at the same address, the last first, each once.
fn edited(shared: &Shared) -> Vec<&Entry> {
    let changes = &shared.archive.changes;
    let sets = std::iter::once(&changes.latest).chain(&changes.earlier);
    let mut seen = BTreeSet::new();
    let edited = sets.flat_map(|set| &set.edited).filter(|edited| seen.insert(&edited.id));
    edited.filter_map(|edited| shared.entry(&edited.id)).collect()
}

/// Coverage: agencies, or regions when there are too many of them, by year.
fn grid(archive: &Archive) -> Grid {
    let all: Vec<usize> = (0..archive.entries.len()).collect();
    let columns = coverage::columns(archive, &all);
    if archive.agencies.len() <= MOST_AGENCIES {
        let mut order: Vec<_> = archive.agencies.values().collect();
        order.sort_by_key(|a| (a.region.is_none(), a.region.clone(), sums::rank(&a.name), a.id.clone()));
        let rows = order.into_iter().map(|agency| coverage::agency(archive, agency, &columns)).collect();
        return coverage::grid(archive, &columns, vec![("agencies", rows)]);
    }
    let known = |code: &Option<String>| code.as_ref().is_some_and(|c| archive.regions.contains_key(c));
    let roots = archive.regions.values().filter(|region| !known(&region.parent)).take(MOST_AGENCIES);
    let rows = roots.map(|region| coverage::region(archive, region, &columns));
    let rows = rows.chain(coverage::nowhere(archive, &columns)).collect();
    coverage::grid(archive, &columns, vec![("regions", rows)])
}
