//! What does not add up: every finding of every report, by kind.

use super::{Shared, brief, digest, feed_json, page, pieces, share};
use crate::model::archive::Archive;
use crate::model::diagnostic::{CODES, Code, Severity};
use crate::model::page::Page;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A finding's place: entry, then finding of that entry.
type Place = (usize, usize);

fn by_code(archive: &Archive) -> BTreeMap<String, Vec<Place>> {
    let mut kinds: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (index, entry) in archive.entries.iter().enumerate() {
        for (number, finding) in entry.findings.iter().enumerate() {
            kinds.entry(finding.code.to_string()).or_default().push((index, number));
        }
    }
    kinds
}

fn code(id: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.id == id)
}

/// One page per kind that occurs; more where it occurs often.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut pages = Vec::new();
    for (id, places) in by_code(archive) {
        for piece in pieces(&format!("findings/{id}/"), places.len()) {
            let shown: Vec<Place> = places[piece.range.clone()].to_vec();
            let mut hash = digest(archive, "finding");
            feed_json(&mut hash, &(&id, piece.number, places.len()));
            for &(index, number) in &shown {
                feed_json(&mut hash, &(&archive.entries[index].card, &archive.entries[index].findings[number]));
            }
            let (id, links, total) = (id.clone(), piece.links(), places.len());
            pages.push(page(&shared, piece.url, "finding.html", hash, move |shared| {
                let rows: Vec<Json> = shown.iter().map(|place| row(shared, *place)).collect();
                let known = code(&id);
                json!({
                    "title": known.map_or(id.as_str(), |c| c.title), "code": id, "about": known.map(|c| c.about),
                    "severity": known.map(|c| c.severity), "example": known.map(|c| c.example),
                    "total": total, "rows": rows, "pages": links,
                })
            }));
        }
    }
    pages
}

fn row(shared: &Shared, (index, number): Place) -> Json {
    let archive = &shared.archive;
    let entry = &archive.entries[index];
    let finding = &entry.findings[number];
    let related: Vec<_> =
        finding.related.iter().filter_map(|id| shared.entry(id)).map(|other| brief(archive, other)).collect();
    json!({
        "report": brief(archive, entry), "message": finding.message, "line": finding.line, "help": finding.help, "sides": finding.sides,
        "marks": finding.marks.iter().map(|m| json!({ "line": m.span.line, "label": m.label })).collect::<Vec<_>>(),
        "related": related,
    })
}

/// The kinds, the gravest and most frequent first, each with its newest.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    const FEW: usize = 1;
    let shared = share(archive);
    let kinds = by_code(archive);
    let mut hash = digest(archive, "findings");
    for (id, places) in &kinds {
        feed_json(&mut hash, &(id, places.len()));
        for &(index, number) in places.iter().take(FEW) {
            feed_json(&mut hash, &(&archive.entries[index].card, &archive.entries[index].findings[number]));
        }
    }
    feed_json(&mut hash, &archive.quarantined);
    vec![page(&shared, "findings/".to_owned(), "findings.html", hash, move |shared| {
        let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
        for (id, places) in &kinds {
            *counts.entry(code(id).map_or(Severity::Note, |c| c.severity)).or_default() += places.len();
        }
        let count = |severity| counts.get(&severity).copied().unwrap_or(0);
        let mut kinds: Vec<(&String, &Vec<Place>)> = kinds.iter().collect();
        kinds
            .sort_by_key(|(id, places)| (code(id).map(|c| c.severity), std::cmp::Reverse(places.len()), (*id).clone()));
        let kinds: Vec<Json> = kinds
            .into_iter()
            .map(|(id, places)| {
                let known = code(id);
                let newest: Vec<Json> = places.iter().take(FEW).map(|place| row(shared, *place)).collect();
                json!({
                    "code": id, "title": known.map_or(id.as_str(), |c| c.title), "about": known.map(|c| c.about),
                    "severity": known.map_or(Severity::Note, |c| c.severity), "count": places.len(), "url": format!("findings/{id}/"), "newest": newest,
                })
            })
            .collect();
        let quarantined = &shared.archive.quarantined;
        json!({
            "title": "疑点", "kinds": kinds,
            "counts": { "error": count(Severity::Error), "warning": count(Severity::Warning), "note": count(Severity::Note) },
            "quarantined_total": quarantined.len(),
            "quarantined": quarantined.iter().take(200).collect::<Vec<_>>(),
        })
    })]
}
