//! Archive to data files. `EXPORTS` is the list; an export is one file and one row.
//!
//! In: an [`Archive`]. Out: [`Artifact`]s into a [`Sink`], in a fixed order, a function of the archive alone: no clock, no
//! thread count, no order of a hash. All exports that need the whole of each report share one pass over the bodies
//! ([`pass`]); what was written so far stands in a [`Ledger`], from which the last export takes sizes and hashes.

pub mod changes;
mod csv;
mod datapackage;
mod feeds;
pub mod index;
mod originals;
mod pass;
mod schema;
mod sitemap;
mod tables;

use crate::model::archive::Archive;
use crate::model::page::{Artifact, Sink};
use pass::Stream;
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
    /// The files it writes, for the data page: path, media type, what it is in Chinese. Families of files are not listed.
    pub files: &'static [(&'static str, &'static str, &'static str)],
    /// The files that grow by the body of each report.
    streams: fn() -> Vec<Stream>,
    /// Writes the files that need no bodies, after all streams of all exports.
    write: fn(&Archive, &mut Ledger) -> io::Result<()>,
}

const CSV: &str = "text/csv";
const JSON: &str = "application/json";
const SCHEMA: &str = "application/schema+json";

/// Every export there is, in the order they are written; the last describes the others.
pub const EXPORTS: &[Export] = &[
    Export {
        id: "index",
        about: "The JSON index of the archive, with shards by year and province",
        files: &[("index.json", JSON, "总索引：全部报告、机关、年度、地区与指标")],
        streams: Vec::new,
        write: index::write,
    },
    Export {
        id: "schema",
        about: "JSON Schema 2020-12 of the published JSON, generated from the types of the program",
        files: &[
            ("schema/v1/index.json", SCHEMA, "总索引的 JSON Schema"),
            ("schema/v1/report.json", SCHEMA, "单份报告数据的 JSON Schema"),
            ("schema/v1/changes.json", SCHEMA, "变化记录的 JSON Schema"),
        ],
        streams: Vec::new,
        write: schema::write,
    },
    Export {
        id: "csv",
        about: "Flat tables as CSV: UTF-8 with BOM, RFC 4180, safe to open in a spreadsheet",
        files: &[
            ("data/reports.csv", CSV, "报告：一行一份，含标题、机关、年度、日期与来源"),
            ("data/core.csv", CSV, "可比指标：一行一份报告的一项指标"),
            ("data/figures.csv", CSV, "正文数字：一行一个，含所在句子与位置"),
            ("data/cells.csv", CSV, "统计表单元格：一行一格，含印出的原样与可靠程度"),
            ("data/findings.csv", CSV, "核查发现：一行一条"),
            ("data/curations.csv", CSV, "更正：编者改过的数字，含理由"),
            ("data/tombstones.csv", CSV, "不再公布的报告：编号、理由与日期"),
            ("data/agencies.csv", CSV, "机关：名称、别名、地区与报告数"),
            ("data/regions.csv", CSV, "地区：代码、名称与上级"),
            ("data/indicators.csv", CSV, "指标词典：名称、含义与单位"),
        ],
        streams: csv::streams,
        write: csv::write,
    },
    Export {
        id: "ndjson",
        about: "Every report as one line of JSON, gzip",
        files: &[("data/reports.ndjson.gz", "application/gzip", "全部报告的完整数据：一行一份 JSON，gzip 压缩")],
        streams: pass::ndjson,
        write: nothing,
    },
    Export {
        id: "originals",
        about: "The bytes of every report as found, beside its page",
        files: &[],
        streams: Vec::new,
        write: originals::write,
    },
    Export {
        id: "feeds",
        about: "The newest reports as Atom and JSON Feed",
        files: &[
            ("feed.xml", "application/atom+xml", "最新报告（Atom）"),
            ("feed.json", "application/feed+json", "最新报告（JSON Feed）"),
        ],
        streams: Vec::new,
        write: feeds::write,
    },
    Export {
        id: "sitemap",
        about: "The list of pages for search engines, and robots.txt",
        files: &[],
        streams: Vec::new,
        write: sitemap::write,
    },
    Export {
        id: "changes",
        about: "What changed since the previous publication",
        files: &[("data/changes.json", JSON, "与上一次发布相比的变化")],
        streams: Vec::new,
        write: changes::write,
    },
    Export {
        id: "datapackage",
        about: "Data Package v2 description and SHA-256 sums of the data files",
        files: &[
            ("data/datapackage.json", JSON, "数据包说明（Data Package v2）：全部字段、主键、外键、许可与校验值"),
            ("data/SHA256SUMS", "text/plain", "数据文件的 SHA-256 校验值"),
        ],
        streams: Vec::new,
        write: datapackage::write,
    },
];

fn nothing(_: &Archive, _: &mut Ledger) -> io::Result<()> {
    Ok(())
}

/// Writes every export whose id is `wanted`: one pass over the bodies for all of them, then the files that need none.
pub fn write(archive: &Archive, sink: &mut dyn Sink, wanted: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let mut ledger = Ledger { sink, written: BTreeMap::new() };
    let chosen = || EXPORTS.iter().filter(|export| wanted(export.id));
    pass::run(archive, chosen().flat_map(|export| (export.streams)()).collect(), &mut ledger)?;
    chosen().try_for_each(|export| (export.write)(archive, &mut ledger))
}

/// A sink that remembers size and hash of every file below `data/`.
struct Ledger<'a> {
    sink: &'a mut dyn Sink,
    /// Path below `data/` → what was written.
    written: BTreeMap<String, Receipt>,
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

    /// Writes a file too large to be held whole: `pieces` is asked once for the hash and, unless the sink still has the file, once
    /// more for the bytes.
    fn put_large<I: Iterator<Item = Vec<u8>>>(&mut self, path: &str, pieces: impl Fn() -> I) -> io::Result<()> {
        let (mut bytes, mut hash) = (0, Sha256::new());
        for piece in pieces() {
            bytes += piece.len() as u64;
            hash.update(&piece);
        }
        let sha256 = hex(&hash.finalize());
        if !self.sink.keep(path, &sha256) {
            self.sink.put_pieces(path, &mut pieces())?;
        }
        self.note(path, bytes, sha256);
        Ok(())
    }

    fn note(&mut self, path: &str, bytes: u64, sha256: String) {
        if let Some(name) = path.strip_prefix("data/") {
            self.written.insert(name.to_owned(), Receipt { bytes, sha256 });
        }
    }
}

impl Sink for Ledger<'_> {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        if artifact.path.starts_with("data/") {
            self.note(&artifact.path, artifact.bytes.len() as u64, hex(&Sha256::digest(&artifact.bytes)));
        }
        self.sink.put(artifact)
    }

    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        self.sink.keep(path, sha256)
    }
}

/// Indented JSON with a final newline, for files people look into.
fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
