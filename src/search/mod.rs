//! Exact Chinese full-text search from static files: the archive in, everything under `search/` out. Its browser half is
//! `themes/default/assets/search.js`; this header is the format both keep to.
//!
//! **What is true.** Fold a query and every title, agency name and line of text by [`fold`]: a report is a hit when the query
//! is a substring of one of them. Answers are exactly that, for any string of one to 400 units.
//!
//! **Files.** Names carry the content's BLAKE3 (12 hex digits); `.bin` is raw DEFLATE, which a browser unpacks itself.
//!
//! | file | what |
//! |---|---|
//! | `root.json` | the only fixed name: counts and the names of the rest (see [`Root`]) |
//! | `grams/<name>/0.bin` | the map of a run of up to 128 shards: where each begins, and which beginnings of that are keys of earlier shards |
//! | `grams/<name>/<n>.bin` | shard `n` of the run, from 1: keys in order, each with its list of documents ([`posting`]) |
//! | `text/<name>/<n>.bin` | document `256·block + n` of a block of 256: a line of JSON, then `<number><role letter><text>` for each line that is not blank; unpacked behind `prefix` ([`pack`]) |
//! | `docs/<name>.bin` | 512 documents: JSON `[[id, title], …]` |
//! | `facets-<name>.bin` | JSON: agencies, regions, years, kinds, standings, indicators, and each document's, as differences |
//! | `headings-<name>.bin` | up to 5,000 documents only, for ranking: `varint` length and JSON of folded headings, then for each a varint length and its list |
//! | `hant-<name>.bin` | the table that folds Traditional to Simplified |
//!
//! Documents are numbered as the archive sorts them: newest year first, then region and agency, so neighbors share text,
//! lists are dense in runs, and the plain order needs no scores. Keys are `varint n`, then for each the number of units it
//! shares with the one before, the number of its own, and these in UTF-16LE. A shard is its keys, `n` varint lengths, the
//! lists; a map is its beginnings, then for each a byte `m` and `m` varint lengths. Which strings are keys, and why that is
//! enough: [`grams`]. A query reads, for each of its places, the longest key that begins there: its shard, and where the map
//! says that a shorter beginning is a key of an earlier shard, that one too.
//!
//! **Size.** Measured on generated reports of 7 KB (`tests/bench/search.rs`): shards and maps take 0.15 of the text at 1,000
//! reports, 0.19 at 10,000, about a quarter more for each tenfold; copies of the texts, read for checking and showing hits,
//! 0.37 at any size; the rest 0.01. Shards stay near 4 KB, so a query reads about one per character whatever the archive's
//! size; lists grow with the documents, to an eighth of a byte each at most.
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
/// Shards that share a folder and a map.
const RUN: usize = 128;
/// Archives up to this size rank by headings; and so many headings they rank by, the most common ones.
const RANKED: usize = 5000;
const HEADINGS: usize = 1500;
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
    /// Runs of shards: where each begins, in hex, four digits a unit, and its folder.
    grams: Vec<(String, String)>,
    /// Blocks of texts.
    text: Vec<String>,
    /// What texts are unpacked behind: name, and number of bytes to drop.
    prefix: (String, usize),
    docs: Vec<String>,
    facets: String,
    headings: Option<String>,
    hant: String,
}

/// Writes the search index under `search/`.
pub fn write(archive: &Archive, sink: &mut dyn Sink) -> io::Result<()> {
    let mut files = Files { sink, names: HashSet::new() };
    let prefix = pack::Prefix::choose(shared_lines(archive));
    let prefix_name = files.put("search/prefix-", prefix.packed.clone())?;
    let Texts { corpus, blocks: text, headings } = write_texts(archive, &prefix, &mut files)?;
    let total = corpus.total();
    let runs = write_grams(&grams::index(corpus), &mut files)?;
    let docs = archive
        .entries
        .chunks(DOCS_BLOCK)
        .map(|block| {
            let rows: Vec<_> = block.iter().map(|entry| (&entry.card.id, &entry.card.title)).collect();
            files.put("search/docs/", packed_json(&rows)?)
        })
        .collect::<io::Result<_>>()?;
    let root = Root {
        format: "nianbao-search/2",
        documents: total,
        longest: grams::LONGEST,
        slack: grams::SLACK,
        grams: runs,
        text,
        prefix: (prefix_name, prefix.length()),
        docs,
        facets: files.put("search/facets-", packed_json(&facets(archive))?)?,
        headings: match archive.entries.len() {
            ..=RANKED => Some(files.put("search/headings-", heading_file(headings, total)?)?),
            _ => None,
        },
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

    /// Puts files numbered from zero into a folder named by what they hold, and returns its name.
    fn put_folder(&mut self, place: &str, parts: Vec<Vec<u8>>) -> io::Result<String> {
        let mut digest = blake3::Hasher::new();
        for bytes in &parts {
            digest.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }
        let name = self.name(digest.finalize().as_bytes());
        for (number, bytes) in parts.into_iter().enumerate() {
            self.sink.put(Artifact { path: format!("{place}{name}/{number}.bin"), bytes })?;
        }
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

/// Whatever a report's page shows can be found; furniture of the web page it came from is shown last.
fn is_searched(role: Role) -> bool {
    role != Role::Blank
}

fn role_letter(role: Role) -> char {
    match role {
        Role::Title => 't',
        Role::Heading => 'h',
        Role::Table => 'c',
        Role::Meta => 'm',
        Role::Chrome => 'x',
        Role::Prose | Role::Blank => 'p',
    }
}

/// What one pass over the reports leaves behind.
#[derive(Default)]
struct Texts {
    corpus: grams::Corpus,
    blocks: Vec<String>,
    headings: BTreeMap<String, Vec<u32>>,
}

/// Reads every report once: its text goes out, its folded text stays.
fn write_texts(archive: &Archive, prefix: &pack::Prefix, files: &mut Files) -> io::Result<Texts> {
    let mut texts = Texts::default();
    let documents: Vec<usize> = (0..archive.entries.len()).collect();
    let ranked = archive.entries.len() <= RANKED;
    for block in documents.chunks(TEXT_BLOCK) {
        let made: Vec<(Vec<u8>, grams::Folded, BTreeSet<String>)> = block
            .par_iter()
            .map(|document| {
                let (entry, report) = (&archive.entries[*document], (archive.body)(*document));
                let agency = entry.card.agency.as_ref().map_or("", |agency| &agency.name);
                let lines = report.lines.iter().filter(|line| is_searched(line.role)).map(|line| line.text.as_str());
                let folded = grams::Folded::of([entry.card.title.as_str(), agency].into_iter().chain(lines));
                let headings = report.lines.iter().filter(|line| ranked && line.role == Role::Heading);
                let headings = headings.map(|line| String::from_utf16_lossy(&fold::fold(&line.text))).collect();
                (prefix.pack(text_file(entry, &report).as_bytes()), folded, headings)
            })
            .collect();
        let mut parts = Vec::new();
        for (bytes, folded, headings) in made {
            for heading in headings {
                texts.headings.entry(heading).or_default().push(texts.corpus.total());
            }
            texts.corpus.push(folded);
            parts.push(bytes);
        }
        texts.blocks.push(files.put_folder("search/text/", parts)?);
    }
    Ok(texts)
}

/// The most common headings with their documents.
fn heading_file(headings: BTreeMap<String, Vec<u32>>, total: u32) -> io::Result<Vec<u8>> {
    let mut common: Vec<(String, Vec<u32>)> = headings.into_iter().collect();
    common.sort_by(|a, b| (b.1.len(), &a.0).cmp(&(a.1.len(), &b.0)));
    common.truncate(HEADINGS);
    let keys = serde_json::to_vec(&common.iter().map(|(heading, _)| heading).collect::<Vec<_>>())?;
    let mut bytes = Vec::new();
    posting::push_varint(keys.len() as u64, &mut bytes);
    bytes.extend(keys);
    for (_, documents) in &common {
        let mut list = Vec::new();
        posting::encode(documents, total, &mut list);
        posting::push_varint(list.len() as u64, &mut bytes);
        bytes.extend(list);
    }
    Ok(pack::deflate(&bytes))
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

/// Cuts the kept strings into shards, and the shards into runs that share a folder; tells where each run begins.
fn write_grams(kept: &grams::Kept, files: &mut Files) -> io::Result<Vec<(String, String)>> {
    let (mut runs, mut run) = (Vec::new(), Vec::new());
    let (mut keys, mut lists, mut size) = (Vec::new(), Vec::new(), 0);
    let (mut last, mut prefixes): (&[u16], Vec<&[u16]>) = (&[], Vec::new());
    let mut shard = Shard::default();
    for (key, list) in kept.sorted() {
        let more = 2 * key.len() + 2 + list.len();
        prefixes.retain(|prefix| key.starts_with(prefix));
        if size + more > SHARD_BYTES && size > 0 {
            let full = std::mem::replace(&mut shard, Shard::at(last, key, &prefixes));
            run.push(full.packed(&mut keys, &mut lists));
            if run.len() == RUN {
                runs.push(write_run(&mut run, files)?);
            }
            size = 0;
        }
        keys.push(key);
        lists.push(list);
        size += more;
        if key.len() > 1 {
            prefixes.push(key);
        }
        last = key;
    }
    if size > 0 {
        run.push(shard.packed(&mut keys, &mut lists));
        runs.push(write_run(&mut run, files)?);
    }
    Ok(runs)
}

/// A shard of the index: strings in order, with their lists.
#[derive(Default)]
struct Shard {
    /// The shortest string that stands behind all of the shard before, and not behind the first of this one.
    from: Vec<u16>,
    /// Lengths of the beginnings of `from` that are strings of earlier shards, two units or longer.
    earlier: Vec<usize>,
    bytes: Vec<u8>,
}

impl Shard {
    fn at(last: &[u16], first: &[u16], prefixes: &[&[u16]]) -> Shard {
        let shared = last.iter().zip(first).take_while(|(a, b)| a == b).count();
        let from = first[..shared + 1].to_vec();
        let earlier = prefixes.iter().map(|prefix| prefix.len()).filter(|length| *length < from.len()).collect();
        Shard { from, earlier, bytes: Vec::new() }
    }

    fn packed(mut self, keys: &mut Vec<&[u16]>, lists: &mut Vec<&[u8]>) -> Shard {
        let mut bytes = front_coded(keys);
        for list in lists.iter() {
            posting::push_varint(list.len() as u64, &mut bytes);
        }
        bytes.extend(lists.iter().copied().flatten());
        self.bytes = pack::deflate(&bytes);
        keys.clear();
        lists.clear();
        self
    }
}

/// Puts a run of shards and its map into a folder named by what they hold; gives where it begins, and the name.
fn write_run(run: &mut Vec<Shard>, files: &mut Files) -> io::Result<(String, String)> {
    let mut map = front_coded(&run.iter().map(|shard| shard.from.as_slice()).collect::<Vec<_>>());
    for shard in run.iter() {
        posting::push_varint(shard.earlier.len() as u64, &mut map);
        shard.earlier.iter().for_each(|length| posting::push_varint(*length as u64, &mut map));
    }
    let from = run[0].from.iter().map(|unit| format!("{unit:04x}")).collect();
    let parts = std::iter::once(pack::deflate(&map)).chain(run.drain(..).map(|shard| shard.bytes));
    Ok((from, files.put_folder("search/grams/", parts.collect())?))
}

/// `varint n` and the keys, each as what it adds to the one before.
fn front_coded(keys: &[&[u16]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    posting::push_varint(keys.len() as u64, &mut bytes);
    let mut last: &[u16] = &[];
    for key in keys {
        let shared = last.iter().zip(*key).take_while(|(a, b)| a == b).count();
        posting::push_varint(shared as u64, &mut bytes);
        posting::push_varint((key.len() - shared) as u64, &mut bytes);
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
