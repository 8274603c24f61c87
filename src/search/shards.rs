//! The kept strings as files: strings with their lists in, shards out, each found from the string alone.
//!
//! Strings are grouped by their first two units; a string of one unit is a group by itself. A group stands in the head
//! shard that a hash of its beginning names, so a reader needs no map. Where the longer strings of a group take more than
//! a shard, they go to tail shards, in order, and the head says where each of these begins. A tail repeats what strings
//! before it are beginnings of its first one, longer lists by the number of their tail: so the longest string that a text
//! begins with is in one tail or in none.
//! Where strings of two units have one list, as those of a fixed phrase do, only the first has it, and the others name that.

use super::grams::Kept;
use super::{pack, posting};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Bytes of a tail, and of the longer strings in a head, before compression; a single longer list apart.
const TAIL_BYTES: usize = 2 << 10;
/// Bytes of a head, in the mean.
const HEAD_BYTES: usize = 1 << 10;
/// Lists of fewer bytes are repeated where others are named.
const NAMED_BYTES: usize = 12;
/// Shards made at once.
const BATCH: usize = 4096;

/// Strings that begin alike.
struct Group {
    /// Places, in the order of strings, of those that stand in the head.
    head: Range<usize>,
    /// What stands for the list of the first: the string that has it too, as [`posting::same`] writes it.
    same: Option<Vec<u8>>,
    /// Number of the first tail, and where each begins.
    first: u32,
    tails: Vec<Vec<u16>>,
}

impl Group {
    /// What stands in the head.
    fn strings<'a>(
        &'a self,
        string: impl Fn(usize) -> (&'a [u16], &'a [u8]),
    ) -> impl Iterator<Item = (&'a [u16], Cow<'a, [u8]>)> {
        let first = self.head.start;
        self.head.clone().map(move |place| match (string(place), &self.same) {
            ((key, _), Some(same)) if place == first => (key, same.into()),
            ((key, list), _) => (key, list.into()),
        })
    }
}

/// Strings and lists that make up one shard.
#[derive(Default)]
struct Shard<'a> {
    keys: Vec<&'a [u16]>,
    lists: Vec<Cow<'a, [u8]>>,
    size: usize,
}

impl<'a> Shard<'a> {
    fn push(&mut self, key: &'a [u16], list: Cow<'a, [u8]>) {
        self.size += size(key, &list);
        self.keys.push(key);
        self.lists.push(list);
    }

    fn packed<'g>(&self, groups: impl Iterator<Item = &'g Group>) -> Vec<u8> {
        let mut bytes = front_coded(&self.keys);
        for list in &self.lists {
            posting::push_varint(list.len() as u64, &mut bytes);
        }
        bytes.extend(self.lists.iter().flat_map(|list| list.iter()));
        for group in groups.filter(|group| !group.tails.is_empty()) {
            posting::push_varint(u64::from(group.first), &mut bytes);
            bytes.extend(front_coded(&group.tails.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        }
        pack::deflate(&bytes)
    }
}

fn size(key: &[u16], list: &[u8]) -> usize {
    2 * key.len() + 2 + list.len()
}

/// Makes every shard and hands it to `put` with its number: heads from 0, tails from the number of heads, which it gives.
pub(super) fn write(kept: &Kept, mut put: impl FnMut(u32, Vec<u8>) -> std::io::Result<()>) -> std::io::Result<u32> {
    let order = kept.order();
    let string = |place: usize| kept.string(order[place]);
    let (mut groups, mut tails) = (Vec::new(), Vec::new());
    // Only a string of two units is named: a query that holds one looks it up anyway.
    let mut lists: HashMap<&[u8], &[u16]> = HashMap::new();
    for (key, list) in (0..order.len()).map(string).filter(|(key, list)| key.len() == 2 && list.len() >= NAMED_BYTES) {
        lists.entry(list).or_insert(key);
    }
    let mut start = 0;
    for group in order.chunk_by(|a, b| beginning(kept.string(*a).0) == beginning(kept.string(*b).0)) {
        let (key, list) = string(start);
        let same = lists.get(list).filter(|other| **other != key).map(|other| posting::same(other));
        let first = tails.len() as u32;
        let mut made = Group { head: start..start + group.len(), same, first, tails: Vec::new() };
        let longer = (start + 1..made.head.end).map(string);
        if longer.clone().map(|(key, list)| size(key, list)).sum::<usize>() > TAIL_BYTES {
            for (from, tail) in cut(longer, first) {
                made.tails.push(from);
                tails.push(tail);
            }
            made.head.end = start + 1;
        }
        start += group.len();
        groups.push(made);
    }
    let bytes: usize =
        groups.iter().flat_map(|group: &Group| group.strings(string)).map(|(key, list)| size(key, &list)).sum();
    let heads = (bytes / HEAD_BYTES).max(1) as u32;
    let mut placed: Vec<(u32, &Group)> =
        groups.iter().map(|group| (head(string(group.head.start).0, heads), group)).collect();
    placed.sort_by_key(|(head, _)| *head);
    for from in (0..heads).step_by(BATCH) {
        let numbers = from..heads.min(from + BATCH as u32);
        let made: Vec<Vec<u8>> = numbers
            .into_par_iter()
            .map(|number| {
                let place = |number| placed.partition_point(|(head, _)| *head < number);
                let mut shard = Shard::default();
                let own = &placed[place(number)..place(number + 1)];
                own.iter().flat_map(|(_, group)| group.strings(string)).for_each(|(key, list)| shard.push(key, list));
                shard.packed(own.iter().map(|(_, group)| *group))
            })
            .collect();
        made.into_iter().zip(from..).try_for_each(|(bytes, number)| put(number, bytes))?;
    }
    for (batch, from) in tails.chunks(BATCH).zip((heads..).step_by(BATCH)) {
        let made: Vec<Vec<u8>> = batch.par_iter().map(|tail| tail.packed(std::iter::empty())).collect();
        made.into_iter().zip(from..).try_for_each(|(bytes, number)| put(number, bytes))?;
    }
    Ok(heads)
}

/// Cuts the longer strings of a group into tails, numbered from `first`; with each the shortest string that stands behind
/// all of the tail before.
fn cut<'a>(strings: impl Iterator<Item = (&'a [u16], &'a [u8])>, first: u32) -> Vec<(Vec<u16>, Shard<'a>)> {
    let mut tails: Vec<(Vec<u16>, Shard)> = Vec::new();
    // What the string before begins with, itself included, and the tails of the lists.
    let mut open: Vec<(&[u16], &[u8], u32)> = Vec::new();
    for (key, list) in strings {
        let last = open.last().map_or(&[][..], |(key, ..)| *key);
        let shared = last.iter().zip(key).take_while(|(a, b)| a == b).count();
        open.retain(|(beginning, ..)| key.starts_with(beginning));
        if tails.last().is_none_or(|(_, tail)| tail.size + size(key, list) > TAIL_BYTES) {
            let from = if tails.is_empty() { &key[..2] } else { &key[..shared + 1] };
            let mut tail = Shard::default();
            for (beginning, list, number) in &open {
                let short = list.len() < NAMED_BYTES;
                tail.push(beginning, if short { (*list).into() } else { posting::elsewhere(*number).into() });
            }
            tails.push((from.to_vec(), tail));
        }
        open.push((key, list, first + tails.len() as u32 - 1));
        if let Some((_, tail)) = tails.last_mut() {
            tail.push(key, list.into());
        }
    }
    tails
}

/// What strings of a group have in common.
fn beginning(key: &[u16]) -> &[u16] {
    &key[..key.len().min(2)]
}

/// The head in which a string's group stands.
fn head(key: &[u16], heads: u32) -> u32 {
    let mut mixed = u32::from(key[0]) << 16 | u32::from(key.get(1).copied().unwrap_or_default());
    mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ mixed >> 12).wrapping_mul(0x297a_2d39);
    (mixed ^ mixed >> 15) % heads
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
