//! What was found on disk, and the lines it reads as.

use super::{Id, diagnostic::Finding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A content file as found; its bytes are evidence and never rewritten.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path below the content folder, `/`-separated.
    pub path: String,
    /// The bytes of the file.
    pub bytes: Arc<[u8]>,
    /// `NAME.toml` beside it, if any.
    pub sidecar: Option<Sidecar>,
}

/// The publisher's notes beside a report.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// Path below the content folder.
    pub path: String,
    /// TOML text.
    pub text: String,
}

/// What the publisher wants done with numbers of persons: `[privacy] mode` in `site.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrivacyMode {
    /// Published, with a finding.
    Notice,
    /// Masked everywhere; the default.
    #[default]
    Mask,
    /// The report is quarantined.
    Refuse,
}

/// How the bytes became text, decided by proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "names of encodings")]
pub enum Encoding {
    #[default]
    Utf8,
    Utf8Bom,
    Gb18030,
    Utf16Le,
    Utf16Be,
}

/// What kind of file the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// `.txt`: every line is data.
    #[default]
    Text,
    /// `.md`: CommonMark with tables.
    Markdown,
    /// `.html`, `.htm`: a saved web page; `Line::no` counts the lines of its text, one per block or table cell.
    Html,
}

/// The script the text was written in before normalization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Script {
    /// Simplified.
    #[default]
    Hans,
    /// Traditional.
    Hant,
    /// Paragraphs of both.
    Mixed,
}

/// A stretch of one line of the file as decoded, before any edit. Bytes of UTF-8; lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Whether an edit is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// It follows from the bytes or from a closed table.
    Sure,
    /// It follows from the neighbours (an unbroken sequence).
    Likely,
}

/// One change inside one line. Spans are in the decoded source line and never overlap; several edits may chain on one and the
/// same span, in order (`now` of the first is `was` of the second). Replayed backwards they give the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    /// The rule of `RULES` that made it.
    pub rule: Id,
    /// Line, from 1.
    pub line: u32,
    /// First byte in the decoded source line.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The text before.
    pub was: String,
    /// The text after.
    pub now: String,
    /// How certain it is.
    pub sure: Sure,
}

/// One line of the text: promise 2 is that no stage adds, drops or joins any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Number, from 1.
    pub no: u32,
    /// The text after the edits.
    pub text: String,
    /// What was changed, sorted by `start`.
    pub edits: Vec<Edit>,
}

impl Line {
    /// A line as read, without edits.
    pub fn new(no: u32, text: impl Into<String>) -> Self {
        Line { no, text: text.into(), edits: Vec::new() }
    }

    /// The decoded source line: the edits replayed backwards.
    pub fn source_text(&self) -> String {
        let mut text = self.text.clone();
        let mut groups: Vec<(usize, &Edit, &Edit)> = Vec::new();
        let mut shift: isize = 0;
        for edit in &self.edits {
            match groups.last_mut() {
                Some((_, first, last))
                    if first.start == edit.start && first.end == edit.end && edit.start != edit.end =>
                {
                    shift += edit.now.len() as isize - last.now.len() as isize;
                    *last = edit;
                }
                _ => {
                    let at = edit.start as isize + shift;
                    shift += edit.now.len() as isize - edit.was.len() as isize;
                    groups.push((usize::try_from(at).unwrap_or(0), edit, edit));
                }
            }
        }
        for (at, first, last) in groups.into_iter().rev() {
            if text.get(at..at + last.now.len()) == Some(last.now.as_str()) {
                text.replace_range(at..at + last.now.len(), &first.was);
            }
        }
        text
    }

    /// Where the bytes `start..end` of `text` stand in the decoded source line. A place inside an edit maps to the whole edit.
    pub fn origin(&self, start: usize, end: usize) -> Span {
        let (mut first, mut last) = (None, None);
        let (mut source, mut text) = (0usize, 0usize);
        let mut index = 0;
        // Walk the unchanged runs and the edits between them; `source` and `text` advance together.
        while first.is_none() || last.is_none() {
            let (next, group_end, now_len) = match self.edits.get(index) {
                Some(edit) => {
                    let mut tail = index;
                    while self
                        .edits
                        .get(tail + 1)
                        .is_some_and(|e| e.start == edit.start && e.end == edit.end && e.start != e.end)
                    {
                        tail += 1;
                    }
                    index = tail + 1;
                    (edit.start as usize, edit.end as usize, self.edits[tail].now.len())
                }
                None => (usize::MAX, usize::MAX, 0),
            };
            let run = next.saturating_sub(source);
            if first.is_none() && start < text.saturating_add(run) {
                first = Some(source + start - text);
            }
            if last.is_none() && end <= text.saturating_add(run) {
                last = Some(source + end - text);
            }
            if next == usize::MAX {
                first = first.or(Some(source));
                last = last.or(Some(source));
                break;
            }
            text += run;
            source = group_end;
            if first.is_none() && start < text + now_len {
                first = Some(next);
            }
            if last.is_none() && end <= text + now_len {
                last = Some(group_end);
            }
            text += now_len;
        }
        let (first, last) = (first.unwrap_or(0), last.unwrap_or(0));
        Span { line: self.no, start: first as u32, end: last.max(first) as u32 }
    }
}

/// A table that came with its rows and columns (HTML, Markdown), spans resolved to grid positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// First line of the table.
    pub from: u32,
    /// Last line of the table.
    pub to: u32,
    /// The cells in reading order.
    pub cells: Vec<GridCell>,
}

/// A cell of a [`Grid`], listed once at its upper left position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridCell {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
    /// Rows covered, at least 1.
    pub rowspan: u32,
    /// Columns covered, at least 1.
    pub colspan: u32,
    /// The line of the text it stands in.
    pub line: u32,
    /// Its text; `normalize` treats it like a line.
    pub text: String,
    /// A header cell by markup.
    pub header: bool,
}

/// A line that the markup of the file makes a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its line.
    pub line: u32,
    /// 1 to 6.
    pub level: u8,
}

/// What the publisher says of a report, in front matter or a sidecar; wins over the text and is marked `curated`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the keys of CONTRACT §5")]
pub struct Meta {
    pub title: Option<String>,
    pub agency: Option<String>,
    pub year: Option<u16>,
    pub region: Option<String>,
    pub kind: Option<String>,
    pub published: Option<String>,
    pub source_url: Option<String>,
    pub source_name: Option<String>,
    pub index_number: Option<String>,
    pub tags: Vec<String>,
    pub draft: bool,
}

/// A file on its way from bytes to report: `read` makes it, `normalize` edits its lines, `understand` reads it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What kind of file it was.
    pub syntax: Syntax,
    /// How its bytes became text.
    pub encoding: Encoding,
    /// The script found by `normalize`.
    pub script: Script,
    /// Every line, blank lines included; `lines[i].no == i + 1`.
    pub lines: Vec<Line>,
    /// Tables that came with structure.
    pub grids: Vec<Grid>,
    /// Headings that came with markup (`<h2>`, `## `), by line; a help for the outline, never a proof.
    pub headings: Vec<Heading>,
    /// Lines `1..=front` are front matter, 0 when there is none.
    pub front: u32,
    /// What the publisher says.
    pub meta: Meta,
    /// Whether the text shows the marks of a site that republishes pages with slogans or annotations of its own.
    pub mirror: bool,
    /// Numbers of the lines that are nothing but an inserted slogan: no content.
    pub adverts: Vec<u32>,
    /// Diagnostics so far.
    pub found: Vec<Finding>,
}
