//! One pass over the bodies for every file that grows by one piece per report.
//!
//! In: the archive and the streams that are wanted. Out: one file per stream, its pieces in the archive's order. Bodies are
//! made in parallel, a bounded number at a time, and dropped at once; finished pieces wait packed, so memory stays far below
//! the size of the files.

use super::Ledger;
use crate::model::archive::{Archive, Entry};
use crate::model::report::Report;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use rayon::prelude::*;
use std::io::{self, Write};

/// A file that grows by one piece per report.
pub(super) struct Stream {
    /// Path below the site.
    pub path: String,
    /// What stands before the first report.
    pub head: Vec<u8>,
    /// What one report adds.
    pub piece: Box<dyn Fn(&Archive, &Entry, &Report) -> io::Result<Vec<u8>> + Send + Sync>,
    /// Whether the file is compressed.
    pub gzip: bool,
}

/// Bodies alive at one time.
const BATCH: usize = 64;

/// Writes all streams.
pub(super) fn run(archive: &Archive, streams: Vec<Stream>, ledger: &mut Ledger) -> io::Result<()> {
    if streams.is_empty() {
        return Ok(());
    }
    let mut files: Vec<File> = streams.iter().map(File::open).collect();
    for start in (0..archive.entries.len()).step_by(BATCH) {
        let batch = start..archive.entries.len().min(start + BATCH);
        let pieces: Vec<Vec<Piece>> = batch
            .into_par_iter()
            .map(|i| {
                let report = (archive.body)(i);
                let piece = |s: &Stream| pack((s.piece)(archive, &archive.entries[i], &report)?, s.gzip);
                streams.iter().map(piece).collect::<io::Result<_>>()
            })
            .collect::<io::Result<_>>()?;
        for of_one_report in pieces {
            for (file, piece) in files.iter_mut().zip(of_one_report) {
                file.append(piece);
            }
        }
    }
    files.into_iter().zip(&streams).try_for_each(|(file, stream)| file.finish(&stream.path, ledger))
}

/// A finished piece: deflated for a gzip file, LZ4 in memory for a plain one.
struct Piece {
    bytes: Vec<u8>,
    length: usize,
    crc: Crc,
}

fn pack(text: Vec<u8>, gzip: bool) -> io::Result<Piece> {
    let (length, mut crc) = (text.len(), Crc::new());
    if !gzip {
        return Ok(Piece { bytes: lz4_flex::compress_prepend_size(&text), length, crc });
    }
    crc.update(&text);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&text)?;
    // A sync flush ends on a byte: pieces made apart join into one stream, whoever made them.
    encoder.flush()?;
    Ok(Piece { bytes: std::mem::take(encoder.get_mut()), length, crc })
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
    fn open(stream: &Stream) -> File {
        let head = if stream.gzip { GZIP_HEAD.to_vec() } else { lz4_flex::compress_prepend_size(&stream.head) };
        File { gzip: stream.gzip, pieces: vec![head], length: 0, crc: Crc::new() }
    }

    fn append(&mut self, piece: Piece) {
        if piece.length > 0 {
            self.length += piece.length;
            if self.gzip {
                self.crc.combine(&piece.crc);
            }
            self.pieces.push(piece.bytes);
        }
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

/// The stream of whole reports, one JSON object a line.
pub(super) fn ndjson() -> Vec<Stream> {
    vec![Stream {
        path: "data/reports.ndjson.gz".into(),
        head: Vec::new(),
        piece: Box::new(|_, _, report| {
            let mut line = serde_json::to_vec(report)?;
            line.push(b'\n');
            Ok(line)
        }),
        gzip: true,
    }]
}
