//! What the publisher of the archive says against a text, or instead of it: corrections, takedowns, and what they leave behind.

use super::archive::AgencyRef;
use super::value::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A correction as the publisher wrote it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Report id or path below the content folder; empty in a sidecar, which is about its own report.
    pub report: String,
    /// What it says.
    pub says: Curation,
    /// Where it is written.
    pub at: Written,
}

/// A place in a file the publisher wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Path below the content folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// A figure that the publisher corrected. It wins over what is read from the text, which stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Curation {
    /// The comparable indicator, or the cell as `table.row.column`.
    pub what: String,
    /// Its name, in Chinese; for a cell those of its row and column.
    pub label: String,
    /// Value read from the text; null when none was read.
    pub was: Option<Decimal>,
    /// Value the publisher gives; null when there is none.
    pub value: Option<Decimal>,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub who: String,
    /// When, ISO 8601.
    pub when: String,
}

/// An order to publish nothing of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takedown {
    /// Report id or path below the content folder; empty in a sidecar.
    pub report: String,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub who: String,
    /// When, ISO 8601.
    pub when: String,
    /// Where it is written.
    pub at: Written,
}

/// What stands at the address of a report that is published no more. Its id is never given to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tombstone {
    /// Report id.
    pub id: String,
    /// Address of its page.
    pub url: String,
    /// How it went.
    pub gone: Gone,
    /// Its agency, as far as its id tells.
    pub agency: Option<AgencyRef>,
    /// Its year, as far as its id tells.
    pub year: Option<u16>,
    /// Why; null when nobody said.
    pub reason: Option<String>,
    /// Who decided it.
    pub who: Option<String>,
    /// When, ISO 8601.
    pub when: Option<String>,
}

/// How a report went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// The publisher took it down.
    TakenDown,
    /// Its file is no longer in the content folder.
    Removed,
    /// Its file is there and is not published: a draft, or one that cannot be read any more.
    Unpublished,
}
