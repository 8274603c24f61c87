//! The verbs joined: from a folder to a published site. The only module that knows them all.
//!
//! ```text
//! source ▶ read ▶ normalize ▶ understand ▶ cache ┐ one report at a time, in parallel, each a pure function of its bytes
//!                                                ▼
//!                                 assemble ▶ views ▶ theme ▶ publish, then search and exports
//! ```
//!
//! Bodies of reports are never held all at once: the archive keeps columns, and fetches a body from the cache when a page or an
//! export needs it.

mod orders;
mod reader;
mod similar;

pub use reader::{Read, Reader};

use crate::assemble::{self, Ids};
use crate::cache::{Cache, Key, Memo};
use crate::config::Config;
use crate::export::{self, EXPORTS};
use crate::model::archive::{Archive, Entry, Ignored, Inputs, Quarantined};
use crate::model::changes::{ChangeSet, Edition};
use crate::model::curation::Correction;
use crate::model::diagnostic::Finding;
use crate::model::form::{Form, Indicator};
use crate::model::page::{Artifact, Page, Sink, Site};
use crate::model::report::Report;
use crate::previous::Previous;
use crate::publish::{self, Target, sha256};
use crate::source::{Candidate, Found};
use crate::theme::{Frame, Theme};
use crate::views::VIEWS;
use crate::{changes, curate, links, normalize, read, search, similarity, source, theme, understand};
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Reports read before their results are written to the cache in one go.
const CHUNK: usize = 512;

/// The register of ids beside `site.toml`.
pub const IDS: &str = "ids.toml";

/// What the cache knows the last publication by.
const PUBLICATION: &str = "publication";

/// The program and its version, as published.
pub const GENERATOR: &str = concat!("nianbao ", env!("CARGO_PKG_VERSION"));

/// A site ready to be built: configuration, theme, and what its content folder holds.
pub struct Project {
    /// `site.toml`.
    pub config: Config,
    /// Templates and assets.
    pub theme: Theme,
    /// The content folder.
    pub found: Found,
    ids: Ids,
    ids_text: String,
    /// What `_corrections.toml` says.
    orders: curate::Orders,
    /// The publication before this one, and the day of this one.
    previous: Option<(Previous, Option<String>)>,
    reader: Reader,
}

/// Told the stage, how much of it is done, and how much there is; the command decides how to show it.
pub type Progress<'a> = &'a (dyn Fn(&'static str, usize, usize) + Sync);

/// What a build did.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// Counts of the inputs.
    pub inputs: Inputs,
    /// Files refused.
    pub quarantined: Vec<Quarantined>,
    /// The reports, with their findings.
    pub entries: Arc<Vec<Entry>>,
    /// Findings by severity, over all reports.
    pub findings: crate::model::archive::Counts,
    /// Pages rendered anew.
    pub rendered: usize,
    /// Pages taken over.
    pub kept: usize,
    /// Reports read anew.
    pub read: usize,
    /// What is wrong in what the publisher wrote apart from the reports: the file below the content folder (or `ids.toml`), and the
    /// finding.
    pub problems: Vec<(String, Finding)>,
    /// Links that lead nowhere: where from, where to.
    pub broken: Vec<(String, String)>,
    /// The very site that stands published would come out again: nothing was put into the target.
    pub unchanged: bool,
    /// What each stage took.
    pub timings: Vec<(&'static str, Duration)>,
}

/// What reports are measured by: the forms and the dictionary that `understand` reads them with.
fn standards() -> assemble::Standards {
    assemble::Standards { forms: understand::forms(), indicators: understand::indicators() }
}

impl Project {
    /// Opens the site in `root`. Fails on what only the owner of the site can mend: site.toml, theme, a converter that does not work.
    pub fn open(root: &Path, base_url: Option<&str>) -> Result<Project> {
        let mut config = crate::config::load(root)?;
        let rules = normalize::rules();
        config.check_normalize(&rules.iter().map(|r| r.id.as_ref()).collect::<Vec<_>>())?;
        config.check_exports(&EXPORTS.iter().map(|e| e.id).collect::<Vec<_>>())?;
        if let Some(url) = base_url {
            config.base_url = crate::config::base_url(url).map_err(|why| anyhow::anyhow!("--base-url {url}: {why}"))?;
        }
        normalize::self_test().map_err(|why| anyhow::anyhow!(why))?;
        let overlay = root.join("themes").join(&config.theme);
        if config.theme != "default" && !overlay.is_dir() {
            anyhow::bail!(
                "site.toml: theme `{}` is not there\n  = help: put its files into {}, or write theme = \"default\"",
                config.theme,
                overlay.display()
            );
        }
        let theme = Theme::load(&theme::DEFAULT, overlay.is_dir().then_some(overlay.as_path()))?;
        let found = source::find(&config.content_folder())?;
        let path = root.join(IDS);
        let ids_text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let ids: Ids = toml::from_str(&ids_text).with_context(|| {
            format!("{} does not parse; restore it from version control, ids must never change", path.display())
        })?;
        let reader = Reader::new(&config);
        let orders = orders::read(found.register.as_ref(), &config.content_folder())?;
        Ok(Project { config, theme, found, ids, ids_text, orders, previous: None, reader })
    }

    /// Has the next build publish what changed since `previous`; `date` is its day.
    pub fn compare_with(&mut self, previous: Previous, date: Option<&str>) -> Result<()> {
        let day = |text: &str| text.parse::<toml::value::Datetime>().ok().filter(|moment| moment.time.is_none())?.date;
        let date = match date {
            Some(text) => {
                Some(day(text).with_context(|| format!("--date {text}: write a day such as 2024-05-01"))?.to_string())
            }
            None => None,
        };
        self.previous = Some((previous, date));
        Ok(())
    }

    /// Reads every report and puts the archive together. Bodies stay in `cache`.
    pub fn gather(&mut self, cache: &Arc<Cache>, progress: Progress<'_>) -> Result<Gathered> {
        let files = std::mem::take(&mut self.found.files);
        let mut archive = self.empty_archive();
        let mut keys = BTreeSet::new();
        let mut keyed: BTreeMap<String, (Key, Candidate)> = BTreeMap::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(files.len());
        let (mut read, mut done, total) = (0, 0, files.len());
        archive.inputs.found = (total + archive.quarantined.len() + archive.ignored.len()) as u32;
        for chunk in files.chunks(CHUNK) {
            let results: Vec<Result<Gained, Finding>> =
                chunk.par_iter().map(|candidate| self.gain(candidate, cache)).collect();
            let mut memos = Vec::new();
            for (candidate, result) in chunk.iter().zip(results) {
                match result {
                    Ok(Gained::Entry { key, entry, memo }) => {
                        entries.push(*entry);
                        keyed.insert(candidate.path.clone(), (key, candidate.clone()));
                        keys.insert(key);
                        read += usize::from(memo.is_some());
                        memos.extend(memo);
                    }
                    Ok(Gained::Draft) => {
                        let reason = "草稿（draft = true）".into();
                        archive.ignored.push(Ignored { path: candidate.path.clone(), reason });
                    }
                    Err(finding) => archive.quarantined.push(quarantined(&candidate.path, finding)),
                }
            }
            cache.remember(&memos).context("writing the cache")?;
            done += chunk.len();
            progress("read", done, total);
        }
        archive.quarantined.sort_by(|a, b| a.path.cmp(&b.path));
        for file in &mut archive.quarantined {
            file.report = self.ids.reports.get(&file.path).cloned();
        }
        archive.ignored.sort_by(|a, b| a.path.cmp(&b.path));

        let notes = &self.reader.notes;
        assemble::mint(&mut entries, &mut self.ids, notes);
        let refused = archive.quarantined.iter().map(|file| file.path.clone());
        let present: BTreeSet<String> = files.into_iter().map(|file| file.path).chain(refused).collect();
        let mut ordered = orders::carry_out(&self.orders, &mut entries, &mut archive, &self.ids, &present);
        let body = |path: &str| self.reader.remembered(cache, &keyed[path].0, &keyed[path].1);
        orders::correct(&mut ordered, &mut entries, &archive, body);
        let clock = Instant::now();
        similar::compare(&mut entries, cache, &self.reader, &body).context("writing the cache")?;
        let compared = clock.elapsed();
        let mut catalog = assemble::assemble(entries, &self.ids, notes, &standards());
        archive.inputs.published = catalog.entries.len() as u32;
        archive.inputs.quarantined = archive.quarantined.len() as u32;
        archive.inputs.ignored = archive.ignored.len() as u32;
        archive.build_id = self.build_id(&catalog, &archive);
        let files = catalog.entries.iter().filter_map(|e| keyed.remove(&e.card.source_path)).collect();
        // From here on paths are only shown.
        let shown = catalog.entries.iter_mut().map(|entry| &mut entry.card.source_path);
        let shown = shown.chain(archive.quarantined.iter_mut().map(|file| &mut file.path));
        for path in shown.chain(archive.ignored.iter_mut().map(|file| &mut file.path)) {
            *path = self.reader.hidden(std::mem::take(path));
        }
        archive.entries = Arc::new(catalog.entries);
        let bodies = Arc::new(Bodies {
            cache: Arc::clone(cache),
            reader: self.reader.clone(),
            files,
            entries: Arc::clone(&archive.entries),
            corrections: ordered.corrections,
            indicators: Arc::clone(&archive.indicators),
            forms: Arc::clone(&archive.forms),
        });
        archive.agencies = catalog.agencies;
        archive.regions = catalog.regions;
        archive.years = catalog.years;
        let originals = Arc::clone(&bodies);
        archive.body = Arc::new(move |index| bodies.report(index));
        archive.original = Arc::new(move |index| originals.original(index));
        self.note_changes(&mut archive);
        Ok(Gathered { archive, keys, read, compared, problems: ordered.problems })
    }

    /// What changed since the previous publication becomes a part of the archive, and of what its build id digests.
    fn note_changes(&self, archive: &mut Archive) {
        let mut latest = ChangeSet::default();
        let mut earlier = None;
        if let Some((previous, date)) = &self.previous {
            let places: BTreeMap<&str, usize> =
                archive.entries.iter().enumerate().map(|(place, entry)| (entry.card.id.as_str(), place)).collect();
            let cards = archive.entries.iter().map(|entry| (entry.card.id.clone(), entry.card.clone())).collect();
            let edition = Edition { generator: archive.generator.clone(), build_id: String::new(), cards };
            let now = |id: &str| Some((archive.body)(*places.get(id)?).into());
            latest = changes::compare(&previous.edition, &edition, &|id| previous.body(id), &now);
            latest.date.clone_from(date);
            earlier.clone_from(&previous.changes);
        }
        let mut changes =
            changes::publish(GENERATOR, latest, earlier, &archive.tombstones, &|line| self.reader.hidden(line));
        if self.previous.is_some() {
            let compared = serde_json::to_string(&changes).expect("plain data serializes");
            archive.build_id = blake3::hash(format!("{}{compared}", archive.build_id).as_bytes()).to_hex().to_string();
        }
        changes.latest.build_id.clone_from(&archive.build_id);
        archive.changes = Arc::new(changes);
    }

    /// One report: from the cache if it holds these very bytes, else read anew.
    fn gain(&self, candidate: &Candidate, cache: &Cache) -> Result<Gained, Finding> {
        let source = source::load(candidate)?;
        let key = self.reader.key(&source);
        if let Some(entry) = cache.entry(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(Gained::Entry { key, entry: Box::new(entry), memo: None });
        }
        match self.reader.report(&source)? {
            Read::Draft => Ok(Gained::Draft),
            Read::Report(report, takedown) => {
                let report_json = serde_json::to_vec(&report).expect("plain data serializes");
                // What a page shows is what the report says, not which program said it: equal reports give equal pages.
                let mut entry = assemble::entry(&report, &blake3::hash(&report_json).to_hex(), &standards());
                entry.takedown = takedown;
                entry.sketch = similarity::Prose::of(&report, &self.reader.labels).sketch();
                let entry_json = serde_json::to_vec(&entry).expect("plain data serializes");
                let memo = Memo { key, report: report_json, entry: entry_json };
                Ok(Gained::Entry { key, entry: Box::new(entry), memo: Some(memo) })
            }
        }
    }

    fn empty_archive(&mut self) -> Archive {
        let config = &self.config;
        let downloads = export::downloads(&|id| self.exports(id));
        let pages = self
            .found
            .pages
            .iter()
            .map(|own| read::own_page(&own.slug, config.pages.get(&own.slug).map(String::as_str), &own.text))
            .collect();
        Archive {
            site: Site {
                title: config.title.clone(),
                url: config.base_url.clone(),
                language: config.language.clone(),
                license: config.license.clone(),
                description: config.description.clone(),
            },
            generator: GENERATOR.into(),
            indicators: understand::indicators(),
            forms: understand::forms(),
            rules: Arc::new(normalize::rules()),
            downloads: Arc::new(downloads),
            tables: export::tables(),
            fields: Arc::new(export::fields()),
            questions: export::QUESTIONS,
            pages,
            quarantined: std::mem::take(&mut self.found.quarantined),
            ignored: std::mem::take(&mut self.found.ignored),
            ..Archive::default()
        }
    }

    fn exports(&self, id: &str) -> bool {
        let originals = id != "originals" || self.config.publish.originals;
        originals && self.config.exports.get(id).copied().unwrap_or(true)
    }

    /// Digest of every input of the site. Not of the program's bytes: two builds of one version publish the same site.
    fn build_id(&self, catalog: &assemble::Catalog, archive: &Archive) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        add(GENERATOR.as_bytes());
        add(self.config.text.as_bytes());
        add(self.config.base_url.as_bytes());
        add(self.theme.digest().as_bytes());
        for entry in &catalog.entries {
            add(entry.card.source_path.as_bytes());
            add(entry.digest.as_bytes());
        }
        for own in &self.found.pages {
            add(own.text.as_bytes());
        }
        add(&serde_json::to_vec(&archive.tombstones).expect("plain data serializes"));
        hasher.finalize().to_hex().to_string()
    }

    /// Builds the whole site into `target`; the caller puts it in place.
    pub fn build(&mut self, cache: &Arc<Cache>, target: &mut Target, progress: Progress<'_>) -> Result<Built> {
        let mut built = Built::default();
        let mut clock = Instant::now();
        let mut lap = |timings: &mut Vec<(&'static str, Duration)>, stage| {
            timings.push((stage, clock.elapsed()));
            clock = Instant::now();
        };
        let Gathered { mut archive, keys, read, compared, problems } = self.gather(cache, progress)?;
        built.problems = problems;
        for entry in archive.entries.iter() {
            built.findings.error += entry.card.findings.error;
            built.findings.warning += entry.card.findings.warning;
            built.findings.note += entry.card.findings.note;
        }
        built.entries = Arc::clone(&archive.entries);
        built.read = read;
        built.inputs = archive.inputs;
        built.quarantined.clone_from(&archive.quarantined);
        lap(&mut built.timings, "read");
        // Reading ends with the search for copied texts, told apart since it is the one stage that compares reports.
        built.timings[0].1 -= compared;
        built.timings.push(("similar", compared));
        // A site is a function of these; when it stands as it was published, there is nothing to do.
        let inputs = self.inputs(&archive);
        let publication = |manifest: Option<String>| manifest.map(|sha256| format!("{inputs} {sha256}"));
        if publication(target.standing()).is_some_and(|standing| cache.state(PUBLICATION) == Some(standing)) {
            built.unchanged = true;
            return Ok(built);
        }
        for asset in self.theme.assets() {
            target.put(asset.clone())?;
        }
        search::write(&archive, target).context("writing the search index")?;
        lap(&mut built.timings, "search");
        // Before the pages: the data page says what each file weighs.
        let downloads = export::write(&archive, target, &|id| self.exports(id)).context("writing the data files")?;
        archive.downloads = Arc::new(downloads);
        lap(&mut built.timings, "export");
        let notes = self.render(&Arc::new(archive), cache, target, &mut built, progress)?;
        lap(&mut built.timings, "render");
        let publication = publication(target.coming());
        let state: Vec<_> = publication.iter().map(|made| (PUBLICATION, made.as_str())).collect();
        cache.settle(&notes, &keys, &state).context("writing the cache")?;
        lap(&mut built.timings, "cache");
        built.broken.retain(|(_, to)| !target.has(to));
        Ok(built)
    }

    /// Digest of all that a site is made from: the program, every input of the archive, and the files that are no part of it.
    fn inputs(&self, archive: &Archive) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.reader.digest).update(archive.build_id.as_bytes());
        hasher.update(format!("{:?} {:?} {:?}", archive.inputs, archive.quarantined, archive.ignored).as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// Renders the pages whose input changed, in parallel, with one writer. Gives what to remember of them.
    fn render(
        &self,
        archive: &Arc<Archive>,
        cache: &Cache,
        target: &mut Target,
        built: &mut Built,
        progress: Progress<'_>,
    ) -> Result<Vec<(String, String, String)>> {
        let frame = Frame { site: archive.site.clone(), generator: archive.generator.clone() };
        let minify = self.config.publish.minify;
        let setting = format!("{}\n{:?}\n{}\n{minify}", self.theme.digest(), frame.site, frame.generator);
        let mut jobs: Vec<(Page, String)> = Vec::new();
        for page in VIEWS.iter().flat_map(|view| (view.pages)(archive)) {
            let input = format!("{setting}\n{}\n{}\n{}", page.template, page.url, page.digest);
            let input = blake3::hash(input.as_bytes()).to_hex().to_string();
            let mut unchanged =
                |path: &String| cache.page(path).is_some_and(|(was, hash)| was == input && target.keep(path, &hash));
            if paths(&page).iter().all(&mut unchanged) {
                built.kept += 1;
            } else {
                jobs.push((page, input));
            }
        }
        built.rendered = jobs.len();
        let total = jobs.len();
        let mut notes = Vec::new();
        let mut links: BTreeMap<String, String> = BTreeMap::new();
        let (sender, receiver) = sync_channel::<Result<(Vec<Made>, String)>>(16);
        std::thread::scope(|scope| -> Result<()> {
            let frame = &frame;
            scope.spawn(move || {
                // The receiver hangs up on the first error; the rest need not be made.
                let _ = jobs.into_par_iter().try_for_each_with(sender, |sender, (page, input)| {
                    sender.send(self.finish(page, frame).map(|made| (made, input)))
                });
            });
            for (done, made) in receiver.into_iter().enumerate() {
                let (made, input) = made?;
                for Made { artifact, sha256, links: to } in made {
                    for file in to {
                        links.entry(file).or_insert_with(|| artifact.path.clone());
                    }
                    notes.push((artifact.path.clone(), input.clone(), sha256.clone()));
                    target.put_hashed(artifact, sha256)?;
                }
                progress("render", done + 1, total);
            }
            Ok(())
        })?;
        notes.sort();
        built.broken = links.into_iter().map(|(to, from)| (from, to)).collect();
        Ok(notes)
    }

    /// A page's files: the HTML, and the JSON it was made from. Whatever can be done here is not left to the one writer.
    fn finish(&self, page: Page, frame: &Frame) -> Result<Vec<Made>> {
        let paths = paths(&page);
        let json = (page.context)();
        let html = self.theme.render(page.template, &page.url, &json, frame)?;
        let html = if self.config.publish.minify { publish::minified(&html) } else { html.into_bytes() };
        let links = links::targets(&paths[0], &html);
        let mut made = vec![Made::new(&paths[0], html, links)];
        if let Some(path) = paths.get(1) {
            let mut bytes = serde_json::to_vec(&json).expect("a JSON value serializes");
            bytes.push(b'\n');
            made.push(Made::new(path, bytes, BTreeSet::new()));
        }
        Ok(made)
    }

    /// Extends the register of ids by what was minted. Lines are only ever added.
    pub fn keep_ids(&self) -> Result<()> {
        let old: Ids = toml::from_str(&self.ids_text).unwrap_or_default();
        if self.ids == old {
            return Ok(());
        }
        let mut text = self.ids_text.clone();
        if text.is_empty() {
            text.push_str(
                "# Ids of reports and agencies, minted once. Commit this file, and never change a line of it.\n",
            );
        } else if !text.ends_with('\n') {
            text.push('\n');
        }
        for (table, now, before) in
            [("agencies", &self.ids.agencies, &old.agencies), ("reports", &self.ids.reports, &old.reports)]
        {
            for (name, id) in now.iter().filter(|(name, _)| !before.contains_key(*name)) {
                // A JSON string is a TOML basic string, but for DEL, which JSON leaves bare.
                let key = serde_json::Value::from(name.as_str()).to_string().replace('\u{7f}', "\\u007f");
                text.push_str(&format!("{table}.{key} = \"{id}\"\n"));
            }
        }
        let path = self.config.root.join(IDS);
        let staged = path.with_extension("toml.new");
        std::fs::write(&staged, text)
            .and_then(|()| std::fs::rename(&staged, &path))
            .with_context(|| format!("writing {}", path.display()))
    }
}

fn quarantined(path: &str, finding: Finding) -> Quarantined {
    let message = match finding.help {
        Some(help) => format!("{}；{help}", finding.message),
        None => finding.message,
    };
    Quarantined { path: path.to_owned(), code: finding.code, message, report: None }
}

/// The files a page becomes: HTML first, then its data twin.
fn paths(page: &Page) -> Vec<String> {
    if !(page.url.is_empty() || page.url.ends_with('/')) {
        return vec![page.url.clone()];
    }
    let mut paths = vec![format!("{}index.html", page.url)];
    if page.data {
        paths.push(format!("{}index.json", page.url));
    }
    paths
}

/// A file of a page, ready to be put.
struct Made {
    artifact: Artifact,
    sha256: String,
    /// The files it links to.
    links: BTreeSet<String>,
}

impl Made {
    fn new(path: &str, bytes: Vec<u8>, links: BTreeSet<String>) -> Made {
        let sha256 = sha256(&bytes);
        Made { artifact: Artifact { path: path.to_owned(), bytes }, sha256, links }
    }
}

enum Gained {
    Entry { key: Key, entry: Box<Entry>, memo: Option<Memo> },
    Draft,
}

/// Everything gathered from the content folder.
pub struct Gathered {
    /// The archive.
    pub archive: Archive,
    /// Keys of its reports in the cache.
    keys: BTreeSet<Key>,
    /// Reports that were read anew.
    read: usize,
    /// What it took to find copied texts.
    compared: Duration,
    /// What is wrong in what the publisher wrote apart from the reports.
    problems: Vec<(String, Finding)>,
}

/// Bodies on demand.
struct Bodies {
    cache: Arc<Cache>,
    reader: Reader,
    files: Vec<(Key, Candidate)>,
    entries: Arc<Vec<Entry>>,
    /// The register's corrections, by report id.
    corrections: BTreeMap<String, Vec<Correction>>,
    indicators: Arc<Vec<Indicator>>,
    forms: Arc<Vec<Form>>,
}

impl Bodies {
    fn report(&self, index: usize) -> Report {
        let (key, candidate) = &self.files[index];
        let mut report = self.reader.remembered(&self.cache, key, candidate);
        let entry = &self.entries[index];
        if let Some(orders) = self.corrections.get(&entry.card.id) {
            curate::apply(&mut report, orders, &self.indicators, &self.forms);
        }
        assemble::complete(&mut report, entry);
        report.original.path.clone_from(&entry.card.source_path);
        report
    }

    fn original(&self, index: usize) -> Vec<u8> {
        let candidate = &self.files[index].1;
        match source::load(candidate) {
            Ok(source) => self.reader.copy(&source),
            Err(_) => panic!("{} changed while the site was being built; build again", candidate.file.display()),
        }
    }
}

/// Where a site keeps what it remembers between builds.
pub fn state_folder(root: &Path) -> PathBuf {
    root.join(".nianbao")
}
