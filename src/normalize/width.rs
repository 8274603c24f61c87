//! Characters that are another character in disguise: compatibility ideographs, radicals, full-width letters and digits.
//!
//! In: one text. Out: changes inside it. Never applies NFKC to the text: ㎡, ①, ℃, ½ and Ⅱ are what the author wrote.

use super::Rule;
use super::classes::{kind, simplified};
use super::edits::Change;
use unicode_normalization::char::decompose_compatible;

pub(super) const COMPATIBILITY: Rule = Rule {
    id: "compatibility",
    title: "兼容汉字",
    why: "兼容汉字和部首符号看上去与常用字相同，编码却不同，检索不到，换成统一编码的字。",
    turns: &[("\u{F9E4}事会", "理事会"), ("人\u{F9BA}", "人了"), ("\u{2F00}\u{2F2F}", "一工")],
    leaves: &["面积50㎡", "①②③", "㈠", "\u{FA0E}"],
    run: |work| {
        for passage in work.passages().filter(|passage| passage.seen.any(kind::FORM)) {
            // Conversion came before and does not know these.
            let turn = |c| ideograph(c).map(|c| if passage.traditional { simplified(c) } else { c });
            let changes = changes(&passage.text, turn);
            passage.apply("compatibility", changes);
        }
    },
};

pub(super) const WIDTH: Rule = Rule {
    id: "width",
    title: "全角的字母和数字",
    why: "全角的字母和数字换成半角，便于检索和读数。全角标点是中文标点，不动；㎡、①、℃ 等符号不拆。",
    turns: &[
        ("２０１６年公开ＡＰＰ", "2016年公开APP"),
        ("占地５０㎡，见①", "占地50㎡，见①"),
        ("ｗｗｗ网站", "www网站"),
    ],
    leaves: &["26℃、Ⅱ、½", "（一）", "100％"],
    run: |work| work.each("width", kind::FORM, |text| changes(text, alphanumeric)),
};

fn changes(text: &str, turn: impl Fn(char) -> Option<char>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (at, c) in text.char_indices() {
        let Some(now) = turn(c) else { continue };
        match changes.last_mut() {
            Some(last) if last.at.end == at => {
                last.at.end += c.len_utf8();
                last.now.push(now);
            }
            _ => changes.push(Change::sure(at..at + c.len_utf8(), now)),
        }
    }
    changes
}

pub(super) fn ideograph(c: char) -> Option<char> {
    if !matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}' | '\u{2E80}'..='\u{2FDF}') {
        return None;
    }
    let mut whole = Vec::new();
    decompose_compatible(c, |part| whole.push(part));
    match whole[..] {
        [one] if one != c => Some(one),
        _ => None,
    }
}

fn alphanumeric(c: char) -> Option<char> {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xFEE0),
        _ => None,
    }
}
