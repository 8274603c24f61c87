//! Text whose bytes were read in the wrong encoding.
//!
//! In: a text. Out: changes that give its bytes the encoding they were written in, where that alone makes sense. Nothing is guessed:
//! every byte of what is restored is there.

use super::classes::{is_han, kind, kinds};
use super::edits::Change;
use super::{Rule, Work, mojibake};
use encoding_rs::{GBK, WINDOWS_1252};
use std::ops::Range;

pub(super) const UTF8: Rule = Rule {
    id: "utf8-misread",
    title: "误作西文的字节",
    why: "UTF-8 字节被当作西文读出，按字节还原；还原结果必须全是汉字和中文标点。",
    turns: &[
        ("\u{e6}\u{94}\u{bf}\u{e5}\u{ba}\u{9c}信息", "政府信息"),
        ("\u{e5}\u{85}\u{ac}\u{e5}\u{bc}\u{80}情况", "公开情况"),
        ("æ”¿åºœ公报", "政府公报"),
    ],
    leaves: &["café", "26℃", "Ångström 与 naïve"],
    run: |work| work.each(UTF8.id, kind::DAMAGE, western),
};

pub(super) const NATIONAL: Rule = Rule {
    id: "gbk-misread",
    title: "误作西文的国标码",
    why: "国标码字节被当作西文读出，按字节还原。四个以上西文字符相连、其中有西文不会连写的符号、两两成对并且全部还原为常用汉字和中文标点，才算。",
    turns: &[
        ("Õþ¸®ÐÅÏ¢¹«¿ªÄê¶È±¨¸æ", "政府信息公开年度报告"),
        ("ÐÐÕþ¸´Òé情况", "行政复议情况"),
        ("2016ÄêÖ÷¶¯¹«¿ª12Ìõ£¬ÊÜÀíÉêÇë3¼þ¡£", "2016年主动公开12条，受理申请3件。"),
    ],
    leaves: &["café", "ÄÖÜ", "30°±2°", "«»"],
    run: |work| work.each(NATIONAL.id, kind::DAMAGE, national),
};

pub(super) const CROSSED: Rule = Rule {
    id: "utf8-as-gbk",
    title: "误作国标码的字节",
    why: "UTF-8 字节被当作国标码读出，按字节还原。一行里有一段能整段还原为四个以上汉字和中文标点，才算；半个字的残余保持原样并指出。",
    turns: &[
        ("鏀垮簻淇℃伅", "政府信息"),
        ("2019骞村害鎶ュ憡", "2019年度报告"),
        ("浜烘皯鏀垮簻(缃戠珯)", "人民政府(网站)"),
        ("涓€銆佹€讳綋鎯呭喌", "一、总体情况"),
    ],
    leaves: &["浜松市", "浠水县、涓流、淇河", "锛及其化合物", "涓诲姩鍏\u{FFFD}寮\u{FFFD}"],
    run: restore,
};

/// What a text read in the right encoding consists of.
fn meant(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3000}'..='\u{3015}' | '\u{FF01}'..='\u{FF5E}' | '“' | '”' | '—' | '…')
}

/// Stretches that are UTF-8 read as Latin-1 or Windows-1252.
pub(super) fn western(text: &str) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        // All that is meant takes three bytes.
        let bytes: Vec<u8> = rest.chars().take(3).map_while(byte).collect();
        let now = str::from_utf8(&bytes).ok().and_then(|now| now.chars().next()).filter(|c| meant(*c));
        let length = if now.is_some() { rest.chars().take(3).map(char::len_utf8).sum() } else { first.len_utf8() };
        rest = &rest[length..];
        match (now, changes.last_mut()) {
            (Some(now), Some(last)) if last.at.end == at => {
                last.at.end += length;
                last.now.push(now);
            }
            (Some(now), _) => changes.push(Change::sure(at..at + length, now)),
            _ => {}
        }
    }
    changes
}

/// Stretches that are GB 2312 read as Latin-1, in lines where at least one says so beyond doubt.
fn national(text: &str) -> Vec<Change> {
    let inside = |c: char| ('\u{A1}'..='\u{FE}').contains(&c);
    let mut changes = Vec::new();
    let mut doubtless = false;
    let mut from = 0;
    while let Some(start) = text[from..].find(inside).map(|at| from + at) {
        let end = text[start..].find(|c| !inside(c)).map_or(text.len(), |at| start + at);
        from = end;
        let bytes: Vec<u8> = text[start..end].chars().map_while(|c| u8::try_from(c).ok()).collect();
        let common = |pair: &[u8]| matches!(pair, [0xA1 | 0xA3 | 0xB0..=0xD7, _]);
        if bytes.len() % 2 == 1 || !bytes.chunks(2).all(common) {
            continue;
        }
        if let (now, false) = GBK.decode_without_bom_handling(&bytes) {
            doubtless |= bytes.len() >= 4 && bytes.iter().any(|byte| *byte < 0xC0);
            changes.push(Change::sure(start..end, now));
        }
    }
    if doubtless { changes } else { Vec::new() }
}

/// The byte a character of the upper half of Latin-1 or Windows-1252 was.
fn byte(c: char) -> Option<u8> {
    match c {
        '\u{80}'..='\u{FF}' => u8::try_from(c as u32).ok(),
        _ if c.is_ascii() || is_han(c) => None,
        _ => {
            let mut buffer = [0; 4];
            let (bytes, _, failed) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            (!failed && bytes.len() == 1).then(|| bytes[0])
        }
    }
}

fn restore(work: &mut Work) {
    work.each(CROSSED.id, kind::CROSSED, crossed);
    // Conversion changes what is left over: it is told before.
    if work.converted || !work.lines.iter().any(|line| line.has(CROSSED.id)) {
        return;
    }
    for index in 0..work.lines.len() {
        if let Some(at) = left_over(&work.lines[index].text) {
            mojibake::leave(work, index, at);
        }
    }
}

/// Half a character, and the mark that a decoder put for the rest.
fn left_over(text: &str) -> Option<Range<usize>> {
    text.match_indices('?').find_map(|(at, mark)| {
        let c = text[..at].chars().next_back().filter(|c| kinds(*c) & kind::CROSSED != 0)?;
        Some(at - c.len_utf8()..at + mark.len())
    })
}

/// Stretches that are UTF-8 read as GBK, in lines where at least one says so beyond doubt.
fn crossed(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut doubtless = false;
    let mut from = 0;
    while let Some(start) = text[from..].find(|c| kinds(c) & kind::CROSSED != 0).map(|at| from + at) {
        let (now, length) = uncrossed(&text[start..]);
        from = start + length;
        if now.is_empty() {
            from += text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        doubtless |= now.chars().filter(|c| meant(*c)).count() >= 4;
        changes.push(Change::sure(start..from, now));
    }
    if doubtless { changes } else { Vec::new() }
}

/// What a text begins with if its GBK bytes are read as UTF-8, and how much of it that takes. What a character has only half of is
/// not taken.
fn uncrossed(text: &str) -> (String, usize) {
    let mut read = (0, 0);
    let (mut now, mut pending) = (String::new(), Vec::new());
    for (at, c) in text.char_indices().take_while(|(_, c)| !c.is_ascii()) {
        let mut buffer = [0; 4];
        // A replacement character ends it: which byte it was depends on the decoder.
        let (pair, _, failed) = GBK.encode(c.encode_utf8(&mut buffer));
        if failed {
            break;
        }
        pending.extend_from_slice(&pair);
        let valid = match str::from_utf8(&pending) {
            Ok(_) => pending.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => break,
        };
        let known: Vec<u8> = pending.drain(..valid).collect();
        let known = str::from_utf8(&known).unwrap_or_default();
        if !known.chars().all(|c| meant(c) || c.is_ascii_alphanumeric()) {
            break;
        }
        now.push_str(known);
        if pending.is_empty() {
            read = (now.len(), at + c.len_utf8());
        }
    }
    now.truncate(read.0);
    (now, read.1)
}
