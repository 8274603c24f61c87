//! The nouns of nianbao: what flows from bytes to pages.
//!
//! Plain data with serde and JSON Schema derives. The public JSON of `CONTRACT` §2 and §3 is these types serialised, so a
//! field documented here is documented for the reader of the data as well. No I/O, no template engine, no regular
//! expressions; nothing of ours is imported from outside this folder.

pub mod archive;
pub mod changes;
pub mod chart;
mod codes;
pub mod curation;
pub mod diagnostic;
pub mod flat;
pub mod form;
pub mod organ;
pub mod page;
pub mod report;
pub mod source;
pub mod twin;
pub mod value;

use std::borrow::Cow;

/// A stable identifier of a rule, a form, a row, an indicator or a finding: kebab or snake case ASCII, never renamed once published.
pub type Id = Cow<'static, str>;
