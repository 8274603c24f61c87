//! Archive to data files. `EXPORTS` is the list; an export is one file and one row.
//!
//! In: an [`Archive`]. Out: [`Artifact`](crate::model::page::Artifact)s into a [`Sink`], in a fixed order.

use crate::model::archive::Archive;
use crate::model::page::Sink;
use std::io;

/// A data file or a family of them.
pub struct Export {
    /// Kebab-case id, the key under `[exports]` in `site.toml`.
    pub id: &'static str,
    /// What it is, in English.
    pub about: &'static str,
    /// The files it writes, for the data page: path, media type, what it is in Chinese.
    pub files: &'static [(&'static str, &'static str, &'static str)],
    /// Writes it.
    pub write: fn(&Archive, &mut dyn Sink) -> io::Result<()>,
}

/// Every export there is.
pub const EXPORTS: &[Export] = &[];
