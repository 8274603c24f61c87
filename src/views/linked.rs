//! What search engines and libraries read of a page: schema.org as JSON-LD, `DataCatalog` and `Dataset` for the data page, `Report` for
//! a report.
//!
//! In: what the page shows. Out: a value of its context, printed by the theme into a block of data that no browser runs. Nothing is
//! said here that the page does not say.

use crate::model::archive::{Archive, Download, Entry};
use crate::model::page::License;
use crate::model::report::{Copied, Known, Report};
use crate::model::value::Standing;
use serde_json::{Map, Value as Json, json};

/// The archive as a catalog: one data set for each flat table, and one for the whole.
pub fn catalog(archive: &Archive) -> Json {
    let site = &archive.site;
    let common = |name: &str, about: String, files: Vec<&Download>| {
        filled(json!({
            "@type": "Dataset",
            "name": format!("{}：{name}", site.title),
            "description": about,
            "inLanguage": "zh-Hans",
            "isAccessibleForFree": true,
            "license": license(&site.license),
            "temporalCoverage": years(archive),
            "version": archive.build_id,
            "keywords": ["政府信息公开", "年度报告", "依申请公开"],
            "distribution": files.into_iter().map(|file| distribution(archive, file)).collect::<Vec<_>>(),
        }))
    };
    let mut sets = vec![common(
        "整个档案",
        format!(
            "{}收录的{}份政府信息公开工作年度报告：全文、统计表单元格、正文数字、可比指标与疑点，每个数字附原文行号、印出的样子与可靠程度。",
            site.title,
            archive.entries.len()
        ),
        archive.downloads.iter().filter(|file| file.table.is_none() && !file.path.starts_with("schema/")).collect(),
    )];
    for table in &archive.tables {
        let files: Vec<&Download> =
            archive.downloads.iter().filter(|file| file.table.as_deref() == Some(table.name)).collect();
        if files.is_empty() {
            continue;
        }
        let mut set = common(
            table.title,
            format!("{}。{}. 政府信息公开工作年度报告的开放数据，字段含义见字段说明。", table.zh, table.en),
            files,
        );
        set["variableMeasured"] = table.columns.iter().map(|column| column.name.into()).collect::<Vec<Json>>().into();
        sets.push(set);
    }
    filled(json!({
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": site.title,
        "description": site.description,
        "url": address(archive, "data/", "../"),
        "inLanguage": site.language,
        "license": license(&site.license),
        "dataset": sets,
    }))
}

/// A report, as a library would enter it.
pub fn report(archive: &Archive, entry: &Entry, report: &Report) -> Json {
    let card = &entry.card;
    let known = |known: &Option<Known<String>>| {
        let sound = known.as_ref().filter(|known| known.standing != Some(Standing::Disputed));
        sound.and_then(|known| known.value.clone())
    };
    let file = |name: &str, media: &str| json!({ "@type": "MediaObject", "contentUrl": address(archive, &format!("{}{name}", card.url), "../../"), "encodingFormat": media });
    let mut files = vec![file("index.json", "application/json")];
    if report.original.published != Copied::Withheld && !report.original.copy.is_empty() {
        let mut copy = file(&report.original.copy, "text/plain");
        if report.original.published == Copied::Whole {
            copy["sha256"] = card.sha256.as_str().into();
        }
        files.push(copy);
    }
    filled(json!({
        "@context": "https://schema.org",
        "@type": "Report",
        "name": card.title,
        "url": address(archive, &card.url, "../../"),
        "reportNumber": known(&report.source.document_number),
        "identifier": known(&report.source.index_number),
        "inLanguage": "zh-Hans",
        "author": card.agency.as_ref().map(|agency| json!({ "@type": "GovernmentOrganization", "name": agency.name })),
        "datePublished": known(&report.dates.published),
        "temporalCoverage": card.year.map(|year| year.to_string()),
        "spatialCoverage": entry.place.as_ref().map(|place| json!({ "@type": "Place", "name": place.name, "identifier": place.code })),
        "isBasedOn": known(&report.source.url),
        "isPartOf": { "@type": "DataCatalog", "name": archive.site.title, "url": address(archive, "data/", "../../") },
        "encoding": files,
    }))
}

fn distribution(archive: &Archive, file: &Download) -> Json {
    filled(json!({
        "@type": "DataDownload",
        "name": file.path,
        "contentUrl": address(archive, &file.path, "../"),
        "encodingFormat": file.media,
        "contentSize": file.bytes.map(|bytes| format!("{bytes} B")),
        "sha256": file.sha256,
    }))
}

/// The publisher's licence by its address, where it is one we know.
fn license(printed: &str) -> Json {
    match License::named(printed) {
        Some(known) => known.address.into(),
        None if printed.is_empty() => Json::Null,
        None => json!({ "@type": "CreativeWork", "name": printed }),
    }
}

fn years(archive: &Archive) -> Option<String> {
    Some(format!("{}/{}", archive.years.last()?.year, archive.years.first()?.year))
}

/// Absolute where the site knows its address, else relative to the page, from which `root` leads up to the site.
fn address(archive: &Archive, path: &str, root: &str) -> String {
    format!("{}{path}", if archive.site.url.is_empty() { root } else { &archive.site.url })
}

/// Without what is not known: an empty statement states nothing.
fn filled(statement: Json) -> Json {
    let said = |value: &Json| !(value.is_null() || value.as_str() == Some(""));
    match statement {
        Json::Object(members) => members.into_iter().filter(|(_, value)| said(value)).collect::<Map<_, _>>().into(),
        other => other,
    }
}
