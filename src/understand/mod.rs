//! Clean text to meaning: roles of lines, who and when, outline, statutory tables, figures in prose.
//!
//! In: a normalized [`Draft`] and its [`Source`]. Out: a [`Report`] without ids (the archive mints those).
//! Must never change a line, nor state a value that the text does not give.

/// Patterns by name, each compiled once.
macro_rules! patterns {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $text:expr;)*) => {$(
        $(#[$meta])*
        $visibility static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new(&$text).expect("the pattern is fixed"));
    )*};
}

mod agency;
mod dates;
pub mod forms;
mod identity;
mod labels;
mod outline;
mod places;
mod prose;
mod roles;
mod witnesses;

use crate::model::diagnostic::Finding;
use crate::model::form::{Form, Indicator};
use crate::model::report::{Copied, Kind, Original, Personal, Report, Role, Section, TextLine};
use crate::model::source::{Draft, Source};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What `site.toml` says of agencies: alias → canonical name, and canonical name → region code.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Alias or canonical name → canonical name.
    pub aliases: BTreeMap<String, String>,
    /// Canonical name → six-digit region code.
    pub regions: BTreeMap<String, String>,
}

/// Understands a draft.
pub fn understand(source: &Source, draft: &Draft, known: &Known) -> Report {
    let adverts: BTreeSet<u32> = draft.adverts.iter().copied().collect();
    let all = draft;
    let draft = &without(draft, &adverts);
    let first = roles::read(draft);
    let identity = identity::read(draft, &first, known);
    let year = identity.year.value;
    let tables = forms::read_tables(draft, year);
    let claimed: BTreeSet<usize> = tables.claimed.iter().filter_map(|no| (*no as usize).checked_sub(1)).collect();

    let mut roles = first.roles;
    for &i in claimed.iter().filter(|&&i| i < draft.lines.len()) {
        if roles[i] != Role::Blank {
            roles[i] = Role::Table;
        }
    }
    let outline = outline::read(draft, &roles, &claimed);
    for &i in &outline.alone {
        roles[i] = Role::Heading;
    }
    let mut sections = Vec::new();
    if let (Some(title), Some(at)) = (&identity.title.value, identity.title.at) {
        sections.push(Section { level: 0, number: String::new(), title: title.clone(), line: at.line });
    }
    sections.extend(outline.sections);

    let prose = prose::read_figures(
        draft,
        &prose::Context {
            roles: &roles,
            sections: &sections,
            year,
            agency: identity.agency.value.as_ref().map(|a| a.name.as_str()),
            place: identity.region.value.as_ref(),
            tables: &tables.tables,
        },
    );
    let mut findings: Vec<Finding> = draft.found.clone();
    findings.extend(identity.findings);
    findings.extend(tables.findings);
    findings.extend(outline.findings);
    findings.extend(prose.findings);
    // A university's report on a school year has no statutory tables.
    let school = identity.title.value.as_ref().is_some_and(|title| title.contains("学年"));
    if identity.kind == Kind::AnnualReport && tables.tables.is_empty() && !school {
        findings.extend(year.filter(|_| !findings.iter().any(|f| f.code.starts_with("table-"))).and_then(no_tables));
    }
    findings.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));

    // What is no content keeps its text, and nothing else was read from it.
    let text_lines = all.lines.iter().zip(&roles).map(|(line, &role)| {
        let role = if adverts.contains(&line.no) { Role::Chrome } else { role };
        TextLine { no: line.no, role, text: line.text.clone() }
    });
    Report {
        id: String::new(),
        url: String::new(),
        kind: identity.kind,
        title: identity.title,
        agency: identity.agency,
        year: identity.year,
        region: identity.region,
        dates: identity.dates,
        source: identity.source,
        original: Original {
            path: source.path.clone(),
            sha256: Sha256::digest(&source.bytes).iter().map(|b| format!("{b:02x}")).collect(),
            bytes: source.bytes.len() as u64,
            encoding: draft.encoding,
            script: draft.script,
            provenance: identity.provenance,
            copy: Original::copy_name(&source.path).to_owned(),
            published: Copied::Whole,
        },
        personal: Personal::default(),
        lines: text_lines.collect(),
        sections,
        tables: tables.tables,
        figures: prose.figures,
        core: prose.core,
        edits: all.lines.iter().flat_map(|l| l.edits.iter().cloned()).collect(),
        findings,
        curations: Vec::new(),
        similar: Vec::new(),
        previous: None,
        next: None,
    }
}

/// The draft with these lines blank.
fn without<'a>(draft: &'a Draft, lines: &BTreeSet<u32>) -> Cow<'a, Draft> {
    if lines.is_empty() {
        return Cow::Borrowed(draft);
    }
    let mut draft = draft.clone();
    draft.lines.iter_mut().filter(|line| lines.contains(&line.no)).for_each(|line| line.text.clear());
    Cow::Owned(draft)
}

/// From 2019 on the tables are part of the report; the text of one that has none, and announces none, is not all of it.
fn no_tables(year: u16) -> Option<Finding> {
    let message = format!("{year} 年度报告应有的统计表不在正文里，可能是图片或附件。");
    (year >= 2019)
        .then(|| Finding::new("table-missing", None, message).help("请把表格的文字加入原文，或另附可读的文本。"))
}

/// The statutory forms, in order of their first year.
pub fn forms() -> Arc<Vec<Form>> {
    forms::forms()
}

/// The indicator dictionary.
pub fn indicators() -> Arc<Vec<Indicator>> {
    prose::indicators()
}
