//! The pairs of GBK, and what decoders make of them.
//!
//! In: bytes. Out: characters. Never judges a text: that is for `guess` and `mojibake`.

use super::classes::{is_han, kind, kinds, simplified};
use super::lexicon::is_known;
use super::width::ideograph;
use encoding_rs::{BIG5, GBK};
use std::sync::LazyLock;

/// The GBK pair of a character.
pub(super) fn pair(c: char) -> Option<[u8; 2]> {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = GBK.encode(c.encode_utf8(&mut buffer));
    match (failed, &bytes[..]) {
        (false, [lead, trail]) => Some([*lead, *trail]),
        // Another program may have written a compatibility ideograph.
        _ => ideograph(c).and_then(pair),
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

/// A character that reports use.
#[derive(Clone, Copy)]
pub(super) struct Usual {
    pub c: char,
    pub simplified: char,
    /// How far it is out of place in Traditional text: 2 when it is Simplified, 1 when it is rare.
    pub odd: u8,
}

impl Usual {
    pub fn new(c: char) -> Usual {
        let odd = if kinds(c) & kind::SIMPLIFIED != 0 { 2 } else { u8::from(is_rare(c)) };
        Usual { c, simplified: simplified(c), odd }
    }
}

/// Whether a character is not among the common ones of Traditional text.
fn is_rare(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = BIG5.encode(c.encode_utf8(&mut buffer));
    failed || !matches!(&bytes[..], [0xA1..=0xC6, _])
}

/// The pairs, less the characters that no report has.
static USUAL: LazyLock<Vec<Option<Usual>>> = LazyLock::new(|| {
    let marks = "，。、；：！？（）“”‘’《》〈〉【】〔〕—…·０１２３４５６７８９";
    let usual = |c: &char| (is_han(*c) && is_known(*c)) || marks.contains(*c);
    TABLE.iter().map(|c| c.filter(usual).map(Usual::new)).collect()
});

/// Every Han character that has a pair.
pub(super) fn all() -> impl Iterator<Item = char> {
    TABLE.iter().flatten().copied().filter(|c| is_han(*c))
}

pub(super) fn decode(lead: u8, trail: u8) -> Option<char> {
    TABLE[usize::from(u16::from_be_bytes([lead, trail]))]
}

pub(super) fn usual(lead: u8, trail: u8) -> Option<Usual> {
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
