//! One pass over the bodies for every file that grows by report.
//!
//! In: the archive and the files that are wanted. Out: those files, their parts in the archive's order. Bodies are made in
//! parallel, a bounded number at a time, and dropped at once; while the next ones are made, the databases take the rows of the
//! last. Finished pieces of text wait packed, so memory stays far below the size of the files.

use super::rows::Rows;
use super::tables::TABLES;
use super::{Ledger, parquet, sqlite};
use crate::model::archive::Archive;
use crate::model::flat::FlatTable;
use crate::model::report::Report;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use rayon::prelude::*;
use std::io::{self, Write};

/// Files that grow by the body of each report.
pub(super) enum Growing {
    /// Text in pieces, made in parallel.
    Text(Stream),
    /// The archive as a database.
    Sqlite(sqlite::Database),
    /// A file of columns for each table.
    Parquet(parquet::Files),
}

/// A text file that grows by one piece per report.
pub(super) struct Stream {
    /// Path below the site.
    pub path: String,
    /// What stands before the first report.
    pub head: Vec<u8>,
    /// What one report adds, from its body and its rows of every table.
    pub piece: Box<dyn Fn(&Report, &[Rows]) -> io::Result<Vec<u8>> + Send + Sync>,
    /// Whether the file is compressed.
    pub gzip: bool,
}

impl Stream {
    /// A text file for each flat table but that of the text itself: a head, and the rows as `text` has them.
    pub(super) fn of_tables(
        archive: &Archive,
        extension: &str,
        gzip: bool,
        head: fn(&FlatTable) -> Vec<u8>,
        text: fn(&FlatTable, &Rows) -> io::Result<Vec<u8>>,
    ) -> io::Result<Vec<Stream>> {
        let mut streams = Vec::new();
        for (place, flat) in TABLES.iter().enumerate().filter(|(_, flat)| flat.table.text.is_none()) {
            let mut head = head(&flat.table);
            if let Some(rows) = Rows::of_archive(archive, flat.fill) {
                head.extend(text(&flat.table, &rows)?);
            }
            streams.push(Stream {
                path: format!("data/{}.{extension}", flat.table.name),
                head,
                piece: Box::new(move |_, rows| text(&flat.table, &rows[place])),
                gzip,
            });
        }
        Ok(streams)
    }
}

/// Bodies alive at one time.
const BATCH: usize = 64;

/// Writes all files.
pub(super) fn run(archive: &Archive, growing: Vec<Growing>, ledger: &mut Ledger) -> io::Result<()> {
    if growing.is_empty() {
        return Ok(());
    }
    for flat in TABLES {
        let small = Rows::of_archive(archive, flat.fill).map_or(0, |rows| rows.len());
        ledger.rows.insert(flat.table.name, small);
    }
    let (mut streams, mut stores) = (Vec::new(), Vec::new());
    for file in growing {
        match file {
            Growing::Text(stream) => streams.push(stream),
            store => stores.push(store),
        }
    }
    let mut files = streams.iter().map(File::open).collect::<io::Result<Vec<_>>>()?;
    let mut waiting: Vec<Vec<Rows>> = Vec::new();
    for start in (0..archive.entries.len()).step_by(BATCH) {
        let batch = start..archive.entries.len().min(start + BATCH);
        let (made, taken) = rayon::join(
            || batch.into_par_iter().map(|i| part(archive, i, &streams)).collect::<io::Result<Vec<_>>>(),
            || take(&mut stores, &waiting),
        );
        taken?;
        waiting.clear();
        let made = made?;
        files.par_iter_mut().enumerate().try_for_each(|(place, file)| {
            file.append(&made.iter().flat_map(|(_, pieces)| &pieces[place]).copied().collect::<Vec<u8>>())
        })?;
        for (rows, _) in made {
            for (flat, rows) in TABLES.iter().zip(&rows) {
                *ledger.rows.entry(flat.table.name).or_default() += rows.len();
            }
            waiting.push(rows);
        }
    }
    take(&mut stores, &waiting)?;
    for (file, stream) in files.into_iter().zip(&streams) {
        file.finish(&stream.path, ledger)?;
    }
    for store in stores {
        match store {
            Growing::Sqlite(database) => database.finish(ledger)?,
            Growing::Parquet(files) => files.finish(ledger)?,
            Growing::Text(_) => unreachable!("put with the streams above"),
        }
    }
    Ok(())
}

/// What one report adds to every file: its rows, and its piece of each text.
fn part(archive: &Archive, index: usize, streams: &[Stream]) -> io::Result<(Vec<Rows>, Vec<Vec<u8>>)> {
    let report = (archive.body)(index);
    let rows = Rows::of_report(archive, &archive.entries[index], &report);
    let pieces = streams.iter().map(|stream| (stream.piece)(&report, &rows)).collect::<io::Result<_>>()?;
    Ok((rows, pieces))
}

fn take(stores: &mut [Growing], reports: &[Vec<Rows>]) -> io::Result<()> {
    stores.par_iter_mut().try_for_each(|store| match store {
        Growing::Sqlite(database) => database.take(reports),
        Growing::Parquet(files) => files.take(reports),
        Growing::Text(_) => Ok(()),
    })
}

/// A file under construction.
struct File {
    gzip: bool,
    pieces: Vec<Vec<u8>>,
    length: usize,
    crc: Crc,
}

/// Deflate, no name, no time, unknown system: equal text gives equal bytes.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty last block of deflate.
const DEFLATE_END: [u8; 2] = [3, 0];

impl File {
    fn open(stream: &Stream) -> io::Result<File> {
        let mut file = File { gzip: stream.gzip, pieces: Vec::new(), length: 0, crc: Crc::new() };
        if file.gzip {
            file.pieces.push(GZIP_HEAD.to_vec());
        }
        file.append(&stream.head)?;
        Ok(file)
    }

    /// Adds what a batch of reports gives: deflated for a gzip file, LZ4 in memory for a plain one.
    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.length += text.len();
        if !self.gzip {
            self.pieces.push(lz4_flex::compress_prepend_size(text));
            return Ok(());
        }
        self.crc.update(text);
        // Every build packs every report: the fastest level takes less than half the time for a seventh more bytes.
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text)?;
        // A sync flush ends on a byte: pieces made apart join into one stream.
        encoder.flush()?;
        self.pieces.push(std::mem::take(encoder.get_mut()));
        Ok(())
    }

    fn finish(mut self, path: &str, ledger: &mut Ledger) -> io::Result<()> {
        if self.gzip {
            let mut tail = DEFLATE_END.to_vec();
            tail.extend_from_slice(&self.crc.sum().to_le_bytes());
            // The format keeps the length modulo 2^32.
            tail.extend_from_slice(&(self.length as u32).to_le_bytes());
            self.pieces.push(tail);
            return ledger.put_large(path, || self.pieces.iter().cloned());
        }
        let unpack = |piece: &Vec<u8>| lz4_flex::decompress_size_prepended(piece).expect("it was packed above");
        ledger.put_large(path, || self.pieces.iter().map(unpack))
    }
}
