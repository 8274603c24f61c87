//! One report, from bytes to meaning: read, numbers of persons dealt with, normalized, understood.
//!
//! In: a file's bytes and sidecar, and what `site.toml` says. Out: a [`Report`] without ids, or the finding that quarantines the
//! file. Pure but for the digest of the program, by which the cache knows who read a report.

use super::GENERATOR;
use crate::cache::{Cache, Key};
use crate::config::Config;
use crate::model::archive::AgencyNote;
use crate::model::curation::Takedown;
use crate::model::diagnostic::Finding;
use crate::model::report::{Copied, Report};
use crate::model::source::{PrivacyMode, Source, Syntax};
use crate::privacy::Hit;
use crate::similarity::letters;
use crate::source::{self, Candidate};
use crate::{curate, normalize, privacy, read, understand};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How a report is read, apart from its bytes.
#[derive(Clone)]
pub struct Reader {
    /// Choices for `normalize`.
    pub normalize: normalize::Options,
    /// What `site.toml` says of agencies, for `understand`.
    pub known: understand::Known,
    /// The same, for ids.
    pub notes: BTreeMap<String, AgencyNote>,
    /// What happens to numbers of persons.
    pub privacy: PrivacyMode,
    /// Labels of the statutory forms, as `similarity` reads them.
    pub(super) labels: Arc<BTreeSet<String>>,
    /// Digest of the program and of the above: what a remembered report depends on besides its bytes.
    pub(super) digest: Key,
}

/// What a content file turned out to be.
pub enum Read {
    /// A report, and the order in its sidecar that nothing of it be published.
    Report(Box<Report>, Option<Takedown>),
    /// The publisher marked it as a draft: not published.
    Draft,
}

impl Reader {
    /// A reader for the site of `config`.
    pub fn new(config: &Config) -> Reader {
        let off: BTreeSet<String> = config.normalize.iter().filter(|(_, on)| !**on).map(|(id, _)| id.clone()).collect();
        let mut known = understand::Known::default();
        for (name, note) in &config.agencies {
            for alias in note.aliases.iter().chain([name]) {
                known.aliases.insert(alias.clone(), name.clone());
            }
            if let Some(region) = &note.region {
                known.regions.insert(name.clone(), region.clone());
            }
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&program());
        hasher.update(format!("{off:?} {known:?} {:?}", config.privacy.mode).as_bytes());
        Reader {
            normalize: normalize::Options { off, ..normalize::Options::default() },
            known,
            notes: config.agencies.clone(),
            privacy: config.privacy.mode,
            labels: Arc::new(labels()),
            digest: *hasher.finalize().as_bytes(),
        }
    }

    /// Reads one report, from bytes to meaning. `Err` quarantines it. A panic is our bug; it costs this report, not the others.
    pub fn report(&self, source: &Source) -> Result<Read, Finding> {
        catch_unwind(AssertUnwindSafe(|| self.understood(source))).unwrap_or_else(|_| {
            Err(Finding::new("internal-error", None, "程序在读这份文件时出错，这是 nianbao 的缺陷，不是文件的错")
                .help("请带上这份文件报告缺陷"))
        })
    }

    fn understood(&self, source: &Source) -> Result<Read, Finding> {
        let (text, encoding) = read::decode(source)?;
        let masks = self.privacy == PrivacyMode::Mask;
        // Numbers of persons that show only in the clean text (their digits written as entities, say), by their place in the file.
        let mut late: Vec<Hit> = Vec::new();
        let (draft, mut hits) = loop {
            let mut draft = read::read_text(source, &text, encoding)?;
            if draft.meta.draft {
                return Ok(Read::Draft);
            }
            let hits = if masks { privacy::mask_draft(&mut draft, &late) } else { Vec::new() };
            let draft = normalize::normalize(draft, &self.normalize);
            let mut left = privacy::find_in(&draft);
            if !masks || left.is_empty() {
                break (draft, [hits, left].concat());
            }
            left.retain(|hit| !late.contains(hit));
            if left.is_empty() {
                return Err(privacy::finding("personal-data-refused", &late)
                    .help("这些号码无法可靠遮盖，请在原文中遮盖后重新加入"));
            }
            late.extend(left);
        };
        hits.extend_from_slice(&late);
        if self.privacy == PrivacyMode::Refuse && !hits.is_empty() {
            return Err(privacy::finding("personal-data-refused", &hits)
                .help("请在原文中遮盖后重新加入，或在 site.toml 的 [privacy] 里写 mode = \"mask\""));
        }
        let mut report = understand::understand(source, &draft, &self.known);
        report.personal = privacy::count(&hits, masks);
        if masks && (!hits.is_empty() || draft.syntax == Syntax::Html && privacy::mask(&text).is_some()) {
            report.original.published = self.copied(source)?.0;
        }
        if report.original.published == Copied::Withheld {
            report.original.copy.clear();
        }
        if !hits.is_empty() {
            let code = if masks { "personal-data-masked" } else { "personal-data-shown" };
            report.findings.push(privacy::finding(code, &hits));
            report.findings.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
        }
        let takedown = self.sidecar_orders(source, &mut report);
        Ok(Read::Report(Box::new(report), takedown))
    }

    /// A line as it may be published beside the report's text: its path, say.
    pub(super) fn hidden(&self, line: String) -> String {
        match self.privacy {
            PrivacyMode::Notice => line,
            PrivacyMode::Mask | PrivacyMode::Refuse => privacy::mask(&line).unwrap_or(line),
        }
    }

    /// Carries out the corrections in the sidecar of a report, and gives back its takedown.
    fn sidecar_orders(&self, source: &Source, report: &mut Report) -> Option<Takedown> {
        let sidecar =
            source.sidecar.as_ref().filter(|s| ["correction", "takedown"].iter().any(|w| s.text.contains(w)))?;
        // A sidecar that does not parse was complained of when it was read.
        let orders = curate::read(&sidecar.path, sidecar.text.trim_start_matches('\u{feff}'), true).ok()?;
        let mut problems = orders.found;
        problems.extend(curate::apply(report, &orders.corrections, &understand::indicators(), &understand::forms()));
        report.findings.extend(problems.into_iter().map(|problem| curate::in_sidecar(&sidecar.path, problem)));
        report.findings.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
        orders.takedowns.into_iter().next_back()
    }

    /// The published copy of a file. Where numbers of persons are masked, it is read again as a reader's program would read it: should
    /// one still show, there is no copy.
    fn copied(&self, source: &Source) -> Result<(Copied, Vec<u8>), Finding> {
        let (text, encoding) = read::decode(source)?;
        let masked = privacy::mask_copy(&text, &read::read_text(source, &text, encoding)?);
        let bytes = masked.as_ref().map_or_else(|| source.bytes.to_vec(), |text| read::encode(text, encoding));
        let draft = read::read_text(source, masked.as_ref().unwrap_or(&text), encoding)?;
        let draft = normalize::normalize(draft, &self.normalize);
        Ok(match privacy::find_in(&draft).is_empty() && bytes.len() == source.bytes.len() {
            false => (Copied::Withheld, Vec::new()),
            true if masked.is_some() => (Copied::Masked, bytes),
            true => (Copied::Whole, bytes),
        })
    }

    /// A report as the cache remembers it, or else read anew: a foreign hand may have emptied the cache, and the file still has it.
    pub(super) fn remembered(&self, cache: &Cache, key: &Key, candidate: &Candidate) -> Report {
        let remembered = cache.report(key).and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
        remembered.unwrap_or_else(|| match source::load(candidate).and_then(|source| self.report(&source)) {
            Ok(Read::Report(report, _)) => *report,
            _ => panic!("{} changed while the site was being built; build again", candidate.file.display()),
        })
    }

    /// The bytes of the published copy of a file that has one.
    pub fn copy(&self, source: &Source) -> Vec<u8> {
        match self.privacy {
            PrivacyMode::Mask => self.copied(source).map(|(_, bytes)| bytes).unwrap_or_default(),
            PrivacyMode::Notice | PrivacyMode::Refuse => source.bytes.to_vec(),
        }
    }

    /// Digest of everything a report is read from: what it is remembered by.
    pub(super) fn key(&self, source: &Source) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.digest);
        let sidecar = source.sidecar.as_ref().map_or(b"".as_slice(), |s| s.text.as_bytes());
        for part in [source.path.as_bytes(), sidecar, &source.bytes] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

/// What rows and columns of the statutory forms are called.
fn labels() -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    for table in understand::forms().iter().flat_map(|form| &form.tables) {
        labels.extend(
            table.rows.iter().flat_map(|row| row.aliases.iter().chain([&row.label])).map(|label| letters(label)),
        );
        labels
            .extend(table.columns.iter().flat_map(|c| c.aliases.iter().chain([&c.label])).map(|label| letters(label)));
    }
    labels
}

/// Digest of this very program: a new binary reads everything again, and nobody bumps a version by hand.
fn program() -> Key {
    let bytes = std::env::current_exe().and_then(std::fs::read).unwrap_or_else(|_| GENERATOR.as_bytes().to_vec());
    *blake3::hash(&bytes).as_bytes()
}
