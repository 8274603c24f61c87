//! What may be added up. In: entries of the archive. Out: one body of reporters whose figures do not contain each other, and
//! sums that say how many reports went into them.
//!
//! A government's report usually counts its departments, and a province's may count its cities: so a sum takes governments of one
//! level, or departments, and one report for each agency and year. Must never add across levels.

use super::chart::{self, Point};
use crate::model::archive::{Archive, Entry};
use crate::model::chart::Columns;
use crate::model::form::Indicator;
use crate::model::twin::{Body, Sum};
use crate::model::value::Decimal;
use std::collections::BTreeMap;

/// Everybody, the highest first.
pub const BODIES: [Body; 5] = [Body::Province, Body::City, Body::County, Body::Township, Body::Department];

/// Who wrote a report: by name, and by the region's code where the name leaves it open (many cities are counties).
pub fn body(entry: &Entry) -> Option<Body> {
    let name = entry.card.agency.as_ref()?.name.as_str();
    let Some(place) = governed(name) else { return Some(Body::Department) };
    if is_town(place) {
        return Some(Body::Township);
    }
    Some(match entry.card.region.as_deref().and_then(|code| Some((code.get(2..4)?, code.get(4..6)?))) {
        Some(("00", _)) => Body::Province,
        Some((_, "00")) => Body::City,
        Some(_) => Body::County,
        None if place.ends_with('省') || place.ends_with("自治区") => Body::Province,
        None if place.ends_with('县') || place.ends_with('区') || place.ends_with('旗') => Body::County,
        None => Body::City,
    })
}

/// Where an agency stands in the list of its region, by its name: the government, then its departments, then the towns.
pub fn rank(name: &str) -> u8 {
    match governed(name) {
        Some(place) if is_town(place) => 2,
        Some(_) => 0,
        None => 1,
    }
}

/// The place that a people's government, or its office reporting for it, is named after; none of a department.
fn governed(name: &str) -> Option<&str> {
    const ENDS: [&str; 5] = ["人民政府", "政府办公室", "政府办公厅", "管委会", "街道办事处"];
    let place = name.split("人民政府").next().unwrap_or(name);
    let place = ["政府办公室", "办事处"].iter().find_map(|end| place.strip_suffix(end)).unwrap_or(place);
    ENDS.iter().any(|end| name.ends_with(end)).then_some(place)
}

fn is_town(place: &str) -> bool {
    ["镇", "乡", "街道", "苏木"].iter().any(|end| place.ends_with(end))
}

/// One report for each agency and year, of one body only: two reports of one year say the same thing.
pub fn once_a_year(archive: &Archive, entries: impl IntoIterator<Item = usize>, of: Body) -> Vec<usize> {
    let mut taken = BTreeMap::new();
    for index in entries {
        let card = &archive.entries[index].card;
        if let Some(agency) = card.agency.as_ref().filter(|_| body(&archive.entries[index]) == Some(of)) {
            let rank = |index: usize| (archive.entries[index].card.kind, archive.entries[index].card.id.clone());
            let best = taken.entry((card.year, &agency.id)).or_insert(index);
            if rank(index) < rank(*best) {
                *best = index;
            }
        }
    }
    taken.into_values().collect()
}

/// The entries whose figures may be added up: the governments of the level that gives most of them, and where there is no
/// government, the departments.
pub fn addable(archive: &Archive, entries: &[usize]) -> (Body, Vec<usize>) {
    let each = BODIES.map(|of| (of, once_a_year(archive, entries.iter().copied(), of)));
    let [governments @ .., departments] = each;
    // The highest of equals: `max_by_key` gives the last, so it is asked from the lowest up.
    let most = governments.into_iter().rev().max_by_key(|(_, counted)| counted.len());
    most.filter(|(_, counted)| !counted.is_empty()).unwrap_or(departments)
}

/// The sum of each year over the reports of a body, with how many it adds up. A stock at a date is summed as well as a flow: it is
/// one figure per agency and year. Null when nothing is known.
pub fn by_year(archive: &Archive, indicator: &Indicator, of: Body, counted: &[usize]) -> Option<Columns> {
    let mut years: BTreeMap<u16, Vec<Decimal>> = BTreeMap::new();
    for &index in counted {
        let entry = &archive.entries[index];
        if let (Some(year), Some(core)) = (entry.card.year, entry.core.get(&indicator.id)) {
            years.entry(year).or_default().push(core.value);
        }
    }
    let points: Vec<(u16, Option<Point>)> = years
        .into_iter()
        .map(|(year, values)| {
            let note = Some(values.len().to_string());
            (year, Some(Point { value: values.into_iter().sum(), standing: None, note }))
        })
        .collect();
    let reported = |year: u16| {
        let of_year = archive.years.iter().filter(|y| y.year == year).flat_map(|y| &y.entries);
        of_year.into_iter().any(|&index| body(&archive.entries[index]) == Some(of))
    };
    chart::columns(&indicator.label, &indicator.unit, &points, reported)
}

/// The sum of a figure over some entries, and how many of them give it; null where none does.
pub fn total(archive: &Archive, entries: &[usize], id: &str) -> Option<Sum> {
    let values: Vec<Decimal> =
        entries.iter().filter_map(|&i| archive.entries[i].core.get(id)).map(|c| c.value).collect();
    (!values.is_empty()).then(|| Sum { value: values.iter().copied().sum(), reports: values.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::archive::{AgencyRef, Card};

    #[test]
    fn a_sub_district_is_a_town_and_no_department_of_its_county() {
        let of = |name: &str| {
            let agency = Some(AgencyRef { id: String::new(), name: name.to_owned() });
            let card = Card { agency, region: Some("530121".to_owned()), ..Card::default() };
            body(&Entry { card, ..Entry::default() })
        };
        assert_eq!(of("云岭县城关街道办事处"), Some(Body::Township));
        assert_eq!(of("云岭县青石镇人民政府"), Some(Body::Township));
        assert_eq!(of("云岭县人民政府办公室"), Some(Body::County));
        assert_eq!(of("云岭县驻省城办事处"), Some(Body::Department));
        assert_eq!(of("云岭县水利局"), Some(Body::Department));
    }

    #[test]
    fn a_list_begins_with_the_government_and_ends_with_the_towns() {
        let mut names =
            ["云岭县青石镇人民政府", "云岭县水利局", "云岭县城关街道办事处", "云岭县人民政府", "云岭县人民政府办公室"];
        names.sort_by_key(|name| rank(name));
        assert_eq!(
            names,
            ["云岭县人民政府", "云岭县人民政府办公室", "云岭县水利局", "云岭县青石镇人民政府", "云岭县城关街道办事处"]
        );
    }
}
