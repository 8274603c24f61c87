//! The bytes of every report as found, beside its page: `original.txt`, `original.md`, `original.html.txt`.
//!
//! In: an archive. Out: one file per report, byte for byte, never under an extension that a browser would run.

use super::Ledger;
use crate::model::archive::Archive;
use crate::model::page::{Artifact, Sink};
use std::io;

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    for (i, entry) in archive.entries.iter().enumerate() {
        let path = format!("{}{}", entry.card.url, name(&entry.card.source_path));
        if !ledger.keep(&path, &entry.card.sha256) {
            ledger.put(Artifact { path, bytes: (archive.original)(i) })?;
        }
    }
    Ok(())
}

/// Name of the copy of a content file, `Original::copy`.
pub fn name(source_path: &str) -> &'static str {
    let extension = source_path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("md") => "original.md",
        Some("html" | "htm") => "original.html.txt",
        _ => "original.txt",
    }
}
