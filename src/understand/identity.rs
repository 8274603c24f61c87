//! Who, when, what: title, agency, year, region, kind, dates, source, each with the place that says so.
//!
//! In: a [`Draft`], the first reading of its lines, and what the publisher knows. Out: the head of a report and findings. What the
//! publisher says wins; what the text does not say stays unknown; what cannot be is kept and disputed. Must never guess.

use super::agency;
use super::dates::{DATE, Day, Stretch, date_in, period, title_year, year_in_body};
use super::labels::Label;
use super::places::{self, Evidence};
use super::roles::{self, Field, Title, is_date, trimmed};
use super::witnesses::{self, Witness, Witnesses, in_line};
use crate::model::diagnostic::Finding;
use crate::model::organ::{self, Prefix};
use crate::model::report::{AgencyName, Dates, Kind, Known, Origin, Place, Provenance, Role};
use crate::model::source::{Draft, Span};
use crate::model::value::Standing;
use std::collections::BTreeSet;

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
    let witnesses = witnesses::witnesses(draft, first, &found, end.as_ref().and_then(|s| s.name.clone()));
    agency_and_region(&mut identity, draft, &witnesses, &evidence, year, known);
    identity.provenance = match meta.source_url.as_deref().and_then(host) {
        Some(host) if host == "gov.cn" || host.ends_with(".gov.cn") => Provenance::Official,
        _ if draft.mirror => Provenance::Mirror,
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
        // Two years in one title: the period of the statistics tells which is meant.
        (Some(said), Some(stretch)) => {
            let other = title.as_ref().and_then(|t| {
                let digits = stretch.years.1.to_string();
                (stretch.years.1 != said.0 && t.text.contains(&format!("{digits}年")))
                    .then(|| in_line(draft, t, &digits))
            });
            Some(other.map_or(*said, |at| (stretch.years.1, at)))
        }
        (Some(said), None) => Some(*said),
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
        } else if let Some(end) = last_day.as_ref().filter(|end| date.before(end)) {
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
    if let Some(index) = &mut identity.source.index_number
        && let Some(Prefix::Broken(code)) = index.value.as_deref().map(organ::prefix)
    {
        index.standing = Some(Standing::Disputed);
        let message = format!("索引号中的代码“{code}”校验位不符，可能有误，不用来辨认机关");
        let finding = Finding::new("index-number-invalid", index.at.map(|at| at.line), message);
        identity.findings.push(index.at.into_iter().fold(finding, |finding, at| finding.at(at, "索引号")));
    }
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
        for (witness, (other, at)) in &witnesses.others {
            let words = match witness {
                Witness::Signature => "落款",
                Witness::Publisher => "发布机构",
                _ => continue,
            };
            if named.contradicts(other) {
                let message = format!("报告属于“{}”，{words}为“{other}”", named.name);
                identity.findings.push(Finding::new("agency-conflict", Some(at.line), message).at(*at, words));
            }
        }
    }
    // A page kept under another body's column: no word against either, but the reader should know.
    if let Some(named) = &named
        && let Some((column, at)) = witnesses.columns.last()
        && witnesses.columns.iter().all(|(column, _)| named.contradicts(column))
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
            // 市水利局 is said in every city: where the page also names it with its place, it has to be the place of the canonical name.
            let names = || std::iter::once(&named.name).chain(&named.aliases);
            let elsewhere = |alias: &str, canonical: &str| {
                let place = |name: &String| name.find(alias).map(|at| name[..at].to_owned());
                names().filter_map(place).any(|place| !place.is_empty() && !canonical.starts_with(&place))
            };
            let of_alias = |alias: &String| canonical(alias).filter(|name| !elsewhere(alias, name));
            let other = canonical(&named.name).or_else(|| named.aliases.iter().find_map(of_alias));
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
    let agency = identity.agency.value.as_ref();
    let noted = || agency.and_then(|agency| places::by_code(known.regions.get(&agency.name)?, year));
    identity.region = match home.or_else(noted) {
        Some(place) => Known::curated(place),
        None => {
            let locator = Locator { evidence, year, registered: registered(&identity.source) };
            locator.locate(draft, agency, identity.agency.at).unwrap_or_else(|finding| {
                identity.findings.push(*finding);
                Known::unknown()
            })
        }
    };
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

/// A credit code in the index number holds the place where the organ is registered.
fn registered(source: &Origin) -> Option<String> {
    match source.index_number.as_ref()?.value.as_deref().map(organ::prefix)? {
        Prefix::Organ(_, region) => region,
        _ => None,
    }
}

/// What tells places of one name apart.
struct Locator<'a> {
    evidence: &'a Evidence,
    year: Option<u16>,
    registered: Option<String>,
}

impl Locator<'_> {
    /// The place of a body that is named at a span; what to tell when its name is that of several.
    fn locate(
        &self,
        draft: &Draft,
        agency: Option<&AgencyName>,
        at: Option<Span>,
    ) -> Result<Known<Place>, Box<Finding>> {
        for name in agency.into_iter().flat_map(|agency| std::iter::once(&agency.name).chain(&agency.aliases)) {
            // 国家税务总局某某市税务局 names its place further in.
            if let Some(run) = places::runs(name).into_iter().next() {
                return self.decide(&run.candidates, name, at, Standing::Printed);
            }
            if let Some(city) = places::leading_short(name) {
                return Ok(Known::solved(places::place(city, self.year), at));
            }
        }
        if agency.is_some_and(|a| ["国家", "国务院", "中国", "中华", "全国"].iter().any(|n| a.name.starts_with(n)))
        {
            return Ok(Known::unknown());
        }
        // Without a place in the name: the one place of the level that the text calls its own.
        let says = |word: &str| draft.lines.iter().filter(|l| l.text.contains(word)).count();
        let levels = ['区', '县', '市', '省', '州', '旗'].into_iter().rev();
        let level = levels.max_by_key(|l| says(&format!("我{l}")) * 2 + says(&format!("全{l}")));
        let level = level.filter(|l| says(&format!("我{l}")) + says(&format!("全{l}")) > 0);
        let Some(lone) = level.and_then(|level| agency::lone(self.evidence, level)) else {
            return Ok(Known::unknown());
        };
        let at = draft.lines.iter().find_map(|l| l.text.find(&lone).map(|s| l.origin(s, s + lone.len())));
        self.decide(&places::named(&lone), &lone, at, Standing::Solved)
    }

    fn decide(
        &self,
        candidates: &[&'static places::Division],
        name: &str,
        at: Option<Span>,
        standing: Standing,
    ) -> Result<Known<Place>, Box<Finding>> {
        let registered = || places::within(candidates, self.registered.as_ref()?);
        if let Some(division) = self.evidence.decide(candidates, self.year).or_else(registered) {
            let place = places::place(division, self.year);
            let standing = if self.evidence.names_parent(&place) { standing } else { Standing::Solved };
            return Ok(Known { value: Some(place), standing: Some(standing), at });
        }
        let whole = |d: &&places::Division| {
            let place = places::place(d, self.year);
            [place.province, place.city, place.county].into_iter().flatten().collect::<String>()
        };
        let all: Vec<String> = candidates.iter().map(whole).collect::<BTreeSet<_>>().into_iter().collect();
        let message = format!("“{name}”可能是{}，正文未能确定", all.join("、"));
        let finding = Finding::new("region-ambiguous", at.map(|a| a.line), message);
        Err(Box::new(finding.help("可在附带信息里写 region")))
    }
}
