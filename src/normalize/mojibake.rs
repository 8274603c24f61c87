//! Byte repair: text whose bytes were cut at the wrong place, or read in the wrong encoding.
//!
//! In: the document. Out: changes where bytes, readings and words agree on one original; everything else is flagged and left.
//!
//! What happened to such pages: they were GBK, and a tool put `(pinyin)` behind two-byte keys without minding where a character
//! begins. A decoder then showed an impossible pair as `?` (both bytes gone), dropped user-defined pairs without a trace, and read
//! everything up to the next ASCII byte one byte late. So the bytes alone prove nothing: a pair may be missing anywhere. A repair
//! reads the run one byte earlier, lets pairs be missing, and asks the lexicon which text is meant.

use super::classes::{has_other_form, is_han, kind};
use super::edits::Change;
use super::lexicon::{Own, Reading};
use super::pinyin::{annotations, reads, syllable};
use super::{Rule, Work};
use crate::model::source::Sure;
use encoding_rs::{GBK, WINDOWS_1252};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const UTF8: Rule = Rule {
    id: "utf8-misread",
    why: "UTF-8 字节被当作西文读出，按字节还原；还原结果必须全是汉字和中文标点。",
    turns: &[
        ("\u{e6}\u{94}\u{bf}\u{e5}\u{ba}\u{9c}信息", "政府信息"),
        ("\u{e5}\u{85}\u{ac}\u{e5}\u{bc}\u{80}情况", "公开情况"),
        ("æ”¿åºœ公报", "政府公报"),
    ],
    leaves: &["café", "26℃", "Ångström 与 naïve"],
    run: |work| work.each(UTF8.id, kind::DAMAGE, misread),
};

pub(super) const BYTES: Rule = Rule {
    id: "byte-repair",
    why: "网页工具在国标码文字中插入拼音时切断了汉字，其后的字节全部错位。按字节倒推原文，读音和词语都吻合、且只有一种读法时才修复，否则保持原样并指出。",
    turns: &[
        ("建設(shè)領(lǐng)域?qū)徟鷷r(shí)限", "建设(shè)领(lǐng)域审批时(shí)限"),
        ("服務(wù)轉(zhuǎn)變?yōu)椤版I對鍵”模式", "服务(wù)转(zhuǎn)变为“键对键”模式"),
        ("(一)健全制度\n?。ǘ┻M(jìn)一步公開信息", "(一)健全制度\n(二)进(jìn)一步公开信息"),
    ],
    leaves: &["为什么要公开?(一)因为", "群众问:怎么办?。", "何时开通?", "共公开信息\u{FFFD}条", "?"],
    run: repair,
};

/// Stretches that are UTF-8 read as Latin-1 or Windows-1252.
pub(super) fn misread(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut run: Option<(usize, Vec<u8>)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match western(c) {
            Some(byte) => run.get_or_insert((at, Vec::new())).1.push(byte),
            None => {
                if let Some((start, bytes)) = run.take()
                    && bytes.len() >= 3
                    && let Ok(now) = String::from_utf8(bytes)
                    && now.chars().all(|c| {
                        is_han(c)
                            || matches!(c, '\u{3000}'..='\u{3015}' | '\u{FF01}'..='\u{FF5E}' | '“' | '”' | '—' | '…')
                    })
                {
                    changes.push(Change::sure(start..at, now));
                }
            }
        }
    }
    changes
}

/// The byte a character of the upper half of Latin-1 or Windows-1252 was.
fn western(c: char) -> Option<u8> {
    match c {
        '\u{80}'..='\u{FF}' => u8::try_from(c as u32).ok(),
        _ if c.is_ascii() || is_han(c) => None,
        _ => {
            let mut buffer = [0; 4];
            let (bytes, _, failed) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            (!failed && bytes.len() == 1).then(|| bytes[0])
        }
    }
}

/// The GBK pair of a character.
fn pair(c: char) -> Option<[u8; 2]> {
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
    for lead in 0x81..=0xFEu8 {
        for trail in (0x40..=0xFEu8).filter(|trail| *trail != 0x7F) {
            let bytes = [lead, trail];
            let (text, failed) = GBK.decode_without_bom_handling(&bytes);
            let mut characters = text.chars();
            if let (false, Some(c), None) = (failed, characters.next(), characters.next())
                && !('\u{E000}'..='\u{F8FF}').contains(&c)
            {
                table[usize::from(u16::from_be_bytes(bytes))] = Some(c);
            }
        }
    }
    table
});

fn decode(lead: u8, trail: u8) -> Option<char> {
    TABLE[usize::from(u16::from_be_bytes([lead, trail]))]
}

/// Pairs a decoder drops without a trace.
static DROPPED: LazyLock<Vec<(u8, u8)>> = LazyLock::new(|| {
    let mut dropped = Vec::new();
    for lead in 0x81..=0xFEu8 {
        for trail in (0x81..=0xFEu8).filter(|trail| decode(lead, *trail).is_none()) {
            dropped.push((lead, trail));
        }
    }
    dropped
});

/// How a run that is one byte late ends.
#[derive(Clone, Debug)]
enum End {
    /// The trail byte of the last character, read as ASCII; the reading that follows it, if any.
    Trail(u8, Option<String>),
    /// The trail byte was swallowed together with the parenthesis of this reading.
    Swallowed(String),
}

/// A damaged stretch.
#[derive(Debug)]
struct Damage {
    at: Range<usize>,
    /// Text that is known before the run: the number of a list item.
    head: String,
    /// The first byte of the run: the candidates.
    leads: Vec<u8>,
    pairs: Vec<[u8; 2]>,
    end: Option<End>,
}

/// Longest run looked at.
const RUN: usize = 60;

/// Reads the run behind a damaged place.
fn run(text: &str, from: usize) -> (Vec<[u8; 2]>, Option<End>, usize) {
    let mut pairs = Vec::new();
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            _ if pairs.len() > RUN => break,
            '?' => {
                if let Some((reading, length)) = reading(rest) {
                    return (pairs, Some(End::Swallowed(reading)), at + 1 + length);
                }
                break;
            }
            '(' => match syllable(rest) {
                // An annotation that respects the borders of the run as read: nothing of the bytes.
                Some((_, length)) if rest[length..].starts_with(')') => at += length + 2,
                _ => {
                    pairs.push([0xA3, b'(' | 0x80]);
                    at += 1;
                }
            },
            '@'..='~' => {
                let reading = rest.strip_prefix('(').and_then(|rest| {
                    syllable(rest).filter(|found| rest[found.1..].starts_with(')')).map(|found| found.0)
                });
                return (pairs, Some(End::Trail(c as u8, reading)), at + 1);
            }
            // Full-width punctuation that was folded to ASCII after decoding.
            '!'..='>' => {
                pairs.push([0xA3, c as u8 | 0x80]);
                at += 1;
            }
            _ => match pair(c) {
                Some(bytes) => {
                    pairs.push(bytes);
                    at += c.len_utf8();
                }
                None => break,
            },
        }
    }
    (pairs, None, at)
}

/// `qū)`: a reading whose opening parenthesis was swallowed.
fn reading(text: &str) -> Option<(String, usize)> {
    let (reading, length) = syllable(text)?;
    (!reading.is_ascii() && text[length..].starts_with(')')).then_some((reading, length + 1))
}

/// The damaged stretches of a text, in order; `before` is the number of the list item before it, if known.
fn damages(text: &str, before: Option<usize>) -> Vec<Damage> {
    let mut found = Vec::new();
    let mut from = 0;
    if let Some(damage) = numeral(text, before) {
        from = damage.at.end;
        found.push(damage);
    }
    while let Some(mark) = text[from..].find('?').map(|at| from + at) {
        from = mark + 1;
        let Some((syllable, length)) = reading(&text[from..]) else { continue };
        let Some([_, trail]) = text[..mark].chars().next_back().and_then(pair) else { continue };
        // The tool took the last byte of one character and the first of the next for a key with this reading.
        let leads: Vec<u8> = (0x81..=0xFE)
            .filter(|lead| {
                trail >= 0x81 && decode(trail, *lead).is_some_and(|key| has_other_form(key) && reads(key, &syllable))
            })
            .collect();
        let (pairs, end, to) = run(text, from + length);
        from = to;
        found.push(Damage { at: mark..to, head: String::new(), leads, pairs, end });
    }
    found
}

const NUMERALS: &[&str] = &[
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七",
    "十八", "十九", "二十",
];

/// `?。ǘ┻…` at the start of a line: an indent lost a byte, and `（二）…` was read one byte late.
fn numeral(text: &str, before: Option<usize>) -> Option<Damage> {
    let start = text.len() - text.trim_start().len();
    let body = text[start..].strip_prefix("?。")?;
    let from = text.len() - body.len();
    let fits = NUMERALS.iter().enumerate().filter_map(|(index, numeral)| {
        let mut bytes = vec![0xA8];
        bytes.extend(numeral.chars().filter_map(pair).flatten());
        bytes.push(0xA3);
        let mut at = from;
        for shown in bytes.chunks_exact(2) {
            match decode(shown[0], shown[1]) {
                Some(c) => at += text[at..].starts_with(c).then_some(c.len_utf8())?,
                None if text[at..].starts_with('?') => at += 1,
                None => {}
            }
        }
        let c = text[at..].chars().next()?;
        // The bracket closes with A3 A9; the A9 is read with the next lead byte.
        pair(c).filter(|pair| pair[0] == 0xA9).map(|pair| (index + 1, *numeral, pair[1], at + c.len_utf8()))
    });
    let mut fits: Vec<_> = fits.collect();
    if fits.len() > 1 {
        // 二 and 二十 leave the same trace; the sibling before decides.
        fits.retain(|fit| before.is_some_and(|before| fit.0 == before + 1));
    }
    let (_, numeral, lead, next) = fits.pop()?;
    let (pairs, end, to) = run(text, next);
    Some(Damage { at: start..to, head: format!("（{numeral}）"), leads: vec![lead], pairs, end })
}

/// A text that could have been there.
#[derive(Clone)]
struct Guess {
    text: Vec<char>,
    reading: Reading,
    missing: u32,
}

const BEAM: usize = 40;
/// What one missing pair costs beyond its words: it is rarer than none.
const MISSING: f32 = 2.0;
/// How much cheaper than every other guess a repair must be.
const MARGIN: f32 = 5.0;
/// The most a repaired character may cost on average.
const DEAREST: f32 = 8.0;

/// The most a word of one character may cost to count as support.
const COMMON: f32 = 9.5;

fn allowed(c: char) -> bool {
    is_han(c) || "，。、；：！？（）“”‘’《》〈〉【】〔〕—…·".contains(c)
}

impl Guess {
    fn with(&self, c: char, own: &Own) -> Option<Guess> {
        allowed(c).then(|| {
            let mut next = self.clone();
            next.text.push(c);
            next.reading.push(c, own);
            next
        })
    }

    fn cost(&self) -> f32 {
        self.reading.cost() + MISSING * self.missing as f32
    }
}

fn prune(guesses: &mut Vec<Guess>, beam: usize) {
    guesses.sort_by(|a, b| a.cost().total_cmp(&b.cost()).then_with(|| a.text.cmp(&b.text)));
    guesses.dedup_by(|a, b| a.text == b.text);
    guesses.truncate(beam);
}

/// Every guess with one more character whose lead byte is `lead`: directly, or with a dropped pair between.
fn step(guesses: &[Guess], lead: u8, trails: &[u8], fits: impl Fn(char) -> bool, own: &Own) -> Vec<Guess> {
    let last = |guesses: &[Guess], lead: u8| -> Vec<Guess> {
        trails
            .iter()
            .filter_map(|trail| decode(lead, *trail).filter(|c| fits(*c)))
            .flat_map(|c| guesses.iter().filter_map(move |guess| guess.with(c, own)))
            .collect()
    };
    let mut next = last(guesses, lead);
    // A dropped pair ends one character and begins another.
    let mut middle: Vec<(u8, Vec<Guess>)> = Vec::new();
    let mut dropped = DROPPED.iter().peekable();
    while let Some((end, first)) = dropped.next() {
        let mut begins = vec![*first];
        while let Some((_, other)) = dropped.next_if(|pair| pair.0 == *end) {
            begins.push(*other);
        }
        let Some(c) = decode(lead, *end) else { continue };
        let mut after: Vec<Guess> = guesses.iter().filter_map(|guess| guess.with(c, own)).collect();
        for guess in &mut after {
            guess.missing += 1;
        }
        prune(&mut after, BEAM / 4);
        for begin in begins {
            middle.push((begin, after.clone()));
        }
    }
    // Only the plausible beginnings go on.
    let mut costs: Vec<f32> = middle.iter().flat_map(|(_, after)| after.iter().map(Guess::cost)).collect();
    costs.sort_by(f32::total_cmp);
    if let Some(limit) = costs.get(20_000).or(costs.last()).copied() {
        for (begin, after) in middle {
            let after: Vec<Guess> = after.into_iter().filter(|guess| guess.cost() <= limit).collect();
            next.extend(last(&after, begin));
        }
    }
    prune(&mut next, BEAM);
    next
}

/// The one text the damaged stretch can have been, or nothing.
fn solve(text: &str, damage: &Damage, own: &Own) -> Option<(String, Sure)> {
    let end = damage.end.as_ref()?;
    let mut before: String = text[..damage.at.start].to_owned();
    for annotation in annotations(&before).into_iter().rev() {
        before.replace_range(annotation.at, "");
    }
    let mut reading = Reading::default();
    let left: Vec<char> = before.chars().rev().take(6).collect();
    for c in left.into_iter().rev().chain(damage.head.chars()) {
        reading.push(c, own);
    }
    let start = reading.len();
    let base = reading.cost();
    let mut finished: Vec<Guess> = Vec::new();
    for lead in &damage.leads {
        let mut lead = *lead;
        let mut guesses = vec![Guess { text: Vec::new(), reading: reading.clone(), missing: 0 }];
        for [trail, next] in &damage.pairs {
            guesses = step(&guesses, lead, &[*trail], |_| true, own);
            lead = *next;
        }
        finished.extend(match end {
            End::Trail(trail, None) => step(&guesses, lead, &[*trail], |_| true, own),
            End::Trail(trail, Some(syllable)) => {
                step(&guesses, lead, &[*trail], |c| has_other_form(c) && reads(c, syllable), own)
            }
            End::Swallowed(syllable) => {
                let trails: Vec<u8> = (0x80..=0xFE).collect();
                step(&guesses, lead, &trails, |c| has_other_form(c) && reads(c, syllable), own)
            }
        });
    }
    let mut after = text[damage.at.end..].to_owned();
    after.truncate(after.char_indices().nth(60).map_or(after.len(), |(at, _)| at));
    if let (End::Trail(_, Some(_)), Some(close)) = (end, after.find(')')) {
        after.replace_range(..=close, "");
    }
    for annotation in annotations(&after).into_iter().rev() {
        after.replace_range(annotation.at, "");
    }
    let right: Vec<char> = after.chars().take_while(|c| *c != '?').take(6).collect();
    for guess in &mut finished {
        for c in &right {
            guess.reading.push(*c, own);
        }
    }
    prune(&mut finished, BEAM);
    let best = finished.first()?;
    let count = best.text.len();
    let margin = finished.get(1).map_or(f32::MAX, |second| second.cost() - best.cost());
    let words = best.reading.words(start, start + count);
    let verified = usize::from(!matches!(end, End::Trail(_, None)));
    // A character is supported when a word of two or more holds it, or the reading behind it, or it is a mark.
    let supported: usize = words
        .iter()
        .map(|(at, length)| {
            let inside = (*at).max(start)..(at + length).min(start + count);
            let stands =
                *length > 1 || !is_han(best.reading.character(*at)) || best.reading.word_cost(*at, *length) <= COMMON;
            if stands { inside.len() } else { 0 }
        })
        .sum::<usize>()
        + verified;
    let right_alone: f32 = {
        let mut alone = Reading::default();
        right.iter().for_each(|c| alone.push(*c, own));
        alone.cost()
    };
    let mean = (best.reading.cost() - base - right_alone) / count.max(1) as f32;
    if std::env::var("NZ").is_ok() {
        eprintln!(
            "{:?} -> {:?} margin {margin} mean {mean} supported {supported}/{count} second {:?}",
            &text[damage.at.clone()],
            best.text.iter().collect::<String>(),
            finished.get(1).map(|s| s.text.iter().collect::<String>())
        );
    }
    let enough = supported * 10 >= count * 7 && mean <= DEAREST && margin >= MARGIN;
    enough.then(|| {
        let sure = if best.missing == 0 { Sure::Sure } else { Sure::Likely };
        (damage.head.chars().chain(best.text.iter().copied()).collect(), sure)
    })
}

/// Whether the document writes full-width punctuation; many archives folded it to ASCII.
pub(super) fn punctuation_is_wide(work: &Work) -> bool {
    let count = |marks: &[char]| work.lines.iter().map(|line| line.text.matches(marks).count()).sum::<usize>();
    let wide = count(&['，', '（', '：']);
    wide > 0 && wide >= count(&[',', ':'])
}

fn fold(text: &str, wide: bool) -> String {
    text.chars()
        .map(|c| match c {
            '，' | '（' | '）' | '：' | '；' | '！' | '？' if !wide => {
                char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
            }
            _ => c,
        })
        .collect()
}

/// The number of a list item `(三)`, or 0 for a heading, after which such a list begins anew.
fn list_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix(['(', '（']) {
        let numeral = &rest[..rest.find([')', '）'])?];
        return NUMERALS.iter().position(|known| *known == numeral).map(|index| index + 1);
    }
    let numeral = &text[..text.find('、')?];
    NUMERALS.contains(&numeral).then_some(0)
}

/// Whether a text shows a trace of this damage.
fn is_damaged(text: &str) -> bool {
    text.match_indices('?').any(|(at, _)| reading(&text[at + 1..]).is_some() || text[at..].starts_with("?。"))
}

fn repair(work: &mut Work) {
    let hurt: BTreeSet<usize> = (work.lines.iter().chain(&work.cells).enumerate())
        .filter(|(_, passage)| passage.seen.any(kind::DAMAGE) && is_damaged(&passage.text))
        .map(|(index, _)| index)
        .collect();
    if hurt.is_empty() {
        return;
    }
    let wide = punctuation_is_wide(work);
    let mut own = Own::default();
    for (index, line) in work.lines.iter().enumerate() {
        let mut text = line.text.clone();
        for annotation in annotations(&text).into_iter().rev() {
            text.replace_range(annotation.at, "");
        }
        if hurt.contains(&index) {
            // Sentences without a trace of damage still count.
            text.split(['。', ',', '，']).filter(|part| !part.contains('?')).for_each(|part| own.learn(part));
        } else {
            own.learn(&text);
        }
    }
    let mut before = None;
    for (index, passage) in work.lines.iter_mut().chain(&mut work.cells).enumerate() {
        if hurt.contains(&index) {
            let changes: Vec<Change> = damages(&passage.text, before)
                .iter()
                .filter_map(|damage| {
                    solve(&passage.text, damage, &own).map(|(now, sure)| Change {
                        at: damage.at.clone(),
                        now: fold(&now, wide),
                        sure,
                    })
                })
                .collect();
            passage.apply(BYTES.id, changes);
        }
        before = list_number(&passage.text).or(before);
    }
}

/// Flags what stays broken.
pub(super) fn flag(work: &mut Work) {
    for index in 0..work.lines.len() {
        let line = &work.lines[index];
        if !line.seen.any(kind::DAMAGE) {
            continue;
        }
        let text = &line.text;
        let stretch = damages(text, None)
            .first()
            .map(|damage| damage.at.clone())
            .or_else(|| {
                let at = text.find("?。")?;
                Some(at..at + "?。".len())
            })
            .or_else(|| text.find('\u{FFFD}').map(|at| at..at + 3))
            .or_else(|| text.find("锟斤拷").map(|at| at..at + 9));
        if let Some(at) = stretch {
            work.flag("mojibake-left", index, at, "此处像是字节错位，不能证明原文，保持原样".to_owned());
        }
    }
}
