//! The whole archive as one SQLite file: the flat tables with their keys, the text with a full-text index, and a view for each
//! question of [`QUESTIONS`].
//!
//! In: [`Rows`]. Out: `data/archive.sqlite`, in a place the sink chooses. Rows go in by the archive's order within one transaction, so
//! that equal rows give equal bytes. What each column means stands beside it in the schema, and in the table `codebook`.
//!
//! A table that grows by report repeats its report in every row, and the words of the forms thousands of times. It is stored without:
//! `cells` is a view with every column of the table, over `cells_rows`, where the report is a number and a word that the report does
//! not print is its number in `words`. Measured on the demonstration archive: 0.8 MB instead of 2.2.

use super::Ledger;
use super::questions::QUESTIONS;
use super::rows::{Fill, Rows, Value};
use super::tables::{Flat, TABLES};
use crate::model::archive::Archive;
use crate::model::flat::{Column, EXACT, Kind, Origin};
use crate::model::page::Sink;
use rusqlite::{Connection, Statement, ToSql};
use std::collections::BTreeMap;
use std::io;

pub(super) const PATH: &str = "data/archive.sqlite";

/// `NBAO` in the header, by which `file` and others may know what the database is, and the version of its tables.
const APPLICATION: u32 = 0x4e42_414f;
const VERSION: u32 = 1;

/// The table every report has one row of, in which it gets its number.
const REPORTS: &str = "reports";

/// The database in the making.
pub(super) struct Database {
    connection: Connection,
    /// Words by their number, which is that of their first appearance.
    words: BTreeMap<String, i64>,
    /// Reports so far.
    reports: i64,
}

/// How a column is stored.
#[derive(Clone, Copy, PartialEq)]
enum Stored {
    /// As it is.
    Here,
    /// In the row of the report.
    InReport,
    /// As a number of `words`.
    InWords,
}

impl Flat {
    /// Whether the table is stored whole, under its own name.
    fn whole(&self) -> bool {
        self.table.name == REPORTS || matches!(self.fill, Fill::OfArchive(_))
    }

    fn stored(&self, column: &Column) -> Stored {
        let refers = self.table.refers.iter().any(|to| to.columns == [column.name]);
        if self.whole() {
            Stored::Here
        } else if TABLES.iter().any(|flat| flat.table.name == REPORTS && flat.table.columns.contains(column)) {
            Stored::InReport
        } else if column.kind == Kind::String && column.origin != Origin::Printed && !refers {
            Stored::InWords
        } else {
            Stored::Here
        }
    }

    /// The name under which the rows are stored.
    fn place(&self) -> String {
        if self.whole() { self.table.name.to_owned() } else { format!("{}_rows", self.table.name) }
    }
}

impl Database {
    pub(super) fn open(archive: &Archive, ledger: &mut Ledger) -> io::Result<Database> {
        let connection = ledger.database(PATH)?;
        // No journal: a build that fails drops the file. Sorting stays in memory: verbs touch no disk.
        let mut script = format!(
            "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16384; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; BEGIN;
             CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
             CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
        );
        TABLES.iter().for_each(|flat| script.push_str(&create(flat)));
        run(&connection, &script)?;
        for (name, value) in [
            ("format", "nianbao/1"),
            ("generator", &archive.generator),
            ("build_id", &archive.build_id),
            ("title", &archive.site.title),
            ("url", &archive.site.url),
            ("license", &archive.site.license),
        ] {
            connection.execute("INSERT INTO about VALUES (?, ?)", [name, value]).map_err(io::Error::other)?;
        }
        let mut words = BTreeMap::new();
        for flat in TABLES {
            if let Some(rows) = Rows::of_archive(archive, flat.fill) {
                let mut into = Into::open(&connection, flat).map_err(io::Error::other)?;
                into.take(&rows, 0, &mut words).map_err(io::Error::other)?;
            }
        }
        Ok(Database { connection, words, reports: 0 })
    }

    /// Takes the rows of some reports.
    pub(super) fn take(&mut self, reports: &[Vec<Rows>]) -> io::Result<()> {
        self.insert(reports).map_err(io::Error::other)
    }

    fn insert(&mut self, reports: &[Vec<Rows>]) -> rusqlite::Result<()> {
        let open = |flat: &'static Flat| Into::open(&self.connection, flat);
        let mut tables = TABLES.iter().map(open).collect::<rusqlite::Result<Vec<_>>>()?;
        for report in reports {
            self.reports += 1;
            for (into, rows) in tables.iter_mut().zip(report) {
                into.take(rows, self.reports, &mut self.words)?;
            }
        }
        Ok(())
    }

    fn put_words(&self) -> rusqlite::Result<()> {
        let mut words: Vec<(&i64, &String)> = self.words.iter().map(|(word, number)| (number, word)).collect();
        words.sort_unstable();
        let mut insert = self.connection.prepare("INSERT INTO words VALUES (?, ?)")?;
        words.into_iter().try_for_each(|row| insert.execute(row).map(drop))
    }

    pub(super) fn finish(self, ledger: &mut Ledger) -> io::Result<()> {
        self.put_words().map_err(io::Error::other)?;
        let mut script = String::new();
        for flat in TABLES {
            let (place, table) = (flat.place(), &flat.table);
            for lookup in table.lookups {
                let name = format!("{}_by_{}", table.name, lookup.join("_"));
                script.push_str(&format!("CREATE INDEX {name} ON {place} ({});\n", list(lookup)));
            }
            if !flat.whole() {
                script.push_str(&view(flat));
            }
            if let Some(text) = table.text {
                // Three characters at a time: Chinese has no spaces, and any run of three or more is found.
                let name = format!("{}_fts", table.name);
                script.push_str(&format!(
                    "CREATE VIRTUAL TABLE {name} USING fts5({text}, content=\"{place}\", content_rowid=\"id\", tokenize=\"trigram\");
                     INSERT INTO {name}({name}) VALUES ('rebuild'); INSERT INTO {name}({name}) VALUES ('optimize');\n"
                ));
            }
        }
        for question in QUESTIONS {
            script.push_str(&format!("CREATE VIEW {} AS -- {}\n{};\n", question.view, question.ask, question.select));
        }
        run(&self.connection, &(script + "COMMIT;"))?;
        ledger.put_database(PATH, self.connection).map(drop)
    }
}

fn run(database: &Connection, script: &str) -> io::Result<()> {
    database.execute_batch(script).map_err(io::Error::other)
}

/// A table that takes rows.
struct Into<'a> {
    flat: &'static Flat,
    stored: Vec<Stored>,
    statement: Statement<'a>,
}

impl<'a> Into<'a> {
    fn open(connection: &'a Connection, flat: &'static Flat) -> rusqlite::Result<Into<'a>> {
        let mut names: Vec<String> = if flat.whole() { Vec::new() } else { vec!["report".into()] };
        for column in flat.table.columns.iter().filter(|column| flat.stored(column) != Stored::InReport) {
            names.push(quoted(column.name));
            if column.kind == Kind::Number {
                names.push(quoted(&exact(column)));
            }
        }
        let places = vec!["?"; names.len()].join(", ");
        let statement =
            connection.prepare(&format!("INSERT INTO {} ({}) VALUES ({places})", flat.place(), names.join(", ")))?;
        Ok(Into { flat, stored: flat.table.columns.iter().map(|column| flat.stored(column)).collect(), statement })
    }

    fn take(&mut self, rows: &Rows, report: i64, words: &mut BTreeMap<String, i64>) -> rusqlite::Result<()> {
        for row in rows.iter() {
            let mut at = 0;
            let mut bind = |value: &dyn ToSql| {
                at += 1;
                self.statement.raw_bind_parameter(at, value)
            };
            if !self.flat.whole() {
                bind(&report)?;
            }
            for ((value, column), stored) in row.zip(self.flat.table.columns).zip(&self.stored) {
                match value {
                    _ if *stored == Stored::InReport => {}
                    Value::Text(text) if *stored == Stored::InWords => bind(&number_of(&text, words))?,
                    Value::Text(text) => bind(&&*text)?,
                    Value::Integer(number) => bind(&number)?,
                    Value::Flag(flag) => bind(&flag)?,
                    Value::Number(number) => {
                        let whole = number.to_integer();
                        match whole {
                            Some(whole) => bind(&whole)?,
                            None => bind(&number.to_f64())?,
                        }
                        // Where a view gives it, the exact text of a whole number is that number.
                        bind(&(self.flat.whole() || whole.is_none()).then(|| number.to_string()))?;
                    }
                    Value::Null => {
                        bind(&None::<&str>)?;
                        if column.kind == Kind::Number {
                            bind(&None::<&str>)?;
                        }
                    }
                }
            }
            self.statement.raw_execute()?;
        }
        Ok(())
    }
}

fn number_of(word: &str, words: &mut BTreeMap<String, i64>) -> i64 {
    if let Some(number) = words.get(word) {
        return *number;
    }
    let number = words.len() as i64 + 1;
    words.insert(word.to_owned(), number);
    number
}

fn exact(column: &Column) -> String {
    format!("{}{EXACT}", column.name)
}

/// The table in which rows are stored, with its keys, and beside each column what it means.
fn create(flat: &Flat) -> String {
    let table = &flat.table;
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut key: Vec<&str> = table.key.to_vec();
    if table.name == REPORTS {
        lines.push((
            "no INTEGER PRIMARY KEY".into(),
            "报告的序号，本文件内用 Number of the report within this file".into(),
        ));
    } else if !flat.whole() {
        if table.text.is_some() {
            lines.push(("id INTEGER PRIMARY KEY".into(), "全文索引所用 Row of the full-text index".into()));
        }
        lines.push((format!("report INTEGER NOT NULL REFERENCES {REPORTS} (no)"), "报告 Report".into()));
        key[0] = "report";
    }
    for column in table.columns {
        let about = format!("{} {}", column.zh, column.en);
        let required = if table.key.contains(&column.name) { " NOT NULL" } else { "" };
        let kind = match (flat.stored(column), column.kind) {
            (Stored::InReport, _) => continue,
            (Stored::InWords, _) => "INTEGER REFERENCES words (id)",
            (Stored::Here, Kind::String) => "TEXT",
            (Stored::Here, Kind::Integer) => "INTEGER",
            (Stored::Here, Kind::Number) => "NUMERIC",
            (Stored::Here, Kind::Boolean) => "BOOLEAN",
        };
        lines.push((format!("{} {kind}{required}", quoted(column.name)), about.clone()));
        if column.kind == Kind::Number {
            lines.push((
                format!("{} TEXT", quoted(&exact(column))),
                "不是整数者的精确写法 Every digit of what is not whole".into(),
            ));
        }
    }
    // What has a number of its own is named by its key beside it.
    let numbered = table.name == REPORTS || table.text.is_some();
    lines.push((format!("{} ({})", if numbered { "UNIQUE" } else { "PRIMARY KEY" }, list(&key)), String::new()));
    for to in table.refers.iter().filter(|to| {
        let there = |name: &&str| table.columns.iter().any(|c| c.name == *name && flat.stored(c) == Stored::Here);
        to.columns.iter().all(there)
    }) {
        let theirs = format!("REFERENCES {} ({})", to.table, list(to.theirs));
        lines.push((format!("FOREIGN KEY ({}) {theirs}", list(to.columns)), String::new()));
    }
    let last = lines.len() - 1;
    let line = |(at, (line, about)): (usize, (String, String))| {
        let comma = if at < last { "," } else { "" };
        let about = if about.is_empty() { String::new() } else { format!(" -- {about}") };
        format!("  {line}{comma}{about}\n")
    };
    let body: String = lines.into_iter().enumerate().map(line).collect();
    let clustered = if numbered || flat.whole() { "" } else { " WITHOUT ROWID" };
    format!("CREATE TABLE {} ( -- {} {}\n{body}){clustered};\n", flat.place(), table.zh, table.en)
}

/// The table as it is described, with every column, over the rows as they are stored.
fn view(flat: &Flat) -> String {
    let mut columns = Vec::new();
    for column in flat.table.columns {
        let name = quoted(column.name);
        columns.push(match flat.stored(column) {
            Stored::InReport => format!("{REPORTS}.{name}"),
            Stored::Here => format!("r.{name}"),
            Stored::InWords => format!("(SELECT text FROM words WHERE id = r.{name}) AS {name}"),
        });
        if column.kind == Kind::Number {
            let exact = quoted(&exact(column));
            columns.push(format!("coalesce(r.{exact}, CAST(r.{name} AS TEXT)) AS {exact}"));
        }
    }
    format!(
        "CREATE VIEW {} AS -- {} {}\nSELECT {}\nFROM {} AS r JOIN {REPORTS} ON {REPORTS}.no = r.report;\n",
        flat.table.name,
        flat.table.zh,
        flat.table.en,
        columns.join(",\n  "),
        flat.place()
    )
}

/// A name that SQL may take for a word of its own (`table`, `from`, `row`).
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}
