//! `index.json`: the one file from which a program finds everything else, and its shards.
//!
//! In: an archive. Out: the index, and the cards of the reports by year (by province where a year is too large for one file).
//! Above [`INLINE`] reports the cards stand in the shards only.

use super::{Ledger, hex};
use crate::model::Id;
use crate::model::archive::{Agency, Archive, Card, Counts, Ignored, Inputs, Quarantined, Region, Year};
use crate::model::curation::Tombstone;
use crate::model::page::{Artifact, Sink, Site};
use flate2::Compression;
use flate2::write::GzEncoder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Reports up to which the cards stand in `index.json` itself.
pub const INLINE: usize = 5_000;
/// Largest shard, gzipped.
const SHARD: usize = 5_000_000;

/// The JSON index of an archive, `index.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// Address of the schema of this file, relative to it.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// Version of the format: `nianbao/1`. Fields may be added within a version, never renamed or removed.
    pub format: String,
    /// Name and version of the program.
    pub generator: String,
    /// Digest of every input: equal ids mean equal publications.
    pub build_id: String,
    /// What the site says of itself.
    pub site: Site,
    /// Counts of the files found: `found = published + quarantined + ignored`.
    pub inputs: Inputs,
    /// Files that could not be read, and why.
    pub quarantined: Vec<Quarantined>,
    /// Files left aside on purpose, and why.
    pub ignored: Vec<Ignored>,
    /// What stands at the addresses of reports that are published no more.
    pub tombstones: Vec<Tombstone>,
    /// Agencies by id.
    pub agencies: Vec<Agency>,
    /// Years, newest first.
    pub years: Vec<Year>,
    /// Regions by code, with the regions above them.
    pub regions: Vec<Region>,
    /// The indicators of the dictionary, in its order; `reports` is 0 where no report gives one.
    pub indicators: Vec<IndexIndicator>,
    /// Findings of all reports by severity.
    pub findings: Counts,
    /// The reports, newest year first; null above 5,000 reports, then the cards are in the shards only.
    pub reports: Option<Vec<Card>>,
    /// Files that hold the cards, by year and province.
    pub shards: Vec<Shard>,
}

/// A comparable indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexIndicator {
    /// Indicator id.
    pub id: Id,
    /// Name, in Chinese.
    pub label: String,
    /// What is counted, in Chinese.
    pub about: String,
    /// Unit of its values.
    pub unit: String,
    /// Theme it is listed under, in Chinese.
    pub group: String,
    /// A level at a date rather than a count over the year.
    pub stock: bool,
    /// Number of reports that give it.
    pub reports: u32,
    /// Address of its page.
    pub url: String,
}

/// A file of cards: a JSON array like `reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Address below the site.
    pub url: String,
    /// Number of cards.
    pub rows: u32,
    /// Size in bytes, not compressed.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let mut shards = Vec::new();
    for (name, cards) in split(archive)? {
        let bytes = array(&cards)?;
        let url = format!("data/index/{name}.json");
        let sha256 = hex(&Sha256::digest(&bytes));
        shards.push(Shard { url: url.clone(), rows: cards.len() as u32, bytes: bytes.len() as u64, sha256 });
        ledger.put(Artifact { path: url, bytes })?;
    }
    ledger.json("index.json", &index(archive, shards))
}

/// The index of an archive whose cards stand in `shards`.
pub fn index(archive: &Archive, shards: Vec<Shard>) -> Index {
    let mut findings = Counts::default();
    for entry in archive.entries.iter() {
        findings.error += entry.card.findings.error;
        findings.warning += entry.card.findings.warning;
        findings.note += entry.card.findings.note;
    }
    let inline = archive.entries.len() <= INLINE;
    Index {
        schema: "schema/v1/index.json".into(),
        format: "nianbao/1".into(),
        generator: archive.generator.clone(),
        build_id: archive.build_id.clone(),
        site: archive.site.clone(),
        inputs: archive.inputs,
        quarantined: archive.quarantined.clone(),
        ignored: archive.ignored.clone(),
        tombstones: archive.tombstones.clone(),
        agencies: archive.agencies.values().cloned().collect(),
        years: archive.years.clone(),
        regions: archive.regions.values().cloned().collect(),
        indicators: indicators(archive),
        findings,
        reports: inline.then(|| archive.entries.iter().map(|e| e.card.clone()).collect()),
        shards,
    }
}

/// The dictionary with the number of reports that give each indicator.
pub(super) fn indicators(archive: &Archive) -> Vec<IndexIndicator> {
    let mut reports: BTreeMap<&str, u32> = BTreeMap::new();
    for id in archive.entries.iter().flat_map(|e| e.core.keys()) {
        *reports.entry(id).or_default() += 1;
    }
    archive
        .indicators
        .iter()
        .map(|i| IndexIndicator {
            id: i.id.clone(),
            label: i.label.clone(),
            about: i.about.clone(),
            unit: i.unit.clone(),
            group: i.group.clone(),
            stock: i.stock,
            reports: reports.get(i.id.as_ref()).copied().unwrap_or(0),
            url: format!("indicators/{}/", i.id),
        })
        .collect()
}

/// The cards by year; a year whose file would be too large by province; a province that still is, in numbered parts.
fn split(archive: &Archive) -> io::Result<Vec<(String, Vec<&Card>)>> {
    let mut shards = Vec::new();
    for (year, cards) in group(archive.entries.iter().map(|e| &e.card), |c| match c.year {
        Some(year) => year.to_string(),
        None => "unknown".into(),
    }) {
        if fits(&cards)? {
            shards.push((year, cards));
            continue;
        }
        for (province, cards) in group(cards.into_iter(), |c| match &c.region {
            Some(code) if code.len() == 6 => format!("{}0000", &code[..2]),
            _ => "unknown".into(),
        }) {
            let parts = halve(cards)?;
            let single = parts.len() == 1;
            shards.extend(parts.into_iter().zip(1..).map(|(cards, no)| {
                (if single { format!("{year}-{province}") } else { format!("{year}-{province}-{no}") }, cards)
            }));
        }
    }
    Ok(shards)
}

fn group<'a>(cards: impl Iterator<Item = &'a Card>, key: fn(&Card) -> String) -> BTreeMap<String, Vec<&'a Card>> {
    let mut groups: BTreeMap<String, Vec<&Card>> = BTreeMap::new();
    for card in cards {
        groups.entry(key(card)).or_default().push(card);
    }
    groups
}

fn halve(cards: Vec<&Card>) -> io::Result<Vec<Vec<&Card>>> {
    if cards.len() < 2 || fits(&cards)? {
        return Ok(vec![cards]);
    }
    let (first, second) = cards.split_at(cards.len() / 2);
    Ok([halve(first.to_vec())?, halve(second.to_vec())?].concat())
}

fn fits(cards: &[&Card]) -> io::Result<bool> {
    let text = array(cards)?;
    // What is small already need not be squeezed to know.
    if text.len() <= SHARD {
        return Ok(true);
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&text)?;
    Ok(packed.finish()?.len() <= SHARD)
}

/// A JSON array, one card a line.
fn array(cards: &[&Card]) -> io::Result<Vec<u8>> {
    let mut bytes = b"[".to_vec();
    for (i, card) in cards.iter().enumerate() {
        bytes.extend_from_slice(if i == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut bytes, card)?;
    }
    bytes.extend_from_slice(b"\n]\n");
    Ok(bytes)
}
