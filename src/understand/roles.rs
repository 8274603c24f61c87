//! What each line is: title, page furniture, metadata, prose, table, blank; and the fields of the metadata rows.
//!
//! In: a [`Draft`]. Out: one [`Role`] per line, the title and the fields with their places. Furniture and metadata are looked for
//! above the body and below it; inside the body a sentence that merely has such a word stays prose. Must never drop a line.

use super::labels::{Label, fields};
use crate::model::report::Role;
use crate::model::source::{Draft, Line, Span};
use std::collections::BTreeSet;

/// One field of a metadata row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub label: Label,
    /// Its text, never empty.
    pub value: String,
    /// Where the value stands.
    pub at: Span,
    /// Whether it stands above the body.
    pub above: bool,
}

/// The report's title as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Its text; the parts of a title broken over lines are joined.
    pub text: String,
    /// Where its last part stands.
    pub at: Span,
}

/// The first pass over a draft.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// One per line.
    pub roles: Vec<Role>,
    /// The title, if the text has one.
    pub title: Option<Title>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Dates that stand alone under the title, indices of lines.
    pub loose_dates: Vec<usize>,
}

impl Reading {
    /// The lines of some roles.
    pub fn lines<'a>(&'a self, draft: &'a Draft, roles: &'static [Role]) -> impl Iterator<Item = &'a Line> {
        draft.lines.iter().zip(&self.roles).filter(|(_, role)| roles.contains(role)).map(|(line, _)| line)
    }
}

patterns! {
    FURNITURE = concat!(
        r"^(?:[【\[(（〖]?\s*(?:打印本?页?|打印此页|打印文章|我要打印|关闭窗口|关闭本?页?|关闭|返回顶部|返回首页|返回列表|返回|收藏本?页?|加入收藏|设为首页|推荐|纠错|分享|分享到|",
        r"TOP|回到顶部|下载|全文下载|保存|微信|微博|新浪微博|腾讯微博|QQ空间|扫一扫|更多|繁体|简体|无障碍(?:浏览|阅读)?|登录|注册|RSS|首页|网站地图|联系我们|关于我们|网站声明|隐私声明|版权声明|大|中|小|",
        r"[-+AaT])\s*[】\])）〗]?[\s|｜·,/-]*)+[:：]?$",
        r"|^(?:您?(?:当前|现在|所在)的?位置|当前栏目|您?所在栏目|您现在位于|位置)\s*[:：是]",
        r"|^[>＞»›]",
        r"|^首页\s*[>＞»›/\-]",
        r"|^(?:上|下)一?[篇条页]\s*[:：]",
        r"|^(?:相关(?:链接|文章|新闻|信息|稿件|阅读|附件)|热门(?:文章|信息|点击)|最新(?:文章|信息)|友情链接|推荐阅读)\s*[:：]?",
        r"|扫一扫.*(?:手机|分享|关注|打开)|手机(?:扫码|打开当前页)|分享到.{0,6}(?:微信|朋友圈|微博)",
        r"|ICP备|公网安备|网站标识码|(?i:copyright)|©|版权所有|all rights reserved|建议使用.{0,12}(?:浏览器|分辨率)|最佳浏览",
        r"|^(?:主办(?:单位)?|承办(?:单位)?|技术支持|协办(?:单位)?|维护(?:单位)?|网站(?:管理|维护|主办))\s*[:：]",
        r"|您是第.{0,12}(?:访客|访问)|访问(?:总量|人数)\s*[:：]?\s*\d",
        r"|^(?:字号|字体)\s*[:：]?\s*[\[【(]?\s*(?:大|小|[TtAa][+-]?|\])|^[\[【(]\s*大\s+中\s+小",
        r"|^(?:广告|赞助商|推广)\s*[:：]?$|(?:免费下载|代写|范文网|文库|点击下载全文|加微信|加QQ群|优惠券)",
    );
    TITLE_END = r"(?:报告|年报|总结|统计表|情况表|汇总表|报表|情况|通知|公告|通告|公示|说明|信息)(?:书)?$";
    TITLE_TAIL = r"\s*(?:[(（【\[][^()（）]{1,40}[)）】\]]|[-—–]{1,2}[^-—–]{2,30})$";
    ORDINAL = r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．,，]|[(（]\s*[一二三四五六七八九十\d]{1,3}\s*[)）]|\d{1,2}\s*[.．、](?:[^\d]|$)|第[一二三四五六七八九十\d]{1,3}[章部节条])";
    /// A line that is a date and nothing more, a weekday or a time of day allowed.
    DATE_ALONE = r"^[(（]?\s*(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{4}\s*年\s*\d{1,2}\s*月|[〇○零一二三四五六七八九OＯ０]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)(?:\s*\d{1,2}\s*[:：]\s*\d{1,2}(?:[:：]\d{1,2})?)?\s*[)）]?$";
    NUMBER_CELL = r"^[-+]?[\d,，.]+\s*(?:%|件|条|万元|元|个|人|次|项)?$|^[/—–-]{1,2}$";
    /// What goes on behind a figure that markup set apart from its sentence.
    BROKEN_OFF = concat!(
        r"^(?:[,，、。；;]|[余多]?[万亿]?[余多]?",
        r"(?:条|件|人次|次|人|名|个|项|篇|份|期|册|元|%|％|起|宗|场|家|处)[^|]{0,24}[,，。；;])"
    );
    /// A date, perhaps with a time of day, before something else.
    DATE_FIRST = r"^\s*\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\s|｜]+";
}
/// What a field says that has no value.
const NOTHING: &[&str] = &["无", "暂无", "/", "-", "--", "—", "——"];

/// Whether a line opens with an ordinal of the outline.
pub fn has_ordinal(text: &str) -> bool {
    ORDINAL.is_match(text)
}

/// Whether a line is a date and nothing more.
pub fn is_date(text: &str) -> bool {
    DATE_ALONE.is_match(text)
}

/// Whether a line is a figure or a dash and nothing more, as in the cell of a table.
pub fn is_cell(text: &str) -> bool {
    NUMBER_CELL.is_match(text)
}

/// Whether a text reads as the title of a report of this kind.
pub fn is_title(text: &str) -> bool {
    let length = text.chars().count();
    if !(6..=80).contains(&length) || text.contains(['。', '；', '！', '？']) || has_ordinal(text) {
        return false;
    }
    let mut bare = text.trim_end_matches(['"', '”', '》', ' ']);
    // 2020-2021学年 is no title with something behind it.
    let behind = |bare: &'_ str| TITLE_TAIL.find(bare).map(|tail| tail.start());
    while let Some(tail) = behind(bare).filter(|&at| !bare[..at].ends_with(|c: char| c.is_ascii_digit())) {
        bare = &bare[..tail];
    }
    let about = ["公开", "年度报告", "年报", "政府网站"].iter().any(|w| text.contains(w));
    let opens_a_sentence =
        ["现将", "根据", "按照", "本报告", "本年报", "为了", "以下", "附件", "附:", "附：", "依据", "上一篇", "下一篇"];
    about
        && (TITLE_END.is_match(bare) || bare.ends_with("公开"))
        && !bare.ends_with("有关情况")
        && !opens_a_sentence.iter().any(|w| text.starts_with(w))
        && !text.contains([':', '：'])
        && !text.contains('>')
}

/// The first pass: everything but headings and claimed tables.
pub fn read(draft: &Draft) -> Reading {
    let lines = &draft.lines;
    let text = |i: usize| lines[i].text.trim();
    let mut reading = Reading { roles: vec![Role::Prose; lines.len()], ..Reading::default() };
    let grids = grid_lines(draft);
    for (i, role) in reading.roles.iter_mut().enumerate() {
        if text(i).is_empty() {
            *role = Role::Blank;
        } else if i < draft.front as usize {
            *role = Role::Meta;
        }
    }
    let filled: Vec<usize> = (draft.front as usize..lines.len()).filter(|&i| !text(i).is_empty()).collect();
    find_title(draft, &filled, &mut reading);
    let below_title = filled.iter().rposition(|&i| reading.roles[i] == Role::Title).map_or(0, |p| p + 1);

    // Above the title: whatever is not metadata is furniture of the page.
    let mut pending = None;
    for &i in filled.iter().take(below_title) {
        if reading.roles[i] == Role::Title {
            pending = None;
            continue;
        }
        reading.roles[i] = match metadata(draft, i, &mut pending, true, &grids, &mut reading.fields) {
            Some(role) => role,
            None => Role::Chrome,
        };
    }
    // Between the title and the body.
    let mut body = below_title;
    let mut pending = None;
    while let Some(&i) = filled.get(body) {
        let role = metadata(draft, i, &mut pending, true, &grids, &mut reading.fields);
        let role = role.or_else(|| (reading.title.is_some() && furniture_word(text(i))).then_some(Role::Chrome));
        let role = role.or_else(|| {
            (is_date(text(i)) && filled.get(body + 1).is_some_and(|&next| !is_cell(text(next)))).then(|| {
                reading.loose_dates.push(i);
                Role::Meta
            })
        });
        let Some(role) = role else { break };
        reading.roles[i] = role;
        body += 1;
    }
    // Below the body, from the end upwards.
    let mut end = filled.len();
    let mut unsure = 0;
    let mut cursor = filled.len();
    while cursor > body {
        let i = filled[cursor - 1];
        let mut none = None;
        let mut fields = Vec::new();
        if let Some(role) = metadata(draft, i, &mut none, false, &grids, &mut fields) {
            reading.roles[i] = role;
            reading.fields.extend(fields);
            for &between in &filled[cursor..end] {
                if reading.roles[between] == Role::Prose {
                    reading.roles[between] = Role::Chrome;
                }
            }
            end = cursor - 1;
            unsure = 0;
        } else if unsure < 4
            && text(i).chars().count() <= 50
            && !text(i).contains('。')
            && !has_ordinal(text(i))
            && !is_date(text(i))
            && !grids.contains(&i)
            && !is_cell(text(i))
        {
            unsure += 1;
        } else {
            break;
        }
        cursor -= 1;
    }
    // Unmistakable furniture inside the body: a whole line of page buttons.
    for &i in &filled[body.min(end)..end] {
        if !grids.contains(&i) && buttons_only(text(i)) {
            reading.roles[i] = Role::Chrome;
        }
    }
    mark_tables(draft, &filled[body.min(end)..end], &grids, &mut reading.roles);
    reading
}

/// Indices of lines that stand in a table by markup.
fn grid_lines(draft: &Draft) -> BTreeSet<usize> {
    draft.grids.iter().flat_map(|g| &g.cells).filter(|c| c.line > 0).map(|c| c.line as usize - 1).collect()
}

/// How much of a title a text is: 0 for none, more for a year, a body and a proper end.
fn rank(text: &str) -> u8 {
    patterns! { YEAR = r"(?:19|20)\d\d|[一二][〇○零一二三四五六七八九OＯ０]{3}"; }
    if !is_title(text) {
        return 0;
    }
    let weak = ["公开", "信息", "情况"].iter().any(|w| text.ends_with(w));
    let year = YEAR.is_match(text);
    if weak && !year {
        return 0;
    }
    1 + 2 * u8::from(year) + 2 * u8::from(super::agency::in_title(text).is_some()) + u8::from(!weak)
}

/// Finds the title among the lines above the body. It may be broken over two or three lines.
fn find_title(draft: &Draft, filled: &[usize], reading: &mut Reading) {
    let text = |i: usize| draft.lines[i].text.trim();
    let mut window = Vec::new();
    for &i in filled.iter().take(120) {
        let line = text(i);
        let sentence = line.contains('。') && line.chars().count() > 50;
        if (has_ordinal(line) && !heading_markup(draft, i)) || sentence {
            break;
        }
        window.push(i);
    }
    let labelled = |i: usize| !fields(text(i)).is_empty() || FURNITURE.is_match(text(i));
    let joined = |from: usize, to: usize| window[from..=to].iter().map(|&i| text(i)).collect::<Vec<_>>().join("");
    // The best title names its body and its year; a column of the site (政府信息公开年报) does neither. The first of equals wins,
    // a title on one line before one broken over several.
    let mut found: Option<(u8, (usize, usize))> = None;
    for width in [1usize, 2, 3] {
        for from in 0..(window.len() + 1).saturating_sub(width) {
            let to = from + width - 1;
            let apart = window[from..=to].windows(2).any(|w| w[1] - w[0] > 2);
            if apart || window[from..=to].iter().any(|&i| labelled(i) || is_date(text(i))) {
                continue;
            }
            let part = |&i: &usize| text(i).chars().count() <= 40 && (width == 1 || rank(text(i)) < 6);
            let whole = joined(from, to);
            let rank = rank(&whole);
            if rank > 0
                && (width == 1 || window[from..=to].iter().all(part))
                && found.is_none_or(|(best, _)| rank > best)
            {
                found = Some((rank, (from, to)));
            }
        }
    }
    let found = found.map(|(_, place)| place);
    let Some((from, mut to)) = found else { return };
    // The end of a long title (…的通知) on a line of its own, a year alone below.
    if let Some(&below) = window.get(to + 1)
        && below == window[to] + 1
        && text(below).chars().count() <= 20
        && ["通知", "公告", "通告", "的报告"].iter().any(|w| text(below).ends_with(w))
        && is_title(&joined(from, to + 1))
    {
        to += 1;
    }
    patterns! { YEAR_ALONE = r"^[(（]?\s*(?:\d{4}|[〇○零一二三四五六七八九]{4})\s*年?度?\s*[)）]?$"; }
    if let Some(&below) = window.get(to + 1)
        && YEAR_ALONE.is_match(text(below))
        && below <= window[to] + 2
    {
        to += 1;
    }
    let last = &draft.lines[window[to]];
    let (start, end) = trimmed(&last.text);
    reading.title = Some(Title { text: cut_site_name(&joined(from, to)).to_owned(), at: last.origin(start, end) });
    for &i in &window[from..=to] {
        reading.roles[i] = Role::Title;
    }
    // The same title again (page title, then the article's own).
    for &i in &window[to + 1..] {
        if text(i) == text(window[to]) {
            reading.roles[i] = Role::Title;
        }
    }
}

/// `…年度报告_某某市人民政府`: the site's name behind the title. A body behind a title without one is the reporting body.
fn cut_site_name(title: &str) -> &str {
    let Some(at) = title.find(['_', '|', '-', '–', '—']) else { return title };
    let (own, site) = (title[..at].trim(), title[at..].trim_matches(['_', '|', '-', '–', '—', ' ']));
    let cut = is_title(own) && (super::agency::in_title(own).is_some() || !super::agency::is_body(site));
    if cut { own } else { title }
}

/// Level of a Markdown or HTML heading whose marks `read` took away.
pub fn markup_level(draft: &Draft, i: usize) -> Option<u8> {
    draft.headings.iter().find(|heading| heading.line == draft.lines[i].no).map(|heading| heading.level)
}

fn heading_markup(draft: &Draft, i: usize) -> bool {
    markup_level(draft, i) == Some(1)
}

/// Byte range of a line without the white space around it.
pub fn trimmed(text: &str) -> (usize, usize) {
    let start = text.len() - text.trim_start().len();
    (start, start + text.trim().len())
}

/// Reads a row of metadata or furniture; `pending` carries a label whose value stands on the next line.
fn metadata(
    draft: &Draft,
    i: usize,
    pending: &mut Option<(Label, usize)>,
    above: bool,
    grids: &BTreeSet<usize>,
    out: &mut Vec<Field>,
) -> Option<Role> {
    let line = &draft.lines[i];
    let text = line.text.as_str();
    let trim = text.trim();
    let length = trim.chars().count();
    let waiting = pending.take();
    let mut rows = if length <= 300 { fields(text) } else { Vec::new() };
    // 2024-03-04 09:30 来源：某某局: the page's date needs no label before another field.
    if rows.is_empty()
        && length <= 300
        && let Some(date) = DATE_FIRST.find(text)
    {
        rows = fields(&text[date.end()..]).into_iter().filter(|r| r.2).collect();
        for (_, value, _) in &mut rows {
            *value = value.start + date.end()..value.end + date.end();
        }
        if !rows.is_empty() {
            let (start, end) = trimmed(date.as_str());
            rows.insert(0, (Label::Published, start..end, true));
        }
    }
    let sentence =
        trim.ends_with(['。', '；']) || (trim.contains('。') && rows.first().is_none_or(|r| r.0 != Label::Other));
    if !rows.is_empty() && !sentence {
        let lone = rows.len() == 1 && !rows[0].2;
        let fits = |label: Label, value: &str| match label {
            Label::Published | Label::Written => {
                value.is_empty() || value.starts_with(|c: char| c.is_ascii_digit() || "二".contains(c))
            }
            Label::Other | Label::Furniture => true,
            _ => value.chars().count() <= 60,
        };
        let plain_words = |value: &str| value.chars().count() <= 25 && !value.contains([',', '，', '、']);
        let good = rows.iter().all(|(label, value, _)| fits(*label, &text[value.clone()]))
            && (!lone
                || matches!(rows[0].0, Label::Index | Label::Published | Label::Written)
                || plain_words(&text[rows[0].1.clone()]));
        if good {
            let mut role = Role::Chrome;
            for (label, value, closed) in &rows {
                if *label != Label::Furniture {
                    role = Role::Meta;
                }
                let words = &text[value.clone()];
                if words.is_empty() {
                    if *closed || above && rows.len() == 1 || grids.contains(&i) {
                        *pending = Some((*label, i));
                    }
                } else if !matches!(label, Label::Furniture | Label::Other) && !NOTHING.contains(&words) {
                    out.push(Field {
                        label: *label,
                        value: words.to_owned(),
                        at: line.origin(value.start, value.end),
                        above,
                    });
                }
            }
            if rows.len() > 1 && !grids.contains(&i) {
                *pending = None;
            }
            return Some(role);
        }
    }
    if FURNITURE.is_match(trim) && (length <= 120 || trim.contains('>')) && !trim.ends_with('。') {
        return Some(Role::Chrome);
    }
    // The value of a label that stood alone on the line before.
    if let Some((label, at)) = waiting
        && (i == at + 1 || i <= at + 3 && draft.lines[at + 1..i].iter().all(|l| l.text.trim().is_empty()))
        && length <= 40
        && !trim.contains('。')
        && !has_ordinal(trim)
        && !is_title(trim)
    {
        let date = matches!(label, Label::Published | Label::Written);
        let digit = trim.starts_with(|c: char| c.is_ascii_digit());
        let body = matches!(label, Label::Publisher | Label::Source) && super::agency::is_body(trim);
        if date == is_date(trim) && (date || digit || body) {
            if label == Label::Furniture {
                return digit.then_some(Role::Chrome);
            }
            if label != Label::Other {
                let (start, end) = trimmed(text);
                out.push(Field { label, value: trim.to_owned(), at: line.origin(start, end), above });
            }
            return Some(Role::Meta);
        }
    }
    None
}

/// A whole line of buttons, beyond doubt even inside a text.
fn buttons_only(text: &str) -> bool {
    text.chars().count() >= 4
        && ["打印本页", "关闭窗口", "打印此页", "关闭本页", "返回顶部", "扫一扫在手机"]
            .iter()
            .any(|b| text.starts_with(b) || text.starts_with(&format!("【{b}")))
        && FURNITURE.is_match(text)
}

fn furniture_word(text: &str) -> bool {
    matches!(text, "正文" | "正文:" | "全文" | "[ ]" | "【 】" | "—" | "*" | "……")
}

/// Lines that can only be cells: grids, pipe rows, figures standing alone and the short labels between them.
fn mark_tables(draft: &Draft, body: &[usize], grids: &BTreeSet<usize>, roles: &mut [Role]) {
    let text = |i: usize| draft.lines[i].text.trim();
    for &i in body {
        let long = text(i).chars().count() > 80 && text(i).contains('。');
        if roles[i] == Role::Prose && ((grids.contains(&i) && !long) || (text(i).matches('|').count() >= 2)) {
            roles[i] = Role::Table;
        }
    }
    // 共公开信息 / 5928 / 条,其中…: a figure that markup set apart from its sentence is no cell.
    let within = |p: usize| {
        let next = body.get(p + 1).map_or("", |&i| text(i));
        BROKEN_OFF.is_match(next) && p > 0 && !text(body[p - 1]).ends_with(['。', '；', '：', ':'])
    };
    let cells: Vec<usize> = (0..body.len()).filter(|&p| is_cell(text(body[p])) && !within(p)).collect();
    for pair in cells.windows(2) {
        let short = |p: usize| text(body[p]).chars().count() <= 40 && !text(body[p]).ends_with('。');
        if pair[1] - pair[0] <= 5 && (pair[0]..=pair[1]).all(short) {
            for &i in &body[pair[0]..=pair[1]] {
                if roles[i] == Role::Prose {
                    roles[i] = Role::Table;
                }
            }
        }
    }
}
