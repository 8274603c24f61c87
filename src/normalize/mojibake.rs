//! Byte repair: text whose bytes were cut at the wrong place.
//!
//! In: the document. Out: changes where bytes, readings and words agree on one original; everything else is flagged and left.
//!
//! What happened to such pages: they were GBK, and a tool put `(pinyin)` behind two-byte keys without minding where a character
//! begins. A decoder then showed an impossible pair as `?` (both bytes gone), dropped user-defined pairs without a trace, and read
//! everything up to the next ASCII byte one byte late. So the bytes alone prove nothing: a pair may be missing anywhere. A repair
//! reads the run one byte earlier, lets pairs be missing, and asks the lexicon which text is meant.

use super::classes::{Seen, is_han, kind, simplified};
use super::edits::Change;
use super::gbk::{decode, pair};
use super::guess::{BEAM, Begin, End, Guess, Judge, Run, WIDE, guesses};
use super::lexicon::{Own, Reading};
use super::pinyin::{annotations, reads, syllable};
use super::{Rule, Work};
use crate::model::source::Sure;
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) const BYTES: Rule = Rule {
    id: "byte-repair",
    title: "错位的国标码字节",
    why: "网页工具在国标码文字中插入拼音时切断了汉字，其后的字节全部错位。按字节倒推原文，读音和词语都吻合、且只有一种读法时才修复，否则保持原样并指出。",
    turns: &[
        ("建設(shè)領(lǐng)域?qū)徟鷷r(shí)限", "建设(shè)领(lǐng)域审批时(shí)限"),
        ("服務(wù)轉(zhuǎn)變?yōu)椤版I對鍵”模式", "服务(wù)转(zhuǎn)变为“键对键”模式"),
        ("(一)健全制度\n?。ǘ┻M(jìn)一步公開信息", "(一)健全制度\n(二)进(jìn)一步公开信息"),
    ],
    leaves: &["为什么要公开?(一)因为", "群众问:怎么办?。", "何时开通?", "共公开信息\u{FFFD}条", "?"],
    run: repair,
};

/// A damaged stretch.
#[derive(Debug)]
struct Damage {
    at: Range<usize>,
    /// Text that is known before the run: the number of a list item.
    head: String,
    /// What is known of the byte before the run.
    begin: Begin,
    /// The run, in the ways it can end.
    runs: Vec<Run>,
}

/// Longest run looked at.
const RUN: usize = 60;

/// Reads the run behind a damaged place, and tells where it ends if nothing is known of its text: at the first ASCII
/// byte that can have been taken for half a character. A letter is the trail byte that ends it, or a full-width letter that was folded later.
fn runs(text: &str, from: usize) -> (Vec<Run>, usize) {
    let mut found: Vec<Run> = Vec::new();
    let mut end = None;
    let mut pairs: Vec<(u8, Option<u8>)> = Vec::new();
    let mut at = from;
    while let Some(c) = text[at..].chars().next().filter(|_| pairs.len() <= RUN && found.len() < 3) {
        let rest = &text[at + c.len_utf8()..];
        let folded = c as u8 | 0x80;
        match c {
            '?' => {
                if let Some((reading, length)) = reading(rest) {
                    // A character that ends just before is whole: no tool takes half of it for another.
                    found.retain(|run| run.to < at);
                    found.push(Run { pairs: pairs.clone(), end: End::Swallowed(reading), to: at + 1 + length });
                    break;
                }
                if rest.is_empty() {
                    found.push(Run { pairs: pairs.clone(), end: End::Cut, to: at + 1 });
                }
                end = end.or(Some(at + 1));
                // 80 begins no pair, and the byte behind it went with it.
                pairs.push((0x80, None));
            }
            '(' => match syllable(rest) {
                // An annotation that respects the borders of the run as read: nothing of the bytes.
                Some((_, length)) if rest[length..].starts_with(')') => {
                    at += length + 2;
                    continue;
                }
                _ => pairs.push((0xA3, Some(folded))),
            },
            '@'..='~' => {
                let reading = rest.strip_prefix('(').and_then(|rest| {
                    syllable(rest).filter(|found| rest[found.1..].starts_with(')')).map(|found| found.0)
                });
                let read = reading.is_some();
                found.push(Run { pairs: pairs.clone(), end: End::Trail(c as u8, reading), to: at + 1 });
                if read {
                    break;
                }
                pairs.push((0xA3, Some(folded)));
            }
            // Full-width punctuation that was folded to ASCII after decoding.
            '!'..='>' => pairs.push((0xA3, Some(folded))),
            _ => match pair(c) {
                Some([trail, lead]) => pairs.push((trail, Some(lead))),
                None => break,
            },
        }
        at += c.len_utf8();
    }
    let end = found.first().map(|run| run.to).into_iter().chain(end).min().unwrap_or(from);
    (found, end)
}

/// Readings without a tone of characters with another form: 們, 麼, 嗎, 墶, 唄.
const NEUTRAL: &[&str] = &["men", "me", "ma", "da", "bei"];

/// `qū)`: a reading whose opening parenthesis was swallowed.
fn reading(text: &str) -> Option<(String, usize)> {
    let (reading, length) = syllable(text)?;
    let toned = !reading.is_ascii() || NEUTRAL.contains(&reading.as_str());
    (toned && text[length..].starts_with(')')).then_some((reading, length + 1))
}

/// The next damaged stretch of a text; `before` is the number of the list item before it, if known.
fn next_damage(text: &str, from: usize, before: Option<usize>) -> Option<Damage> {
    if let Some(damage) = numeral(text, before).filter(|_| from == 0) {
        return Some(damage);
    }
    let mut from = from;
    loop {
        let mark = from + text[from..].find('?')?;
        from = mark + 1;
        let Some((syllable, length)) = reading(&text[from..]) else { continue };
        let trail = match text[..mark].chars().next_back() {
            // Full-width punctuation that was folded; a `)` closes an annotation.
            Some(c @ ('!'..='(' | '*'..='>')) => Some(c as u8 | 0x80),
            c => c.and_then(pair).map(|pair| pair[1]).filter(|trail| *trail >= 0x81),
        };
        let (runs, to) = runs(text, from + length);
        return Some(Damage { at: mark..to, head: String::new(), begin: Begin::Key(trail, syllable), runs });
    }
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
    let (runs, to) = runs(text, next);
    Some(Damage { at: start..to, head: format!("（{numeral}）"), begin: Begin::Known(lead), runs })
}

/// How likely all other guesses together may be, measured by the repair; less where a pair is missing between two words, for then no word
/// vouches for what stands there.
const DOUBT: f32 = 0.05;
const DOUBT_LOOSE: f32 = 0.018;
/// How much more a guess counts that differs in its marks alone.
const MARKS_ALONE: f32 = 4.0;
/// The most a repaired character may cost on average, and what a repair may cost beyond that.
const DEAREST: f32 = 8.0;
const DEAREST_SHORT: f32 = 4.0;
/// Marks that stand in pairs: which pair, and whether it opens.
const MARKS: &[(char, usize, bool)] = &[('“', 0, true), ('”', 0, false), ('《', 1, true), ('》', 1, false)];

/// How many characters on each side may hold the other half of a pair of marks.
const NEAR: usize = 400;
/// The most stretches looked at in one document, so that no page takes hours.
const MOST: usize = 20_000;
/// The most a word of one character may cost to count as support.
const COMMON: f32 = 8.0;

/// A text without its annotations.
fn bare(text: &str) -> String {
    let mut text = text.to_owned();
    for annotation in annotations(&text).into_iter().rev() {
        text.replace_range(annotation.at, "");
    }
    text
}

/// The one text the damaged stretch can have been, or nothing: a quick search finds it, a wide one must find no rival.
fn solve(text: &str, damage: &Damage, judge: &Judge) -> Option<Change> {
    search(text, damage, BEAM, judge)?;
    search(text, damage, WIDE, judge)
}

fn search(text: &str, damage: &Damage, beam: usize, judge: &Judge) -> Option<Change> {
    let last = damage.runs.iter().map(|run| run.to).max()?;
    let mut reading = Reading::default();
    let before = &text[..damage.at.start];
    let before = &before[before.char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at)..];
    let left: Vec<char> = bare(before).chars().rev().take(6).collect();
    for c in left.into_iter().rev().chain(damage.head.chars()) {
        reading.push(c, &judge.own);
    }
    let start = reading.len();
    let base = reading.cost();
    // What follows, up to the same place for every way the run can end, so that their costs compare.
    let follow = |run: &Run| -> Vec<char> {
        let mut to = last.max(run.to);
        to += text[to..].char_indices().nth(60).map_or(text.len() - to, |(at, _)| at);
        let mut after = text[run.to..to].to_owned();
        if let (End::Trail(_, Some(_)), Some(close)) = (&run.end, after.find(')')) {
            after.replace_range(..=close, "");
        }
        let beyond = bare(&text[last.min(to)..to]).chars().take_while(|c| *c != '?').count();
        let after = bare(&after);
        let keep = after.chars().count().saturating_sub(beyond) + beyond.min(6);
        after.chars().take(keep).take_while(|c| *c != '?').collect()
    };
    let mut finished: Vec<(Guess, &Run, usize)> = Vec::new();
    for run in &damage.runs {
        let (right, ends) = (follow(run), judge.ends(&run.end));
        for lead in &judge.leads(&damage.begin) {
            for mut guess in guesses(run, &ends, *lead, &reading, beam, judge) {
                right.iter().for_each(|c| guess.reading.push(*c, &judge.own));
                finished.push((guess, run, right.len()));
            }
        }
    }
    // Quotation marks and title marks stand in pairs.
    let count = |text: &mut dyn Iterator<Item = char>| {
        let (mut open, mut lone) = ([0i32; 2], 0u8);
        for c in text {
            let Some((at, opens)) = MARKS.iter().find_map(|(mark, at, opens)| (*mark == c).then_some((*at, *opens)))
            else {
                continue;
            };
            if opens {
                open[at] += 1;
            } else if open[at] > 0 {
                open[at] -= 1;
            } else {
                lone += 1;
            }
        }
        lone + open.iter().map(|open| *open as u8).sum::<u8>()
    };
    for (guess, run, _) in &mut finished {
        let after = text[run.to..].chars().take(NEAR);
        guess.odd += count(&mut before.chars().chain(guess.text.iter().copied()).chain(after));
    }
    finished.sort_by(|(a, x, _), (b, y, _)| {
        a.cost().total_cmp(&b.cost()).then_with(|| a.text.cmp(&b.text)).then_with(|| x.to.cmp(&y.to))
    });
    finished.dedup_by(|(a, x, _), (b, y, _)| x.to == y.to && a.says(b));
    let (best, run, followed) = finished.first()?;
    let count = best.text.len();
    // How likely it is that any of the others is meant, against this one.
    let words = |guess: &Guess| guess.text.iter().filter(|c| is_han(**c)).map(|c| simplified(*c)).collect::<Vec<_>>();
    let own = words(best);
    // Words do not tell where a comma left no trace: of 合同为 and 合同，为 the bytes may be the same.
    let weight = |other: &Guess| if words(other) == own { MARKS_ALONE } else { 1.0 };
    let others: f32 = finished[1..].iter().map(|other| weight(&other.0) * (best.cost() - other.0.cost()).exp()).sum();
    // A character is supported when a word of two or more holds it, or it is a common word alone, or a mark, or its reading follows.
    let supported: usize = best
        .reading
        .words(start, start + count)
        .iter()
        .map(|(at, length)| {
            let inside = (*at).max(start)..(at + length).min(start + count);
            let stands =
                *length > 1 || !is_han(best.reading.character(*at)) || best.reading.word_cost(*at, *length) <= COMMON;
            if stands { inside.len() } else { 0 }
        })
        .sum::<usize>()
        + usize::from(!matches!(run.end, End::Trail(_, None)));
    let mut alone = Reading::default();
    let end = start + count;
    (end..end + followed).for_each(|at| alone.push(best.reading.character(at), &judge.own));
    let mean = (best.reading.cost() - base - alone.cost()) / count.max(1) as f32;
    let loose = (best.reading.words(start, start + count).iter())
        .any(|(at, _)| *at > start && best.seams >> (at - start) & 1 == 1 && is_han(best.reading.character(*at)));
    let doubt = if loose { DOUBT_LOOSE } else { DOUBT };
    let dearest = DEAREST + DEAREST_SHORT / count.max(1) as f32;
    // A digit has no word to vouch for it.
    let number = best.text.iter().any(|c| ('０'..='９').contains(c));
    let enough = !number && supported * 10 >= count * 7 && mean <= dearest && others <= doubt;
    enough.then(|| Change {
        at: damage.at.start..run.to,
        now: damage.head.chars().chain(best.text.iter().copied()).collect(),
        sure: if best.missing == 0 { Sure::Sure } else { Sure::Likely },
    })
}

/// The changes of one text.
fn repairs(text: &str, before: Option<usize>, wide: bool, judge: &Judge, tried: &mut usize) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut from = 0;
    while let Some(damage) = next_damage(text, from, before).filter(|_| *tried < MOST) {
        *tried += 1;
        from = damage.at.end;
        if let Some(mut change) = solve(text, &damage, judge) {
            from = change.at.end;
            change.now = fold(&change.now, wide);
            changes.push(change);
        }
    }
    changes
}

/// The stretches that stay damaged; no other rule may touch what a later, better repair needs.
pub(super) fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !is_damaged(text) {
        return found;
    }
    let mut from = 0;
    // The item before a numeral does not matter here, only that there is one.
    while let Some(damage) = next_damage(text, from, Some(1)) {
        from = damage.at.end;
        found.push(damage.at);
    }
    found
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
    // Conversion changes bytes: behind it there is nothing to reason from.
    if work.converted {
        return;
    }
    let hurt: BTreeSet<usize> = (work.lines.iter().chain(&work.cells).enumerate())
        .filter(|(_, passage)| passage.seen.any(kind::DAMAGE) && is_damaged(&passage.text))
        .map(|(index, _)| index)
        .collect();
    if hurt.is_empty() {
        return;
    }
    let wide = punctuation_is_wide(work);
    let evidence = |of: fn(&Seen) -> u32| work.lines.iter().map(|line| of(&line.seen)).sum::<u32>();
    // Such pages are Traditional. In a Simplified one the damage is what an earlier conversion left.
    if evidence(|seen| seen.traditional) <= evidence(|seen| seen.simplified) {
        return;
    }
    let keys: BTreeSet<char> = (work.lines.iter().filter(|line| line.seen.any(kind::READING)))
        .flat_map(|line| annotations(&line.text))
        .filter(|note| note.toned && reads(note.of, &note.syllable))
        .map(|note| note.of)
        .collect();
    let mut tried = 0;
    // What one round repairs is evidence for the next.
    for _ in 0..3 {
        let judge = Judge { own: learn(work, &hurt), keys: keys.clone() };
        let mut before = None;
        let mut repaired = false;
        for (index, passage) in work.lines.iter_mut().chain(&mut work.cells).enumerate() {
            if hurt.contains(&index) {
                let changes = repairs(&passage.text, before, wide, &judge, &mut tried);
                repaired |= !changes.is_empty();
                passage.apply(BYTES.id, changes);
            }
            before = list_number(&passage.text).or(before);
        }
        if !repaired {
            break;
        }
    }
}

/// The words of a document, from what is whole in it.
fn learn(work: &Work, hurt: &BTreeSet<usize>) -> Own {
    let mut own = Own::default();
    for (index, line) in work.lines.iter().enumerate() {
        let text = bare(&line.text);
        if hurt.contains(&index) {
            // Sentences without a trace of damage still count.
            let text = text.trim_start().trim_start_matches("?。?");
            text.split(['。', ',', '，']).filter(|part| !part.contains('?')).for_each(|part| own.learn(part));
        } else {
            own.learn(&text);
        }
    }
    own
}

/// In the text of a mirror, a `?` that does not end a sentence.
fn lost(text: &str) -> Option<Range<usize>> {
    let at = text
        .match_indices('?')
        .map(|(at, _)| at)
        .find(|at| text[at + 1..].starts_with(|c| is_han(c) || "；：。，、;:".contains(c)))?;
    Some(at..at + 1)
}

/// Flags what stays broken.
pub(super) fn flag(work: &mut Work) {
    for index in 0..work.lines.len() {
        let line = &work.lines[index];
        if !line.seen.any(kind::DAMAGE) {
            continue;
        }
        let text = &line.text;
        let stretch = next_damage(text, 0, None)
            .map(|damage| damage.at)
            .or_else(|| {
                let at = text.find("?。")?;
                Some(at..at + "?。".len())
            })
            .or_else(|| if work.mirror { lost(text) } else { None })
            .or_else(|| text.find('\u{FFFD}').map(|at| at..at + 3))
            .or_else(|| text.find("锟斤拷").map(|at| at..at + 9));
        if let Some(at) = stretch {
            leave(work, index, at);
        }
    }
}

/// Says of a stretch of line `index` that it stays broken.
pub(super) fn leave(work: &mut Work, index: usize, at: Range<usize>) {
    work.flag("mojibake-left", index, at, "此处像是字节错位，不能证明原文，保持原样".to_owned());
}
