//! One JSON object a line, gzip: every report whole, and the rows of the other flat tables.
//!
//! In: reports and [`Rows`]. Out: text without BOM. Numbers are exact decimals; what is not known is null.

use super::pass::Stream;
use super::rows::{Rows, Value};
use crate::model::archive::Archive;
use crate::model::flat::FlatTable;
use std::io::{self, Write};

/// `reports.ndjson.gz` holds the whole of each report, the other files the rows of their tables.
pub(super) fn streams(archive: &Archive) -> io::Result<Vec<Stream>> {
    let mut streams = Stream::of_tables(archive, "ndjson.gz", true, |_| Vec::new(), text)?;
    for stream in streams.iter_mut().filter(|stream| stream.path == "data/reports.ndjson.gz") {
        stream.piece = Box::new(|report, _| {
            let mut line = serde_json::to_vec(report)?;
            line.push(b'\n');
            Ok(line)
        });
    }
    Ok(streams)
}

fn text(table: &FlatTable, rows: &Rows) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for row in rows.iter() {
        for (column, value) in table.columns.iter().zip(row) {
            // A column's name needs no escape: it is one of ours.
            write!(lines, "{}\"{}\":", if column.name == table.columns[0].name { '{' } else { ',' }, column.name)?;
            match value {
                Value::Text(text) => serde_json::to_writer(&mut lines, &*text)?,
                Value::Integer(number) => write!(lines, "{number}")?,
                Value::Number(number) => write!(lines, "{number}")?,
                Value::Flag(flag) => write!(lines, "{flag}")?,
                Value::Null => lines.extend_from_slice(b"null"),
            }
        }
        lines.extend_from_slice(b"}\n");
    }
    Ok(lines)
}
