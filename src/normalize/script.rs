//! Which script a document is written in, and its conversion to Simplified.
//!
//! In: the document. Out: the decision, by paragraphs, and one change for each run of characters that conversion changes. Conversion
//! happens once, from the original, only where the text is Traditional; names keep their characters; words are never exchanged.

use super::classes::{Seen, is_han, kind, scan};
use super::edits::{Change, Passage};
use super::{Rule, Work, mojibake, opencc, width};
use crate::model::diagnostic::Finding;
use crate::model::source::{Script, Sure};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const SCRIPT: Rule = Rule {
    id: "script",
    title: "繁体转简体",
    why: "繁体页面转为简体，便于检索。按只见于一种字体的字判定全文和各段，只转繁体段落，只换字不换词，只转一次；乾县、乾安县等地名不转。",
    turns: &[
        ("關於政務公開工作的意見", "关于政务公开工作的意见"),
        ("松原市乾安縣人民政府政務公開", "松原市乾安县人民政府政务公开"),
        ("執行公開、程序公開、文件公開、效能建設", "执行公开、程序公开、文件公开、效能建设"),
        ("裏裏外外檢查鐘錶，業餘時間清點餘額", "里里外外检查钟表，业余时间清点余额"),
    ],
    leaves: &["吉林省松原市乾安县政务公开", "联系人:陈昇", "回覆率100%", "书店名“文淵閣”"],
    run: convert,
};

pub(super) const PARTICLE: Rule = Rule {
    id: "particle-zhe",
    title: "“着”与“著”",
    why: "繁体“著”在“隨著、著手”里是“着”，在“著名、顯著”里仍是“著”，转换表不分，按词表换。",
    turns: &[
        ("隨著改革深入，成效顯著", "随着改革深入，成效显著"),
        ("著手整改，著眼長遠，著重落實", "着手整改，着眼长远，着重落实"),
        ("圍繞著執著的編著與專著", "围绕着执着的编著与专著"),
        ("地上附著物補償，制約著發展，按著作權法", "地上附着物补偿，制约着发展，按著作权法"),
    ],
    leaves: &["著名专家的著作", "成效显著", "执著追求"],
    run: particles,
};

/// Below this share of Traditional evidence a text is Simplified, above the other it is Traditional.
const SIMPLIFIED_BELOW: f64 = 0.02;
const TRADITIONAL_FROM: f64 = 0.6;

fn share(seen: Seen) -> f64 {
    f64::from(seen.traditional) / f64::from((seen.traditional + seen.simplified).max(1))
}

/// Decides every paragraph.
fn decide(work: &mut Work) {
    let sum = |evidence: &[Seen]| Seen {
        traditional: evidence.iter().map(|seen| seen.traditional).sum(),
        simplified: evidence.iter().map(|seen| seen.simplified).sum(),
        ..Seen::default()
    };
    // Damage reads as rare characters of either script; a compatibility ideograph as none.
    let plain = |line: &Passage| -> Option<String> {
        let broken = if line.seen.any(kind::DAMAGE) { mojibake::stretches(&line.text) } else { Vec::new() };
        let unify = |c: char| width::ideograph(c).unwrap_or(c);
        (!broken.is_empty() || line.seen.any(kind::FORM)).then(|| {
            between(&line.text, &broken).into_iter().flat_map(|range| line.text[range].chars().map(unify)).collect()
        })
    };
    let mut evidence: Vec<Seen> =
        work.lines.iter().map(|line| plain(line).map_or(line.seen, |text| scan(&text))).collect();
    let mut whole = sum(&evidence);
    if whole.traditional > 0 && whole.simplified > 0 {
        // A quoted title is as its owner writes it.
        evidence =
            work.lines.iter().map(|line| scan(&unquoted(&plain(line).unwrap_or_else(|| line.text.clone())))).collect();
        whole = if sum(&evidence).simplified > 0 { sum(&evidence) } else { whole };
    }
    let share_of_whole = share(whole);
    let leaning = whole.traditional > 0 && share_of_whole >= TRADITIONAL_FROM;
    let fixed = match work.forced {
        Some(Script::Hant) => Some(true),
        Some(Script::Hans) => Some(false),
        _ if whole.traditional >= 20 && leaning => Some(true),
        _ if share_of_whole <= SIMPLIFIED_BELOW => Some(false),
        _ => None,
    };
    let (mut hant, mut hans) = (0usize, 0usize);
    for (line, seen) in work.lines.iter_mut().zip(evidence) {
        let count = seen.traditional + seen.simplified;
        line.traditional = fixed.unwrap_or_else(|| match share(seen) {
            own if count >= 3 && own >= TRADITIONAL_FROM => true,
            own if count >= 3 && own <= SIMPLIFIED_BELOW => false,
            _ => leaning,
        });
        if count > 0 {
            *(if line.traditional { &mut hant } else { &mut hans }) += 1;
        }
    }
    for cell in &mut work.cells {
        // A cell follows the line it stands in.
        cell.traditional = match work.lines.binary_search_by_key(&cell.no, |line| line.no) {
            Ok(at) => work.lines[at].traditional,
            Err(_) => fixed.unwrap_or(leaning),
        };
    }
    work.script = match (work.forced, hant, hans) {
        (Some(Script::Hant), ..) => Script::Hant,
        (Some(Script::Hans), ..) | (_, 0, _) => Script::Hans,
        (_, _, 0) => Script::Hant,
        _ => Script::Mixed,
    };
    if work.script == Script::Mixed {
        let first = work.lines.iter().find(|line| line.traditional).map(|line| line.no);
        let message = format!("{hant} 段为繁体，{hans} 段为简体，只转换繁体段落");
        work.found.push(Finding::new("script-mixed", first, message));
    }
}

/// The text outside quotation marks and title marks; one without its partner quotes nothing.
fn unquoted(text: &str) -> String {
    const PAIRS: [(char, char); 4] = [('“', '”'), ('《', '》'), ('「', '」'), ('『', '』')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let pair = PAIRS.iter().find(|pair| pair.0 == c);
        let close = pair.and_then(|pair| rest.char_indices().take(200).find(|(_, c)| *c == pair.1).map(|(at, _)| at));
        rest = match close {
            Some(at) => &rest[at..],
            None => {
                out.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

fn convert(work: &mut Work) {
    if std::mem::replace(&mut work.converted, true) {
        return;
    }
    if work.kinds & (kind::CONVERTIBLE | kind::TRADITIONAL | kind::FORM) == 0 {
        work.script = work.forced.unwrap_or(Script::Hans);
        return;
    }
    decide(work);
    // One call for the whole document: the converter is behind a lock that all threads share.
    let mut text = String::new();
    let mut pieces: Vec<(usize, Range<usize>)> = Vec::new();
    for (index, passage) in work.passages().enumerate() {
        passage.traditional &= passage.seen.any(kind::CONVERTIBLE | kind::FORM);
        if !passage.traditional || passage.text.contains(['\0', '\n']) {
            continue;
        }
        let names: Vec<Range<usize>> = names(&passage.text).into_iter().map(|(at, _)| at).collect();
        for range in between(&passage.text, &names) {
            text.push_str(&passage.text[range.clone()]);
            text.push('\n');
            pieces.push((index, range));
        }
    }
    if pieces.is_empty() {
        return;
    }
    let converted = match opencc::convert(&text) {
        Ok(converted) if converted.matches('\n').count() == pieces.len() => converted,
        Ok(_) => return,
        Err(message) => {
            work.found.push(Finding::new("script-not-converted", None, message));
            return;
        }
    };
    let mut changes: Vec<Vec<Change>> = Vec::new();
    changes.resize_with(work.lines.len() + work.cells.len(), Vec::new);
    let mut lines = converted.split('\n');
    for (index, range) in pieces {
        let passage = if index < work.lines.len() { &work.lines[index] } else { &work.cells[index - work.lines.len()] };
        let now = lines.next().unwrap_or_default();
        differ(&passage.text[range.clone()], now, range.start, &mut changes[index]);
    }
    for (index, passage) in work.passages().enumerate() {
        changes[index].extend(
            names(&passage.text)
                .into_iter()
                .filter(|_| passage.traditional)
                .filter_map(|(at, now)| (passage.text[at.clone()] != *now).then(|| Change::sure(at, now))),
        );
        changes[index].sort_by_key(|change| change.at.start);
        let changes = std::mem::take(&mut changes[index]);
        passage.apply(SCRIPT.id, changes);
    }
}

/// Names whose characters conversion must not touch, with their Simplified form, by their first character, longest first.
static NAMES: LazyLock<BTreeMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut names: BTreeMap<char, Vec<(&str, &str)>> = BTreeMap::new();
    let rows = include_str!("names.tsv").lines().filter(|row| !row.starts_with('#'));
    for (name, now) in rows.filter_map(|row| row.split_once('\t')) {
        names.entry(name.chars().next().unwrap_or_default()).or_default().push((name, now));
    }
    names.values_mut().for_each(|list| list.sort_by_key(|name| std::cmp::Reverse(name.0.len())));
    names
});

fn names(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let Some(list) = NAMES.get(&c).filter(|_| found.last().is_none_or(|last| last.0.end <= at)) else { continue };
        if let Some((name, now)) = list.iter().find(|(name, _)| text[at..].starts_with(name)) {
            found.push((at..at + name.len(), now));
        }
    }
    found
}

/// The stretches between these.
fn between(text: &str, fixed: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    for stretch in fixed {
        ranges.push(at..stretch.start.max(at));
        at = at.max(stretch.end);
    }
    ranges.push(at..text.len());
    ranges.retain(|range| !range.is_empty());
    ranges
}

/// One change for each run of differing characters. Conversion keeps the count of characters nearly always; where it does not, the
/// stretch of Han characters around the place is one change.
fn differ(was: &str, now: &str, offset: usize, changes: &mut Vec<Change>) {
    if was == now {
        return;
    }
    if was.chars().count() == now.chars().count() {
        let mut run: Option<Change> = None;
        for ((at, from), to) in was.char_indices().zip(now.chars()) {
            match (&mut run, from == to) {
                (Some(change), false) => {
                    change.at.end = offset + at + from.len_utf8();
                    change.now.push(to);
                }
                (None, false) => {
                    run = Some(Change {
                        at: offset + at..offset + at + from.len_utf8(),
                        now: to.to_string(),
                        sure: Sure::Sure,
                    });
                }
                (_, true) => changes.extend(run.take()),
            }
        }
        changes.extend(run);
        return;
    }
    let parts = |text: &str| -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut han = None;
        for (at, c) in text.char_indices() {
            if han.replace(is_han(c)) == Some(is_han(c)) {
                if let Some(last) = parts.last_mut() {
                    last.end = at + c.len_utf8();
                }
            } else {
                parts.push(at..at + c.len_utf8());
            }
        }
        parts
    };
    let (left, right) = (parts(was), parts(now));
    if left.len() == right.len() && left.len() > 1 {
        for (from, to) in left.into_iter().zip(right) {
            differ(&was[from.clone()], &now[to], offset + from.start, changes);
        }
    } else {
        changes.push(Change::sure(offset..offset + was.len(), now));
    }
}

fn particles(work: &mut Work) {
    for passage in work.passages().filter(|passage| passage.traditional && passage.text.contains('著')) {
        let changes = particle(&passage.text);
        passage.apply(PARTICLE.id, changes);
    }
}

/// 著 before these is a noun or verb of writing.
const WRITTEN_BEFORE: &str = "名作述录称书者有";
/// 著 after these is a noun or an adjective.
const WRITTEN_AFTER: &str = "显卓昭土专论编译原巨遗合拙撰较名新旧大所共";
/// 着 before these.
const PARTICLE_BEFORE: &str = "力眼手重急陆落想装实迷火凉色笔意";
/// 着 after these.
const PARTICLE_AFTER: &str = "随沿绕味在看有本朝向跟接伴志挥临担负系表现响起带顺凭对活等怀照冒坐站拿守走借为含藏持执沉胶穿衣循靠扶抱望听说想指\
     附按顶趁围忙笑挂背牵盯急爱聚演约撑动紧摸粘吸裹育证护依";

fn particle(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for (at, word) in text.match_indices('著') {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let after = text[at + word.len()..].chars().next().unwrap_or(' ');
        let written = WRITTEN_BEFORE.contains(after) || WRITTEN_AFTER.contains(before);
        if !written && (PARTICLE_BEFORE.contains(after) || PARTICLE_AFTER.contains(before)) {
            changes.push(Change::sure(at..at + word.len(), "着"));
        }
    }
    changes
}
