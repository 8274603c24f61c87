//! Which indicator of the dictionary a number in a sentence states, if any.
//!
//! A word of the dictionary must stand before the number, no further back than the number before it, or right behind it
//! (收到13件申请). The nearest word wins, then the one without a gap, then the longest. Channels of disclosure are told apart by
//! what is named: one channel is that channel's figure, several together are nobody's alone.

use super::number::Number;
use super::text::clause_start;
use crate::model::Id;
use crate::model::form::Indicator;
use regex::Regex;
use std::sync::LazyLock;

/// The stretch of a sentence a number can be named in.
pub(super) struct Window<'a> {
    /// The sentence.
    pub sentence: &'a str,
    /// Where the number before ends, or 0.
    pub from: usize,
    /// The number.
    pub number: &'a Number,
    /// Where the words behind the number end: the next number, a comma or the end.
    pub to: usize,
}

/// How far apart the parts of a word with a gap may stand, in bytes.
const GAP: usize = 180;

struct Hit<'a> {
    indicator: &'a Indicator,
    distance: usize,
    gaps: usize,
    length: usize,
}

/// The indicator a number states.
pub(super) fn find(window: &Window, dictionary: &[Indicator], subset_of: Option<&str>) -> Option<Id> {
    let mut best: Option<Hit> = None;
    for indicator in dictionary {
        if !indicator.units.iter().any(|u| *u == window.number.unit) {
            continue;
        }
        for word in &indicator.words {
            let Some((start, distance)) = locate(window, word) else { continue };
            if forbidden(window, start, indicator) {
                continue;
            }
            let hit = Hit { indicator, distance, gaps: word.matches('…').count(), length: word.len() };
            let better = best.as_ref().is_none_or(|b| {
                (hit.distance, hit.gaps, usize::MAX - hit.length) < (b.distance, b.gaps, usize::MAX - b.length)
            });
            if better {
                best = Some(hit);
            }
        }
    }
    let id = best?.indicator.id.clone();
    let id = if id.starts_with("proactive_") && id != "proactive_gazette" { channel(window, &id)? } else { id };
    // A part of the same thing is not its level: 解读稿件60篇，其中视频解读20篇.
    (subset_of != Some(id.as_ref())).then_some(id)
}

/// Where a word starts and how far it stands from the number; its last part must be the number's own.
fn locate(window: &Window, word: &str) -> Option<(usize, usize)> {
    let parts: Vec<&str> = word.split('…').collect();
    let (last, earlier) = parts.split_last()?;
    let sentence = window.sentence;
    let before = &sentence[window.from..window.number.start];
    let behind = &sentence[window.number.end..window.to];
    // Behind the number only when nothing of its own kind stands before it, so that 收到申请13件答复 keeps its order.
    let (mut at, distance) = match before.rfind(last) {
        Some(found) => (window.from + found, window.number.start - (window.from + found + last.len())),
        None => {
            let found = behind.find(last)?;
            // 收到1件通过信函提交的申请: a word that spans the number comes before one that only follows it, unless it follows at once.
            let distance = match (found, earlier.is_empty()) {
                (0, true) => 0,
                (_, false) => 1,
                _ => found + 2,
            };
            (window.number.end + found, distance)
        }
    };
    for part in earlier.iter().rev() {
        let floor = at.saturating_sub(GAP);
        let floor = (floor..=at).find(|i| sentence.is_char_boundary(*i)).unwrap_or(at);
        // A gap never reaches over a semicolon: what stands behind one is another matter.
        let floor = sentence[floor..at].rfind(['；', ';']).map_or(floor, |i| floor + i);
        at = floor + sentence[floor..at].rfind(part)?;
    }
    Some((at, distance))
}

fn forbidden(window: &Window, start: usize, indicator: &Indicator) -> bool {
    let from = clause_start(window.sentence, start.min(window.number.start)).max(if start >= window.from {
        window.from
    } else {
        0
    });
    let region = &window.sentence[from.min(window.number.start)..window.to];
    indicator.never.iter().any(|word| region.contains(word.as_str()))
}

/// The figure of a disclosure channel, or of all of them.
fn channel(window: &Window, id: &str) -> Option<Id> {
    static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)(?:公开|发布|推送|更新|上传|刊登|刊发|编发|公布)了?的?
            (?:各类|各种|各项|相关|有关|应当|应|可|政府|政务|公开|主动|工作|动态|原创|宣传|最新|图文|本机关|机关|共|全年|累计|合计|总计|、|和|等|及|我局|本单位|官方|新闻)*
            (?:信息|文章|稿件|消息|新闻|资讯|推文|推送|动态|内容|微信|微博|博文|条目)?
            (?:数量|总数|总量|数|量|共|共计|总计|合计|达到|达|为|约|有|计|分别|累计|信息|，|,|（|\(|：|:|\s)*$",
        )
        .expect("the pattern is fixed")
    });
    static BARE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?:微信|微博|公众号|网站|两微|网)(?:公众号|平台|客户端|信息|公开|发布|上|共|为|：|:|数|[）)]|\s)*$",
        )
        .expect("the pattern is fixed")
    });
    static MULTI: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"等(?:多种|各种|多个|各类)?(?:形式|方式|渠道|途径|载体|媒体|平台)|多种(?:形式|方式|渠道)|各种(?:形式|方式|渠道)").expect("the pattern is fixed")
    });
    let sentence = window.sentence;
    let clause = clause_start(sentence, window.number.start).max(window.from);
    let own = &sentence[window.from..window.number.start];
    let near = &sentence[clause..window.number.start];
    let behind = &sentence[window.number.end..window.to];
    let object = OBJECT.is_match(near)
        || ["信息", "政府信息", "政务信息", "文章", "推文", "微信", "微博", "消息"].iter().any(|w| {
            behind.starts_with(w) && (near.contains("公开") || near.contains("发布") || near.contains("推送"))
        });
    if !object && !BARE.is_match(near) {
        return None;
    }
    let named = |text: &str| {
        [
            text.contains("网站") || text.contains("门户网") || text.contains("政务网"),
            text.contains("微信") || text.contains("公众号"),
            text.contains("微博") || text.contains("新浪@"),
            text.contains("公报"),
            [
                "报刊",
                "电视",
                "广播",
                "报纸",
                "公告栏",
                "公示栏",
                "客户端",
                "今日头条",
                "抖音",
                "短视频",
                "新媒体",
                "电子屏",
                "显示屏",
                "其他方式",
                "其他渠道",
                "查阅点",
            ]
            .iter()
            .any(|w| text.contains(w)),
        ]
    };
    let mut channels = if sentence[window.from..].starts_with('、') { named(near) } else { named(own) };
    // 平台受理诉求20件，发布信息30条: a bare verb takes the subject before it.
    let bare = ["发布", "推送", "更新", "共发布", "共推送", "累计发布", "编发"]
        .iter()
        .any(|verb| near.trim_start().starts_with(verb));
    if bare && channels == [false; 5] && !near.contains("政府信息") && !near.contains("主动公开") {
        let clauses = &sentence[..window.from];
        let stop = clauses.rfind(['；', ';']).map_or(0, |i| i + 1);
        channels = named(clauses.get(stop..).unwrap_or(clauses));
    }
    let count = channels.iter().filter(|c| **c).count();
    let whole = near.contains("公开")
        || near.contains("政府信息")
        || near.contains("政务信息")
        || behind.starts_with("政府信息");
    let all = (near.contains("主动公开") || own.contains("主动公开")) && (count != 1 || MULTI.is_match(own));
    match (count, channels) {
        _ if MULTI.is_match(own) => all.then_some(Id::Borrowed("proactive_total")),
        (0, _) => whole.then_some(Id::Borrowed("proactive_total")).filter(|_| id == "proactive_total"),
        (1, [true, ..]) => Some(Id::Borrowed("proactive_website")),
        (1, [_, true, ..]) => Some(Id::Borrowed("proactive_wechat")),
        (1, [_, _, true, ..]) => Some(Id::Borrowed("proactive_weibo")),
        (2, [false, true, true, ..]) => Some(Id::Borrowed("proactive_weibo_wechat")),
        _ => all.then_some(Id::Borrowed("proactive_total")),
    }
}

/// Two things that one number counts together (行政复议、行政诉讼3件) are the figure of neither.
pub(super) fn is_joint(window: &Window, id: &str) -> bool {
    static JOINT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:复议|诉讼|举报|投诉|申诉)(?:案件|申请)?(?:和|及|与|、|或者?|以及|暨)(?:被?提起)?(?:行政)?(?:复议|诉讼|举报|投诉|申诉)(?:案件|情况)?(?:共|共计|总计|合计|各|均|分别)*$").expect("the pattern is fixed")
    });
    let own = &window.sentence[window.from..window.number.start];
    matches!(id, "review_total" | "litigation_total") && JOINT.is_match(own.trim_end())
}
