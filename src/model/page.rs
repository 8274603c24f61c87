//! What is published: pages to render, files to write, and where they go.

use rusqlite::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;

/// A page of the site, not yet rendered. Its context is exactly the JSON published beside it.
pub struct Page {
    /// Address below the site, ending in `/` or naming a file (`404.html`); empty for the home page.
    pub url: String,
    /// Template of the theme.
    pub template: &'static str,
    /// Digest of everything the context is made from; equal digests give equal pages.
    pub digest: String,
    /// Whether the context is published as `index.json` beside the page.
    pub data: bool,
    /// The context, made only when the page has to be rendered.
    pub context: Box<dyn FnOnce() -> serde_json::Value + Send>,
}

/// A file that is not a page.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Path below the output folder, `/`-separated, never starting with a dot.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Where finished files go. The only trait of ours.
pub trait Sink {
    /// Takes a finished file.
    fn put(&mut self, artifact: Artifact) -> std::io::Result<()>;

    /// An empty file, to be written piece by piece and handed back to [`Sink::put_large`]: in memory, unless the sink has a better
    /// place for it.
    fn large(&mut self, path: &str) -> std::io::Result<LargeFile> {
        Ok(LargeFile::new(path, Place::Memory(Vec::new())))
    }

    /// Takes a large file that is whole. Gives its size and SHA-256.
    fn put_large(&mut self, file: LargeFile) -> std::io::Result<(u64, String)> {
        let (path, bytes, sha256, place) = file.close()?;
        if let Place::Memory(bytes) = place {
            self.put(Artifact { path, bytes })?;
        }
        Ok((bytes, sha256))
    }

    /// An empty database, to be filled and handed back to [`Sink::put_database`]: in memory, unless the sink has a better place for it.
    fn database(&mut self, path: &str) -> std::io::Result<Connection> {
        let _ = path;
        Connection::open_in_memory().map_err(std::io::Error::other)
    }

    /// Takes a database that is whole. Gives its size and SHA-256.
    fn put_database(&mut self, path: &str, mut database: Connection) -> std::io::Result<(u64, String)> {
        let bytes = database.serialize("main").map_err(std::io::Error::other)?.to_vec();
        let (size, sha256) = (bytes.len() as u64, hex(&Sha256::digest(&bytes)));
        self.put(Artifact { path: path.to_owned(), bytes })?;
        Ok((size, sha256))
    }

    /// Takes over a file as it was published before, if it still has that SHA-256. False: it has to be put.
    fn keep(&mut self, path: &str, sha256: &str) -> bool {
        let _ = (path, sha256);
        false
    }
}

/// A file in the making that may be too large to be held whole. What is written goes to its place at once and is hashed on the way.
pub struct LargeFile {
    path: String,
    place: Place,
    hash: Sha256,
    bytes: u64,
}

/// Where a large file grows.
pub enum Place {
    /// Here.
    Memory(Vec<u8>),
    /// Where the sink wants it.
    Elsewhere(Box<dyn Write + Send>),
}

impl LargeFile {
    /// An empty file for `path`.
    pub fn new(path: &str, place: Place) -> LargeFile {
        LargeFile { path: path.to_owned(), place, hash: Sha256::new(), bytes: 0 }
    }

    /// Where it will be published.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Ends the file: its path, size, SHA-256, and the bytes if they are held in memory.
    pub fn close(mut self) -> std::io::Result<(String, u64, String, Place)> {
        self.flush()?;
        Ok((self.path, self.bytes, hex(&self.hash.finalize()), self.place))
    }
}

impl Write for LargeFile {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        match &mut self.place {
            Place::Memory(bytes) => bytes.extend_from_slice(piece),
            Place::Elsewhere(file) => file.write_all(piece)?,
        }
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.place {
            Place::Memory(_) => Ok(()),
            Place::Elsewhere(file) => file.flush(),
        }
    }
}

/// Bytes in lower-case hexadecimal, as digests are written.
pub fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the site says of itself; the same on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// Title of the archive.
    pub title: String,
    /// Address it is published at, ending in `/`; empty when unknown.
    pub url: String,
    /// BCP 47.
    pub language: String,
    /// Licence of the data, as the publisher names it.
    pub license: String,
    /// One sentence.
    pub description: String,
}

/// A licence of open data.
#[derive(Clone, Copy, Debug)]
pub struct License {
    /// As it calls itself.
    pub title: &'static str,
    /// SPDX id.
    pub name: &'static str,
    /// Where it can be read.
    pub address: &'static str,
}

const fn license(title: &'static str, name: &'static str, address: &'static str) -> License {
    License { title, name, address }
}

impl License {
    const ALL: &[License] = &[
        license("CC BY 4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        license("CC BY-SA 4.0", "CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        license("CC0 1.0", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        license("ODbL 1.0", "ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
        license("ODC-BY 1.0", "ODC-BY-1.0", "https://opendatacommons.org/licenses/by/1-0/"),
        license("PDDL 1.0", "PDDL-1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    ];

    /// The licence a publisher means, by either of its names.
    pub fn named(printed: &str) -> Option<&'static License> {
        let plain = |text: &str| text.to_ascii_lowercase().replace([' ', '-'], "");
        Self::ALL.iter().find(|known| [known.title, known.name].iter().any(|name| plain(name) == plain(printed)))
    }
}
