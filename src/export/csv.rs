//! The flat tables as CSV files.
//!
//! In: [`Rows`]. Out: UTF-8 with BOM (spreadsheets guess wrong without), CRLF and quoting by RFC 4180. A text that a spreadsheet
//! would run as a formula gets an apostrophe in front ([`guard`]); numbers stand bare, so `-5` stays a number.

use super::pass::Stream;
use super::rows::{Rows, Value};
use crate::model::archive::Archive;
use crate::model::flat::FlatTable;
use std::borrow::Cow;
use std::io;

/// One file per table.
pub(super) fn streams(archive: &Archive) -> io::Result<Vec<Stream>> {
    Stream::of_tables(archive, "csv", false, head, text)
}

fn head(table: &FlatTable) -> Vec<u8> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    format!("\u{feff}{}\r\n", names.join(",")).into_bytes()
}

fn text(_: &FlatTable, rows: &Rows) -> io::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows.iter() {
        for value in row {
            csv.write_field(field(value).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn field(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(Cow::Borrowed(text)) => guard(text),
        Value::Text(Cow::Owned(text)) => Cow::Owned(guard(&text).into_owned()),
        Value::Integer(number) => number.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Flag(flag) => if flag { "true" } else { "false" }.into(),
        Value::Null => "".into(),
    }
}

/// Puts an apostrophe before every line of a text that a spreadsheet would run as a formula: after leading blanks it begins with
/// `= + - @` (full width included), or it begins with a tab or a carriage return. A line that already has apostrophes there gets
/// one more, so that taking one away always gives the text back.
fn guard(text: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Decimal;

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
        assert_eq!(field(Value::Number(Decimal::from(-5))), "-5");
        assert_eq!(field(Value::from("-5")), "'-5");
        assert_eq!(field(Value::Null), "");
    }
}
