//! Slogans of betting and adult sites in pages that mirrors republish.
//!
//! In: the document, Simplified by now and free of annotations. Out: a mark in place of each slogan, which lines are nothing but one
//! (nobody takes them for content), and whether the page comes from such a mirror. The log keeps what was there. The words are data. Never takes a sentence about gambling or vice for a slogan: an agency that fights them writes of them.

use super::edits::Change;
use super::{Rule, Work, classes::kind};
use crate::model::diagnostic::Finding;
use crate::model::source::Span;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const ADVERTS: Rule = Rule {
    id: "advert",
    title: "插入的广告语",
    why: "被劫持的转载网站在公文里插入博彩、色情广告语，有的整行，有的顶替原文的词。一律换成记号“［广告］”；整行的标为网页附带文字，不作正文；夹在句中的，原文的词已不可知。",
    turns: &[
        (
            "真人百家乐_棋牌投注平台官网\n本局设有真人百家乐_棋牌投注平台官网政务公开工作领导小组，由主要负责人任组长",
            "［广告］\n本局设有［广告］政务公开工作领导小组，由主要负责人任组长",
        ),
        ("甲县2019年政府信息公开年度报告_真人百家乐-棋牌投注平台官网", "甲县2019年政府信息公开年度报告"),
        (
            "买球平台-投注官网app下载\n本报告由买球平台-投注官网app下载办公室编制",
            "［广告］\n本报告由［广告］办公室编制",
        ),
    ],
    leaves: &[
        "打击网络赌博平台、棋牌投注网站专项整治",
        "体育彩票投注站28个",
        "久久为功，推进政务公开",
        "查处真人百家乐、老虎机等赌博平台3处",
    ],
    run: find,
};

/// What stands for a slogan.
const MARK: &str = "［广告］";
/// A line or a part of a title this heavy is a slogan; the lightest are two strong words, or one and two of glue.
const HEAVY: u32 = 5;
/// Longer lines are paragraphs.
const LONGEST: usize = 100;

/// The words by their first character, longest first, with their weights.
static WORDS: LazyLock<BTreeMap<char, Vec<(&str, u32)>>> = LazyLock::new(|| {
    let mut words: BTreeMap<char, Vec<(&str, u32)>> = BTreeMap::new();
    for (weight, row) in rows() {
        for word in
            weight.parse().ok().map(|weight: u32| row.split(' ').map(move |word| (word, weight))).into_iter().flatten()
        {
            words.entry(word.0.chars().next().unwrap_or(' ')).or_default().push(word);
        }
    }
    words.values_mut().for_each(|list| list.sort_by_key(|word| std::cmp::Reverse(word.0.len())));
    words
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("adverts.tsv").lines().filter_map(|row| row.split_once('\t'))
}

/// The first two characters of each word that says it alone; a line without such a pair has no slogan.
pub(super) fn telltales() -> impl Iterator<Item = (char, char)> {
    rows().filter(|row| row.0 == "3").flat_map(|row| row.1.split(' ')).filter_map(|word| {
        let mut characters = word.chars();
        characters.next().zip(characters.next())
    })
}

fn is_against(text: &str) -> bool {
    static AGAINST: LazyLock<Vec<&str>> =
        LazyLock::new(|| rows().filter(|row| row.0 == "against").flat_map(|row| row.1.split(' ')).collect());
    AGAINST.iter().any(|word| text.contains(word))
}

fn parts(c: char) -> bool {
    matches!(
        c,
        '_' | '-'
            | '|'
            | '—'
            | '–'
            | '·'
            | ' '
            | '\u{3000}'
            | ','
            | '、'
            | '/'
            | '('
            | ')'
            | '【'
            | '】'
            | '['
            | ']'
            | '!'
    )
}

/// Runs of such words in a text, nothing between them but separators and digits; with the sum of the weights of the different words.
fn runs(text: &str) -> Vec<(Range<usize>, u32)> {
    let lower = text.to_ascii_lowercase();
    let mut runs: Vec<(Range<usize>, u32)> = Vec::new();
    let mut open: Option<(Range<usize>, BTreeMap<&str, u32>)> = None;
    let mut at = 0;
    while let Some(c) = lower[at..].chars().next() {
        let word = WORDS.get(&c).and_then(|list| list.iter().find(|word| lower[at..].starts_with(word.0)));
        match (word, &mut open) {
            (Some((word, weight)), _) if *weight > 0 => {
                let (range, words) = open.get_or_insert((at..at, BTreeMap::new()));
                words.insert(word, *weight);
                at += word.len();
                range.end = at;
            }
            (None, Some(_)) if parts(c) || c.is_ascii_digit() => at += c.len_utf8(),
            _ => {
                runs.extend(open.take().and_then(weighed));
                at += word.map_or(c.len_utf8(), |word| word.0.len());
            }
        }
    }
    runs.extend(open.and_then(weighed));
    runs
}

fn weighed((range, words): (Range<usize>, BTreeMap<&str, u32>)) -> Option<(Range<usize>, u32)> {
    words.values().any(|weight| *weight >= 3).then(|| (range, words.values().sum()))
}

/// The slogan a whole line is, or the part of it that a separator cuts off from the title.
fn slogan(text: &str) -> Option<Range<usize>> {
    let trimmed = text.trim_matches(parts);
    if text.len() > 3 * LONGEST || text.contains(['。', '；', '，', '：']) {
        return None;
    }
    let runs = runs(text);
    if runs.iter().map(|run| run.1).sum::<u32>() < HEAVY || text.chars().count() > LONGEST || is_against(text) {
        return None;
    }
    let letters = |text: &str| text.chars().filter(|c| !parts(*c)).count();
    let (covered, weight) = runs.iter().fold((0, 0), |sum, run| (sum.0 + letters(&text[run.0.clone()]), sum.1 + run.1));
    if weight >= HEAVY && covered * 10 >= letters(trimmed) * 6 {
        return Some(0..text.len());
    }
    let (run, weight) = runs.into_iter().max_by_key(|run| run.1)?;
    let before = text[..run.start].chars().next_back();
    let after = text[run.end..].chars().next();
    let cut = (run.start == 0 && after.is_some_and(parts)) || (run.end == text.len() && before.is_some_and(parts));
    (weight > HEAVY && cut).then_some(run)
}

fn find(work: &mut Work) {
    let mut whole = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (index, line) in work.lines.iter().enumerate().filter(|(_, line)| line.seen.any(kind::TELLTALE)) {
        let Some(at) = slogan(&line.text) else { continue };
        let pieces =
            line.text[at.clone()].split(parts).filter(|piece| piece.chars().count() >= 4 && !runs(piece).is_empty());
        known.extend(pieces.map(str::to_owned));
        known.push(line.text[at.clone()].trim_matches(parts).to_owned());
        if at == (0..line.text.len()) {
            whole.push(index);
        }
    }
    work.mirror |= !known.is_empty();
    if !work.mirror {
        return;
    }
    known.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    known.dedup();
    for (index, passage) in work.lines.iter_mut().chain(&mut work.cells).enumerate() {
        let changes = match whole.contains(&index) {
            true => vec![Change::sure(0..passage.text.len(), MARK)],
            false => inside(&passage.text, &known),
        };
        passage.apply(ADVERTS.id, changes);
    }
    work.adverts.extend(whole.iter().map(|index| work.lines[*index].no));
}

/// A mark for each slogan inside a line; a slogan that a separator cuts off goes whole, for it replaced nothing.
fn inside(text: &str, known: &[String]) -> Vec<Change> {
    let mut found: Vec<Range<usize>> =
        known.iter().flat_map(|piece| text.match_indices(piece).map(|(at, _)| at..at + piece.len())).collect();
    if !is_against(text) {
        found.extend(runs(text).into_iter().filter(|run| run.1 > HEAVY).map(|run| run.0));
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut changes: Vec<Change> = Vec::new();
    for mut at in found {
        if changes.last().is_some_and(|last| at.start < last.at.end) {
            continue;
        }
        let left = text[..at.start].trim_end_matches(parts).len();
        let right = text.len() - text[at.end..].trim_start_matches(parts).len();
        let cut = (left == 0 && right > at.end) || (right == text.len() && left < at.start);
        if cut {
            at = if left == 0 { 0..right } else { left..right };
        }
        changes.push(Change::sure(at, if cut { "" } else { MARK }));
    }
    changes
}

/// Reports what was found.
pub(super) fn flag(work: &mut Work) {
    work.adverts.sort_unstable();
    work.adverts.dedup();
    let masked = work
        .lines
        .iter()
        .filter(|line| line.has(ADVERTS.id) && !work.adverts.contains(&line.no))
        .map(|line| (line.no, "句中夹有广告语，已换成记号，原文的词不可知"));
    let whole = work.adverts.iter().map(|no| (*no, "整行是广告语，不作正文发布"));
    let lines: Vec<(u32, &str)> = whole.chain(masked).collect();
    for (no, message) in lines {
        // The label is printed on pages, so it does not quote.
        work.found
            .push(Finding::new("advert-inserted", Some(no), message).at(Span { line: no, start: 0, end: 0 }, "广告"));
    }
    if work.mirror {
        work.found.push(Finding::new("mirror-site", None, "文字来自转载网站，不是机关网站的原页"));
    }
}
