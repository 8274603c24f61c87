//! Reports whose text is that of another report: last year's, or another agency's.
//!
//! In: the lines of a report. Out: a [`Sketch`] of its sentences, small enough to keep for every report; pairs of sketches that may
//! share much, at a cost that grows with the number of reports and not with its square; and for a pair the exact share and the
//! passages. Only running sentences count: headings, tables, page furniture, digits and punctuation do not, nor do the sentences
//! that every report has by law ([`STOCK`]), nor what reports of many cities have in common. Must never call two texts alike for
//! short runs of words: those are how such reports are written.

use crate::model::report::{Passage, Report, Role};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Characters of a shingle.
const SHINGLE: usize = 12;
/// Shingles a sketch keeps: those with the smallest hashes.
const SKETCH: usize = 128;
/// Shortest run of characters that counts as taken over.
pub const RUN: usize = 24;
/// Characters that have to be taken over in all, and their share of the text.
pub const LEAST: usize = 150;
/// Share of the text, in percent, from which two reports are called alike.
pub const SHARE: usize = 50;
/// A shingle that stands in more reports, or in reports of more cities, is a way of speaking.
const REPORTS: usize = 64;
const CITIES: usize = 5;
/// Pairs that are looked at closely for each report.
const CLOSEST: usize = 6;
/// Sentences of fewer characters are labels, of more are tables that lost their lines.
const SENTENCE: std::ops::RangeInclusive<usize> = 10..=400;
/// Passages that are told of a pair.
const PASSAGES: usize = 30;
/// Words, punctuation left out, of sentences that reports have by law or by custom: what the report is, what it covers, whom to ask,
/// and that nothing happened.
#[rustfmt::skip]
const STOCK: &[&str] = &[
    "信息公开条例", "公开条例", "条例规定", "条例要求", "编制本", "编制而成", "统计期限", "所列数据", "数据统计", "本报告由", "报告由以下", "报告包括",
    "报告全文", "全文公布", "现公布", "现将", "特此", "如对本", "如有疑问", "有疑问", "请与", "请联系", "联系电话", "联系地址", "联系方式", "邮政编码", "邮编",
    "电子邮箱", "电子版", "可从", "下载", "登录", "国务院办公厅", "国办", "没有其他需要", "无其他需要", "需要报告的事项", "信息处理费", "收取任何费用",
    "未收到", "未发生", "没有发生", "没有收到", "未产生", "无行政复议", "未有", "无此类", "无相关",
];

/// What is kept of a report's sentences.
pub type Sketch = Vec<u32>;

/// The sentences of a report as they are compared.
pub struct Prose {
    /// Letters, with a zero between sentences.
    letters: Vec<char>,
    /// The line of each.
    lines: Vec<u32>,
    /// Letters without the zeros.
    length: usize,
}

/// What of a text is compared: its Chinese letters.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).collect()
}

impl Prose {
    /// The sentences of a report, but for those that are `labels` of a form: a table that lost its shape looks like sentences.
    pub fn of(report: &Report, labels: &BTreeSet<String>) -> Prose {
        let mut prose = Prose { letters: Vec::new(), lines: Vec::new(), length: 0 };
        for line in report.lines.iter().filter(|line| line.role == Role::Prose) {
            for sentence in line.text.split(['。', '！', '？', '；', ';', '!', '?']) {
                let letters = letters(sentence);
                let count = letters.chars().count();
                let stock = || STOCK.iter().any(|words| letters.contains(words)) || labels.contains(&letters);
                if SENTENCE.contains(&count) && !sentence.contains('|') && !stock() {
                    prose.letters.extend(letters.chars().chain(['\0']));
                    prose.lines.extend(std::iter::repeat_n(line.no, count + 1));
                    prose.length += count;
                }
            }
        }
        prose
    }

    fn shingles(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.letters.windows(SHINGLE).enumerate().filter(|(_, letters)| !letters.contains(&'\0')).map(
            |(at, letters)| {
                // FNV-1a, with its bits well mixed at the end, since the smallest hashes are taken.
                let step = |hash: u64, c: &char| (hash ^ u64::from(u32::from(*c))).wrapping_mul(0x0100_0000_01b3);
                let hash = letters.iter().fold(0xcbf2_9ce4_8422_2325, step);
                let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
                (at, (mixed >> 32) as u32)
            },
        )
    }

    /// Its sketch; empty for a text too short to be called a copy of anything.
    pub fn sketch(&self) -> Sketch {
        if self.length < LEAST {
            return Sketch::new();
        }
        let hashes: BTreeSet<u32> = self.shingles().map(|(_, hash)| hash).collect();
        hashes.into_iter().take(SKETCH).collect()
    }
}

/// What a report has in common with another one.
pub struct Common {
    /// Characters taken over.
    pub letters: usize,
    /// Their share of the text, in percent.
    pub share: usize,
    /// Where, the longest first.
    pub passages: Vec<Passage>,
}

impl Common {
    /// Whether that makes the report one like the other.
    pub fn is_much(&self) -> bool {
        self.letters >= LEAST && self.share >= SHARE
    }
}

/// What of `own` stands in `other` too.
pub fn common(own: &Prose, other: &Prose) -> Common {
    let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, hash) in other.shingles() {
        let found = places.entry(hash).or_default();
        if found.len() < 8 {
            found.push(at);
        }
    }
    let hashes: BTreeMap<usize, u32> = own.shingles().collect();
    let (mut letters, mut passages, mut at) = (0, Vec::new(), 0);
    while at < own.letters.len() {
        let found = hashes.get(&at).and_then(|hash| places.get(hash));
        let reach = |start: usize| {
            let pairs = own.letters[at..].iter().zip(&other.letters[start..]);
            pairs.take_while(|(a, b)| a == b).count()
        };
        let best = found
            .into_iter()
            .flatten()
            .map(|start| (reach(*start), *start))
            .max_by_key(|(length, start)| (*length, usize::MAX - start));
        match best {
            Some((length, start)) if length >= RUN => {
                let count = own.letters[at..at + length].iter().filter(|c| **c != '\0').count();
                letters += count;
                passages.push(Passage {
                    lines: [own.lines[at], own.lines[at + length - 1]],
                    other_lines: [other.lines[start], other.lines[start + length - 1]],
                    characters: count as u32,
                });
                at += length;
            }
            _ => at += 1,
        }
    }
    passages.sort_by_key(|passage| (std::cmp::Reverse(passage.characters), passage.lines));
    passages.truncate(PASSAGES);
    Common { letters, share: (100 * letters).checked_div(own.length).unwrap_or(0), passages }
}

/// Pairs of reports that may have much in common: places in the list, the smaller first. `city` tells reports of different cities
/// apart; reports without one count as of one city.
pub fn candidates(sketches: &[&Sketch], city: &(dyn Fn(usize) -> String + Sync)) -> Vec<(usize, usize)> {
    let mut all: Vec<(u32, u32)> = sketches
        .iter()
        .enumerate()
        .flat_map(|(place, sketch)| sketch.iter().map(move |hash| (*hash, place as u32)))
        .collect();
    all.par_sort_unstable();
    // What too many have says nothing of any of them.
    let lists: HashMap<u32, &[(u32, u32)]> = all
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|list| (2..=REPORTS).contains(&list.len()))
        .filter(|list| {
            let cities: BTreeSet<String> =
                list.iter().take(CITIES * 4).map(|(_, place)| city(*place as usize)).collect();
            cities.len() < CITIES
        })
        .map(|list| (list[0].0, list))
        .collect();
    let near = |place: usize| -> Vec<(usize, usize)> {
        let own = sketches[place];
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for hash in own {
            for (_, other) in lists.get(hash).copied().unwrap_or_default() {
                if *other as usize != place {
                    *shared.entry(*other).or_default() += 1;
                }
            }
        }
        // Below the smaller of the two greatest hashes both sketches are whole.
        let share = |other: usize, shared: usize| {
            let end = |sketch: &Sketch| if sketch.len() < SKETCH { u32::MAX } else { sketch[SKETCH - 1] };
            let end = end(own).min(end(sketches[other]));
            let fewer = |sketch: &Sketch| sketch.partition_point(|hash| *hash <= end).max(1);
            100 * shared / fewer(own).min(fewer(sketches[other]))
        };
        let mut close: Vec<(usize, usize)> = shared
            .into_iter()
            .map(|(other, count)| (share(other as usize, count), other as usize, count))
            .filter(|(share, _, count)| *share * 2 >= SHARE && *count >= 3)
            .map(|(share, other, _)| (share, other))
            .collect();
        close.sort_by_key(|(share, other)| (std::cmp::Reverse(*share), *other));
        close.into_iter().take(CLOSEST).map(|(_, other)| (place.min(other), place.max(other))).collect()
    };
    let pairs: BTreeSet<(usize, usize)> = (0..sketches.len()).into_par_iter().flat_map_iter(near).collect();
    pairs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::TextLine;

    fn prose(lines: &[String]) -> Prose {
        let lines = lines.iter().zip(1..).map(|(text, no)| TextLine { no, role: Role::Prose, text: text.clone() });
        Prose::of(&Report { lines: lines.collect(), ..Report::default() }, &BTreeSet::new())
    }

    /// Sentences that no two seeds share.
    fn sentences(seed: u32, count: u32) -> Vec<String> {
        let letter = |n: u32| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap();
        (0..count).map(|s| (0..30).map(|c| letter(seed * 1_000_003 + s * 97 + c)).chain(['。']).collect()).collect()
    }

    #[test]
    fn a_copy_with_other_numbers_is_a_copy_and_its_passages_are_named() {
        let (old, mut new) = (sentences(1, 20), sentences(2, 20));
        new[5..17].clone_from_slice(&old[3..15]);
        new[6].insert_str(15, "2020年312");
        let (old, new) = (prose(&old), prose(&new));
        let common = common(&new, &old);
        assert!(common.is_much() && common.share >= 58, "{}", common.share);
        assert_eq!((common.passages[0].lines, common.passages[0].other_lines), ([7, 17], [5, 15]));
        assert_eq!(candidates(&[&old.sketch(), &new.sketch()], &|_| String::new()), [(0, 1)]);
    }

    #[test]
    fn what_the_law_prescribes_and_what_everybody_says_is_no_copy() {
        let stock: Vec<String> = [
            "根据《中华人民共和国政府信息公开条例》和有关要求，编制本年度报告，报告全文在网站公布",
            "本报告所列数据的统计期限自一月一日起至十二月三十一日止，如对本报告有疑问请与办公室联系",
            "本年度未发生因政府信息公开申请行政复议、提起行政诉讼的情况，没有其他需要报告的事项",
        ]
        .map(|sentence| format!("{sentence}。"))
        .to_vec();
        let text = |seed| [stock.clone(), stock.clone(), stock.clone(), sentences(seed, 6)].concat();
        let (one, other) = (prose(&text(3)), prose(&text(4)));
        assert_eq!(common(&one, &other).letters, 0);
        // Short runs are ways of speaking.
        let spoken = |seed| -> Vec<String> {
            sentences(seed, 20).iter().map(|s| format!("进一步加强政府信息公开工作的组织领导{}", &s[..45])).collect()
        };
        let (one, other) = (prose(&spoken(5)), prose(&spoken(6)));
        assert!(!common(&one, &other).is_much());
    }

    #[test]
    fn reports_of_many_cities_that_say_the_same_are_no_copies_of_each_other() {
        let same = prose(&sentences(7, 10)).sketch();
        let sketches = vec![&same; 8];
        assert!(candidates(&sketches, &|place| place.to_string()).is_empty());
        assert!(!candidates(&sketches, &|_| String::new()).is_empty());
    }
}
