//! What changed from one publication to the next.

use super::Id;
use super::archive::Card;
use super::report::{Core, Report, Table, TextLine};
use super::value::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What changed with this publication and with those before it: `data/changes.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Version of the format: `nianbao/1`.
    pub format: String,
    /// Name and version of the program.
    pub generator: String,
    /// What changed with this publication.
    #[serde(flatten)]
    pub latest: ChangeSet,
    /// What changed with the publications before it, newest first, as far as each was compared with the one before.
    #[serde(default)]
    pub earlier: Vec<ChangeSet>,
}

/// What changed from one publication to the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeSet {
    /// The publication this is about.
    pub build_id: String,
    /// The publication it is compared with; null when it was compared with none: then the lists are empty and say nothing.
    pub previous: Option<String>,
    /// The day of the publication, as its publisher named it, ISO 8601; null when he did not.
    #[serde(default)]
    pub date: Option<String>,
    /// Ids of reports that are new.
    pub added: Vec<String>,
    /// Ids of reports that are gone.
    pub removed: Vec<String>,
    /// Reports whose source file is another one than before.
    pub edited: Vec<Edited>,
    /// Figures that changed: comparable indicators, and cells of tables.
    pub figures: Vec<Changed>,
}

impl ChangeSet {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.edited.is_empty() && self.figures.is_empty()
    }
}

/// A report whose original changed: same address, other text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edited {
    /// Report id.
    pub id: String,
    /// SHA-256 of the original before.
    pub was: String,
    /// SHA-256 of the original now.
    pub now: String,
    /// Where the text differs, in its order; empty when only its form changed, or when one of the two texts was not at hand.
    #[serde(default)]
    pub passages: Vec<Passage>,
    /// Whether there are more places than are listed.
    #[serde(default)]
    pub more: bool,
}

/// A place where a text differs from what it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// First line before, from 1; for lines put in, the line they stand before.
    pub old_line: u32,
    /// First line now.
    pub new_line: u32,
    /// Lines that are gone, normalized.
    pub removed: Vec<String>,
    /// Lines that are new, normalized.
    pub added: Vec<String>,
}

/// A figure of a report that is in both publications, and changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Report id.
    pub id: String,
    /// Indicator, or cell as `table.row.column`.
    pub what: String,
    /// Value before; null when there was none.
    pub was: Option<Decimal>,
    /// Value now; null when there is none any more.
    pub now: Option<Decimal>,
    /// Why it changed.
    pub why: Why,
}

/// Why a figure changed, as far as two publications can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The original is another one than before.
    Source,
    /// The original is the same, and the publisher of the archive corrected the figure, or took a correction back.
    Curation,
    /// The original is the same, and is read in another way: by another program, or with other settings.
    Reading,
}

/// What two publications are compared by. Read leniently: an older version has fewer fields.
#[derive(Clone, Debug, Default)]
pub struct Edition {
    /// Name and version of the program that made it.
    pub generator: String,
    /// Its build id.
    pub build_id: String,
    /// Its reports by id.
    pub cards: BTreeMap<String, Card>,
}

/// What of a report's body is compared.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Its lines.
    pub lines: Vec<TextLine>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Its comparable figures.
    pub core: BTreeMap<Id, Core>,
}

impl From<Report> for Body {
    fn from(report: Report) -> Self {
        Body { lines: report.lines, tables: report.tables, core: report.core }
    }
}
