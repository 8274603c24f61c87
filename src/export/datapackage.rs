//! `data/datapackage.json` (Data Package v2) and `data/SHA256SUMS`: what the data files are, field by field, and what they weigh.
//!
//! In: the archive, the tables, and the ledger of what was written before. Out: the description and the sums. Every field of a
//! table is listed in file order, so tools of version 1 and of version 2 both validate. Runs after all other exports.

use super::Ledger;
use super::tables::TABLES;
use crate::model::archive::Archive;
use crate::model::flat::FlatTable;
use crate::model::page::{Artifact, License, Sink};
use serde_json::{Value, json};
use std::io;

const PROFILES: &str = "https://datapackage.org/profiles/2.0";

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let package = package(archive, ledger);
    ledger.json("data/datapackage.json", &package)?;
    let sums: String = ledger.data().map(|(path, file)| format!("{}  {path}\n", file.sha256)).collect();
    ledger.put(Artifact { path: "data/SHA256SUMS".into(), bytes: sums.into_bytes() })
}

fn package(archive: &Archive, ledger: &Ledger) -> Value {
    let mut package = json!({
        "$schema": format!("{PROFILES}/datapackage.json"),
        "name": "nianbao",
        "title": archive.site.title,
    });
    if !archive.site.description.is_empty() {
        package["description"] = archive.site.description.as_str().into();
    }
    if !archive.site.url.is_empty() {
        package["homepage"] = archive.site.url.as_str().into();
    }
    package["version"] = "1.0.0".into();
    package["build_id"] = archive.build_id.as_str().into();
    package["generator"] = archive.generator.as_str().into();
    if !archive.site.license.is_empty() {
        package["licenses"] = json!([license(&archive.site.license)]);
    }
    package["sources"] =
        json!([{ "title": "各行政机关公布的政府信息公开工作年度报告原文（随本站逐份保存，见 reports 表的 sha256）" }]);
    package["resources"] = resources(ledger);
    package
}

fn license(printed: &str) -> Value {
    match License::named(printed) {
        Some(known) => json!({ "name": known.name, "path": known.address, "title": known.title }),
        // A licence we do not know is named as the publisher names it, as far as a name may be written.
        None => {
            let name: String = printed.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            let name = name.trim_matches('-');
            json!({ "name": if name.is_empty() { "other" } else { name }, "title": printed })
        }
    }
}

/// The tables first, then the other data files the ledger knows.
fn resources(ledger: &Ledger) -> Value {
    let listed = super::downloads(&|_| true);
    let mut resources = Vec::new();
    for table in TABLES.iter().map(|flat| &flat.table) {
        if let Some(file) = ledger.written.get(&format!("data/{}.csv", table.name)) {
            resources.push(json!({
                "name": table.name,
                "type": "table",
                "path": format!("{}.csv", table.name),
                "title": table.title,
                "description": format!("{} {}", table.zh, table.en),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": file.bytes,
                "hash": format!("sha256:{}", file.sha256),
                "dialect": { "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true },
                "schema": schema(table, ledger),
            }));
        }
    }
    for (path, file) in ledger.data().filter(|(path, _)| !path.ends_with(".csv")) {
        let name: String = path.to_ascii_lowercase().replace(['/', '.'], "-");
        let (media, title) = match listed.iter().find(|listed| listed.path.strip_prefix("data/") == Some(path)) {
            Some(listed) => (listed.media.as_str(), listed.about.as_str()),
            None => ("application/json", "索引分片：按年度与省份的报告目录"),
        };
        resources.push(json!({
            "name": name,
            "path": path,
            "title": title,
            "format": format(path),
            "mediatype": media,
            "bytes": file.bytes,
            "hash": format!("sha256:{}", file.sha256),
        }));
    }
    resources.into()
}

/// Validators take `parquet` for a table they have to read, and few can: the tables they check are the CSV files.
fn format(path: &str) -> &str {
    match path.rsplit('.').next() {
        Some("parquet") => "apache-parquet",
        Some(extension) => extension,
        None => path,
    }
}

fn schema(table: &FlatTable, ledger: &Ledger) -> Value {
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let mut field = json!({ "name": column.name, "type": column.kind.name(), "title": column.zh, "description": column.en });
            if let Some((zh, en)) = column.unit {
                field["unit"] = format!("{zh} {en}").into();
            }
            let (zh, en) = column.origin.words();
            field["source"] = format!("{zh} {en}").into();
            if table.key.contains(&column.name) {
                field["constraints"] = json!({ "required": true });
            }
            field
        })
        .collect();
    let mut schema = json!({ "fields": fields, "missingValues": [""], "primaryKey": table.key });
    let there = |name: &str| ledger.written.contains_key(&format!("data/{name}.csv"));
    let keys: Vec<Value> = table
        .refers
        .iter()
        .filter(|to| there(to.table))
        .map(|to| {
            // A table that names itself does so by an empty name.
            let resource = if to.table == table.name { "" } else { to.table };
            json!({ "fields": to.columns, "reference": { "resource": resource, "fields": to.theirs } })
        })
        .collect();
    if !keys.is_empty() {
        schema["foreignKeys"] = keys.into();
    }
    schema
}
