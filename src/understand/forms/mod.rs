//! Statutory tables.
use super::*;
use crate::model::report::{Role, Table};
/// What was read.
pub struct Reading {
    /// Tables.
    pub tables: Vec<Table>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Lines taken.
    pub claimed: Vec<u32>,
}
/// Reads tables.
pub fn read_tables(_: &Draft, _: &[Role], _: Option<u16>) -> Reading {
    Reading { tables: Vec::new(), findings: Vec::new(), claimed: Vec::new() }
}
/// The forms.
pub fn forms() -> Arc<Vec<Form>> {
    Arc::new(Vec::new())
}
