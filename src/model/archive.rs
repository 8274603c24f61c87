//! All reports together, as columns: cards and figures in memory, bodies on demand.

use super::Id;
use super::changes::Changes;
use super::curation::{Curation, Takedown, Tombstone};
use super::diagnostic::Finding;
use super::flat::{FlatTable, JsonField, Question};
use super::form::{Form, Indicator};
use super::page::Site;
use super::report::{Copied, Core, Kind, Place, Provenance, Report, Similar};
use super::source::Script;
use super::value::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The archive: what views, search and exports are functions of.
#[derive(Clone)]
pub struct Archive {
    /// What the site says of itself.
    pub site: Site,
    /// `nianbao 0.1.0`.
    pub generator: String,
    /// Digest of every input, hex.
    pub build_id: String,
    /// The reports, sorted by year (newest first), region, agency, id.
    pub entries: Arc<Vec<Entry>>,
    /// Agencies by id.
    pub agencies: BTreeMap<String, Agency>,
    /// Regions by code, ancestors included.
    pub regions: BTreeMap<String, Region>,
    /// Years, newest first, with the indices of their entries.
    pub years: Vec<Year>,
    /// The indicator dictionary.
    pub indicators: Arc<Vec<Indicator>>,
    /// The statutory forms.
    pub forms: Arc<Vec<Form>>,
    /// The cleaning rules, for the method page.
    pub rules: Arc<Vec<RuleDoc>>,
    /// The data files the exports write, for the data page.
    pub downloads: Arc<Vec<Download>>,
    /// What the flat tables among them are, for the codebook.
    pub tables: Vec<&'static FlatTable>,
    /// What the fields of the JSON are, for the codebook.
    pub fields: Arc<Vec<JsonField>>,
    /// Questions the database answers.
    pub questions: &'static [Question],
    /// The publisher's own pages (`content/_pages/*.md`), by slug.
    pub pages: Vec<OwnPage>,
    /// What stands at the addresses of reports that are published no more, by id.
    pub tombstones: Vec<Tombstone>,
    /// What changed since the previous publication, and before.
    pub changes: Arc<Changes>,
    /// Counts of the inputs.
    pub inputs: Inputs,
    /// Files that could not be read.
    pub quarantined: Vec<Quarantined>,
    /// Files left aside on purpose.
    pub ignored: Vec<Ignored>,
    /// The whole of one report, by index into `entries`; the pipeline supplies it from the cache.
    pub body: Arc<dyn Fn(usize) -> Report + Send + Sync>,
    /// The bytes of the published copy of one original, by index into `entries`.
    pub original: Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>,
}

/// An archive without reports.
impl Default for Archive {
    fn default() -> Self {
        Archive {
            site: Site::default(),
            generator: String::new(),
            build_id: String::new(),
            entries: Arc::default(),
            agencies: BTreeMap::new(),
            regions: BTreeMap::new(),
            years: Vec::new(),
            indicators: Arc::default(),
            forms: Arc::default(),
            rules: Arc::default(),
            downloads: Arc::default(),
            tables: Vec::new(),
            fields: Arc::default(),
            questions: &[],
            pages: Vec::new(),
            tombstones: Vec::new(),
            changes: Arc::default(),
            inputs: Inputs::default(),
            quarantined: Vec::new(),
            ignored: Vec::new(),
            body: Arc::new(|_| Report::default()),
            original: Arc::new(|_| Vec::new()),
        }
    }
}

/// One report in the archive's columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What `index.json` says of it.
    pub card: Card,
    /// Its place, resolved.
    pub place: Option<Place>,
    /// Other names its agency goes by in it.
    pub aliases: Vec<String>,
    /// Its comparable figures with their standing.
    pub core: BTreeMap<Id, Core>,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Cells that next year's report is compared with.
    pub kept: Vec<Kept>,
    /// The organ's code in its index number, check digits holding.
    pub organ: Option<String>,
    /// How far its published copy is the file.
    pub copied: Copied,
    /// Figures its publisher corrected.
    pub curations: Vec<Curation>,
    /// Sample of its sentences, by which reports with the same text find each other.
    pub sketch: Vec<u32>,
    /// Reports with near-identical text.
    pub similar: Vec<Similar>,
    /// Set when its sidecar orders that nothing of it be published.
    pub takedown: Option<Takedown>,
    /// Digest of everything its page shows, neighbours included.
    pub digest: String,
    /// The same agency's earlier report.
    pub previous: Option<String>,
    /// The later one.
    pub next: Option<String>,
}

/// A certain cell that an identity across years speaks of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "those of a table's cell")]
pub struct Kept {
    pub form: Id,
    pub table: Id,
    pub row: Id,
    pub column: Id,
    pub value: Decimal,
    pub line: Option<u32>,
}

/// A report in `index.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// Report id.
    pub id: String,
    /// Title as printed; for a report without one, a made-up line in brackets.
    pub title: String,
    /// Reporting body, or null.
    pub agency: Option<AgencyRef>,
    /// Region code, or null.
    pub region: Option<String>,
    /// Report year, or null.
    pub year: Option<u16>,
    /// What sort of document it is.
    pub kind: Kind,
    /// Date it was put online, ISO 8601, or null.
    pub published: Option<String>,
    /// Script of the original.
    pub script: Script,
    /// Form regimes whose tables it holds.
    pub forms: Vec<Id>,
    /// Path below the content folder.
    pub source_path: String,
    /// SHA-256 of the original.
    pub sha256: String,
    /// Address of its page.
    pub url: String,
    /// Address of its JSON.
    pub json: String,
    /// What sort of site it came from.
    pub provenance: Provenance,
    /// Core figures, values only.
    pub core: BTreeMap<Id, Decimal>,
    /// Findings by severity.
    pub findings: Counts,
    /// What the publisher corrected: indicators, and cells as `table.row.column`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curated: Vec<String>,
}

/// An agency as a card names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "id and name")]
pub struct AgencyRef {
    pub id: String,
    pub name: String,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the three severities")]
pub struct Counts {
    pub error: u32,
    pub warning: u32,
    pub note: u32,
}

/// An agency of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agency {
    /// Pinyin of its name, minted once.
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Region code, or null.
    pub region: Option<String>,
    /// Id of the agency it succeeded, by `site.toml`, else by the code in their index numbers.
    pub successor_of: Option<String>,
    /// Number of reports.
    pub reports: u32,
    /// Address of its page.
    pub url: String,
    /// Indices into `Archive::entries`, oldest year first.
    #[serde(skip)]
    pub entries: Vec<usize>,
}

/// What `site.toml` says of one agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyNote {
    /// Id chosen by the publisher.
    pub id: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// Six-digit region code.
    pub region: Option<String>,
    /// Canonical name of the agency it succeeded.
    pub successor_of: Option<String>,
}

/// A region of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    /// Six-digit code, also its id.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the region above, or null.
    pub parent: Option<String>,
    /// Reports of agencies in it, regions below included.
    pub reports: u32,
    /// Address of its page.
    pub url: String,
    /// Indices into `Archive::entries`, own and below.
    #[serde(skip)]
    pub entries: Vec<usize>,
}

/// A year of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Year {
    /// The year.
    pub year: u16,
    /// Number of reports.
    pub reports: u32,
    /// Address of its page.
    pub url: String,
    /// Indices into `Archive::entries`.
    #[serde(skip)]
    pub entries: Vec<usize>,
}

/// Counts of the inputs: `found = published + quarantined + ignored`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Inputs {
    pub found: u32,
    pub published: u32,
    pub quarantined: u32,
    pub ignored: u32,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quarantined {
    /// Path below the content folder.
    pub path: String,
    /// Finding code.
    pub code: Id,
    /// Why, and what to do.
    pub message: String,
    /// Id the report had when it could be read; null for a file that never could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// A file left aside on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignored {
    /// Path below the content folder.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// A data file offered for download.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Download {
    /// Path below the site.
    pub path: String,
    /// Media type.
    pub media: String,
    /// What it is, in Chinese.
    pub about: String,
    /// The flat table it holds.
    pub table: Option<String>,
    /// How that table is written, as a reader calls it: `CSV`.
    pub format: Option<&'static str>,
    /// Rows of that table; null until it is written.
    pub rows: Option<usize>,
    /// Size; null until it is written.
    pub bytes: Option<u64>,
    /// SHA-256, lower-case hex; null until it is written.
    pub sha256: Option<String>,
}

/// A page written by the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnPage {
    /// Address, `about/`.
    pub url: String,
    /// Its first heading.
    pub title: String,
    /// Its body as HTML made from CommonMark; raw HTML in it is shown as text.
    pub html: String,
}

/// A cleaning rule as the method page and `explain` show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleDoc {
    /// Rule id.
    pub id: Id,
    /// What it is about, in Chinese.
    pub title: &'static str,
    /// Why it exists, in Chinese.
    pub why: String,
    /// Examples: before and after.
    pub turns: Vec<(String, String)>,
    /// Counter-examples, left alone.
    pub leaves: Vec<String>,
}
