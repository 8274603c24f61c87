//! Archive to pages. `VIEWS` is the list; a view is one file, one row and one template.
//!
//! In: an [`Archive`]. Out: [`Page`]s whose context is the JSON published beside them. Must never render or write.

use crate::model::archive::Archive;
use crate::model::page::Page;

/// A kind of page.
pub struct View {
    /// Kebab-case id.
    pub id: &'static str,
    /// What it shows, in English.
    pub about: &'static str,
    /// Template of the theme.
    pub template: &'static str,
    /// All its pages.
    pub pages: fn(&Archive) -> Vec<Page>,
}

/// Every kind of page there is.
pub const VIEWS: &[View] = &[];
