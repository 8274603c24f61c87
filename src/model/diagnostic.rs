//! What does not add up, and where.

use super::{Id, source::Span, value::Decimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is wrong and no reading saves it.
    Error,
    /// Something contradicts something else.
    Warning,
    /// Worth knowing.
    Note,
}

/// One finding, in a report or about the site. Data first: stored, counted, published, and only then printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// A code of [`CODES`].
    pub code: Id,
    /// How grave.
    pub severity: Severity,
    /// One sentence in Chinese for the reader, with the figures.
    pub message: String,
    /// The line it is about, from 1; null for the whole report.
    pub line: Option<u32>,
    /// Stretches of the source it points at, each with a label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// The identities that do not hold, with the figures put in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Sides>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Ids of other reports it involves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
}

/// A labelled stretch of source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// Where.
    pub span: Span,
    /// What about it.
    pub label: String,
}

/// Both sides of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sides {
    /// What should equal the right side.
    pub left: Side,
    /// What should equal the left side.
    pub right: Side,
}

/// One side of an identity: terms and their sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// The cells that are added.
    pub terms: Vec<Term>,
    /// What the printed ones add up to; null where none is.
    pub sum: Option<Decimal>,
}

/// One cell of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Term {
    /// Its row, or its column where the identity runs along a row.
    pub label: String,
    /// Its value; null where it is empty or lost.
    pub value: Option<Decimal>,
    /// Whether it may be the wrong one.
    pub disputed: bool,
}

impl Finding {
    /// A finding with the severity its code has in [`CODES`].
    pub fn new(code: &'static str, line: Option<u32>, message: impl Into<String>) -> Self {
        let severity = CODES.iter().find(|c| c.id == code).map_or(Severity::Warning, |c| c.severity);
        debug_assert!(CODES.iter().any(|c| c.id == code), "{code} is not in CODES");
        Finding {
            code: Id::Borrowed(code),
            severity,
            message: message.into(),
            line,
            marks: Vec::new(),
            sides: Vec::new(),
            help: None,
            related: Vec::new(),
        }
    }

    /// The same with a labelled span.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.line = self.line.or(Some(span.line));
        self.marks.push(Mark { span, label: label.into() });
        self
    }

    /// The same with a remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// One entry of the list of codes: what `nianbao explain CODE` prints and the method page shows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Code {
    /// Kebab-case, never renamed.
    pub id: &'static str,
    /// The severity it is reported with.
    pub severity: Severity,
    /// Its name on the site, in Chinese.
    pub title: &'static str,
    /// A paragraph in Chinese: what it means and what to do.
    pub about: &'static str,
    /// The same paragraph in English, for the command line.
    pub about_en: &'static str,
    /// A short example.
    pub example: &'static str,
}

pub use super::codes::CODES;
