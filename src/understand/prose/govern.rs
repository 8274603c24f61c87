//! What governs a number: whose it is, the time it covers, whether it is a count of the year at all.
//!
//! In: a sentence and the place of a number in it. Out: scope, period, subset, or the reason it is no statistic (a plan, last
//! year's figure, a difference, a norm, a deadline).

use super::number::Number;
use super::text::{clause_end, clause_start};
use crate::model::report::{Place, Section};
use crate::model::value::{Approx, Decimal, Period, Scope};
use std::collections::BTreeMap;

patterns! {
    TITLES = r"《[^《》]{1,120}》|[〔\[【（(](?:19|20)[0-9]{2}[〕\]】）)]";
    TIME = r"(?P<year>20[0-9]{2})\s?(?:年度?|全年)|(?P<short>[^0-9](?:0[5-9]|1[0-9]|2[0-9])年)|(?P<last>去年|上一?年度?|往年|前年|前一年|上年同期)|(?P<own>今年|本年度?|全年|年内|当年|一年来|报告期)|(?P<next>明年|下一?年度?|来年)";
    NAMED = r"^[^，,。；;]{0,24}(?:要点|计划|方案|通知|规划|办法|目录|意见|决算|预算|版|年鉴|标准》|条例)";
    FOUNDED = r"^[^，,。；;]{0,8}(?:建成|成立|开通|出台|印发|制定|实施|启动|上线|颁布|修订|设立|组建|申报|立项)";
    COMPARED = r"(?:比|较|与|同|相比|对比|从|由|跟|相较|和|相对于)$";
    CHANGED = r"增|减|升|降|提高|提升|多|少|翻|持平|相比|压|缩|扩|到|至|达|为";
    DELTA = r"(?:多收|少收|增加[(（]减少[)）]|减少[(（]增加[)）]|增加|减少|下降|上升|增长|提高|提升|增多|降低|净增|净减|增|减|多|少|扩大|压减|回落|攀升)(?:了|量|数|约|近|幅|率|幅度)?(?:为|达)?$";
    PART = r"[上下]半年|前[一二三1-3]个?季度|[第前]?[一二三四1-4]季度|[0-9]{1,2}\s?[-—~～至到]\s?[0-9]{1,2}\s?月|[0-9]{1,2}\s?月(?:份|上旬|中旬|下旬|[0-9]{1,2}\s?日)?";
    WHOLE = r"1\s?月\s?1\s?日|1\s?月?\s?[-—~～至到]\s?12\s?月|12\s?月\s?31?\s?日?";
    SINCE = r"累计|历年|近[两二三四五六七八九十几2-9]年|[两二三四五六七八九十]年[来间]|以来|截[至止]|至今|迄今|总计已|自[^，,。]{0,12}起";
    // Up to the last day of a year is all of it, unless it says 累计.
    OWN_SINCE = r"(?:今年|本年度?|年初)以来|截[至止]到?(?:本|今|当|20[0-9]{2})?年?(?:[底末]|12\s?月(?:\s?31\s?日|[底末])?)|(?:累计(?:次数|时间))";
    FUTURE = r"下一步|下阶段|下步|力争|争取|预计|拟于|拟在|计划(?:在|于|用|新增|建设|开展|举办|组织|召开|制定)|明年|新的一年|(?:我们|我局|我委|我办|我厅|我中心|我市|我区|我县|我镇|市政府|区政府|县政府|年度?[，,]?)将(?:[^“]|$)|将(?:进一步|继续|逐步|着力|积极|采取|重点|不断|努力|力争|计划|于20|严格|以[^，。]{1,20}为|从以下)";
    PLAN_TITLE = r"下一步|下步|下阶段|下一年|今后|明年|打算|工作思路|工作计划|努力方向|改进(?:的)?(?:措施|方向|打算|办法|思路|意见|举措)|整改措施|展望|设想|工作安排$|工作重点$";
    SOFT_TITLE = r"问题|不足|改进|困难|差距";
    PLAN_OPENING = r"^(?:[（(]?[一二三四五六七八九十0-9]+[)）、.．]\s?)?(?:下一步|下阶段|下步|今后|明年|新的一年)";
    ANSWER_OPENING = r"^(?:[（(]?[一二三四五六七八九十0-9]+[)）、.．]\s?)?(?:针对(?:上述|以上|存在)|为此|对此|改进措施)";
    FORMER = r"(?:由|从)(?:原来|原先|此前|过去|以前|最初|最多|原有|改革前|年初)?的?(?:约|近)?$";
    NORM = r"每[0-9一两二三四六半]*个?(?:天|日|周|月|季度?|年度?|旬|工作日)";
    RATE = r"每(?:[页张份件次本套人条]|人次|千字)$";
    NEGATED = r"(?:未|没有|没|未曾)再?(?:收到|接到|接收|发生|发现|出现|产生|引发|召开|举办|举行|制发|制定|出台|组织|有)过?$|(?:没有|无)$";
    // 较上年多收到申请3件, 年初制定计划公开1000条.
    MORE = r"[较比][^，,。；;]{0,14}[多少](?:收到?|接到|受理|公开|发布|办理|答复|召开|举办|完成)[^，,。；;0-9]{0,12}$|(?:制定|年初|原定?|预定)计划[^，,。；;]*$";
    DEMAND = r"要求|应当|应|须|规定|确保|原则上|必须|承诺|标准为|目标";
    SPEED = r"平均|压缩|缩短|节省|减少|提速|提前|缩减|用时|耗时|降至|精简";
    SCOPE = r"(?P<hosted>各窗口|进驻(?:的)?(?:各)?(?:部门|单位|窗口)|入驻(?:的)?(?:部门|单位)|窗口(?:部门|单位)|各进驻)|(?P<all>全市|全区|全县|全省|全州|全旗|全镇|全乡|全街道|全盟|全系统|全自治区|各级|各部门|各地|各县|各镇|各乡|各街道|各单位|各市|各区|市县|县区|区县|我市|我区|我县|我省|我州|我旗)|(?P<own>我[局委办厅院校会站所队处镇乡]|我中心|我单位|我街道|我公司|本[局委办厅院校会站所镇乡级]|本机关|本单位|本中心|本部门|局机关|委机关|机关本级|市本级|县本级|区本级|省本级|市级层面|[省市县区]级政府层面|[市县区省州]政府办公?[室厅]?|[市县区省州]人民政府)";
    BODY = r"^(?:其中[，,]?)?(?P<body>[\p{Han}&&[^就在对的和与将全各向为把从以按被由于过用据绕合针我本该其及每让使经共累并已新参赴邀到协促了跨配办]]{1,11}(?:局|委|厅|镇|乡|街道|县|区|市|州|法院|检察院|公司|集团|银行|大队|支队|海关|管委会|街道办|人社|卫健|办事处|审改办|规范办))(?P<after>[\p{Han}“]{0,3})";
    UPPER = r"(?:国家|省里?|市里|上级|国务院|中央)[（(]$";
    OBJECT = r"(?:(?:针对|对|向|为|给|就|围绕|关于|结合|聚焦|涉及|面向|组织|通报|督促|指导)[^，,]{0,12}|(?:召开|举办|开展|参加|承办|推进|完成|编制|汇总)[^，,]{0,2})$";
    SUBSET = r"其中|含(?:上年|结转)|包括|涉及其|，含|\(含|（含";
    RESET = r"[，,](?:并|同时|此外|另外?|全年|共|还|我|全)|[；;。]";
}

/// The reporting body as far as scope needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// Agency name, if known.
    pub agency: String,
    /// Names of its own place.
    pub places: Vec<String>,
    /// A government's own report: figures of the whole region are its own.
    pub government: bool,
    /// Report year.
    pub year: Option<u16>,
}

impl Own {
    /// Who reports; a text without an agency speaks for a region when it says 我区 and never 我局.
    pub fn new(agency: Option<&str>, place: Option<&Place>, year: Option<u16>, text: &str) -> Self {
        patterns! {
            GOVERNMENT = r"(?:人民政府|政府)(?:办公[室厅])?$|街道办事处$|管理委员会$|管委会$|行政公署$|公署$";
            SELF = r"我[局委办厅院校会站所队]|我中心|我单位|我公司";
            REGION = r"我[市区县省州旗镇乡]|我街道";
        }
        let places = place
            .map(|p| [Some(p.name.clone()), p.county.clone(), (p.county.is_none()).then(|| p.city.clone()).flatten()])
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        // 区文委2010年…, again and again: a text without an agency speaks of itself by a name of its own.
        let named = || {
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            for clause in text.split(['。', '；', '，', ',', ';']) {
                if let Some(body) = BODY.captures(clause.trim()).and_then(|found| found.name("body")) {
                    *names.entry(body.as_str()).or_default() += 1;
                }
            }
            names.into_iter().max_by_key(|(_, times)| *times).filter(|(_, times)| *times >= 3).map(|(name, _)| name)
        };
        let government = match agency {
            Some(name) => GOVERNMENT.is_match(name.split(['(', '（']).next().unwrap_or(name)),
            None => REGION.is_match(text) && !SELF.is_match(text),
        };
        let agency = agency.or_else(|| named().filter(|_| !government));
        Own { agency: agency.unwrap_or_default().to_string(), places, government, year }
    }
}

/// Why a number is not a statistic of the year, or what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// A figure of the report.
    Figure(Scope, Period, bool),
    /// None.
    Not,
}

/// Lines that speak of plans, by the outline: true where nothing is a statistic of the year.
pub(super) struct Plans {
    hard: Vec<(u32, u32)>,
    soft: Vec<(u32, u32)>,
}

impl Plans {
    /// The stretches of the outline under a plan's heading.
    pub fn new(sections: &[Section], year: Option<u16>) -> Self {
        let (mut hard, mut soft) = (Vec::new(), Vec::new());
        for (index, section) in sections.iter().enumerate().filter(|(_, s)| s.level > 0) {
            let end = sections[index + 1..].iter().find(|s| s.level <= section.level).map_or(u32::MAX, |s| s.line);
            let ahead = year.is_some_and(|y| section.title.contains(&format!("{}年", y + 1)));
            if PLAN_TITLE.is_match(&section.title) || ahead {
                hard.push((section.line, end));
            } else if SOFT_TITLE.is_match(&section.title) {
                soft.push((section.line, end));
            }
        }
        Plans { hard, soft }
    }

    /// Whether a line stands under a plan's heading.
    pub fn holds(&self, line: u32) -> bool {
        self.hard.iter().any(|&(from, to)| (from..to).contains(&line))
    }

    /// From the first paragraph of plans on, the rest of a section on problems is plans as well.
    pub fn turn(&mut self, line: u32, text: &str, year: Option<u16>) {
        let ahead = year.is_some_and(|y| text.starts_with(&format!("{}年", y + 1)));
        let soft = self.soft.iter().find(|&&(from, to)| (from..to).contains(&line));
        if !ahead && !PLAN_OPENING.is_match(text) && !(soft.is_some() && ANSWER_OPENING.is_match(text)) {
            return;
        }
        let end = soft.map_or(line + 1, |s| s.1);
        self.hard.push((line, end));
    }
}

patterns! {
    CARRIED = r"(?:结转|转入|转至|转到)[^，,。；;]{0,8}$";
    LEFT_OVER = r"^(?:[未无]*结转|度结转|转结|以来)";
    CARRIED_TO = r"(?:结转|转入|转至|转到|转)[^，,。；;]{0,8}20[0-9]{2}年";
}

/// Whether a sentence speaks of the future.
pub(super) fn is_plan(sentence: &str, year: Option<u16>) -> bool {
    let text = TITLES.replace_all(sentence, "");
    // 结转2023年继续办理1件: what is left over is a figure of the year.
    let text = CARRIED_TO.replace_all(&text, "");
    FUTURE.is_match(&text) || year.is_some_and(|y| text.contains(&format!("{}年", y + 1)))
}

/// Judges a number of a sentence.
pub(super) fn judge(sentence: &str, number: &Number, own: &Own) -> Verdict {
    let clause = &sentence[clause_start(sentence, number.start)..number.start];
    let whole_clause = &sentence[clause_start(sentence, number.start)..clause_end(sentence, number.end)];
    let unit = number.unit.as_str();
    let time_unit = matches!(unit, "天" | "小时" | "分钟" | "秒" | "个月" | "周" | "工作日" | "个工作日");
    let deadline = time_unit && (number.approx == Approx::AtMost || !SPEED.is_match(whole_clause));
    // 由15个工作日压缩至3个: what it was before is no figure of the year.
    let former = FORMER.is_match(clause.trim_end())
        && CHANGED.is_match(sentence[number.end..].chars().take(5).collect::<String>().as_str());
    // 其中本年新增8412条 is what came in the year, 较上年新增5条 is a difference.
    let fresh = clause.trim_end().ends_with("新增") && !clause.contains(['比', '较']);
    let difference = matches!(unit, "个百分点" | "百分点" | "倍")
        || MORE.is_match(clause)
        || unit != "%" && !fresh && DELTA.is_match(clause.trim_end());
    // 未发生一起行政诉讼: none at all.
    let none = number.value == Decimal::from(1) && NEGATED.is_match(clause.trim_end());
    // 复印费每页0.2元, 0.2元/页: a price.
    let rate = RATE.is_match(clause.trim_end()) || sentence[number.end..].starts_with(['/', '／']);
    let norm = NORM.is_match(clause) && !matches!(unit, "家" | "个" | "人" | "名" | "%")
        || matches!(number.approx, Approx::AtLeast | Approx::AtMost) && DEMAND.is_match(clause);
    if deadline || difference || norm || none || rate || former {
        return Verdict::Not;
    }
    match period(sentence, number.start, own.year) {
        Some(period) => Verdict::Figure(scope(sentence, number.start, own), period, subset(sentence, number.start)),
        None => Verdict::Not,
    }
}

/// The time that governs a place of a sentence; `None` for last year's and next year's.
pub(super) fn period(sentence: &str, at: usize, year: Option<u16>) -> Option<Period> {
    let hidden = TITLES.replace_all(&sentence[..at], |found: &regex::Captures| "#".repeat(found[0].len())).into_owned();
    // Whether the report's own year is named, and whether the time named last is another.
    let (mut own_year, mut foreign) = (false, false);
    for found in TIME.captures_iter(&hidden) {
        let place = found.get(0)?;
        let (lead, rest) = (&hidden[..place.start()], &hidden[place.end()..]);
        let [dated, short, own, next] = ["year", "short", "own", "next"].map(|name| found.name(name).is_some());
        if dated && NAMED.is_match(rest) {
            continue;
        }
        let of_year = |y: u16| found["year"].parse() == Ok(y);
        if own
            || dated && year.is_none_or(of_year)
            || short && year.is_some_and(|y| found[0].contains(&format!("{}年", y % 100)))
        {
            own_year |= own || !lead.ends_with(['至', '止', '到']);
            foreign = false;
            continue;
        }
        let carried = CARRIED.is_match(lead) || LEFT_OVER.is_match(rest) || next && lead.ends_with(['转', '到']);
        let since = (dated || short) && (FOUNDED.is_match(rest) || rest.starts_with('至') || lead.ends_with('自'));
        if carried || since {
            continue;
        }
        foreign = match COMPARED.is_match(lead) || rest.starts_with("同期") || rest.starts_with("相比") {
            // 比2022年(31起): last year's, up to the word of change; what follows that word is this year's.
            true => foreign || !CHANGED.is_match(rest) && !rest.contains(['，', ',']),
            false => true,
        };
    }
    if foreign {
        return None;
    }
    let since = SINCE.is_match(&OWN_SINCE.replace_all(&hidden, ""))
        && !year.is_some_and(|y| hidden.contains(&format!("{y}年以来")) && !hidden.contains("累计"));
    let standing = hidden.contains("目前") && clause_has(&hidden, "已");
    if (since || standing) && !(own_year && !hidden.contains("自开通")) {
        return Some(Period::Cumulative);
    }
    let part =
        PART.find_iter(&hidden).filter(|p| !hidden[..p.start()].ends_with(['每', '至', '止', '到', '底'])).last();
    if let Some(part) = part {
        let after = &hidden[part.end()..];
        if !WHOLE.is_match(&hidden) && !after.contains("全年") && !after.starts_with('底') && !after.starts_with("以来")
        {
            return Some(Period::PartYear);
        }
    }
    Some(Period::Year)
}

/// Whether a sentence names a time of its own.
pub(super) fn has_time(sentence: &str) -> bool {
    TIME.is_match(sentence) || PART.is_match(sentence)
}

/// Whether a sentence opens with a part of the year that also governs what follows.
pub(super) fn opens_part(sentence: &str) -> bool {
    PART.find(sentence).is_some_and(|p| {
        p.start() <= 12
            && (p.as_str().contains("半年")
                || p.as_str().contains("季度")
                || p.as_str().contains(['-', '—', '~', '～', '至', '到']))
    }) && !WHOLE.is_match(sentence)
}

fn clause_has(text: &str, word: &str) -> bool {
    text[clause_start(text, text.len())..].contains(word)
}

/// Whose figure stands at a place of a sentence: the last body named before it.
pub(super) fn scope(sentence: &str, at: usize, own: &Own) -> Scope {
    let before = &sentence[..at];
    if UPPER.is_match(before) {
        return Scope::Other;
    }
    let mut best = (0, Scope::Agency);
    for found in SCOPE.captures_iter(before) {
        let start = found.get(0).map_or(0, |m| m.start());
        if OBJECT.is_match(&before[clause_start(before, start)..start]) {
            continue;
        }
        let place = start + 1;
        let kind = if found.name("hosted").is_some() {
            Scope::Hosted
        } else if found.name("all").is_some() {
            Scope::Aggregate
        } else {
            Scope::Agency
        };
        best = (place, kind);
    }
    let mut start = 0;
    loop {
        let clause = &before[start..];
        let lead = clause.len() - clause.trim_start().len();
        let clause = &clause[lead..];
        if let Some((named, length)) = named_body(clause, own)
            && start + lead + 1 > best.0.saturating_sub(length)
        {
            best = (start + lead + 1, named);
        }
        match before[start..].find(['，', ',', '；', ';', '：', ':', '、']) {
            Some(next) => start += next + before[start + next..].chars().next().map_or(1, char::len_utf8),
            None => break,
        }
    }
    best.1
}

fn named_body(clause: &str, own: &Own) -> Option<(Scope, usize)> {
    if !own.agency.is_empty() && clause.starts_with(&own.agency) {
        return Some((Scope::Agency, own.agency.len()));
    }
    let found = BODY.captures(clause)?;
    let (body, after) = (found.name("body")?, &found["after"]);
    // 海门市政府网站 is a channel, 市长 and 跨区域 are no bodies.
    let part = "网 门户 政府网 政府门 政府信 政府公 微信 微博 官方 长 域 划 级 民 场 里 内 直";
    let name = body.as_str();
    // 市局 is 柳河市公安局 in its own report, 街道 is 清源街道办事处; 市委 is another body than any commission.
    let short = match name.chars().collect::<Vec<_>>().as_slice() {
        [level @ ('省' | '市' | '县' | '区' | '州'), kind @ ('局' | '厅' | '院')] => {
            own.agency.ends_with(*kind) && own.agency.contains(*level)
        }
        _ => match name {
            "管委" | "管委会" => own.agency.ends_with("管理委员会"),
            "街道" | "街道办" | "办事处" => own.agency.ends_with("街道办事处"),
            _ => false,
        },
    };
    if short {
        return Some((Scope::Agency, body.end()));
    }
    if own.places.iter().any(|p| p == name) {
        return Some((if own.government { Scope::Agency } else { Scope::Aggregate }, body.end()));
    }
    if own.agency.contains(name)
        || name.contains(&own.agency) && !own.agency.is_empty()
        || is_short_for(name, &own.agency)
    {
        return Some((Scope::Agency, body.end()));
    }
    if part.split(' ').any(|p| after.starts_with(p)) {
        return None;
    }
    let generic = "市区 城区 社区 小区 园区 地区 专区 务区 景区 校区 范区 片区 灾区 山区 街区 辖区 乡镇 城镇 县区 区县 \
        超市 城市 跨区 上市 党委 常委 大厅 展厅 事厅 自治州 分支";
    if name.contains("政府") || generic.split(' ').any(|g| name.ends_with(g)) || name.chars().count() < 2 {
        return None;
    }
    Some((Scope::Other, body.end()))
}

/// 市卫生计生委 is 十堰市卫生和计划生育委员会: the letters of the long name in their order, its kind of body among them.
fn is_short_for(name: &str, agency: &str) -> bool {
    let mut long = agency.chars();
    name.chars().count() >= 4
        && name.ends_with(['局', '委', '厅', '办'])
        && !agency.contains("政府")
        && name.chars().all(|c| long.any(|l| l == c))
}

fn subset(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    SUBSET.find_iter(before).last().is_some_and(|found| {
        let between = &before[found.end()..];
        // 8人（其中专职2人），经费10万元: a bracket keeps its parts to itself.
        let bracketed = before[..found.start()].ends_with(['(', '（']) || found.as_str().starts_with(['(', '（']);
        if bracketed && between.contains([')', '）']) {
            return false;
        }
        let counted = before[..found.start()].contains(char::is_numeric) || before[..found.start()].trim().is_empty();
        // 累计5928条，其中本年度新增2110条: the year's own figure is no part of another one of the year.
        let own = between.contains("本年") || between.contains("今年") || between.contains("当年");
        counted && !own && !RESET.is_match(between)
    })
}
