//! The publisher's word in public: every corrected figure with its reason, every report that is published no more.

use super::{brief, digest, feed_entries, feed_json, page, pieces, share};
use crate::model::archive::Archive;
use crate::model::curation::Tombstone;
use crate::model::page::Page;
use serde_json::json;
use std::sync::Arc;

/// Address of the page; the publisher's own `content/_pages/corrections.md` stands on it, above the list.
pub const URL: &str = "corrections/";

/// The corrections and takedowns; more than one page where there are many.
pub fn listing(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let own = archive.pages.iter().find(|written| written.url == URL).cloned();
    let all: Vec<(usize, usize)> = archive
        .entries
        .iter()
        .enumerate()
        .flat_map(|(index, entry)| (0..entry.curations.len()).map(move |number| (index, number)))
        .collect();
    pieces(URL, all.len())
        .into_iter()
        .map(|piece| {
            let shown = all[piece.range.clone()].to_vec();
            let mut hash = digest(archive, "corrections");
            feed_json(&mut hash, &(&own, &archive.tombstones, piece.number, all.len()));
            feed_entries(&mut hash, archive, shown.iter().map(|(index, _)| *index));
            let (links, own, total) = (piece.links(), own.clone(), all.len());
            page(&shared, piece.url, "corrections.html", hash, move |shared| {
                let archive = &shared.archive;
                let row = |&(index, number): &(usize, usize)| {
                    let entry = &archive.entries[index];
                    json!({ "report": brief(archive, entry), "curation": entry.curations[number] })
                };
                json!({
                    "title": own.as_ref().map_or("更正与撤下", |own| own.title.as_str()), "html": own.map(|own| own.html),
                    "total": total, "rows": shown.iter().map(row).collect::<Vec<_>>(), "tombstones": archive.tombstones,
                    "pages": links,
                })
            })
        })
        .collect()
}

/// A page at the address of each report that is published no more.
pub fn tombstones(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let related = |stone: &Tombstone| -> Vec<usize> {
        let agency = stone.agency.as_ref().and_then(|agency| archive.agencies.get(&agency.id));
        let entries = agency.map_or(&[][..], |agency| &agency.entries);
        entries.iter().copied().filter(|&i| archive.entries[i].card.year == stone.year).collect()
    };
    archive
        .tombstones
        .iter()
        .map(|stone| {
            let (stone, others) = (stone.clone(), related(stone));
            let mut hash = digest(archive, "tombstone");
            feed_json(&mut hash, &(&stone, stone.agency.as_ref().and_then(|a| archive.agencies.get(&a.id))));
            feed_entries(&mut hash, archive, others.iter().copied());
            page(&shared, stone.url.clone(), "tombstone.html", hash, move |shared| {
                let archive = &shared.archive;
                let others: Vec<_> = others.iter().map(|&i| brief(archive, &archive.entries[i])).collect();
                let mut context = json!(stone);
                context["title"] = "这份报告不再公布".into();
                context["agency_url"] = json!(stone.agency.as_ref().and_then(|a| super::agency_url(archive, &a.id)));
                context["others"] = json!(others);
                context
            })
        })
        .collect()
}
