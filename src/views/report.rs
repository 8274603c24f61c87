//! The page of one report. Its context is the report of `CONTRACT` §3 with a few fields added: the answer in words, the row of
//! numbers, the names of its neighbors, the reasons of its rules, and how to cite it.

use super::{
    HEADLINES, Shared, digest, feed, feed_json, figure, grouped, headline_ids, linked, page, region_path, share,
};
use crate::model::archive::{Archive, Entry};
use crate::model::page::Page;
use crate::model::report::{Kind, Known, Report};
use crate::model::value::{Approx, Standing};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One page per report.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::with_capacity(archive.entries.len());
    for (index, entry) in archive.entries.iter().enumerate() {
        let mut hash = digest(archive, "report");
        feed(&mut hash, &[&entry.digest]);
        for neighbor in [&entry.previous, &entry.next].into_iter().flatten() {
            if let Some(other) = shared.entry(neighbor) {
                feed_json(&mut hash, &other.card);
            }
        }
        pages.push(page(&shared, entry.card.url.clone(), "report.html", hash, move |shared| context(shared, index)));
    }
    pages
}

fn context(shared: &Shared, index: usize) -> Json {
    let archive = &shared.archive;
    let report = (archive.body)(index);
    let entry = &archive.entries[index];
    let rules: BTreeSet<&str> = report.edits.iter().map(|edit| edit.rule.as_ref()).collect();
    let rules: Vec<Json> = archive
        .rules
        .iter()
        .filter(|rule| rules.contains(rule.id.as_ref()))
        .map(|rule| json!({ "id": rule.id, "title": rule.title, "why": rule.why }))
        .collect();
    let identities = identities(archive, &report);
    let (previous, next) = (neighbor(shared, &entry.previous), neighbor(shared, &entry.next));
    let similar: Vec<Json> = report
        .similar
        .iter()
        .filter_map(|s| {
            let other = shared.entry(&s.id)?;
            Some(json!({
                "title": other.card.title, "url": other.card.url, "share": s.share, "characters": s.characters,
                "passages": s.passages,
            }))
        })
        .collect();
    let year = entry.card.year.map(|y| json!({ "year": y, "url": format!("years/{y}/") }));
    let agency =
        entry.card.agency.as_ref().map(|a| json!({ "name": a.name, "url": super::agency_url(archive, &a.id) }));
    let added = json!({
        "heading": entry.card.title,
        "answer": answer(entry, &report),
        "numbers": numbers(shared, entry),
        "others": others(archive, entry),
        "agency_page": agency,
        "year_page": year,
        "region_path": entry.card.region.as_ref().map(|code| region_path(archive, code)),
        "previous_report": previous,
        "next_report": next,
        "similar_reports": similar,
        "rules": rules,
        "identities": identities,
        "copy_url": copy_url(entry, &report),
        "cite": cite(archive, entry, &report),
        "linked": linked::report(archive, entry, &report),
    });
    let mut context = serde_json::to_value(&report).unwrap_or_default();
    if let (Json::Object(into), Json::Object(from)) = (&mut context, added) {
        into.extend(from);
    }
    context
}

fn copy_url(entry: &Entry, report: &Report) -> Option<String> {
    let copy = &report.original.copy;
    (!copy.is_empty()).then(|| format!("{}{copy}", entry.card.url))
}

fn neighbor(shared: &Shared, id: &Option<String>) -> Option<Json> {
    let entry = shared.entry(id.as_deref()?)?;
    Some(json!({ "year": entry.card.year, "title": entry.card.title, "url": entry.card.url }))
}

/// What the report says, in one paragraph a reader may quote. Only figures that are there; none is called zero for being absent.
fn answer(entry: &Entry, report: &Report) -> String {
    let told = |id: &str| {
        let core = entry.core.get(id)?;
        let about = match core.approx {
            Approx::Exact => "",
            Approx::MoreThan => "逾",
            Approx::AtLeast => "至少",
            Approx::AtMost => "至多",
            Approx::Nearly => "近",
            Approx::About => "约",
        };
        let doubt = if core.standing == Standing::Disputed { "（存疑）" } else { "" };
        Some(format!("{about}{}{}{doubt}", grouped(core.value), core.unit.as_deref().unwrap_or("件")))
    };
    let who = entry.card.agency.as_ref().map_or("该机关", |a| a.name.as_str());
    let when = entry.card.year.map_or_else(|| "报告年度".to_owned(), |y| format!("{y}年"));
    let mut first = Vec::new();
    if let Some(n) = told("requests_received") {
        first.push(format!("收到政府信息公开申请{n}"));
    }
    if let Some(n) = told("carried_in") {
        first.push(format!("上年结转{n}"));
    }
    if let Some(n) = told("requests_answered") {
        first.push(format!("办结{n}"));
    }
    if first.is_empty() {
        return match (report.kind, told("proactive_total")) {
            (_, Some(n)) => format!("{when}，{who}主动公开政府信息{n}。文中没有写明收到多少件公开申请。"),
            (Kind::AnnualReport | Kind::StatisticsTable, None) => {
                format!("{who}的这份报告没有写明{when}收到多少件公开申请。没有写明不等于零。")
            }
            _ => format!("这份文件不是年度报告，没有公开申请的统计数字。{who}，{when}。"),
        };
    }
    let mut text = format!("{when}，{who}{}", first.join("，"));
    // Refusals counted in another unit (不予公开87条 of information) are no part of the requests.
    let unit = |id: &str| entry.core.get(id).and_then(|core| core.unit.as_deref()).unwrap_or("件");
    let ended = [("granted", "予以公开"), ("partially_granted", "部分公开"), ("denied_total", "不予公开")];
    let (parts, others): (Vec<_>, Vec<_>) = ended
        .iter()
        .filter_map(|(id, label)| told(id).map(|n| (*id, format!("{label}{n}"))))
        .partition(|(id, _)| unit(id) == unit("requests_received"));
    for (words, list) in [("其中", parts), ("另写明", others)].into_iter().filter(|(_, list)| !list.is_empty()) {
        let list: Vec<String> = list.into_iter().map(|(_, told)| told).collect();
        text.push_str(&format!("；{words}{}", list.join("、")));
    }
    text.push('。');
    if let Some(n) = told("corrected_total") {
        let none = entry.core.get("corrected_total").is_some_and(|c| c.value.is_zero());
        let line = if none {
            "行政复议和诉讼中没有被纠正的。".to_owned()
        } else {
            format!("行政复议和诉讼中被纠正{n}。")
        };
        text.push_str(&line);
    }
    text
}

/// The row of numbers, each with the figure of the report before where both stand under the same form.
fn numbers(shared: &Shared, entry: &Entry) -> Vec<Json> {
    let before = entry.previous.as_deref().and_then(|id| shared.entry(id));
    HEADLINES
        .iter()
        .map(|(id, label)| {
            let earlier = before.and_then(|b| {
                let core = b.core.get(*id)?;
                let (now, then) = (entry.card.year?, b.card.year?);
                let same = super::chart::regime(now) == super::chart::regime(then);
                Some(json!({ "year": then, "value": core.value, "comparable": same }))
            });
            json!({
                "id": id, "label": label, "figure": entry.core.get(*id).map(figure),
                "unit": entry.core.get(*id).and_then(|c| c.unit.clone()), "before": earlier,
                "url": format!("indicators/{id}/"),
            })
        })
        .collect()
}

/// The core figures that are not in the row of numbers, in the order of the dictionary.
fn others(archive: &Archive, entry: &Entry) -> Vec<Json> {
    let shown: BTreeSet<&str> = headline_ids().collect();
    archive
        .indicators
        .iter()
        .filter(|indicator| !shown.contains(indicator.id.as_ref()))
        .filter_map(|indicator| {
            let core = entry.core.get(&indicator.id)?;
            Some(json!({
                "label": indicator.label, "group": indicator.group, "url": format!("indicators/{}/", indicator.id),
                "figure": figure(core), "unit": core.unit,
            }))
        })
        .collect()
}

/// What each identity that was checked here says, in words.
fn identities(archive: &Archive, report: &Report) -> Json {
    let mut said = serde_json::Map::new();
    for table in &report.tables {
        let form = archive.forms.iter().find(|f| f.id == table.form);
        let Some(form) = form.and_then(|f| f.tables.iter().find(|t| t.id == table.table)) else { continue };
        for identity in &form.identities {
            if table.checks.iter().any(|check| check.identity == identity.id) {
                said.insert(identity.id.to_string(), Json::String(identity.say.clone()));
            }
        }
    }
    Json::Object(said)
}

/// GB/T 7714, BibTeX and RIS. The day of access is the reader's to fill in: a page that knew today would change every day.
fn cite(archive: &Archive, entry: &Entry, report: &Report) -> Json {
    let known = |k: &Option<Known<String>>| k.as_ref().and_then(|k| k.value.clone());
    let author = entry.card.agency.as_ref().map_or("佚名", |a| a.name.as_str());
    let title = entry.card.title.as_str();
    let address = format!("{}{}", archive.site.url, entry.card.url);
    let date = known(&report.dates.published).or_else(|| known(&report.dates.signed));
    let hash = report.original.sha256.get(..16).unwrap_or("");
    let year = date.as_deref().and_then(|d| d.get(..4)).map(str::to_owned);
    let year = year.or_else(|| entry.card.year.map(|y| y.to_string())).unwrap_or_default();
    let published = date.as_ref().map_or(String::new(), |d| format!("({d})"));
    let gb = format!("{author}. {title}[R/OL]. {published}[引用日期]. {address}. SHA-256: {hash}….");
    // Braces would end a BibTeX field, and a line break a RIS field.
    let tex = |s: &str| s.replace(['{', '}', '\\'], " ");
    let line = |s: &str| s.replace(['\r', '\n'], " ");
    let bibtex = format!(
        "@techreport{{{},\n  author = {{{{{}}}}},\n  title = {{{}}},\n  institution = {{{}}},\n  year = {{{year}}},\n  url = {{{address}}},\n  note = {{SHA-256 {}}}\n}}",
        entry.card.id,
        tex(author),
        tex(title),
        tex(author),
        report.original.sha256
    );
    let ris = format!(
        "TY  - RPRT\nAU  - {}\nTI  - {}\nPY  - {year}\nPB  - {}\nUR  - {address}\nN1  - SHA-256 {}\nER  - ",
        line(author),
        line(title),
        line(author),
        report.original.sha256
    );
    json!({ "gbt7714": gb, "bibtex": bibtex, "ris": ris })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::{Core, CoreFrom};
    use crate::model::value::Decimal;

    #[test]
    fn the_answer_adds_nothing_in_another_unit_and_says_what_is_in_dispute() {
        let core = |value: i64, unit: &str, standing| Core {
            value: Decimal::from(value),
            unit: Some(unit.to_owned()),
            approx: Approx::Exact,
            standing,
            from: CoreFrom::Prose,
            line: Some(1),
            alternatives: Vec::new(),
        };
        let figures = [
            ("requests_received", core(40, "件", Standing::Printed)),
            ("granted", core(30, "件", Standing::Disputed)),
            ("denied_total", core(8, "条", Standing::Printed)),
        ];
        let mut entry = Entry { core: figures.map(|(id, core)| (id.into(), core)).into(), ..Entry::default() };
        let told = answer(&entry, &Report::default());
        assert!(told.ends_with("收到政府信息公开申请40件；其中予以公开30件（存疑）；另写明不予公开8条。"), "{told}");
        entry.core.remove("granted");
        assert!(!answer(&entry, &Report::default()).contains("其中"));
    }
}
