//! The flat tables as CSV files.
//!
//! In: the tables of [`tables`](super::tables). Out: UTF-8 with BOM (spreadsheets guess wrong without), CRLF and quoting by
//! RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front ([`guard`]); numbers stand bare, so
//! `-5` stays a number.

use super::Ledger;
use super::pass::Stream;
use super::tables::{Rows, TABLES, Table};
use crate::model::Id;
use crate::model::archive::Archive;
use crate::model::page::{Artifact, Sink};
use crate::model::value::Decimal;
use std::borrow::Cow;
use std::io;

/// One field of a row.
pub(super) enum Field<'a> {
    /// Text, made safe for spreadsheets.
    Text(Cow<'a, str>),
    /// A number or a flag, bare.
    Bare(String),
    /// Null.
    Empty,
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Self {
        Field::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Field<'a> {
    fn from(text: &'a String) -> Self {
        Field::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Field<'_> {
    fn from(text: String) -> Self {
        Field::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a Id> for Field<'a> {
    fn from(id: &'a Id) -> Self {
        Field::Text(Cow::Borrowed(id))
    }
}

macro_rules! bare {
    ($($number:ty),*) => {
        $(impl From<$number> for Field<'_> {
            fn from(value: $number) -> Self {
                Field::Bare(value.to_string())
            }
        })*
    };
}
bare!(u16, u32, u64, usize, bool, Decimal);

impl<'a, T: Into<Field<'a>>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Empty, Into::into)
    }
}

/// Rows of one table in the making.
pub(super) struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    fn new() -> Self {
        Csv(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new()))
    }

    /// Adds a row; all rows of a table are equally long.
    pub(super) fn row<const N: usize>(&mut self, fields: [Field; N]) -> io::Result<()> {
        for field in fields {
            match field {
                Field::Text(text) => self.0.write_field(guard(&text).as_bytes()),
                Field::Bare(text) => self.0.write_field(text),
                Field::Empty => self.0.write_field(""),
            }?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        self.0.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

/// Puts an apostrophe before every line of a text that a spreadsheet would run as a formula: after leading blanks it begins with
/// `= + - @` (full width included), or it begins with a tab or a carriage return. A line that already has apostrophes there gets
/// one more, so that taking one away always gives the text back.
pub(super) fn guard(text: &str) -> Cow<'_, str> {
    if !text.split(['\n', '\r']).any(runs) && !text.starts_with(['\t', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 2);
    let opens = text.starts_with(['\t', '\r']);
    for (i, line) in text.split_inclusive(['\n', '\r']).enumerate() {
        if runs(line) || (i == 0 && opens) {
            safe.push('\'');
        }
        safe.push_str(line);
    }
    Cow::Owned(safe)
}

fn runs(line: &str) -> bool {
    let bare = line.trim_start_matches('\'');
    bare.trim_start_matches(|c: char| {
        c.is_whitespace() || c.is_control() || "\u{feff}\u{200b}\u{200c}\u{200d}\u{2060}".contains(c)
    })
    .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || bare.starts_with('\t')
}

fn head(table: &Table) -> Vec<u8> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    format!("\u{feff}{}\r\n", names.join(",")).into_bytes()
}

fn path(table: &Table) -> String {
    format!("data/{}.csv", table.name)
}

/// The tables that grow by report.
pub(super) fn streams() -> Vec<Stream> {
    let stream = |table: &'static Table| match table.rows {
        Rows::OfReport(rows) => Some(Stream {
            path: path(table),
            head: head(table),
            piece: Box::new(move |archive, entry, report| {
                let mut csv = Csv::new();
                rows(archive, entry, report, &mut csv)?;
                csv.finish()
            }),
            gzip: false,
        }),
        Rows::OfArchive(_) => None,
    };
    TABLES.iter().filter_map(stream).collect()
}

/// The tables that are small.
pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    for table in TABLES {
        if let Rows::OfArchive(rows) = table.rows {
            let mut csv = Csv::new();
            rows(archive, &mut csv)?;
            let bytes = [head(table), csv.finish()?].concat();
            ledger.put(Artifact { path: path(table), bytes })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unguard(field: &str) -> String {
        // What the documentation tells a reader: an apostrophe before such a line is ours.
        let opens = field.strip_prefix('\'').is_some_and(|rest| rest.starts_with(['\t', '\r']));
        let mut text = String::new();
        for (i, line) in field.split_inclusive(['\n', '\r']).enumerate() {
            let ours = line.starts_with('\'') && runs(line) || (i == 0 && opens);
            text.push_str(if ours { &line[1..] } else { line });
        }
        text
    }

    #[test]
    fn a_text_that_would_run_gets_an_apostrophe_and_gives_it_back() {
        let hostile = [
            "=1+1",
            "+86",
            "-5",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "  =1",
            "\u{a0}=1",
            "\u{3000}-1",
            "一行\n=HYPERLINK()",
            "一行\r\n @x",
            "'=1",
            "''+1",
            "\u{200b}=1",
            "'\tx",
            "\n=1",
            "\u{feff}=1",
        ];
        for text in hostile {
            let safe = guard(text);
            assert_ne!(safe, text, "{text:?}");
            assert_eq!(unguard(&safe), text, "{text:?} as {safe:?}");
            assert!(
                !safe.split(['\n', '\r']).any(|line| line.trim_start().starts_with(['=', '+', '-', '@'])),
                "{safe:?}"
            );
        }
        for text in ["", "政府信息", "5-3", "a=b", "'引", "2019年\n共 5 件", "--- 无".trim_start_matches('-'), "5"]
        {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn a_negative_number_stays_a_number() {
        let mut csv = Csv::new();
        csv.row([Field::from(Decimal::from(-5)), "-5".into(), Field::Empty]).unwrap();
        assert_eq!(csv.finish().unwrap(), b"-5,'-5,\r\n");
    }
}
