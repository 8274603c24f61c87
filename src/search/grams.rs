//! Which strings are indexed: folded texts in, every kept string with its documents out.
//!
//! All strings of one and two units are kept. A longer one, `a·core·b`, is kept only where its documents do not follow from
//! its two parts: where more documents hold both `a·core` and `core·b` than hold the string itself, and more than
//! [`SLACK`] of them, which is what a reader's browser is willing to check by reading. Any unit may stand in a string,
//! punctuation too; only the end of a line ends one.
//!
//! So for any string of up to [`LONGEST`] units the browser's candidates, the documents common to all kept strings in it,
//! are exactly right, or at most `SLACK`, or the string stands nowhere at all; and one candidate tells the last two cases
//! apart from the first. That is why strings that do not occur need no keys of their own.
//!
//! All that decides about `a·core·b` are the places of `core`, each with the units around it. They are gathered for cores
//! of one unit, of two, and so on, in parts of bounded size, a pass over the texts each. A place drops out for good once
//! its core is found in `SLACK` documents or fewer, or always behind the same unit: then nothing longer that begins there
//! can mislead. Memory holds the folded texts compressed, a bit for each place, and what is kept.

use super::{fold, posting};
use rayon::prelude::*;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// The longest string with guaranteed candidates; the search field takes no more.
pub(super) const LONGEST: usize = 400;
/// Candidates the browser checks by reading their text.
pub(super) const SLACK: usize = 10;
/// Places held at once, about.
const PLACES: u64 = 8_000_000;
/// Places judged, or texts read, before results are put together.
const BATCH: usize = 4096;

/// A string as one number: itself for up to four units, else a hash, which 64 bits make as good as itself.
type Key = u64;

/// A core at a place of all texts laid end to end, with the units around it; zero for an end of the line. A document's
/// equal ones are one. In the order of groups, and within them of what stands before, then behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    core: Key,
    before: u16,
    behind: u16,
    at: u32,
}

/// The folded texts.
#[derive(Default)]
pub(super) struct Corpus {
    texts: Vec<Text>,
    /// Where the next text begins.
    end: u32,
}

/// One folded text: every line between zeros.
struct Text {
    packed: Box<[u8]>,
    start: u32,
    /// A bit for each place where a longer kept string may begin.
    open: Box<[u64]>,
}

/// One folded text, ready to be added.
pub(super) struct Folded {
    packed: Box<[u8]>,
    units: usize,
}

impl Folded {
    /// Folds the names and the searched lines of one document. A name stands between [`fold::EDGE`]s, so that it can be
    /// told from a line.
    pub(super) fn of<'a>(names: &[&str], lines: impl Iterator<Item = &'a str>) -> Folded {
        let mut units = vec![0];
        for name in names.iter().filter(|name| !name.is_empty()) {
            units.push(fold::EDGE);
            fold::fold_into(name, &mut units);
            units.extend([fold::EDGE, 0]);
        }
        for line in lines {
            fold::fold_into(line, &mut units);
            units.push(0);
        }
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        Folded { packed: lz4_flex::compress_prepend_size(&bytes).into(), units: units.len() }
    }
}

impl Text {
    fn units(&self) -> Vec<u16> {
        let bytes = lz4_flex::decompress_size_prepended(&self.packed).expect("packed by this module in this run");
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        self.open.iter().enumerate().flat_map(|(place, &word)| {
            let bits = std::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)));
            bits.take_while(|left| *left != 0).map(move |left| place * 64 + left.trailing_zeros() as usize)
        })
    }
}

impl Corpus {
    /// Adds the next document.
    pub(super) fn push(&mut self, folded: Folded) {
        let open = vec![u64::MAX; folded.units.div_ceil(64)].into();
        self.texts.push(Text { packed: folded.packed, start: self.end, open });
        self.end = self.end.saturating_add(folded.units as u32);
    }

    /// Number of documents.
    pub(super) fn total(&self) -> u32 {
        self.texts.len() as u32
    }

    fn document(&self, at: u32) -> u32 {
        self.texts.partition_point(|text| text.start <= at) as u32 - 1
    }

    /// Leaves open only the places that begin with one of `cores`, all of one length; with none given, all within lines.
    fn sieve(&mut self, length: usize, cores: Option<&Cores>) {
        self.texts.par_iter_mut().for_each(|text| {
            if text.open.iter().all(|word| *word == 0) {
                return;
            }
            let units = text.units();
            let mut open = vec![0; text.open.len()];
            for at in text.places().take_while(|at| at + length < units.len()) {
                let core = &units[at..at + length];
                if cores.map_or(core[0] != 0, |cores| cores.contains(&key(core))) {
                    open[at / 64] |= 1u64 << (at % 64);
                }
            }
            text.open = open.into();
        });
    }

    /// What stands at the open places: cores of one length, those of one part of them, sorted.
    fn sightings(&self, length: usize, part: u64, parts: u64) -> Vec<Sighting> {
        let look = |text: &Text| {
            let mut found = Vec::new();
            if text.open.iter().any(|word| *word != 0) {
                let units = text.units();
                for at in text.places() {
                    let core = key(&units[at..at + length]);
                    if parts == 1 || spread(core) % parts == part {
                        let (before, behind) = (units[at - 1], units[at + length]);
                        found.push(Sighting { core, before, behind, at: text.start + at as u32 });
                    }
                }
                found.sort_unstable();
                found.dedup_by_key(|sighting| (sighting.core, sighting.before, sighting.behind));
            }
            found
        };
        // Piece by piece, so that what is gathered stands in memory once.
        let mut all: Vec<Sighting> = Vec::new();
        for texts in self.texts.chunks(BATCH) {
            all.extend(texts.par_iter().flat_map_iter(look).collect::<Vec<_>>());
        }
        all.par_sort_unstable();
        all
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

type Cores = HashSet<Key, BuildHasherDefault<Spread>>;

/// Kept strings, with their lists coded one behind another.
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

    fn append(&mut self, other: Kept) {
        let (list, units) = (self.lists.len() as u64, self.units.len() as u32);
        self.places.extend(other.places.iter().map(|at| Place { list: list + at.list, units: units + at.units }));
        self.units.extend(other.units);
        self.lists.extend(other.lists);
    }

    /// A kept string and its coded list.
    pub(super) fn string(&self, place: u32) -> (&[u16], &[u8]) {
        let (at, next) = (&self.places[place as usize], self.places.get(place as usize + 1));
        let units = &self.units[at.units as usize..next.map_or(self.units.len(), |next| next.units as usize)];
        let list = &self.lists[at.list as usize..next.map_or(self.lists.len(), |next| next.list as usize)];
        (units, list)
    }

    /// The places of all kept strings, in the order of strings.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.places.len() as u32).collect();
        order.par_sort_unstable_by(|a, b| self.string(*a).0.cmp(self.string(*b).0));
        order
    }
}

/// Judges cores of every length in turn. The corpus is used up.
pub(super) fn index(mut corpus: Corpus) -> Kept {
    let mut kept = Kept::default();
    corpus.sieve(1, None);
    for length in 1..LONGEST - 1 {
        let places: u64 =
            corpus.texts.iter().flat_map(|text| &text.open).map(|word| u64::from(word.count_ones())).sum();
        if places == 0 {
            break;
        }
        let parts = places / PLACES + 1;
        let mut longer = Cores::default();
        for part in 0..parts {
            let sightings = corpus.sightings(length, part, parts);
            for (strings, cores) in judged(&corpus, length, &sightings) {
                kept.append(strings);
                longer.extend(cores);
            }
        }
        corpus.sieve(length + 1, Some(&longer));
    }
    kept
}

/// Judges groups of one core each: the strings to keep, and the longer cores to go on with.
fn judged(corpus: &Corpus, length: usize, sightings: &[Sighting]) -> Vec<(Kept, Vec<Key>)> {
    let mut batches = vec![0];
    for (at, pair) in sightings.windows(2).enumerate() {
        if pair[0].core != pair[1].core && at + 1 - batches[batches.len() - 1] >= BATCH {
            batches.push(at + 1);
        }
    }
    batches.push(sightings.len());
    let judge = |bounds: &[usize]| {
        let mut judge = Judge { corpus, length, kept: Kept::default(), longer: Vec::new(), behind: Lists::default() };
        for group in sightings[bounds[0]..bounds[1]].chunk_by(|a, b| a.core == b.core) {
            judge.group(group);
        }
        (judge.kept, judge.longer)
    };
    batches.par_windows(2).map(judge).collect()
}

/// Sorted lists of documents, one for each of some units.
#[derive(Default)]
struct Lists {
    documents: Vec<u32>,
    places: Vec<(u16, usize)>,
}

impl Lists {
    /// From pairs of unit and document, sorted.
    fn fill(&mut self, pairs: impl Iterator<Item = (u16, u32)>) {
        self.documents.clear();
        self.places.clear();
        for (unit, document) in pairs {
            if self.places.last().is_none_or(|place| place.0 != unit) {
                self.places.push((unit, self.documents.len()));
            } else if self.documents.last() == Some(&document) {
                continue;
            }
            self.documents.push(document);
        }
    }

    fn list(&self, place: usize) -> &[u32] {
        let end = self.places.get(place + 1).map_or(self.documents.len(), |next| next.1);
        &self.documents[self.places[place].1..end]
    }

    fn of(&self, unit: u16) -> &[u32] {
        self.places.binary_search_by_key(&unit, |place| place.0).map_or(&[], |place| self.list(place))
    }
}

/// What judging a batch of groups brings.
struct Judge<'a> {
    corpus: &'a Corpus,
    length: usize,
    kept: Kept,
    longer: Vec<Key>,
    /// The documents of the core and what stands behind it.
    behind: Lists,
}

impl Judge<'_> {
    /// Judges the places of one core.
    fn group(&mut self, group: &[Sighting]) {
        let total = self.corpus.total();
        let documents: Vec<u32> = group.iter().map(|sighting| self.corpus.document(sighting.at)).collect();
        let mut order: Vec<(u16, u32, u16)> =
            group.iter().zip(&documents).map(|(one, document)| (one.behind, *document, one.before)).collect();
        order.sort_unstable();
        self.behind.fill(order.iter().map(|(behind, document, _)| (*behind, *document)));
        let core = self.core(&group[0]);
        if self.length == 1 {
            let mut all = documents.clone();
            all.sort_unstable();
            all.dedup();
            self.kept.push(&core, &all, total);
        }
        for (place, run) in order.chunk_by(|a, b| a.0 == b.0).enumerate().filter(|(_, run)| run[0].0 != 0) {
            let (string, list) = ([core.as_slice(), &[run[0].0]].concat(), self.behind.list(place));
            if self.length == 1 {
                self.kept.push(&string, list, total);
            }
            if list.len() > SLACK && run.iter().any(|one| one.2 != run[0].2) {
                self.longer.push(key(&string));
            }
        }
        let mut rest = documents.as_slice();
        for run in group.chunk_by(|a, b| a.before == b.before) {
            let mut own;
            (own, rest) = rest.split_at(run.len());
            if run[0].before == 0 || own.len() <= SLACK {
                continue;
            }
            let mut before = own.to_vec();
            before.sort_unstable();
            before.dedup();
            for both in run.chunk_by(|a, b| a.behind == b.behind) {
                let list;
                (list, own) = own.split_at(both.len());
                let behind = both[0].behind;
                if behind != 0 && misled(&before, self.behind.of(behind), list.len()) {
                    let string = [&[both[0].before], core.as_slice(), &[behind]].concat();
                    self.kept.push(&string, list, total);
                }
            }
        }
    }

    fn core(&self, sighting: &Sighting) -> Vec<u16> {
        if self.length <= 4 {
            return (0..self.length).rev().map(|place| (sighting.core >> (16 * place)) as u16).collect();
        }
        let text = &self.corpus.texts[self.corpus.document(sighting.at) as usize];
        text.units()[(sighting.at - text.start) as usize..][..self.length].to_vec()
    }
}

/// Whether two lists have more in common than `held` documents, and more than can be checked by reading.
fn misled(first: &[u32], second: &[u32], held: usize) -> bool {
    let (few, many) = if first.len() <= second.len() { (first, second) } else { (second, first) };
    let enough = held.max(SLACK);
    if few.len() <= enough {
        return false;
    }
    let (mut common, mut rest) = (0, many);
    for (seen, document) in few.iter().enumerate() {
        // Not enough left to come.
        if common + few.len() - seen <= enough {
            return false;
        }
        let mut step = 1;
        while step < rest.len() && rest[step - 1] < *document {
            step *= 2;
        }
        let from = step / 2;
        rest = &rest[from + rest[from..step.min(rest.len())].partition_point(|other| other < document)..];
        if rest.first() == Some(document) {
            common += 1;
            if common > enough {
                return true;
            }
        }
    }
    false
}
