//! The originals beside their pages: `original.txt`, `original.md`, `original.html.txt`.
//!
//! In: an archive. Out: one file per report, byte for byte but for masked numbers of persons, never under an extension that a
//! browser would run.

use super::Ledger;
use crate::model::archive::Archive;
use crate::model::page::{Artifact, Sink};
use crate::model::report::{Copied, Original};
use std::io;

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    for (i, entry) in archive.entries.iter().enumerate() {
        let path = format!("{}{}", entry.card.url, Original::copy_name(&entry.card.source_path));
        if entry.copied == Copied::Withheld || entry.copied == Copied::Whole && ledger.keep(&path, &entry.card.sha256) {
            continue;
        }
        ledger.put(Artifact { path, bytes: (archive.original)(i) })?;
    }
    Ok(())
}
