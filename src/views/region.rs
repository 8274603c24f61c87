//! Regions: the tree, what lies in each, and what the reports of one add up to.
//!
//! Sums are those of [`sums`]: one body of reporters at a time, and every sum says how many reports went into it, how many gave
//! no figure, and who is missing.

use super::sums::{self, BODIES};
use super::{
    Shared, brief, chart, coverage, digest, feed_entries, feed_json, headline_columns, headline_ids, page, pieces,
    region_path, share, years_of,
};
use crate::model::archive::{Archive, Region};
use crate::model::page::Page;
use crate::model::twin::{Aggregate, AggregateRow, Body, Pagination, RegionPage};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One page per region; more where it has many agencies.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::new();
    let mut agencies_in: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for agency in archive.agencies.values() {
        if let Some(code) = agency.region.as_deref() {
            agencies_in.entry(code).or_default().push(agency.id.clone());
        }
    }
    for region in archive.regions.values() {
        // Agencies of the region itself, not of one below it.
        let mut agencies = agencies_in.remove(region.code.as_str()).unwrap_or_default();
        agencies.sort_by_key(|id| sums::rank(&archive.agencies[id].name));
        let mut all = digest(archive, "region");
        feed_json(&mut all, region);
        feed_json(&mut all, &region_path(archive, &region.code));
        for child in children(archive, region) {
            feed_json(&mut all, child);
        }
        feed_entries(&mut all, archive, region.entries.iter().copied());
        for id in &agencies {
            feed_json(&mut all, &archive.agencies[id]);
        }
        feed_json(&mut all, &archive.quarantined);
        for piece in pieces(&region.url, agencies.len()) {
            let mut hash = all.clone();
            feed_json(&mut hash, &piece.number);
            let code = region.code.clone();
            let (links, shown, total) = (piece.links(), agencies[piece.range.clone()].to_vec(), agencies.len());
            pages.push(page(&shared, piece.url, "region.html", hash, move |shared| {
                context(shared, &code, &shown, total, links)
            }));
        }
    }
    pages
}

fn children<'a>(archive: &'a Archive, region: &'a Region) -> impl Iterator<Item = &'a Region> {
    archive.regions.values().filter(|other| other.parent.as_deref() == Some(region.code.as_str()))
}

fn context(
    shared: &Shared,
    code: &str,
    shown: &[String],
    total: usize,
    links: Option<Pagination>,
) -> Option<RegionPage> {
    let archive = &shared.archive;
    let region = archive.regions.get(code)?;
    let columns = coverage::columns(archive, &region.entries);
    let below = children(archive, region).map(|child| coverage::region(archive, child, &columns)).collect();
    let agencies = shown.iter().filter_map(|id| archive.agencies.get(id));
    let agencies = agencies.map(|agency| coverage::agency(archive, agency, &columns)).collect();
    let unclaimed = region.entries.iter().map(|&i| &archive.entries[i]);
    let unclaimed = unclaimed.filter(|e| e.card.agency.is_none() && e.card.region.as_deref() == Some(code));
    Some(RegionPage {
        title: region.name.clone(),
        region: region.clone(),
        region_path: region_path(archive, code),
        grid: coverage::grid(archive, &columns, vec![("regions", below), ("agencies", agencies)]),
        agencies_total: total,
        unclaimed: unclaimed.map(|entry| brief(archive, entry)).collect(),
        columns: headline_columns().collect(),
        aggregates: BODIES.iter().filter_map(|body| aggregate(archive, region, *body)).collect(),
        pages: links,
    })
}

/// Most names of one row of `missing`.
const NAMED: usize = 12;

/// Sums by year over one body of the region: what they add up, and which of its agencies are not among them. A single agency is
/// no sum; its figures are on its own page.
fn aggregate(archive: &Archive, region: &Region, body: Body) -> Option<Aggregate> {
    let counted = sums::once_a_year(archive, region.entries.iter().copied(), body);
    let agency = |index: &usize| archive.entries[*index].card.agency.as_ref().map(|a| (a.id.as_str(), a.name.as_str()));
    let everybody: BTreeMap<&str, &str> = counted.iter().filter_map(agency).collect();
    if everybody.len() < 2 {
        return None;
    }
    let rows = years_of(archive, &counted)
        .into_iter()
        .rev()
        .map(|year| {
            let of_year = |i: &usize| archive.entries[*i].card.year == Some(year);
            let entries: Vec<usize> = counted.iter().copied().filter(of_year).collect();
            let here: BTreeSet<&str> = entries.iter().filter_map(agency).map(|(id, _)| id).collect();
            let missing: Vec<&str> =
                everybody.iter().filter(|(id, _)| !here.contains(**id)).map(|(_, name)| *name).collect();
            AggregateRow {
                year,
                url: format!("years/{year}/"),
                reports: entries.len(),
                sums: headline_ids().map(|id| sums::total(archive, &entries, id)).collect(),
                missing: missing.len(),
                missing_names: missing.iter().take(NAMED).map(|&name| name.to_owned()).collect(),
                regime: chart::regime_name(year),
            }
        })
        .collect();
    Some(Aggregate { body, agencies: everybody.len(), rows })
}

/// The tree.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "regions");
    for region in archive.regions.values() {
        feed_json(&mut hash, region);
    }
    let nowhere: Vec<usize> =
        (0..archive.entries.len()).filter(|&i| archive.entries[i].card.region.is_none()).collect();
    feed_entries(&mut hash, archive, nowhere.iter().copied());
    vec![page(&shared, "regions/".to_owned(), "regions.html", hash, move |shared| {
        let archive = &shared.archive;
        let known = |code: &Option<String>| code.as_ref().is_some_and(|c| archive.regions.contains_key(c));
        let roots: Vec<Json> =
            archive.regions.values().filter(|r| !known(&r.parent)).map(|region| branch(archive, region, 0)).collect();
        let unknown: Vec<_> = nowhere.iter().take(200).map(|&i| brief(archive, &archive.entries[i])).collect();
        json!({ "title": "地区", "total": archive.regions.len(), "tree": roots, "unknown": unknown, "unknown_total": nowhere.len() })
    })]
}

fn branch(archive: &Archive, region: &Region, depth: u8) -> Json {
    // Two levels on the listing keep it short at any size; counties are on the page of their city.
    let below: Vec<Json> = if depth < 1 || archive.regions.len() < 400 && depth < 4 {
        children(archive, region).map(|child| branch(archive, child, depth + 1)).collect()
    } else {
        Vec::new()
    };
    json!({ "code": region.code, "name": region.name, "url": region.url, "reports": region.reports, "children": below })
}
