//! Dates and years as reports print them.
//!
//! In: text. Out: days (those that the calendar lacks included, marked), the period of the statistics, the year a title or a text
//! speaks of as its own. Must never read a date that lost characters, nor take the year of a cited document or of a plan.

use super::roles;
use crate::model::report::Role;
use crate::model::source::{Draft, Span};
use regex::Regex;

const CHINESE_DIGITS: &str = "〇○零一二三四五六七八九OＯ０";
patterns! {
    YEAR = format!(r"(?P<year>(?:19|20)\d\d|[一二][{CHINESE_DIGITS}]{{3}})\s*(?:学?年度?|度)");
    YEAR_BARE = r"(?:^|\D)(?P<year>(?:19|20)\d\d)(?:\D|$)";
    pub DATE = format!(
        r"(?P<y>\d{{4}}|[一二][{CHINESE_DIGITS}]{{3}})\s*[-/.年]\s*(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*(?:[-/.月]\s*(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})|月)"
    );
    COMPACT = r"^(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)$";
    PERIOD = concat!(
        r"(?P<y1>(?:19|20)\d\d)\s*年\s*(?P<m1>\d{1,2})\s*月\s*(?P<d1>\d{1,2})\s*日?\s*(?:起|开始)?\s*[,，]?\s*(?:至|到|止|—+|-+|–|~|～)+\s*",
        r"(?:(?P<y2>(?:19|20)\d\d)\s*年)?\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日"
    );
}

/// A number in digits or in Chinese ones.
pub fn number(text: &str) -> Option<u16> {
    if let Ok(plain) = text.parse() {
        return Some(plain);
    }
    let digit = |c: char| match c {
        '〇' | '○' | '零' | 'O' | 'Ｏ' | '０' => Some(0),
        _ => "一二三四五六七八九".chars().position(|d| d == c).map(|p| p as u16 + 1),
    };
    if let Some((tens, ones)) = text.split_once('十') {
        let tens = if tens.is_empty() { 1 } else { digit(tens.chars().next()?)? };
        let ones = if ones.is_empty() { 0 } else { digit(ones.chars().next()?)? };
        return Some(tens * 10 + ones);
    }
    text.chars().try_fold(0u16, |sum, c| Some(sum.checked_mul(10)? + digit(c)?))
}

/// A date as printed: ISO text, and whether the calendar has such a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub iso: String,
    pub real: bool,
}

fn day(y: u16, m: u16, d: u16) -> Day {
    let leap = (y.is_multiple_of(4) && !y.is_multiple_of(100)) || y.is_multiple_of(400);
    let length = match m {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u16::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    Day { iso: format!("{y:04}-{m:02}-{d:02}"), real: (1949..2100).contains(&y) && (1..=length).contains(&d) }
}

impl Day {
    /// Whether it is earlier than an ISO day; a month is earlier only as a whole.
    pub fn before(&self, iso: &str) -> bool {
        let length = self.iso.len().min(iso.len());
        self.iso[..length] < iso[..length]
    }
}

/// The first date in a text.
pub fn date_in(text: &str) -> Option<Day> {
    let hit = DATE.captures(text).or_else(|| COMPACT.captures(text.trim()))?;
    let (year, month) = (number(&hit["y"])?, number(&hit["m"])?);
    Some(match hit.name("d") {
        Some(of_month) => day(year, month, number(of_month.as_str())?),
        // 二〇一九年三月: ISO 8601 has months too.
        None => Day { iso: format!("{year:04}-{month:02}"), real: (1..=12).contains(&month) },
    })
}

/// First and last day of the statistics.
pub struct Stretch {
    pub start: Day,
    pub end: Day,
    pub years: (u16, u16),
    pub at: Span,
}

pub fn period(draft: &Draft, first: &roles::Reading) -> Option<Stretch> {
    let words = ["报告期", "时间范围", "起止", "期限", "统计", "数据", "涵盖", "跨度", "时间段", "年度报告", "年报"];
    for line in first.lines(draft, &[Role::Prose, Role::Meta]) {
        let Some(hit) = PERIOD.captures(&line.text) else { continue };
        let whole = hit.get(0)?;
        let sentence = line.text[..whole.start()].rfind(['。', '；']).map_or(0, |at| at);
        let sentence_end = line.text[whole.end()..].find('。').map_or(line.text.len(), |at| whole.end() + at);
        if !words.iter().any(|w| line.text[sentence..sentence_end].contains(w)) {
            continue;
        }
        let get = |name: &str| hit.name(name).and_then(|m| number(m.as_str()));
        let (y1, m1, d1, m2, d2) = (get("y1")?, get("m1")?, get("d1")?, get("m2")?, get("d2")?);
        let y2 = get("y2").unwrap_or(y1);
        return Some(Stretch {
            start: day(y1, m1, d1),
            end: day(y2, m2, d2),
            years: (y1, y2),
            at: line.origin(whole.start(), whole.end()),
        });
    }
    None
}

/// The year a title names, and its digits. …2019年年度报告(2020年1月发布): the first is the one reported on.
pub fn title_year(title: &str) -> Option<(u16, &str)> {
    let years = |pattern: &'static Regex| {
        pattern
            .captures_iter(title)
            .filter_map(|c| c.name("year"))
            .find_map(|m| number(m.as_str()).filter(|y| (1990..2100).contains(y)).map(|y| (y, m.as_str())))
    };
    years(&YEAR).or_else(|| years(&YEAR_BARE))
}

/// The year the running text speaks of as its own: 2016年，我区…; not one of a cited document, not one of a plan.
pub fn year_in_body(draft: &Draft, first: &roles::Reading) -> Option<(u16, Span)> {
    patterns! {
        OWN = concat!(
            r"(?P<year>(?:19|20)\d\d)\s*年(?:",
            r"(?:度|以来|来|全年|里|中|期间|内)?\s*[,，]\s*(?:我|本|全|各|市|区|县|省|在|共|按照|根据|面对|经|通过|认真|主动|机关|局|中心)",
            r"|[\p{Han}]{2,10}(?:局|委|厅|中心|街道|镇|乡|政府|办事处)(?:共|主动公开|累计|收到|受理)",
            r"|(?:度|全年|全区|全市|全县|全局|我[市区县局委办院镇省中])",
            r"|[,，]\s*[\p{Han}]{1,14}(?:局|委|政府|镇|乡|街道|中心|厅|办|院|[市区县省州旗](?:坚持|认真|按照|深入|以|全面|严格|积极|紧紧))",
            r"|(?:政府信息公开|政务公开)(?:工作)?(?:年度报告|年报))"
        );
        PLAN = r"^[^。；]{0,25}(?:将|打算|计划|要(?:进一步|继续|在|以)|下一步|继续|工作思路|工作安排|拟)";
    }
    let mut years: Vec<(u16, u32, Span)> = Vec::new();
    for line in first.lines(draft, &[Role::Prose]) {
        let quoted = quotations(&line.text);
        for hit in OWN.captures_iter(&line.text) {
            let (Some(whole), Some(digits)) = (hit.get(0), hit.name("year")) else { continue };
            if quoted.iter().any(|q| q.contains(&whole.start())) || PLAN.is_match(&line.text[whole.start()..]) {
                continue;
            }
            let Some(year) = number(digits.as_str()) else { continue };
            match years.iter_mut().find(|(y, ..)| *y == year) {
                Some(entry) => entry.1 += 1,
                None => years.push((year, 1, line.origin(digits.start(), digits.end()))),
            }
        }
    }
    years.sort_by_key(|(year, count, _)| (std::cmp::Reverse(*count), *year));
    match years.as_slice() {
        [(year, _, at)] => Some((*year, *at)),
        [(year, many, at), (_, fewer, _), ..] if *many > *fewer + 1 => Some((*year, *at)),
        _ => None,
    }
}

/// Byte ranges inside 《》, 〔〕 and brackets of document numbers.
fn quotations(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    for (open, close) in [('《', '》'), ('〔', '〕'), ('【', '】'), ('〈', '〉')] {
        let mut from = None;
        for (at, c) in text.char_indices() {
            if c == open {
                from = from.or(Some(at));
            } else if c == close
                && let Some(start) = from.take()
            {
                ranges.push(start..at);
            }
        }
    }
    ranges
}
