//! JSON Schemas of the published JSON, made from the Rust types: what the types say of a field is what the reader is told.
//!
//! In: nothing but the site's address. Out: one schema per kind of document, JSON Schema 2020-12. Fields may be added within a
//! version, so no schema forbids unknown ones.

use super::index::Index;
use super::{Ledger, address};
use crate::model::archive::Archive;
use crate::model::changes::Changes;
use crate::model::report::Report;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use std::io;

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    for (path, mut document) in [
        ("schema/v1/index.json", schema_of::<Index>()),
        ("schema/v1/report.json", schema_of::<Report>()),
        ("schema/v1/changes.json", schema_of::<Changes>()),
    ] {
        // An identifier has to be absolute: a site that does not know its address leaves it out.
        if !archive.site.url.is_empty() {
            document.insert("$id".into(), address(archive, path).into());
        }
        ledger.json(path, &document)?;
    }
    Ok(())
}

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
