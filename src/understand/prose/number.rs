//! The number grammar: digits, magnitudes, Chinese numerals, approximations and the measure word behind them.
//!
//! In: a stretch of prose. Out: every number that carries a unit, with its exact value and how exactly it is stated. What only
//! looks like a number (dates, document numbers, ordinals, titles, slogans, ranges, versions) never comes out.

use crate::model::value::{Approx, Decimal};
use regex::Regex;
use std::sync::LazyLock;

/// A number with its unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// First byte, an approximation in front included.
    pub start: usize,
    /// First byte of the digits.
    pub digits: usize,
    /// One past the unit and 以上, 以内 behind it.
    pub end: usize,
    /// The value, magnitudes multiplied out.
    pub value: Decimal,
    /// Unit or measure word, without magnitude.
    pub unit: String,
    /// How exactly it is stated.
    pub approx: Approx,
    /// Written in Chinese numerals, where most are structure and not counts.
    pub chinese: bool,
}

/// Measure words, longest first where one begins another.
const UNITS: &str = "个工作日 工作日 个月 个百分点 百分点 人次 件次 条次 场次 批次 班次 户次 家次 辆次 频次 台次 大类 \
    大项 小项 子项 小类 中类 平方米 平方公里 公顷 公里 美元 课时 学时 元 件 条 篇 项 起 份 期 场 次 名 \
    位 家 户 台 套 宗 所 类 册 本 张 幅 则 例 批 处 间 座 辆 亩 吨 字 页 款 支 只 笔 单 封 通 枚 块 门 \
    轮 方面 人 个 部 栏 班 部次 ％ % ‰ 倍 天 小时 分钟 秒 周";

/// Nouns of people and of reactions that take a bare `53万` in front.
const PEOPLE: &[&str] = &[
    "网友", "网民", "群众", "市民", "居民", "村民", "学生", "师生", "观众", "听众", "读者", "用户", "粉丝", "点赞",
    "企业", "职工", "党员", "干部", "游客", "农户",
];

/// Each unit with the words behind it that make it part of a name (三所一庭 is no count of 所, 2部委).
const GLUED: &str = "项 制度性; 部 委 门 队 分 级 长; 所 有 属 在 需 谓; 次 会议精神 全会 全体会议 代表大会 方 党代会; \
    条 例 款; 本 级 部门 机关 单位 年 局 市 区 县; 名 录 单 称; 门 户; 人 民 大 员 才 力; \
    期 间 限 内 工程; 类 似; 位 居 列 一体; 单 位; 字 〔 [; 通 过 知 报 办; 处 理 罚 置 室 长; 座 谈; \
    个 部分 章节 方面; 家 庭; 场 所; 起 来 到 草 步 施行 实施 至 执行; 户 籍; 支 付 持; 轮 换; \
    周 年 边 期; 天 然; 元 旦";

/// Words before a number that say how exactly it is stated, and words behind its unit that do.
const BEFORE: &[(Approx, &str)] = &[
    (Approx::Nearly, "将近 接近 近"),
    (Approx::About, "大约 约"),
    (Approx::AtLeast, "不少于 不低于 至少 上"),
    (Approx::AtMost, "不超过 不多于 最多 低于 少于"),
    (Approx::MoreThan, "超过 超 逾 突破 高于 多于"),
];
const BEHIND: &[(Approx, &str)] = &[
    (Approx::MoreThan, "余 多"),
    (Approx::AtLeast, "以上 及以上"),
    (Approx::AtMost, "以内 之内 内"),
    (Approx::About, "左右 上下"),
];
/// Words that only begin like one of those.
const NO_APPROXIMATION: &[&str] = &["内容", "内部", "内设"];

/// The word of a table at the head of a text.
fn approximation(table: &'static [(Approx, &str)], text: &str) -> Option<(Approx, &'static str)> {
    let mut words = table.iter().flat_map(|(approx, words)| words.split(' ').map(move |word| (*approx, word)));
    words.find(|(_, word)| text.starts_with(word) && !NO_APPROXIMATION.iter().any(|other| text.starts_with(other)))
}

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let digit = "[0-9０-９]";
    let before = BEFORE.iter().map(|(_, words)| words.replace(' ', "|")).collect::<Vec<_>>().join("|");
    Regex::new(&format!(
        r"(?x)
        (?P<pre> {before} )? \s*
        (?: (?P<pct> 百分之 (?P<pctnum> {digit}+(?:[.．]{digit}+)? | [零〇一二两三四五六七八九十百点]+ ))
          | (?P<num> {digit}{{1,3}}(?:[,，]{digit}{{3}})+(?:[.．]{digit}+)? | {digit}{{1,3}}(?:[\ \u{{a0}}]{digit}{{3}})+ | {digit}+(?:[.．]{digit}+)? )
              (?P<mid> (?: \s? [余多]? [千万亿百] (?:{digit}{{1,4}}[千百]?)? )* )
          | (?P<han> [零〇一二两三四五六七八九十百千万亿廿卅]+ )
        )
        (?P<more> \s? [余多] )? (?P<mag> [千万亿]+ )? \s*"
    ))
    .expect("the pattern is fixed")
});

/// What is hidden from the scan: titles, document numbers, dates, clock times, quoted names with digits, hotline names.
static MASKS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"《[^《》]{1,120}》",
        r"〈[^〈〉]{1,80}〉",
        r"“[^“”。]{1,30}”",
        r#""[^"。]{1,30}""#,
        r"「[^「」。]{1,30}」",
        r"[〔\[【（(]\s?(?:19|20)[0-9]{2}\s?[〕\]】）)]\s?(?:第\s?)?[0-9]*\s?号?",
        r"第\s?[0-9０-９一二三四五六七八九十百零〇]+\s?(?:[-—~～至、]\s?第?\s?[0-9０-９一二三四五六七八九十百零〇]+\s?)?",
        r"[0-9０-９]{2,4}\s?[-—~～至/]\s?[0-9０-９]{2,4}\s?年度?",
        r"[0-9０-９]{2,4}\s?年(?:度|底|初|末|间|来|内)?(?:[0-9０-９]{1,2}\s?月(?:份)?(?:[0-9０-９]{1,2}\s?[日号]?)?)?",
        r"[〇零一二三四五六七八九]{4}年度?",
        r"[0-9０-９]{1,2}\s?[-—~～至到、]\s?[0-9０-９]{1,2}\s?月(?:份)?",
        r"[0-9０-９]{1,2}\s?月(?:份|底|初|末)?(?:[0-9０-９]{1,2}\s?[日号]?)?",
        r"每[月周]\s?[0-9０-９]{1,2}\s?[日号]?",
        r"[0-9０-９]{1,8}\s?日",
        r"[0-9０-９]{4}[-/.][0-9０-９]{1,2}[-/.][0-9０-９]{1,2}",
        r"[0-9０-９]{1,2}\s?[:：]\s?[0-9０-９]{2}(?:\s?[:：]\s?[0-9０-９]{2})?",
        r"[0-9０-９]{3,4}[-—－][0-9０-９]{7,8}",
        r"1[0-9]{10}",
        r"[A-Za-z0-9０-９N]+(?:\s?[+＋]\s?[A-Za-z0-9０-９NX]+)+",
        r"[0-9]+[·•][0-9]+",
        r"(?:123[0-9]{2}|110|119|120|122|96[0-9]{3,4}|95[0-9]{3})\s?(?:政府|政务|市民|公共|服务|便民|热线|平台|市长|微信|微博|在线|举报|投诉|价格|消费|旅游|电话|工单)",
        r"[A-Za-z][0-9]+(?:[.][0-9]+)*",
        r"[0-9]+[A-Za-z]+",
        r"[0-9０-９]+(?:[.．][0-9０-９]+)+(?:版|[.．])",
        r"[0-9０-９]+(?:[.．][0-9０-９]+)?\s?(?:版|楼|层|室|号|岁|届|级|时许|点钟|度)",
        r"[0-9０-９]{1,3}\s?(?:个|项|条|家|件|次|名|人)?\s?[-—~～–至到]\s?[0-9０-９]{1,3}\s?(?:个工作日|个|项|条|家|件|次|名|人|天|%|％|万|篇|期|场|份|起)",
        r"前[0-9０-９一二两三四五六七八九十]+(?:位|名|列|强|甲|家)?",
        r"党的十[一二三四五六七八九]大|二十大|[一二三四五六七八九十]+届[一二三四五六七八九十]+(?:次|中)?(?:全会|会议)?|十[一二三四五]五",
        r"[0-9０-９]+\s?[×xX*/]\s?[0-9０-９]+",
        r"[0-9０-９]+(?:万|亿|千)?级",
    ]
    .iter()
    .map(|p| Regex::new(p).expect("the patterns are fixed"))
    .collect()
});

/// `text` with everything that is never a count replaced by as many `#` bytes.
pub(super) fn mask(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for pattern in MASKS.iter() {
        for found in pattern.find_iter(text) {
            let quoted = found.as_str().starts_with(['“', '「', '"']);
            if quoted && !found.as_str().contains(|c: char| c.is_numeric() || "一二三四五六七八九十百千万".contains(c))
            {
                continue;
            }
            bytes[found.range()].fill(b'#');
        }
    }
    // Whole characters were overwritten by ASCII, so the bytes are still UTF-8.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}

/// Every number with a unit in `text`, in order.
pub(super) fn scan(text: &str) -> Vec<Number> {
    let masked = mask(text);
    let mut out: Vec<Number> = Vec::new();
    let mut from = 0;
    while let Some(found) = PATTERN.captures_at(&masked, from) {
        let core = core(&found);
        let number = read(text, &masked, &found, core);
        from = number.as_ref().map_or(core.end(), |n| n.end);
        out.extend(number);
    }
    out
}

/// The numeral of a match, without approximations and magnitudes.
fn core<'a>(found: &regex::Captures<'a>) -> regex::Match<'a> {
    let numeral = found.name("pct").or(found.name("num")).or(found.name("han"));
    numeral.expect("the pattern has no other numerals")
}

fn read(text: &str, masked: &str, found: &regex::Captures, core: regex::Match) -> Option<Number> {
    let whole = found.get(0)?;
    // A digit, a sign or a masked piece glued in front makes it part of something else.
    let ahead = masked[..core.start()].chars().next_back();
    // 1 2件 and 1,20,4件 are no 2 and no 4.
    let split = masked[..core.start()].trim_end_matches([' ', ',', '，']);
    let split =
        split.len() < core.start() && core.start() - split.len() <= 3 && split.ends_with(|c: char| c.is_ascii_digit());
    if split || ahead.is_some_and(|c| c.is_ascii_alphanumeric() || "+＋.．/·-－*".contains(c)) {
        return None;
    }
    let bare = core.as_str().chars().all(|c| "百千万亿".contains(c));
    // 上千人 is one, 线上60人 and 以上3项 are none.
    let pre = found.name("pre").filter(|pre| pre.as_str() != "上" || bare);
    let mut approx = pre.and_then(|p| approximation(BEFORE, p.as_str())).map_or(Approx::Exact, |(approx, _)| approx);
    let mut tail = whole.end();
    let (value, mut unit);
    if let Some(percent) = found.name("pctnum") {
        value = plain(percent.as_str()).or_else(|| hanzi(percent.as_str()))?;
        unit = "%".to_string();
        tail = percent.end();
    } else {
        let words = |name| found.name(name).map_or("", |m| m.as_str());
        let (middle, magnitude) = (words("mid"), words("mag"));
        if middle.chars().chain(magnitude.chars()).filter_map(power).map(u32::from).sum::<u32>() > 12 {
            return None;
        }
        let numeral = match found.name("han") {
            Some(_) if pre.is_none() && ahead.is_some_and(|c| "第每同统唯之任这某各另数几初其万".contains(c)) =>
            {
                return None;
            }
            Some(han) => hanzi(han.as_str())?,
            None => with_magnitudes(core.as_str(), middle)?,
        };
        if middle.contains(['余', '多']) || found.name("more").is_some() {
            approx = Approx::MoreThan;
        }
        value = magnitude.chars().try_fold(numeral, |v, c| Some(v.times_ten_to(power(c)?)))?;
        unit = unit_of(&text[tail..], value, masked, tail)?.to_string();
        tail += unit.len();
        // 近千, 百余 are counts, 百日 and 千家万户 are idioms.
        if found.name("han").is_some() && bare && pre.is_none() && approx == Approx::Exact && value > Decimal::from(10)
        {
            return None;
        }
    }
    // 3802件(次)
    for bracket in ["(次)", "（次）"] {
        if text[tail..].starts_with(bracket) {
            unit.push('次');
            tail += bracket.len();
        }
    }
    if unit == "％" {
        unit = "%".to_string();
    }
    if let Some((behind, word)) = approximation(BEHIND, &text[tail..]) {
        tail += word.len();
        if approx == Approx::Exact {
            approx = behind;
        }
    }
    let (digits, chinese) = (core.start(), found.name("han").is_some());
    let start = pre.map_or(core.start(), |pre| pre.start());
    Some(Number { start, digits, end: tail, value, unit, approx, chinese })
}

/// The unit that stands at the head of `after`; people after a large number count as one.
fn unit_of<'a>(after: &'a str, value: Decimal, masked: &str, at: usize) -> Option<&'a str> {
    if masked[at..].starts_with('#') {
        return None;
    }
    for word in UNITS.split(' ') {
        if let Some(rest) = after.strip_prefix(word) {
            let glued = GLUED.split("; ").any(|entry| {
                let mut words = entry.split(' ');
                words.next() == Some(word) && words.any(|tail| rest.starts_with(tail))
            });
            return (!glued).then(|| &after[..word.len()]);
        }
    }
    if value < Decimal::from(10_000) {
        return None;
    }
    PEOPLE.iter().find(|word| after.starts_with(**word)).map(|word| &after[..word.len()])
}

fn power(magnitude: char) -> Option<u8> {
    Some(match magnitude {
        '十' => 1,
        '百' => 2,
        '千' => 3,
        '万' => 4,
        '亿' => 8,
        _ => return None,
    })
}

/// Digits, full-width or not, separators dropped.
fn plain(text: &str) -> Option<Decimal> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' ' | '\u{a0}'))
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            '．' => '.',
            c => c,
        })
        .collect();
    if digits.len() > 16 {
        return None;
    }
    Decimal::parse(&digits)
}

/// `9` and `万5千` make 95000; `20` and `余万` make 200000.
fn with_magnitudes(number: &str, middle: &str) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    let mut part = plain(number)?;
    let mut digits = String::new();
    for c in middle.chars() {
        match c {
            '千' | '万' | '亿' | '百' => {
                if !digits.is_empty() {
                    total = total + part;
                    part = plain(&digits)?;
                    digits.clear();
                }
                part = part.times_ten_to(power(c)?);
            }
            c if c.is_numeric() => digits.push(c),
            _ => {}
        }
    }
    if !digits.is_empty() {
        total = total + part;
        part = plain(&digits)?;
    }
    Some(total + part)
}

/// A Chinese numeral; `None` for what is not one number (一二, 万万).
fn hanzi(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('点').unwrap_or((text, ""));
    let digit = |c: char| {
        "零一二三四五六七八九".chars().position(|d| d == c).or(match c {
            '〇' => Some(0),
            '两' => Some(2),
            _ => None,
        })
    };
    if text.chars().count() > 16 {
        return None;
    }
    let (mut total, mut section, mut last) = (0i64, 0i64, None::<i64>);
    for c in whole.chars() {
        if let Some(d) = digit(c) {
            if last.is_some_and(|l| l != 0) {
                return None;
            }
            last = Some(d as i64);
            continue;
        }
        match c {
            '廿' | '卅' => section += if c == '廿' { 20 } else { 30 },
            '十' | '百' | '千' => {
                section += last.take().filter(|l| *l != 0).unwrap_or(1) * 10i64.pow(u32::from(power(c)?));
            }
            '万' | '亿' => {
                section += last.take().unwrap_or(0);
                let base = if section == 0 && total == 0 { 1 } else { section };
                let scaled = base.checked_mul(if c == '亿' { 100_000_000 } else { 10_000 })?;
                let above = if c == '亿' { total.checked_mul(100_000_000)? } else { total };
                total = above.checked_add(scaled)?;
                section = 0;
            }
            _ => return None,
        }
        last = None;
    }
    let whole = Decimal::from(total + section + last.unwrap_or(0));
    if fraction.is_empty() {
        return Some(whole);
    }
    let digits: String = fraction.chars().map(|c| digit(c).map(|d| d.to_string())).collect::<Option<_>>()?;
    Some(whole + Decimal::parse(&format!("0.{digits}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        scan(text).iter().map(|n| format!("{} {} {:?}", n.value, n.unit, n.approx)).collect()
    }

    #[test]
    fn numbers_are_exact_whatever_way_they_are_written() {
        for (text, expected) in [
            ("1,204件", "1204 件 Exact"),
            ("１２０４件", "1204 件 Exact"),
            ("1 204件", "1204 件 Exact"),
            ("13 件", "13 件 Exact"),
            ("1.3万条", "13000 条 Exact"),
            ("24万余条", "240000 条 MoreThan"),
            ("20余万条", "200000 条 MoreThan"),
            ("30多万点赞", "300000 点赞 MoreThan"),
            ("9万5千人次", "95000 人次 Exact"),
            ("2千余条", "2000 条 MoreThan"),
            ("1.2亿元", "120000000 元 Exact"),
            ("950125.6165万元", "9501256165 元 Exact"),
            ("近10万个", "100000 个 Nearly"),
            ("近千名", "1000 名 Nearly"),
            ("万余本", "10000 本 MoreThan"),
            ("近万份", "10000 份 Nearly"),
            ("超过10万人", "100000 人 MoreThan"),
            ("不少于8次", "8 次 AtLeast"),
            ("约300人", "300 人 About"),
            ("大约300人", "300 人 About"),
            ("300余人", "300 人 MoreThan"),
            ("3个工作日以上", "3 个工作日 AtLeast"),
            ("20个工作日内", "20 个工作日 AtMost"),
            ("一百二十三件", "123 件 Exact"),
            ("二十三起", "23 起 Exact"),
            ("廿三件", "23 件 Exact"),
            ("一千零五条", "1005 条 Exact"),
            ("一万两千条", "12000 条 Exact"),
            ("99.5%", "99.5 % Exact"),
            ("30.4％", "30.4 % Exact"),
            ("百分之九十五", "95 % Exact"),
            ("百分之95.5", "95.5 % Exact"),
            ("3802件(次)", "3802 件次 Exact"),
            ("0件", "0 件 Exact"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        let texts = "国办发〔2016〕80号|通财〔2016〕23号|鄂政办发【2018】31号|《审批服务100问》|第3次会议|第十二条|2019年\
            |201911日至1231日|1-11月|12345热线|“26+1”事项|“5+1+1”模式|5+1+1件|5.0版标准|8+N机制|24小时|前三名\
            |十八届四中全会|十三五规划|3至5个|20-30项|11:27|0513-85098765|13812345678|数十次|几百人|百日行动\
            |四上四下|五级联动|2019中国森林旅游节|每月20定为|第二十条第（一）项|100问|三部委|2部门|“三十条”意见\
            |A4|5G";
        for text in texts.split('|') {
            let left: Vec<Number> = scan(text).into_iter().filter(|n| n.unit != "小时").collect();
            assert!(left.is_empty(), "{text}: {left:?}");
        }
    }

    #[test]
    fn a_chain_of_counts_is_read_link_by_link() {
        assert_eq!(found("41个部门10大类6994个权力事项"), ["41 个 Exact", "10 大类 Exact", "6994 个 Exact"]);
        assert_eq!(found("45家网站和400多家新媒体"), ["45 家 Exact", "400 家 MoreThan"]);
    }
}
