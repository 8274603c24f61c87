//! Pinyin that a page tool put behind characters, in documents that are polluted with it.
//!
//! In: the document. Out: removals. The whole document decides: several different characters, each annotated wherever it stands, with
//! a reading it has. A reading aid for one rare name is content and stays.

use super::classes::{has_other_form, is_han, kind};
use super::edits::Change;
use super::{Rule, Work, gbk};
use crate::model::diagnostic::Finding;
use ::pinyin::{ToPinyin, ToPinyinMulti};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const PINYIN: Rule = Rule {
    id: "pinyin",
    title: "插入的拼音",
    why: "网页工具给许多汉字后面插入了拼音。只有全文多个不同的字处处被注、读音都对，才认定为污染并逐处去除；个别生僻字的注音是正文，保留。",
    turns: &[
        ("机(jī)关(guān)业(yè)务(wù)会(huì)议实(shí)行公开", "机关业务会议实行公开"),
        ("機(jī)關(guān)業(yè)務(wù)會(huì)議實(shí)行公開", "机关业务会议实行公开"),
        ("区(qū)财(cái)政报(bào)告、产(chǎn)业(yè)规(guī)划(huà)", "区财政报告、产业规划"),
    ],
    leaves: &[
        "任命李垚(yáo)为副主任",
        "执行国家标准(GB/T 2260)",
        "手机(App)端",
        "介绍“垚(yáo)”“淼(miǎo)”两字读音",
        "联系人(lǐ)",
    ],
    run: remove,
};

/// How many different characters make a pollution.
const SEVERAL: usize = 5;
/// How many, where the tool annotates without tone marks and not everywhere.
const DENSE: usize = 12;

/// A syllable in parentheses, as found behind a character.
pub(super) struct Annotation {
    /// The character before it.
    pub of: char,
    /// The whole, parentheses included.
    pub at: Range<usize>,
    /// The letters.
    pub syllable: String,
    /// Whether it has a tone mark.
    pub toned: bool,
}

/// Every parenthesised syllable that follows a Han character, directly or behind another such syllable.
pub(super) fn annotations(text: &str) -> Vec<Annotation> {
    let mut found: Vec<Annotation> = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find(['(', '（']).map(|at| from + at) {
        let width = if text[open..].starts_with('(') { 1 } else { 3 };
        from = open + width;
        let Some((syllable, length)) = syllable(&text[from..]) else { continue };
        let close = &text[from + length..];
        let end = match close.chars().next() {
            Some(')') => from + length + 1,
            Some('）') => from + length + 3,
            _ => continue,
        };
        let of = match found.last() {
            Some(last) if last.at.end == open => Some(last.of),
            _ => text[..open].chars().next_back(),
        };
        if let Some(of) = of.filter(|c| is_han(*c)) {
            // 們(men) has no mark to write.
            let toned = !syllable.is_ascii() || is_neutral(of, &syllable);
            found.push(Annotation { of, at: open..end, syllable, toned });
        }
        from = end;
    }
    found
}

/// The letters of a syllable at the start of a text, in the usual spelling, and their length in bytes.
pub(super) fn syllable(text: &str) -> Option<(String, usize)> {
    let mut spelt = String::new();
    let mut length = 0;
    for c in text.chars().take(9) {
        let usual = match c {
            'a'..='z' | 'ü' => c,
            'ɡ' => 'g',
            'ɑ' => 'a',
            'ă' => 'ǎ',
            'ĕ' => 'ě',
            'ĭ' => 'ǐ',
            'ŏ' => 'ǒ',
            'ŭ' => 'ǔ',
            _ if "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ".contains(c) => c,
            _ => break,
        };
        spelt.push(usual);
        length += c.len_utf8();
    }
    (!spelt.is_empty()
        && spelt.chars().count() <= 6
        && spelt.chars().filter(|c| !c.is_ascii() && *c != 'ü').count() <= 1)
        .then_some((spelt, length))
}

/// Whether the character has this reading; without a tone mark, any tone.
pub(super) fn reads(character: char, syllable: &str) -> bool {
    let toned = !syllable.is_ascii();
    character.to_pinyin_multi().is_some_and(|readings| {
        readings.into_iter().any(|reading| {
            if toned {
                reading.with_tone() == syllable
            } else {
                reading.plain().replace('ü', "u") == syllable.replace('v', "u")
            }
        })
    })
}

/// The characters of GBK that have this reading, told as [`reads`] tells it.
pub(super) fn readers(syllable: &str) -> &'static [char] {
    static READERS: LazyLock<BTreeMap<String, Vec<char>>> = LazyLock::new(|| {
        let mut readers: BTreeMap<String, Vec<char>> = BTreeMap::new();
        for c in gbk::all() {
            for reading in c.to_pinyin_multi().into_iter().flatten() {
                for spelt in [reading.with_tone().to_owned(), reading.plain().replace('ü', "u")] {
                    let list = readers.entry(spelt).or_default();
                    if list.last() != Some(&c) {
                        list.push(c);
                    }
                }
            }
        }
        readers
    });
    let spelt = if syllable.is_ascii() { syllable.replace('v', "u") } else { syllable.to_owned() };
    READERS.get(&spelt).map_or(&[], Vec::as_slice)
}

/// Whether this is how the character is mostly read.
pub(super) fn reads_first(character: char, syllable: &str) -> bool {
    character.to_pinyin().is_some_and(|reading| reading.with_tone() == syllable || reading.plain() == syllable)
}

/// Whether a character is read so in the neutral tone.
fn is_neutral(character: char, syllable: &str) -> bool {
    character
        .to_pinyin_multi()
        .is_some_and(|readings| readings.into_iter().any(|reading| reading.with_tone() == syllable))
}

#[derive(Default)]
struct Tally {
    standing: usize,
    annotated: usize,
}

/// Two kinds of pollution: of characters that have another form in the other script, and of any character.
fn class(annotation: &Annotation) -> usize {
    usize::from(!has_other_form(annotation.of)) + 2 * usize::from(!annotation.toned)
}

/// Which kinds of annotation the document is polluted with.
fn polluted(work: &Work) -> [bool; 4] {
    let mut tallies: [BTreeMap<char, Tally>; 4] = Default::default();
    // Without tone marks, with them.
    let mut doubled = [false; 2];
    for line in work.lines.iter().filter(|line| line.seen.any(kind::READING)) {
        let mut before = None;
        for annotation in annotations(&line.text).into_iter().filter(|found| reads(found.of, &found.syllable)) {
            if before.replace(annotation.at.end) == Some(annotation.at.start) {
                doubled[usize::from(annotation.toned)] = true;
            } else {
                tallies[class(&annotation)].entry(annotation.of).or_default().annotated += 1;
            }
        }
    }
    if tallies.iter().map(BTreeMap::len).sum::<usize>() < 2 {
        return [false; 4];
    }
    for c in work.lines.iter().flat_map(|line| line.text.chars()) {
        for tally in &mut tallies {
            if let Some(tally) = tally.get_mut(&c) {
                tally.standing += 1;
            }
        }
    }
    std::array::from_fn(|class| {
        let toned = usize::from(class < 2);
        // The denser tool annotates here and there, any character, and one twice: nobody writes that.
        let both = [2 * (1 - toned), 2 * (1 - toned) + 1];
        let all = || both.iter().flat_map(|class| tallies[*class].values());
        let (different, annotated, standing) =
            all().fold((0, 0, 0), |sum, tally| (sum.0 + 1, sum.1 + tally.annotated, sum.2 + tally.standing));
        if doubled[toned] && different >= 2 || toned == 0 && different >= DENSE && annotated * 10 >= standing * 3 {
            return true;
        }
        // Damage hides an annotation here and there, so nine in ten is everywhere; rare characters may all be annotated on purpose,
        // so characters without another form need more witnesses.
        let everywhere: Vec<&Tally> =
            tallies[class].values().filter(|tally| tally.annotated * 10 >= tally.standing * 9).collect();
        let witnesses: usize = everywhere.iter().map(|tally| tally.annotated).sum();
        let needed = if class == 0 { SEVERAL } else { 2 * SEVERAL };
        everywhere.len() >= needed.min(SEVERAL + class * 3) && witnesses >= needed
    })
}

fn remove(work: &mut Work) {
    let polluted = polluted(work);
    if !polluted.contains(&true) {
        return;
    }
    // The tool of the mirrors has a table of characters with another form, or annotates without tone marks; one that helps people
    // read annotates every character.
    work.mirror |= polluted[0] && !polluted[1] || polluted[2] || polluted[3];
    let mut removed = 0;
    for passage in work.passages().filter(|passage| passage.seen.any(kind::READING)) {
        let changes: Vec<Change> = annotations(&passage.text)
            .into_iter()
            .filter(|annotation| polluted[class(annotation)] && reads(annotation.of, &annotation.syllable))
            .map(|annotation| Change::sure(annotation.at, ""))
            .collect();
        removed += changes.len();
        passage.apply(PINYIN.id, changes);
    }
    if removed > 0 {
        work.found.push(Finding::new("pinyin-polluted", None, format!("全文被插入拼音注音，已清除 {removed} 处")));
    }
    for index in 0..work.lines.len() {
        let left: Vec<Range<usize>> = annotations(&work.lines[index].text)
            .into_iter()
            .filter(|found| found.toned)
            .map(|found| found.at)
            .collect();
        for at in left {
            work.flag("pinyin-left", index, at, "疑似注音，但不能证明是插入的，保持原样".to_owned());
        }
    }
}
