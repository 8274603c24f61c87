//! Dirty text to clean text, line by line, every change an [`Edit`](crate::model::source::Edit).
//!
//! In: a [`Draft`] as read. Out: the same draft with edited lines and cells, its script, and findings. Lines are never added,
//! dropped or joined; what cannot be proved is flagged and left alone.

use crate::model::archive::RuleDoc;
use crate::model::source::{Draft, Script};
use std::collections::BTreeSet;

/// What the caller decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Force a script instead of deciding it from the text.
    pub script: Option<Script>,
    /// The report year when it is known from elsewhere; otherwise the text's own title decides.
    pub year: Option<u16>,
    /// Rules switched off in `site.toml`.
    pub off: BTreeSet<String>,
}

/// Normalizes a draft.
pub fn normalize(draft: Draft, options: &Options) -> Draft {
    let _ = options;
    draft
}

/// The rules as `explain` and the method page show them.
pub fn rules() -> Vec<RuleDoc> {
    Vec::new()
}

/// Whether the converter works on this machine; the error says what to install.
pub fn self_test() -> Result<(), String> {
    Ok(())
}
