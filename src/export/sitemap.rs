//! `sitemap.xml` and `robots.txt`.
//!
//! In: an archive. Out: every page of the site in a fixed order, in several files above the limit of the protocol. The protocol
//! wants absolute addresses: without `site.url` the list stands with relative ones and says so.

use super::index::indicators;
use super::{Ledger, address};
use crate::model::archive::Archive;
use crate::model::page::{Artifact, Sink};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::collections::BTreeSet;
use std::io;

/// Addresses in one file, by the protocol.
const LIMIT: usize = 50_000;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// Listing and service pages.
const FIXED: &[&str] = &[
    "",
    "agencies/",
    "regions/",
    "years/",
    "indicators/",
    "findings/",
    "search/",
    "compare/",
    "data/",
    "changes/",
    "data/codebook/",
    "corrections/",
    "about/",
    "method/",
];

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let pages = pages(archive);
    if pages.len() <= LIMIT {
        put(archive, ledger, "sitemap.xml", "urlset", "url", &pages)?;
    } else {
        let mut parts = Vec::new();
        for (chunk, no) in pages.chunks(LIMIT).zip(1..) {
            let path = format!("sitemap-{no}.xml");
            put(archive, ledger, &path, "urlset", "url", chunk)?;
            parts.push(path);
        }
        put(archive, ledger, "sitemap.xml", "sitemapindex", "sitemap", &parts)?;
    }
    let mut robots = "User-agent: *\nAllow: /\n".to_owned();
    if !archive.site.url.is_empty() {
        robots += &format!("Sitemap: {}\n", address(archive, "sitemap.xml"));
    }
    ledger.put(Artifact { path: "robots.txt".into(), bytes: robots.into_bytes() })
}

fn pages(archive: &Archive) -> Vec<String> {
    let mut pages: Vec<String> = FIXED.iter().map(|&url| url.to_owned()).collect();
    pages.extend(archive.pages.iter().map(|p| p.url.clone()).filter(|url| !FIXED.contains(&url.as_str())));
    pages.extend(archive.agencies.values().map(|a| a.url.clone()));
    pages.extend(archive.regions.values().map(|r| r.url.clone()));
    pages.extend(archive.years.iter().map(|y| y.url.clone()));
    pages.extend(indicators(archive).into_iter().map(|i| i.url));
    let codes: BTreeSet<&str> =
        archive.entries.iter().flat_map(|e| &e.findings).map(|finding| finding.code.as_ref()).collect();
    pages.extend(codes.into_iter().map(|code| format!("findings/{code}/")));
    pages.extend(archive.entries.iter().map(|e| e.card.url.clone()));
    pages
}

fn put(archive: &Archive, ledger: &mut Ledger, path: &str, root: &str, item: &str, pages: &[String]) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    if archive.site.url.is_empty() {
        let note = " base_url is not set in site.toml: the addresses are relative to the site's root ";
        xml.write_event(Event::Comment(BytesText::new(note)))?;
    }
    xml.create_element(root).with_attribute(("xmlns", NAMESPACE)).write_inner_content(|xml| {
        for page in pages {
            let page = if page.is_empty() && archive.site.url.is_empty() { "./" } else { page };
            xml.create_element(item).write_inner_content(|xml| {
                xml.create_element("loc").write_text_content(BytesText::new(&address(archive, page)))?;
                Ok(())
            })?;
        }
        Ok(())
    })?;
    ledger.put(Artifact { path: path.to_owned(), bytes: xml.into_inner() })
}
