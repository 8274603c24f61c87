//! What is remembered between builds: digest → bytes, in one file under `.nianbao/`. Losing it costs only time.
//!
//! Three tables: whole reports by the digest of their input, their archive columns (small, read on every build), and for each
//! page the digest of what it was made from with the SHA-256 of what came out. Values are compressed; a file that cannot be
//! opened or does not decode is thrown away, never reported as an error of the content.

use anyhow::{Context, Result};
use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use std::collections::BTreeSet;
use std::path::Path;

const REPORTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("reports");
const ENTRIES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("entries");
const PAGES: TableDefinition<&str, (&str, &str)> = TableDefinition::new("pages");
const PAIRS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("pairs");
const STATE: TableDefinition<&str, &str> = TableDefinition::new("state");

/// Digest of a report's input: its bytes, its sidecar, and the program that reads it.
pub type Key = [u8; 32];

/// The memo of earlier builds.
pub struct Cache {
    database: Database,
}

/// A report to remember: its key, the whole of it and its columns, both as JSON.
pub struct Memo {
    /// Digest of the input.
    pub key: Key,
    /// The report.
    pub report: Vec<u8>,
    /// Its archive columns.
    pub entry: Vec<u8>,
}

impl Cache {
    /// Opens or makes the file; a damaged one is replaced.
    pub fn open(path: &Path) -> Result<Cache> {
        let made = || Database::builder().set_cache_size(64 << 20).create(path);
        let database = match made() {
            Ok(database) => database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => {
                anyhow::bail!("{} is in use by another build", path.display())
            }
            Err(_) => {
                std::fs::remove_file(path)
                    .with_context(|| format!("replacing the damaged cache {}", path.display()))?;
                made().with_context(|| format!("making the cache {}", path.display()))?
            }
        };
        Cache { database }.prepared()
    }

    /// A memo that lasts as long as the process.
    pub fn in_memory() -> Result<Cache> {
        let database = Database::builder()
            .set_cache_size(16 << 20)
            .create_with_backend(redb::backends::InMemoryBackend::new())
            .context("making a cache in memory")?;
        Cache { database }.prepared()
    }

    fn prepared(self) -> Result<Cache> {
        let write = self.database.begin_write()?;
        write.open_table(REPORTS)?;
        write.open_table(ENTRIES)?;
        write.open_table(PAGES)?;
        write.open_table(PAIRS)?;
        write.open_table(STATE)?;
        write.commit()?;
        Ok(self)
    }

    /// The whole report, if it is remembered.
    pub fn report(&self, key: &Key) -> Option<Vec<u8>> {
        self.value(REPORTS, key)
    }

    /// Its archive columns, if they are remembered.
    pub fn entry(&self, key: &Key) -> Option<Vec<u8>> {
        self.value(ENTRIES, key)
    }

    /// What two reports have in common, if it is remembered; the key digests both and the program.
    pub fn pair(&self, key: &Key) -> Option<Vec<u8>> {
        self.value(PAIRS, key)
    }

    /// Remembers what pairs have in common; then those that are not `live` any more are forgotten.
    pub fn remember_pairs(&self, made: &[(Key, Vec<u8>)], live: &BTreeSet<Key>) -> Result<()> {
        if made.is_empty() {
            return Ok(());
        }
        let mut write = self.database.begin_write()?;
        write.set_durability(Durability::None)?;
        {
            let mut pairs = write.open_table(PAIRS)?;
            pairs.retain(|key, _| <&Key>::try_from(key).is_ok_and(|key| live.contains(key)))?;
            for (key, value) in made {
                pairs.insert(key.as_slice(), lz4_flex::compress_prepend_size(value).as_slice())?;
            }
        }
        write.commit()?;
        Ok(())
    }

    fn value(&self, table: TableDefinition<&[u8], &[u8]>, key: &Key) -> Option<Vec<u8>> {
        let read = self.database.begin_read().ok()?;
        let found = read.open_table(table).ok()?.get(key.as_slice()).ok()??;
        lz4_flex::decompress_size_prepended(found.value()).ok()
    }

    /// Remembers reports, in one transaction.
    pub fn remember(&self, memos: &[Memo]) -> Result<()> {
        if memos.is_empty() {
            return Ok(());
        }
        let mut write = self.database.begin_write()?;
        // What is lost to a power cut is read again; `settle` ends a build on firm ground.
        write.set_durability(Durability::None)?;
        {
            let mut reports = write.open_table(REPORTS)?;
            let mut entries = write.open_table(ENTRIES)?;
            for memo in memos {
                reports.insert(memo.key.as_slice(), lz4_flex::compress_prepend_size(&memo.report).as_slice())?;
                entries.insert(memo.key.as_slice(), lz4_flex::compress_prepend_size(&memo.entry).as_slice())?;
            }
        }
        write.commit()?;
        Ok(())
    }

    /// What a page was made from last time, and the SHA-256 of what came out.
    pub fn page(&self, path: &str) -> Option<(String, String)> {
        let read = self.database.begin_read().ok()?;
        let found = read.open_table(PAGES).ok()?.get(path).ok()??;
        let (input, output) = found.value();
        Some((input.to_owned(), output.to_owned()))
    }

    /// Remembers pages, forgets reports that are no longer there, and notes what was published.
    pub fn settle(
        &self,
        pages: &[(String, String, String)],
        live: &BTreeSet<Key>,
        state: &[(&str, &str)],
    ) -> Result<()> {
        let write = self.database.begin_write()?;
        {
            let mut table = write.open_table(PAGES)?;
            for (path, input, output) in pages {
                table.insert(path.as_str(), (input.as_str(), output.as_str()))?;
            }
            // The two tables have the same keys; asking the one with the small values spares reading every report.
            let (mut reports, mut entries) = (write.open_table(REPORTS)?, write.open_table(ENTRIES)?);
            let mut gone: Vec<Vec<u8>> = Vec::new();
            for item in entries.iter()? {
                let key = item?.0.value().to_vec();
                if !<&Key>::try_from(key.as_slice()).is_ok_and(|k| live.contains(k)) {
                    gone.push(key);
                }
            }
            for key in gone {
                entries.remove(key.as_slice())?;
                reports.remove(key.as_slice())?;
            }
            let mut table = write.open_table(STATE)?;
            for (key, value) in state {
                table.insert(*key, *value)?;
            }
        }
        write.commit()?;
        Ok(())
    }

    /// A note of the last publication.
    pub fn state(&self, key: &str) -> Option<String> {
        let read = self.database.begin_read().ok()?;
        let found = read.open_table(STATE).ok()?.get(key).ok()??;
        Some(found.value().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_comes_back_until_its_input_is_gone() {
        let cache = Cache::in_memory().unwrap();
        let memo = |n: u8| Memo { key: [n; 32], report: vec![n; 1000], entry: vec![n] };
        cache.remember(&[memo(1), memo(2)]).unwrap();
        cache
            .settle(&[("a".into(), "in".into(), "out".into())], &BTreeSet::from([[1; 32]]), &[("build", "b")])
            .unwrap();
        assert_eq!(cache.report(&[1; 32]).unwrap(), vec![1; 1000]);
        assert_eq!(cache.report(&[2; 32]), None);
        assert_eq!(cache.page("a").unwrap(), ("in".into(), "out".into()));
        assert_eq!(cache.state("build").unwrap(), "b");
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache");
        std::fs::write(&path, b"not a database at all").unwrap();
        assert!(Cache::open(&path).unwrap().report(&[0; 32]).is_none());
    }
}
