//! The kept strings as files: strings with their lists in, shards out, each found from the string alone.
//!
//! Strings are grouped by their first two units; a string of one unit is a group by itself. A group stands in the head
//! shard that a hash of its beginning names, so a reader needs no map. Where the longer strings of a group take more than
//! a shard, they go to tail shards, in order, and the head says where each of these begins and what it is called. A tail
//! repeats what strings before it are beginnings of its first one, without their longer lists, for these are found by
//! looking up the string itself: so the longest string that a text begins with is in one tail or in none.
//! Where strings of two units have one list, as those of a fixed phrase do, only the first has it, and the others name that.
//!
//! Long queries look up many places of which few are rare. They first read briefs: all heads of one entry of the map, one
//! file, without the large lists.
//!
//! A report that changes must not change shards that do not mention it. So nothing counts through more than one group,
//! the number of heads takes few values, and tails end where the strings around them say so, not where the ones before left off.

use super::files::{Files, Map, NAME, Numbered};
use super::grams::Kept;
use super::{pack, posting};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Range;

/// Bytes of a tail before compression, at least and at most; a single longer list apart.
const TAIL_BYTES: Range<usize> = 1 << 10..3 << 10;
/// Bytes of the longer strings that stand in a head.
const INLINE_BYTES: usize = 2 << 10;
/// Bytes of a head, in the mean.
const HEAD_BYTES: usize = 1 << 10;
/// Lists of so many bytes do not stand in a brief.
pub(super) const LARGE: usize = 256;
/// Lists of fewer bytes are repeated where others are named.
const NAMED_BYTES: usize = 12;
/// Shards, or groups, made at once.
const BATCH: usize = 1024;

/// Strings that begin alike.
struct Group<'a> {
    /// Those that stand in the head.
    strings: Vec<(&'a [u16], Cow<'a, [u8]>)>,
    /// Where each tail begins, and its name.
    tails: Vec<(Vec<u16>, [u8; NAME])>,
}

/// Strings and lists that make up one shard.
#[derive(Default)]
struct Shard<'a> {
    keys: Vec<&'a [u16]>,
    lists: Vec<Cow<'a, [u8]>>,
}

impl<'a> Shard<'a> {
    fn push(&mut self, key: &'a [u16], list: Cow<'a, [u8]>) {
        self.keys.push(key);
        self.lists.push(list);
    }

    fn packed(&self, groups: &[&Group]) -> Vec<u8> {
        let mut bytes = front_coded(&self.keys);
        for list in &self.lists {
            posting::push_varint(list.len() as u64, &mut bytes);
        }
        bytes.extend(self.lists.iter().flat_map(|list| list.iter()));
        for group in groups.iter().filter(|group| !group.tails.is_empty()) {
            bytes.extend(front_coded(&group.tails.iter().map(|(from, _)| from.as_slice()).collect::<Vec<_>>()));
            bytes.extend(group.tails.iter().flat_map(|(_, name)| name));
        }
        pack::deflate(&bytes)
    }
}

fn size((key, list): (&[u16], &[u8])) -> usize {
    2 * key.len() + 2 + list.len()
}

/// Puts every shard, with briefs if wanted, and returns what finds the heads.
pub(super) fn write(kept: &Kept, brief: bool, files: &mut Files) -> io::Result<Map> {
    let order = kept.order();
    // Only a string of two units is named: a query that holds one looks it up anyway.
    let mut lists: HashMap<&[u8], &[u16]> = HashMap::new();
    for (key, list) in order.iter().map(|place| kept.string(*place)) {
        if key.len() == 2 && list.len() >= NAMED_BYTES {
            lists.entry(list).or_insert(key);
        }
    }
    let places: Vec<&[u32]> =
        order.chunk_by(|a, b| beginning(kept.string(*a).0) == beginning(kept.string(*b).0)).collect();
    let mut groups: Vec<Group> = Vec::with_capacity(places.len());
    for batch in places.chunks(BATCH) {
        let made: Vec<(Group, Vec<Vec<u8>>)> = batch.par_iter().map(|places| group(kept, places, &lists)).collect();
        for (mut group, tails) in made {
            for (tail, bytes) in group.tails.iter_mut().zip(tails) {
                tail.1 = files.put_spread("search/tails/", bytes)?;
            }
            groups.push(group);
        }
    }
    let bytes: usize = groups.iter().flat_map(|group| &group.strings).map(|(key, list)| size((key, list))).sum();
    let heads = rounded(bytes / HEAD_BYTES);
    let mut placed: Vec<(usize, &Group)> =
        groups.iter().map(|group| (head(group.strings[0].0, heads), group)).collect();
    placed.sort_by_key(|(head, _)| *head);
    let own = |numbers: Range<usize>| {
        let place = |number| placed.partition_point(|(head, _)| *head < number);
        placed[place(numbers.start)..place(numbers.end)].iter().map(|(_, group)| *group).collect::<Vec<_>>()
    };
    let mut numbered = Numbered::new("search/heads", heads);
    let entries: Vec<usize> = (0..heads).step_by(numbered.span()).collect();
    for batch in entries.chunks(BATCH) {
        let made: Vec<(Vec<Vec<u8>>, Option<Vec<u8>>)> = batch
            .par_iter()
            .map(|from| {
                let numbers = *from..heads.min(from + numbered.span());
                let whole = numbers.clone().map(|number| packed(&own(number..number + 1), usize::MAX)).collect();
                (whole, brief.then(|| packed(&own(numbers), LARGE)))
            })
            .collect();
        for (whole, brief) in made {
            brief.into_iter().for_each(|bytes| numbered.put_beside("search/briefs", bytes));
            whole.into_iter().try_for_each(|bytes| numbered.put(bytes, files))?;
        }
    }
    numbered.map(files)
}

/// A head, with lists of so many bytes or more counted only.
fn packed(groups: &[&Group], large: usize) -> Vec<u8> {
    let mut shard = Shard::default();
    for (key, list) in groups.iter().flat_map(|group| &group.strings) {
        shard.push(key, if list.len() < large { (&**list).into() } else { posting::apart(list).into() });
    }
    shard.packed(groups)
}

/// What a head holds of the strings at some places, and their tails, without names yet.
fn group<'a>(kept: &'a Kept, places: &[u32], lists: &HashMap<&[u8], &[u16]>) -> (Group<'a>, Vec<Vec<u8>>) {
    let mut strings = places.iter().map(|place| kept.string(*place));
    let longer: Vec<_> = strings.clone().skip(1).collect();
    let (mut group, mut tails) = (Group { strings: Vec::new(), tails: Vec::new() }, Vec::new());
    if let Some((key, list)) = strings.next() {
        let same = lists.get(list).filter(|other| **other != key).map(|other| posting::same(other).into());
        group.strings.push((key, same.unwrap_or(list.into())));
    }
    if longer.iter().map(|string| size(*string)).sum::<usize>() <= INLINE_BYTES {
        group.strings.extend(longer.into_iter().map(|(key, list)| (key, list.into())));
    } else {
        for (from, tail) in cut(&longer) {
            group.tails.push((from, [0; NAME]));
            tails.push(tail.packed(&[]));
        }
    }
    (group, tails)
}

/// The next lower number that has but two binary digits other than zero at its beginning, so that it seldom changes.
fn rounded(number: usize) -> usize {
    let number = number.max(1);
    number & (usize::MAX << number.ilog2().saturating_sub(1))
}

/// Cuts the longer strings of a group into tails; with each the shortest string that stands behind all of the tail before.
fn cut<'a>(strings: &[(&'a [u16], &'a [u8])]) -> Vec<(Vec<u16>, Shard<'a>)> {
    let shared = |place: usize| strings[place - 1].0.iter().zip(strings[place].0).take_while(|(a, b)| a == b).count();
    // Cuts part strings that have little in common; which of them, the unit in which they differ says.
    let worth = |place: usize| (shared(place), strings[place].0[shared(place)].wrapping_mul(0x9e37));
    // What the string before begins with, itself included.
    let (mut tails, mut open, mut start) = (Vec::new(), Vec::<(&[u16], &[u8])>::new(), 0);
    while start < strings.len() {
        let (mut bytes, mut end, mut best) = (0, start, None);
        while end < strings.len() && (end == start || bytes + size(strings[end]) <= TAIL_BYTES.end) {
            bytes += size(strings[end]);
            end += 1;
            if bytes >= TAIL_BYTES.start && end < strings.len() {
                best = best.into_iter().chain([(worth(end), end)]).min();
            }
        }
        if let Some((_, place)) = best.filter(|_| end < strings.len()) {
            end = place;
        }
        let first = strings[start].0;
        open.retain(|(beginning, _)| first.starts_with(beginning));
        let mut tail = Shard::default();
        for (key, list) in &open {
            tail.push(key, if list.len() < NAMED_BYTES { (*list).into() } else { posting::elsewhere().into() });
        }
        for (key, list) in &strings[start..end] {
            open.retain(|(beginning, _)| key.starts_with(beginning));
            open.push((key, list));
            tail.push(key, (*list).into());
        }
        tails.push((first[..if start == 0 { 2 } else { shared(start) + 1 }].to_vec(), tail));
        start = end;
    }
    tails
}

/// What strings of a group have in common.
fn beginning(key: &[u16]) -> &[u16] {
    &key[..key.len().min(2)]
}

/// The head in which a string's group stands.
fn head(key: &[u16], heads: usize) -> usize {
    let mut mixed = u32::from(key[0]) << 16 | u32::from(key.get(1).copied().unwrap_or_default());
    mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ mixed >> 12).wrapping_mul(0x297a_2d39);
    (mixed ^ mixed >> 15) as usize % heads
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
