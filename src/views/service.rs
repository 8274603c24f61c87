//! Pages that are not lists of the archive: search, compare, data, the publisher's own pages, the lost page.

use super::{digest, feed_json, linked, page, share};
use crate::model::archive::{Archive, OwnPage};
use crate::model::flat::Origin;
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

/// Every file to download, what it weighs, how to load it, and the questions it answers.
pub fn data(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "data");
    feed_json(&mut hash, &(archive.downloads.as_ref(), &archive.tables, archive.questions));
    feed_json(&mut hash, &(archive.build_id.as_str(), &archive.inputs, example(archive)));
    vec![page(&shared, "data/".to_owned(), "data.html", hash, |shared| {
        let archive = &shared.archive;
        let has = |path: &str| archive.downloads.iter().any(|file| file.path == path);
        let agency = example(archive);
        let mut formats: Vec<&str> = Vec::new();
        for format in archive.downloads.iter().filter_map(|file| file.format) {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        let tables: Vec<Json> = archive
            .tables
            .iter()
            .map(|table| {
                let of_format = |format: &&str| {
                    let mut files = archive.downloads.iter().filter(|file| file.format == Some(*format));
                    files.find(|file| file.table.as_deref() == Some(table.name))
                };
                let files: Vec<Option<_>> = formats.iter().map(of_format).collect();
                json!({
                    "name": table.name, "title": table.title, "zh": table.zh, "en": table.en,
                    "rows": files.iter().flatten().next().and_then(|file| file.rows), "files": files,
                })
            })
            .collect();
        let questions: Vec<Json> = archive
            .questions
            .iter()
            .map(|question| {
                json!({
                    "ask": question.ask, "view": question.view, "about": question.about.0,
                    "line": question.line.replace("{agency}", &agency),
                })
            })
            .collect();
        json!({
            "title": "数据下载", "formats": formats, "tables": tables, "build_id": archive.build_id, "inputs": archive.inputs,
            "files": archive.downloads.iter().filter(|file| file.table.is_none()).collect::<Vec<_>>(),
            "agency": agency, "questions": questions, "linked": linked::catalog(archive),
            "has": {
                "csv": has("data/core.csv"), "sqlite": has("data/archive.sqlite"), "parquet": has("data/core.parquet"),
                "ndjson": has("data/reports.ndjson.gz"), "package": has("data/datapackage.json"),
            },
        })
    })]
}

/// The agency by which the data page shows how to ask: the one with most years of applications. Its name is put between quotes of
/// several languages, so it has to be a name without signs.
fn example(archive: &Archive) -> String {
    let asked = |i: &&usize| archive.entries[**i].core.contains_key("requests_received");
    let plain = |name: &str| name.chars().all(char::is_alphanumeric);
    let known = archive.agencies.values().filter(|agency| plain(&agency.name));
    let first =
        known.max_by_key(|agency| (agency.entries.iter().filter(asked).count(), std::cmp::Reverse(agency.id.as_str())));
    first.map_or_else(|| "某某市人民政府".to_owned(), |agency| agency.name.clone())
}

/// What every column of the flat tables and every field of the JSON means, in Chinese and English.
pub fn codebook(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "codebook");
    feed_json(&mut hash, &(&archive.tables, archive.fields.as_ref()));
    vec![page(&shared, "data/codebook/".to_owned(), "codebook.html", hash, |shared| {
        let words = |origin: Origin| json!({ "zh": origin.words().0, "en": origin.words().1 });
        let tables: Vec<Json> = shared
            .archive
            .tables
            .iter()
            .map(|table| {
                let columns: Vec<Json> = table
                    .columns
                    .iter()
                    .map(|column| {
                        let unit = column.unit.map(|(zh, en)| json!({ "zh": zh, "en": en }));
                        json!({
                            "name": column.name, "kind": column.kind.name(), "zh": column.zh, "en": column.en, "unit": unit,
                            "source": words(column.origin), "key": table.key.contains(&column.name),
                        })
                    })
                    .collect();
                json!({
                    "name": table.name, "title": table.title, "zh": table.zh, "en": table.en, "key": table.key,
                    "refers": table.refers, "columns": columns,
                })
            })
            .collect();
        let mut types: Vec<Json> = Vec::new();
        for field in shared.archive.fields.iter() {
            if types.last().is_none_or(|of: &Json| of["of"] != field.of) {
                types.push(json!({ "of": field.of, "schema": field.schema, "fields": [] }));
            }
            if let Some(fields) = types.last_mut().and_then(|of| of["fields"].as_array_mut()) {
                fields.push(json!({
                    "name": field.field, "zh": field.zh, "en": field.en, "unit": field.unit, "source": words(field.origin),
                }));
            }
        }
        json!({ "title": "字段说明", "tables": tables, "types": types })
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
            |shared| json!({ "title": "关于本站", "html": null, "inputs": shared.archive.inputs }),
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
