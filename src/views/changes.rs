//! What changed since the last publications, for citizens: above all, what agencies edited without saying so.

use super::{Shared, brief, digest, feed_json, page, share};
use crate::model::archive::Archive;
use crate::model::changes::ChangeSet;
use crate::model::curation::Tombstone;
use crate::model::page::Page;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Publications whose changes the page shows; all are in `data/changes.json`.
const SHOWN: usize = 30;
/// Reports of one sort it names for a publication.
const NAMED: usize = 100;

/// The one page.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "changes");
    let changes = &archive.changes;
    feed_json(&mut hash, changes.as_ref());
    let sets = || std::iter::once(&changes.latest).chain(&changes.earlier).take(SHOWN);
    for id in sets().flat_map(ids) {
        feed_json(&mut hash, &(shared.entry(id).map(|entry| &entry.card), stone(archive, id)));
    }
    vec![page(&shared, "changes/".to_owned(), "changes.html", hash, |shared| {
        let changes = &shared.archive.changes;
        let sets = std::iter::once(&changes.latest).chain(&changes.earlier).filter(|set| set.previous.is_some());
        json!({
            "title": "变化", "data": shared.archive.downloads.iter().map(|file| &file.path).find(|path| *path == "data/changes.json"),
            "compared": changes.latest.previous.is_some(),
            "sets": sets.take(SHOWN).map(|set| one(shared, set)).collect::<Vec<_>>(),
        })
    })]
}

fn ids(set: &ChangeSet) -> impl Iterator<Item = &String> {
    let edited = set.edited.iter().map(|edited| &edited.id);
    set.added.iter().chain(&set.removed).chain(edited).chain(set.figures.iter().map(|changed| &changed.id))
}

/// What stands in the place of a report that is gone.
fn stone<'a>(archive: &'a Archive, id: &str) -> Option<&'a Tombstone> {
    archive.tombstones.iter().find(|stone| stone.id == id)
}

fn one(shared: &Shared, set: &ChangeSet) -> Json {
    let archive = &shared.archive;
    // What is gone by now has no title any more; its stone may know whose it was.
    let named = |id: &String| match (shared.entry(id), stone(archive, id)) {
        (Some(entry), _) => json!(brief(archive, entry)),
        (None, None) => json!({ "id": id, "title": id, "url": null }),
        (None, Some(stone)) => {
            let year = stone.year.map(|year| format!("{year}年")).unwrap_or_default();
            let title = stone.agency.as_ref().map_or_else(|| id.clone(), |agency| format!("{}{year}", agency.name));
            json!({ "id": id, "title": title, "url": stone.url })
        }
    };
    let mut figures: BTreeMap<&String, Vec<Json>> = BTreeMap::new();
    for changed in &set.figures {
        let indicator = archive.indicators.iter().find(|indicator| indicator.id == changed.what);
        figures.entry(&changed.id).or_default().push(json!({
            "what": changed.what, "label": indicator.map(|indicator| &indicator.label),
            "was": changed.was, "now": changed.now, "why": changed.why,
        }));
    }
    let edited: Vec<Json> =
        set.edited.iter().map(|e| json!({ "report": named(&e.id), "passages": e.passages, "more": e.more })).collect();
    let figures: Vec<Json> =
        figures.into_iter().take(NAMED).map(|(id, rows)| json!({ "report": named(id), "rows": rows })).collect();
    json!({
        "build_id": set.build_id, "date": set.date,
        "added_total": set.added.len(), "added": set.added.iter().take(NAMED).map(named).collect::<Vec<_>>(),
        "removed": set.removed.iter().map(named).collect::<Vec<_>>(), "edited": edited,
        "figures_total": set.figures.len(), "figures": figures,
    })
}
