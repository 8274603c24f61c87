//! One agency over the years, and the list of all agencies.
//!
//! In: the agency's entries. Out: its reports, every indicator it ever gave as a small chart and as rows of one table with the
//! form regimes kept apart, how its requests ended, and its findings.

use super::chart::{self, Point};
use super::{
    Shared, brief, crumb, digest, feed_entries, feed_json, indicator_link, indicators_of, linked_figure, page, pieces,
    region_name, region_path, share, sums, years_of,
};
use crate::model::archive::{Agency, Archive};
use crate::model::page::Page;
use crate::model::twin::{
    AgencyFinding, AgencyPage, IndicatorChart, IndicatorGroup, IndicatorRow, Listed, TimelineYear,
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a request can end, in the order of the form; the parts of the yearly composition.
pub(super) const OUTCOMES: &[(&str, &str)] = &[
    ("granted", "予以公开"),
    ("partially_granted", "部分公开"),
    ("denied_total", "不予公开"),
    ("unavailable_total", "无法提供"),
    ("not_processed_total", "不予处理"),
    ("other_total", "其他处理"),
];

/// The indicators that have a chart of their own size; every other one has a small one in its row.
const CHARTED: &[&str] =
    &["requests_received", "granted", "partially_granted", "denied_total", "corrected_total", "proactive_total"];

/// One page per agency.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::with_capacity(archive.agencies.len());
    for agency in archive.agencies.values() {
        let mut hash = digest(archive, "agency");
        feed_json(&mut hash, agency);
        feed_json(&mut hash, &agency.region.as_ref().map(|code| region_path(archive, code)));
        feed_entries(&mut hash, archive, agency.entries.iter().copied());
        let id = agency.id.clone();
        pages.push(page(&shared, agency.url.clone(), "agency.html", hash, move |shared| context(shared, &id)));
    }
    pages
}

fn context(shared: &Shared, id: &str) -> Option<AgencyPage> {
    let archive = &shared.archive;
    let agency = archive.agencies.get(id)?;
    let years = years_of(archive, &agency.entries);
    let span: Vec<u16> = match (years.first(), years.last()) {
        // The years between are shown even when empty: a gap is what a reader came to see. A lone impossible year is not.
        (Some(&first), Some(&last)) => (first.max(last.saturating_sub(29))..=last).collect(),
        _ => Vec::new(),
    };
    // In the table the newest come first: a narrow screen shows the first columns.
    let newest: Vec<u16> = span.iter().rev().copied().collect();
    let by_year = by_year(archive, agency);
    let mut groups: Vec<IndicatorGroup> = Vec::new();
    let mut charts = Vec::new();
    for indicator in indicators_of(archive, &agency.entries) {
        let of_year = |year: &u16| linked_figure(&archive.entries[*by_year.get(year)?], &indicator.id);
        let points: Vec<(u16, Option<Point>)> = span
            .iter()
            .map(|year| (*year, core_of(archive, &by_year, *year, &indicator.id).map(Point::from)))
            .collect();
        let has_report = |year: u16| by_year.contains_key(&year);
        if CHARTED.contains(&indicator.id.as_ref())
            && points.iter().filter(|(_, p)| p.is_some()).count() >= 2
            && let Some(drawn) = chart::columns(&indicator.label, &indicator.unit, &points, has_report)
        {
            let (id, group) = (indicator.id.clone(), indicator.group.clone());
            charts.push(IndicatorChart { id, group, chart: drawn });
        }
        let cells = newest.iter().map(of_year).collect();
        let row = IndicatorRow { indicator: indicator_link(indicator), spark: chart::spark(&points), cells };
        match groups.iter_mut().find(|group| group.name == indicator.group) {
            Some(group) => group.rows.push(row),
            None => groups.push(IndicatorGroup { name: indicator.group.clone(), rows: vec![row] }),
        }
    }
    let outcomes: Vec<_> = span
        .iter()
        .map(|year| {
            let part = |id: &str| core_of(archive, &by_year, *year, id).map(|core| core.value);
            (*year, OUTCOMES.iter().map(|(id, label)| (*id, *label, part(id))).collect::<Vec<_>>())
        })
        .collect();
    let reports = agency.entries.iter().rev().map(|&i| &archive.entries[i]);
    let findings = reports.flat_map(|entry| entry.findings.iter().map(move |finding| (&entry.card, finding)));
    let findings = findings.map(|(card, finding)| AgencyFinding {
        code: finding.code.clone(),
        severity: finding.severity,
        message: finding.message.clone(),
        line: finding.line,
        year: card.year,
        url: card.url.clone(),
        sides: finding.sides.clone(),
    });
    let successor = agency.successor_of.as_ref().and_then(|old| archive.agencies.get(old));
    let heirs = archive.agencies.values().filter(|other| other.successor_of.as_deref() == Some(agency.id.as_str()));
    Some(AgencyPage {
        title: agency.name.clone(),
        agency: agency.clone(),
        region_path: agency.region.as_ref().map(|code| region_path(archive, code)),
        succeeds: successor.map(|old| crumb(&old.name, &old.url)),
        succeeded_by: heirs.map(|other| crumb(&other.name, &other.url)).collect(),
        missing: span.iter().copied().filter(|year| !years.contains(year)).collect(),
        regimes: chart::regime_groups(&newest),
        timeline: timeline(archive, agency, &span),
        groups,
        charts,
        composition: chart::composition(&outcomes),
        findings: findings.collect(),
        years: newest,
    })
}

/// The reports by year, the newest first; a year without one is there all the same. Reports of no year shown come last.
fn timeline(archive: &Archive, agency: &Agency, span: &[u16]) -> Vec<TimelineYear> {
    let of = |wanted: &dyn Fn(Option<u16>) -> bool| -> Vec<Listed> {
        let entries = agency.entries.iter().map(|&i| &archive.entries[i]).filter(|e| wanted(e.card.year));
        entries.map(|entry| brief(archive, entry)).collect()
    };
    let of_year = |&year: &u16| TimelineYear { year: Some(year), reports: of(&|y| y == Some(year)) };
    let mut rows: Vec<TimelineYear> = span.iter().rev().map(of_year).collect();
    let others = of(&|y| y.is_none_or(|y| !span.contains(&y)));
    if !others.is_empty() {
        rows.push(TimelineYear { year: None, reports: others });
    }
    rows
}

/// Which entry speaks for a year: the first annual report of it, else the first of any kind.
fn by_year(archive: &Archive, agency: &Agency) -> BTreeMap<u16, usize> {
    let mut years: BTreeMap<u16, usize> = BTreeMap::new();
    for &index in &agency.entries {
        let card = &archive.entries[index].card;
        let Some(year) = card.year else { continue };
        let better = |held: &usize| card.kind < archive.entries[*held].card.kind;
        if years.get(&year).is_none_or(better) {
            years.insert(year, index);
        }
    }
    years
}

fn core_of<'a>(
    archive: &'a Archive,
    by_year: &BTreeMap<u16, usize>,
    year: u16,
    id: &str,
) -> Option<&'a crate::model::report::Core> {
    archive.entries[*by_year.get(&year)?].core.get(id)
}

/// All agencies, by region.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut order: Vec<String> = archive.agencies.keys().cloned().collect();
    order.sort_by_key(|id| {
        let agency = &archive.agencies[id];
        (agency.region.is_none(), agency.region.clone(), sums::rank(&agency.name), id.clone())
    });
    let mut pages = Vec::new();
    for piece in pieces("agencies/", order.len()) {
        let ids: Vec<String> = order[piece.range.clone()].to_vec();
        let mut hash = digest(archive, "agencies");
        for id in &ids {
            feed_json(&mut hash, &archive.agencies[id]);
            feed_entries(&mut hash, archive, archive.agencies[id].entries.iter().copied());
        }
        feed_json(&mut hash, &(piece.count, order.len()));
        let (links, total) = (piece.links(), order.len());
        pages.push(page(&shared, piece.url, "agencies.html", hash, move |shared| {
            let archive = &shared.archive;
            let mut groups: Vec<Json> = Vec::new();
            for id in &ids {
                let agency = &archive.agencies[id];
                let years = years_of(archive, &agency.entries);
                let row = json!({
                    "name": agency.name, "url": agency.url, "aliases": agency.aliases, "reports": agency.reports,
                    "first": years.first(), "last": years.last(),
                });
                match groups.last_mut().filter(|g| g["code"] == json!(agency.region)) {
                    Some(group) => group["agencies"].as_array_mut().into_iter().for_each(|list| list.push(row.clone())),
                    None => {
                        let region = agency.region.as_deref();
                        let name = region.map_or("未定地区".to_owned(), |code| region_name(archive, code));
                        let mut above = region.map(|code| region_path(archive, code)).unwrap_or_default();
                        let url = above.pop().map(|own| own.url);
                        groups.push(
                            json!({ "code": region, "name": name, "url": url, "above": above, "agencies": [row] }),
                        );
                    }
                }
            }
            json!({ "title": "机关", "total": total, "groups": groups, "pages": links })
        }));
    }
    pages
}
