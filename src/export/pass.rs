//! One pass over the bodies for every file that grows by report.
//!
//! In: the archive and the files that are wanted. Out: those files, their parts in the archive's order. Bodies are made in
//! parallel, a bounded number at a time, and dropped at once; while the next ones are made, the databases take the rows of the
//! last. What is made goes on to the sink, so memory does not grow with the archive.

use super::rows::Rows;
use super::tables::TABLES;
use super::{Ledger, parquet, sqlite};
use crate::model::archive::Archive;
use crate::model::flat::FlatTable;
use crate::model::page::{LargeFile, Sink};
use crate::model::report::Report;
use flate2::Compression;
use flate2::write::GzEncoder;
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
    let mut files = streams.iter().map(|stream| File::open(stream, ledger)).collect::<io::Result<Vec<_>>>()?;
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
        files
            .par_iter_mut()
            .enumerate()
            .try_for_each(|(place, file)| made.iter().try_for_each(|(_, pieces)| file.append(&pieces[place])))?;
        for (rows, _) in made {
            for (flat, rows) in TABLES.iter().zip(&rows) {
                *ledger.rows.entry(flat.table.name).or_default() += rows.len();
            }
            waiting.push(rows);
        }
    }
    take(&mut stores, &waiting)?;
    files.into_iter().try_for_each(|file| file.finish(ledger))?;
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

/// A text file under construction.
enum File {
    Plain(LargeFile),
    /// No name and no time in its head: equal text gives equal bytes.
    Gzip(GzEncoder<LargeFile>),
}

impl File {
    fn open(stream: &Stream, ledger: &mut Ledger) -> io::Result<File> {
        let to = ledger.large(&stream.path)?;
        // Every build packs every report: the fastest level takes less than half the time for a seventh more bytes.
        let mut file = if stream.gzip { File::Gzip(GzEncoder::new(to, Compression::fast())) } else { File::Plain(to) };
        file.append(&stream.head)?;
        Ok(file)
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        match self {
            File::Plain(file) => file.write_all(text),
            File::Gzip(file) => file.write_all(text),
        }
    }

    fn finish(self, ledger: &mut Ledger) -> io::Result<()> {
        let file = match self {
            File::Plain(file) => file,
            File::Gzip(file) => file.finish()?,
        };
        ledger.put_large(file).map(drop)
    }
}
