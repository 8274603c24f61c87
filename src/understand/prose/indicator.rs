//! Which indicator of the dictionary a number in a sentence states, if any.
//!
//! A word of the dictionary must stand before the number, no further back than the number before it, or right behind it
//! (收到13件申请). The nearest word wins, then the one without a gap, then the longest. Channels of disclosure are told apart by
//! what is named: one channel is that channel's figure, several together are nobody's alone.

use super::number::Number;
use super::text::clause_start;
use crate::model::Id;
use crate::model::form::Indicator;

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
    end: usize,
    distance: usize,
    gaps: usize,
    length: usize,
}

/// The indicator a number states, and where the words that say so end: what names one number names no other.
pub(super) fn find(window: &Window, dictionary: &[Indicator]) -> Option<(Id, usize)> {
    if is_example(window) || is_average(window) {
        return None;
    }
    let mut best: Option<Hit> = None;
    for indicator in dictionary {
        if !indicator.units.contains(&window.number.unit) {
            continue;
        }
        for word in &indicator.words {
            let Some((start, end, distance)) = locate(window, word) else { continue };
            if forbidden(window, start, end, indicator)
                || indicator.id == "requests_answered" && is_open(window, start, end)
                || matches!(
                    indicator.id.as_ref(),
                    "requests_received" | "denied_total" | "granted" | "partially_granted"
                ) && is_sorting(window)
                || matches!(indicator.id.as_ref(), "requests_received" | "requests_answered")
                    && is_foreign(window, start, end)
            {
                continue;
            }
            let hit = Hit { indicator, end, distance, gaps: usize::from(word.contains('…')), length: word.len() };
            let better = best.as_ref().is_none_or(|b| {
                (hit.distance, hit.gaps, usize::MAX - hit.length) < (b.distance, b.gaps, usize::MAX - b.length)
            });
            if better {
                best = Some(hit);
            }
        }
    }
    let Hit { indicator, end, .. } = best?;
    let id = indicator.id.clone();
    let id = if id.starts_with("proactive_") && id != "proactive_gazette" { channel(window, &id)? } else { id };
    Some((id, end))
}

/// Where a word starts and ends and how far it stands from the number; its last part must be the number's own.
fn locate(window: &Window, word: &str) -> Option<(usize, usize, usize)> {
    let parts: Vec<&str> = word.split('…').filter(|p| !p.is_empty()).collect();
    let across = word.contains("……");
    let (last, earlier) = parts.split_last()?;
    let sentence = window.sentence;
    let before = &sentence[window.from..window.number.start];
    let behind = &sentence[window.number.end..window.to];
    // Behind the number only when nothing of its own kind stands before it, so that 收到申请13件答复 keeps its order.
    let (mut at, distance) = match before.rfind(last).filter(|found| is_near(&before[found + last.len()..])) {
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
    let end = at + last.len();
    for part in earlier.iter().rev() {
        let floor = at.saturating_sub(GAP);
        let floor = (floor..=at).find(|i| sentence.is_char_boundary(*i)).unwrap_or(at);
        // A gap never reaches over a semicolon: what stands behind one is another matter.
        let floor = sentence[floor..at].rfind(['；', ';']).map_or(floor, |i| floor + i);
        // Nor over another number or a comma, unless the word says so: 建议35件、提案42件 are two things.
        let floor = if across { floor } else { floor.max(window.from.min(at)).max(clause_start(sentence, at)) };
        at = floor + sentence[floor..at].rfind(part)?;
    }
    Some((at, end, distance))
}

/// Nothing but 共, 达, 全年 may stand in a clause between the word and the number (召开新闻发布会，全年共5次).
fn is_near(between: &str) -> bool {
    patterns! { FILLER = r"^(?:\s|全年|本年度?|今年|20[0-9]{2}年度?|共计?|总计|合计|累计|总数|总量|数量|金额|数|达到?|为|有|约|已|了|分别|其中|，|,|：|:)*$"; }
    between.rfind(['，', ',', '；', ';', '：', ':']).is_none_or(|comma| FILLER.is_match(&between[comma..]))
}

/// 受理低保申请、收到入学申请: an application for something else than information. Only applicants and manners may stand inside.
fn is_foreign(window: &Window, start: usize, end: usize) -> bool {
    patterns! { PLAIN = r"^(?:收到|受理|接到|接收|新收|办理|处理|答复|回复|办结|申请|公民|法人|自然人|其他|其它|组织|个人|企业|群众|社会|公众|各类|各种|有效|书面|网上|网络|在线|当面|现场|信函|来信|提交|提出|通过|总数|总量|数量|共计?|了|的|和|或者?|及|与|、|，|,|以|在|我局|本机关|本局|我委|我办|全年|今年|人|[0-9０-９,，.]+|[件条项起次份宗例]|\s)*$"; }
    let (from, to) = (window.number.start.clamp(start, end), window.number.end.clamp(start, end));
    let named = format!("{}{}", &window.sentence[start..from], &window.sentence[to..end]);
    !named.contains("公开") && !named.contains("信息") && !PLAIN.is_match(&named)
}

/// 日均接听咨询电话7人次 is no count of the year.
fn is_average(window: &Window) -> bool {
    let clause = &window.sentence[clause_start(window.sentence, window.number.start)..window.number.start];
    ["日均", "月均", "年均", "人均", "平均"].iter().any(|word| clause.contains(word))
}

/// 一件答复因检索不全面被复议机关纠正: an answer that something happened to, not all that were given. Nor is 1件尚在答复状态中 one, nor 除1件撤回外.
fn is_example(window: &Window) -> bool {
    patterns! { UNDONE = r"^(?:申请)?(?:尚|正|仍|还|待)[^，,。；;]{0,8}(?:答复|办理|办结)|^答复[^，,。；;]*被[^，,。；;]*(?:纠正|纠错|撤销|责令|确认违法)"; }
    let before = window.sentence[..window.number.start].trim_end();
    before.ends_with("除") || before.ends_with("除了") || UNDONE.is_match(&window.sentence[window.number.end..])
}

/// 未答复2件, 1件转2022年答复, 1件答复内容: nothing that was answered.
fn is_open(window: &Window, start: usize, end: usize) -> bool {
    patterns! { ONWARD = r"^(?:的?申请)?(?:结转|转结|转)(?:至|到|入)?(?:下|明年|次年|20[0-9]{2}年)"; }
    window.sentence[..start].ends_with(['未', '待'])
        || window.sentence[end..].starts_with("内容")
        || ONWARD.is_match(&window.sentence[window.number.end..])
}

/// 制作政府信息614条，其中不予公开583条; 主动公开信息90条，依申请公开信息3条: how an agency sorts what it makes, not what it answers.
fn is_sorting(window: &Window) -> bool {
    patterns! {
        MADE = r"(?:制作|获取|产生|形成|生成|制发|发文|印发|制定|主动公开)[^，,。；;]{0,18}[0-9]";
        CAME = "收到|受理|接到|接收|新收|办理";
    }
    let before = &window.sentence[..window.number.start];
    // 依申请公开 is also one of the sorts.
    MADE.find(before).is_some_and(|made| {
        !before[..made.start()].contains("申请")
            && !before.replace("依申请公开", "").contains("申请")
            && !CAME.is_match(&before[made.end()..])
    })
}

fn forbidden(window: &Window, start: usize, end: usize, indicator: &Indicator) -> bool {
    let from = clause_start(window.sentence, start.min(window.number.start)).max(if start >= window.from {
        window.from
    } else {
        0
    });
    // 残疾人技能培训6期，培训320人次: what was taught is said once, and so are the fees of 行政事业性收费1项，总额4万元.
    let from = match indicator.id.as_ref() {
        "trainees" | "fees_collected" => window.sentence[..from].rfind(['；', ';']).unwrap_or(0),
        _ => from,
    };
    // 窗口人员45名，其中专职3名: no staff of disclosure.
    if indicator.id.starts_with("staff_") && window.sentence[..start].contains("窗口") {
        return true;
    }
    let region = &window.sentence[from.min(window.number.start)..end.max(window.number.end)];
    indicator.never.iter().any(|word| region.contains(word.as_str()))
}

/// The figure of a disclosure channel, or of all of them.
fn channel(window: &Window, id: &str) -> Option<Id> {
    patterns! {
        OBJECT = r"(?x)(?:公开|发布|推送|更新|上传|刊登|刊发|编发|公布|发文|推文)了?的?
            (?:各类|各种|各项|相关|有关|应当|应|可|政府|政务|公开|主动|工作|动态|原创|宣传|最新|图文|本机关|机关|共|全年|累计|合计|总计|、|和|等|及|我局|本单位|官方|新闻|公众号|微信|微博|网站|政务网)*
            (?:信息|文章|稿件|消息|新闻|资讯|推文|推送|动态|内容|微信|微博|博文|条目)?
            (?:数量|总数|总量|数|量|共|共计|总计|合计|达到|达|为|约|有|计|分别|累计|信息|，|,|（|\(|：|:|\s)*$";
        BARE = r"(?:微信|微博|公众号|网站|两微|网)(?:公众号|平台|客户端|信息|公开|发布|上|共|为|：|:|数|[）)]|\s)*$";
        MULTI = r"等(?:多种|各种|多个|各类)?(?:形式|方式|渠道|途径|载体|媒体|平台)|多种(?:形式|方式|渠道)|各种(?:形式|方式|渠道)|(?:报刊|报纸|广播|电视|媒体)等[^，,。；;]{0,4}公开政府信息";
    }
    let sentence = window.sentence;
    let clause = clause_start(sentence, window.number.start).max(window.from);
    // 充分运用公众号、公示栏等平台,其中微信公众号发布85条: the part is a matter of its own.
    let own = window.from.max(sentence[..window.number.start].rfind("其中").unwrap_or(0));
    let own = &sentence[own..window.number.start];
    let near = &sentence[clause..window.number.start];
    // 增强新媒体的作用，共发布微博150篇: the clause says which one.
    let own = if BARE.is_match(near) { near } else { own };
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
            text.contains("网站")
                || text.contains("官网")
                || text.contains("政府网")
                || text.contains("门户网")
                || text.contains("政务网")
                || text.contains("公开网"),
            text.contains("微信") || text.contains("公众号"),
            text.contains("微博") || text.contains("新浪@"),
            text.contains("公报"),
            "报刊 电视 广播 报纸 公告栏 公示栏 客户端 今日头条 抖音 短视频 新媒体 电子屏 显示屏 其他方式 其他渠道 查阅点"
            .split(' ')
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
    // 印发公报10期，公开政府信息107条: whether that is the channel's or everything is not said.
    let earlier = &sentence[sentence[..window.from].rfind(['；', ';']).unwrap_or(0)..window.from];
    if count == 0 && !near.contains("主动公开") && !near.contains('共') && named(earlier) != [false; 5] {
        return None;
    }
    let whole = near.contains("公开")
        || near.contains("政府信息")
        || near.contains("政务信息")
        || behind.starts_with("政府信息");
    let all = (near.contains("主动公开") || own.contains("主动公开")) && (count != 1 || MULTI.is_match(own));
    match (count, channels) {
        _ if MULTI.is_match(own) => {
            (all || count != 1 && near.contains("公开政府信息")).then_some(Id::Borrowed("proactive_total"))
        }
        (0, _) => whole.then_some(Id::Borrowed("proactive_total")).filter(|_| id == "proactive_total"),
        (1, [true, ..]) => Some(Id::Borrowed("proactive_website")),
        (1, [_, true, ..]) => Some(Id::Borrowed("proactive_wechat")),
        (1, [_, _, true, ..]) => Some(Id::Borrowed("proactive_weibo")),
        (2, [false, true, true, ..]) => Some(Id::Borrowed("proactive_weibo_wechat")),
        _ => all.then_some(Id::Borrowed("proactive_total")),
    }
}

/// Two things that one number counts together (行政复议、行政诉讼3件, 信函、传真申请46件, 政务信息、政策解读共259条) are the figure of neither.
pub(super) fn is_joint(window: &Window, id: &str) -> bool {
    const CHANNEL: &str = "(?:当面|现场|信函|信件|来信|邮寄|传真|网络|网上|在线|电子邮件|邮件|电话)";
    const THING: &str =
        "(?:政策解读|解读(?:稿件|材料|信息|文章|产品)|新闻发布会|在线访谈|网上访谈|网络访谈|规范性文件)";
    patterns! {
        CASES = r"(?:复议|诉讼|举报|投诉|申诉)(?:案件|申请)?(?:和|及|与|、|或者?|以及|暨)(?:被?提起)?(?:行政)?(?:复议|诉讼|举报|投诉|申诉)(?:案件|情况)?(?:共|共计|总计|合计|均|分别)*$";
        CHANNELS = format!(r"{CHANNEL}(?:申请|提交|递交|方式|形式|接收)*(?:和|及|与|、|或者?|以及|/){CHANNEL}(?:等|的|申请|提交|递交|提出|方式|形式|渠道|途径|接收|共计?|合计|为|有)*$");
        LISTED = format!(r"(?:(?P<one>[^、，,；;：:和及与]{{2,}})(?:、|和|及|与|以及)(?:相关|有关|各类|重要)?{THING}|{THING}(?:稿件|材料|信息|文章|产品|活动)?(?:、|和|及|与|以及)(?P<other>[^，,；;：:]{{2,}}))[^，,；;：:]*$");
        // 图解、解读稿件18篇: kinds of one thing.
        KIND = "解读|图解|图文|图示|视频|动漫|音频|问答|H5";
    }
    let own = window.sentence[window.from..window.number.start].trim_end();
    match id {
        "review_total" | "litigation_total" => CASES.is_match(own),
        "policy_interpretations" | "press_conferences" | "web_interviews" | "normative_documents_issued" => {
            let sibling = LISTED.captures(own).and_then(|listed| listed.name("one").or(listed.name("other")));
            sibling.is_some_and(|sibling| id != "policy_interpretations" || !KIND.is_match(sibling.as_str()))
        }
        _ if id.starts_with("received_") => CHANNELS.is_match(own),
        _ => false,
    }
}
