//! Who a page says made it: title, signature, field, opening sentence, the path to the page.
//!
//! In: a [`Draft`], the first reading of its lines, its title and signature. Out: [`Witnesses`]. Weighs nothing: that is for `agency`.

use super::agency;
use super::labels::Label;
use super::places;
use super::roles::{self, Title, trimmed};
use crate::model::report::Role;
use crate::model::source::{Draft, Span};
use regex::Regex;
use std::sync::LazyLock;

/// A name and where it stands.
pub type Said = (String, Span);

/// Who names the body beside the title, in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Witness {
    /// The line above the date at the end.
    Signature,
    /// A sentence of the opening (现公布某某市政府2019年…).
    Opening,
    /// 发布机构.
    Publisher,
    /// Whom to ask (如有疑问,请与某某镇人民政府联系).
    Contact,
    /// 来源: whoever put the page online.
    Source,
    /// The one body of a place that the text makes the subject of its sentences.
    Subject,
}

/// What is said of a report's body.
#[derive(Debug, Default)]
pub struct Witnesses {
    /// From the title.
    pub title: Option<Said>,
    /// From others, in order of weight.
    pub others: Vec<(Witness, Said)>,
    /// Bodies in the path to the page.
    pub columns: Vec<Said>,
}

impl Witnesses {
    /// What those of at least a weight say.
    pub fn down_to(&self, least: Witness) -> impl Iterator<Item = &Said> {
        self.others.iter().filter(move |(witness, _)| *witness <= least).map(|(_, said)| said)
    }
}

/// Hears them.
pub(super) fn witnesses(
    draft: &Draft,
    first: &roles::Reading,
    title: &Option<Title>,
    signature: Option<Said>,
) -> Witnesses {
    // What is published, named like a title (现公布某某局2019年…年度报告), and who made it.
    patterns! { ANNOUNCED = r"(?:公布|发布|公开|编制|汇总|现将|制作)(?:完成|形成)?(?:了|的)?(?P<title>[^,，。、；《》]{8,60}?(?:报告|年报))"; }
    static MAKERS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            r"由(?P<name>[\p{Han}()（）]{4,40}?)(?:根据|按照|依据|依照|编制|编写|组织|汇总|负责|于|,|，)",
            r"(?:^|[,，。])\s*(?P<name>[\p{Han}()（）]{4,30}?)(?:向社会公(?:布|开)本|(?:根据|按照|依据|依照)(?:国务院)?《)",
        ]
        .map(|pattern| Regex::new(pattern).expect("a pattern"))
    });
    let in_title = title
        .as_ref()
        .and_then(|t| agency::in_title(&t.text).map(|r| (t.text[r.clone()].to_owned(), in_line(draft, t, &t.text[r]))));
    let field = |label: Label| {
        first.fields.iter().find(|f| f.label == label && agency::is_body(&f.value)).map(|f| (f.value.clone(), f.at))
    };
    patterns! {
        CONTACT = r"请(?:直接)?(?:与|联系|向|致电)(?P<name>[\p{Han}]{4,30}?)(?:(?:政府信息|政务|信息)公开[处科股室办]+|党政办公?室?)?(?:联系|咨询|反映|[(（,，。:：])";
        // The office or section that answers is not who reports.
        OFFICE = r"^(?P<body>.*?(?:局|厅|[镇乡]人民政府|街道办事处|中心|院|馆|公司|集团|[大支]队|(?:改革|健康|管理)委员会))[\p{Han}]{0,8}(?:室|科|处|股)$";
    }
    let openings = || first.lines(draft, &[Role::Prose]).take(8);
    let contact = openings().find_map(|line| {
        let mut asked = CONTACT.captures(&line.text)?.name("name")?.range();
        let office = OFFICE.captures(&line.text[asked.clone()]).and_then(|office| office.name("body"));
        asked.end = office.map_or(asked.end, |body| asked.start + body.end());
        let name = line.text[asked.clone()].to_owned();
        (agency::is_body(&name) && agency::is_own_name(&name)).then(|| (name, line.origin(asked.start, asked.end)))
    });
    let opening = openings().find_map(|line| {
        let announced = ANNOUNCED.captures_iter(&line.text).filter_map(|c| c.name("title"));
        let announced = announced
            .filter_map(|m| agency::in_title(m.as_str()).map(|r| m.start() + r.start..m.start() + r.end))
            .next();
        let makers = MAKERS.iter().flat_map(|m| m.captures_iter(&line.text)).filter_map(|c| c.name("name"));
        let maker = || makers.map(|m| m.range()).find(|r| agency::is_body(&line.text[r.clone()]));
        let place = announced.or_else(maker)?;
        Some((line.text[place.clone()].to_owned(), line.origin(place.start, place.end)))
    });
    let others = [
        (Witness::Signature, signature),
        (Witness::Opening, opening),
        (Witness::Publisher, field(Label::Publisher)),
        (Witness::Contact, contact),
        (Witness::Source, field(Label::Source)),
        (Witness::Subject, subject(draft, first)),
    ];
    let others = others.into_iter().filter_map(|(witness, said)| Some((witness, said?))).collect();
    Witnesses { title: in_title, others, columns: columns(draft, first) }
}

/// The body that acts in the sentences (洋县自然资源局共完成…, 单位: 某某局): its full name with the place, and no other body so.
fn subject(draft: &Draft, first: &roles::Reading) -> Option<Said> {
    patterns! {
        SUBJECT = concat!(
            r"(?:^|[。,，;；]|[单單]位[:：])\s*(?:(?:19|20)\d\d年(?:度|全年)?[,，]?)?(?P<name>[\p{Han}]{3,24}?(?:局|委员会|厅|镇|乡|街道办事处|街道|中心|办公室|院))",
            r"(?:\s|$|共|主动|认真|高度|严格|按照|坚持|积极|紧紧|始终|全年|不断|持续|深入|结合|通过|围绕|全面|切实|未|没有|收到|受理|完成|贯彻|落实|将)"
        );
    }
    let mut found: Option<Said> = None;
    for line in first.lines(draft, &[Role::Prose, Role::Table]) {
        for name in SUBJECT.captures_iter(&line.text).filter_map(|c| c.name("name")) {
            let words = name.as_str();
            let whole = agency::is_body(words) && places::leading(words).is_some_and(|place| place.end < words.len());
            match &found {
                _ if !whole => {}
                Some((other, _)) if agency::same_body(other, words) => {}
                Some(_) => return None,
                None => found = Some((words.to_owned(), line.origin(name.start(), name.end()))),
            }
        }
    }
    found
}

/// Where words of the title stand: in its line, or the line as a whole when the title is broken over several.
pub(super) fn in_line(draft: &Draft, title: &Title, words: &str) -> Span {
    let line = draft.lines.iter().find(|l| l.no == title.at.line);
    line.and_then(|l| l.text.find(words).map(|start| l.origin(start, start + words.len()))).unwrap_or(title.at)
}

/// Bodies in the path to the page (首页 > 政务公开 > 市财政局).
fn columns(draft: &Draft, first: &roles::Reading) -> Vec<Said> {
    let mut found = Vec::new();
    for line in first.lines(draft, &[Role::Chrome]).filter(|line| line.text.contains(['>', '＞', '»'])) {
        let mut start = 0;
        for part in line.text.split(['>', '＞', '»']) {
            let (from, to) = trimmed(part);
            if agency::is_body(&part[from..to]) && agency::is_own_name(&part[from..to]) {
                found.push((part[from..to].to_owned(), line.origin(start + from, start + to)));
            }
            start += part.len() + line.text[start + part.len()..].chars().next().map_or(0, char::len_utf8);
        }
    }
    found
}
