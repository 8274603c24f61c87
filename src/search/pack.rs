//! Small files that share a vocabulary: bytes in, raw DEFLATE out, sized so that a browser unpacks them by itself.
//!
//! Reports repeat each other's sentences, but a small file compressed alone cannot know that. So the stream of every
//! report's text begins with the same bytes: the shared sentences, compressed and flushed to a byte boundary. That prefix
//! is published once; a text file holds only what follows it. The browser puts both together, inflates, and drops the
//! known beginning. Nothing here depends on anything but its arguments.

use flate2::{Compress, Compression, FlushCompress};

/// Sentences shared by many reports, at most this many bytes: early bytes of the window must still be in reach at the end of a text.
const SHARED_BYTES: usize = 16 << 10;

/// Sampled documents that must have a line for it to be shared.
const COMMON: usize = 4;

/// What every packed text begins with.
pub(super) struct Prefix {
    shared: Vec<u8>,
    /// The compressed form of the shared bytes, which the browser fetches once.
    pub(super) packed: Vec<u8>,
}

impl Prefix {
    /// Chooses the lines worth sharing: those that save most, the most common last, where they are nearest to what follows.
    /// `lines` are sorted and carry the number of sampled documents that have them.
    pub(super) fn choose(lines: impl Iterator<Item = (String, usize)>) -> Prefix {
        // How often, to the next lower power of two: one report more or less must not change what all are packed behind.
        let mut worth: Vec<(usize, String)> = lines
            .filter(|(line, documents)| *documents >= COMMON && line.len() >= 12)
            .map(|(line, documents)| ((1 << documents.ilog2()) * line.len(), line))
            .collect();
        worth.sort_by(|a, b| b.cmp(a));
        let mut room = SHARED_BYTES;
        worth.retain(|(_, line)| {
            let fits = line.len() < room;
            if fits {
                room -= line.len() + 1;
            }
            fits
        });
        let mut shared = Vec::new();
        for (_, line) in worth.iter().rev() {
            shared.extend_from_slice(line.as_bytes());
            shared.push(b'\n');
        }
        let mut packed = Vec::new();
        feed(&mut compressor(), &shared, FlushCompress::Sync, &mut packed);
        Prefix { shared, packed }
    }

    /// Number of bytes the browser drops from the beginning.
    pub(super) fn length(&self) -> usize {
        self.shared.len()
    }

    /// What follows the prefix in the stream of `bytes`.
    pub(super) fn pack(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut state, mut out) = (compressor(), Vec::new());
        feed(&mut state, &self.shared, FlushCompress::Sync, &mut out);
        debug_assert_eq!(out, self.packed);
        out.clear();
        feed(&mut state, bytes, FlushCompress::Finish, &mut out);
        out
    }
}

/// A raw DEFLATE stream of `bytes` alone.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    feed(&mut Compress::new(Compression::best(), false), bytes, FlushCompress::Finish, &mut out);
    out
}

fn compressor() -> Compress {
    Compress::new(Compression::new(6), false)
}

fn feed(state: &mut Compress, bytes: &[u8], flush: FlushCompress, out: &mut Vec<u8>) {
    let before = state.total_in();
    loop {
        let done = (state.total_in() - before) as usize;
        let room = (bytes.len() - done).max(256);
        out.reserve(room);
        let had = out.len();
        // Room was reserved and the stream is not finished, so the only possible complaint is that nothing is left to do.
        let _ = state.compress_vec(&bytes[done..], out, flush);
        let full = out.len() == out.capacity();
        let consumed = (state.total_in() - before) as usize == bytes.len();
        if consumed && (!full || out.len() == had) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    #[test]
    fn a_text_unpacks_after_the_shared_prefix() {
        let line = |n: usize| (format!("第{n}类：依法及时答复申请人提出的政府信息公开申请"), n);
        let prefix = Prefix::choose((1..200).map(line));
        assert!(prefix.length() > 4_000 && prefix.length() <= SHARED_BYTES);
        for size in [0, 1, 7, 400, 90_000] {
            let text: String = "公开申请2019年".chars().cycle().take(size).collect();
            let mut stream = prefix.packed.clone();
            stream.extend(prefix.pack(text.as_bytes()));
            let mut back = Vec::new();
            DeflateDecoder::new(&stream[..]).read_to_end(&mut back).expect("a whole stream");
            assert_eq!(&back[prefix.length()..], text.as_bytes());
        }
    }
}
