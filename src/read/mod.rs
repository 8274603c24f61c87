//! Bytes to [`Draft`]: decode by proof, split into lines, find front matter, keep the structure of HTML and Markdown tables.
//!
//! In: a [`Source`]. Out: a [`Draft`] whose lines are untouched, or the one [`Finding`] why it cannot be read at all.
//! Must never touch the disk, guess an encoding, or drop a blank line.

mod decode;
mod meta;
mod page;
mod text;

pub use page::own_page;

use crate::model::diagnostic::Finding;
use crate::model::source::{Draft, Line, Source, Syntax};

/// Reads a file. `Err` quarantines it.
pub fn read(source: &Source) -> Result<Draft, Finding> {
    let mut draft = Draft { syntax: syntax(&source.path), ..Draft::default() };
    let (text, encoding) = decode::decode(&source.bytes, None)?;
    draft.encoding = encoding;
    let lines = text::lines(&text)?;
    draft.front = meta::front_matter(&lines, &mut draft.meta, &mut draft.found);
    if let Some(sidecar) = &source.sidecar {
        meta::sidecar(sidecar, &mut draft.meta, &mut draft.found);
    }
    draft.lines = (1..).zip(&lines).map(|(no, line)| Line::new(no, *line)).collect();
    Ok(draft)
}

/// What a file is, by its extension; what is neither Markdown nor HTML is text.
fn syntax(path: &str) -> Syntax {
    let extension = path.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "md" => Syntax::Markdown,
        "html" | "htm" => Syntax::Html,
        _ => Syntax::Text,
    }
}
