//! Regions: the tree, what lies in each, and what the reports of one add up to.
//!
//! A government's own report may already count its departments, so sums never mix the two, and every sum says how many reports
//! went into it and how many gave no figure.

use super::chart;
use super::{
    Shared, digest, feed_entries, feed_json, headline_columns, headline_ids, page, pieces, region_path, share, years_of,
};
use crate::model::archive::{Archive, Region};
use crate::model::page::Page;
use crate::model::value::Decimal;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
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
        let agencies = agencies_in.remove(region.code.as_str()).unwrap_or_default();
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

fn context(shared: &Shared, code: &str, shown: &[String], total: usize, links: Json) -> Json {
    let archive = &shared.archive;
    let Some(region) = archive.regions.get(code) else { return Json::Null };
    let below: Vec<Json> = children(archive, region)
        .map(|r| json!({ "code": r.code, "name": r.name, "url": r.url, "reports": r.reports }))
        .collect();
    let years = years_of(archive, &region.entries);
    let agencies: Vec<Json> = shown
        .iter()
        .filter_map(|id| archive.agencies.get(id))
        .map(|agency| {
            let given = years_of(archive, &agency.entries);
            json!({
                "name": agency.name, "url": agency.url, "reports": agency.reports,
                "first": given.first(), "last": given.last(),
            })
        })
        .collect();
    let unclaimed: Vec<Json> = region
        .entries
        .iter()
        .filter(|&&i| {
            archive.entries[i].card.agency.is_none() && archive.entries[i].card.region.as_deref() == Some(code)
        })
        .map(|&i| super::brief(archive, &archive.entries[i]))
        .collect();
    json!({
        "title": region.name,
        "region": region,
        "region_path": region_path(archive, code),
        "children": below,
        "agencies": agencies,
        "agencies_total": total,
        "unclaimed": unclaimed,
        "columns": headline_columns(),
        "aggregates": [
            aggregate(archive, region, &years, true),
            aggregate(archive, region, &years, false),
        ],
        "pages": links,
    })
}

/// Sums by year over the governments of the region, or over its other bodies.
fn aggregate(archive: &Archive, region: &Region, years: &[u16], governments: bool) -> Json {
    let of = |index: usize| -> bool {
        archive.entries[index].card.agency.as_ref().is_some_and(|a| is_government(&a.name) == governments)
    };
    let rows: Vec<Json> = years
        .iter()
        .rev()
        .filter_map(|&year| {
            let entries: Vec<usize> = region
                .entries
                .iter()
                .copied()
                .filter(|&i| archive.entries[i].card.year == Some(year) && of(i))
                .collect();
            if entries.is_empty() {
                return None;
            }
            let sums: Vec<Json> = headline_ids()
                .map(|id| {
                    let values: Vec<Decimal> =
                        entries.iter().filter_map(|&i| archive.entries[i].core.get(id)).map(|c| c.value).collect();
                    if values.is_empty() {
                        return Json::Null;
                    }
                    json!({ "value": values.iter().copied().sum::<Decimal>(), "reports": values.len() })
                })
                .collect();
            Some(json!({
                "year": year, "url": format!("years/{year}/"), "reports": entries.len(), "sums": sums,
                "regime": chart::REGIMES[chart::regime(year)].1,
            }))
        })
        .collect();
    json!({ "governments": governments, "rows": rows })
}

/// A people's government, or its office reporting for it, as against a department.
pub fn is_government(name: &str) -> bool {
    name.ends_with("人民政府")
        || name.ends_with("政府办公室")
        || name.ends_with("政府办公厅")
        || name.ends_with("管委会")
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
        let unknown: Vec<Json> =
            nowhere.iter().take(200).map(|&i| super::brief(archive, &archive.entries[i])).collect();
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
