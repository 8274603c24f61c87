//! An archive in memory, put together from what a test says of each report: all that the search index looks at, nothing else.

use nianbao::model::archive::{Agency, AgencyRef, Archive, Card, Entry, Region, Year};
use nianbao::model::report::{Kind, Report, TextLine};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is said of one report.
pub struct About {
    pub id: String,
    pub title: String,
    /// Id and name.
    pub agency: (String, String),
    /// Six-digit code.
    pub region: String,
    pub year: u16,
}

/// The archive of `reports`, in its own order; `lines` gives the text of the report that was `reports[n]`.
pub fn archive(reports: Vec<About>, lines: impl Fn(usize) -> Vec<TextLine> + Send + Sync + 'static) -> Archive {
    let mut all: Vec<(usize, About)> = reports.into_iter().enumerate().collect();
    all.sort_by(|(_, a), (_, b)| (b.year, &a.region, &a.agency, &a.id).cmp(&(a.year, &b.region, &b.agency, &b.id)));
    let (mut agencies, mut regions, mut years) = (BTreeMap::new(), BTreeMap::new(), Vec::<Year>::new());
    let (mut entries, mut numbers) = (Vec::new(), Vec::new());
    for (place, (number, about)) in all.into_iter().enumerate() {
        let (id, name) = about.agency.clone();
        let agency = || Agency {
            url: format!("agencies/{id}/"),
            id: id.clone(),
            name: name.clone(),
            aliases: vec![],
            region: Some(about.region.clone()),
            successor_of: None,
            reports: 0,
            entries: vec![],
        };
        agencies.entry(id.clone()).or_insert_with(agency).entries.push(place);
        let province = format!("{}0000", &about.region[..2]);
        for (code, parent) in [(about.region.clone(), Some(province.clone())), (province, None)] {
            let region = Region {
                name: code.clone(),
                parent,
                reports: 0,
                url: format!("regions/{code}/"),
                entries: vec![],
                code: code.clone(),
            };
            regions.entry(code).or_insert(region).entries.push(place);
        }
        if years.last().is_none_or(|year| year.year != about.year) {
            years.push(Year { year: about.year, reports: 0, url: format!("years/{}/", about.year), entries: vec![] });
        }
        numbers.push(number);
        let card = Card {
            url: format!("reports/{}/", about.id),
            json: format!("reports/{}/index.json", about.id),
            id: about.id,
            title: about.title,
            agency: Some(AgencyRef { id, name }),
            region: Some(about.region),
            year: Some(about.year),
            kind: if place % 9 == 0 { Kind::SelfInspection } else { Kind::AnnualReport },
            ..Card::default()
        };
        entries.push(Entry { card, ..Entry::default() });
    }
    let body = move |place: usize| Report { lines: lines(numbers[place]), ..Report::default() };
    Archive { entries: Arc::new(entries), agencies, regions, years, body: Arc::new(body), ..Archive::default() }
}
