//! `data/changes.json`: what changed since the previous publication, and before.
//!
//! In: an archive. Out: its account of changes; of an archive that was compared with none, empty lists and `previous` null.

use super::Ledger;
use crate::model::archive::Archive;
use std::io;

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    ledger.json("data/changes.json", archive.changes.as_ref())
}
