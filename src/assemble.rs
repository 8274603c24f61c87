//! Reports to [`Archive`]: ids, agencies, regions, years, neighbors, findings across reports.
//!
//! In: one [`Entry`] per report without ids, and the ids minted by earlier builds. Out: a [`Catalog`] in its final order and the
//! extended ids. Must never look at bodies, and never change an id that was minted before.

use crate::model::Id;
use crate::model::archive::{Agency, AgencyNote, AgencyRef, Card, Counts, Entry, Region, Year};
use crate::model::curation::{Gone, Takedown, Tombstone};
use crate::model::diagnostic::{Finding, Severity};
use crate::model::form::{Form, Indicator};
use crate::model::organ::{Prefix, prefix};
use crate::model::report::{Kind, Place, Report};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod lineage;
mod romanize;
mod years;

/// What every report is measured by.
#[derive(Clone, Debug, Default)]
pub struct Standards {
    /// The statutory forms.
    pub forms: Arc<Vec<Form>>,
    /// The dictionary.
    pub indicators: Arc<Vec<Indicator>>,
}

/// The committed register of ids, `ids.toml`: minted once, never changed, never reused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// Source path → report id.
    #[serde(default)]
    pub reports: BTreeMap<String, String>,
    /// Canonical agency name → agency id.
    #[serde(default)]
    pub agencies: BTreeMap<String, String>,
}

/// The columns of an archive, in their final order.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Reports by year (newest first), region, agency, id.
    pub entries: Vec<Entry>,
    /// Agencies by id.
    pub agencies: BTreeMap<String, Agency>,
    /// Regions by code.
    pub regions: BTreeMap<String, Region>,
    /// Years, newest first.
    pub years: Vec<Year>,
}

/// What the archive keeps in memory of a report; `key` digests everything the report says.
pub fn entry(report: &Report, key: &str, standards: &Standards) -> Entry {
    let mut counts = Counts::default();
    for finding in &report.findings {
        count(&mut counts, finding);
    }
    let mut forms: Vec<Id> = Vec::new();
    for table in report.tables.iter().filter(|t| !t.cells.is_empty()) {
        if !forms.contains(&table.form) {
            forms.push(table.form.clone());
        }
    }
    let card = Card {
        id: String::new(),
        title: title(report),
        agency: report.agency.value.as_ref().map(|a| AgencyRef { id: String::new(), name: a.name.clone() }),
        region: report.region.value.as_ref().map(|p| p.code.clone()),
        year: report.year.value,
        kind: report.kind,
        published: report.dates.published.as_ref().and_then(|d| d.value.clone()),
        script: report.original.script,
        forms,
        source_path: report.original.path.clone(),
        sha256: report.original.sha256.clone(),
        url: String::new(),
        json: String::new(),
        provenance: report.original.provenance,
        core: report.core.iter().map(|(id, core)| (id.clone(), core.value)).collect(),
        findings: counts,
        curated: report.curations.iter().map(|curation| curation.what.clone()).collect(),
    };
    Entry {
        card,
        place: report.region.value.clone(),
        aliases: report.agency.value.as_ref().map(|a| a.aliases.clone()).unwrap_or_default(),
        core: report.core.clone(),
        findings: report.findings.clone(),
        kept: years::kept(report, standards),
        organ: organ(report),
        copied: report.original.published,
        curations: report.curations.clone(),
        sketch: Vec::new(),
        similar: Vec::new(),
        takedown: None,
        digest: key.to_owned(),
        previous: None,
        next: None,
    }
}

/// The code of the organ in the index number, where its check digits hold.
fn organ(report: &Report) -> Option<String> {
    match prefix(report.source.index_number.as_ref()?.value.as_deref()?) {
        Prefix::Organ(code, _) => Some(code),
        Prefix::Broken(_) | Prefix::Other => None,
    }
}

/// The printed title, or a made-up line in brackets that says it is one.
fn title(report: &Report) -> String {
    if let Some(title) = &report.title.value {
        return title.clone();
    }
    let agency = report.agency.value.as_ref().map(|a| a.name.as_str());
    let what = match report.kind {
        Kind::SelfInspection => "自查报告",
        Kind::StatisticsTable => "统计表",
        Kind::Notice => "通知",
        _ => "年度报告",
    };
    let dated = |year: u16| if what.starts_with('年') { format!("{year}{what}") } else { format!("{year}年{what}") };
    match (agency, report.year.value) {
        (Some(agency), Some(year)) => format!("〔{agency}{}〕", dated(year)),
        (Some(agency), None) => format!("〔{agency}{what}，年度不明〕"),
        (None, Some(year)) => format!("〔{}，机关不明〕", dated(year)),
        (None, None) => {
            let path = &report.original.path;
            format!("〔{}〕", path.rsplit('/').next().unwrap_or(path))
        }
    }
}

fn count(counts: &mut Counts, finding: &Finding) {
    match finding.severity {
        Severity::Error => counts.error += 1,
        Severity::Warning => counts.warning += 1,
        Severity::Note => counts.note += 1,
    }
}

/// Gives reports and agencies their ids, sorts the reports by source path, and extends the register.
pub fn mint(entries: &mut [Entry], ids: &mut Ids, notes: &BTreeMap<String, AgencyNote>) {
    // Minting follows the source paths, so that equal inputs give equal ids whatever order they were read in.
    entries.sort_by(|a, b| a.card.source_path.cmp(&b.card.source_path));
    mint_agencies(entries, ids, notes);
    mint_reports(entries, ids);
}

/// The columns of a report that was corrected after it got its id.
pub fn renew(entry: &mut Entry, report: &Report, key: &str, standards: &Standards) {
    let was = std::mem::replace(entry, self::entry(report, key, standards));
    let Card { id, url, json, agency, .. } = was.card;
    entry.card = Card { id, url, json, agency, ..std::mem::take(&mut entry.card) };
    (entry.takedown, entry.sketch) = (was.takedown, was.sketch);
}

/// The tombstone of a report that is not published, as far as its id tells.
pub fn tombstone(id: &str, gone: Gone, order: Option<&Takedown>, ids: &Ids) -> Tombstone {
    // Of two agencies whose ids begin alike the longer one is meant.
    let agency = ids
        .agencies
        .iter()
        .filter(|(_, agency)| id.strip_prefix(agency.as_str()).is_some_and(|rest| rest.starts_with('-')));
    let agency = agency.max_by_key(|(_, agency)| agency.len());
    let year = agency.and_then(|(_, agency)| id.get(agency.len() + 1..agency.len() + 5)?.parse().ok());
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    Tombstone {
        id: id.to_owned(),
        url: format!("reports/{id}/"),
        gone,
        agency: agency.map(|(name, id)| AgencyRef { id: id.clone(), name: name.clone() }),
        year,
        reason: order.and_then(|order| said(&order.reason)),
        who: order.and_then(|order| said(&order.who)),
        when: order.and_then(|order| said(&order.when)),
    }
}

/// Puts reports that have their ids together. The result does not depend on the order of `entries`.
pub fn assemble(
    mut entries: Vec<Entry>,
    ids: &Ids,
    notes: &BTreeMap<String, AgencyNote>,
    standards: &Standards,
) -> Catalog {
    entries.sort_by(|a, b| a.card.source_path.cmp(&b.card.source_path));
    find_duplicates(&mut entries);
    entries.sort_by(|a, b| order(&a.card).cmp(&order(&b.card)));
    link_neighbors(&mut entries, standards);
    for entry in &mut entries {
        entry.card.findings = Counts::default();
        for finding in &entry.findings {
            count(&mut entry.card.findings, finding);
        }
        entry.digest = digest(entry);
    }
    let agencies = agencies(&entries, notes, ids);
    let regions = regions(&entries);
    let years = years(&entries);
    Catalog { entries, agencies, regions, years }
}

fn order(card: &Card) -> (std::cmp::Reverse<Option<u16>>, Option<&str>, Option<&str>, &str) {
    (std::cmp::Reverse(card.year), card.region.as_deref(), card.agency.as_ref().map(|a| a.id.as_str()), &card.id)
}

fn mint_agencies(entries: &mut [Entry], ids: &mut Ids, notes: &BTreeMap<String, AgencyNote>) {
    let mut taken: BTreeSet<String> = ids.agencies.values().cloned().collect();
    taken.extend(notes.values().filter_map(|n| n.id.clone()));
    for entry in entries {
        let Some(agency) = &mut entry.card.agency else { continue };
        if let Some(id) = notes.get(&agency.name).and_then(|n| n.id.clone()) {
            ids.agencies.insert(agency.name.clone(), id);
        }
        let id = ids.agencies.entry(agency.name.clone()).or_insert_with(|| {
            let id = free(&romanize::romanize(&agency.name), &taken);
            taken.insert(id.clone());
            id
        });
        agency.id.clone_from(id);
    }
}

fn mint_reports(entries: &mut [Entry], ids: &mut Ids) {
    let mut taken: BTreeSet<String> = ids.reports.values().cloned().collect();
    for entry in entries {
        let card = &mut entry.card;
        let id = ids.reports.entry(card.source_path.clone()).or_insert_with(|| {
            let id = free(&wish(card), &taken);
            taken.insert(id.clone());
            id
        });
        card.id.clone_from(id);
        card.url = format!("reports/{}/", card.id);
        card.json = format!("reports/{}/index.json", card.id);
    }
}

/// The id a report would have if nobody held it.
fn wish(card: &Card) -> String {
    match (&card.agency, card.year) {
        (Some(agency), Some(year)) => format!("{}-{year}", agency.id),
        _ => format!("unknown-{}", &card.sha256[..card.sha256.len().min(8)]),
    }
}

/// Gives a report that stands alone (`nianbao extract`) the ids it would get in an archive of its own.
pub fn mint_alone(report: &mut Report, notes: &BTreeMap<String, AgencyNote>) {
    let standards = Standards::default();
    let (mut entries, mut ids) = (vec![entry(report, "", &standards)], Ids::default());
    mint(&mut entries, &mut ids, notes);
    if let Some(entry) = assemble(entries, &ids, notes, &standards).entries.first() {
        complete(report, entry);
    }
}

/// Writes into a report what only the archive knows: ids, address, neighbors, findings across reports.
pub fn complete(report: &mut Report, entry: &Entry) {
    report.id.clone_from(&entry.card.id);
    report.url.clone_from(&entry.card.url);
    if let (Some(agency), Some(card)) = (&mut report.agency.value, &entry.card.agency) {
        agency.id.clone_from(&card.id);
    }
    report.findings.clone_from(&entry.findings);
    report.similar.clone_from(&entry.similar);
    report.previous.clone_from(&entry.previous);
    report.next.clone_from(&entry.next);
}

fn free(wish: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(wish) {
        return wish.to_owned();
    }
    (2..).map(|n| format!("{wish}-{n}")).find(|id| !taken.contains(id)).expect("the natural numbers do not end")
}

fn find_duplicates(entries: &mut [Entry]) {
    let mut by_bytes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_year: BTreeMap<(String, u16, Kind), Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_bytes.entry(entry.card.sha256.clone()).or_default().push(index);
        if let (Some(agency), Some(year)) = (&entry.card.agency, entry.card.year) {
            by_year.entry((agency.id.clone(), year, entry.card.kind)).or_default().push(index);
        }
    }
    for group in by_bytes.values().filter(|g| g.len() > 1) {
        let first = entries[group[0]].card.source_path.clone();
        let first_id = entries[group[0]].card.id.clone();
        for &index in &group[1..] {
            let mut finding = Finding::new("duplicate-file", None, format!("与 {first} 逐字节相同"));
            finding.related = vec![first_id.clone()];
            entries[index].findings.push(finding);
        }
    }
    for ((_, year, _), group) in by_year.iter().filter(|(_, g)| g.len() > 1) {
        let all: Vec<String> = group.iter().map(|&i| entries[i].card.id.clone()).collect();
        for &index in group {
            let name = entries[index].card.agency.as_ref().map_or("", |a| a.name.as_str());
            let message = format!("{name}{year}年度有{}份报告，全部发布", group.len());
            let mut finding = Finding::new("duplicate-report", None, message)
                .help("若其中一份是误收，请移出 content；若机关或年度认错，请在附带信息里更正");
            finding.related = all.iter().filter(|id| **id != entries[index].card.id).cloned().collect();
            entries[index].findings.push(finding);
        }
    }
}

/// Links each report to the same agency's report before and after, and compares what the two say of the same cases.
fn link_neighbors(entries: &mut [Entry], standards: &Standards) {
    let mut runs: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let (Some(agency), Some(_)) = (&entry.card.agency, entry.card.year) {
            runs.entry(agency.id.clone()).or_default().push(index);
        }
    }
    for run in runs.values_mut() {
        run.sort_by(|&a, &b| {
            let key = |i: usize| (entries[i].card.year, entries[i].card.kind, entries[i].card.id.clone());
            key(a).cmp(&key(b))
        });
        for pair in run.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            entries[earlier].next = Some(entries[later].card.id.clone());
            entries[later].previous = Some(entries[earlier].card.id.clone());
            let found = years::compare(&entries[earlier], &entries[later], standards);
            entries[later].findings.extend(found);
        }
    }
    // Thousands of cells that nothing asks for any more.
    entries.iter_mut().for_each(|entry| entry.kept = Vec::new());
}

fn digest(entry: &Entry) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &str| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    add(&entry.digest);
    add(&serde_json::to_string(&entry.card).expect("a card serializes"));
    add(&serde_json::to_string(&entry.findings).expect("findings serialize"));
    add(&serde_json::to_string(&entry.similar).expect("plain data serializes"));
    add(entry.previous.as_deref().unwrap_or(""));
    add(entry.next.as_deref().unwrap_or(""));
    hasher.finalize().to_hex().to_string()
}

fn agencies(entries: &[Entry], notes: &BTreeMap<String, AgencyNote>, ids: &Ids) -> BTreeMap<String, Agency> {
    let mut agencies: BTreeMap<String, Agency> = BTreeMap::new();
    let mut votes: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let Some(named) = &entry.card.agency else { continue };
        let agency = agencies.entry(named.id.clone()).or_insert_with(|| Agency {
            id: named.id.clone(),
            name: named.name.clone(),
            aliases: notes.get(&named.name).map(|n| n.aliases.clone()).unwrap_or_default(),
            region: None,
            successor_of: notes
                .get(&named.name)
                .and_then(|n| n.successor_of.as_ref())
                .map(|name| ids.agencies.get(name).unwrap_or(name).clone()),
            reports: 0,
            url: format!("agencies/{}/", named.id),
            entries: Vec::new(),
        });
        agency.reports += 1;
        agency.entries.push(index);
        for alias in &entry.aliases {
            if *alias != agency.name && !agency.aliases.contains(alias) {
                agency.aliases.push(alias.clone());
            }
        }
        if let Some(region) = &entry.card.region {
            *votes.entry(named.id.clone()).or_default().entry(region.clone()).or_default() += 1;
        }
    }
    for agency in agencies.values_mut() {
        agency.aliases.sort();
        agency.entries.sort_by_key(|&i| (entries[i].card.year, entries[i].card.id.clone()));
        agency.region = notes.get(&agency.name).and_then(|n| n.region.clone()).or_else(|| {
            let votes = votes.get(&agency.id)?;
            votes.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(code, _)| code.clone())
        });
    }
    lineage::succeed(&mut agencies, entries);
    agencies
}

fn regions(entries: &[Entry]) -> BTreeMap<String, Region> {
    let mut regions: BTreeMap<String, Region> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let Some(place) = &entry.place else { continue };
        let mut parent: Option<String> = None;
        for (code, name) in levels(place) {
            let region = regions.entry(code.clone()).or_insert_with(|| Region {
                code: code.clone(),
                name,
                parent: parent.clone(),
                reports: 0,
                url: format!("regions/{code}/"),
                entries: Vec::new(),
            });
            region.reports += 1;
            region.entries.push(index);
            parent = Some(code);
        }
    }
    regions
}

/// A place from the province down, each level with its code.
fn levels(place: &Place) -> Vec<(String, String)> {
    if place.code.len() != 6 || !place.code.is_ascii() {
        return Vec::new();
    }
    let mut levels = Vec::new();
    let mut push = |digits: usize, name: &Option<String>| {
        if let Some(name) = name {
            levels.push((format!("{:0<6}", &place.code[..digits]), name.clone()));
        }
    };
    push(2, &place.province);
    if !place.code.ends_with("0000") {
        push(4, &place.city);
    }
    if !place.code.ends_with("00") {
        push(6, &place.county);
    }
    if levels.is_empty() {
        levels.push((place.code.clone(), place.name.clone()));
    }
    levels
}

fn years(entries: &[Entry]) -> Vec<Year> {
    let mut years: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(year) = entry.card.year {
            years.entry(year).or_default().push(index);
        }
    }
    let year = |(year, entries): (u16, Vec<usize>)| Year {
        year,
        reports: entries.len() as u32,
        url: format!("years/{year}/"),
        entries,
    };
    years.into_iter().rev().map(year).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Core;
    use crate::model::report::{AgencyName, CoreFrom, Known, Original};
    use crate::model::value::Decimal;
    use crate::model::value::{Approx, Standing};

    fn report(path: &str, agency: Option<&str>, year: Option<u16>) -> Report {
        let name = |name: &str| AgencyName { name: name.into(), ..AgencyName::default() };
        Report {
            kind: Kind::AnnualReport,
            agency: agency.map_or_else(Known::unknown, |a| Known::curated(name(a))),
            year: year.map_or_else(Known::unknown, Known::curated),
            original: Original {
                path: path.into(),
                sha256: format!("{:0>64}", path.bytes().map(|b| format!("{b:x}")).collect::<String>()),
                ..Original::default()
            },
            ..Report::default()
        }
    }

    fn put_together(reports: &[Report], mut ids: Ids) -> (Catalog, Ids) {
        let standards = Standards::default();
        let mut entries: Vec<Entry> = reports.iter().map(|r| entry(r, "d", &standards)).collect();
        mint(&mut entries, &mut ids, &BTreeMap::new());
        (assemble(entries, &ids, &BTreeMap::new(), &standards), ids)
    }

    #[test]
    fn ids_are_pinyin_and_a_second_report_of_a_year_gets_a_number() {
        let reports = [
            report("a.txt", Some("松河市人民政府"), Some(2019)),
            report("bb.txt", Some("松河市人民政府"), Some(2019)),
            report("ccc.txt", None, Some(2019)),
        ];
        let (catalog, ids) = put_together(&reports, Ids::default());
        assert_eq!(ids.reports["a.txt"], "song-he-shi-ren-min-zheng-fu-2019");
        assert_eq!(ids.reports["bb.txt"], "song-he-shi-ren-min-zheng-fu-2019-2");
        assert_eq!(ids.reports["ccc.txt"], "unknown-00000000");
        assert!(catalog.entries.iter().any(|e| e.findings.iter().any(|f| f.code == "duplicate-report")));
    }

    #[test]
    fn a_minted_id_survives_better_extraction_and_new_neighbors() {
        let (_, ids) = put_together(&[report("b.txt", None, None)], Ids::default());
        let minted = ids.reports["b.txt"].clone();
        let reports =
            [report("a.txt", Some("松河市财政局"), Some(2020)), report("b.txt", Some("松河市财政局"), Some(2020))];
        let (_, later) = put_together(&reports, ids);
        assert_eq!(later.reports["b.txt"], minted);
        assert_eq!(later.reports["a.txt"], "song-he-shi-cai-zheng-ju-2020");
    }

    #[test]
    fn names_that_sound_alike_stay_apart() {
        let reports =
            [report("a.txt", Some("李市财政局"), Some(2020)), report("b.txt", Some("礼市财政局"), Some(2020))];
        let (catalog, _) = put_together(&reports, Ids::default());
        assert_eq!(
            catalog.agencies.keys().cloned().collect::<Vec<_>>(),
            ["li-shi-cai-zheng-ju", "li-shi-cai-zheng-ju-2"]
        );
    }

    #[test]
    fn carried_over_cases_are_compared_with_the_year_before_only() {
        let with = |path: &str, year, id: &'static str, value: i64| {
            let mut report = report(path, Some("松河市水利局"), Some(year));
            let core = Core {
                value: Decimal::from(value),
                unit: None,
                approx: Approx::Exact,
                standing: Standing::Proved,
                from: CoreFrom::Table,
                line: Some(7),
                alternatives: vec![],
            };
            report.core.insert(Id::Borrowed(id), core);
            report
        };
        let codes = |catalog: &Catalog| -> Vec<String> {
            catalog.entries.iter().flat_map(|e| e.findings.iter().map(|f| f.code.to_string())).collect()
        };
        let (near, _) =
            put_together(&[with("a", 2019, "carried_out", 3), with("b", 2020, "carried_in", 4)], Ids::default());
        assert_eq!(codes(&near), ["carry-over-mismatch"]);
        let (far, _) =
            put_together(&[with("a", 2018, "carried_out", 3), with("b", 2020, "carried_in", 4)], Ids::default());
        assert!(codes(&far).is_empty());
    }

    #[test]
    fn the_order_of_reading_does_not_matter() {
        let mut reports = vec![
            report("a.txt", Some("松河市人民政府"), Some(2019)),
            report("b.txt", Some("松河市人民政府"), Some(2020)),
            report("c.txt", None, None),
        ];
        let (one, ids) = put_together(&reports, Ids::default());
        reports.reverse();
        let (two, same) = put_together(&reports, Ids::default());
        assert_eq!(ids, same);
        let digests = |c: &Catalog| c.entries.iter().map(|e| e.digest.clone()).collect::<Vec<_>>();
        assert_eq!(digests(&one), digests(&two));
    }
}
