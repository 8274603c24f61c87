//! Pages that are not lists of the archive: search, compare, data, the publisher's own pages, the lost page.

use super::{digest, feed_json, page, share};
use crate::model::archive::{Archive, OwnPage};
use crate::model::page::Page;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The search page; its index is the search module's.
pub fn search(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "search");
    let years: Vec<u16> = archive.years.iter().map(|y| y.year).collect();
    feed_json(&mut hash, &(archive.entries.len(), archive.agencies.len(), years));
    vec![page(&shared, "search/".to_owned(), "search.html", hash, |shared| {
        let archive = &shared.archive;
        json!({
            "title": "搜索", "reports": archive.entries.len(), "agencies": archive.agencies.len(),
            "years": archive.years.iter().map(|y| y.year).collect::<Vec<_>>(),
        })
    })]
}

/// Any two reports side by side, fetched by the browser from their published JSON.
pub fn compare(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "compare");
    feed_json(&mut hash, archive.indicators.as_ref());
    feed_json(&mut hash, &archive.entries.len());
    feed_json(&mut hash, &archive.agencies.values().map(|a| (&a.name, &a.url)).collect::<Vec<_>>());
    vec![page(&shared, "compare/".to_owned(), "compare.html", hash, |shared| {
        let labels: serde_json::Map<String, Json> = shared
            .archive
            .indicators
            .iter()
            .map(|indicator| (indicator.id.to_string(), json!({ "label": indicator.label, "unit": indicator.unit })))
            .collect();
        let agencies = shared.archive.agencies.values();
        json!({
            "title": "并排比较", "reports": shared.archive.entries.len(), "indicators": labels,
            "agencies": agencies.map(|a| json!({ "name": a.name, "url": a.url })).collect::<Vec<_>>(),
        })
    })]
}

/// Every file to download and how to load it.
pub fn data(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "data");
    feed_json(&mut hash, archive.downloads.as_ref());
    feed_json(&mut hash, &(archive.build_id.as_str(), &archive.inputs));
    vec![page(&shared, "data/".to_owned(), "data.html", hash, |shared| {
        let archive = &shared.archive;
        let has = |path: &str| archive.downloads.iter().any(|file| file.path == path);
        json!({
            "title": "数据下载", "downloads": archive.downloads.as_ref(), "build_id": archive.build_id, "inputs": archive.inputs,
            "has": {
                "figures": has("data/figures.csv"), "reports": has("data/reports.csv"), "cells": has("data/cells.csv"),
                "sqlite": has("data/archive.sqlite"), "parquet": has("data/figures.parquet"),
                "ndjson": has("data/reports.ndjson.gz"), "package": has("data/datapackage.json"),
            },
        })
    })]
}

/// The publisher's own pages; where there is no `about/`, a page that says what can be said without one.
pub fn about(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let own = |written: &OwnPage| json!({ "title": written.title, "html": written.html });
    let mut pages = Vec::new();
    // Its own view lays the register below the publisher's words.
    for written in archive.pages.iter().filter(|written| written.url != super::corrections::URL) {
        let mut hash = digest(archive, "about");
        feed_json(&mut hash, written);
        let context = own(written);
        pages.push(page(&shared, written.url.clone(), "about.html", hash, move |_| context));
    }
    if !archive.pages.iter().any(|written| written.url == "about/") {
        let mut hash = digest(archive, "about");
        feed_json(&mut hash, &archive.inputs);
        pages.push(page(
            &shared,
            "about/".to_owned(),
            "about.html",
            hash,
            |shared| json!({ "title": "关于本档案", "html": null, "inputs": shared.archive.inputs }),
        ));
    }
    pages
}

/// The page for addresses that do not exist.
pub fn lost(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let hash = digest(archive, "lost");
    let mut lost = page(&shared, "404.html".to_owned(), "notfound.html", hash, |_| json!({ "title": "没有这个页面" }));
    lost.data = false;
    vec![lost]
}
