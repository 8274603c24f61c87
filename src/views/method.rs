//! How it is done: every cleaning rule, form, identity and finding code, printed from the same rows the program runs.

use super::{chart, digest, feed_json, indicator_link, page, share};
use crate::model::archive::Archive;
use crate::model::diagnostic::CODES;
use crate::model::form::Form;
use crate::model::page::Page;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The one page.
pub fn pages(archive: &Arc<Archive>) -> Vec<Page> {
    let shared = share(archive);
    let mut hash = digest(archive, "method");
    feed_json(&mut hash, archive.rules.as_ref());
    feed_json(&mut hash, archive.forms.as_ref());
    feed_json(&mut hash, archive.indicators.as_ref());
    feed_json(&mut hash, &CODES);
    vec![page(&shared, "method/".to_owned(), "method.html", hash, |shared| {
        let archive = &shared.archive;
        json!({
            "title": "方法",
            "rules": archive.rules.as_ref(),
            "forms": archive.forms.iter().map(form).collect::<Vec<_>>(),
            "regimes": chart::REGIMES.iter().map(|(from, label)| json!({ "from": from, "label": label })).collect::<Vec<_>>(),
            "indicators": archive.indicators.iter().map(indicator_link).collect::<Vec<_>>(),
            "codes": CODES.iter().map(|c| json!({
                "id": c.id, "severity": c.severity, "title": c.title, "about": c.about, "example": c.example,
            })).collect::<Vec<_>>(),
        })
    })]
}

/// A form with its identities written out in the labels of its rows and columns.
fn form(form: &Form) -> Json {
    let tables: Vec<Json> = form
        .tables
        .iter()
        .map(|table| {
            let label = |id: &str| {
                let row = table.rows.iter().find(|r| r.id == id).map(|r| r.label.as_str());
                let column = table.columns.iter().find(|c| c.id == id).map(|c| c.label.as_str());
                row.filter(|l| !l.is_empty()).or(column).unwrap_or(id).to_owned()
            };
            let identities: Vec<Json> = table
                .identities
                .iter()
                .map(|identity| {
                    json!({
                        "id": identity.id, "say": identity.say, "official": identity.official, "per": identity.per,
                        "left": identity.left.iter().map(|t| label(t)).collect::<Vec<_>>(),
                        "right": identity.right.iter().map(|t| label(t)).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({
                "id": table.id, "title": table.title, "rows": table.rows.len(), "columns": table.columns.len(), "identities": identities,
            })
        })
        .collect();
    json!({ "id": form.id, "title": form.title, "document": form.document, "from": form.from, "to": form.to, "tables": tables })
}
