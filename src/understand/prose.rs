//! Figures in sentences.
use super::*;
use crate::model::Id;
use crate::model::report::{Core, Figure, Place, Role, Section, Table};
/// What is known already.
pub struct Context<'a> {
    /// Roles.
    pub roles: &'a [Role],
    /// Outline.
    pub sections: &'a [Section],
    /// Year.
    pub year: Option<u16>,
    /// Agency.
    pub agency: Option<&'a str>,
    /// Place.
    pub place: Option<&'a Place>,
    /// Tables.
    pub tables: &'a [Table],
}
/// What was read.
pub struct Reading {
    /// Figures.
    pub figures: Vec<Figure>,
    /// Core.
    pub core: BTreeMap<Id, Core>,
    /// Findings.
    pub findings: Vec<Finding>,
}
/// Reads figures.
pub fn read_figures(_: &Draft, _: &Context) -> Reading {
    Reading { figures: Vec::new(), core: BTreeMap::new(), findings: Vec::new() }
}
/// The dictionary.
pub fn indicators() -> Arc<Vec<Indicator>> {
    Arc::new(Vec::new())
}
