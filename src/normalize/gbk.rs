//! The pairs of GBK, and what decoders make of them.
//!
//! In: bytes. Out: characters. Never judges a text: that is for `guess` and `mojibake`.

use super::classes::is_han;
use super::lexicon::is_known;
use encoding_rs::{BIG5, Encoding, GBK};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// The GBK pair of a character.
pub(super) fn pair(c: char) -> Option<[u8; 2]> {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = GBK.encode(c.encode_utf8(&mut buffer));
    match (failed, &bytes[..]) {
        (false, [lead, trail]) => Some([*lead, *trail]),
        _ => None,
    }
}

/// What a decoder makes of every pair: a character, or nothing.
static TABLE: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
    let mut table = vec![None; 0x1_0000];
    for pair in 0x8140..=0xFEFEu16 {
        let bytes = pair.to_be_bytes();
        let (text, failed) = GBK.decode_without_bom_handling(&bytes);
        let mut characters = text.chars();
        if let (false, Some(c), None) = (failed, characters.next(), characters.next())
            && !c.is_ascii()
            && !('\u{E000}'..='\u{F8FF}').contains(&c)
        {
            table[usize::from(pair)] = Some(c);
        }
    }
    table
});

/// The same, characters that no report has left out.
static USUAL: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
    let usual = |c: &char| (is_han(*c) && is_known(*c)) || "，。、；：！？（）“”‘’《》〈〉【】〔〕—…·０１２３４５６７８９".contains(*c);
    TABLE.iter().map(|c| c.filter(usual)).collect()
});

/// Every Han character that has a pair.
pub(super) fn all() -> impl Iterator<Item = char> {
    TABLE.iter().flatten().copied().filter(|c| is_han(*c))
}

pub(super) fn decode(lead: u8, trail: u8) -> Option<char> {
    TABLE[usize::from(u16::from_be_bytes([lead, trail]))]
}

pub(super) fn usual(lead: u8, trail: u8) -> Option<char> {
    USUAL[usize::from(u16::from_be_bytes([lead, trail]))]
}

/// Bytes that begin a pair.
pub(super) static LEADS: LazyLock<Vec<u8>> = LazyLock::new(|| (0x81..=0xFE).collect());

/// Pairs a decoder drops without a trace: the first byte, and the second bytes that can begin the next pair.
pub(super) static DROPPED: LazyLock<Vec<(u8, Vec<u8>)>> = LazyLock::new(|| {
    // Decoders differ on the last row below A1.
    let is_dropped = |lead: u8, trail: u8| decode(lead, trail).is_none() || lead == 0xFE && trail <= 0xA0;
    let seconds = |lead: u8| LEADS.iter().copied().filter(|trail| is_dropped(lead, *trail)).collect::<Vec<_>>();
    LEADS.iter().map(|lead| (*lead, seconds(*lead))).filter(|row| !row.1.is_empty()).collect()
});

/// Characters out of place in Traditional and in Simplified text: not among the common ones of a country that writes it.
static OUT_OF_PLACE: LazyLock<[Vec<bool>; 2]> = LazyLock::new(|| {
    let common = |c: char, encoding: &'static Encoding, leads: RangeInclusive<u8>| {
        let mut buffer = [0; 4];
        let (bytes, _, failed) = encoding.encode(c.encode_utf8(&mut buffer));
        !failed && matches!(&bytes[..], [lead, trail] if leads.contains(lead) && (encoding == BIG5 || *trail >= 0xA1))
    };
    let odd = |encoding, leads: RangeInclusive<u8>| {
        (0..0x1_0000).map(|c| char::from_u32(c).is_none_or(|c| !common(c, encoding, leads.clone()))).collect()
    };
    [odd(BIG5, 0xA1..=0xC6), odd(GBK, 0xA1..=0xF7)]
});

/// Whether a character is a rare one in Traditional, or else in Simplified text.
pub(super) fn is_rare(c: char, traditional: bool) -> bool {
    OUT_OF_PLACE[usize::from(!traditional)].get(c as usize).is_none_or(|rare| *rare)
}
