//! Breaks text the way the page tool did, and keeps account of every broken span.
//!
//! GBK bytes; an annotation behind every key of the tool's table wherever its two bytes stand, the border of characters or not; a decoder
//! that shows an impossible pair as `?` (both bytes gone) and drops user-defined ones without a trace; full-width punctuation folded to
//! ASCII. A list item whose indent lost a byte is read one byte late from its first character.

use encoding_rs::GBK;
use pinyin::ToPinyin;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

/// A small reproducible source of chance.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// A piece of a line: what is shown, and the characters of the source it stands for.
pub struct Piece {
    pub shown: String,
    /// Characters of the source line.
    pub of: Range<usize>,
    /// Whether a decoder was out of step in it.
    pub damaged: bool,
}

/// Folds full-width ASCII, as many archives do.
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|c| if ('！'..='～').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c })
        .collect()
}

/// Traditional characters with their Simplified forms.
pub fn pairs() -> impl Iterator<Item = (char, char)> {
    let row: Vec<char> = include_str!("../../src/search/hant.txt").lines().next().unwrap_or_default().chars().collect();
    let pairs: Vec<(char, char)> = row.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().filter(|pair| pair.0 != pair.1)
}

/// Whether a character has another, Simplified form.
pub fn is_traditional(c: char) -> bool {
    static TRADITIONAL: LazyLock<BTreeSet<char>> = LazyLock::new(|| pairs().map(|pair| pair.0).collect());
    TRADITIONAL.contains(&c)
}

/// Whether a page in GBK can hold it.
pub fn is_gbk(c: char) -> bool {
    c.is_ascii() || pair(c).is_some()
}

/// Whether a sentence begins with a numeral in parentheses, before which pages have the indent that breaks.
pub fn is_numbered(text: &str) -> bool {
    text.strip_prefix('（').is_some_and(|rest| rest.starts_with(|c| "一二三四五六七八九十".contains(c)))
}

/// The characters that the tool annotates, by their bytes, with what it puts behind them.
pub type Keys = BTreeMap<[u8; 2], String>;

/// The table of a tool that annotates these.
pub fn keys(characters: impl Iterator<Item = char>) -> Keys {
    characters.filter_map(|c| Some((pair(c)?, c.to_pinyin()?.with_tone().to_owned()))).collect()
}

fn pair(c: char) -> Option<[u8; 2]> {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = GBK.encode(c.encode_utf8(&mut buffer));
    match (failed, &bytes[..]) {
        (false, [lead, trail]) => Some([*lead, *trail]),
        _ => None,
    }
}

/// The bytes of a page, with where its characters begin.
struct Page {
    bytes: Vec<u8>,
    /// The character a border is before, or nothing inside of characters and annotations.
    border: Vec<Option<usize>>,
    /// Where an annotation that stands at a border ends.
    note: BTreeMap<usize, usize>,
}

fn page(text: &str, keys: &Keys, indent: bool) -> Page {
    let mut source: Vec<(u8, Option<usize>)> = Vec::new();
    for (of, c) in text.chars().enumerate() {
        match pair(c) {
            Some([lead, trail]) => source.extend([(lead, Some(of)), (trail, None)]),
            None => source.push((u8::try_from(c as u32).unwrap_or(b'#'), Some(of))),
        }
    }
    source.push((0, Some(text.chars().count())));
    let mut page = Page { bytes: Vec::new(), border: Vec::new(), note: BTreeMap::new() };
    if indent {
        page.bytes.extend([0xA1, 0x20, 0xA1]);
        page.border.extend([Some(0), None, None]);
        source[0].1 = None;
    }
    let mut at = 0;
    while at < source.len() {
        let hit = source.get(at + 1).and_then(|trail| keys.get(&[source[at].0, trail.0]));
        let count = if hit.is_some() { 2 } else { 1 };
        for (byte, border) in &source[at..at + count] {
            page.bytes.push(*byte);
            page.border.push(*border);
        }
        at += count;
        if let Some(reading) = hit {
            let note = format!("({reading})");
            let (note, _, _) = GBK.encode(&note);
            let start = page.bytes.len();
            page.bytes.extend(&*note);
            page.border.extend(note.iter().map(|_| None));
            page.border[start] = source[at].1;
            if source[at].1.is_some() {
                page.note.insert(start, page.bytes.len());
            }
        }
    }
    page
}

/// What a decoder shows of the bytes at a place, and how many it takes.
fn unit(bytes: &[u8]) -> (String, usize) {
    let lead = bytes[0];
    if lead < 0x80 {
        return (char::from(lead).to_string(), 1);
    }
    let trail = bytes.get(1).copied().unwrap_or(0);
    if !(0x81..=0xFE).contains(&lead) || !(0x40..=0xFE).contains(&trail) || trail == 0x7F {
        return ("?".to_owned(), 2);
    }
    let two = [lead, trail];
    let (text, failed) = GBK.decode_without_bom_handling(&two);
    let lost = failed || text.chars().any(|c| ('\u{E000}'..='\u{F8FF}').contains(&c));
    (if lost { String::new() } else { text.into_owned() }, 2)
}

/// A line in pieces, whole and damaged by turns; with `indent`, its first character is read one byte late, as behind a damaged indent.
pub fn break_bytes(text: &str, keys: &Keys, indent: bool) -> Vec<Piece> {
    let page = page(text, keys, indent);
    let mut pieces: Vec<Piece> = Vec::new();
    // The last byte is a sentinel.
    let end = page.bytes.len() - 1;
    let mut at = 0;
    while at < end {
        let from = page.border[at].unwrap_or(0);
        let mut shown = String::new();
        let mut damaged = false;
        if let Some(after) = page.note.get(&at) {
            let (note, _) = GBK.decode_without_bom_handling(&page.bytes[at..*after]);
            shown.push_str(&note);
            at = *after;
            // Behind half a character an annotation stands or goes with it.
            if let Some(last) = pieces.last_mut().filter(|last| last.damaged) {
                last.shown.push_str(&fold(&shown));
                continue;
            }
        } else {
            loop {
                let (text, length) = unit(&page.bytes[at..end]);
                shown.push_str(&text);
                at = (at + length).min(end);
                if page.border[at].is_some() {
                    break;
                }
                damaged = true;
            }
        }
        let of = from..page.border[at].unwrap_or(from);
        match pieces.last_mut() {
            Some(last) if !damaged && !last.damaged => {
                last.shown.push_str(&fold(&shown));
                last.of.end = of.end;
            }
            _ => pieces.push(Piece { shown: fold(&shown), of, damaged }),
        }
    }
    pieces
}
