//! All agencies of one year, and the list of years.
//!
//! The order is by region and name: sorting by a raw count is the reader's choice in the browser, never the page's.

use super::{
    PER_PAGE, Shared, brief, chart, digest, feed_entries, feed_json, figures, headline_columns, headline_ids, page,
    pieces, region_name, share, sums,
};
use crate::model::archive::{Archive, Year};
use crate::model::page::Page;
use crate::model::twin::{Missing, NearYear, Pagination, SummedBody, YearColumn, YearPage, YearRow};
use crate::model::value::Decimal;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One page per year, and more where a year is long.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::new();
    for (at, year) in archive.years.iter().enumerate() {
        let mut all = digest(archive, "year");
        feed_json(&mut all, year);
        feed_entries(&mut all, archive, year.entries.iter().copied());
        for near in neighbors(archive, at) {
            feed_json(&mut all, near);
            feed_entries(&mut all, archive, near.entries.iter().copied());
        }
        for order in orders(year) {
            for piece in pieces(&address(year, order), year.entries.len()) {
                let mut hash = all.clone();
                feed_json(&mut hash, &(piece.number, order));
                let (links, range) = (piece.links(), piece.range.clone());
                let page =
                    page(&shared, piece.url, "year.html", hash, move |shared| context(shared, at, order, range, links));
                // Another order is the same data: the twins stand beside the pages by region.
                pages.push(Page { data: order.is_none(), ..page });
            }
        }
    }
    pages
}

/// By region and name, and where the list is too long for one page, so that no script could sort it, by each headline.
fn orders(year: &Year) -> Vec<Option<&'static str>> {
    let by_figure = headline_ids().filter(|_| year.entries.len() > PER_PAGE).map(Some);
    std::iter::once(None).chain(by_figure).collect()
}

fn address(year: &Year, order: Option<&str>) -> String {
    order.map_or_else(|| year.url.clone(), |id| format!("{}by-{}/", year.url, id.replace('_', "-")))
}

/// The later and the earlier year of the archive.
fn neighbors(archive: &Archive, at: usize) -> impl Iterator<Item = &Year> {
    let later = at.checked_sub(1).and_then(|i| archive.years.get(i));
    later.into_iter().chain(archive.years.get(at + 1))
}

fn context(
    shared: &Shared,
    at: usize,
    by: Option<&'static str>,
    range: std::ops::Range<usize>,
    links: Option<Pagination>,
) -> YearPage {
    let archive = &shared.archive;
    let year = &archive.years[at];
    let mut order = year.entries.clone();
    order.sort_by_key(|&i| {
        let card = &archive.entries[i].card;
        let agency = card.agency.as_ref().map(|a| (sums::rank(&a.name), a.id.clone()));
        (card.region.is_none(), card.region.clone(), agency, card.id.clone())
    });
    if let Some(id) = by {
        // Stable: equal figures stay in the order of their regions. A figure that is not given is never a small one.
        order.sort_by_key(|&i| std::cmp::Reverse(archive.entries[i].core.get(id).map(|core| core.value)));
    }
    let sorts = orders(year);
    let columns = headline_columns().map(|column| YearColumn {
        sorted: Some(column.id) == by,
        sort_url: sorts.contains(&Some(column.id)).then(|| address(year, Some(column.id))),
        column,
    });
    let rows = order[range].iter().map(|&i| &archive.entries[i]);
    let rows = rows.map(|entry| YearRow { report: brief(archive, entry), figures: figures(entry, headline_ids()) });
    let (added, counted) = sums::addable(archive, &year.entries);
    let received: Vec<Decimal> = year
        .entries
        .iter()
        .filter_map(|&i| archive.entries[i].core.get("requests_received"))
        .map(|core| core.value)
        .collect();
    let mut missing = missing(archive, at);
    let missing_total = missing.len();
    missing.truncate(PER_PAGE);
    let near = |year: &Year| NearYear { year: year.year, url: year.url.clone() };
    YearPage {
        title: format!("{}年", year.year),
        year: year.year,
        regime: chart::regime_name(year.year),
        reports: year.entries.len(),
        columns: columns.collect(),
        sorted_by: by,
        base_url: (sorts.len() > 1).then(|| year.url.clone()),
        rows: rows.collect(),
        totals: headline_ids().map(|id| sums::total(archive, &counted, id)).collect(),
        totals_of: SummedBody { body: added, reports: counted.len() },
        distribution: chart::distribution(received),
        missing,
        missing_total,
        later: at.checked_sub(1).and_then(|i| archive.years.get(i)).map(near),
        earlier: archive.years.get(at + 1).map(near),
        pages: links,
    }
}

/// Agencies with a report in the year before or after in the archive, and none in this one.
fn missing(archive: &Archive, at: usize) -> Vec<Missing> {
    let agencies = |year: &Year| -> BTreeSet<String> {
        year.entries.iter().filter_map(|&i| Some(archive.entries[i].card.agency.as_ref()?.id.clone())).collect()
    };
    let here = agencies(&archive.years[at]);
    let near: BTreeSet<String> = neighbors(archive, at).flat_map(agencies).collect();
    near.difference(&here)
        .filter_map(|id| archive.agencies.get(id))
        .map(|agency| {
            let region = agency.region.as_ref().map(|code| region_name(archive, code));
            Missing { name: agency.name.clone(), url: agency.url.clone(), region }
        })
        .collect()
}

/// All years.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "years");
    for year in &archive.years {
        feed_json(&mut hash, year);
        feed_entries(&mut hash, archive, year.entries.iter().copied());
    }
    let undated = (0..archive.entries.len()).filter(|&index| archive.entries[index].card.year.is_none());
    feed_entries(&mut hash, archive, undated);
    vec![page(&shared, "years/".to_owned(), "years.html", hash, |shared| {
        let archive = &shared.archive;
        let years: Vec<Json> = archive
            .years
            .iter()
            .map(|year| {
                let cards = year.entries.iter().map(|&i| &archive.entries[i].card);
                let agencies: BTreeSet<&str> =
                    cards.clone().filter_map(|c| c.agency.as_ref()).map(|a| a.id.as_str()).collect();
                let odd = cards.filter(|c| c.findings.error + c.findings.warning > 0).count();
                json!({
                    "year": year.year, "url": year.url, "reports": year.reports, "agencies": agencies.len(), "odd": odd,
                    "regime": chart::regime_name(year.year),
                })
            })
            .collect();
        let unknown: Vec<_> =
            archive.entries.iter().filter(|e| e.card.year.is_none()).take(200).map(|e| brief(archive, e)).collect();
        json!({ "title": "年度", "years": years, "unknown": unknown })
    })]
}
