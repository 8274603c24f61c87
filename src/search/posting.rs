//! Lists of documents as bytes: ascending numbers below a known total in, the smallest of three codings out.
//!
//! `varint(count << 2 | coding)`, then the payload. Coding 0: Rice-coded gaps of the members; 1: the same of the
//! documents that are *not* members; 2: one bit per document, lowest bit first; 3, with a count of 0: the string of
//! two units, in UTF-16LE, that has the same list; with any other count: nothing, the list stands elsewhere, for a
//! string of a tail (whose count is told as 1) where that string itself is looked up, for one of a brief in its head. A Rice code is the gap's high part in unary (ones, then a zero) and its low `k` bits, lowest first;
//! `k` follows from total and count. Nothing here allocates by a number read from outside.

const GAPS: u8 = 0;
const COMPLEMENT: u8 = 1;
const BITMAP: u8 = 2;
const NAMED: u8 = 3;

/// Appends `value`, seven bits a byte, low ones first.
pub(super) fn push_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Number of low bits of a Rice code: about log2 of the mean gap, less a little.
fn rice_bits(total: u32, count: u32) -> u32 {
    (total / count.max(1)).max(1).ilog2()
}

fn rice(members: impl Iterator<Item = u32>, count: u32, total: u32) -> Vec<u8> {
    let low = rice_bits(total, count);
    let (mut out, mut bits, mut held) = (Vec::new(), 0u64, 0u32);
    let mut push = |value: u64, width: u32| {
        bits |= value << held;
        held += width;
        while held >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    };
    let mut next = 0;
    for member in members {
        let gap = member - next;
        next = member + 1;
        let mut high = gap >> low;
        while high >= 32 {
            push(0xffff_ffff, 32);
            high -= 32;
        }
        push((1u64 << high) - 1, high + 1);
        push(u64::from(gap) & ((1u64 << low) - 1), low);
    }
    push(0, 7);
    // The seven zeros only move the last bits out; a whole byte of them is not needed.
    out
}

/// Appends the smallest coding of `members`, which ascend and are below `total`.
pub(super) fn encode(members: &[u32], total: u32, out: &mut Vec<u8>) {
    let count = members.len() as u32;
    let (coding, mut payload) = if count <= total / 2 {
        (GAPS, rice(members.iter().copied(), count, total))
    } else {
        let mut rest = members.iter().copied().peekable();
        let others = (0..total).filter(|document| rest.next_if_eq(document).is_none());
        (COMPLEMENT, rice(others, total - count, total))
    };
    let bitmap_length = total.div_ceil(8) as usize;
    let coding = if payload.len() > bitmap_length {
        payload = vec![0; bitmap_length];
        for &member in members {
            payload[(member / 8) as usize] |= 1 << (member % 8);
        }
        BITMAP
    } else {
        coding
    };
    push_varint(u64::from(count) << 2 | u64::from(coding), out);
    out.append(&mut payload);
}

/// Says that a list is that of another string.
pub(super) fn same(key: &[u16]) -> Vec<u8> {
    std::iter::once(NAMED).chain(key.iter().flat_map(|unit| unit.to_le_bytes())).collect()
}

/// Says that a string has its list where a look-up of the string itself ends.
pub(super) fn elsewhere() -> Vec<u8> {
    vec![1 << 2 | NAMED]
}

/// Says of a large list only how many documents it holds.
pub(super) fn apart(list: &[u8]) -> Vec<u8> {
    let end = list.iter().position(|byte| *byte < 0x80).map_or(list.len(), |at| at + 1);
    let mut head = list[..end].to_vec();
    head[0] |= NAMED;
    head
}

/// Reads a list back; the model of what the browser does.
#[cfg(test)]
pub(super) fn decode(bytes: &[u8], total: u32) -> Option<Vec<u32>> {
    let (mut head, mut at) = (0u64, 0);
    loop {
        let byte = *bytes.get(at)?;
        head |= u64::from(byte & 0x7f) << (7 * at);
        at += 1;
        if byte < 0x80 {
            break;
        }
    }
    let (count, coding, payload) = ((head >> 2) as u32, (head & 3) as u8, bytes.get(at..)?);
    if coding == BITMAP {
        let set =
            |document: &u32| payload.get((document / 8) as usize).is_some_and(|byte| byte >> (document % 8) & 1 == 1);
        return Some((0..total).filter(set).collect());
    }
    let coded = if coding == COMPLEMENT { total.checked_sub(count)? } else { count };
    let (low, mut position) = (rice_bits(total, coded), 0usize);
    let mut bit = || {
        let value = payload.get(position / 8)? >> (position % 8) & 1;
        position += 1;
        Some(u32::from(value))
    };
    let (mut members, mut next) = (Vec::new(), 0u32);
    for _ in 0..coded {
        let mut gap = 0u32;
        while bit()? == 1 {
            gap += 1 << low;
        }
        for place in 0..low {
            gap += bit()? << place;
        }
        members.push(next + gap);
        next += gap + 1;
    }
    if coding == COMPLEMENT {
        return Some((0..total).filter(|document| members.binary_search(document).is_err()).collect());
    }
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_reads_back_as_written(total in 1u32..3000, seed in prop::collection::btree_set(0u32..3000, 0..600), dense: bool) {
            let sparse: Vec<u32> = seed.into_iter().filter(|document| *document < total).collect();
            let members = if dense { (0..total).filter(|d| sparse.binary_search(d).is_err()).collect() } else { sparse };
            let mut bytes = Vec::new();
            encode(&members, total, &mut bytes);
            prop_assert!(bytes.len() <= 4 + (total as usize).div_ceil(8));
            prop_assert_eq!(decode(&bytes, total), Some(members));
        }
    }
}
