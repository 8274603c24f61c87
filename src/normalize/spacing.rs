//! Characters nobody sees, entities left by scrapers, spaces, doubled stops.
//!
//! In: one text. Out: changes inside it. Never joins words: a space between two words may part two cells or two names.

use super::classes::{self, CONTROLS, is_han, kind};
use super::edits::Change;
use super::{Rule, Work};

/// Every kind of space; the first two are what a plain text may hold.
pub(super) const SPACES: &[char] = &[
    ' ', '\t', '\u{A0}', '\u{1680}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}',
    '\u{2006}', '\u{2007}', '\u{2008}', '\u{2009}', '\u{200A}', '\u{202F}', '\u{205F}', '\u{3000}',
];

/// Stops that never stand twice.
pub(super) const STOPS: &[char] = &['。', '，', '、', '；', '：'];

pub(super) const CONTROL: Rule = Rule {
    id: "control",
    title: "控制字符和零宽字符",
    why: "控制字符和零宽字符读者看不见，却会让检索和表格识别失灵，因此去除。",
    turns: &[
        ("政\u{200b}务\u{feff}公开", "政务公开"),
        ("依法\u{b}行政\u{0}", "依法行政"),
        ("年\u{ad}度\u{202a}报告", "年度报告"),
    ],
    leaves: &["姓名\t职务", "政务公开", "面积50㎡"],
    run: |work| work.each("control", kind::CONTROL, controls),
};

fn controls(text: &str) -> Vec<Change> {
    let is_control = |c: char| CONTROLS.iter().any(|(from, to)| (*from..=*to).contains(&(c as u32)));
    // The second half of Latin-1 may be text whose bytes were misread; byte repair looks at it first.
    let kept = |at: usize, c: char| {
        matches!(c, '\u{80}'..='\u{9F}' | '\u{AD}')
            && super::misread::western(text).iter().any(|change| change.at.contains(&at))
    };
    text.char_indices()
        .filter(|(at, c)| is_control(*c) && !kept(*at, *c))
        .map(|(at, c)| Change::sure(at..at + c.len_utf8(), ""))
        .collect()
}

pub(super) const ENTITY: Rule = Rule {
    id: "entity",
    title: "字符实体",
    why: "抓取程序把网页里的字符实体原样留在了文字里，按标准表还原，只还原一层。",
    turns: &[("政务&ldquo;双公示&rdquo;", "政务“双公示”"), ("A&amp;B公司", "A&B公司"), ("占地50&#13217;", "占地50㎡")],
    leaves: &["R&D经费", "A&B;C", "&unknown;"],
    run: |work| work.each("entity", kind::ENTITY, entities),
};

const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{A0}"),
    ("ensp", "\u{2002}"),
    ("emsp", "\u{2003}"),
    ("thinsp", "\u{2009}"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("hellip", "…"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("middot", "·"),
    ("bull", "•"),
    ("times", "×"),
    ("divide", "÷"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("permil", "‰"),
    ("yen", "¥"),
    ("sect", "§"),
    ("plusmn", "±"),
    ("le", "≤"),
    ("ge", "≥"),
    ("ne", "≠"),
    ("rarr", "→"),
    ("larr", "←"),
    ("zwnj", ""),
    ("zwj", ""),
    ("shy", ""),
    ("lrm", ""),
    ("rlm", ""),
    ("frac12", "½"),
    ("frac14", "¼"),
    ("sup2", "²"),
    ("sup3", "³"),
    ("alpha", "α"),
    ("beta", "β"),
    ("mu", "μ"),
    ("Omega", "Ω"),
];

fn entities(text: &str) -> Vec<Change> {
    let changes = decode_entities(text);
    let mut after = text.to_owned();
    for change in changes.iter().rev() {
        after.replace_range(change.at.clone(), &change.now);
    }
    // Escaped twice: what the page meant is not known.
    if decode_entities(&after).is_empty() { changes } else { Vec::new() }
}

fn decode_entities(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('&').map(|at| from + at) {
        from = start + 1;
        let Some(length) = text[from..].bytes().take(10).position(|byte| byte == b';') else { continue };
        let name = &text[from..from + length];
        let now = if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            match code.ok().and_then(char::from_u32) {
                Some(c) if c != '\n' && classes::kinds(c) & kind::CONTROL == 0 => c.to_string(),
                Some(_) => String::new(),
                None => continue,
            }
        } else {
            match ENTITIES.iter().find(|entity| entity.0 == name) {
                Some(entity) => entity.1.to_owned(),
                None => continue,
            }
        };
        from += length + 1;
        changes.push(Change::sure(start..from, now));
    }
    changes
}

pub(super) const SPACE: Rule = Rule {
    id: "space",
    title: "多余的空格",
    why: "行首行尾的空格和不间断空格只是排版；标点之后、时刻之中的空格是录入时留下的。词与词之间的空格可能分隔两格或两个姓名，不动。",
    turns: &[
        ("\u{a0}\u{3000}(一)创新方式 ", "(一)创新方式"),
        ("公开制度。 全面推进", "公开制度。全面推进"),
        ("发布时间:2018-01-05 09 :30", "发布时间:2018-01-05 09:30"),
    ],
    leaves: &["姓名 职务 分工", "3 12 0 5 20", "2020-03-10 13:55", "(GB/T 2260)", "一\t二"],
    run: |work| work.each("space", kind::SPACE, spaces),
};

fn spaces(text: &str) -> Vec<Change> {
    // Tabs part cells: the outer ones are empty cells, not layout.
    let outer: &[char] = if text.trim().contains('\t') { &SPACES[2..] } else { SPACES };
    let is_outer = |c: char| c == ' ' || outer.contains(&c);
    let start = text.len() - text.trim_start_matches(is_outer).len();
    let end = text.trim_end_matches(is_outer).len();
    let mut changes = Vec::new();
    if start == text.len() {
        return if text.is_empty() { changes } else { vec![Change::sure(0..text.len(), "")] };
    }
    if start > 0 {
        changes.push(Change::sure(0..start, ""));
    }
    let mut at = start;
    while let Some(first) = text[at..end].find(SPACES).map(|found| at + found) {
        let rest = &text[first..end];
        let last = first + (rest.len() - rest.trim_start_matches(SPACES).len());
        let run = &text[first..last];
        at = last;
        let joined = joins(&text[..first], &text[last..]) && !run.contains('\t');
        if !joined && run == " " {
            continue;
        }
        let now =
            if joined { String::new() } else { run.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect() };
        if now != run {
            changes.push(Change::sure(first..last, now));
        }
    }
    if end < text.len() {
        changes.push(Change::sure(end..text.len(), ""));
    }
    changes
}

/// Whether a space between these two halves of a line is a slip.
fn joins(before: &str, after: &str) -> bool {
    let (Some(left), Some(right)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let opens = |c: char| is_han(c) || matches!(c, '“' | '《' | '〈' | '（' | '‘' | '【');
    if matches!(left, '。' | '，' | '、' | '；' | '：' | '！' | '？') {
        return opens(right);
    }
    if matches!(left, ',' | ';') {
        return before[..before.len() - 1].chars().next_back().is_some_and(is_han) && opens(right);
    }
    if matches!(right, '。' | '，' | '、' | '；' | '！' | '？') {
        return is_han(left);
    }
    (left == ':' || right == ':') && clock(before, after)
}

/// `09 :30`, `11: 27`: two digits, a colon, two digits, the space beside the colon.
fn clock(before: &str, after: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = |text: &str| text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let hours = |text: &str| {
        (1..=2).contains(&behind(text)) && text[text.len() - behind(text)..].parse::<u8>().is_ok_and(|hour| hour < 24)
    };
    let minutes = |text: &str| digits(text) == 2 && text[..2].parse::<u8>().is_ok_and(|minute| minute < 60);
    match (before.strip_suffix(':'), after.strip_prefix(':')) {
        (Some(before), _) => hours(before) && minutes(after),
        (_, Some(after)) => hours(before) && minutes(after.trim_start_matches(' ')),
        _ => false,
    }
}

pub(super) const STOP: Rule = Rule {
    id: "doubled-stop",
    title: "重复的标点",
    why: "同一个句号、逗号、顿号、分号或冒号连打两次，是录入的重复，只留一个。三个以上可能是省略号，不动。",
    turns: &[("均已按时答复。。", "均已按时答复。"), ("网站，，微博", "网站，微博"), ("机构、、人员", "机构、人员")],
    leaves: &["……", "。。。", "真的吗？？", "1,,2"],
    run: |work| work.each("doubled-stop", kind::DOUBLED, stops),
};

fn stops(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, stop)) = characters.next() {
        let mut count = 1;
        while characters.next_if(|next| next.1 == stop).is_some() {
            count += 1;
        }
        if count == 2 && STOPS.contains(&stop) {
            let length = stop.len_utf8();
            changes.push(Change::sure(start..start + 2 * length, stop));
        }
    }
    changes
}

/// Flags quotation marks that have no partner.
pub(super) fn flag(work: &mut Work) {
    if work.kinds & kind::QUOTE == 0 {
        return;
    }
    for index in 0..work.lines.len() {
        let line = &work.lines[index];
        if !line.seen.any(kind::QUOTE) {
            continue;
        }
        let mut open: Option<usize> = None;
        let mut lone = None;
        for (at, mark) in line.text.match_indices(['“', '”']) {
            match (mark, open) {
                ("“", None) => open = Some(at),
                ("“", Some(before)) => {
                    lone = lone.or(Some(before));
                    open = Some(at);
                }
                (_, None) => lone = lone.or(Some(at)),
                (_, Some(_)) => open = None,
            }
        }
        if let Some(at) = lone.or(open) {
            work.flag(
                "quote-unbalanced",
                index,
                at..at + '“'.len_utf8(),
                "引号缺少另一侧，位置无法确定，保持原样".to_owned(),
            );
        }
    }
}
