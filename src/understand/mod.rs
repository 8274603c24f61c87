//! Clean text to meaning: roles of lines, who and when, outline, statutory tables, figures in prose.
//!
//! In: a normalized [`Draft`] and its [`Source`]. Out: a [`Report`] without ids (the archive mints those).

pub mod prose;

use crate::model::form::{Form, Indicator};
use crate::model::report::Report;
use crate::model::source::{Draft, Source};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `site.toml` says of agencies: alias → canonical name, and canonical name → region code.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Alias or canonical name → canonical name.
    pub aliases: BTreeMap<String, String>,
    /// Canonical name → six-digit region code.
    pub regions: BTreeMap<String, String>,
}

/// Understands a draft.
pub fn understand(source: &Source, draft: &Draft, known: &Known) -> Report {
    let _ = (source, draft, known);
    unreachable!("not built yet")
}

/// The statutory forms, in order of their first year.
pub fn forms() -> Arc<Vec<Form>> {
    Arc::new(Vec::new())
}

/// The indicator dictionary.
pub fn indicators() -> Arc<Vec<Indicator>> {
    Arc::new(Vec::new())
}
