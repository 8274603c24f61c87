//! A publication read back: a published folder, or the `index.json` of one.
//!
//! In: a path. Out: its [`Edition`], bodies of reports on demand, and its own account of earlier changes. Fields that an older version
//! did not write are done without; a folder that is no publication is an error that names the file.

use crate::model::archive::Card;
use crate::model::changes::{Body, Changes, Edition};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A publication on disk.
pub struct Previous {
    /// What it is compared by.
    pub edition: Edition,
    /// What it says of changes.
    pub changes: Option<Changes>,
    folder: PathBuf,
}

/// What is needed of an index.
#[derive(Deserialize)]
struct Index {
    format: String,
    #[serde(default)]
    generator: String,
    #[serde(default)]
    build_id: String,
    reports: Option<Vec<Card>>,
    #[serde(default)]
    shards: Vec<Shard>,
}

#[derive(Deserialize)]
struct Shard {
    url: String,
}

impl Previous {
    /// Opens a published folder or the index in it.
    pub fn open(path: &Path) -> Result<Previous> {
        let index = if path.is_dir() { path.join("index.json") } else { path.to_owned() };
        let folder = index.parent().unwrap_or(Path::new(".")).to_owned();
        let read: Index = json(&index).with_context(|| {
            format!(
                "{} is not a published site\n  = help: name the folder that holds index.json, or that file",
                path.display()
            )
        })?;
        if !read.format.starts_with("nianbao/") {
            bail!("{} is no index of nianbao: its format is {:?}", index.display(), read.format);
        }
        let cards = match read.reports {
            Some(cards) => cards,
            None => {
                let mut cards = Vec::new();
                for shard in read.shards {
                    let path = below(&folder, &shard.url)
                        .with_context(|| format!("{}: a shard at {:?}", index.display(), shard.url))?;
                    cards.extend(json::<Vec<Card>>(&path)?);
                }
                cards
            }
        };
        let cards: BTreeMap<String, Card> = cards.into_iter().map(|card| (card.id.clone(), card)).collect();
        let changes = json(&folder.join("data/changes.json")).ok();
        Ok(Previous { edition: Edition { generator: read.generator, build_id: read.build_id, cards }, changes, folder })
    }

    /// The body of a report, if the publication is there as a whole.
    pub fn body(&self, id: &str) -> Option<Body> {
        json(&below(&self.folder, &format!("reports/{id}/index.json"))?).ok()
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} does not parse", path.display()))
}

/// A file below a folder; none for a path that would leave it.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let sound = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
    path.split('/').all(sound).then(|| folder.join(path))
}
