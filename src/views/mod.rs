//! Archive to pages. `VIEWS` is the list; a view is one file, one row and one template.
//!
//! In: an [`Archive`]. Out: [`Page`]s whose context is the JSON published beside them. A context is made only when its page has
//! to be rendered, from cards and figures in memory; only a report's own page opens a body. Must never render or write.

mod agency;
mod changes;
pub mod chart;
mod corrections;
mod coverage;
mod findings;
mod home;
mod indicator;
mod linked;
mod method;
mod region;
mod report;
mod service;
mod sums;
mod year;

use crate::model::Id;
use crate::model::archive::{Archive, Entry};
use crate::model::page::Page;
use crate::model::report::Core;
use crate::model::twin::{
    Column, Crumb, IndicatorLink, LinkedFigure, Listed, ListedAgency, ListedFigure, PageLink, Pagination,
};
use crate::model::value::Decimal;
use serde::Serialize;
use std::sync::Arc;

/// A kind of page.
pub struct View {
    /// Kebab-case id.
    pub id: &'static str,
    /// What it shows, in English.
    pub about: &'static str,
    /// Template of the theme.
    pub template: &'static str,
    /// All its pages.
    pub pages: fn(&Arc<Archive>) -> Vec<Page>,
}

/// Every kind of page there is.
pub const VIEWS: &[View] = &[
    View {
        id: "home",
        about: "Search, coverage, headline series, newest reports, downloads",
        template: "home.html",
        pages: home::pages,
    },
    View {
        id: "report",
        about: "One report: answer, tables, text, findings, provenance",
        template: "report.html",
        pages: report::pages,
    },
    View { id: "agency", about: "One agency over the years", template: "agency.html", pages: agency::pages },
    View { id: "agencies", about: "All agencies, by region", template: "agencies.html", pages: agency::listing },
    View {
        id: "region",
        about: "One region: what lies in it and what its reports add up to",
        template: "region.html",
        pages: region::pages,
    },
    View { id: "regions", about: "The tree of regions", template: "regions.html", pages: region::listing },
    View { id: "year", about: "All agencies of one year", template: "year.html", pages: year::pages },
    View { id: "years", about: "All years", template: "years.html", pages: year::listing },
    View {
        id: "indicator",
        about: "One indicator: definition, every agency and year",
        template: "indicator.html",
        pages: indicator::pages,
    },
    View {
        id: "indicators",
        about: "All indicators, by theme",
        template: "indicators.html",
        pages: indicator::listing,
    },
    View {
        id: "findings",
        about: "What does not add up, by kind",
        template: "findings.html",
        pages: findings::listing,
    },
    View { id: "finding", about: "All findings of one kind", template: "finding.html", pages: findings::pages },
    View {
        id: "changes",
        about: "What changed since the publications before: edited reports, changed figures",
        template: "changes.html",
        pages: changes::pages,
    },
    View {
        id: "corrections",
        about: "Figures the publisher corrected, and reports that are published no more",
        template: "corrections.html",
        pages: corrections::listing,
    },
    View {
        id: "tombstone",
        about: "What stands at the address of a report that is published no more",
        template: "tombstone.html",
        pages: corrections::tombstones,
    },
    View { id: "search", about: "Full-text search", template: "search.html", pages: service::search },
    View { id: "compare", about: "Two reports side by side", template: "compare.html", pages: service::compare },
    View {
        id: "data",
        about: "Every file to download and how to load it",
        template: "data.html",
        pages: service::data,
    },
    View {
        id: "codebook",
        about: "What every column and field means, its unit and source, in Chinese and English",
        template: "codebook.html",
        pages: service::codebook,
    },
    View { id: "about", about: "The publisher's own pages", template: "about.html", pages: service::about },
    View {
        id: "method",
        about: "Rules, forms, standings and finding codes, with examples",
        template: "method.html",
        pages: method::pages,
    },
    View {
        id: "lost",
        about: "The page for addresses that do not exist",
        template: "notfound.html",
        pages: service::lost,
    },
];

/// Core indicators that stand in the row of numbers of a report and in the columns of listings: what came in, how it ended.
const HEADLINES: &[(&str, &str)] = &[
    ("requests_received", "收到申请"),
    ("granted", "予以公开"),
    ("partially_granted", "部分公开"),
    ("denied_total", "不予公开"),
    ("corrected_total", "复议诉讼被纠正"),
];

/// Longest list one page shows; the rest follows on `page-2/` and so on.
const PER_PAGE: usize = 200;

/// The archive as the pages of one view share it, and the places of its reports by their ids.
struct Shared {
    archive: Arc<Archive>,
    places: Vec<usize>,
}

/// Shares an archive between the pages of a view.
fn share(archive: &Arc<Archive>) -> Arc<Shared> {
    let mut places: Vec<usize> = (0..archive.entries.len()).collect();
    places.sort_unstable_by_key(|&place| &archive.entries[place].card.id);
    Arc::new(Shared { archive: Arc::clone(archive), places })
}

impl Shared {
    /// The report with this id.
    fn entry(&self, id: &str) -> Option<&Entry> {
        let entries = &self.archive.entries;
        let at = self.places.binary_search_by_key(&id, |&place| entries[place].card.id.as_str()).ok()?;
        Some(&entries[self.places[at]])
    }
}

/// A page whose context is made when it is needed.
fn page<C: Serialize>(
    shared: &Arc<Shared>,
    url: String,
    template: &'static str,
    digest: blake3::Hasher,
    context: impl FnOnce(&Shared) -> C + Send + 'static,
) -> Page {
    let shared = Arc::clone(shared);
    Page {
        url,
        template,
        digest: digest.finalize().to_hex().to_string(),
        data: true,
        context: Box::new(move || serde_json::to_value(context(&shared)).expect("a context has no keys but texts")),
    }
}

/// A digest that starts with what every page shows: the site and the program.
fn digest(archive: &Archive, view: &str) -> blake3::Hasher {
    let mut hash = blake3::Hasher::new();
    feed(&mut hash, &[view, &archive.site.title, &archive.site.url, &archive.site.language, &archive.site.license]);
    feed(&mut hash, &[&archive.site.description, &archive.generator]);
    hash
}

/// Adds texts, each with its length, so that no two lists feed the same bytes.
fn feed(hash: &mut blake3::Hasher, texts: &[&str]) {
    for text in texts {
        hash.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
}

/// Adds anything that serialises.
fn feed_json(hash: &mut blake3::Hasher, value: &impl Serialize) {
    feed(hash, &[&serde_json::to_string(value).unwrap_or_default()]);
}

/// Adds what listings show of some entries: their digests cover cards, figures and findings.
fn feed_entries(hash: &mut blake3::Hasher, archive: &Archive, entries: impl IntoIterator<Item = usize>) {
    for index in entries {
        if let Some(entry) = archive.entries.get(index) {
            feed(hash, &[&entry.card.id, &entry.digest]);
        }
    }
}

/// A link of the way from home to a page.
fn crumb(name: &str, url: &str) -> Crumb {
    Crumb { name: name.to_owned(), url: url.to_owned() }
}

/// Name of a region, its code when the archive has no name for it.
fn region_name(archive: &Archive, code: &str) -> String {
    archive.regions.get(code).map_or_else(|| code.to_owned(), |r| r.name.clone())
}

/// The regions above a code, the outermost first, itself last.
fn region_path(archive: &Archive, code: &str) -> Vec<Crumb> {
    let mut path = Vec::new();
    let mut next = archive.regions.get(code);
    while let Some(region) = next {
        path.push(crumb(&region.name, &region.url));
        // A parent that is not shorter on the way up would never end; eight levels are more than the country has.
        next = region.parent.as_deref().filter(|_| path.len() < 8).and_then(|parent| archive.regions.get(parent));
    }
    path.reverse();
    path
}

/// What a listing shows of a core figure.
fn figure(core: &Core) -> ListedFigure {
    let more = core.alternatives.len();
    ListedFigure {
        value: core.value,
        standing: core.standing,
        approx: core.approx,
        from: core.from,
        line: core.line,
        more,
    }
}

/// The figure an entry gives of an indicator, with the way to its report.
fn linked_figure(entry: &Entry, id: &str) -> Option<LinkedFigure> {
    Some(LinkedFigure { figure: figure(entry.core.get(id)?), url: entry.card.url.clone() })
}

/// The core figures of an entry under the given indicators, null where the report gives none.
fn figures<'a>(entry: &Entry, ids: impl IntoIterator<Item = &'a str>) -> Vec<Option<ListedFigure>> {
    ids.into_iter().map(|id| entry.core.get(id).map(figure)).collect()
}

fn headline_ids() -> impl Iterator<Item = &'static str> {
    HEADLINES.iter().map(|(id, _)| *id)
}

fn headline_columns() -> impl Iterator<Item = Column> {
    HEADLINES.iter().map(|(id, label)| Column { id, label, url: format!("indicators/{id}/") })
}

/// The indicators some of these entries give, in the order of the dictionary.
fn indicators_of<'a>(archive: &'a Archive, entries: &[usize]) -> Vec<&'a crate::model::form::Indicator> {
    let given = |id: &Id| entries.iter().any(|&i| archive.entries.get(i).is_some_and(|e| e.core.contains_key(id)));
    archive.indicators.iter().filter(|indicator| given(&indicator.id)).collect()
}

/// A report as one line of a list.
fn brief(archive: &Archive, entry: &Entry) -> Listed {
    let card = &entry.card;
    let agency = card.agency.as_ref();
    Listed {
        id: card.id.clone(),
        title: card.title.clone(),
        url: card.url.clone(),
        year: card.year,
        kind: card.kind,
        agency: agency.map(|a| ListedAgency { name: a.name.clone(), url: agency_url(archive, &a.id) }),
        region: card.region.as_ref().map(|code| region_name(archive, code)),
        published: card.published.clone(),
        findings: card.findings,
    }
}

fn agency_url(archive: &Archive, id: &str) -> Option<String> {
    archive.agencies.get(id).map(|agency| agency.url.clone())
}

/// `4971` → `4,971`, for sentences made here.
fn grouped(value: Decimal) -> String {
    let plain = value.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// One piece of a long list: its address, its number, and the place of its items.
struct Piece {
    url: String,
    number: usize,
    count: usize,
    range: std::ops::Range<usize>,
    base: String,
}

/// Splits a list of `len` items into pages below `base`; an empty list has one page. Addresses never depend on how many follow.
fn pieces(base: &str, len: usize) -> Vec<Piece> {
    let count = len.div_ceil(PER_PAGE).max(1);
    (0..count)
        .map(|index| Piece {
            url: if index == 0 { base.to_owned() } else { format!("{base}page-{}/", index + 1) },
            number: index + 1,
            count,
            range: index * PER_PAGE..((index + 1) * PER_PAGE).min(len),
            base: base.to_owned(),
        })
        .collect()
}

impl Piece {
    /// The links to the other pages of the list; none when there is only one.
    fn links(&self) -> Option<Pagination> {
        let url = |number: usize| if number == 1 { self.base.clone() } else { format!("{}page-{number}/", self.base) };
        (self.count > 1).then(|| Pagination {
            number: self.number,
            count: self.count,
            previous: (self.number > 1).then(|| url(self.number - 1)),
            next: (self.number < self.count).then(|| url(self.number + 1)),
            all: (1..=self.count).map(|number| PageLink { number, url: url(number) }).collect(),
        })
    }
}

/// The years of some entries, oldest first, each once.
fn years_of(archive: &Archive, entries: &[usize]) -> Vec<u16> {
    let mut years: Vec<u16> = entries.iter().filter_map(|&i| archive.entries.get(i)?.card.year).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// The dictionary's rows that some lists repeat.
fn indicator_link(indicator: &crate::model::form::Indicator) -> IndicatorLink {
    IndicatorLink {
        id: indicator.id.clone(),
        label: indicator.label.clone(),
        unit: indicator.unit.clone(),
        group: indicator.group.clone(),
        url: format!("indicators/{}/", indicator.id),
    }
}
