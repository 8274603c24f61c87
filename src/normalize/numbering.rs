//! Numbers of list items that lost their digit to broken bytes: `?。?)` was `(2)`.
//!
//! In: the document. Out: the number where an unbroken sequence of siblings leaves one only, marked likely. Anything else is flagged.

use super::classes::kind;
use super::edits::{Change, Passage};
use super::{Rule, Work};
use crate::model::source::Sure;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const NUMBERS: Rule = Rule {
    id: "list-number",
    title: "毁坏的序号",
    why: "条目序号“（2）”因字节错位变成“?。?)”，数字已毁。只有同级条目的序号连续、只剩一种可能时才补回，标为“可能”。",
    turns: &[
        ("1.概况\n?。?)网站。\n?。?)微博。", "1.概况\n(1)网站。\n(2)微博。"),
        ("(1)网站。\n?。?)微博。\n(3)微信。", "(1)网站。\n(2)微博。\n(3)微信。"),
        ("?。?)网站。\n?。?)微博。\n(3)微信。", "(1)网站。\n(2)微博。\n(3)微信。"),
    ],
    leaves: &["(1)网站。\n?。?)微博。\n(4)微信。", "为什么要公开?(一)因为", "群众问:怎么办?。", "?"],
    run: restore,
};

/// A list item at the start of a line.
enum Item {
    /// `(3)`.
    Known(u32),
    /// `?。?)`: one digit is gone; or `?。?0)`: the first of two.
    Lost { units: Option<u32>, at: Range<usize> },
}

static KNOWN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*[(（](\d{1,2})[)）]").expect("a fixed pattern"));
static LOST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(\?。\?(\d?)[)）])").expect("a fixed pattern"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{1,2}[.．、](?:\D|$)|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|\?。[\u{3100}-\u{312F}ǘò]|第[一二三四五六七八九十]{1,3}[部章节篇])")
        .expect("a fixed pattern")
});

fn item(line: &Passage) -> Option<Item> {
    if let Some(found) = KNOWN.captures(&line.text) {
        return found[1].parse().ok().map(Item::Known);
    }
    let found = LOST.captures(&line.text)?;
    Some(Item::Lost { units: found[2].parse().ok(), at: found.get(1)?.range() })
}

/// The number of each lost item of one list; empty when the siblings do not agree.
fn solve(items: &[(usize, Item)], headed: bool) -> Vec<u32> {
    let first_known = items.iter().enumerate().find_map(|(place, (_, item))| match item {
        Item::Known(number) => Some(*number as i64 - place as i64),
        Item::Lost { .. } => None,
    });
    // Without a heading before it and without a survivor nothing anchors the list.
    let Some(start) = first_known.or(headed.then_some(1)) else { return Vec::new() };
    let fits = start >= 1
        && (start == 1 || !matches!(items.first(), Some((_, Item::Lost { .. }))))
        && items.iter().enumerate().all(|(place, (_, item))| {
            let number = start + place as i64;
            match item {
                Item::Known(known) => i64::from(*known) == number,
                Item::Lost { units: None, .. } => number <= 9,
                Item::Lost { units: Some(units), .. } => number >= 10 && number % 10 == i64::from(*units),
            }
        });
    if fits { (0..items.len()).map(|place| (start + place as i64) as u32).collect() } else { Vec::new() }
}

fn restore(work: &mut Work) {
    if !work.lines.iter().any(|line| line.seen.any(kind::DAMAGE) && LOST.is_match(&line.text)) {
        return;
    }
    let wide = super::mojibake::punctuation_is_wide(work);
    let mut list: Vec<(usize, Item)> = Vec::new();
    let mut headed = false;
    let mut changes: Vec<(usize, Change)> = Vec::new();
    let mut close = |list: &mut Vec<(usize, Item)>, headed: bool| {
        let numbers = solve(list, headed);
        for ((index, item), number) in std::mem::take(list).into_iter().zip(numbers) {
            if let Item::Lost { at, .. } = item {
                let now = if wide { format!("（{number}）") } else { format!("({number})") };
                changes.push((index, Change { at, now, sure: Sure::Likely }));
            }
        }
    };
    for (index, line) in work.lines.iter().enumerate() {
        match item(line) {
            Some(Item::Known(1)) => {
                close(&mut list, headed);
                // A list that begins with its first item needs no heading.
                headed = true;
                list.push((index, Item::Known(1)));
            }
            Some(item) => list.push((index, item)),
            None if HEADING.is_match(&line.text) => {
                close(&mut list, headed);
                headed = true;
            }
            None => {}
        }
    }
    close(&mut list, headed);
    for (index, change) in changes {
        let from = work.lines[index].origin(change.at.clone());
        let message = format!("序号“{}”由连续的同级序号推出", change.now);
        let line = &mut work.lines[index];
        let span = crate::model::source::Span { line: line.no, start: from.start as u32, end: from.end as u32 };
        work.found
            .push(crate::model::diagnostic::Finding::new("number-restored", Some(line.no), message).at(span, "?。?)"));
        line.apply(NUMBERS.id, vec![change]);
    }
}

/// Flags numbers that stay lost.
pub(super) fn flag(work: &mut Work) {
    if work.kinds & kind::DAMAGE == 0 {
        return;
    }
    for index in 0..work.lines.len() {
        if !work.lines[index].seen.any(kind::DAMAGE) {
            continue;
        }
        let lost = LOST.captures(&work.lines[index].text).and_then(|found| found.get(1).map(|lost| lost.range()));
        if let Some(at) = lost {
            work.flag("number-lost", index, at, "条目序号的数字丢失，前后序号不足以推出，保持原样".to_owned());
        }
    }
}
