//! How the figures of a sentence speak of each other: parts and their sum, pairs, the year's own within a stock, cases carried over,
//! an answer to all that was received.
//!
//! In: the figures of a sentence, each as it stands alone, by the byte they start at. Out: the same with the indicators that others
//! give them or take from them, and the figures that follow from several. Must never change a value that is printed.

use super::text::{clause_start, is_comma};
use crate::model::Id;
use crate::model::report::Figure;
use crate::model::value::{Approx, Decimal, Period, Scope, Standing};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Figures of a sentence and where each starts.
pub(super) type Found = Vec<(usize, Figure)>;

/// Relates the figures of a sentence in a report of the year; `before` are the requests that the sentence before speaks of.
pub(super) fn relate(sentence: &str, year: Option<u16>, before: Option<&Figure>, found: &mut Found) {
    totals(sentence, found);
    each(sentence, found);
    paired(sentence, found);
    kinds(sentence, found);
    carried(sentence, year, found);
    foreign(sentence, found);
    left_over(sentence, found);
    answered(sentence, before, found);
    fresh(found);
    stocks(sentence, found);
}

fn is(figure: &Figure, id: &str) -> bool {
    figure.indicator.as_deref() == Some(id)
}

/// What follows from a figure.
fn derived(id: &'static str, value: Decimal, from: &Figure) -> Figure {
    Figure { indicator: Some(Id::Borrowed(id)), value, standing: Standing::Solved, subset: false, ..from.clone() }
}

/// 书面申请2件、网上申请1件，共计3件: the parts are no level of what their sum is.
fn totals(sentence: &str, found: &mut Found) {
    patterns! {
        SUM = r"[，,](?:共计?|合计|总计|总共)(?:为|有)?$";
        APPLICANT = r"^(?:公民|自然人|个人|法人|企业|商业企业|社会公益组织|科研机构|法律服务机构|其他组织|法人或其他组织|法人和其他组织|其他)(?:提出的?)?申请$";
        DISCLOSED = r"^[^0-9微网博屏栏报视申]*(?:公开|发布)[^0-9微网博屏栏报视申]*信息[^微网博屏栏报视申]*$";
    }
    const WHOLES: &[&str] =
        &["requests_received", "proactive_total", "review_total", "litigation_total", "fees_collected"];
    let whole = |f: &Figure| f.indicator.clone().filter(|id| WHOLES.contains(&id.as_ref()));
    for total in 2..found.len() {
        let at = found[total].0;
        if !SUM.is_match(&sentence[..at]) {
            continue;
        }
        let mut sum = Decimal::ZERO;
        let first = (0..total).rev().take_while(|i| found[*i].1.unit == found[total].1.unit).find(|i| {
            sum = sum + found[*i].1.value;
            sum == found[total].1.value && *i + 1 < total
        });
        let Some(first) = first else { continue };
        // 信函申请1件，网上申请2件，共3件: ways of asking make up what was asked, as kinds of applicants do.
        let list = &sentence[sentence[..found[first].0].rfind(['；', ';', '。']).unwrap_or(0)..at];
        let (parts, rest) = found[first..].split_at_mut(total - first);
        let total = &mut rest[0].1;
        let all = |like: &dyn Fn(&Figure) -> bool| parts.iter().all(|(_, part)| like(part));
        let asked = |f: &Figure| {
            f.indicator.as_ref().map_or_else(|| APPLICANT.is_match(&f.label), |id| id.starts_with("received_"))
        };
        // 公开政策类信息8条，人事类信息1条，共9条.
        let disclosed = || {
            all(&|f| f.indicator.is_none() && f.label.contains("信息"))
                && DISCLOSED.is_match(list)
                && (list.contains("主动公开") || all(&|f| f.label.contains("类")))
        };
        if total.indicator.is_none() {
            let made = if all(&asked) { Some("requests_received") } else { disclosed().then_some("proactive_total") };
            total.indicator = made.map(Id::Borrowed);
            total.subset &= made.is_none();
        }
        // 新收6件，加上结转1件，共7件: the new ones are no part.
        if parts.iter().any(|(_, f)| is(f, "carried_in")) {
            continue;
        }
        let levels: BTreeSet<Id> = parts.iter().filter_map(|(_, f)| whole(f)).collect();
        for (_, part) in parts {
            // Of two things each keeps its own: 复议2件，诉讼1件，共3件.
            if levels.len() == 1 && whole(part).is_some() {
                part.indicator = None;
            }
            part.subset = true;
        }
        if levels.len() == 1 && total.indicator.is_none() {
            total.indicator = levels.into_iter().next();
        }
    }
}

/// 行政复议和行政诉讼各1件 states two figures.
fn each(sentence: &str, found: &mut Found) {
    patterns! { EACH = r"复议(?:案件|申请)?(?:和|及|与|、|以及)(?:被?提起)?(?:行政)?诉讼(?:案件|情况)?各(?:有|为)?$"; }
    let Some((at, figure)) = found.iter_mut().find(|(at, _)| EACH.is_match(&sentence[..*at])) else { return };
    figure.indicator = Some(Id::Borrowed("review_total"));
    let other = (*at, Figure { indicator: Some(Id::Borrowed("litigation_total")), ..figure.clone() });
    found.push(other);
}

/// Two things that together are an indicator: what is before each number in its clause, and what they make.
const PAIRS: &[(&str, &str, &str)] = &[
    // 人大代表建议16件、政协提案27件: what was handled.
    (
        r"(?:人大|代表)[^，,。；;提案]{0,8}建议[^，,。；;]{0,6}$",
        r"(?:政协|委员)?[^，,。；;建议]{0,8}提案[^，,。；;]{0,6}$",
        "proposals_answered",
    ),
    // 按时办结86件，延期办结2件: what was answered.
    (r"(?:按时|按期|如期)(?:办结|答复)[^，,。；;]{0,3}$", r"延期(?:办结|答复)[^，,。；;]{0,3}$", "requests_answered"),
];

/// The sums of pairs that a sentence states apart.
fn paired(sentence: &str, found: &mut Found) {
    static PATTERNS: LazyLock<Vec<(Regex, Regex, &str)>> = LazyLock::new(|| {
        let new = |text| Regex::new(text).expect("the pattern is fixed");
        PAIRS.iter().map(|(first, second, id)| (new(first), new(second), *id)).collect()
    });
    for (one, other, id) in PATTERNS.iter() {
        if *id == "requests_answered" && !sentence.contains("申请") {
            continue;
        }
        let own = |pattern: &Regex, at: usize| {
            pattern.is_match(sentence[clause_start(sentence, at)..at].rsplit('、').next().unwrap_or(""))
        };
        if let Some(known) = found.iter().position(|(_, f)| is(f, id)) {
            // 省人大建议3件、市政协提案5件、县建议提案11件: behind others it is one more of them, or their sum.
            let parts = found[..known].iter().filter(|(at, f)| !f.subset && (own(one, *at) || own(other, *at)));
            let sum: Decimal = parts.map(|(_, f)| f.value).sum();
            if !sum.is_zero() && sum != found[known].1.value {
                found[known].1.indicator = None;
            }
            continue;
        }
        // 答复提案共7件，其中代表建议5件: one is part of the other.
        let pair = found
            .windows(2)
            .filter(|w| w[0].1.subset == w[1].1.subset)
            .find(|w| own(one, w[0].0) && own(other, w[1].0) || own(other, w[0].0) && own(one, w[1].0));
        let Some([(at, first), (_, second)]) = pair else { continue };
        let alike = |f: &Figure| (f.approx, f.scope, f.period, f.unit.clone());
        if first.approx == Approx::Exact && alike(first) == alike(second) {
            let sum = (*at, derived(id, first.value + second.value, first));
            found.push(sum);
        }
    }
}

/// What stands before the number of one kind of an indicator.
const KINDS: &[(&str, &str)] = &[
    // 邮寄费12元、复印费3元.
    ("fees_collected", r"(?:检索|复制|复印|打印|邮寄|快递|工本|材料)费用?(?:共计?|为|计)?$"),
    // 自然人申请8件，法人申请2件.
    ("requests_received", r"(?:公民|自然人|个人|法人|企业|组织|机构)(?:提[出交]的?)?申请(?:共计?|为|有)?$"),
];

/// Of several kinds none is all of them.
fn kinds(sentence: &str, found: &mut Found) {
    static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
        KINDS.iter().map(|(id, kind)| (*id, Regex::new(kind).expect("the pattern is fixed"))).collect()
    });
    for (id, kind) in PATTERNS.iter() {
        let all: Vec<usize> = (0..found.len()).filter(|&i| kind.is_match(&sentence[..found[i].0])).collect();
        for &index in all.iter().filter(|_| all.len() > 1) {
            found[index].1.indicator.take_if(|own| own.as_ref() == *id);
        }
    }
}

/// In 2022, 结转2023年继续办理1件 is carried out and 结转2021年度1件 carried in.
fn carried(sentence: &str, year: Option<u16>, found: &mut Found) {
    patterns! {
        NEXT = r"(?:结转|转入|转至|转到)(?:至|到|入)?(?P<year>20[0-9]{2})年度?(?:继续|再|后)?(?:办理)?的?$";
        ONWARD = r"^(?:的?申请)?(?:结转|转结|转)?(?:至|到|入)?(?P<year>20[0-9]{2})年";
    }
    let Some(own) = year else { return };
    for (at, figure) in found.iter_mut() {
        let (before, behind) = (&sentence[..*at], &sentence[*at + figure.raw.len()..]);
        let onward = ONWARD.captures(behind).filter(|c| before.ends_with("结转") || c[0].contains('转'));
        let year = NEXT.captures(before).or(onward).and_then(|c| c["year"].parse::<u16>().ok());
        let way = match year {
            Some(year) if year == own + 1 => "carried_out",
            Some(year) if year + 1 == own => "carried_in",
            _ => continue,
        };
        if figure.indicator.as_deref().is_none_or(|id| id.starts_with("carried")) {
            figure.indicator = Some(Id::Borrowed(way));
            figure.subset &= way == "carried_in";
        }
    }
}

/// 办理14件，其中13件按期答复，1件结转下年度: what holds some that were left over was received, not answered.
fn left_over(sentence: &str, found: &mut Found) {
    let Some(left) = found.iter().position(|(_, f)| is(f, "carried_out") && f.subset) else { return };
    let Some(whole) = found[..left].iter().rposition(|(_, f)| is(f, "requests_answered") && !f.subset) else { return };
    let known = found.iter().any(|(_, f)| is(f, "requests_received"));
    found[whole].1.indicator = (!known).then_some(Id::Borrowed("requests_received"));
    let answered = found[whole + 1..].iter_mut().find(|(at, f)| {
        let behind = &sentence[*at + f.raw.len()..];
        let behind = &behind[..behind.find(is_comma).unwrap_or(behind.len())];
        f.indicator.is_none() && (behind.contains("答复") || behind.contains("办结"))
    });
    if let Some((_, figure)) = answered {
        figure.indicator = Some(Id::Borrowed("requests_answered"));
    }
}

/// 全部按时答复 makes the answered equal to the received of the same sentence, or of the one before it.
fn answered(sentence: &str, before: Option<&Figure>, found: &mut Found) {
    patterns! {
        ALL = r"(?:全部|均|皆|都|100%|百分之百)(?:已|已经|依法|依规|依申请|按时|按期|按规定|按要求|按照规定|及时|当场|受理|办理|办结|予以|进行|作出?|做出?|给予|得到|在[^，。；]{2,14}内|于[^，。；]{2,14}内|按[^，。；]{2,12}|了|并|书面|妥善|、|，并)*(?:答复|办结|回复|办理完毕)";
        ONE = r"[，,](?:现?已|并)(?:经|依法|依规|按时|按期|按规定|及时|予以|进行|作出|做出|给予|书面|于[^，。；]{2,14}内|在[^，。；]{2,14}内)*(?:答复|办结|回复|办理完毕)";
        // 收到10件（含上年结转1件），全部办结: what brackets say of the whole does not part it from its answers.
        ASIDE = r"[（(][^（()）]*[）)]|无[往上]年结转";
    }
    const PARTED: &[&str] = &[
        "。", "；", ";", "除", "撤销", "撤回", "实际", "其余", "复议", "诉讼", "提案", "结转", "留言", "来信", "咨询",
        "投诉",
    ];
    if found.iter().any(|(_, f)| is(f, "requests_answered")) {
        return;
    }
    let counts = |f: &Figure| is(f, "requests_received") && f.approx == Approx::Exact;
    let received: Vec<(usize, &Figure)> = found.iter().filter(|(_, f)| counts(f)).map(|(at, f)| (*at, f)).collect();
    // 均已按期答复。 opens a sentence of its own.
    let (at, figure) = match (received.as_slice(), before.filter(|f| counts(f) && f.scope != Scope::Other)) {
        ([one], _) => *one,
        ([], Some(figure)) if ALL.find(sentence).is_some_and(|m| m.start() <= 12) => (0, figure),
        _ => return,
    };
    let one = figure.value == Decimal::from(1);
    let Some(all) = ALL.find_at(sentence, at).or_else(|| ONE.find_at(sentence, at).filter(|_| one)) else { return };
    let between = ASIDE.replace_all(&sentence[at..all.start()], "");
    if figure.value.is_zero() || PARTED.iter().any(|word| between.contains(word)) {
        return;
    }
    let said = all.as_str().to_string();
    let answered = derived("requests_answered", figure.value, figure);
    found.push((all.start(), Figure { label: said.clone(), raw: said, ..answered }));
}

/// 复议案件2起（上年结转1起）: what is left over are requests only where nothing else was counted since.
fn foreign(sentence: &str, found: &mut Found) {
    patterns! { OTHER = r"复议申请|复议|诉讼|投诉|举报|工单|热线|建议|提案|来信|留言|(?P<own>申请|依申请)"; }
    for (at, figure) in found.iter_mut().filter(|(_, f)| is(f, "carried_in") || is(f, "carried_out")) {
        let group = &sentence[sentence[..*at].rfind(['；', ';', '。']).unwrap_or(0)..*at];
        if OTHER.captures_iter(group).last().is_some_and(|thing| thing.name("own").is_none()) {
            figure.indicator = None;
        }
    }
}

/// 收到26件，其中上年结转2件: the new requests are 24.
fn fresh(found: &mut Found) {
    let exact = |f: &Figure, id: &str| is(f, id) && f.approx == Approx::Exact;
    let Some(carried) = found.iter().position(|(_, f)| exact(f, "carried_in") && f.subset) else { return };
    let value = found[carried].1.value;
    let received = |f: &Figure| exact(f, "requests_received") && !f.subset && f.value >= value;
    let Some(whole) = found[..carried].iter().rposition(|(_, f)| received(f)) else { return };
    let (at, figure) = &mut found[whole];
    let fresh = (*at, derived("requests_received", figure.value - value, figure));
    figure.indicator = None;
    found.push(fresh);
}

/// 截至12月31日，新增公开311条，累计公开3174条: beside what came in the year, what adds up is a stock.
fn stocks(sentence: &str, found: &mut Found) {
    let says = |at: usize, word: &str| sentence[clause_start(sentence, at)..at].contains(word);
    let fresh: Vec<Id> =
        found.iter().filter(|(at, _)| says(*at, "新增")).filter_map(|(_, f)| f.indicator.clone()).collect();
    for (at, figure) in found {
        let alike = figure.indicator.as_ref().is_some_and(|id| fresh.contains(id));
        if alike && says(*at, "累计") && !says(*at, "新增") {
            figure.period = Period::Cumulative;
        }
    }
}
