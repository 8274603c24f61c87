//! The publisher's orders, carried out on the archive: corrections of figures, takedowns, and what stands where a report is gone.
//!
//! In: the reports with their ids, the register of ids, and `_corrections.toml`. Out: the reports that are published, corrected;
//! tombstones for all other ids that were ever minted; and what is wrong with the orders.

use crate::assemble::{self, Ids};
use crate::config::{ConfigError, nearest};
use crate::curate::{self, Orders};
use crate::model::archive::{Archive, Entry, Ignored};
use crate::model::curation::{Correction, Gone, Takedown};
use crate::model::diagnostic::Finding;
use crate::model::report::Report;
use crate::model::source::Sidecar;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the orders come to.
#[derive(Default)]
pub(super) struct Ordered {
    /// Corrections of the register, by report id.
    pub corrections: BTreeMap<String, Vec<Correction>>,
    /// What is wrong: the file it is about, and the finding.
    pub problems: Vec<(String, Finding)>,
}

/// Reads the register. One that does not parse stops the build: it may say what must not be published.
pub(super) fn read(register: Option<&Sidecar>, content: &Path) -> Result<Orders> {
    let Some(register) = register else { return Ok(Orders::default()) };
    curate::read(&register.path, &register.text, false).map_err(|(span, message)| {
        let help = "it says what must not be published, so nothing is published until it parses";
        ConfigError::syntax(&content.join(&register.path), &register.text, span, message, help).into()
    })
}

/// Carries out takedowns and sorts the corrections; `present` are the paths of all files in the content folder.
pub(super) fn carry_out(
    orders: &Orders,
    entries: &mut Vec<Entry>,
    archive: &mut Archive,
    ids: &Ids,
    present: &BTreeSet<String>,
) -> Ordered {
    let mut ordered = Ordered::default();
    let problem = |finding: Finding| (curate::REGISTER.to_owned(), finding);
    ordered.problems.extend(orders.found.iter().cloned().map(problem));
    let known: BTreeSet<&str> = ids.reports.values().map(String::as_str).collect();
    let resolve = |named: &str| -> Option<&str> {
        let path = named.strip_prefix("content/").unwrap_or(named);
        known.get(named).copied().or_else(|| ids.reports.get(path).map(String::as_str))
    };
    let unknown = |named: &str| {
        let names: Vec<&str> = known.iter().copied().chain(ids.reports.keys().map(String::as_str)).collect();
        let help = nearest(named, &names).map(|near| format!("是否为 {near}？"));
        let help = help.unwrap_or_else(|| "写报告编号（见 ids.toml）或 content 以下的路径".into());
        (format!("没有编号或路径为 {named} 的报告"), help)
    };
    let mut takedowns: BTreeMap<&str, &Takedown> = BTreeMap::new();
    for order in &orders.takedowns {
        match resolve(&order.report) {
            Some(id) => drop(takedowns.insert(id, order)),
            None => {
                let (message, help) = unknown(&order.report);
                ordered.problems.push(problem(curate::problem(&order.at, &message, &help)));
            }
        }
    }
    for order in &orders.corrections {
        match resolve(&order.report) {
            Some(id) => ordered.corrections.entry(id.to_owned()).or_default().push(order.clone()),
            None => {
                let (message, help) = unknown(&order.report);
                ordered.problems.push(problem(curate::problem(&order.at, &message, &help)));
            }
        }
    }
    // Of a report that is taken down nothing stays but its tombstone.
    let mut own: BTreeMap<String, Takedown> = BTreeMap::new();
    entries.retain(|entry| {
        let order = takedowns.get(entry.card.id.as_str()).copied().or(entry.takedown.as_ref());
        if let Some(order) = order {
            own.insert(entry.card.id.clone(), order.clone());
            let reason =
                if order.reason.is_empty() { "已撤下".into() } else { format!("已撤下：{}", order.reason) };
            archive.ignored.push(Ignored { path: entry.card.source_path.clone(), reason });
        }
        order.is_none()
    });
    let published: BTreeSet<&str> = entries.iter().map(|entry| entry.card.id.as_str()).collect();
    for (path, id) in ids.reports.iter().filter(|(_, id)| !published.contains(id.as_str())) {
        let order = own.get(id).or(takedowns.get(id.as_str()).copied());
        let gone = match order {
            Some(_) => Gone::TakenDown,
            None if present.contains(path) => Gone::Unpublished,
            None => Gone::Removed,
        };
        if gone == Gone::Removed {
            let message = format!("编号 {id} 属于已不存在的文件 {path}，其网址上留有说明");
            let finding = Finding::new("identifier-missing", None, message)
                .help("若是有意撤下，请在 _corrections.toml 用 [[takedown]] 写明理由；若是误删，请放回文件");
            ordered.problems.push((super::IDS.to_owned(), finding));
        }
        archive.tombstones.push(assemble::tombstone(id, gone, order, ids));
    }
    archive.tombstones.sort_by(|a, b| a.id.cmp(&b.id));
    archive.ignored.sort_by(|a, b| a.path.cmp(&b.path));
    ordered
}

/// Corrects the columns of the reports the register is about.
pub(super) fn correct(ordered: &mut Ordered, entries: &mut [Entry], archive: &Archive, body: impl Fn(&str) -> Report) {
    for entry in entries {
        let Some(orders) = ordered.corrections.get(&entry.card.id) else { continue };
        let mut report = body(&entry.card.source_path);
        let problems = curate::apply(&mut report, orders, &archive.indicators, &archive.forms);
        ordered.problems.extend(problems.into_iter().map(|finding| (curate::REGISTER.to_owned(), finding)));
        let key = blake3::hash(&serde_json::to_vec(&report).expect("plain data serializes"));
        assemble::renew(entry, &report, &key.to_hex(), &super::standards());
    }
}
