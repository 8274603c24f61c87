//! Who, when, what: title, agency, year, region, kind, dates, source, each with the place that says so.
//!
//! In: a [`Draft`], the first reading of its lines, and what the publisher knows. Out: the head of a report and findings. What the
//! publisher says wins; what the text does not say stays unknown; what cannot be is kept and disputed. Must never guess.

use super::agency::{self, Witnesses};
use super::places::{self, Evidence};
use super::roles::{self, Field, Label, Title, is_date, trimmed};
use crate::model::diagnostic::Finding;
use crate::model::report::{AgencyName, Dates, Kind, Known, Origin, Place, Provenance, Role};
use crate::model::source::{Draft, Span};
use crate::model::value::Standing;
use regex::Regex;
use std::sync::LazyLock;

/// The head of a report.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// See [`crate::model::report::Report`] for this and the others.
    pub kind: Kind,
    /// Title.
    pub title: Known<String>,
    /// Reporting body.
    pub agency: Known<AgencyName>,
    /// Report year.
    pub year: Known<u16>,
    /// Place.
    pub region: Known<Place>,
    /// Dates.
    pub dates: Dates,
    /// Where the page says it comes from.
    pub source: Origin,
    /// What sort of site it came from.
    pub provenance: Provenance,
    /// What does not fit together.
    pub findings: Vec<Finding>,
}

const CHINESE_DIGITS: &str = "〇○零一二三四五六七八九OＯ０";
static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?P<year>(?:19|20)\d\d|[一二][{CHINESE_DIGITS}]{{3}})\s*(?:年度|年|度)")).expect("a pattern")
});
static YEAR_BARE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|\D)(?P<year>(?:19|20)\d\d)(?:\D|$)").expect("a pattern"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?P<y>\d{{4}}|[一二][{CHINESE_DIGITS}]{{3}})\s*[-/.年]\s*(?P<m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})"
    ))
    .expect("a pattern")
});
static COMPACT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)$").expect("a pattern"));
static PERIOD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<y1>(?:19|20)\d\d)\s*年\s*(?P<m1>\d{1,2})\s*月\s*(?P<d1>\d{1,2})\s*日?\s*(?:起|开始)?\s*[,，]?\s*(?:至|到|止|—+|-+|–|~|～)+\s*",
        r"(?:(?P<y2>(?:19|20)\d\d)\s*年)?\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日"
    ))
    .expect("a pattern")
});

fn number(text: &str) -> Option<u16> {
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
struct Day {
    iso: String,
    real: bool,
}

fn day(y: u16, m: u16, d: u16) -> Day {
    let leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let length = match m {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u16::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    Day { iso: format!("{y:04}-{m:02}-{d:02}"), real: (1949..2100).contains(&y) && (1..=length).contains(&d) }
}

/// The first date in a text.
fn date_in(text: &str) -> Option<Day> {
    let hit = DATE.captures(text).or_else(|| COMPACT.captures(text.trim()))?;
    Some(day(number(&hit["y"])?, number(&hit["m"])?, number(&hit["d"])?))
}

/// Reads the head of a report.
pub fn read(draft: &Draft, first: &roles::Reading, known: &super::Known) -> Identity {
    let mut identity = Identity::default();
    let meta = &draft.meta;
    let found = first.title.clone().or_else(|| title_field(&first.fields));
    identity.title = match (&meta.title, &found) {
        (Some(curated), _) => Known::curated(curated.clone()),
        (None, Some(title)) => Known::printed(title.text.clone(), title.at),
        (None, None) => {
            identity.findings.push(Finding::new("title-missing", None, "正文没有标题").help("可在附带信息里写 title"));
            Known::unknown()
        }
    };
    let words = identity.title.value.clone().unwrap_or_default();
    identity.kind = kind(meta.kind.as_deref(), &words, draft);

    let end = signature(draft, first);
    let period = period(draft, first);
    identity.year = year(draft, first, &found, &period, &mut identity.findings);
    let year = identity.year.value;
    dates(&mut identity, draft, first, end.as_ref(), period);
    source(&mut identity, draft, &first.fields);

    let evidence = Evidence::gather(draft.lines.iter().skip(draft.front as usize).map(|l| l.text.as_str()));
    let witnesses = witnesses(draft, first, &found, end.as_ref());
    agency_and_region(&mut identity, draft, &witnesses, &evidence, year, known);
    identity.provenance = match meta.source_url.as_deref().and_then(host) {
        Some(host) if host == "gov.cn" || host.ends_with(".gov.cn") => Provenance::Official,
        _ => Provenance::Unknown,
    };
    identity
}

fn title_field(fields: &[Field]) -> Option<Title> {
    let field = fields.iter().find(|f| f.label == Label::Title && roles::is_title(&f.value))?;
    Some(Title { text: field.value.clone(), at: field.at })
}

fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    Some(host.rsplit('@').next().unwrap_or(host))
}

/// What sort of document it is: the title says, and only without one the structure of the text.
fn kind(curated: Option<&str>, title: &str, draft: &Draft) -> Kind {
    match curated {
        Some("annual_report") => return Kind::AnnualReport,
        Some("self_inspection") => return Kind::SelfInspection,
        Some("statistics_table") => return Kind::StatisticsTable,
        Some("notice") => return Kind::Notice,
        Some("other") => return Kind::Other,
        _ => {}
    }
    let has = |words: &[&str]| words.iter().any(|w| title.contains(w));
    let statutory = [
        &["概述", "总体情况"][..],
        &["主动公开政府信息"],
        &["依申请公开", "收到和处理政府信息公开申请"],
        &["行政复议", "复议、诉讼"],
        &["存在的主要问题", "存在的问题", "存在问题"],
    ];
    let headed = statutory
        .iter()
        .filter(|words| {
            draft.lines.iter().any(|l| l.text.chars().count() <= 45 && words.iter().any(|w| l.text.contains(w)))
        })
        .count();
    let bare = title.trim_end_matches([')', '）']);
    if title.is_empty() {
        return if headed >= 3 { Kind::AnnualReport } else { Kind::Other };
    }
    let notice = ["通知", "公告", "通告", "公示"].iter().any(|w| bare.ends_with(w));
    if notice {
        return if headed >= 3 && !title.ends_with("通知") { Kind::AnnualReport } else { Kind::Notice };
    }
    if has(&["自查", "整改情况报告", "自评"]) {
        return Kind::SelfInspection;
    }
    if has(&["统计表", "情况表", "报表", "汇总表"]) && !has(&["年度报告", "年报"]) {
        return Kind::StatisticsTable;
    }
    let open = has(&["公开"]);
    if has(&["年度报告", "年报"]) || (open && has(&["报告", "总结", "工作情况", "公开情况"])) {
        return Kind::AnnualReport;
    }
    if headed >= 4 { Kind::AnnualReport } else { Kind::Other }
}

/// The lines under the text: who signed, and when.
struct Signature {
    name: Option<(String, Span)>,
    date: Option<(Day, Span)>,
}

fn signature(draft: &Draft, first: &roles::Reading) -> Option<Signature> {
    let text = |i: usize| draft.lines[i].text.trim();
    let span = |i: usize, from: usize, to: usize| draft.lines[i].origin(from, to);
    let body: Vec<usize> = (0..draft.lines.len()).filter(|&i| first.roles[i] == Role::Prose).collect();
    let named = |i: usize| {
        let (start, end) = trimmed(&draft.lines[i].text);
        let words = text(i);
        // A name printed with wide gaps (某 某 局) is still one name.
        (!roles::has_ordinal(words) && agency::is_body(words))
            .then(|| (words.split_whitespace().collect::<String>(), span(i, start, end)))
    };
    for (place, &i) in body.iter().enumerate().rev().take(12) {
        let line = text(i);
        let (start, _) = trimmed(&draft.lines[i].text);
        if is_date(line) {
            let date = date_in(line)?;
            let at = DATE.find(&draft.lines[i].text).map_or(span(i, start, start + line.len()), |m| {
                span(i, m.start(), span_end(&draft.lines[i].text, m.end()))
            });
            let above = place.checked_sub(1).map(|p| body[p]).and_then(named);
            let below = body.get(place + 1).copied().and_then(named);
            return Some(Signature { name: above.or(below), date: Some((date, at)) });
        }
        // Name and date on one line.
        if line.chars().count() <= 60
            && !line.contains('。')
            && let Some(hit) = DATE.find(line)
            && matches!(line[hit.end()..].trim(), "" | "日" | ")" | "）")
        {
            let name = line[..hit.start()].trim().trim_end_matches(['(', '（']);
            if agency::is_body(name) {
                let at = span(i, start + hit.start(), span_end(&draft.lines[i].text, start + hit.end()));
                let name = (name.split_whitespace().collect(), span(i, start, start + name.len()));
                return date_in(line).map(|date| Signature { name: Some(name), date: Some((date, at)) });
            }
        }
    }
    // The last line may be a name without a date.
    let &last = body.last()?;
    let name =
        named(last).filter(|(n, _)| places::leading(n).is_some() && n.chars().count() <= 30 && body.len() > 2)?;
    Some(Signature { name: Some(name), date: None })
}

/// The end of a date, its 日 included.
fn span_end(text: &str, end: usize) -> usize {
    if text[end..].starts_with('日') { end + '日'.len_utf8() } else { end }
}

/// First and last day of the statistics.
struct Stretch {
    start: Day,
    end: Day,
    years: (u16, u16),
    at: Span,
}

fn period(draft: &Draft, first: &roles::Reading) -> Option<Stretch> {
    let words = [
        "统计期限",
        "统计时间",
        "统计时限",
        "报告期",
        "数据期限",
        "时间范围",
        "起止",
        "期限",
        "统计",
        "数据",
        "涵盖",
        "跨度",
        "时间段",
        "年度报告",
        "年报",
    ];
    let lines = draft.lines.iter().enumerate().filter(|(i, _)| matches!(first.roles[*i], Role::Prose | Role::Meta));
    for (_, line) in lines {
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
fn title_year(title: &str) -> Option<(u16, &str)> {
    let years = |pattern: &'static Regex| {
        pattern
            .captures_iter(title)
            .filter_map(|c| c.name("year"))
            .find_map(|m| number(m.as_str()).filter(|y| (1990..2100).contains(y)).map(|y| (y, m.as_str())))
    };
    years(&YEAR).or_else(|| years(&YEAR_BARE))
}

fn year(
    draft: &Draft,
    first: &roles::Reading,
    title: &Option<Title>,
    period: &Option<Stretch>,
    findings: &mut Vec<Finding>,
) -> Known<u16> {
    let printed =
        title.as_ref().and_then(|t| title_year(&t.text).map(|(year, digits)| (year, in_line(draft, t, digits))));
    let said = match (&printed, period) {
        (Some(said), _) => Some(*said),
        (None, Some(stretch)) => Some((stretch.years.1, stretch.at)),
        (None, None) => year_in_body(draft, first),
    };
    if let Some(curated) = draft.meta.year {
        if let Some((year, at)) = said.filter(|(y, _)| *y != curated) {
            findings.push(
                Finding::new("year-conflict", None, format!("附带信息写{curated}年，正文写{year}年，以附带信息为准"))
                    .at(at, format!("{year}年")),
            );
        }
        return Known::curated(curated);
    }
    let Some((year, at)) = said else {
        findings.push(Finding::new("year-missing", None, "找不到报告年度").help("可在附带信息里写 year"));
        return Known::unknown();
    };
    let mut known = Known::printed(year, at);
    if let (Some(_), Some(stretch)) = (&printed, period)
        && !(stretch.years.0..=stretch.years.1).contains(&year)
    {
        known.standing = Some(Standing::Disputed);
        let message = format!("标题写{year}年，统计期限为{}至{}，以标题为准", stretch.start.iso, stretch.end.iso);
        findings.push(
            Finding::new("year-conflict", Some(stretch.at.line), message)
                .at(at, format!("{year}年"))
                .at(stretch.at, "统计期限"),
        );
    }
    known
}

/// The year the running text speaks of as its own: 2016年，我区…; not one of a cited document, not one of a plan.
fn year_in_body(draft: &Draft, first: &roles::Reading) -> Option<(u16, Span)> {
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?P<year>(?:19|20)\d\d)\s*年(?:",
            r"(?:度|以来|来|全年|里|中|期间|内)?\s*[,，]\s*(?:我|本|全|各|市|区|县|省|在|共|按照|根据|面对|经|通过|认真|主动|机关|局|中心)",
            r"|(?:度|全年|全区|全市|全县|全局|我[市区县局委办院镇省中])",
            r"|[,，]\s*[\p{Han}]{1,14}(?:局|委|政府|镇|乡|街道|中心|厅|办|院|[市区县省州旗](?:坚持|认真|按照|深入|以|全面|严格|积极|紧紧))",
            r"|(?:政府信息公开|政务公开)(?:工作)?(?:年度报告|年报))"
        ))
        .expect("a pattern")
    });
    static PLAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[^。；]{0,25}(?:将|打算|计划|要(?:进一步|继续|在|以)|下一步|继续|工作思路|工作安排|拟)")
            .expect("a pattern")
    });
    let mut years: Vec<(u16, u32, Span)> = Vec::new();
    for (i, line) in draft.lines.iter().enumerate() {
        if !matches!(first.roles[i], Role::Prose) {
            continue;
        }
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

fn dates(
    identity: &mut Identity,
    draft: &Draft,
    first: &roles::Reading,
    end: Option<&Signature>,
    period: Option<Stretch>,
) {
    let field = |label: Label| {
        first.fields.iter().filter(|f| f.label == label).find_map(|f| date_in(&f.value).map(|d| (d, f.at)))
    };
    let mut published = field(Label::Published);
    let written = field(Label::Written);
    let mut signed = end.and_then(|s| s.date.clone());
    for &i in &first.loose_dates {
        // Under a title: with a time of day or in digits alone it is the page's, in words the author's.
        let line = &draft.lines[i];
        let (start, stop) = trimmed(&line.text);
        let Some(date) = date_in(&line.text) else { continue };
        let target =
            if line.text.contains('年') && !line.text.contains([':', '：']) { &mut signed } else { &mut published };
        if target.is_none() {
            *target = Some((date, line.origin(start, stop)));
        }
    }
    let last_day = period.as_ref().filter(|p| p.end.real).map(|p| p.end.iso.clone());
    let last_day = last_day.or_else(|| identity.year.value.map(|y| format!("{y}-12-31")));
    let page = published.as_ref().filter(|(d, _)| d.real).map(|(d, _)| d.iso.clone());
    let findings = &mut identity.findings;
    let mut check = |name: &str, date: Option<(Day, Span)>, is_page: bool| {
        let (date, at) = date?;
        let reason = if !date.real {
            Some(format!("{name}{}不存在", date.iso))
        } else if let Some(end) = last_day.as_ref().filter(|end| date.iso < **end) {
            Some(format!("{name}{}早于统计期末{end}", date.iso))
        } else {
            page.as_ref().filter(|p| !is_page && date.iso > **p).map(|p| format!("{name}{}晚于发布日{p}", date.iso))
        };
        let mut known = Known::printed(date.iso, at);
        if let Some(reason) = reason {
            known.standing = Some(Standing::Disputed);
            findings.push(Finding::new("date-impossible", Some(at.line), reason).at(at, name));
        }
        Some(known)
    };
    let published = check("发布日期", published, true);
    let signed = check("落款日期", signed, false);
    let written = check("成文日期", written, false);
    let (mut start, mut stop) = (None, None);
    if let Some(stretch) = period {
        let possible = stretch.start.real && stretch.end.real && stretch.start.iso <= stretch.end.iso;
        let standing = if possible { Standing::Printed } else { Standing::Disputed };
        if !possible {
            let message = format!("统计期限{}至{}不合理", stretch.start.iso, stretch.end.iso);
            findings.push(Finding::new("date-impossible", Some(stretch.at.line), message).at(stretch.at, "统计期限"));
        }
        let known = |iso| Some(Known { value: Some(iso), standing: Some(standing), at: Some(stretch.at) });
        (start, stop) = (known(stretch.start.iso), known(stretch.end.iso));
    }
    let published = match &draft.meta.published {
        Some(curated) => {
            let iso = date_in(curated).map_or_else(|| curated.clone(), |d| d.iso);
            Some(Known::curated(iso))
        }
        None => published,
    };
    identity.dates = Dates { published, signed, written, period_start: start, period_end: stop };
}

fn source(identity: &mut Identity, draft: &Draft, fields: &[Field]) {
    let get = |label: Label| fields.iter().find(|f| f.label == label).map(|f| Known::printed(f.value.clone(), f.at));
    let meta = &draft.meta;
    let or_curated =
        |curated: &Option<String>, label: Label| curated.clone().map(Known::curated).or_else(|| get(label));
    identity.source = Origin {
        name: or_curated(&meta.source_name, Label::Source),
        url: meta.source_url.clone().map(Known::curated),
        index_number: or_curated(&meta.index_number, Label::Index),
        document_number: get(Label::Document),
        category: get(Label::Category),
        publisher: get(Label::Publisher),
    };
}

fn witnesses(draft: &Draft, first: &roles::Reading, title: &Option<Title>, end: Option<&Signature>) -> Witnesses {
    // What is published, named like a title (现公布某某局2019年…年度报告), and who made it.
    static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:公布|发布|公开|编制|汇总|现将|制作)(?:完成|形成)?(?:了|的)?(?P<title>[^,，。、；《》]{8,60}?(?:报告|年报))")
            .expect("a pattern")
    });
    static MAKERS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            r"由(?P<name>[\p{Han}()（）]{4,40}?)(?:根据|按照|依据|依照|编制|编写|组织|汇总|负责|于|,|，)",
            r"(?:^|[,，。])\s*(?P<name>[\p{Han}()（）]{4,30}?)(?:向社会公(?:布|开)本|(?:根据|按照|依据|依照)(?:国务院)?《)",
        ]
        .map(|pattern| Regex::new(pattern).expect("a pattern"))
    });
    let in_title = title
        .as_ref()
        .and_then(|t| agency::in_title(&t.text).map(|r| (t.text[r.clone()].to_owned(), in_line(draft, t, &t.text[r]))));
    let field = |label: Label| {
        first.fields.iter().find(|f| f.label == label && agency::is_body(&f.value)).map(|f| (f.value.clone(), f.at))
    };
    let openings = draft.lines.iter().enumerate().filter(|(i, _)| first.roles[*i] == Role::Prose).take(8);
    let opening = openings.map(|(_, line)| line).find_map(|line| {
        let announced = ANNOUNCED.captures_iter(&line.text).filter_map(|c| c.name("title"));
        let announced = announced
            .filter_map(|m| agency::in_title(m.as_str()).map(|r| m.start() + r.start..m.start() + r.end))
            .next();
        let makers = MAKERS.iter().flat_map(|m| m.captures_iter(&line.text)).filter_map(|c| c.name("name"));
        let maker = || makers.map(|m| m.range()).find(|r| agency::is_body(&line.text[r.clone()]));
        let place = announced.or_else(maker)?;
        Some((line.text[place.clone()].to_owned(), line.origin(place.start, place.end)))
    });
    Witnesses {
        title: in_title,
        signature: end.and_then(|s| s.name.clone()),
        publisher: field(Label::Publisher),
        opening,
        source: field(Label::Source),
        columns: columns(draft, first),
    }
}

/// Where words of the title stand: in its line, or the line as a whole when the title is broken over several.
fn in_line(draft: &Draft, title: &Title, words: &str) -> Span {
    let line = draft.lines.iter().find(|l| l.no == title.at.line);
    line.and_then(|l| l.text.find(words).map(|start| l.origin(start, start + words.len()))).unwrap_or(title.at)
}

/// Bodies in the path to the page (首页 > 政务公开 > 市财政局).
fn columns(draft: &Draft, first: &roles::Reading) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for (line, _) in draft
        .lines
        .iter()
        .zip(&first.roles)
        .filter(|(l, role)| **role == Role::Chrome && l.text.contains(['>', '＞', '»']))
    {
        let mut start = 0;
        for part in line.text.split(['>', '＞', '»']) {
            let (from, to) = trimmed(part);
            if agency::is_body(&part[from..to]) && agency::is_own_name(&part[from..to]) {
                found.push((part[from..to].to_owned(), line.origin(start + from, start + to)));
            }
            start += part.len() + line.text[start + part.len()..].chars().next().map_or(0, char::len_utf8);
        }
    }
    found
}

fn agency_and_region(
    identity: &mut Identity,
    draft: &Draft,
    witnesses: &Witnesses,
    evidence: &Evidence,
    year: Option<u16>,
    known: &super::Known,
) {
    let meta = &draft.meta;
    let home = meta.region.as_deref().and_then(|r| curated_place(r, evidence, year));
    let home_name = home.as_ref().map(|p| p.name.clone());
    let named = agency::decide(witnesses, draft, evidence, home_name.as_deref());
    if let Some(named) = &named {
        for (words, witness) in [("落款", &witnesses.signature), ("发布机构", &witnesses.publisher)] {
            if let Some((other, at)) = witness.as_ref().filter(|(n, _)| {
                agency::conflict(&named.name, n) && named.aliases.iter().all(|a| agency::conflict(a, n))
            }) {
                let message = format!("报告属于“{}”，{words}为“{other}”", named.name);
                identity.findings.push(Finding::new("agency-conflict", Some(at.line), message).at(*at, words));
            }
        }
    }
    // A page kept under another body's column: no word against either, but the reader should know.
    if let Some(named) = &named
        && let Some((column, at)) = witnesses.columns.last()
        && witnesses
            .columns
            .iter()
            .all(|(c, _)| std::iter::once(&named.name).chain(&named.aliases).all(|n| agency::conflict(n, c)))
    {
        let message = format!("报告属于“{}”，网页栏目为“{column}”", named.name);
        identity.findings.push(Finding::new("agency-conflict", Some(at.line), message).at(*at, "栏目"));
    }
    let canonical = |name: &str| known.aliases.get(name).cloned();
    identity.agency = match (&meta.agency, named) {
        (Some(curated), named) => {
            let name = canonical(curated).unwrap_or_else(|| curated.clone());
            let mut aliases: Vec<String> = if name == *curated { Vec::new() } else { vec![curated.clone()] };
            if let Some(named) = named.filter(|n| n.name != name) {
                if agency::conflict(&name, &named.name) {
                    let message = format!("附带信息写“{name}”，正文写“{}”，以附带信息为准", named.name);
                    let finding = Finding::new("agency-conflict", None, message);
                    identity.findings.push(match named.at {
                        Some(at) => finding.at(at, "正文"),
                        None => finding,
                    });
                } else {
                    aliases.push(named.name);
                    aliases.extend(named.aliases.into_iter().filter(|a| *a != name));
                }
            }
            Known::curated(AgencyName { id: String::new(), name, aliases })
        }
        (None, Some(named)) => {
            let other = canonical(&named.name).or_else(|| named.aliases.iter().find_map(|a| canonical(a)));
            let (name, mut aliases) = match other {
                Some(name) if name != named.name => (name, vec![named.name]),
                _ => (named.name, Vec::new()),
            };
            aliases.extend(named.aliases.into_iter().filter(|a| *a != name));
            let standing = if named.printed { Standing::Printed } else { Standing::Solved };
            Known {
                value: Some(AgencyName { id: String::new(), name, aliases }),
                standing: Some(standing),
                at: named.at,
            }
        }
        (None, None) => {
            let message = match &witnesses.title {
                Some((clipped, _)) => format!("标题只写“{clipped}”，正文没有写明是哪里的"),
                None => "正文没有写明发布机关".to_owned(),
            };
            identity.findings.push(Finding::new("agency-missing", None, message).help("可在附带信息里写 agency"));
            Known::unknown()
        }
    };
    let agency = identity.agency.value.clone();
    if let Some(place) = home {
        identity.region = Known::curated(place);
        return;
    }
    if let Some(agency) = &agency
        && let Some(place) = known.regions.get(&agency.name).and_then(|code| places::by_code(code, year))
    {
        identity.region = Known::curated(place);
        return;
    }
    identity.region = region(identity, draft, agency.as_ref(), evidence, year);
}

/// A region as the publisher writes it: a code, or names from the top down.
fn curated_place(words: &str, evidence: &Evidence, year: Option<u16>) -> Option<Place> {
    if words.len() == 6 && words.bytes().all(|b| b.is_ascii_digit()) {
        return places::by_code(words, year);
    }
    let joined: String = words.split([' ', '/', '-', '·', ',', '，']).collect();
    let mention = places::leading(&joined).filter(|m| m.end == joined.len())?;
    evidence.decide(&mention.candidates, year).map(|d| places::place(d, year))
}

fn region(
    identity: &mut Identity,
    draft: &Draft,
    agency: Option<&AgencyName>,
    evidence: &Evidence,
    year: Option<u16>,
) -> Known<Place> {
    let at = identity.agency.at;
    if let Some(agency) = agency {
        let names = std::iter::once(&agency.name).chain(&agency.aliases);
        for name in names {
            // 国家税务总局某某市税务局 names its place further in.
            let mention = places::leading(name).or_else(|| {
                let mut run: Option<places::Mention> = None;
                for mention in places::mentions(name) {
                    if run.as_ref().is_none_or(|r| r.end == mention.start) {
                        run = Some(mention);
                    }
                }
                run
            });
            if let Some(mention) = mention {
                return decided(identity, &mention.candidates, name, at, evidence, year, Standing::Printed);
            }
            if let Some(city) = places::leading_short(name) {
                return Known::solved(places::place(city, year), at);
            }
        }
        if ["国家", "国务院", "中国", "中华", "全国"].iter().any(|n| agency.name.starts_with(n)) {
            return Known::unknown();
        }
    }
    // Without a place in the name: the one place of the level that the text calls its own.
    let says = |word: &str| draft.lines.iter().filter(|l| l.text.contains(word)).count();
    let mut levels: Vec<(char, usize)> = ['区', '县', '市', '省', '州', '旗']
        .into_iter()
        .map(|l| (l, says(&format!("我{l}")) * 2 + says(&format!("全{l}"))))
        .filter(|(_, n)| *n > 0)
        .collect();
    levels.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let Some((level, _)) = levels.first().copied() else { return Known::unknown() };
    let names = evidence.of_level(level);
    let lone = match names.as_slice() {
        [(only, _)] => *only,
        [(first, many), (_, fewer), ..] if *many >= 3 && *many >= fewer * 3 => *first,
        _ => return Known::unknown(),
    };
    let at = draft.lines.iter().find_map(|l| l.text.find(lone).map(|s| l.origin(s, s + lone.len())));
    decided(identity, &places::named(lone), lone, at, evidence, year, Standing::Solved)
}

#[expect(clippy::too_many_arguments, reason = "one decision, all of whose grounds are named")]
fn decided(
    identity: &mut Identity,
    candidates: &[&'static places::Division],
    name: &str,
    at: Option<Span>,
    evidence: &Evidence,
    year: Option<u16>,
    standing: Standing,
) -> Known<Place> {
    match evidence.decide(candidates, year) {
        Some(division) => {
            let place = places::place(division, year);
            let standing = if evidence.names_parent(&place) { standing } else { Standing::Solved };
            Known { value: Some(place), standing: Some(standing), at }
        }
        None => {
            let mut all: Vec<String> = candidates
                .iter()
                .map(|d| {
                    let p = places::place(d, year);
                    format!(
                        "{}{}{}",
                        p.province.unwrap_or_default(),
                        p.city.unwrap_or_default(),
                        p.county.unwrap_or_default()
                    )
                })
                .collect();
            all.sort();
            all.dedup();
            let message = format!("“{name}”可能是{}，正文未能确定", all.join("、"));
            identity
                .findings
                .push(Finding::new("region-ambiguous", at.map(|a| a.line), message).help("可在附带信息里写 region"));
            Known::unknown()
        }
    }
}
