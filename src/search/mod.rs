//! Exact Chinese full-text search from static files: the archive in, everything under `search/` out. Its browser half is
//! `themes/default/assets/search.js`; this header is the format both keep to.
//!
//! **What is true.** Fold a query and every title, agency name and searched line (all but chrome and blank ones) by
//! [`fold`]: a report is a hit when the query is a substring of one of them. Answers are to be exactly that, for any string
//! of one character or more.
//!
//! **Files.** Names carry the content's BLAKE3 (12 hex digits); `.bin` is raw DEFLATE, which a browser unpacks itself.
//!
//! | file | what |
//! |---|---|
//! | `root.json` | the only fixed name: counts and the names of the rest (see [`Root`]) |
//! | `map/<name>.bin` | a page of the shard map: for each shard its first key and name |
//! | `grams/<2 hex>/<name>.bin` | a shard: keys in order, each with its list of documents ([`posting`]) |
//! | `text/<name>/<n>.bin` | document `256·block + n` of a block of 256: a line of JSON, then `<number><role letter><text>` for each searched line; unpacked behind `prefix` ([`pack`]) |
//! | `docs/<name>.bin` | 512 documents: JSON `[[id, title], …]` |
//! | `facets-<name>.bin` | JSON: agencies, regions, years, kinds, standings, indicators, and each document's, as differences |
//! | `hant-<name>.bin` | the table that folds Traditional to Simplified |
//!
//! Documents are numbered as the archive sorts them: newest year first, then region and agency, so neighbors share text,
//! lists are dense in runs, and the plain order needs no scores. A shard or map page is `varint n`; then `n` keys, each a
//! byte `shared << 4 | own` and `own` UTF-16LE units behind the `shared` first ones of the key before; then for a shard `n`
//! varint lengths and the lists, for a map page `n` names of 6 bytes. Which strings are keys, and why that is enough: [`grams`].
//!
//! **Must never** write a file name that begins with a dot, hold all bodies, or depend on threads or clocks.

mod fold;
mod grams;
mod pack;
mod posting;
#[cfg(test)]
mod tests;

use crate::model::archive::{Archive, Entry};
use crate::model::page::{Artifact, Sink};
use crate::model::report::{Report, Role};
use crate::model::value::Standing;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;

/// Documents whose texts share a folder.
const TEXT_BLOCK: usize = 256;
/// Documents whose ids and titles share a file.
const DOCS_BLOCK: usize = 512;
/// Bytes of a shard before compression, a single longer list apart.
const SHARD_BYTES: usize = 5 << 10;
/// Shards on a page of the map.
const MAP_PAGE: usize = 128;
/// Reports sampled for the sentences they share.
const SAMPLED: usize = 256;

/// `search/root.json`.
#[derive(Serialize)]
struct Root {
    format: &'static str,
    documents: u32,
    /// Longest string with guaranteed candidates, and how many candidates are checked by reading.
    longest: usize,
    slack: usize,
    /// Pages of the shard map: first key in hex, four digits a unit, and name.
    map: Vec<(String, String)>,
    /// Blocks of texts.
    text: Vec<String>,
    /// What texts are unpacked behind: name, and number of bytes to drop.
    prefix: (String, usize),
    docs: Vec<String>,
    facets: String,
    hant: String,
}

/// Writes the search index under `search/`.
pub fn write(archive: &Archive, sink: &mut dyn Sink) -> io::Result<()> {
    let mut files = Files { sink, names: HashSet::new() };
    let prefix = pack::Prefix::choose(shared_lines(archive));
    let prefix_name = files.put("search/prefix-", prefix.packed.clone())?;
    let (corpus, text) = write_texts(archive, &prefix, &mut files)?;
    let map = write_grams(&grams::index(&corpus), &mut files)?;
    let docs = archive
        .entries
        .chunks(DOCS_BLOCK)
        .map(|block| {
            let rows: Vec<_> = block.iter().map(|entry| (&entry.card.id, &entry.card.title)).collect();
            files.put("search/docs/", packed_json(&rows)?)
        })
        .collect::<io::Result<_>>()?;
    let root = Root {
        format: "nianbao-search/1",
        documents: corpus.total(),
        longest: grams::LONGEST,
        slack: grams::SLACK,
        map,
        text,
        prefix: (prefix_name, prefix.length()),
        docs,
        facets: files.put("search/facets-", packed_json(&facets(archive))?)?,
        hant: files.put("search/hant-", pack::deflate(fold::HANT.as_bytes()))?,
    };
    files.sink.put(Artifact { path: "search/root.json".into(), bytes: serde_json::to_vec(&root)? })
}

fn packed_json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(pack::deflate(&serde_json::to_vec(value)?))
}

/// Gives finished files their names.
struct Files<'a> {
    sink: &'a mut dyn Sink,
    names: HashSet<String>,
}

impl Files<'_> {
    /// Puts `<place><name>.bin` and returns the name.
    fn put(&mut self, place: &str, bytes: Vec<u8>) -> io::Result<String> {
        let name = self.name(&bytes);
        self.sink.put(Artifact { path: format!("{place}{name}.bin"), bytes })?;
        Ok(name)
    }

    /// The same for the many files of one sort: in 256 folders.
    fn put_fanned(&mut self, place: &str, bytes: Vec<u8>) -> io::Result<String> {
        let name = self.name(&bytes);
        self.sink.put(Artifact { path: format!("{place}{}/{name}.bin", &name[..2]), bytes })?;
        Ok(name)
    }

    /// The name of some content: 12 hex digits of its BLAKE3, further ones where another file has those already.
    fn name(&mut self, bytes: &[u8]) -> String {
        let digest = blake3::hash(bytes).to_hex();
        let free =
            (0..4).map(|turn| digest[turn * 12..turn * 12 + 12].to_owned()).find(|name| !self.names.contains(name));
        let name = free.unwrap_or_else(|| digest[52..].to_owned());
        self.names.insert(name.clone());
        name
    }
}

/// The lines of sampled reports, with the number of sampled reports that have them.
fn shared_lines(archive: &Archive) -> impl Iterator<Item = (String, usize)> + use<> {
    let step = archive.entries.len().div_ceil(SAMPLED).max(1);
    let sampled: Vec<usize> = (0..archive.entries.len()).step_by(step).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for batch in sampled.chunks(32) {
        let texts: Vec<BTreeSet<String>> = batch
            .par_iter()
            .map(|document| {
                let report = (archive.body)(*document);
                report.lines.into_iter().filter(|line| is_searched(line.role)).map(|line| line.text).collect()
            })
            .collect();
        for line in texts.into_iter().flatten() {
            *counts.entry(line).or_default() += 1;
        }
    }
    counts.into_iter()
}

/// Furniture of the page and empty lines are nobody's words.
fn is_searched(role: Role) -> bool {
    !matches!(role, Role::Chrome | Role::Blank)
}

fn role_letter(role: Role) -> char {
    match role {
        Role::Title => 't',
        Role::Heading => 'h',
        Role::Table => 'c',
        Role::Meta => 'm',
        Role::Prose | Role::Chrome | Role::Blank => 'p',
    }
}

/// Reads every report once: its text goes out, its folded text stays.
fn write_texts(
    archive: &Archive,
    prefix: &pack::Prefix,
    files: &mut Files,
) -> io::Result<(grams::Corpus, Vec<String>)> {
    let (mut corpus, mut blocks) = (grams::Corpus::default(), Vec::new());
    let documents: Vec<usize> = (0..archive.entries.len()).collect();
    for block in documents.chunks(TEXT_BLOCK) {
        let made: Vec<(Vec<u8>, grams::Folded)> = block
            .par_iter()
            .map(|document| {
                let (entry, report) = (&archive.entries[*document], (archive.body)(*document));
                let agency = entry.card.agency.as_ref().map_or("", |agency| &agency.name);
                let lines = report.lines.iter().filter(|line| is_searched(line.role)).map(|line| line.text.as_str());
                let folded = grams::Folded::of([entry.card.title.as_str(), agency].into_iter().chain(lines));
                (prefix.pack(text_file(entry, &report).as_bytes()), folded)
            })
            .collect();
        let mut digest = blake3::Hasher::new();
        for (bytes, _) in &made {
            digest.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }
        let name = files.name(digest.finalize().as_bytes());
        for (place, (bytes, folded)) in made.into_iter().enumerate() {
            files.sink.put(Artifact { path: format!("search/text/{name}/{place}.bin"), bytes })?;
            corpus.push(folded);
        }
        blocks.push(name);
    }
    Ok((corpus, blocks))
}

/// What the browser reads to check and to show a hit.
fn text_file(entry: &Entry, report: &Report) -> String {
    let card = &entry.card;
    let lines: Vec<_> = report.lines.iter().filter(|line| is_searched(line.role)).collect();
    let hant = fold::has_traditional(&card.title) || lines.iter().any(|line| fold::has_traditional(&line.text));
    let head = json!({
        "id": card.id, "title": card.title, "agency": card.agency.as_ref().map(|agency| &agency.name), "year": card.year,
        "kind": card.kind, "place": entry.place.as_ref().map(|place| &place.name), "hant": hant,
    });
    let mut text = format!("{head}\n");
    for line in lines {
        // A line of a report holds no line end; should one ever, it must not become a line of this file.
        let words = line.text.replace(['\n', '\r'], " ");
        text.push_str(&format!("{}{}{words}\n", line.no, role_letter(line.role)));
    }
    text
}

/// Cuts the kept strings into shards, and the shards into pages of the map.
fn write_grams(kept: &grams::Kept, files: &mut Files) -> io::Result<Vec<(String, String)>> {
    let mut shards: Vec<(Vec<u16>, String)> = Vec::new();
    let (mut keys, mut lists, mut size) = (Vec::new(), Vec::new(), 0);
    let mut flush = |keys: &mut Vec<&[u16]>, lists: &mut Vec<&[u8]>| -> io::Result<()> {
        let mut bytes = front_coded(keys);
        for list in lists.iter() {
            posting::push_varint(list.len() as u64, &mut bytes);
        }
        bytes.extend(lists.iter().copied().flatten());
        shards.push((keys[0].to_vec(), files.put_fanned("search/grams/", pack::deflate(&bytes))?));
        keys.clear();
        lists.clear();
        Ok(())
    };
    for (key, list) in kept.sorted() {
        let more = 2 * key.len() + 2 + list.len();
        if size + more > SHARD_BYTES && !keys.is_empty() {
            flush(&mut keys, &mut lists)?;
            size = 0;
        }
        keys.push(key);
        lists.push(list);
        size += more;
    }
    if !keys.is_empty() {
        flush(&mut keys, &mut lists)?;
    }
    let page = |page: &[(Vec<u16>, String)]| {
        let mut bytes = front_coded(&page.iter().map(|shard| shard.0.as_slice()).collect::<Vec<_>>());
        for (_, name) in page {
            bytes.extend((0..name.len() / 2).filter_map(|at| u8::from_str_radix(&name[2 * at..2 * at + 2], 16).ok()));
        }
        let first: String = page[0].0.iter().map(|unit| format!("{unit:04x}")).collect();
        Ok((first, files.put("search/map/", pack::deflate(&bytes))?))
    };
    shards.chunks(MAP_PAGE).map(page).collect()
}

/// `varint n` and the keys, each as what it adds to the one before.
fn front_coded(keys: &[&[u16]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    posting::push_varint(keys.len() as u64, &mut bytes);
    let mut last: &[u16] = &[];
    for key in keys {
        let shared = last.iter().zip(*key).take_while(|(a, b)| a == b).count();
        bytes.push((shared << 4 | (key.len() - shared)) as u8);
        bytes.extend(key[shared..].iter().flat_map(|unit| unit.to_le_bytes()));
        last = key;
    }
    bytes
}

/// The columns by which hits are filtered, counted and sorted.
fn facets(archive: &Archive) -> serde_json::Value {
    let mut agencies: Vec<_> = archive.agencies.values().collect();
    agencies.sort_by(|a, b| (&a.region, &a.id).cmp(&(&b.region, &b.id)));
    let place = |list: &[&str]| -> BTreeMap<String, usize> {
        list.iter().enumerate().map(|(place, id)| ((*id).to_owned(), place + 1)).collect()
    };
    let years: Vec<String> = archive.years.iter().map(|year| year.year.to_string()).collect();
    let agency_ids: Vec<&str> = agencies.iter().map(|agency| agency.id.as_str()).collect();
    let region_ids: Vec<&str> = archive.regions.keys().map(String::as_str).collect();
    let year_ids: Vec<&str> = years.iter().map(String::as_str).collect();
    let kind_ids = ["annual_report", "self_inspection", "statistics_table", "notice", "other"];
    let standing_ids = ["disputed", "proved", "solved", "printed", "curated"];
    let column = |ids: &[&str], of: &dyn Fn(&Entry) -> Option<String>| -> Vec<i64> {
        let places = place(ids);
        let mut last = 0;
        let values =
            archive.entries.iter().map(|entry| of(entry).and_then(|id| places.get(&id)).map_or(0, |p| *p as i64));
        values.map(|value| value - std::mem::replace(&mut last, value)).collect()
    };
    let counted: BTreeSet<&str> = archive.entries.iter().flat_map(|entry| entry.core.keys()).map(|id| &**id).collect();
    let indicators: Vec<_> = archive
        .indicators
        .iter()
        .filter(|indicator| counted.contains(&*indicator.id))
        .map(|indicator| (&indicator.id, &indicator.label, format!("indicators/{}/", indicator.id)))
        .collect();
    json!({
        "agencies": agencies.iter().map(|a| (&a.id, &a.name, &a.aliases, &a.url)).collect::<Vec<_>>(),
        "regions": archive.regions.values().map(|r| (&r.code, &r.name, &r.parent, &r.url)).collect::<Vec<_>>(),
        "years": years,
        "kinds": kind_ids,
        "standings": standing_ids,
        "indicators": indicators,
        "columns": {
            "agency": column(&agency_ids, &|entry| entry.card.agency.as_ref().map(|agency| agency.id.clone())),
            "region": column(&region_ids, &|entry| entry.card.region.clone()),
            "year": column(&year_ids, &|entry| entry.card.year.map(|year| year.to_string())),
            "kind": column(&kind_ids, &|entry| serde_json::to_value(entry.card.kind).ok()?.as_str().map(str::to_owned)),
            "standing": column(&standing_ids, &|entry| standing(entry).map(str::to_owned)),
        },
    })
}

/// The standing a report is filtered by: in dispute if any of its comparable figures is, else the best any has.
fn standing(entry: &Entry) -> Option<&'static str> {
    let has = |standing: Standing| entry.core.values().any(|core| core.standing == standing);
    let order = [
        (Standing::Disputed, "disputed"),
        (Standing::Proved, "proved"),
        (Standing::Solved, "solved"),
        (Standing::Printed, "printed"),
        (Standing::Curated, "curated"),
    ];
    order.into_iter().find(|(standing, _)| has(*standing)).map(|(_, id)| id)
}
