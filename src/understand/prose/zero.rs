//! Zeros by negation: 未发生举报、投诉、行政复议或提起行政诉讼 states four.
//!
//! A negation governs every coordinated thing up to the end of its clause group. 无 and 未 inside other words (无法提供,
//! 未予公开, 尚未审结) are no negation, and a condition (未答复的，可以申请复议) states nothing.

use crate::model::Id;
use regex::Regex;
use std::sync::LazyLock;

/// A zero found in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Zero {
    /// First byte of the negation.
    pub start: usize,
    /// One past it.
    pub end: usize,
    /// What there was none of.
    pub indicator: Id,
    /// Its name in the sentence.
    pub label: String,
    /// Unit.
    pub unit: &'static str,
}

patterns! {
    TRIGGER = r"(?x) 无一[起件例宗] | 无任何 | 均?(?:没有|尚未|从未|未曾|均未|未)(?:再)?(?:收到|接到|受理|接受|接收|发生|发现|出现|收取|收费|产生|涉及|有|引发|被|因|提起|向|对|制发|制定|出台|召开|举办|举行|组织|减免|存在)
        | 不存在 | 没有 | 零(?P<zero>申请|复议|诉讼|投诉|举报|收费|申诉) | (?:均|皆|都)?为(?:零|0)(?:件|起|元|次|例|宗)? | 均无 | 暂无 | 并无 | 无 | 不收取 ";
}

/// What follows 无 or 未 when it is no negation of a count.
const NOT_NONE: &str = "无法 无偿 无障碍 无缝 无关 无论 无证 无需 无须 无正当 无纸 无线 无锡 无人 无私 无差别 无效 无所 \
    无感 无为 无棣 无极 无疑 无意 无故 无记名 无线 无违 无城 无犯罪 无理 无条件 无犯 无毒 无害 无形 \
    无烟 无不同 无异议 无内容 无此 无照 无房";

/// Things counted, the more special first: (what it looks like, indicator, unit).
static THINGS: LazyLock<Vec<(Regex, &'static str, &'static str)>> = LazyLock::new(|| {
    [
        (r"被[^，。；、]{0,16}(?:纠错|撤销|纠正|责令)|败诉|纠错案件", "corrected_total", "件"),
        (r"不予公开", "denied_total", "件"),
        (r"减免", "fees_waived", "元"),
        (r"收取[^，。；]{0,16}费用?|收费|费用", "fees_collected", "元"),
        (r"行政复议|复议(?:案件|申请|情况)?", "review_total", "件"),
        (r"行政诉讼|诉讼", "litigation_total", "件"),
        (r"举报投诉|投诉举报|举报|投诉|申诉", "complaints", "件"),
        (r"[上往去]年(?:度)?结转|结转[上往]年", "carried_in", "件"),
        (r"结转(?:至)?下", "carried_out", "件"),
        (r"依申请公开|(?:政府|政务)?信息公开(?:的)?(?:书面|当面)?申请|公开(?:政府)?信息(?:的)?(?:书面|当面)?申请|公开申请|申请公开|书面申请", "requests_received", "件"),
        (r"规范性文件", "normative_documents_issued", "件"),
        (r"新闻发布会", "press_conferences", "次"),
        (r"在线访谈", "web_interviews", "次"),
    ]
    .into_iter()
    .map(|(p, id, unit)| (Regex::new(p).expect("the patterns are fixed"), id, unit))
    .collect()
});

patterns! {
    CONDITION = r"如(?:果|有|未)|若|可以|有权|可向|可依法|逾期|应当|的，可|凡|一律|严禁|不得|确保|力争|努力|避免|防止|认为";
    GOES_ON = r"^\s*(?:也|和|及|或|以及|亦)?(?:没有|未|无|被)?(?:因|涉及|政府|政务|信息公开|行政|复议|诉讼|提起|申请|举报|投诉|申诉|收费|被|或|和|及|以及|也|亦)";
    DONE = r"收取|收费|减免|提起|提出|发生|产生|引发|引起";
    YEARS = r"20[0-9]{2}年";
    // What a lawsuit costs is no fee that was collected.
    COSTS = r"费用支出|(?:复议|诉讼|申诉)[^，。；]{0,8}[有相]关的?[^，。；]{0,4}(?:费用|支出)";
    PAID = r"收(?:取|费|到)[^，。；0-9]{0,10}(?:[1-9][0-9.,]*|0\.[0-9]*[1-9])万?元";
    SOME = "超出|超过|以外|之外|重复|转来|转办|移送|不符合|恶意|滥用";
    CAUSE = r"(?:因|由|对|针对|关于|涉及|就|有关)[^，。；、]{0,24}$";
}

/// The zeros of a sentence. `heading` names the section: a bare 无。 below 收费情况 speaks of fees.
pub(super) fn find(sentence: &str, heading: &str) -> Vec<Zero> {
    let mut out: Vec<Zero> = Vec::new();
    if CONDITION.is_match(sentence) {
        return out;
    }
    for found in TRIGGER.captures_iter(sentence) {
        let Some(trigger) = found.get(0) else { continue };
        let (word, before, behind) = (trigger.as_str(), &sentence[..trigger.start()], &sentence[trigger.end()..]);
        let lead = before.chars().next_back();
        let led_by = |letters: &str| lead.is_some_and(|c| letters.contains(c));
        if NOT_NONE.split(' ').any(|other| sentence[trigger.start()..].starts_with(other))
            || word == "无" && led_by("毫从有全亦绝")
            || word == "不存在" && led_by("息料件录")
        {
            continue;
        }
        let equals = word.contains("为零") || word.contains("为0");
        let (from, to) = if equals {
            (before.rfind(['。', '；', ';']).map_or(0, |i| i + 1), trigger.start())
        } else if found.name("zero").is_some() {
            (trigger.start(), trigger.end())
        } else {
            // 未被、未因、未收费: the verb itself may name the thing.
            let inside = ["收取", "收费", "减免", "被"].iter().find_map(|w| word.find(w));
            let inside = inside.map_or(trigger.end(), |i| trigger.start() + i);
            let to = reach(sentence, trigger.end());
            // 未对申请人收取费用: what is done to somebody counts, not who it is done to.
            let verb = word.ends_with(['对', '向']).then(|| DONE.find(&sentence[inside..to])).flatten();
            (verb.map_or(inside, |verb| inside + verb.start()), to)
        };
        let scope = &sentence[from..to];
        if equals && YEARS.replace_all(scope, "").contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let mut things = items(scope);
        if things.is_empty() && word.contains("未") && word.contains("向") && scope.contains('费') {
            things.push(("fees_collected", "费".to_string(), "元"));
        }
        // 复议诉讼情况：无。
        if things.is_empty()
            && let Some(named) = before.trim_end().strip_suffix(['：', ':'])
            && behind.trim().trim_end_matches(['。', '；', ';']).is_empty()
        {
            things = items(&named[named.rfind(['。', '；', ';', '，', ',']).map_or(0, |i| i + 1)..]);
        }
        if things.is_empty() && is_bare(sentence, trigger.start(), to) {
            things = items(heading);
            things.retain(|(id, ..)| !matches!(*id, "normative_documents_issued" | "denied_total"));
        }
        let counter = word.strip_prefix("无一").and_then(|unit| ["起", "例", "宗"].into_iter().find(|u| *u == unit));
        // 未收取邮寄费，收取复印费12元: something was.
        if PAID.is_match(sentence) {
            things.retain(|(id, ..)| *id != "fees_collected");
        }
        for (indicator, label, unit) in things {
            let same = out.iter().any(|z| z.indicator == indicator && (z.label == label || indicator != "complaints"));
            if !same {
                let unit = counter.filter(|_| unit == "件").unwrap_or(unit);
                out.push(Zero {
                    start: trigger.start(),
                    end: trigger.end(),
                    indicator: Id::Borrowed(indicator),
                    label,
                    unit,
                });
            }
        }
    }
    out
}

/// Where the reach of a negation ends: at the stop, or at a comma behind which something else begins.
fn reach(sentence: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let Some(next) = sentence[at..].find(['，', ',', '。', '；', ';', '：', ':', '！']) else {
            return sentence.len();
        };
        let stop = at + next;
        let comma = sentence[stop..].chars().next().unwrap_or(',');
        let after = stop + comma.len_utf8();
        let clause = &sentence
            [after..sentence[after..].find(['，', ',', '。', '；', ';']).map_or(sentence.len(), |i| after + i)];
        let again = clause.contains(['未', '无', '没']);
        if !matches!(comma, '，' | ',')
            || again
            || clause.contains(|c: char| c.is_ascii_digit())
            || !GOES_ON.is_match(clause)
        {
            return stop;
        }
        at = after;
    }
}

/// The things a negation speaks of. Causes (因政府信息公开申请引发的…) and applicants are not among them.
fn items(scope: &str) -> Vec<(&'static str, String, &'static str)> {
    let mut out: Vec<(usize, &'static str, String, &'static str)> = Vec::new();
    if COSTS.is_match(scope) {
        return Vec::new();
    }
    let corrected = THINGS[0].0.is_match(scope);
    for (pattern, indicator, unit) in THINGS.iter() {
        if corrected && *indicator != "corrected_total" {
            continue;
        }
        for found in pattern.find_iter(scope) {
            let (before, behind) = (&scope[..found.start()], &scope[found.end()..]);
            let cause = *indicator == "requests_received"
                && ["复议", "诉讼", "举报", "费"].iter().any(|effect| behind.contains(effect))
                && (CAUSE.is_match(before)
                    || ["行政", "引", "工作", "方面", "收"].iter().any(|verb| behind.starts_with(verb)));
            // 超出范围的申请, 收费窗口, 不予公开范围: of some, or of something else, there was none.
            let other = *indicator == "requests_received" && SOME.is_match(before)
                || ["窗口", "标准", "依据", "范围", "目录", "清单"].iter().any(|noun| behind.starts_with(noun));
            let taken = out.iter().any(|(at, _, label, _)| found.start() < at + label.len() && *at < found.end());
            // 没有收取或减免费用 states two.
            let both = *indicator == "fees_collected" && found.as_str().contains("减免");
            if !cause && !other && (!taken || both) {
                out.push((found.start(), indicator, found.as_str().to_string(), unit));
            }
        }
    }
    out.sort_by_key(|item| item.0);
    out.into_iter().map(|(_, indicator, label, unit)| (indicator, label, unit)).collect()
}

/// 本年度无。 or 未发生此类情况。: nothing but time, body and the negation.
fn is_bare(sentence: &str, from: usize, to: usize) -> bool {
    patterns! {
        BEFORE = r"^\s*[（(]?(?:20[0-9]{2}年(?:度|全年)?|本年度?|今年|全年|年内|报告期内|[,，\s]|我[局委办厅院中心镇乡街道单位]+|本[局委办厅院机关单位]+|截[至止]目前|目前|情况|暂)*$";
        AFTER = r"^(?:此类|此项|上述|以上|该类|相关|有关|这类|该项|类似)?(?:情况|情形|内容|事项|案件|现象|问题)?(?:发生)?[）)]?$";
    }
    let word_end = TRIGGER.find_at(sentence, from).map_or(from, |m| m.end());
    BEFORE.is_match(&sentence[..from]) && AFTER.is_match(sentence[word_end.min(to)..to].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_none_speaks_of_its_heading() {
        let found: Vec<Id> =
            find("本年度未发生此类情况。", "行政复议、行政诉讼情况").into_iter().map(|z| z.indicator).collect();
        assert_eq!(found, ["review_total", "litigation_total"]);
        assert!(find("无。", "其他需要报告的事项").is_empty());
    }
}
