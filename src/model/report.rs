//! One report, as published: the types here serialise to `reports/<id>/index.json`.

use super::Id;
use super::curation::Curation;
use super::diagnostic::Finding;
use super::source::{Edit, Encoding, Script, Span};
use super::value::{Approx, Decimal, Period, Scope, Standing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything known of one report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// `<agency>-<year>[-n]`, minted once; empty until the archive is assembled.
    pub id: String,
    /// Address of its page below the site, `reports/<id>/`.
    pub url: String,
    /// What sort of document it is.
    pub kind: Kind,
    /// Title as printed, or as the publisher says.
    pub title: Known<String>,
    /// The reporting body.
    pub agency: Known<AgencyName>,
    /// The year it reports on.
    pub year: Known<u16>,
    /// The place it belongs to.
    pub region: Known<Place>,
    /// Its dates.
    pub dates: Dates,
    /// Where the page says it comes from.
    pub source: Origin,
    /// The file as found.
    pub original: Original,
    /// Numbers of persons in the text.
    pub personal: Personal,
    /// The normalized text, one entry per line of the file.
    pub lines: Vec<TextLine>,
    /// Its outline.
    pub sections: Vec<Section>,
    /// Statutory tables.
    pub tables: Vec<Table>,
    /// Statistics stated in prose.
    pub figures: Vec<Figure>,
    /// The comparable figures of the report's own year and body, by indicator.
    pub core: BTreeMap<Id, Core>,
    /// Every change made to the text.
    pub edits: Vec<Edit>,
    /// What does not add up.
    pub findings: Vec<Finding>,
    /// Figures the publisher of the archive corrected.
    pub curations: Vec<Curation>,
    /// Reports with near-identical text.
    pub similar: Vec<Similar>,
    /// The same agency's report of the year before, or the nearest earlier one.
    pub previous: Option<String>,
    /// The next one.
    pub next: Option<String>,
}

/// What sort of document a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 政府信息公开工作年度报告.
    AnnualReport,
    /// 自查报告.
    SelfInspection,
    /// A statistics table alone.
    StatisticsTable,
    /// 通知, 公告.
    Notice,
    /// Anything else.
    #[default]
    Other,
}

/// A value with how we know it. `value` is null when it is not known: never guessed silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Known_{T}")]
pub struct Known<T> {
    /// The value, or null.
    pub value: Option<T>,
    /// How we know it; null when there is no value.
    pub standing: Option<Standing>,
    /// Where the text says so; null when it is curated or inferred.
    pub at: Option<Span>,
}

impl<T> Known<T> {
    /// Not known.
    pub fn unknown() -> Self {
        Known { value: None, standing: None, at: None }
    }

    /// Printed at a place of the text.
    pub fn printed(value: T, at: Span) -> Self {
        Known { value: Some(value), standing: Some(Standing::Printed), at: Some(at) }
    }

    /// Follows from something else that is known, with the place it follows from.
    pub fn solved(value: T, at: Option<Span>) -> Self {
        Known { value: Some(value), standing: Some(Standing::Solved), at }
    }

    /// The publisher says so.
    pub fn curated(value: T) -> Self {
        Known { value: Some(value), standing: Some(Standing::Curated), at: None }
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known::unknown()
    }
}

/// An agency as a report names it. `id` is empty until the archive is assembled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgencyName {
    /// Pinyin of the canonical name, minted once.
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// Other names it goes by in this report.
    pub aliases: Vec<String>,
}

/// A place of the administrative division (GB/T 2260).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Six-digit code.
    pub code: String,
    /// Name of the lowest level that is known.
    pub name: String,
    /// 省, 自治区, 直辖市.
    pub province: Option<String>,
    /// 地级市, 州, 盟.
    pub city: Option<String>,
    /// 县, 区, 县级市.
    pub county: Option<String>,
}

/// The dates of a report, ISO 8601 (`2017-03-01`). Impossible ones are kept and disputed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dates {
    /// When the page was put online.
    pub published: Option<Known<String>>,
    /// The date under the signature.
    pub signed: Option<Known<String>>,
    /// 成文日期, 发文日期.
    pub written: Option<Known<String>>,
    /// First day of the statistics.
    pub period_start: Option<Known<String>>,
    /// Last day of the statistics.
    pub period_end: Option<Known<String>>,
}

/// Where the page says it comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// 来源, 信息来源.
    pub name: Option<Known<String>>,
    /// Address, from the publisher only.
    pub url: Option<Known<String>>,
    /// 索引号.
    pub index_number: Option<Known<String>>,
    /// 文号.
    pub document_number: Option<Known<String>>,
    /// 分类, 信息分类.
    pub category: Option<Known<String>>,
    /// 发布机构.
    pub publisher: Option<Known<String>>,
}

/// The file as found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Original {
    /// Path below the content folder.
    pub path: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How its bytes became text.
    pub encoding: Encoding,
    /// The script it was written in.
    pub script: Script,
    /// What sort of site it came from.
    pub provenance: Provenance,
    /// Name of the copy beside the report's page.
    pub copy: String,
    /// How far the copy is the file. `sha256` and `bytes` are those of the file as found in any case.
    pub published: Copied,
}

impl Original {
    /// Name of the copy of a content file: never under an extension that a browser would run.
    pub fn copy_name(path: &str) -> &'static str {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("md") => "original.md",
            Some("html" | "htm") => "original.html.txt",
            _ => "original.txt",
        }
    }
}

/// How far the published copy of a file is the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Copied {
    /// Byte for byte.
    #[default]
    Whole,
    /// Numbers of persons are masked, each byte by an asterisk; every other byte is as found.
    Masked,
    /// It has numbers of persons in a form that cannot be masked byte for byte, so no copy is published.
    Withheld,
}

/// Numbers of persons in the text of a report: how many were found, and whether they are masked wherever the text is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Personal {
    /// 居民身份证号码.
    pub identity_cards: u32,
    /// 手机号码.
    pub mobiles: u32,
    /// 银行卡号.
    pub bank_cards: u32,
    /// Whether they are masked; false when the publisher has them shown, or there are none.
    pub masked: bool,
}

impl Personal {
    /// All of them.
    pub fn total(self) -> u32 {
        self.identity_cards + self.mobiles + self.bank_cards
    }
}

/// What sort of site a text came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// An agency's own site.
    Official,
    /// A copy by someone else, often with advertising inserted.
    Mirror,
    /// The text does not say.
    #[default]
    Unknown,
}

/// What a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The report's title.
    Title,
    /// Page furniture: breadcrumbs, font size, print.
    Chrome,
    /// A row of metadata: source, date, index number; front matter.
    Meta,
    /// A heading that stands alone.
    Heading,
    /// Running text; a heading that opens its paragraph included.
    #[default]
    Prose,
    /// A cell, a row or a header of a table.
    Table,
    /// Nothing but white space.
    Blank,
}

/// A line of the normalized text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextLine {
    /// Number in the file, from 1.
    pub no: u32,
    /// What it is.
    pub role: Role,
    /// Normalized text.
    pub text: String,
}

/// A heading of the outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// 0 for the title, 1 for 一、, 2 for （一）, 3 and deeper below.
    pub level: u8,
    /// Ordinals from the top, dotted: `2.3`; empty for the title.
    pub number: String,
    /// Clean title without its ordinal.
    pub title: String,
    /// Line it stands on.
    pub line: u32,
}

/// A statutory table as read from the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// The form regime, `2019`.
    pub form: Id,
    /// The table of the form, `requests`.
    pub table: Id,
    /// Its official title.
    pub title: String,
    /// First and last line.
    pub lines: [u32; 2],
    /// The rows in order, header rows included, each with the places of its cells in `cells`.
    pub rows: Vec<TableRow>,
    /// The columns in order.
    pub columns: Vec<TableColumn>,
    /// The cells, row by row. A table that cannot be read has none.
    pub cells: Vec<Cell>,
    /// The identities that were checked.
    pub checks: Vec<Check>,
}

/// A row of a read table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableRow {
    /// Row id of the form.
    pub id: Id,
    /// Official label.
    pub label: String,
    /// Depth in the form, from 0.
    pub level: u8,
    /// A row that carries no figures by law.
    pub header: bool,
    /// Indices into `cells`, one per column.
    pub cells: Vec<u32>,
}

/// A column of a read table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableColumn {
    /// Column id of the form.
    pub id: Id,
    /// Official label.
    pub label: String,
    /// Label of the group it stands under, if any.
    pub group: Option<String>,
}

/// One cell of a statutory table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Row id of the form; for an unmapped row a counter `x1`.
    pub row: Id,
    /// Column id of the form; for an unmapped column a counter `x1`.
    pub column: Id,
    /// The value in `unit`; null when blank or lost.
    pub value: Option<Decimal>,
    /// As printed, unit included; null when nothing stands there.
    pub raw: Option<String>,
    /// Unit the value is in: money is in 元 by the printed unit; null when the form fixes none and none is printed.
    pub unit: Option<String>,
    /// How we know it.
    pub standing: Standing,
    /// The line it stands on; for a blank or solved cell the line of its row.
    pub line: Option<u32>,
    /// Identities that confirm, give or contradict it.
    pub by: Vec<Id>,
    /// Printed label of an unmapped row or column.
    pub label: Option<String>,
}

/// One identity (勾稽关系), checked over one row or column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Identity of the form.
    pub identity: Id,
    /// The row or column it was checked over.
    pub over: Id,
    /// Sum of the left side over the cells that are known.
    pub left: Option<Decimal>,
    /// Sum of the right side.
    pub right: Option<Decimal>,
    /// An empty cell counts as unknown and not negative: false only where no filling could save it, null where it cannot be decided.
    pub holds: Option<bool>,
    /// Whether the form itself demands it (official wording) or arithmetic does.
    pub official: bool,
}

/// A statistic stated in prose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// Indicator of the dictionary, when it is one of those.
    pub indicator: Option<Id>,
    /// What is counted, in the report's words.
    pub label: String,
    /// The value, magnitudes multiplied out: `24万余条` is 240000.
    pub value: Decimal,
    /// As printed.
    pub raw: String,
    /// The unit or measure word.
    pub unit: Option<String>,
    /// How exactly it is stated.
    pub approx: Approx,
    /// Whose figure it is.
    pub scope: Scope,
    /// The time it covers.
    pub period: Period,
    /// Part of the figure before it (其中).
    pub subset: bool,
    /// How we know it: `printed`, or `solved` for 全部予以答复.
    pub standing: Standing,
    /// Line, from 1.
    pub line: u32,
    /// First byte of `raw` in the decoded source line.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// The sentence it stands in.
    pub sentence: String,
}

/// A comparable figure of the report's own year and body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Core {
    /// The value in `unit`.
    pub value: Decimal,
    /// Unit or measure word.
    pub unit: Option<String>,
    /// How exactly it is stated.
    pub approx: Approx,
    /// How we know it.
    pub standing: Standing,
    /// Where it comes from.
    pub from: CoreFrom,
    /// The line it stands on.
    pub line: Option<u32>,
    /// Other figures the report gives for the same thing.
    pub alternatives: Vec<Alternative>,
}

/// Where a core figure comes from; a proved table cell is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CoreFrom {
    Table,
    Prose,
}

/// Another figure the report gives for a core indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// The value.
    pub value: Decimal,
    /// Where it comes from.
    pub from: CoreFrom,
    /// The line it stands on.
    pub line: Option<u32>,
}

/// A report with near-identical text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Similar {
    /// Its id.
    pub id: String,
    /// Share of this report's sentences that stand there too, 0 to 1.
    pub share: Decimal,
    /// Characters in common, digits and punctuation left out.
    #[serde(default)]
    pub characters: u32,
    /// The passages in common, the longest first.
    #[serde(default)]
    pub passages: Vec<Passage>,
}

/// A passage that stands in two reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CommonPassage")]
pub struct Passage {
    /// First and last line in this report.
    pub lines: [u32; 2],
    /// First and last line in the other one.
    pub other_lines: [u32; 2],
    /// Its characters, digits and punctuation left out.
    pub characters: u32,
}
