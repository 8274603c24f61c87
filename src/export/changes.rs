//! `data/changes.json`: what changed since the previous publication.
//!
//! In: an archive. Out: the shape with empty lists and `previous` null, which is how a first publication looks. [`compare`]
//! fills the same shape from the cards of two publications.

use super::Ledger;
use super::index::Index;
use crate::model::Id;
use crate::model::archive::{Archive, Card};
use crate::model::value::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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

/// A comparable figure of a report that is in both publications, and changed.
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
    /// Why it changed.
    pub why: Why,
}

/// Why a figure changed, as far as two publications can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The original is another one than before.
    Source,
    /// The original is the same: it is read in another way, or the publisher of the archive says otherwise.
    Reading,
}

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    ledger.json("data/changes.json", &blank(&archive.generator, &archive.build_id))
}

fn blank(generator: &str, build_id: &str) -> Changes {
    Changes {
        format: "nianbao/1".into(),
        generator: generator.to_owned(),
        build_id: build_id.to_owned(),
        ..Changes::default()
    }
}

/// What changed from one publication to the next, by their indices; the cards are given apart since large indices hold none.
pub fn compare((old, old_cards): (&Index, &[Card]), (new, new_cards): (&Index, &[Card])) -> Changes {
    let (before, after) = (by_id(old_cards), by_id(new_cards));
    let mut changes = blank(&new.generator, &new.build_id);
    changes.previous = Some(old.build_id.clone());
    changes.added = missing(&after, &before);
    changes.removed = missing(&before, &after);
    for (id, now) in &after {
        let Some(was) = before.get(id) else { continue };
        let edited = was.sha256 != now.sha256;
        if edited {
            changes.edited.push(Edited { id: now.id.clone(), was: was.sha256.clone(), now: now.sha256.clone() });
        }
        let indicators: BTreeSet<&Id> = was.core.keys().chain(now.core.keys()).collect();
        for indicator in indicators {
            let (was, now) = (was.core.get(indicator).copied(), now.core.get(indicator).copied());
            if was != now {
                let why = if edited { Why::Source } else { Why::Reading };
                changes.figures.push(Changed { id: (*id).to_owned(), indicator: indicator.clone(), was, now, why });
            }
        }
    }
    changes
}

fn by_id(cards: &[Card]) -> BTreeMap<&str, &Card> {
    cards.iter().map(|card| (card.id.as_str(), card)).collect()
}

fn missing(of: &BTreeMap<&str, &Card>, from: &BTreeMap<&str, &Card>) -> Vec<String> {
    of.keys().filter(|id| !from.contains_key(*id)).map(|id| (*id).to_owned()).collect()
}
