//! Headings to sections: ordinals give the outline, wherever a heading stands alone or opens its paragraph.
//!
//! In: a [`Draft`] and the roles so far. Out: sections with dotted numbers, and the lines that are headings alone. Levels follow
//! the order in which a document first uses its styles of ordinals (一、 > 1. > (1) in one, 一、 > （一） > 1. in another). Must never
//! take a table row or an item of a list for a section.

use super::dates;
use super::roles::{is_cell, markup_level, trimmed};
use crate::model::diagnostic::Finding;
use crate::model::report::{Role, Section};
use crate::model::source::Draft;
use std::collections::BTreeSet;

/// Styles of ordinals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    /// 第一章, 第一部分.
    Chapter,
    /// 一、
    Chinese,
    /// （一）
    ChineseBrackets,
    /// 1. and 1、
    Digit,
    /// （1）
    DigitBrackets,
    /// 1）
    DigitHalf,
    /// No ordinal: markup or the statutory wording says it is a heading.
    Bare,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Reading {
    /// Sections in order, the title not among them.
    pub sections: Vec<Section>,
    /// Indices of lines that are a heading and nothing more.
    pub alone: BTreeSet<usize>,
    /// Repeated and skipped headings.
    pub findings: Vec<Finding>,
}

struct Ordinal<'a> {
    style: Style,
    number: u32,
    rest: &'a str,
}

patterns! {
    ORDINAL = concat!(
        r"^(?:第\s*(?P<chapter>[一二三四五六七八九十百]{1,4}|\d{1,2})\s*(?:章|部分|节)\s*[、,，:：]?",
        r"|(?P<chinese>[一二三四五六七八九十]{1,3})\s*[、.．,，]",
        r"|(?P<loose>[一二三四五六七八九十]{1,2})[\s　]+",
        r"|[(（〔]\s*(?P<brackets>[一二三四五六七八九十]{1,3})\s*[)）〕]\s*[、.．,，]?",
        r"|[(（]\s*(?P<arabic>\d{1,2})\s*[)）]\s*[、.．,，]?",
        r"|(?P<half>\d{1,2})\s*[)）]\s*[、.．,，]?",
        r"|(?P<digit>\d{1,2})\s*(?:[、．]|\.\s*))"
    );
    /// Headings of the regulations' own outline, which stand without ordinal on some pages and beside tables on others.
    STATUTORY = concat!(
        r"^(?:概述|总体情况|基本情况|工作概述|(?:行政机关)?主动公开政府信息(?:的)?(?:工作)?情况|(?:行政机关)?(?:收到和处理|依申请公开)政府信息(?:公开)?(?:申请)?(?:的)?(?:办理)?情况|",
        r"政府信息主动公开(?:工作)?情况|政府信息依申请公开(?:办理)?情况|(?:因)?政府信息公开(?:工作被申请|被申请|申请|工作)?(?:提起|被提起)?行政复议、?(?:提起)?行政诉讼(?:的)?情况|",
        r"(?:政府信息公开)?(?:工作)?存在的(?:主要)?问题(?:及|和|与)(?:改进|整改|下一步).*|其他需要报告的(?:事项|情况).*|政府信息公开(?:的)?收费(?:及|和)减免情况)$"
    );
    COUNTED = r"\d[\d,.]*\s*(?:余|多)?(?:万|亿)?(?:余|多)?\s*(?:件|条|次|人|篇|个|项|份|元|期|场|起|%|宗|部|期)";
    /// Ends in a figure behind a gap.
    ROW = r"\p{Han}[）)]?(?:[\s　]+[\d,.]+%?)*[\s　]+\d[\d,.]*%?$";
}

fn ordinal(text: &str) -> Option<Ordinal<'_>> {
    let hit = ORDINAL.captures(text)?;
    let styles = [
        ("chapter", Style::Chapter),
        ("chinese", Style::Chinese),
        ("loose", Style::Chinese),
        ("brackets", Style::ChineseBrackets),
        ("arabic", Style::DigitBrackets),
        ("half", Style::DigitHalf),
        ("digit", Style::Digit),
    ];
    let (digits, style) = styles.into_iter().find_map(|(name, style)| hit.name(name).map(|m| (m.as_str(), style)))?;
    let rest = &text[hit.get(0)?.end()..];
    // 一 概述: without a mark behind the ordinal only a short heading is believed.
    if hit.name("loose").is_some() && (rest.chars().count() > 25 || rest.contains(['。', ',', '，'])) {
        return None;
    }
    // 1.3万条 is a figure.
    if (style == Style::Digit && rest.starts_with(|c: char| c.is_ascii_digit())) || rest.trim().is_empty() {
        return None;
    }
    Some(Ordinal { style, number: u32::from(dates::number(digits)?), rest: rest.trim() })
}

/// How a heading stands on its line.
enum Shape<'a> {
    Alone(&'a str),
    /// Alone, but closed like a sentence: a heading only if text follows.
    Sentence(&'a str),
    Opens(&'a str),
    Item,
}

fn shape(rest: &str) -> Shape<'_> {
    let length = |s: &str| s.chars().count();
    let stop = rest.find(['。', '！', '？', '；', ';']);
    match stop {
        None => {
            if let Some((title, body)) = rest.split_once([':', '：'])
                && !body.trim().is_empty()
            {
                return if length(title) <= 25 && !COUNTED.is_match(title) { Shape::Opens(title) } else { Shape::Item };
            }
            if let Some((title, body)) = rest.split_once("  ").or_else(|| rest.split_once('　'))
                && length(title) <= 25
                && length(body.trim()) > 30
            {
                return Shape::Opens(title);
            }
            if length(rest) <= 60 && !rest.ends_with([',', '，', '、']) { Shape::Alone(rest) } else { Shape::Item }
        }
        Some(at) => {
            let title = &rest[..at];
            let mark = rest[at..].chars().next().unwrap_or('。');
            let behind = rest[at + mark.len_utf8()..].trim();
            if matches!(mark, '；' | ';') {
                return Shape::Item;
            }
            if let Some((short, body)) = title.split_once([':', '：'])
                && length(short) <= 25
                && !body.trim().is_empty()
            {
                return if COUNTED.is_match(short) { Shape::Item } else { Shape::Opens(short) };
            }
            if length(title) > 60 || COUNTED.is_match(title) {
                return Shape::Item;
            }
            if behind.is_empty() || behind.chars().all(|c| "。 ".contains(c)) {
                Shape::Sentence(title)
            } else {
                Shape::Opens(title)
            }
        }
    }
}

/// Reads the outline. `claimed` are indices of lines that a statutory table holds beyond doubt.
pub fn read(draft: &Draft, roles: &[Role], claimed: &BTreeSet<usize>) -> Reading {
    let mut reading = Reading::default();
    let text = |i: usize| draft.lines[i].text.trim();
    let body: Vec<usize> = (0..draft.lines.len())
        .filter(|&i| match roles[i] {
            Role::Prose | Role::Heading => true,
            // A guess at a table yields to the statutory wording; a table that was read does not.
            Role::Table => {
                !claimed.contains(&i)
                    && ordinal(text(i)).is_some_and(|o| o.style == Style::Chinese && STATUTORY.is_match(clean(o.rest)))
            }
            _ => false,
        })
        .collect();
    if let Some(i) = body.iter().copied().find(|&i| run_together(text(i)).len() >= 3) {
        let sections = run_together(text(i)).into_iter();
        reading.sections = sections
            .map(|(number, title)| Section { level: 1, number: number.to_string(), title, line: i as u32 + 1 })
            .collect();
        return reading;
    }
    let mut stack: Vec<(Style, u32)> = Vec::new();
    let mut last: Vec<(Style, u32)> = Vec::new();
    let mut before: Option<usize> = None;
    for (place, &i) in body.iter().enumerate() {
        let line = text(i);
        let found = ordinal(line);
        let markup = markup_level(draft, i);
        let (style, number, rest) = match &found {
            Some(o) => (o.style, o.number, o.rest),
            None if markup.is_some() || STATUTORY.is_match(clean(line)) => (Style::Bare, 0, line),
            None => continue,
        };
        let in_sequence = last.iter().find(|(s, _)| *s == style).map(|(_, n)| *n);
        let next = body.get(place + 1).copied();
        let title = match shape(rest) {
            // A figure right below makes it the label of a row.
            Shape::Alone(_)
                if style != Style::Bare
                    && (i + 1..draft.lines.len()).find(|&n| !text(n).is_empty()).is_some_and(|n| is_cell(text(n))) =>
            {
                continue;
            }
            // 2.网上申请数 条 18: a row of a table.
            Shape::Alone(title) if ROW.is_match(title) => continue,
            Shape::Alone(title) => {
                reading.alone.insert(i);
                title
            }
            Shape::Sentence(title) => {
                let barren = next.is_none_or(|n| {
                    ordinal(text(n)).is_some_and(|o| {
                        o.style == style || stack.iter().any(|(s, _)| *s == o.style && o.style < style)
                    })
                });
                let after_item =
                    in_sequence.is_some() && number > 1 && !stack.iter().any(|(s, n)| *s == style && *n + 1 == number);
                if markup.is_none() && (barren && title.chars().count() > 12 || after_item) {
                    remember(&mut last, style, number);
                    continue;
                }
                reading.alone.insert(i);
                title
            }
            Shape::Opens(title) => title,
            Shape::Item => {
                remember(&mut last, style, number);
                continue;
            }
        };
        let title = clean(title);
        if title.is_empty() {
            reading.alone.remove(&i);
            continue;
        }
        if let Some(at) = before
            && text(at) == line
            && (at + 1..i).all(|b| text(b).is_empty())
        {
            let (start, end) = trimmed(&draft.lines[i].text);
            reading.findings.push(
                Finding::new(
                    "heading-duplicated",
                    Some(i as u32 + 1),
                    format!("“{line}”连续出现两次，只取第{}行", at + 1),
                )
                .at(draft.lines[i].origin(start, end), "重复"),
            );
            continue;
        }
        before = Some(i);
        let depth = match style {
            Style::Bare => markup.map_or(0, |m| usize::from(m.saturating_sub(2))).min(stack.len()),
            // Above everything seen so far only chapters and 一、 may open.
            _ => stack.iter().position(|(s, _)| *s == style).unwrap_or_else(|| match style {
                Style::Chapter => 0,
                Style::Chinese => stack.iter().take_while(|(s, _)| matches!(s, Style::Chapter | Style::Bare)).count(),
                _ => stack.len(),
            }),
        };
        if style != Style::Bare && number != 1 && in_sequence.is_some_and(|n| n + 1 != number) {
            reading.findings.push(Finding::new(
                "heading-out-of-order",
                Some(i as u32 + 1),
                format!(
                    "“{line_start}”之前的同级序号是{}",
                    in_sequence.unwrap_or(0),
                    line_start = line.chars().take(16).collect::<String>()
                ),
            ));
        }
        stack.truncate(depth);
        stack.push((style, number));
        last.retain(|(s, _)| stack.iter().any(|(on, _)| on == s) || *s == style);
        remember(&mut last, style, number);
        let dotted: Vec<String> = stack.iter().filter(|(_, n)| *n > 0).map(|(_, n)| n.to_string()).collect();
        let number = if style == Style::Bare { String::new() } else { dotted.join(".") };
        reading.sections.push(Section {
            level: stack.len() as u8,
            number,
            title: title.to_owned(),
            line: i as u32 + 1,
        });
    }
    reading
}

/// The top headings of a report whose lines were run together into one: 一、 二、 三、 in unbroken sequence, each behind a stop or
/// a gap and with a gap behind its title.
fn run_together(text: &str) -> Vec<(u32, String)> {
    patterns! { HEADING = r"(?:^|[。\s])\s*([一二三四五六七八九十]{1,3})、([^。，,；;\s]{2,40})(?:\s|。)"; }
    let mut found: Vec<(u32, String)> = Vec::new();
    if text.chars().count() < 60 {
        return found;
    }
    let mut from = 0;
    while let Some(hit) = HEADING.captures_at(text, from) {
        let (Some(digits), Some(title)) = (hit.get(1), hit.get(2)) else { break };
        if dates::number(digits.as_str()).map(usize::from) == Some(found.len() + 1) {
            found.push((found.len() as u32 + 1, clean(title.as_str()).to_owned()));
        }
        from = title.end();
    }
    found
}

fn remember(last: &mut Vec<(Style, u32)>, style: Style, number: u32) {
    last.retain(|(s, _)| *s != style);
    last.push((style, number));
}

/// A heading's words without the marks around them.
fn clean(title: &str) -> &str {
    title.trim().trim_end_matches(['。', ':', '：', '.', ' ', '；', ';', '\u{a0}']).trim()
}
