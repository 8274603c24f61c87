//! Indicators: what each counts, where the forms hold it, and every agency and year that gives it.

use super::chart;
use super::{
    Shared, digest, feed_json, headline_ids, indicator_link, linked_figure, page, pieces, region_name, share, sums,
};
use crate::model::archive::Archive;
use crate::model::form::Indicator;
use crate::model::page::Page;
use crate::model::twin::{AgencyRow, FormCell, IndicatorPage, Pagination};
use crate::model::value::{Decimal, Standing};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Agency id (none for a report without one) → the entries that give the indicator.
type Rows = Vec<(Option<String>, Vec<usize>)>;

/// One page per indicator of the dictionary, empty ones included: a link from the method page must never lead nowhere.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::new();
    for (at, indicator) in archive.indicators.iter().enumerate() {
        let rows = rows(archive, indicator);
        let years = years(archive, &rows);
        for piece in pieces(&format!("indicators/{}/", indicator.id), rows.len()) {
            let mut hash = digest(archive, "indicator");
            feed_json(&mut hash, indicator);
            for &index in rows.iter().flat_map(|(_, entries)| entries) {
                let entry = &archive.entries[index];
                feed_json(
                    &mut hash,
                    &(
                        &entry.card.agency,
                        entry.card.year,
                        entry.card.kind,
                        &entry.card.url,
                        entry.core.get(&indicator.id),
                    ),
                );
            }
            for (agency, _) in &rows[piece.range.clone()] {
                feed_json(&mut hash, &agency.as_ref().and_then(|id| archive.agencies.get(id)));
            }
            feed_json(&mut hash, &(piece.number, archive.entries.len()));
            let (links, shown, years) = (piece.links(), rows[piece.range.clone()].to_vec(), years.clone());
            let given: Vec<usize> = rows.iter().flat_map(|(_, entries)| entries.iter().copied()).collect();
            pages.push(page(&shared, piece.url, "indicator.html", hash, move |shared| {
                context(shared, at, &shown, &given, &years, links)
            }));
        }
    }
    pages
}

fn rows(archive: &Archive, indicator: &Indicator) -> Rows {
    let mut by_agency: BTreeMap<(bool, Option<String>, u8, Option<String>), Vec<usize>> = BTreeMap::new();
    for (index, entry) in archive.entries.iter().enumerate() {
        if entry.core.contains_key(&indicator.id) {
            let id = entry.card.agency.as_ref().map(|a| a.id.clone());
            let rank = entry.card.agency.as_ref().map_or(0, |a| sums::rank(&a.name));
            by_agency.entry((id.is_none(), entry.card.region.clone(), rank, id)).or_default().push(index);
        }
    }
    by_agency.into_iter().map(|((_, _, _, id), entries)| (id, entries)).collect()
}

fn years(archive: &Archive, rows: &Rows) -> Vec<u16> {
    let mut years: Vec<u16> =
        rows.iter().flat_map(|(_, entries)| entries).filter_map(|&i| archive.entries[i].card.year).collect();
    years.sort_unstable();
    years.dedup();
    years.reverse();
    // The newest thirty: a lone misread century must not widen every table.
    years.truncate(30);
    years
}

fn context(
    shared: &Shared,
    at: usize,
    shown: &Rows,
    given: &[usize],
    years: &[u16],
    links: Option<Pagination>,
) -> IndicatorPage {
    let archive = &shared.archive;
    let indicator = &archive.indicators[at];
    let (added, counted) = sums::addable(archive, given);
    let rows = shown.iter().map(|(id, entries)| {
        let agency = id.as_ref().and_then(|id| archive.agencies.get(id));
        let of_year = |year: &u16| {
            let mut reports = entries.iter().map(|&i| &archive.entries[i]);
            linked_figure(reports.find(|entry| entry.card.year == Some(*year))?, &indicator.id)
        };
        AgencyRow {
            name: agency.map_or("未写明机关", |a| a.name.as_str()).to_owned(),
            url: agency.map(|a| a.url.clone()),
            region: agency.and_then(|a| a.region.as_ref()).map(|code| region_name(archive, code)),
            cells: years.iter().map(of_year).collect(),
        }
    });
    let newest = years.first().copied();
    let values: Vec<Decimal> = given
        .iter()
        .map(|&i| &archive.entries[i])
        .filter(|entry| entry.card.year == newest)
        .filter_map(|entry| entry.core.get(&indicator.id))
        .map(|core| core.value)
        .collect();
    let disputed = given
        .iter()
        .filter(|&&i| archive.entries[i].core.get(&indicator.id).is_some_and(|c| c.standing == Standing::Disputed))
        .count();
    IndicatorPage {
        title: indicator.label.clone(),
        indicator: indicator_link(indicator),
        about: indicator.about.clone(),
        stock: indicator.stock,
        words: indicator.words.clone(),
        form_cells: form_cells(archive, indicator),
        years: years.to_vec(),
        regimes: chart::regime_groups(years),
        rows: rows.collect(),
        reports: given.len(),
        disputed,
        distribution: chart::distribution(values),
        distribution_year: newest,
        sums: sums::by_year(archive, indicator, added, &counted),
        sums_of: added,
        pages: links,
    }
}

/// Where the forms hold an indicator, in words: form, table, row and column as printed.
fn form_cells(archive: &Archive, indicator: &Indicator) -> Vec<FormCell> {
    let mut cells = Vec::new();
    for place in &indicator.cells {
        let Some((form_id, terms)) = place.split_once(':') else { continue };
        let form = archive.forms.iter().find(|f| f.id == form_id);
        for term in terms.split('+') {
            let parts: Vec<&str> = term.trim().rsplit(':').next().unwrap_or("").split('.').collect();
            let [table_id, row_id, column_id] = parts.as_slice() else { continue };
            let table = form.and_then(|f| f.tables.iter().find(|t| t.id == *table_id));
            let row = table.and_then(|t| t.rows.iter().find(|r| r.id == *row_id)).map(|r| r.label.clone());
            cells.push(FormCell {
                form: form_id.to_owned(),
                form_title: form.map(|f| f.title.clone()),
                document: form.map(|f| f.document.clone()),
                table: table.map_or(*table_id, |t| t.title.as_str()).to_owned(),
                row: row.filter(|label| !label.is_empty()),
                column: table.and_then(|t| t.columns.iter().find(|c| c.id == *column_id)).map(|c| c.label.clone()),
            });
        }
    }
    cells
}

/// All indicators, by theme.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "indicators");
    feed_json(&mut hash, archive.indicators.as_ref());
    let counts: Vec<usize> = archive
        .indicators
        .iter()
        .map(|indicator| archive.entries.iter().filter(|e| e.core.contains_key(&indicator.id)).count())
        .collect();
    feed_json(&mut hash, &(&counts, archive.entries.len()));
    vec![page(&shared, "indicators/".to_owned(), "indicators.html", hash, move |shared| {
        let archive = &shared.archive;
        let mut groups: Vec<Json> = Vec::new();
        for (indicator, reports) in archive.indicators.iter().zip(&counts) {
            let mut row = json!(indicator_link(indicator));
            row["about"] = Json::String(indicator.about.clone());
            row["reports"] = json!(reports);
            row["headline"] = json!(headline_ids().any(|id| id == indicator.id));
            match groups.iter_mut().find(|g| g["name"] == indicator.group.as_str()) {
                Some(group) => group["indicators"].as_array_mut().into_iter().for_each(|list| list.push(row.clone())),
                None => groups.push(json!({ "name": indicator.group, "indicators": [row] })),
            }
        }
        json!({ "title": "指标", "groups": groups, "reports": archive.entries.len() })
    })]
}
