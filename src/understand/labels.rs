//! Rows of metadata: the closed list of labels, and what stands behind each.
//!
//! In: one line. Out: its fields, empty when the line does not open with a label. Must never take a sentence for a row.

use super::roles::trimmed;
use regex::Regex;
use std::sync::LazyLock;

/// What a metadata label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// 索引号.
    Index,
    /// 文号.
    Document,
    /// 分类.
    Category,
    /// 发布机构.
    Publisher,
    /// 来源.
    Source,
    /// 发布时间.
    Published,
    /// 成文日期.
    Written,
    /// 名称, 标题.
    Title,
    /// Metadata that the contract has no field for.
    Other,
    /// Counters and buttons.
    Furniture,
}

/// Labels by what they stand for, the strict ones (that need no colon) marked.
const LABELS: &[(Label, bool, &str)] = &[
    (Label::Index, true, "信息索引号 信息索引 索引号 索取号"),
    (Label::Document, true, "发文字号 文件编号 公文文号 文号"),
    (Label::Document, false, "文件号"),
    (Label::Category, true, "主题分类 信息分类 信息类别 主题类别 所属主题 信息公开类别 组配分类 公开类别"),
    (Label::Category, true, "分类"),
    (Label::Other, true, "体裁分类 公开属性 更新时间 更新日期 修改时间 公开方式 公开形式 公开范围"),
    (Label::Other, true, "公开时限"),
    (Label::Category, false, "所属栏目 类别 主题"),
    (Label::Publisher, true, "信息发布机构 发布机构 发文机构 发文机关 发文单位 发布部门 填报单位 发布机关"),
    (Label::Publisher, true, "公开主体 公开责任部门"),
    (Label::Publisher, false, "发布单位 责任部门"),
    (Label::Source, false, "信息来源 文章来源 稿件来源 来源单位 供稿单位 来源 来自"),
    (Label::Written, true, "成文日期 成文时间 发文日期 发文时间 生成日期 生成时间 填报日期 填报时间"),
    (Label::Written, true, "填表日期 报送日期 制发日期"),
    (Label::Published, true, "发布日期 发布时间 公开日期 公开时间"),
    (Label::Published, false, "公布日期 录入时间 上传时间 发稿时间 信息时间 日期 时间"),
    (Label::Title, true, "信息名称"),
    (Label::Title, false, "文件名称 名称 标题"),
    (
        Label::Other,
        false,
        "公文类型 公文种类 效力状态 有效状态 统一编号 文件下载 公开程序 内容概述 内容描述 信息概述 生效日期 废止日期 失效日期 有效性 有效期",
    ),
    (Label::Other, false, "时效性 时效 服务对象 主题词 体裁 关键词 关键字 载体类型 语种 责任编辑 信息员"),
    (Label::Other, false, "编辑 作者 撰稿人 审核人 审核 录入"),
    (Label::Furniture, false, "累计次数 浏览次数 浏览量 浏览 阅读次数 阅读量 阅读 访问次数 访问量 点击次数"),
    (Label::Furniture, false, "点击率 点击数 点击量 点击 人气 字体大小 字体 字号 分享到 分享 打印"),
];

/// One by one, longer ones first, for one may begin another.
static NAMES: LazyLock<Vec<(&str, Label, bool)>> = LazyLock::new(|| {
    let of = |(label, strict, names): &(Label, bool, &'static str)| {
        let (label, strict) = (*label, *strict);
        names.split(' ').map(move |name| (name, label, strict))
    };
    let mut names: Vec<_> = LABELS.iter().flat_map(of).collect();
    names.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
    names
});

/// A label at the start of a row, after a separator or glued to the value before it; white space inside it is layout (名　　称).
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let spaced = |label: &str| label.chars().map(String::from).collect::<Vec<_>>().join(r"[\s　]*");
    let all: Vec<_> = NAMES.iter().map(|(label, ..)| spaced(label)).collect();
    Regex::new(&format!(r"(^|[\s|｜【\[(（;；,，>])?({})([\s　]*[】\]]?[\s　]*[:：]|[】\]])?", all.join("|")))
        .expect("a closed list")
});

/// Labels of a row: kind, range of the value, whether a colon or bracket closes the label. Empty when the row opens with no label.
pub fn fields(text: &str) -> Vec<(Label, std::ops::Range<usize>, bool)> {
    let (start, end) = trimmed(text);
    let line = &text[start..end];
    let hits: Vec<_> = LABEL.captures_iter(line).collect();
    let mut out: Vec<(Label, std::ops::Range<usize>, bool)> = Vec::new();
    for (n, hit) in hits.iter().enumerate() {
        let (Some(whole), Some(name)) = (hit.get(0), hit.get(2)) else { continue };
        let plain: String = name.as_str().chars().filter(|c| !c.is_whitespace()).collect();
        let Some(&(_, label, strict)) = NAMES.iter().find(|(l, ..)| *l == plain) else { continue };
        let closed = hit.get(3).is_some();
        // 发布日期：2020-03-10来源：某某局: only with its colon, and a short word only behind a figure.
        if hit.get(1).is_none() {
            let before = line[..whole.start()].chars().next_back();
            let figure = before.is_some_and(|c| c.is_ascii_digit() || c == '日' || c == '次');
            if !closed || out.is_empty() || !(strict || plain.chars().count() > 2 || figure) {
                continue;
            }
        }
        if out.is_empty()
            && n == 0
            && whole.start() > 0
            && !line[..whole.start()].trim_matches(['|', '｜', '【', '[', ' ']).is_empty()
        {
            return Vec::new();
        }
        if !closed && !strict {
            if n == 0 {
                return Vec::new();
            }
            continue;
        }
        if let Some(before) = out.last_mut() {
            before.1.end = whole.start() + start;
        }
        out.push((label, whole.end() + start..end, closed));
    }
    for (_, value, _) in &mut out {
        let raw = &text[value.clone()];
        let (from, to) = trimmed(raw);
        let cut = VALUE_TAIL.find(&raw[from..to]).map_or(to, |m| from + m.start());
        let kept = raw[from..cut].trim_end_matches(|c: char| c.is_whitespace() || "|｜;；,，【[(（】]".contains(c));
        let skipped = kept.len() - kept.trim_start_matches(['|', '｜', ' ']).len();
        *value = value.start + from + skipped.min(kept.len())..value.start + from + kept.len();
        // 文号 | 有效性 |: between two labels without a value stands no value.
        let plain: String = text[value.clone()].chars().filter(|c| !c.is_whitespace()).collect();
        let bare = plain.trim_end_matches([':', '：']);
        let closed = bare.len() < plain.len() && (2..=6).contains(&bare.chars().count());
        if closed || NAMES.iter().any(|(name, ..)| *name == bare) {
            value.end = value.start;
        }
    }
    out
}

patterns! {
    /// Buttons behind the last value of a row.
    VALUE_TAIL = r"(?:\s|^)[【\[(（]?\s*(?:大\s+中\s+小|大\s*\|\s*中|打印|关闭|分享|收藏|纠错|我要纠错|字体|字号|浏览|点击|访问量|视力保护色?)(?:\s|[】\])）:：]|$).*$|\s*\[\s*\]\s*$";
}
