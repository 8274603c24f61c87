//! Which strings are indexed: folded texts in, every kept string with its documents out.
//!
//! All strings of one and two units are kept. A longer one, up to [`LONGEST`], is kept only where its documents do not
//! follow from its two parts (all but the last unit, all but the first): where more documents hold both parts than hold the
//! string itself, and more than [`SLACK`] of them, which is what a reader's browser is willing to check by reading.
//!
//! So for any string of up to `LONGEST` units the browser's candidates, the documents of its key or else those common to
//! its parts, are exactly right, or at most `SLACK`, or the string stands nowhere at all; and one candidate tells the last
//! two cases apart from the first. That is why strings that do not occur need no keys of their own.
//!
//! Only strings found in more than `SLACK` documents have longer strings worth looking at, so each length is counted from
//! the frequent strings of the length before. Memory holds the folded texts compressed and one length's lists; the pairs
//! of string and document are gathered in parts of bounded size, a pass over the texts each.

use super::{fold, posting};
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The longest string with guaranteed candidates.
pub(super) const LONGEST: usize = 15;
/// Candidates the browser checks by reading their text.
pub(super) const SLACK: usize = 10;
/// Pairs of string and document held at once, about.
const PAIRS: u64 = 8_000_000;
/// Texts scanned by one task.
const BATCH: usize = 64;

/// A string as one number: itself for up to four units, else a hash, which 64 bits make as good as itself.
type Key = u64;

/// A string in a document: which, where, and the place of its first unit there.
type Sighting = (Key, u32, u32);

/// The folded texts, compressed: lines end in a zero.
#[derive(Default)]
pub(super) struct Corpus {
    texts: Vec<Box<[u8]>>,
    units: u64,
}

/// One folded text, ready to be added.
pub(super) struct Folded {
    packed: Box<[u8]>,
    units: u64,
}

impl Folded {
    /// Folds the searched lines of one document.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Folded {
        let mut units = Vec::new();
        for line in lines {
            fold::fold_into(line, &mut units);
            units.push(0);
        }
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        Folded { packed: lz4_flex::compress_prepend_size(&bytes).into(), units: units.len() as u64 }
    }
}

impl Corpus {
    /// Adds the next document.
    pub(super) fn push(&mut self, folded: Folded) {
        self.units += folded.units;
        self.texts.push(folded.packed);
    }

    /// Number of documents.
    pub(super) fn total(&self) -> u32 {
        self.texts.len() as u32
    }

    /// The strings of one length to look at, with every document each stands in, sorted; only those of one part of the keys.
    fn sightings(&self, length: usize, part: u64, parts: u64, parents: &Frequent) -> Vec<Sighting> {
        let look = |(batch, texts): (usize, &[Box<[u8]>])| {
            let mut found: Vec<Sighting> = Vec::new();
            for (place, text) in texts.iter().enumerate() {
                let (document, start) = ((batch * BATCH + place) as u32, found.len());
                scan(&unpack(text), length, parents, &mut |key, at| {
                    if parts == 1 || spread(key) % parts == part {
                        found.push((key, document, at as u32));
                    }
                });
                found[start..].sort_unstable();
                let mut kept = start;
                for read in start..found.len() {
                    if read == start || found[read].0 != found[kept - 1].0 {
                        found[kept] = found[read];
                        kept += 1;
                    }
                }
                found.truncate(kept);
            }
            found
        };
        let mut all: Vec<Sighting> = self.texts.par_chunks(BATCH).enumerate().flat_map_iter(look).collect();
        all.par_sort_unstable();
        all
    }
}

/// The units of a text packed by [`Folded::of`].
fn unpack(packed: &[u8]) -> Vec<u16> {
    let bytes = lz4_flex::decompress_size_prepended(packed).expect("packed by this module in this run");
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Reports the strings of one length whose two parts are both frequent, with their places.
fn scan(units: &[u16], length: usize, parents: &Frequent, look: &mut impl FnMut(Key, usize)) {
    if length == 1 {
        units.iter().enumerate().filter(|(_, unit)| **unit != 0).for_each(|(at, unit)| look(u64::from(*unit), at));
        return;
    }
    let mut start = 0;
    for segment in units.split(|unit| !fold::is_term(*unit)) {
        let mut before = length == 2 || segment.get(..length - 1).is_some_and(|head| parents.has(head));
        for (place, window) in segment.windows(length).enumerate() {
            // The part behind is the part before of the next place.
            let behind = length == 2 || parents.has(&window[1..]);
            if before && behind {
                look(key(window), start + place);
            }
            before = behind;
        }
        start += segment.len() + 1;
    }
}

fn key(units: &[u16]) -> Key {
    if units.len() <= 4 {
        return units.iter().fold(0, |key, unit| key << 16 | u64::from(*unit));
    }
    let hash = units.iter().fold(0x243f_6a88_85a3_08d3, |key: u64, unit| {
        (key ^ u64::from(*unit)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
    });
    spread(hash)
}

/// Mixes all bits of a number into all others; different numbers stay different.
fn spread(mut number: u64) -> u64 {
    number = (number ^ number >> 31).wrapping_mul(0x7fb5_d329_728e_a185);
    number = (number ^ number >> 27).wrapping_mul(0x81da_def4_bc2d_d44d);
    number ^ number >> 33
}

/// Tables by [`Key`] need no more than [`spread`].
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0 << 8 | u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = spread(number);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The strings of one length that stand in more than `SLACK` documents, with those documents.
#[derive(Default)]
struct Frequent {
    places: HashMap<Key, u32, BuildHasherDefault<Spread>>,
    ends: Vec<usize>,
    gaps: Vec<u8>,
}

impl Frequent {
    fn has(&self, units: &[u16]) -> bool {
        self.places.contains_key(&key(units))
    }

    fn push(&mut self, key: Key, documents: &[u32]) {
        self.places.insert(key, self.ends.len() as u32);
        let mut next = 0;
        for &document in documents {
            posting::push_varint(u64::from(document - next), &mut self.gaps);
            next = document + 1;
        }
        self.ends.push(self.gaps.len());
    }

    fn read(&self, units: &[u16], into: &mut Vec<u32>) {
        into.clear();
        let Some(&place) = self.places.get(&key(units)) else { return };
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        let (mut next, mut gap, mut shift) = (0, 0, 0);
        for byte in &self.gaps[start..self.ends[place]] {
            gap |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                into.push(next + gap);
                next += gap + 1;
                (gap, shift) = (0, 0);
            }
        }
    }
}

/// The kept strings, with their lists coded one behind another.
#[derive(Default)]
pub(super) struct Kept {
    places: Vec<Place>,
    units: Vec<u16>,
    lists: Vec<u8>,
}

/// Where a kept string and its list begin; both end where the next ones begin.
struct Place {
    list: u64,
    units: u32,
}

impl Kept {
    fn push(&mut self, units: &[u16], documents: &[u32], total: u32) {
        self.places.push(Place { list: self.lists.len() as u64, units: self.units.len() as u32 });
        self.units.extend(units);
        posting::encode(documents, total, &mut self.lists);
    }

    fn units(&self, place: usize) -> &[u16] {
        let end = self.places.get(place + 1).map_or(self.units.len(), |next| next.units as usize);
        &self.units[self.places[place].units as usize..end]
    }

    fn list(&self, place: usize) -> &[u8] {
        let end = self.places.get(place + 1).map_or(self.lists.len(), |next| next.list as usize);
        &self.lists[self.places[place].list as usize..end]
    }

    /// Every kept string with its coded list, in the order of strings.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&[u16], &[u8])> {
        let mut order: Vec<u32> = (0..self.places.len() as u32).collect();
        order.par_sort_unstable_by(|a, b| self.units(*a as usize).cmp(self.units(*b as usize)));
        order.into_iter().map(|place| (self.units(place as usize), self.list(place as usize)))
    }
}

/// Counts every length in turn.
pub(super) fn index(corpus: &Corpus) -> Kept {
    let (total, parts) = (corpus.total(), corpus.units / PAIRS + 1);
    let (mut kept, mut parents, mut documents) = (Kept::default(), Frequent::default(), Vec::new());
    for length in 1..=LONGEST {
        let mut frequent = Frequent::default();
        for part in 0..parts {
            let sightings = corpus.sightings(length, part, parts, &parents);
            let mut runs: Vec<&[Sighting]> = sightings.chunk_by(|a, b| a.0 == b.0).collect();
            if length > 4 {
                // In the order of the texts they are read from; which string comes first does not matter here.
                runs.par_sort_unstable_by_key(|run| (run[0].1, run[0].2));
            }
            let judge = |runs: &[&[Sighting]]| {
                let mut judge = Judge::default();
                runs.iter().map(|run| judge.keeps(corpus, &parents, run, length)).collect::<Vec<_>>()
            };
            let judged: Vec<Option<Vec<u16>>> = runs.par_chunks(BATCH * BATCH).flat_map_iter(judge).collect();
            for (run, units) in runs.iter().zip(judged) {
                let wanted = length > 1 && length < LONGEST && run.len() > SLACK;
                if units.is_some() || wanted {
                    documents.clear();
                    documents.extend(run.iter().map(|sighting| sighting.1));
                }
                if let Some(units) = units {
                    kept.push(&units, &documents, total);
                }
                if wanted {
                    frequent.push(run[0].0, &documents);
                }
            }
        }
        if length > 1 && frequent.places.is_empty() {
            break;
        }
        parents = frequent;
    }
    kept
}

/// The text last read, and room for the lists of the two parts of a string.
#[derive(Default)]
struct Judge {
    text: Option<(u32, Vec<u16>)>,
    first: Vec<u32>,
    second: Vec<u32>,
}

impl Judge {
    /// The units of a string that was seen, if it is to be kept.
    fn keeps(&mut self, corpus: &Corpus, parents: &Frequent, run: &[Sighting], length: usize) -> Option<Vec<u16>> {
        let (key, document, at) = run[0];
        let units: Vec<u16> = if length <= 4 {
            (0..length).rev().map(|place| (key >> (16 * place)) as u16).collect()
        } else {
            let text = self.text.take().filter(|text| text.0 == document);
            let text = text.unwrap_or_else(|| (document, unpack(&corpus.texts[document as usize])));
            self.text.insert(text).1[at as usize..][..length].to_vec()
        };
        (length <= 2 || self.misled(parents, &units, run)).then_some(units)
    }

    /// Whether the parts of a string lead to documents that do not hold it, and to more than can be checked by reading.
    fn misled(&mut self, parents: &Frequent, units: &[u16], documents: &[Sighting]) -> bool {
        let (head, tail) = (&units[..units.len() - 1], &units[1..]);
        parents.read(head, &mut self.first);
        if documents.len() == self.first.len() {
            return false;
        }
        parents.read(tail, &mut self.second);
        if documents.len() == self.second.len() {
            return false;
        }
        let mut second = self.second.iter().copied().peekable();
        let mut common = 0;
        for &document in &self.first {
            while second.next_if(|other| *other < document).is_some() {}
            if second.peek() == Some(&document) {
                common += 1;
                if common > SLACK && common > documents.len() {
                    return true;
                }
            }
        }
        false
    }
}
