//! Dates that lost 年, 月 or 日 between digits.
//!
//! In: the document, with the year of the report when it is known. Out: changes where the whole-year period can be read in one way
//! only. Never reads any other date: `2016112日` is 1月12日 or 11月2日.

use super::classes::kind;
use super::edits::{Change, Passage};
use super::{Rule, Work};
use regex::Regex;
use std::sync::LazyLock;

pub(super) const PERIOD: Rule = Rule {
    id: "whole-year",
    title: "残缺的统计期限",
    why: "统计期限“某年1月1日至12月31日”丢了“年”“月”二字。只在写的正是报告年度的全年时补回，其余残缺日期有多种读法，不改。",
    turns: &[
        (
            "甲县2016年政府信息公开年度报告\n统计期限为201611日至1231日",
            "甲县2016年政府信息公开年度报告\n统计期限为2016年1月1日至12月31日",
        ),
        (
            "甲县2019年政府信息公开年度报告\n从201911日起到20191231日止",
            "甲县2019年政府信息公开年度报告\n从2019年1月1日起到2019年12月31日止",
        ),
        (
            "乙局2018年政府信息公开工作报告\n201811日—20181231日",
            "乙局2018年政府信息公开工作报告\n2018年1月1日—2018年12月31日",
        ),
        (
            "丙局2022年政府信息公开工作报告\n2022年11日至1231日",
            "丙局2022年政府信息公开工作报告\n2022年1月1日至12月31日",
        ),
    ],
    leaves: &[
        "甲县2018年政府信息公开年度报告\n从201911日起到20191231日止",
        "甲县2016年政府信息公开年度报告\n于2016112日召开会议",
        "甲县2016年政府信息公开年度报告\n主动公开201611件",
        "2016年12月31日至2017年1月1日",
    ],
    run: |work| {
        if !work.passages().any(|passage| passage.seen.any(kind::DIGITS)) {
            return;
        }
        if let Some(year) = work.year.or_else(|| title_year(&work.lines)) {
            work.each("whole-year", kind::DIGITS, |text| periods(text, year));
        }
    },
};

static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9])((20\d\d)年?1月?1日(?:0时|零时)?(起?[至到]|起|[-—–~～]{1,2})((20\d\d)?年?12月?31日))")
        .expect("a fixed pattern")
});

static GARBLED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9])((?:19|20)\d\d\d{2,4}日)").expect("a fixed pattern"));

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(20\d\d)\s*年?度?.{0,30}(?:报告|報告|年报|年報|总结|總結|自查)").expect("a fixed pattern")
});

fn periods(text: &str, year: u16) -> Vec<Change> {
    let year = year.to_string();
    TEMPLATE
        .captures_iter(text)
        .filter_map(|found| {
            let (whole, last) = (found.get(1)?, found.get(4)?);
            let second = found.get(5).map_or("", |year| year.as_str());
            if found[2] != year || !(second.is_empty() || second == year) {
                return None;
            }
            let mut now = format!("{year}年1月1日{}", &text[found.get(3)?.start()..last.start()]);
            if !second.is_empty() {
                now.push_str(&format!("{year}年"));
            }
            now.push_str("12月31日");
            (now != whole.as_str()).then(|| Change::sure(whole.range(), now))
        })
        .collect()
}

/// The year in the title, when the text begins with one.
fn title_year(lines: &[Passage]) -> Option<u16> {
    lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .take(12)
        .filter(|line| line.text.chars().count() <= 60)
        .find_map(|line| TITLE.captures(&line.text).and_then(|found| found[1].parse().ok()))
}

/// Flags dates that stay unreadable.
pub(super) fn flag(work: &mut Work) {
    if work.kinds & kind::DIGITS == 0 {
        return;
    }
    for index in 0..work.lines.len() {
        if !work.lines[index].seen.any(kind::DIGITS) {
            continue;
        }
        let found = GARBLED.captures(&work.lines[index].text).and_then(|found| found.get(1).map(|date| date.range()));
        if let Some(at) = found {
            let message = format!("日期“{}”残缺，有不止一种读法，保持原样", &work.lines[index].text[at.clone()]);
            work.flag("date-garbled", index, at, message);
        }
    }
}
