//! Names for finished files: bytes in, files with a hash of their content in the name out, and with it what finds them again.
//!
//! A file that is found by its number has its hash in a map of bounded size, which the root holds: no further request is
//! needed, and in large archives a few neighbors share an entry. Nothing else that an archive holds decides about a name.

use crate::model::page::{Artifact, Sink, hex};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use std::collections::HashSet;
use std::io;

/// Entries of a map, at most.
const ENTRIES: usize = 4096;
/// Bytes of an entry. The number is in the path too, so it need only tell a file from its former versions.
const ENTRY: usize = 3;
/// Numbered files that share a folder.
const FOLDER: usize = 256;
/// Bytes of a name that stands by itself.
pub(super) const NAME: usize = 6;

/// Where files go, and the names taken.
pub(super) struct Files<'a> {
    sink: &'a mut dyn Sink,
    names: HashSet<[u8; NAME]>,
}

impl<'a> Files<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Files<'a> {
        Files { sink, names: HashSet::new() }
    }

    /// Puts a file under a path that names it already.
    pub(super) fn put(&mut self, path: String, bytes: Vec<u8>) -> io::Result<()> {
        self.sink.put(Artifact { path, bytes })
    }

    /// Puts `<place><name>.bin` and returns the name.
    pub(super) fn put_named(&mut self, place: &str, bytes: Vec<u8>) -> io::Result<String> {
        let name = hex(&self.name(&bytes));
        self.put(format!("{place}{name}.bin"), bytes)?;
        Ok(name)
    }

    /// Puts a file into one of 256 folders by its name, `<place><2 digits>/<10 digits>.bin`, and returns the name.
    pub(super) fn put_spread(&mut self, place: &str, bytes: Vec<u8>) -> io::Result<[u8; NAME]> {
        let name = self.name(&bytes);
        self.put(format!("{place}{}/{}.bin", hex(&name[..1]), hex(&name[1..])), bytes)?;
        Ok(name)
    }

    /// The name of some content: its BLAKE3 from the first byte on, or from a later one where another file has that name.
    fn name(&mut self, bytes: &[u8]) -> [u8; NAME] {
        let digest = blake3::hash(bytes);
        let mut names = digest.as_bytes().windows(NAME).filter_map(|window| window.try_into().ok());
        names.find(|name| self.names.insert(*name)).unwrap_or_default()
    }
}

/// Files numbered from zero, on their way out.
pub(super) struct Numbered {
    place: &'static str,
    count: usize,
    span: usize,
    names: Vec<u8>,
    /// Those that wait for the last one of their entry.
    held: Vec<Vec<u8>>,
    beside: Option<(&'static str, Vec<u8>)>,
}

/// What finds a numbered file: `<place>/<number / 256>/<number % 256>-<hash>.bin`.
#[derive(Serialize)]
pub(super) struct Map {
    count: usize,
    /// How many files share an entry: a power of two, so that files added later rarely change it.
    span: usize,
    /// Three bytes for each entry, in base64; in hexadecimal they stand in the path.
    names: String,
}

impl Numbered {
    /// For `total` files to come.
    pub(super) fn new(place: &'static str, total: usize) -> Numbered {
        let span = total.div_ceil(ENTRIES).next_power_of_two();
        Numbered { place, count: 0, span, names: Vec::new(), held: Vec::new(), beside: None }
    }

    /// How many files share an entry.
    pub(super) fn span(&self) -> usize {
        self.span
    }

    pub(super) fn put(&mut self, bytes: Vec<u8>, files: &mut Files) -> io::Result<()> {
        self.held.push(bytes);
        if self.held.len() == self.span { self.flush(files) } else { Ok(()) }
    }

    /// Takes a file that tells of all those of one entry, before the last of them: `<place>/<entry / 256>/<entry % 256>-<hash>.bin`.
    pub(super) fn put_beside(&mut self, place: &'static str, bytes: Vec<u8>) {
        self.beside = Some((place, bytes));
    }

    fn flush(&mut self, files: &mut Files) -> io::Result<()> {
        let mut digest = blake3::Hasher::new();
        for bytes in &self.held {
            digest.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }
        let name = digest.finalize().as_bytes()[..ENTRY].to_vec();
        self.names.extend(&name);
        let path = |place, number| format!("{place}/{}/{}-{}.bin", number / FOLDER, number % FOLDER, hex(&name));
        if let Some((place, bytes)) = self.beside.take() {
            files.put(path(place, self.count / self.span), bytes)?;
        }
        for bytes in self.held.drain(..) {
            files.put(path(self.place, self.count), bytes)?;
            self.count += 1;
        }
        Ok(())
    }

    /// When all have been put.
    pub(super) fn map(mut self, files: &mut Files) -> io::Result<Map> {
        if !self.held.is_empty() {
            self.flush(files)?;
        }
        Ok(Map { count: self.count, span: self.span, names: STANDARD.encode(self.names) })
    }
}
