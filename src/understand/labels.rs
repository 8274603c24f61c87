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

/// Labels, the strict ones (that need no colon) marked. Longer labels come first where one begins another.
const LABELS: &[(&str, Label, bool)] = &[
    ("信息索引号", Label::Index, true),
    ("信息索引", Label::Index, true),
    ("索引号", Label::Index, true),
    ("索取号", Label::Index, true),
    ("发文字号", Label::Document, true),
    ("文件编号", Label::Document, true),
    ("公文文号", Label::Document, true),
    ("文件号", Label::Document, false),
    ("文号", Label::Document, true),
    ("主题分类", Label::Category, true),
    ("信息分类", Label::Category, true),
    ("信息类别", Label::Category, true),
    ("体裁分类", Label::Other, true),
    ("主题类别", Label::Category, true),
    ("所属主题", Label::Category, true),
    ("信息公开类别", Label::Category, true),
    ("公开属性", Label::Other, true),
    ("组配分类", Label::Category, true),
    ("公开类别", Label::Category, true),
    ("所属栏目", Label::Category, false),
    ("分类", Label::Category, true),
    ("类别", Label::Category, false),
    ("信息发布机构", Label::Publisher, true),
    ("发布机构", Label::Publisher, true),
    ("发文机构", Label::Publisher, true),
    ("发文机关", Label::Publisher, true),
    ("发文单位", Label::Publisher, true),
    ("发布部门", Label::Publisher, true),
    ("填报单位", Label::Publisher, true),
    ("发布单位", Label::Publisher, false),
    ("发布机关", Label::Publisher, true),
    ("公开主体", Label::Publisher, true),
    ("公开责任部门", Label::Publisher, true),
    ("责任部门", Label::Publisher, false),
    ("信息来源", Label::Source, false),
    ("文章来源", Label::Source, false),
    ("稿件来源", Label::Source, false),
    ("来源单位", Label::Source, false),
    ("供稿单位", Label::Source, false),
    ("来源", Label::Source, false),
    ("来自", Label::Source, false),
    ("成文日期", Label::Written, true),
    ("成文时间", Label::Written, true),
    ("发文日期", Label::Written, true),
    ("发文时间", Label::Written, true),
    ("生成日期", Label::Written, true),
    ("生成时间", Label::Written, true),
    ("填报日期", Label::Written, true),
    ("填报时间", Label::Written, true),
    ("填表日期", Label::Written, true),
    ("报送日期", Label::Written, true),
    ("制发日期", Label::Written, true),
    ("发布日期", Label::Published, true),
    ("发布时间", Label::Published, true),
    ("公开日期", Label::Published, true),
    ("公开时间", Label::Published, true),
    ("公布日期", Label::Published, false),
    ("录入时间", Label::Published, false),
    ("上传时间", Label::Published, false),
    ("发稿时间", Label::Published, false),
    ("信息时间", Label::Published, false),
    ("日期", Label::Published, false),
    ("时间", Label::Published, false),
    ("信息名称", Label::Title, true),
    ("文件名称", Label::Title, false),
    ("名称", Label::Title, false),
    ("标题", Label::Title, false),
    ("更新时间", Label::Other, true),
    ("更新日期", Label::Other, true),
    ("修改时间", Label::Other, true),
    ("公开方式", Label::Other, true),
    ("公开形式", Label::Other, true),
    ("公开范围", Label::Other, true),
    ("公开时限", Label::Other, true),
    ("公开程序", Label::Other, false),
    ("内容概述", Label::Other, false),
    ("内容描述", Label::Other, false),
    ("信息概述", Label::Other, false),
    ("生效日期", Label::Other, false),
    ("废止日期", Label::Other, false),
    ("失效日期", Label::Other, false),
    ("有效性", Label::Other, false),
    ("有效期", Label::Other, false),
    ("时效性", Label::Other, false),
    ("时效", Label::Other, false),
    ("服务对象", Label::Other, false),
    ("主题词", Label::Other, false),
    ("主题", Label::Category, false),
    ("体裁", Label::Other, false),
    ("关键词", Label::Other, false),
    ("关键字", Label::Other, false),
    ("载体类型", Label::Other, false),
    ("语种", Label::Other, false),
    ("责任编辑", Label::Other, false),
    ("信息员", Label::Other, false),
    ("编辑", Label::Other, false),
    ("作者", Label::Other, false),
    ("撰稿人", Label::Other, false),
    ("审核人", Label::Other, false),
    ("审核", Label::Other, false),
    ("录入", Label::Other, false),
    ("累计次数", Label::Furniture, false),
    ("浏览次数", Label::Furniture, false),
    ("浏览量", Label::Furniture, false),
    ("浏览", Label::Furniture, false),
    ("阅读次数", Label::Furniture, false),
    ("阅读量", Label::Furniture, false),
    ("阅读", Label::Furniture, false),
    ("访问次数", Label::Furniture, false),
    ("访问量", Label::Furniture, false),
    ("点击次数", Label::Furniture, false),
    ("点击率", Label::Furniture, false),
    ("点击数", Label::Furniture, false),
    ("点击量", Label::Furniture, false),
    ("点击", Label::Furniture, false),
    ("人气", Label::Furniture, false),
    ("字体大小", Label::Furniture, false),
    ("字体", Label::Furniture, false),
    ("字号", Label::Furniture, false),
    ("分享到", Label::Furniture, false),
    ("分享", Label::Furniture, false),
    ("打印", Label::Furniture, false),
];

/// A label at the start of a row, after a separator or glued to the value before it; white space inside it is layout (名　　称).
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let spaced = |label: &str| label.chars().map(String::from).collect::<Vec<_>>().join(r"[\s　]*");
    let all: Vec<_> = LABELS.iter().map(|(label, ..)| spaced(label)).collect();
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
        let Some(&(_, label, strict)) = LABELS.iter().find(|(l, ..)| *l == plain) else { continue };
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
    }
    out
}

/// Buttons behind the last value of a row.
static VALUE_TAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\s|^)[【\[(（]?\s*(?:大\s+中\s+小|大\s*\|\s*中|打印|关闭|分享|收藏|纠错|我要纠错|字体|字号|浏览|点击|访问量|视力保护色?)(?:\s|[】\])）:：]|$).*$|\s*\[\s*\]\s*$").expect("a pattern")
});
