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
pub(super) const LONGEST: usize = 12;
/// Candidates the browser checks by reading their text.
pub(super) const SLACK: usize = 10;
/// Pairs of string and document held at once.
const PAIRS: u64 = 6_000_000;
/// Texts scanned by one task.
const BATCH: usize = 64;

/// A string of up to `LONGEST` units, zeros behind; ordered as strings are.
pub(super) type Gram = [u16; LONGEST];

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

    /// The strings of one length to look at, each with every document it stands in, sorted; only those of one part of the keys.
    fn pairs(&self, length: usize, part: u64, parts: u64, parents: &Frequent) -> Vec<(Gram, u32)> {
        let mut pairs: Vec<(Gram, u32)> = self
            .texts
            .par_chunks(BATCH)
            .enumerate()
            .flat_map_iter(|(batch, texts)| {
                let mut found = Vec::new();
                for (place, text) in texts.iter().enumerate() {
                    let document = (batch * BATCH + place) as u32;
                    let start = found.len();
                    let mut look = |gram| found.push((gram, document));
                    scan(&unpack(text), length, part, parts, parents, &mut look);
                    found[start..].sort_unstable();
                    let mut write = start;
                    for read in start..found.len() {
                        if read == start || found[read] != found[write - 1] {
                            found[write] = found[read];
                            write += 1;
                        }
                    }
                    found.truncate(write);
                }
                found
            })
            .collect();
        pairs.par_sort_unstable();
        pairs
    }
}

/// The units of a text packed by [`Folded::of`].
fn unpack(packed: &[u8]) -> Vec<u16> {
    let bytes = lz4_flex::decompress_size_prepended(packed).expect("packed by this module in this run");
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn scan(units: &[u16], length: usize, part: u64, parts: u64, parents: &Frequent, look: &mut impl FnMut(Gram)) {
    let chosen = |gram: &Gram| parts == 1 || mix(gram) % parts == part;
    if length == 1 {
        for &unit in units.iter().filter(|unit| **unit != 0) {
            let gram = pad(&[unit]);
            if chosen(&gram) {
                look(gram);
            }
        }
        return;
    }
    for segment in units.split(|unit| !fold::is_term(*unit)) {
        // Whether the part before is frequent is the answer to whether the part behind was, one place earlier.
        let mut before = false;
        for (place, window) in segment.windows(length).enumerate() {
            if length > 2 {
                before = if place == 0 { parents.has(&window[..length - 1]) } else { before };
                let behind = parents.has(&window[1..]);
                let both = before && behind;
                before = behind;
                if !both {
                    continue;
                }
            }
            let gram = pad(window);
            if chosen(&gram) {
                look(gram);
            }
        }
    }
}

fn pad(units: &[u16]) -> Gram {
    let mut gram = [0; LONGEST];
    gram[..units.len()].copy_from_slice(units);
    gram
}

/// Spreads strings over parts and tables; the same on every machine.
fn mix(units: &[u16]) -> u64 {
    units
        .iter()
        .fold(0, |state: u64, unit| (state.rotate_left(5) ^ u64::from(*unit)).wrapping_mul(0x517c_c1b7_2722_0a95))
        >> 20
}

/// [`mix`] for the tables of this module, whose keys are texts of the archive: speed matters, and a hostile text can only
/// slow its own archive down.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// The strings of one length that stand in more than `SLACK` documents, with those documents.
#[derive(Default)]
struct Frequent {
    places: HashMap<Gram, u32, BuildHasherDefault<Mixer>>,
    ends: Vec<usize>,
    gaps: Vec<u8>,
}

impl Frequent {
    fn has(&self, units: &[u16]) -> bool {
        self.places.contains_key(&pad(units))
    }

    fn push(&mut self, gram: Gram, documents: &[u32]) {
        self.places.insert(gram, self.ends.len() as u32);
        let mut next = 0;
        for &document in documents {
            posting::push_varint(u64::from(document - next), &mut self.gaps);
            next = document + 1;
        }
        self.ends.push(self.gaps.len());
    }

    fn read(&self, units: &[u16], into: &mut Vec<u32>) {
        into.clear();
        let Some(&place) = self.places.get(&pad(units)) else { return };
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
    keys: Vec<(Gram, u64)>,
    lists: Vec<u8>,
    /// Number of kept strings and bytes of their lists, by length.
    pub(super) sizes: [(usize, usize); LONGEST],
}

impl Kept {
    fn push(&mut self, gram: Gram, length: usize, documents: &[u32], total: u32) {
        let start = self.lists.len();
        self.keys.push((gram, start as u64));
        posting::encode(documents, total, &mut self.lists);
        self.sizes[length - 1].0 += 1;
        self.sizes[length - 1].1 += self.lists.len() - start;
    }

    /// Every kept string with its coded list, in the order of strings.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&[u16], &[u8])> {
        let mut order: Vec<u32> = (0..self.keys.len() as u32).collect();
        order.par_sort_unstable_by_key(|place| self.keys[*place as usize].0);
        order.into_iter().map(|place| {
            let place = place as usize;
            let (gram, start) = &self.keys[place];
            let end = self.keys.get(place + 1).map_or(self.lists.len(), |next| next.1 as usize);
            let length = gram.iter().position(|unit| *unit == 0).unwrap_or(LONGEST);
            (&gram[..length], &self.lists[*start as usize..end])
        })
    }
}

/// Counts every length in turn.
pub(super) fn index(corpus: &Corpus) -> Kept {
    let (total, parts) = (corpus.total(), corpus.units / PAIRS + 1);
    let (mut kept, mut parents) = (Kept::default(), Frequent::default());
    let mut judge = Judge::default();
    for length in 1..=LONGEST {
        let mut frequent = Frequent::default();
        for part in 0..parts {
            let pairs = corpus.pairs(length, part, parts, &parents);
            for run in pairs.chunk_by(|a, b| a.0 == b.0) {
                let gram = run[0].0;
                let documents: Vec<u32> = run.iter().map(|pair| pair.1).collect();
                if length <= 2 || judge.misled(&parents, &gram[..length], &documents) {
                    kept.push(gram, length, &documents, total);
                }
                if length > 1 && length < LONGEST && documents.len() > SLACK {
                    frequent.push(gram, &documents);
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

/// Room for the lists of the two parts of a string; the first stays while strings that begin alike come one after another.
#[derive(Default)]
struct Judge {
    head: Vec<u16>,
    first: Vec<u32>,
    second: Vec<u32>,
}

impl Judge {
    /// Whether the parts of a string lead to documents that do not hold it, and to more than can be checked by reading.
    fn misled(&mut self, parents: &Frequent, units: &[u16], documents: &[u32]) -> bool {
        let (head, tail) = (&units[..units.len() - 1], &units[1..]);
        if self.head != head {
            self.head = head.to_vec();
            parents.read(head, &mut self.first);
        }
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
