//! The whole archive as one SQLite file: the flat tables with their keys, the text with a full-text index, and a view for each
//! question of [`QUESTIONS`].
//!
//! In: [`Rows`]. Out: `data/archive.sqlite`, in a place the sink chooses. Rows go in by the archive's order within one transaction, so
//! that equal rows give equal bytes. What each column means stands beside it in the schema, and in the table `codebook`.

use super::Ledger;
use super::questions::QUESTIONS;
use super::rows::{Rows, Value};
use super::tables::TABLES;
use crate::model::archive::Archive;
use crate::model::flat::{EXACT, FlatTable, Kind};
use crate::model::page::Sink;
use rusqlite::Connection;
use std::io;

pub(super) const PATH: &str = "data/archive.sqlite";

/// `NBAO` in the header, by which `file` and others may know what the database is, and the version of its tables.
const APPLICATION: u32 = 0x4e42_414f;
const VERSION: u32 = 1;

/// The database in the making.
pub(super) struct Database(Connection);

impl Database {
    pub(super) fn open(archive: &Archive, ledger: &mut Ledger) -> io::Result<Database> {
        let database = ledger.database(PATH)?;
        // No journal: a build that fails drops the file. Sorting stays in memory: verbs touch no disk.
        let mut script = format!(
            "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;
             PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; BEGIN;
             CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);"
        );
        TABLES.iter().for_each(|flat| script.push_str(&create(&flat.table)));
        run(&database, &script)?;
        for (name, value) in [
            ("format", "nianbao/1"),
            ("generator", &archive.generator),
            ("build_id", &archive.build_id),
            ("title", &archive.site.title),
            ("url", &archive.site.url),
            ("license", &archive.site.license),
        ] {
            database.execute("INSERT INTO about VALUES (?, ?)", [name, value]).map_err(io::Error::other)?;
        }
        let database = Database(database);
        for flat in TABLES {
            if let Some(rows) = Rows::of_archive(archive, flat.fill) {
                database.insert(&flat.table, [&rows].into_iter()).map_err(io::Error::other)?;
            }
        }
        Ok(database)
    }

    /// Takes the rows of some reports.
    pub(super) fn take(&self, reports: &[Vec<Rows>]) -> io::Result<()> {
        for (place, flat) in TABLES.iter().enumerate() {
            self.insert(&flat.table, reports.iter().map(|report| &report[place])).map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn insert<'a>(&self, table: &FlatTable, rows: impl Iterator<Item = &'a Rows>) -> rusqlite::Result<()> {
        let names: Vec<String> = columns(table).map(|(name, _)| quoted(&name)).collect();
        let places = vec!["?"; names.len()].join(", ");
        let into = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(table.name), names.join(", "));
        let mut statement = self.0.prepare(&into)?;
        for row in rows.flat_map(Rows::iter) {
            let mut place = 0;
            let mut next = || {
                place += 1;
                place
            };
            for (value, column) in row.zip(table.columns) {
                match value {
                    Value::Text(text) => statement.raw_bind_parameter(next(), &*text)?,
                    Value::Integer(number) => statement.raw_bind_parameter(next(), number)?,
                    Value::Flag(flag) => statement.raw_bind_parameter(next(), flag)?,
                    Value::Number(number) => {
                        match number.to_integer() {
                            Some(whole) => statement.raw_bind_parameter(next(), whole)?,
                            None => statement.raw_bind_parameter(next(), number.to_f64())?,
                        }
                        statement.raw_bind_parameter(next(), number.to_string())?;
                    }
                    Value::Null => {
                        statement.raw_bind_parameter(next(), None::<i64>)?;
                        if column.kind == Kind::Number {
                            statement.raw_bind_parameter(next(), None::<i64>)?;
                        }
                    }
                }
            }
            statement.raw_execute()?;
        }
        Ok(())
    }

    pub(super) fn finish(self, ledger: &mut Ledger) -> io::Result<()> {
        let mut script = String::new();
        for table in TABLES.iter().map(|flat| &flat.table) {
            for lookup in table.lookups {
                let name = format!("{}_by_{}", table.name, lookup.join("_"));
                script.push_str(&format!("CREATE INDEX {name} ON {} ({});\n", quoted(table.name), list(lookup)));
            }
            if let Some(text) = table.text {
                // Three characters at a time: Chinese has no spaces, and any run of three or more is found.
                let name = table.name;
                script.push_str(&format!(
                    "CREATE VIRTUAL TABLE {name}_fts USING fts5({text}, content=\"{name}\", content_rowid=\"id\", tokenize=\"trigram\");
                     INSERT INTO {name}_fts({name}_fts) VALUES ('rebuild'); INSERT INTO {name}_fts({name}_fts) VALUES ('optimize');\n"
                ));
            }
        }
        for question in QUESTIONS {
            script.push_str(&format!("CREATE VIEW {} AS -- {}\n{};\n", question.view, question.ask, question.select));
        }
        run(&self.0, &(script + "COMMIT;"))?;
        ledger.put_database(PATH, self.0).map(drop)
    }
}

fn run(database: &Connection, script: &str) -> io::Result<()> {
    database.execute_batch(script).map_err(io::Error::other)
}

/// The columns with their types; an exact decimal stands twice.
fn columns(table: &FlatTable) -> impl Iterator<Item = (String, &'static str)> {
    table.columns.iter().flat_map(|column| {
        let of_kind = match column.kind {
            Kind::String => "TEXT",
            Kind::Integer => "INTEGER",
            Kind::Number => "NUMERIC",
            Kind::Boolean => "BOOLEAN",
        };
        let exact = (column.kind == Kind::Number).then(|| (format!("{}{EXACT}", column.name), "TEXT"));
        [Some((column.name.to_owned(), of_kind)), exact].into_iter().flatten()
    })
}

/// A table with its keys, and beside each column what it means. The table that is searched gets a number for each row.
fn create(table: &FlatTable) -> String {
    let mut lines = Vec::new();
    if table.text.is_some() {
        lines.push(("id INTEGER PRIMARY KEY".to_owned(), "全文索引所用的行号 Row of the full-text index".to_owned()));
    }
    for (name, kind) in columns(table) {
        let column = table.columns.iter().find(|column| name.trim_end_matches(EXACT) == column.name);
        let about = column.map_or(String::new(), |column| format!("{} {}", column.zh, column.en));
        let required = if table.key.contains(&name.as_str()) { " NOT NULL" } else { "" };
        lines.push((format!("{} {kind}{required}", quoted(&name)), about));
    }
    let unique = if table.text.is_some() { "UNIQUE" } else { "PRIMARY KEY" };
    lines.push((format!("{unique} ({})", list(table.key)), String::new()));
    for to in table.refers {
        let theirs = format!("REFERENCES {} ({})", quoted(to.table), list(to.theirs));
        lines.push((format!("FOREIGN KEY ({}) {theirs}", list(to.columns)), String::new()));
    }
    let last = lines.len() - 1;
    let line = |(at, (line, about)): (usize, (String, String))| {
        let comma = if at < last { "," } else { "" };
        let about = if about.is_empty() { String::new() } else { format!(" -- {about}") };
        format!("  {line}{comma}{about}\n")
    };
    let body: String = lines.into_iter().enumerate().map(line).collect();
    format!("CREATE TABLE {} ( -- {} {}\n{body});\n", quoted(table.name), table.zh, table.en)
}

/// A name that SQL may take for a word of its own (`table`, `from`, `row`).
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}
