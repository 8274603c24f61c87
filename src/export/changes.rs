//! `data/changes.json`: what changed since the previous publication.
//!
//! In: an archive. Out: the shape with empty lists and `previous` null, which is how a first publication looks; a comparison
//! with an earlier publication fills the same shape.

use super::Ledger;
use crate::model::Id;
use crate::model::archive::Archive;
use crate::model::value::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io;

/// What changed between two publications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Version of the format: `nianbao/1`.
    pub format: String,
    /// Name and version of the program.
    pub generator: String,
    /// The publication this file belongs to.
    pub build_id: String,
    /// The publication it is compared with; null when it was compared with none: then the lists are empty and say nothing.
    pub previous: Option<String>,
    /// Ids of reports that are new.
    pub added: Vec<String>,
    /// Ids of reports that are gone.
    pub removed: Vec<String>,
    /// Reports whose source file is another one than before.
    pub edited: Vec<Edited>,
    /// Figures that changed.
    pub figures: Vec<Changed>,
}

/// A report whose original changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edited {
    /// Report id.
    pub id: String,
    /// SHA-256 of the original before.
    pub was: String,
    /// SHA-256 of the original now.
    pub now: String,
}

/// A comparable figure that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Report id.
    pub id: String,
    /// Indicator id.
    pub indicator: Id,
    /// Value before; null when there was none.
    pub was: Option<Decimal>,
    /// Value now; null when there is none any more.
    pub now: Option<Decimal>,
}

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let changes = Changes {
        format: "nianbao/1".into(),
        generator: archive.generator.clone(),
        build_id: archive.build_id.clone(),
        ..Changes::default()
    };
    ledger.json("data/changes.json", &changes)
}
