//! JSON Schemas of the published JSON, made from the Rust types: what the types say of a field is what the reader is told.
//!
//! In: the types, and the list of `fields.tsv`, which adds to each field its meaning in Chinese, its unit and where it comes from.
//! Out: one schema per kind of document, JSON Schema 2020-12, and the same fields for the codebook. Fields may be added within a
//! version, so no schema forbids unknown ones.

use super::index::Index;
use super::{Ledger, address, file};
use crate::model::archive::{Archive, Download};
use crate::model::changes::Changes;
use crate::model::flat::{JsonField, Origin};
use crate::model::report::Report;
use crate::model::twin::{AgencyPage, IndicatorPage, RegionPage, YearPage};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io;

/// Type and field → meaning in Chinese, unit, origin.
const FIELDS: &str = include_str!("fields.tsv");

/// A document that is published, and what it is.
struct Document {
    /// Address of its schema.
    path: &'static str,
    /// Name of its type.
    name: &'static str,
    /// What it is, in Chinese.
    about: &'static str,
    schema: fn() -> Schema,
}

const fn document<T: JsonSchema>(path: &'static str, name: &'static str, about: &'static str) -> Document {
    Document { path, name, about, schema: schema_of::<T> }
}

const DOCUMENTS: &[Document] = &[
    document::<Index>("schema/v1/index.json", "Index", "总索引"),
    document::<Report>("schema/v1/report.json", "Report", "单份报告数据"),
    document::<AgencyPage>("schema/v1/agency.json", "AgencyPage", "机关页数据"),
    document::<YearPage>("schema/v1/year.json", "YearPage", "年度页数据"),
    document::<RegionPage>("schema/v1/region.json", "RegionPage", "地区页数据"),
    document::<IndicatorPage>("schema/v1/indicator.json", "IndicatorPage", "指标页数据"),
    document::<Changes>("schema/v1/changes.json", "Changes", "变化记录"),
];

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// The schemas, for the data page.
pub(super) fn files() -> Vec<Download> {
    let schema = |of: &Document| file(of.path, "application/schema+json", &format!("{}的 JSON Schema", of.about));
    DOCUMENTS.iter().map(schema).collect()
}

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let listed = listed();
    for Document { path, name, schema, .. } in DOCUMENTS {
        let mut document = schema();
        // An identifier has to be absolute: a site that does not know its address leaves it out.
        if !archive.site.url.is_empty() {
            document.insert("$id".into(), address(archive, path).into());
        }
        visit(&mut document, name, &mut |of, field, property| {
            let Some((zh, unit, origin)) = listed.get(&(of, field)) else { return };
            let (source_zh, source_en) = origin.words();
            property.insert("title".into(), (*zh).into());
            property.insert("x-source".into(), format!("{source_zh} {source_en}").into());
            if !unit.is_empty() {
                property.insert("x-unit".into(), (*unit).into());
            }
        });
        ledger.json(path, &document)?;
    }
    Ok(())
}

/// Every field of every document with its meaning, in the order of the types.
pub fn fields() -> Vec<JsonField> {
    let (listed, mut fields) = (listed(), Vec::<JsonField>::new());
    for Document { path, name, schema, .. } in DOCUMENTS {
        let mut document = schema();
        visit(&mut document, name, &mut |of, field, property| {
            // A type that two documents share is told once.
            if fields.iter().any(|known| known.of == of && known.field == field) {
                return;
            }
            let (zh, unit, origin) = listed.get(&(of, field)).copied().unwrap_or(("", "", Origin::Archive));
            let en = property.get("description").and_then(Value::as_str).unwrap_or_default();
            fields.push(JsonField {
                schema: path,
                of: of.to_owned(),
                field: field.to_owned(),
                zh,
                en: en.to_owned(),
                unit,
                origin,
            });
        });
    }
    fields
}

fn listed() -> BTreeMap<(&'static str, &'static str), (&'static str, &'static str, Origin)> {
    let row = |line: &'static str| {
        let mut parts = line.split('\t');
        let (of, field) = parts.next()?.split_once('.')?;
        let (zh, unit) = (parts.next()?, parts.next()?);
        Some(((of, field), (zh, unit, Origin::from_name(parts.next()?)?)))
    };
    FIELDS.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

/// Shows `look` every property of a schema with the name of its type. `Known_string` and its like are one type to a reader.
fn visit(document: &mut Schema, name: &str, look: &mut dyn FnMut(&str, &str, &mut Map<String, Value>)) {
    let Some(document) = document.as_object_mut() else { return };
    let mut of_type = |name: &str, schema: &mut Map<String, Value>| {
        let name = if name.starts_with("Known_") { "Known" } else { name };
        let about = schema.get("description").cloned();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
        for (field, property) in properties {
            let Some(property) = property.as_object_mut() else { continue };
            // A type whose fields explain themselves is explained by its own comment.
            if let (None, Some(about)) = (property.get("description"), &about) {
                property.insert("description".into(), about.clone());
            }
            look(name, field, property);
        }
    };
    of_type(name, document);
    if let Some(definitions) = document.get_mut("$defs").and_then(Value::as_object_mut) {
        for (name, schema) in definitions {
            if let Some(schema) = schema.as_object_mut() {
                of_type(name, schema);
            }
        }
    }
}
