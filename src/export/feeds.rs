//! The newest reports, and what changed since the publications before, as Atom (`feed.xml`) and JSON Feed 1.1 (`feed.json`).
//!
//! In: an archive. Out: at most [`CAP`] entries, newest first. Dates are those of the reports, never the clock: the day of
//! publication, else the end of the reported year; a report without either is not listed. Ids are the addresses of the pages,
//! which never change; a site that does not know its address uses tag URIs and relative links and says so.

use super::{Ledger, address};
use crate::model::archive::{Archive, Card};
use crate::model::changes::{ChangeSet, Changed, Why};
use crate::model::page::{Artifact, Sink};
use crate::model::value::Decimal;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

/// Entries in a feed.
const CAP: usize = 50;
/// What a feed without absolute addresses says.
const RELATIVE: &str = "本站未在 site.toml 设置 base_url，链接相对于本站根目录。";

struct Item {
    title: String,
    /// The first moment of its day.
    date: String,
    id: String,
    url: String,
    about: String,
    /// Name of the agency, and address of the report's JSON.
    agency: Option<String>,
    json: Option<String>,
}

pub(super) fn write(archive: &Archive, ledger: &mut Ledger) -> io::Result<()> {
    let items = newest(archive);
    ledger.put(Artifact { path: "feed.xml".into(), bytes: atom(archive, &items)? })?;
    ledger.json("feed.json", &json_feed(archive, &items))
}

/// The newest of what there is to tell: reports, and what changed.
fn newest(archive: &Archive) -> Vec<Item> {
    let mut items: Vec<Item> = archive
        .entries
        .iter()
        .filter_map(|entry| {
            let card = &entry.card;
            Some(Item {
                title: card.title.clone(),
                date: moment(&date(card)?),
                id: permanent(archive, &card.url),
                url: address(archive, &card.url),
                about: about(card),
                agency: card.agency.as_ref().map(|agency| agency.name.clone()),
                json: Some(address(archive, &card.json)),
            })
        })
        .collect();
    let last = items.iter().map(|item| item.date.clone()).max().unwrap_or_else(|| "1970-01-01T00:00:00Z".into());
    let changes = &archive.changes;
    for set in std::iter::once(&changes.latest).chain(&changes.earlier).take(CAP) {
        // A publication whose day nobody named is as new as what it publishes.
        changed(archive, set, &set.date.as_deref().map_or_else(|| last.clone(), moment), &mut items);
    }
    items.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.id.cmp(&b.id)));
    items.truncate(CAP);
    items
}

/// What one publication changed, apart from the reports it added: those are told of as reports.
fn changed(archive: &Archive, set: &ChangeSet, date: &str, items: &mut Vec<Item>) {
    let card = |id: &str| archive.entries.iter().map(|entry| &entry.card).find(|card| card.id == id);
    let mut tell = |id: &str, kind: &str, words: &str, about: String| {
        let card = card(id);
        let url = card.map_or_else(|| format!("reports/{id}/"), |card| card.url.clone());
        items.push(Item {
            title: format!("{words}：{}", card.map_or(id, |card| &card.title)),
            date: date.to_owned(),
            id: permanent(archive, &format!("changes/#{kind}-{}-{id}", set.build_id.get(..12).unwrap_or_default())),
            url: address(archive, &url),
            about,
            agency: card.and_then(|card| card.agency.as_ref()).map(|agency| agency.name.clone()),
            json: card.map(|card| address(archive, &card.json)),
        });
    };
    for edited in &set.edited {
        let places = edited.passages.len();
        let about = format!("网址和编号未变，原件不同了：文字有{places}处改动。改掉和换上的文字见“变化”页。");
        tell(&edited.id, "edited", "机关改动了报告", about);
    }
    for id in &set.removed {
        tell(id, "removed", "不再公布", "这份报告不再公布，网址上留有说明。".into());
    }
    let mut figures: BTreeMap<&str, Vec<&Changed>> = BTreeMap::new();
    for figure in set.figures.iter().filter(|figure| figure.why != Why::Source) {
        figures.entry(&figure.id).or_default().push(figure);
    }
    for (id, figures) in figures {
        let shown = |value: Option<Decimal>| value.map_or("无".to_owned(), |value| value.to_string());
        let told = figures.iter().take(5).map(|f| format!("{} {} → {}", f.what, shown(f.was), shown(f.now)));
        let about = format!("{}个数字变了：{}。", figures.len(), told.collect::<Vec<_>>().join("，"));
        tell(id, "figures", "数字有变", about);
    }
}

/// The day a report was put online, if that is a day; else the last day of its year.
fn date(card: &Card) -> Option<String> {
    let published = card.published.as_deref().filter(|date| is_day(date)).map(str::to_owned);
    published.or_else(|| card.year.map(|year| format!("{year:04}-12-31")))
}

/// Whether a text is a day of the calendar as `2017-03-01`.
fn is_day(text: &str) -> bool {
    let shape = |(i, byte): (usize, u8)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// The first moment of a day in China.
fn moment(day: &str) -> String {
    format!("{day}T00:00:00+08:00")
}

/// The id of an entry or a feed, the same in every build.
fn permanent(archive: &Archive, path: &str) -> String {
    let address = address(archive, path);
    if archive.site.url.is_empty() { format!("tag:nianbao.invalid,2008:{address}") } else { address }
}

fn about(card: &Card) -> String {
    let agency = card.agency.as_ref().map_or("机关不明", |agency| &agency.name);
    let year = card.year.map_or_else(|| "年度不明".to_owned(), |year| format!("{year}年度"));
    let counts = card.findings;
    format!(
        "{agency}，{year}。可比指标{}项；疑点：错误{}处，可疑{}处，提示{}处。",
        card.core.len(),
        counts.error,
        counts.warning,
        counts.note
    )
}

/// Text without the characters XML 1.0 cannot hold.
fn clean(text: &str) -> String {
    let held = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(held).collect()
}

fn atom(archive: &Archive, items: &[Item]) -> io::Result<Vec<u8>> {
    let site = &archive.site;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let language = clean(&site.language);
    let mut feed = xml.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    if !language.is_empty() {
        feed = feed.with_attribute(("xml:lang", language.as_str()));
    }
    feed.write_inner_content(|xml| {
        text(xml, "title", &site.title)?;
        let subtitle =
            if site.url.is_empty() { format!("{}{RELATIVE}", site.description) } else { site.description.clone() };
        if !subtitle.is_empty() {
            text(xml, "subtitle", &subtitle)?;
        }
        text(xml, "id", &permanent(archive, "feed.xml"))?;
        link(xml, "self", "application/atom+xml", &address(archive, "feed.xml"))?;
        link(xml, "alternate", "text/html", &home(archive))?;
        // An empty feed has to have a date too.
        text(xml, "updated", items.first().map_or("1970-01-01T00:00:00Z", |item| &item.date))?;
        xml.create_element("author").write_inner_content(|xml| text(xml, "name", &site.title))?;
        let (program, version) = archive.generator.split_once(' ').unwrap_or(("nianbao", ""));
        let generator = xml.create_element("generator").with_attribute(("version", clean(version).as_str()));
        generator.write_text_content(BytesText::new(&clean(program)))?;
        for item in items {
            xml.create_element("entry").write_inner_content(|xml| {
                text(xml, "title", &item.title)?;
                text(xml, "id", &item.id)?;
                link(xml, "alternate", "text/html", &item.url)?;
                if let Some(json) = &item.json {
                    link(xml, "related", "application/json", json)?;
                }
                text(xml, "published", &item.date)?;
                text(xml, "updated", &item.date)?;
                if let Some(agency) = &item.agency {
                    xml.create_element("author").write_inner_content(|xml| text(xml, "name", agency))?;
                }
                text(xml, "summary", &item.about)
            })?;
        }
        Ok(())
    })?;
    Ok(xml.into_inner())
}

fn home(archive: &Archive) -> String {
    if archive.site.url.is_empty() { "./".into() } else { address(archive, "") }
}

fn text(xml: &mut Writer<Vec<u8>>, name: &str, content: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&clean(content))).map(drop)
}

fn link(xml: &mut Writer<Vec<u8>>, rel: &str, media: &str, href: &str) -> io::Result<()> {
    xml.create_element("link").with_attributes([("rel", rel), ("type", media), ("href", href)]).write_empty().map(drop)
}

fn json_feed(archive: &Archive, items: &[Item]) -> Value {
    let site = &archive.site;
    let made = json!({ "about": "https://jsonfeed.org/version/1.1", "generator": archive.generator, "build_id": archive.build_id });
    let mut feed = json!({ "version": "https://jsonfeed.org/version/1.1", "title": site.title, "_nianbao": made });
    if site.url.is_empty() {
        feed["user_comment"] = RELATIVE.into();
    } else {
        feed["home_page_url"] = address(archive, "").into();
        feed["feed_url"] = address(archive, "feed.json").into();
    }
    if !site.description.is_empty() {
        feed["description"] = site.description.as_str().into();
    }
    if !site.language.is_empty() {
        feed["language"] = site.language.as_str().into();
    }
    feed["items"] = items.iter().map(json_item).collect();
    feed
}

fn json_item(item: &Item) -> Value {
    let mut value = json!({
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.about,
        "date_published": item.date,
    });
    if let Some(agency) = &item.agency {
        value["authors"] = json!([{ "name": agency }]);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::is_day;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for day in ["2017-03-01", "2020-02-29", "2000-02-29", "2019-12-31"] {
            assert!(is_day(day), "{day}");
        }
        for other in [
            "2019-02-29",
            "1900-02-29",
            "2019-13-01",
            "2019-04-31",
            "2019-00-10",
            "2019-1-1",
            "二〇一九年",
            "",
            "2019-03-0é",
        ] {
            assert!(!is_day(other), "{other}");
        }
    }
}
