//! Exact Chinese full-text search from static files: the archive in, everything under `search/` out. Its browser half is
//! `themes/default/assets/search.js`; this header is the format both keep to.
//!
//! **What is true.** Fold a query and every title, agency name and line of text by [`fold`]: a report is a hit when the query
//! is a substring of one of them. Answers are exactly that, for any string of one to 400 units.
//!
//! **Files.** `.bin` is raw DEFLATE, which a browser unpacks itself. Every name but the root's carries a BLAKE3 of the
//! content, so that an edit renames what tells of it and nothing else ([`files`]). `<n/256>/<n%256>-<hash>` is file `n` of
//! a row whose hashes the root holds, three bytes each; rows of more than 4,096 files have a hash for each 2, 4, 8 … of them.
//!
//! | file | what |
//! |---|---|
//! | `root.json` | the only fixed name: counts, the names of the rest, the indicators (see [`Root`]) |
//! | `heads/<n/256>/<n%256>-<hash>.bin` | a head: kept strings in order, each with its list of documents ([`posting`]), and where its tails begin ([`shards`]) |
//! | `briefs/<n/256>/<n%256>-<hash>.bin` | all heads that share entry `n` as one shard, without lists of 256 bytes or more; from 2,048 documents on |
//! | `tails/<2 digits>/<10 digits>.bin` | a tail: longer strings that begin with the same two units; both parts are the name that stands in the head |
//! | `texts/<n/256>/<n%256>-<hash>.bin` | document `n`: a line of JSON, then `<number><role letter><text>` for each line that is not blank; unpacked behind `prefix` ([`pack`]) |
//! | `docs/<n/256>/<n%256>-<hash>.bin` | 512 documents: JSON `[[id, title], …]` |
//! | `facets-<name>.bin` | JSON: regions, years, kinds, standings, and each document's, as differences; read after the first results, or to filter and sort |
//! | `agencies-<name>.bin` | JSON `[[id, name], …]`, in the order of the facet; in large archives read when a region or an agency is chosen |
//! | `headings-<name>.bin` | up to 5,000 documents only, for ranking: `varint` length and JSON of folded headings, then for each a varint length and its list |
//! | `hant-<name>.bin` | the table that folds Traditional to Simplified |
//!
//! Documents are numbered as the archive sorts them: newest year first, then region and agency, so neighbors share text,
//! lists are dense in runs, and the plain order needs no scores. Keys are `varint n`, then for each the number of units it
//! shares with the one before, the number of its own, and these in UTF-16LE. A shard is its keys, `n` varint lengths, the
//! lists; a head then has, for each of its groups that has tails, keys, where each tail begins, and as many names of six
//! bytes. Which strings are keys, and why that is enough: [`grams`]. A query reads, for each of its places, the longest
//! key that begins there: a head, whose number follows from two units, and where that says so, one tail. A long query
//! reads briefs of all its places instead of heads, then what is rare, and the rest only if candidates are still many.
//! Titles and agencies stand between marks that no query holds, so that "begins or ends a name" is a string as well.
//!
//! **Size.** Measured on generated reports of 7 KB (`tests/bench/search.rs`): shards take 0.15 of the text at 1,000
//! reports, 0.22 at 10,000, 0.23 at 100,000 (164 MB in 87,888 files); briefs are 0.03 and 0.002 of that. Copies of the
//! texts, read for checking and showing hits, take 0.37 at any size, the rest less than 0.01. Writing the largest held
//! 953 MB. Heads hold 1 to 1.5 KB and tails 1 to 3 KB whatever the archive's size, apart from large lists; lists grow with
//! the documents, to an eighth of a byte each at most. The two maps of the root take up to 25 KB. An edit of one sentence
//! renames about as many heads as it changes lists: 30 of 1,566 files at 1,000 reports.
//!
//! **Must never** write a file name that begins with a dot, hold all bodies, or depend on threads or clocks.

mod files;
mod fold;
mod grams;
mod pack;
mod posting;
mod shards;
#[cfg(test)]
mod tests;

use crate::model::archive::{Agency, Archive, Entry};
use crate::model::page::Sink;
use crate::model::report::{Report, Role};
use crate::model::value::Standing;
use files::{Files, Map, Numbered};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// What the files keep to; another one, another name.
const FORMAT: &str = "nianbao-search/4";
/// Reports read at once.
const BATCH: usize = 256;
/// Documents whose ids and titles share a file.
const DOCS_BLOCK: usize = 512;
/// Archives up to this size rank by headings; and so many headings they rank by, the most common ones.
const RANKED: usize = 5000;
const HEADINGS: usize = 1500;
/// Reports sampled for the sentences they share.
const SAMPLED: usize = 256;

/// `search/root.json`.
#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    documents: u32,
    /// Longest string with guaranteed candidates, and how many candidates are checked by reading.
    longest: usize,
    slack: usize,
    heads: Map,
    /// Whether there are briefs.
    brief: bool,
    texts: Map,
    /// What texts are unpacked behind: name, and number of bytes to drop.
    prefix: (String, usize),
    docs: Map,
    facets: String,
    agencies: String,
    headings: Option<String>,
    hant: String,
    /// Id and label of those that have figures.
    indicators: Vec<(&'a str, &'a str)>,
}

/// Writes the search index under `search/`.
pub fn write(archive: &Archive, sink: &mut dyn Sink) -> io::Result<()> {
    let mut files = Files::new(sink);
    let prefix = pack::Prefix::choose(shared_lines(archive));
    let prefix_name = files.put_named("search/prefix-", prefix.packed.clone())?;
    let Texts { corpus, map: texts, headings } = write_texts(archive, &prefix, &mut files)?;
    let total = corpus.total();
    // Only there can a list be large.
    let brief = total as usize >= shards::LARGE * 8;
    let heads = shards::write(&grams::index(corpus), brief, &mut files)?;
    let mut docs = Numbered::new("search/docs", archive.entries.len().div_ceil(DOCS_BLOCK));
    for block in archive.entries.chunks(DOCS_BLOCK) {
        let rows: Vec<_> = block.iter().map(|entry| (&entry.card.id, &entry.card.title)).collect();
        docs.put(packed_json(&rows)?, &mut files)?;
    }
    let mut agencies: Vec<&Agency> = archive.agencies.values().collect();
    agencies.sort_by(|a, b| (&a.region, &a.id).cmp(&(&b.region, &b.id)));
    let counted: BTreeSet<&str> = archive.entries.iter().flat_map(|entry| entry.core.keys()).map(|id| &**id).collect();
    let named: Vec<_> = agencies.iter().map(|agency| (&agency.id, &agency.name)).collect();
    let root = Root {
        format: FORMAT,
        documents: total,
        longest: grams::LONGEST,
        slack: grams::SLACK,
        heads,
        brief,
        texts,
        prefix: (prefix_name, prefix.length()),
        docs: docs.map(&mut files)?,
        facets: files.put_named("search/facets-", packed_json(&facets(archive, &agencies))?)?,
        agencies: files.put_named("search/agencies-", packed_json(&named)?)?,
        headings: match archive.entries.len() {
            ..=RANKED => Some(files.put_named("search/headings-", heading_file(headings, total)?)?),
            _ => None,
        },
        hant: files.put_named("search/hant-", pack::deflate(fold::HANT.as_bytes()))?,
        indicators: archive
            .indicators
            .iter()
            .filter(|indicator| counted.contains(&*indicator.id))
            .map(|indicator| (&*indicator.id, &*indicator.label))
            .collect(),
    };
    files.put("search/root.json".into(), serde_json::to_vec(&root)?)
}

fn packed_json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(pack::deflate(&serde_json::to_vec(value)?))
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
struct Texts {
    corpus: grams::Corpus,
    map: Map,
    headings: BTreeMap<String, Vec<u32>>,
}

/// Reads every report once: its text goes out, its folded text stays.
fn write_texts(archive: &Archive, prefix: &pack::Prefix, files: &mut Files) -> io::Result<Texts> {
    let mut numbered = Numbered::new("search/texts", archive.entries.len());
    let (mut corpus, mut headed) = (grams::Corpus::default(), BTreeMap::<String, Vec<u32>>::new());
    let documents: Vec<usize> = (0..archive.entries.len()).collect();
    let ranked = archive.entries.len() <= RANKED;
    for block in documents.chunks(BATCH) {
        let made: Vec<(Vec<u8>, grams::Folded, BTreeSet<String>)> = block
            .par_iter()
            .map(|document| {
                let (entry, report) = (&archive.entries[*document], (archive.body)(*document));
                let agency = entry.card.agency.as_ref().map_or("", |agency| &agency.name);
                let lines = report.lines.iter().filter(|line| is_searched(line.role)).map(|line| line.text.as_str());
                let folded = grams::Folded::of(&[&entry.card.title, agency], lines);
                let headings = report.lines.iter().filter(|line| ranked && line.role == Role::Heading);
                let headings = headings.map(|line| String::from_utf16_lossy(&fold::fold(&line.text))).collect();
                (prefix.pack(text_file(archive, entry, &report).as_bytes()), folded, headings)
            })
            .collect();
        for (bytes, folded, headings) in made {
            for heading in headings {
                headed.entry(heading).or_default().push(corpus.total());
            }
            corpus.push(folded);
            numbered.put(bytes, files)?;
        }
    }
    Ok(Texts { corpus, map: numbered.map(files)?, headings: headed })
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
fn text_file(archive: &Archive, entry: &Entry, report: &Report) -> String {
    let card = &entry.card;
    let agency = card.agency.as_ref().and_then(|agency| archive.agencies.get(&agency.id));
    let lines: Vec<_> = report.lines.iter().filter(|line| is_searched(line.role)).collect();
    let hant = fold::has_traditional(&card.title) || lines.iter().any(|line| fold::has_traditional(&line.text));
    let head = json!({
        "id": card.id, "title": card.title, "agency": card.agency.as_ref().map(|agency| &agency.name),
        "home": agency.map(|agency| &agency.url), "aliases": agency.map_or(&[][..], |agency| &agency.aliases), "year": card.year,
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

/// The columns by which hits are filtered, counted and sorted.
fn facets(archive: &Archive, agencies: &[&Agency]) -> serde_json::Value {
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
    json!({
        "regions": archive.regions.values().map(|r| (&r.code, &r.name, &r.parent, &r.url)).collect::<Vec<_>>(),
        "years": years,
        "kinds": kind_ids,
        "standings": standing_ids,
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
