//! Statutory forms and the indicator dictionary: what `understand/forms/*.toml` deserialises to.

use super::Id;
use serde::{Deserialize, Serialize};

/// A form regime: the tables that one national or local document prescribes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// `2019`.
    pub id: Id,
    /// Official title.
    pub title: String,
    /// The document that prescribes it.
    pub document: String,
    /// First report year.
    pub from: u16,
    /// Last report year; none while it is in force.
    pub to: Option<u16>,
    /// Its tables in order.
    #[serde(rename = "table")]
    pub tables: Vec<FormTable>,
}

/// One table of a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormTable {
    /// `requests`.
    pub id: Id,
    /// Official title.
    pub title: String,
    /// Other wordings of the title.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Lines of the table's own that announce it (第二十条第(五)项).
    #[serde(default)]
    pub anchors: Vec<String>,
    /// Labels of the columns that stand before the figures (信息内容, 单位, 代码).
    #[serde(default)]
    pub head: Vec<String>,
    /// Labels of the headers above the columns.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Columns in official order.
    #[serde(rename = "column")]
    pub columns: Vec<FormColumn>,
    /// Rows in official order, header rows included.
    #[serde(rename = "row")]
    pub rows: Vec<FormRow>,
    /// Its 勾稽关系.
    #[serde(default, rename = "identity")]
    pub identities: Vec<Identity>,
    /// Rows that cannot hold more than another one.
    #[serde(default, rename = "limit")]
    pub limits: Vec<Limit>,
    /// What ties it to the table of the year before.
    #[serde(default)]
    pub across: Vec<Across>,
}

/// A column of a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// `natural_person`.
    pub id: Id,
    /// Official label.
    pub label: String,
    /// Other wordings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Label of the header above it, if any.
    #[serde(default)]
    pub group: Option<String>,
    /// Unit that holds for this column only.
    #[serde(default)]
    pub unit: Option<String>,
    /// The column may hold signed changes (本年增/减).
    #[serde(default)]
    pub signed: bool,
}

/// A row of a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormRow {
    /// `new_requests`.
    pub id: Id,
    /// Official label, ordinal included.
    pub label: String,
    /// Other wordings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Depth, from 0.
    #[serde(default)]
    pub level: u8,
    /// Unit of its cells; none where the form fixes none.
    #[serde(default)]
    pub unit: Option<String>,
    /// Carries no figures by law.
    #[serde(default)]
    pub header: bool,
}

/// One identity (勾稽关系): the sum of `left` equals the sum of `right`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `flow_balance`.
    pub id: Id,
    /// What it says, in Chinese; the official wording where there is one.
    pub say: String,
    /// Whether the form itself states it.
    #[serde(default)]
    pub official: bool,
    /// Checked once for each column (terms are rows) or once for each row (terms are columns).
    pub per: Axis,
    /// The columns or rows it is checked over.
    pub over: Vec<Id>,
    /// Terms of the left side.
    pub left: Vec<Id>,
    /// Terms of the right side.
    pub right: Vec<Id>,
}

/// Rows each of which counts some of what another one counts, in every column.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What it says, in Chinese.
    pub say: String,
    /// Rows that count a part.
    pub parts: Vec<Id>,
    /// The row that counts the whole.
    pub whole: Id,
}

/// An identity between the tables of two years on one form: `before` of the earlier and `left` of the later add up to `right` of the
/// later. Without a right side the two are only compared in size: a thousandfold change is one of units.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Across {
    /// `stock_flow`.
    pub id: Id,
    /// What it says, in Chinese.
    pub say: String,
    /// As for an identity.
    pub per: Axis,
    /// As for an identity.
    pub over: Vec<Id>,
    /// Terms of the earlier year.
    pub before: Vec<Id>,
    /// Terms of the later year added to them.
    #[serde(default)]
    pub left: Vec<Id>,
    /// Terms of the later year.
    #[serde(default)]
    pub right: Vec<Id>,
}

impl Across {
    /// All its terms.
    pub fn terms(&self) -> impl Iterator<Item = &Id> {
        self.before.iter().chain(&self.left).chain(&self.right)
    }
}

/// Which way an identity runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Once for each column; terms are rows.
    Column,
    /// Once for each row; terms are columns.
    Row,
}

/// A comparable figure of the dictionary.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// `requests_received`.
    pub id: Id,
    /// Its name on the site.
    pub label: String,
    /// One sentence on what is counted.
    #[serde(default)]
    pub about: String,
    /// Unit it is published in.
    pub unit: String,
    /// Theme it is listed under: 主动公开, 依申请公开, 复议诉讼, 保障.
    pub group: String,
    /// A level at a date (人员数) rather than a count over the year.
    #[serde(default)]
    pub stock: bool,
    /// Cells that hold it, `<form>:<table>.<row>.<column>`; several terms of one form are summed with `+`.
    #[serde(default)]
    pub cells: Vec<String>,
    /// Words by which prose names it; matching is `understand::prose`'s business.
    #[serde(default)]
    pub words: Vec<String>,
    /// Words that rule it out.
    #[serde(default)]
    pub never: Vec<String>,
    /// Measure words it is counted in.
    #[serde(default)]
    pub units: Vec<String>,
}
