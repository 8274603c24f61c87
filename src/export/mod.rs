//! Archive to data files. `EXPORTS` is the list; an export is one file and one row.
//!
//! In: an [`Archive`]. Out: [`Artifact`]s into a [`Sink`], in a fixed order, a function of the archive alone: no clock, no
//! thread count, no order of a hash. All exports that need the whole of each report share one pass over the bodies
//! ([`pass`]); what was written so far stands in a [`Ledger`], from which the last export takes sizes and hashes.

mod changes;
mod csv;
mod datapackage;
mod feeds;
pub mod index;
mod ndjson;
mod originals;
mod parquet;
mod pass;
mod questions;
mod rows;
mod schema;
mod sitemap;
mod sqlite;
mod tables;

use crate::model::archive::{Archive, Download};
use crate::model::flat::FlatTable;
use crate::model::page::{Artifact, LargeFile, Sink, hex};
use pass::{Growing, Stream};
pub use questions::QUESTIONS;
use rusqlite::Connection;
pub use schema::fields;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;

/// A data file or a family of them.
pub struct Export {
    /// Kebab-case id, the key under `[exports]` in `site.toml`.
    pub id: &'static str,
    /// What it is, in English.
    pub about: &'static str,
    /// The files it writes, for the data page. Families of files are not listed.
    pub files: fn() -> Vec<Download>,
    /// The files that grow by the body of each report.
    growing: fn(&Archive, &mut Ledger) -> io::Result<Vec<Growing>>,
    /// Writes the files that need no bodies, after those that grow.
    write: fn(&Archive, &mut Ledger) -> io::Result<()>,
}

const JSON: &str = "application/json";

/// Every export there is, in the order they are written; the last describes the others.
pub const EXPORTS: &[Export] = &[
    Export {
        id: "index",
        about: "The JSON index of the archive, with shards by year and province",
        files: || vec![file("index.json", JSON, "总索引：全部报告、机关、年度、地区与指标")],
        growing: none,
        write: index::write,
    },
    Export {
        id: "schema",
        about: "JSON Schema 2020-12 of the published JSON, generated from the types of the program",
        files: schema::files,
        growing: none,
        write: schema::write,
    },
    Export {
        id: "csv",
        about: "Flat tables as CSV: UTF-8 with BOM, RFC 4180, safe to open in a spreadsheet",
        files: || of_tables("CSV", "csv", "text/csv"),
        growing: |archive, _| texts(csv::streams(archive)),
        write: nothing,
    },
    Export {
        id: "ndjson",
        about: "Every report whole, and the rows of the other flat tables, one JSON object a line, gzip",
        files: || of_tables("NDJSON", "ndjson.gz", "application/gzip"),
        growing: |archive, _| texts(ndjson::streams(archive)),
        write: nothing,
    },
    Export {
        id: "sqlite",
        about: "The whole archive as one SQLite file: keys, indexes, full-text search, a view for each common question",
        files: || vec![file(sqlite::PATH, "application/vnd.sqlite3", "整个档案：全部表、全文索引与常见问题的视图")],
        growing: |archive, ledger| Ok(vec![Growing::Sqlite(sqlite::Database::open(archive, ledger)?)]),
        write: nothing,
    },
    Export {
        id: "parquet",
        about: "Flat tables as Parquet, for data tools",
        files: || of_tables("Parquet", "parquet", "application/vnd.apache.parquet"),
        growing: |archive, ledger| Ok(vec![Growing::Parquet(parquet::Files::open(archive, ledger)?)]),
        write: nothing,
    },
    Export {
        id: "originals",
        about: "The bytes of every report as found, beside its page",
        files: Vec::new,
        growing: none,
        write: originals::write,
    },
    Export {
        id: "feeds",
        about: "The newest reports as Atom and JSON Feed",
        files: || {
            vec![
                file("feed.xml", "application/atom+xml", "最新报告（Atom）"),
                file("feed.json", "application/feed+json", "最新报告（JSON Feed）"),
            ]
        },
        growing: none,
        write: feeds::write,
    },
    Export {
        id: "sitemap",
        about: "The list of pages for search engines, and robots.txt",
        files: Vec::new,
        growing: none,
        write: sitemap::write,
    },
    Export {
        id: "changes",
        about: "What changed since the previous publication",
        files: || vec![file("data/changes.json", JSON, "与上一次发布相比的变化")],
        growing: none,
        write: changes::write,
    },
    Export {
        id: "datapackage",
        about: "Data Package v2 description and SHA-256 sums of the data files",
        files: || {
            vec![
                file(
                    "data/datapackage.json",
                    JSON,
                    "数据包说明（Data Package v2）：全部字段、主键、外键、许可与校验值",
                ),
                file("data/SHA256SUMS", "text/plain", "数据文件的 SHA-256 校验值"),
            ]
        },
        growing: none,
        write: datapackage::write,
    },
];

/// What the flat tables are, for the codebook.
pub fn tables() -> Vec<&'static FlatTable> {
    tables::TABLES.iter().map(|flat| &flat.table).collect()
}

fn file(path: &str, media: &str, about: &str) -> Download {
    Download { path: path.into(), media: media.into(), about: about.into(), ..Download::default() }
}

/// A file for each flat table; that of the text itself in Parquet only.
fn of_tables(format: &'static str, extension: &str, media: &str) -> Vec<Download> {
    let offered = tables().into_iter().filter(|table| table.text.is_none() || format == "Parquet");
    let of_table = |table: &FlatTable| Download {
        table: Some(table.name.into()),
        format: Some(format),
        ..file(&format!("data/{}.{extension}", table.name), media, &format!("{}：{}", table.title, table.zh))
    };
    offered.map(of_table).collect()
}

fn none(_: &Archive, _: &mut Ledger) -> io::Result<Vec<Growing>> {
    Ok(Vec::new())
}

fn texts(streams: io::Result<Vec<Stream>>) -> io::Result<Vec<Growing>> {
    Ok(streams?.into_iter().map(Growing::Text).collect())
}

fn nothing(_: &Archive, _: &mut Ledger) -> io::Result<()> {
    Ok(())
}

/// Writes every export whose id is `wanted`: one pass over the bodies for all of them, then the files that need none. Gives the
/// files a reader may download, with what they weigh.
pub fn write(archive: &Archive, sink: &mut dyn Sink, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<Download>> {
    let mut ledger = Ledger { sink, written: BTreeMap::new(), rows: BTreeMap::new() };
    let chosen = || EXPORTS.iter().filter(|export| wanted(export.id));
    let mut growing = Vec::new();
    for export in chosen() {
        growing.extend((export.growing)(archive, &mut ledger)?);
    }
    pass::run(archive, growing, &mut ledger)?;
    chosen().try_for_each(|export| (export.write)(archive, &mut ledger))?;
    let mut downloads = downloads(wanted);
    for download in &mut downloads {
        if let Some(receipt) = ledger.written.get(&download.path) {
            download.bytes = Some(receipt.bytes);
            download.sha256 = Some(receipt.sha256.clone());
        }
        download.rows = download.table.as_deref().and_then(|table| ledger.rows.get(table).copied());
    }
    Ok(downloads)
}

/// The files a reader may download, before they are written.
pub fn downloads(wanted: &dyn Fn(&str) -> bool) -> Vec<Download> {
    EXPORTS.iter().filter(|export| wanted(export.id)).flat_map(|export| (export.files)()).collect()
}

/// A sink that remembers size and hash of every file but pages.
struct Ledger<'a> {
    sink: &'a mut dyn Sink,
    /// Path → what was written.
    written: BTreeMap<String, Receipt>,
    /// Table → its rows.
    rows: BTreeMap<&'static str, usize>,
}

/// What is known of a written file.
struct Receipt {
    bytes: u64,
    sha256: String,
}

impl Ledger<'_> {
    fn json(&mut self, path: &str, value: &impl Serialize) -> io::Result<()> {
        self.put(Artifact { path: path.to_owned(), bytes: json(value)? })
    }

    fn note(&mut self, path: &str, bytes: u64, sha256: String) {
        self.written.insert(path.to_owned(), Receipt { bytes, sha256 });
    }

    /// The files below `data/`, by their path there.
    fn data(&self) -> impl Iterator<Item = (&str, &Receipt)> {
        self.written.iter().filter_map(|(path, receipt)| Some((path.strip_prefix("data/")?, receipt)))
    }
}

impl Sink for Ledger<'_> {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        // Originals are many, and their sums stand in the reports.
        if !artifact.path.starts_with("reports/") {
            self.note(&artifact.path, artifact.bytes.len() as u64, hex(&Sha256::digest(&artifact.bytes)));
        }
        self.sink.put(artifact)
    }

    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        self.sink.keep(path, sha256)
    }

    fn large(&mut self, path: &str) -> io::Result<LargeFile> {
        self.sink.large(path)
    }

    fn put_large(&mut self, file: LargeFile) -> io::Result<(u64, String)> {
        let path = file.path().to_owned();
        let (bytes, sha256) = self.sink.put_large(file)?;
        self.note(&path, bytes, sha256.clone());
        Ok((bytes, sha256))
    }

    fn database(&mut self, path: &str) -> io::Result<Connection> {
        self.sink.database(path)
    }

    fn put_database(&mut self, path: &str, database: Connection) -> io::Result<(u64, String)> {
        let (bytes, sha256) = self.sink.put_database(path, database)?;
        self.note(path, bytes, sha256.clone());
        Ok((bytes, sha256))
    }
}

/// Indented JSON with a final newline, for files people look into.
fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The name a value has on the wire, for values that serialise to a string.
fn wire(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Address of a page from the site's root: absolute when the site knows where it is published.
fn address(archive: &Archive, path: &str) -> String {
    use std::fmt::Write;
    let mut address = archive.site.url.clone();
    if !address.is_empty() && !address.ends_with('/') {
        address.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}
