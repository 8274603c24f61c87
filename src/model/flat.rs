//! The flat tables of the open data, as data: what a table is, what each column means, in what unit, and where it comes from.
//!
//! One description makes the CSV header, the SQLite table, the Parquet schema, `datapackage.json` and the codebook.

use serde::Serialize;

/// A flat table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FlatTable {
    /// Name of the table, and of its files without extension.
    pub name: &'static str,
    /// Its title, in Chinese.
    pub title: &'static str,
    /// What a row is, in Chinese.
    pub zh: &'static str,
    /// What a row is, in English.
    pub en: &'static str,
    /// Its columns in order; new ones go last.
    pub columns: &'static [Column],
    /// Columns that together name a row.
    pub key: &'static [&'static str],
    /// Columns that name a row of a table.
    pub refers: &'static [Reference],
    /// Columns by which rows are looked up besides the key; the database gets an index for each list.
    pub lookups: &'static [&'static [&'static str]],
    /// The column to search in, for the table that holds the text itself. That table is not offered as CSV or NDJSON: the text of
    /// each report is in its own JSON and in `reports.ndjson.gz`.
    pub text: Option<&'static str>,
}

/// Columns that name a row of a table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reference {
    /// Own columns.
    pub columns: &'static [&'static str],
    /// The table they name a row of; it may be the table itself.
    pub table: &'static str,
    /// Its columns.
    pub theirs: &'static [&'static str],
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its meaning, in Chinese.
    pub zh: &'static str,
    /// Its meaning, in English.
    pub en: &'static str,
    /// Unit of a number: Chinese, English. None for texts and flags.
    pub unit: Option<(&'static str, &'static str)>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a column holds, as Table Schema names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// An exact decimal. Formats that know binary fractions only hold the nearest one, and the exact text in a column of their own,
    /// [`EXACT`].
    Number,
    /// True or false.
    Boolean,
}

impl Kind {
    /// Its name in Table Schema.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
        }
    }
}

/// What the name of a number's exact text ends in, in SQLite and Parquet: `value_exact`.
pub const EXACT: &str = "_exact";

/// Where a field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Printed in the report.
    Printed,
    /// Read from the report by the program; a standing or a line says from where.
    Read,
    /// Checked or computed by the identities of the form, or by comparing reports.
    Checked,
    /// The original file itself.
    File,
    /// Made by this archive: ids, addresses, counts.
    Archive,
    /// Stated by the publisher of the archive.
    Publisher,
    /// A national standard, a prescribed form, or the dictionary of indicators.
    Standard,
}

impl Origin {
    /// The origin of that name.
    pub fn from_name(name: &str) -> Option<Origin> {
        use Origin::{Archive, Checked, File, Printed, Publisher, Read, Standard};
        [Printed, Read, Checked, File, Archive, Publisher, Standard]
            .into_iter()
            .find(|origin| format!("{origin:?}").eq_ignore_ascii_case(name))
    }

    /// What it is called, in Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Origin::Printed => ("原文", "printed in the report"),
            Origin::Read => ("程序读出", "read from the report by the program"),
            Origin::Checked => ("核对所得", "checked or computed"),
            Origin::File => ("原件文件", "the original file"),
            Origin::Archive => ("本档案编制", "made by this archive"),
            Origin::Publisher => ("编者写明", "stated by the publisher of the archive"),
            Origin::Standard => ("标准与词典", "standard, form or dictionary"),
        }
    }
}

/// A field of the published JSON.
#[derive(Clone, Debug, Serialize)]
pub struct JsonField {
    /// Address of the schema that has it.
    pub schema: &'static str,
    /// Its type there.
    pub of: String,
    /// Its name.
    pub field: String,
    /// Its meaning, in Chinese.
    pub zh: &'static str,
    /// Its meaning, in English.
    pub en: String,
    /// Unit of a number, in Chinese and English; empty for everything else.
    pub unit: &'static str,
    /// Where it comes from.
    pub origin: Origin,
}

/// A question people ask of the data, with the one line that answers it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Question {
    /// Name of the view in SQLite.
    pub view: &'static str,
    /// The question, in Chinese.
    pub ask: &'static str,
    /// What a row of the view is, in Chinese and English.
    pub about: (&'static str, &'static str),
    /// Its definition: a `SELECT` over the flat tables.
    pub select: &'static str,
    /// The line that answers the question. `{agency}` stands for the name of an agency.
    pub line: &'static str,
}
