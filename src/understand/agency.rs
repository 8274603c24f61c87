//! Names of public bodies: where a title has one, whether a text is one, and what a clipped one stands for.
//!
//! In: titles, signatures, metadata and the lines of the text. Out: the [`Named`] body with its other names. Must never complete
//! a clipped name (市财政局) with a place that the text does not name.

use super::places::{self, Evidence};
use super::witnesses::{Witness, Witnesses};
use crate::model::source::{Draft, Span};
use std::ops::Range;

/// A body as the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Canonical name.
    pub name: String,
    /// Other names in this report.
    pub aliases: Vec<String>,
    /// Where it is named.
    pub at: Option<Span>,
    /// Whether the name stands there as it is, or was completed from elsewhere in the text.
    pub printed: bool,
}

impl Named {
    /// Whether another name is that of another body, whichever of its own is taken.
    pub fn contradicts(&self, other: &str) -> bool {
        std::iter::once(&self.name).chain(&self.aliases).all(|own| conflict(own, other))
    }
}

patterns! {
    /// Words that open the topic of a title.
    TOPIC = concat!(
        r"政府信息(?:和政务|与政务|及政务|、政务)?(?:依法|主动|依申请)?公开|政务(?:服务)?信息公开|政府政务公开|政务公开|信息主动公开|信息公开|重点领域|财政信息|主动公开|依申请公开|公开工作|公开年报|党务公开|",
        r"政府网站|政务网站|政务新媒体|年度报告|年度工作|工作年度|工作年报|工作报告|年报|工作总结|贯彻(?:落实|执行|实施)?|落实《|执行《|实施《|《中华人民共和国|《政府信息"
    );
}
static YEAR_WORDS: &str = r"(?:\d{4}|[〇○零一二三四五六七八九OＯ０]{4})\s*(?:年全年|学?年度?|度)?";
patterns! {
    HEAD_LEFT = format!(r"^(?:\s|[《“\x22]|关于(?:印发|公布|发布|报送|上报|做好)?|{YEAR_WORDS}|[-—_·、,，:：]|的)+");
    HEAD_RIGHT = format!(r"(?:\s|[《“\x22]|关于(?:印发|公布|发布|报送|上报|做好)?|{YEAR_WORDS}|[-—_·、,，:：(（]|的|工作|上半年|下半年|年度|本年度|贯彻|学习)+$");
}

/// What the name of a public body ends with.
const BODIES: &str = "政府 办公厅 办公室 委员会 管委会 局 厅 委 部 署 院 行 社 中心 支队 总队 大队 中队 队 站 所 馆 办 处 \
    会 联 校 学院 大学 中学 小学 公司 集团 街道 镇 乡 苏木 开发区 园区 新区 景区 度假区 保税区 农场 \
    林场 牧场 台 园 库 基地 公署 总工会 指挥部 海关 组 党校 联社 高新区 示范区 工业区 产业园 管理区 \
    垦区 兵团 师 团场 地区 片区 合作区 试验区";
patterns! {
    /// Stems that are a function without any place: such a name is one of thousands.
    FUNCTION = concat!(
        r"^(?:人民政府|政府|财政|教育|公安|民政|司法|人社|人力资源|人事|劳动|自然资源|国土|环保|环境|生态|住房|住建|住建|建设|城乡|交通|公路|水利|水务|农业|农村|林业|畜牧|商务|",
        r"商业|文化|文体|文广|旅游|卫生|卫计|计生|审计|应急|安监|安全生产|市场监督|市场监管|工商|质监|质量|食品|药品|统计|医保|医疗|行政审批|行政服务|政务|便民|发展和改革|发展改革|发改|",
        r"经济和|经信|经贸|工业|工信|信息|科技|科学|信访|城管|城市管理|综合|体育|档案|机关|民族|民宗|宗教|粮食|物价|规划|人防|人民防空|退役|乡村振兴|扶贫|气象|地震|税务|住房公积金|公积金|",
        r"公共资源|园林|房产|房管|外事|侨务|残疾人|残联|妇联|供销|老龄|法制|国资|国有资产|金融|投资|招商|数据|大数据|邮政|烟草|盐务|电力|消防|海洋|渔业|水产|农机|地方志|史志|广播|新闻|出版|版权|知识产权|编制|机构编制|党史|接待|驻)"
    );
}
const NATIONAL: &str = "国家 国务院 中国 中华 全国 中央 外交部 教育部 财政部 科学技术部 工业和信息化部 公安部 民政部 司法部 \
    人力资源和社会保障部 人力资源社会保障部 自然资源部 国土资源部 生态环境部 环境保护部 \
    住房和城乡建设部 住房城乡建设部 交通运输部 水利部 农业部 农业农村部 商务部 文化部 文化和旅游部 \
    卫生部 铁道部 监察部 国防部 退役军人事务部 退役军人部 应急管理部 审计署 海关总署 科技部 最高";
/// Words that begin no name.
const NO_NAMES: &[&str] =
    &["我", "本", "各", "该", "其", "全", "由", "以", "对", "在", "为", "加强", "做好", "推进", "完善"];
const CLIPS: &[char] = &['省', '市', '区', '县', '州', '盟', '旗'];

/// Whether a text is the name of a public body and nothing more.
pub fn is_body(text: &str) -> bool {
    let text = text.trim();
    let length = text.chars().count();
    let bare = without_brackets(text);
    let opens = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    (3..=45).contains(&length)
        && text
            .chars()
            .all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_alphanumeric() || "()（）、·“” ".contains(c))
        && BODIES.split(' ').any(|b| bare.ends_with(b))
        && (!opens(NO_NAMES) || opens(&["本溪", "全椒", "全南", "全州"]))
        && !(text.contains("公开工作") && !text.contains("领导小组"))
        && !text.contains("情况")
}

fn without_brackets(text: &str) -> &str {
    match text.find(['(', '（']) {
        Some(at) if text.ends_with([')', '）']) && at > 0 => &text[..at],
        _ => text,
    }
}

/// The stretch of a title that names the body.
pub fn in_title(title: &str) -> Option<Range<usize>> {
    // 政务公开办公室 is a body, not the topic.
    let topic = TOPIC.find_iter(title).find(|m| {
        let rest = &title[m.end()..];
        !["办公室", "领导小组", "中心", "管理局", "服务局", "管理办"].iter().any(|b| rest.starts_with(b))
    })?;
    let head = &title[HEAD_LEFT.find(&title[..topic.start()]).map_or(0, |m| m.end()).min(topic.start())..topic.start()];
    // 人民政府 and 政府信息公开 share a word, and so do 某市政府 and 政府信息公开.
    let place_alone = places::is_place(head);
    let shared = topic.as_str().starts_with("政府") && (head.ends_with("人民") || place_alone);
    let end = topic.start() + if shared { "政府".len() } else { 0 };
    let start = HEAD_LEFT.find(&title[..end]).map_or(0, |m| m.end());
    let kept = &title[start..end];
    let end = HEAD_RIGHT.find(kept).map_or(end, |m| start + m.start());
    if end > start && is_named(&title[start..end]) {
        return Some(start..end);
    }
    // …年度报告(某某局), …年度报告——某某局
    patterns! { BEHIND = r"(?:[(（]([^()（）]+)[)）]|[-—–]+([^-—–]+))\s*$"; }
    let behind = BEHIND.captures(title)?;
    let inner = behind.get(1).or_else(|| behind.get(2))?;
    let words = inner.as_str();
    let lead = words.len() - words.trim_start().len();
    is_named(words.trim()).then(|| inner.start() + lead..inner.start() + lead + words.trim().len())
}

/// A body, or a place that stands for its government.
fn is_named(text: &str) -> bool {
    is_body(text) || places::is_place(text)
}

/// Whether a name says whose it is: it names its place, or was clipped at it (市财政局), unlike 政务公开办公室.
pub fn is_own_name(name: &str) -> bool {
    places::leading(name).is_some_and(|m| m.end < name.len()) || matches!(gap(name), Gap::Clipped(_))
}

/// How much of a name is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Nothing: it names its place or needs none.
    None,
    /// A place of a level: 市财政局.
    Clipped(char),
    /// A place of unknown level: 财政局.
    Bare,
}

fn gap(name: &str) -> Gap {
    if places::leading(name).is_some() || NATIONAL.split(' ').any(|n| name.starts_with(n)) {
        return Gap::None;
    }
    let first = name.chars().next().unwrap_or(' ');
    let rest = &name[first.len_utf8()..];
    if CLIPS.contains(&first) && (FUNCTION.is_match(rest) || rest.starts_with('委')) {
        return Gap::Clipped(first);
    }
    if FUNCTION.is_match(name) { Gap::Bare } else { Gap::None }
}

/// The body that a place stands for in a title: its government, or the office of a sub-district.
fn government(name: &str) -> Option<String> {
    // The office that keeps the report keeps it for its government.
    patterns! { KEEPER = r"(?:(?:政府)?信息公开(?:工作)?领导小组办公室|政务公开(?:工作)?领导小组办公室|党政(?:综合)?办(?:公室)?)$"; }
    if let Some(keeper) = KEEPER.find(name) {
        let body = &name[..keeper.start()];
        let body = if body.ends_with("人民") { format!("{body}政府") } else { body.to_owned() };
        return Some(government(&body).unwrap_or(body));
    }
    let place = name.strip_suffix("政府").unwrap_or(name);
    let whole = places::is_place(place);
    if whole || place.ends_with(['镇', '乡']) || place.ends_with("苏木") {
        return Some(format!("{place}人民政府"));
    }
    name.ends_with("街道").then(|| format!("{name}办事处"))
}

/// Cuts a printed name into its main name and the nameplate in brackets, each complete.
pub fn nameplates(printed: &str) -> (String, Vec<String>) {
    patterns! { PLATES = r"^([^()（）]+)[(（]([^()（）]+)[)）]$"; }
    let printed = printed.split_whitespace().collect::<String>();
    let Some(parts) = PLATES.captures(&printed) else {
        let full = government(&printed).unwrap_or_else(|| printed.clone());
        let aliases = if full == printed { Vec::new() } else { vec![printed] };
        return (full, aliases);
    };
    let (main, other) = (parts[1].to_owned(), parts[2].to_owned());
    let mut aliases = vec![printed.clone()];
    if is_body(&other) {
        let place = places::leading(&main).map_or("", |m| &main[..m.end]);
        aliases.push(match gap(&other) {
            Gap::Clipped(level) if place.ends_with(level) => format!("{place}{}", &other[level.len_utf8()..]),
            Gap::Bare if !place.is_empty() => format!("{place}{other}"),
            _ => other,
        });
    }
    (main, aliases)
}

/// Decides on the body.
pub fn decide(witnesses: &Witnesses, draft: &Draft, evidence: &Evidence, home: Option<&str>) -> Option<Named> {
    if let Some((printed, at)) = &witnesses.title {
        let (name, mut aliases) = nameplates(printed);
        let (name, whole) = match gap(&name) {
            Gap::None => match fuller(&name, witnesses) {
                Some(full) => {
                    aliases.push(name);
                    (full, true)
                }
                None => (name, true),
            },
            gap => {
                let full = complete(&name, gap, witnesses, draft, evidence, home)?;
                // The signature may add to the name of the title (…中心管理办公室); the shorter one is a name as well.
                if let (Gap::Clipped(level), Some(place)) = (gap, places::leading(&full)) {
                    aliases.push(format!("{}{}", &full[..place.end], &name[level.len_utf8()..]));
                }
                aliases.push(name);
                (full, false)
            }
        };
        let printed_so = whole && (aliases.is_empty() || aliases.iter().any(|a| a.contains(['(', '（'])));
        let mut named = Named { name, aliases, at: Some(*at), printed: printed_so };
        add_aliases(&mut named, witnesses);
        return Some(named);
    }
    for (witness, (printed, at)) in &witnesses.others {
        let weak = *witness >= Witness::Source;
        let (name, aliases) = nameplates(printed);
        if !is_body(&name) {
            continue;
        }
        let name = match gap(&name) {
            Gap::None => name,
            gap => match complete(&name, gap, witnesses, draft, evidence, home) {
                Some(full) => full,
                None => continue,
            },
        };
        // The office of a government publishes the government's report: 我市, 全市 in the text tell them apart.
        let voice = Voice::of(draft);
        let office = ["办公室", "办公厅"].iter().find_map(|o| name.strip_suffix(o)).filter(|g| g.ends_with("人民政府"));
        let mut named = match office {
            Some(government) if voice.region && !voice.office => {
                Named { name: government.to_owned(), aliases: Vec::new(), at: Some(*at), printed: false }
            }
            Some(_) if weak && !voice.office => continue,
            _ if weak && !voice.fits(&name) => continue,
            _ => Named { printed: !weak && name == *printed, name, aliases, at: Some(*at) },
        };
        add_aliases(&mut named, witnesses);
        return Some(named);
    }
    None
}

/// The name with its place before it, as another witness gives it (建新镇人民政府 → 遂溪县建新镇人民政府).
fn fuller(name: &str, witnesses: &Witnesses) -> Option<String> {
    // 鼓楼区 is in several cities, and says no more than no place at all.
    let certain = |m: places::Mention| m.candidates.iter().all(|d| d.code[..4] == m.candidates[0].code[..4]);
    if places::leading(name).is_some_and(certain) {
        return None;
    }
    let others = witnesses.down_to(Witness::Source);
    others
        .map(|(printed, _)| nameplates(printed).0)
        .find(|full| full.strip_suffix(name).is_some_and(|place| places::is_place(place) || looks_like_place(place)))
}

/// Whether words before a name have the shape of a place, listed or not (云岭县, 江北新区): tables of places are never complete.
fn looks_like_place(words: &str) -> bool {
    words.chars().count() >= 3
        && words.ends_with(CLIPS)
        && words.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Whether one name is the other without its place, or clipped at it: 松河市水利局 is 市水利局, 云岭县青石镇人民政府 is 青石镇人民政府.
fn is_tail(short: &str, long: &str) -> bool {
    let Some(front) = long.strip_suffix(short) else { return false };
    match gap(short) {
        Gap::Clipped(level) => looks_like_place(&format!("{front}{level}")),
        _ => looks_like_place(front),
    }
}

/// How the text speaks of itself.
struct Voice {
    region: bool,
    office: bool,
    own: Vec<char>,
}

impl Voice {
    fn of(draft: &Draft) -> Self {
        let says = |words: &[&str]| draft.lines.iter().any(|l| words.iter().any(|w| l.text.contains(w)));
        let own =
            "局委厅镇乡站所队校院馆社行部会处署".chars().filter(|c| says(&[&format!("我{c}"), &format!("本{c}")]));
        let places = [("中心", '心'), ("街道", '道')].into_iter().filter(|(word, _)| says(&[word])).map(|(_, end)| end);
        Voice {
            region: says(&["我市", "我区", "我县", "我省", "我州", "我旗", "全市各", "全区各", "全县各", "全省各"]),
            office: says(&["我办", "本办", "我厅"]),
            own: own.chain(places).collect(),
        }
    }

    fn fits(&self, name: &str) -> bool {
        name.chars().last().is_some_and(|c| self.own.contains(&c))
    }
}

/// The whole name of a clipped one: the signature or another line has it, or the text knows one place of that level.
fn complete(
    name: &str,
    gap: Gap,
    witnesses: &Witnesses,
    draft: &Draft,
    evidence: &Evidence,
    home: Option<&str>,
) -> Option<String> {
    let stem = match gap {
        Gap::Clipped(level) => &name[level.len_utf8()..],
        _ => name,
    };
    let fits = |place: &str| match gap {
        Gap::Clipped(level) => place.ends_with(level),
        _ => true,
    };
    for (full, _) in witnesses.down_to(Witness::Source) {
        if let Some(place) = places::leading(full)
            && fits(&full[..place.end])
            && full[place.end..].starts_with(stem)
            && is_body(full)
        {
            return Some(nameplates(full).0);
        }
    }
    for (full, _) in witnesses.down_to(Witness::Publisher).filter(|_| matches!(gap, Gap::Clipped(_))) {
        let full = nameplates(full).0;
        if is_body(&full) && is_tail(name, &full) {
            return Some(full);
        }
    }
    patterns! {
        SELF = concat!(
            r"^(?:[(（]以下简称|信息公开|政府信息公开|政务公开|网站|门户网站|官方|官网|公众号|微信|微博|全年|共|认真|高度|始终|坚持|切实|主动|严格|紧紧|按照|积极|深入|以|在|把|将|不断|进一步|全面|",
            r"机关|党组|领导班子|(?:19|20)\d\d年)"
        );
        ABOVE = r"(?:按照|根据|依据|依照|按|遵照|转发|上级|落实|印发|报|向|受|经|与|和|、|在|到|赴)$";
    }
    let mut seen: Option<String> = None;
    for line in &draft.lines {
        for (at, _) in line.text.match_indices(stem) {
            let before: usize = line.text[..at].char_indices().rev().nth(40).map_or(0, |(i, _)| i);
            let window = &line.text[before..at];
            let Some(run) = places::runs(window).pop().filter(|run| run.end == window.len()) else { continue };
            let (front, chain) = window.split_at(run.start);
            // A county-level city has a prefecture-level one above it, whose bureau it cites by its full name: 市 and no level at all
            // are believed only where the text speaks of the body itself.
            let own = SELF.is_match(&line.text[at + stem.len()..]) && !ABOVE.is_match(front);
            if !fits(chain) || (!own && matches!(gap, Gap::Clipped('市') | Gap::Bare)) {
                continue;
            }
            match &seen {
                Some(other) if !other.ends_with(chain) && !chain.ends_with(other.as_str()) => return None,
                Some(other) if other.len() >= chain.len() => {}
                _ => seen = Some(chain.to_owned()),
            }
        }
    }
    if let Some(place) = seen {
        return Some(format!("{place}{stem}"));
    }
    if let Some(home) = home.filter(|h| fits(h)) {
        return Some(format!("{home}{stem}"));
    }
    let Gap::Clipped(level) = gap else { return None };
    lone(evidence, level).map(|place| format!("{place}{stem}"))
}

/// The one place of a level that a text speaks of, and more than in passing. Not 市: a county-level city names the one above it as
/// readily as itself.
pub fn lone(evidence: &Evidence, level: char) -> Option<String> {
    match evidence.of_level(level).as_slice() {
        _ if level == '市' => None,
        [(only, 2..)] => Some((*only).to_owned()),
        [(first, many @ 4..), (_, fewer), ..] if *many >= fewer * 4 => Some((*first).to_owned()),
        _ => None,
    }
}

/// The names other witnesses use for the same body.
fn add_aliases(named: &mut Named, witnesses: &Witnesses) {
    for (printed, _) in witnesses.down_to(Witness::Publisher) {
        let (name, more) = nameplates(printed);
        if same_body(&named.name, &name) {
            named.aliases.extend(std::iter::once(name).chain(more));
        }
    }
    let own = named.name.clone();
    let mut seen = vec![own];
    named.aliases.retain(|a| {
        let new = !seen.contains(a);
        seen.push(a.clone());
        new
    });
}

/// What is left of a name without its place, the words 人民政府 and a clipped level: what the body does.
fn function(name: &str) -> String {
    let name = without_brackets(name);
    let mut rest = &name[places::leading(name).map_or(0, |m| m.end)..];
    if let Gap::Clipped(level) = gap(rest) {
        rest = &rest[level.len_utf8()..];
    }
    let shorter = rest.strip_prefix("人民政府").or_else(|| rest.strip_prefix("政府")).unwrap_or(rest);
    if shorter.is_empty() { "人民政府".into() } else { shorter.to_owned() }
}

/// Whether two names are of one body beyond doubt: the same function, or one the other's beginning (…中心, …中心管理办公室), and no
/// two different places.
pub fn same_body(one: &str, other: &str) -> bool {
    let place = |n: &str| places::leading(n).map(|m| n[..m.end].to_owned());
    let places_agree = match (place(one), place(other)) {
        (Some(a), Some(b)) => a.ends_with(&b) || b.ends_with(&a),
        _ => true,
    };
    let (a, b) = (function(one), function(other));
    let office = |s: &str| s == "办公室" || s == "办公厅" || s == "人民政府";
    places_agree
        && (a == b
            || is_tail(one, other)
            || is_tail(other, one)
            || (!office(&a) && !office(&b) && (a.starts_with(&b) || b.starts_with(&a))))
}

/// Whether two names, both beyond doubt bodies, contradict each other. A government and its office do not.
pub fn conflict(one: &str, other: &str) -> bool {
    let general = |n: &str| matches!(function(n).as_str(), "办公室" | "办公厅" | "人民政府");
    is_body(one) && is_body(other) && !same_body(one, other) && !general(one) && !general(other)
}
