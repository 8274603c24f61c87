//! What the publisher says of a report: front matter at its head, a sidecar beside it.
//!
//! In: the lines of a file, or the text of its sidecar. Out: [`Meta`], findings, and how many lines the front matter takes. What is
//! wrong there is named and not used; the report is read all the same. Must never take a ruled line of a text for a fence.

use crate::model::diagnostic::Finding;
use crate::model::source::{Meta, Sidecar, Span};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use toml::de::{DeTable, DeValue};

/// The keys of CONTRACT §5, each with what Chinese publishers may call it.
const KEYS: &[(&str, &[&str])] = &[
    ("title", &["标题", "题名", "名称"]),
    ("agency", &["机关", "机构", "单位", "发布机构", "organization"]),
    ("year", &["年份", "年度", "年"]),
    ("region", &["地区", "区划", "行政区划"]),
    ("kind", &["类型", "种类", "type"]),
    ("published", &["发布日期", "发布时间", "日期", "date"]),
    ("source_url", &["网址", "链接", "来源网址", "url"]),
    ("source_name", &["来源", "source"]),
    ("index_number", &["索引号"]),
    ("tags", &["标签", "关键词"]),
    ("draft", &["草稿"]),
];
const KINDS: &[&str] = &["annual_report", "self_inspection", "statistics_table", "notice", "other"];
/// A longer head is a text between two rules.
const MAX_FRONT_LINES: usize = 200;
const MAX_FRONT_BYTES: usize = 64 << 10;

/// A value, whichever language it was written in.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    Whole(i64),
    Truth(bool),
    List(Vec<Value>),
    Other,
}

/// A key with its place: line from 0, bytes in that line.
struct Entry {
    key: String,
    line: usize,
    start: usize,
    end: usize,
    value: Value,
}

/// Why a head did not parse: message, line from 0, column in characters from 1.
struct Fault {
    message: String,
    line: usize,
    column: usize,
}

/// Reads front matter from the head of a file. Returns the number of lines it takes, 0 when there is none.
pub fn front_matter(lines: &[&str], meta: &mut Meta, found: &mut Vec<Finding>) -> u32 {
    let Some(fence) = lines.first().map(|line| line.trim_end()) else { return 0 };
    let toml = match fence {
        "+++" => true,
        "---" => false,
        _ => return 0,
    };
    let close = lines.iter().take(MAX_FRONT_LINES).skip(1).position(|line| line.trim_end() == fence);
    let Some(inner) = close else {
        // An opening fence above a known key was meant as one.
        if lines.get(1).is_some_and(|line| names_a_key(line, toml)) {
            let message = format!("第 1 行以 {fence} 开头的前置信息没有另一行 {fence} 结束，其内容未被采用");
            found.push(Finding::new("front-matter-invalid", Some(1), message));
        }
        return 0;
    };
    let block = &lines[1..=inner];
    let text = block.join("\n");
    if text.len() > MAX_FRONT_BYTES {
        return 0;
    }
    let taken = inner as u32 + 2;
    match if toml { parse_toml(&text) } else { parse_yaml(&text) } {
        Ok(entries) if toml || entries.iter().any(|entry| is_identifier(&entry.key)) => {
            for entry in entries {
                let number = entry.line as u32 + 2;
                let span = Span { line: number, start: entry.start as u32, end: entry.end as u32 };
                if let Err(fault) = apply(&entry, meta) {
                    let message = format!("前置信息第 {number} 行：{}", fault.message);
                    found.push(fault.finding(message, Some(number)).at(span, "在此"));
                }
            }
            taken
        }
        Err(fault) if toml || block.iter().any(|line| names_a_key(line, toml)) => {
            let number = fault.line as u32 + 2;
            let message = format!("前置信息第 {number} 行第 {} 列：{}；其内容未被采用", fault.column, fault.message);
            found.push(Finding::new("front-matter-invalid", Some(number), message));
            taken
        }
        // Two rules of a text with anything between them.
        Ok(_) | Err(_) => 0,
    }
}

/// Reads a sidecar; what it says replaces what the front matter said.
pub fn sidecar(sidecar: &Sidecar, meta: &mut Meta, found: &mut Vec<Finding>) {
    let text = sidecar.text.strip_prefix('\u{feff}').unwrap_or(&sidecar.text);
    if let Some(at) = text.find('\u{fffd}') {
        let (line, _) = position(text, at);
        let message = format!("{} 第 {} 行不是 UTF-8；其内容未被采用", sidecar.path, line + 1);
        found.push(Finding::new("sidecar-invalid", None, message));
        return;
    }
    match parse_toml(text) {
        Err(fault) => {
            let place = format!("{} 第 {} 行第 {} 列", sidecar.path, fault.line + 1, fault.column);
            let message = format!("{place}：{}；其内容未被采用", fault.message);
            found.push(Finding::new("sidecar-invalid", None, message));
        }
        Ok(entries) => {
            for entry in entries {
                if let Err(fault) = apply(&entry, meta) {
                    let message = format!("{} 第 {} 行：{}", sidecar.path, entry.line + 1, fault.message);
                    found.push(fault.finding(message, None));
                }
            }
        }
    }
}

/// Why an entry was not used.
struct Refusal {
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Refusal {
    fn finding(self, message: String, line: Option<u32>) -> Finding {
        let mut finding = Finding::new(self.code, line, message);
        finding.help = self.help;
        finding
    }
}

fn apply(entry: &Entry, meta: &mut Meta) -> Result<(), Refusal> {
    let key = entry.key.as_str();
    let invalid = |wanted: &str| Refusal {
        code: "meta-invalid-value",
        message: format!("{key} 须为{wanted}，未被采用"),
        help: None,
    };
    let text = |most: usize| match &entry.value {
        Value::Text(text) => {
            let clean = plain(text);
            let length = clean.chars().count();
            if (1..=most).contains(&length) {
                Ok(Some(clean))
            } else {
                Err(invalid(&format!("1 至 {most} 个字的文字")))
            }
        }
        _ => Err(invalid("引号中的文字")),
    };
    match key {
        "title" => meta.title = text(300)?,
        "agency" => meta.agency = text(120)?,
        "source_name" => meta.source_name = text(120)?,
        "index_number" => meta.index_number = text(120)?,
        "region" => {
            let region = match &entry.value {
                Value::Whole(code) => Some(code.to_string()),
                _ => text(120)?,
            };
            let digits = |r: &String| r.bytes().all(|b| b.is_ascii_digit());
            if region.as_ref().is_some_and(|r| digits(r) && r.len() != 6) {
                return Err(invalid("六位区划代码或地名"));
            }
            meta.region = region;
        }
        "kind" => {
            let kind = text(120)?.unwrap_or_default();
            if !KINDS.contains(&kind.as_str()) {
                let mut refusal = invalid(&format!("{} 之一", KINDS.join("、")));
                refusal.help = nearest(&kind, KINDS).map(|near| format!("是否为 {near}？"));
                return Err(refusal);
            }
            meta.kind = Some(kind);
        }
        "year" => match entry.value {
            Value::Whole(year @ 1949..=2100) => meta.year = Some(year as u16),
            _ => return Err(invalid(" 1949 至 2100 的整数（不加引号）")),
        },
        "published" => {
            let date = text(40)?.unwrap_or_default();
            let date = iso_date(&date).ok_or_else(|| invalid("日期，如 2020-03-10"))?;
            meta.published = Some(date.to_owned());
        }
        "source_url" => {
            let url = text(2000)?.unwrap_or_default();
            let rest = ["https://", "http://"].iter().find_map(|scheme| {
                url.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme)).map(|_| &url[scheme.len()..])
            });
            let good = rest.is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
                    && !url.contains(|c: char| c.is_whitespace() || "\"'<>\\`{}|^".contains(c))
            });
            if !good {
                return Err(invalid("以 http:// 或 https:// 开头的网址"));
            }
            meta.source_url = Some(url);
        }
        "tags" => {
            let Value::List(items) = &entry.value else { return Err(invalid("文字的列表，如 [\"水利\"]")) };
            let tags: Option<Vec<String>> = items
                .iter()
                .map(|item| match item {
                    Value::Text(tag) => Some(plain(tag)).filter(|t| (1..=60).contains(&t.chars().count())),
                    _ => None,
                })
                .collect();
            meta.tags = tags.ok_or_else(|| invalid("文字的列表，如 [\"水利\"]"))?;
        }
        "draft" => match entry.value {
            Value::Truth(draft) => meta.draft = draft,
            _ => return Err(invalid(" true 或 false")),
        },
        // Read by `curate`.
        "correction" | "takedown" => {}
        _ => {
            let names: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
            let near = KEYS
                .iter()
                .find(|(_, also)| also.contains(&key.to_lowercase().as_str()))
                .map(|(name, _)| *name)
                .or_else(|| nearest(key, &names));
            return Err(Refusal {
                code: "meta-unknown-key",
                message: match near {
                    Some(near) => format!("未知的键 {}，已忽略（是否为 {near}？）", plain(key)),
                    None => format!("未知的键 {}，已忽略", plain(key)),
                },
                help: Some(format!("可用的键：{}", names.join("、"))),
            });
        }
    }
    Ok(())
}

/// One line of visible text: line breaks and runs of blanks become a space, control and direction characters go.
fn plain(text: &str) -> String {
    let hidden = |c: &char| {
        (c.is_control() && !c.is_whitespace())
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let shown: String = text.chars().filter(|c| !hidden(c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The date of an ISO 8601 date or date and time; the calendar is checked.
fn iso_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let rest = &text[10..];
    let time = |c: char| c.is_ascii_digit() || ":.+-Z ".contains(c);
    if !(rest.is_empty() || rest.starts_with(['T', 't', ' ']) && rest[1..].chars().all(time)) {
        return None;
    }
    let bytes = date.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes[range.clone()].iter().all(u8::is_ascii_digit).then(|| date[range].parse::<u16>().ok()).flatten()
    };
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u16::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1949..=2100).contains(&year) && (1..=days).contains(&day)).then_some(date)
}

fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name = name.to_lowercase().replace(['-', ' '], "_");
    let best = known.iter().map(|k| (strsim::osa_distance(&name, k), *k)).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + name.chars().count() / 4).then_some(best.1)
}

fn is_identifier(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn names_a_key(line: &str, toml: bool) -> bool {
    let (name, _) = line.split_once(if toml { '=' } else { ':' }).unwrap_or_default();
    KEYS.iter().any(|(key, _)| name.trim() == *key)
}

/// Line from 0 and byte in it.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    (before.matches('\n').count(), before.len() - before.rfind('\n').map_or(0, |i| i + 1))
}

fn parse_toml(text: &str) -> Result<Vec<Entry>, Fault> {
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let (line, start) = position(text, at);
        Fault { message: error.message().to_owned(), line, column: text[at - start..at].chars().count() + 1 }
    })?;
    let mut entries: Vec<(usize, Entry)> = document
        .get_ref()
        .iter()
        .map(|(key, value)| {
            let span = key.span();
            let (line, start) = position(text, span.start);
            let end = start + span.len();
            let entry = Entry { key: key.get_ref().to_string(), line, start, end, value: from_toml(value.get_ref()) };
            (span.start, entry)
        })
        .collect();
    entries.sort_by_key(|(at, _)| *at);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn from_toml(value: &DeValue) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(whole) => {
            i64::from_str_radix(whole.as_str(), whole.radix()).map_or(Value::Other, Value::Whole)
        }
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| from_toml(item.get_ref())).collect()),
        DeValue::Float(_) | DeValue::Table(_) => Value::Other,
    }
}

fn parse_yaml(text: &str) -> Result<Vec<Entry>, Fault> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: 16, max_events: 4_000, max_nodes: 2_000, max_aliases: 0, max_documents: 1 },
    };
    let map: YamlMap = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let location = error.location();
        let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let (line, column) = location.map_or((1, 1), |l| (whole(l.line()).max(1), whole(l.column()).max(1)));
        let message = error.without_snippet().to_string();
        Fault {
            message: message.lines().next().unwrap_or_default().to_owned(),
            line: (line - 1).min(text.matches('\n').count()),
            column,
        }
    })?;
    let lines: Vec<&str> = text.split('\n').collect();
    let entry = |(key, line, column, value): (String, u64, u64, Value)| {
        let line = usize::try_from(line).unwrap_or(1).clamp(1, lines.len()) - 1;
        let column = usize::try_from(column).unwrap_or(1).max(1) - 1;
        let start = lines[line].char_indices().nth(column).map_or(lines[line].len(), |(i, _)| i);
        let end = if lines[line][start..].starts_with(&key) { start + key.len() } else { lines[line].len() };
        Entry { key, line, start, end, value }
    };
    Ok(map.0.into_iter().map(entry).collect())
}

/// A YAML mapping with the line and column of its keys.
struct YamlMap(Vec<(String, u64, u64, Value)>);

impl<'de> Deserialize<'de> for YamlMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = YamlMap;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("keys with values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlMap, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<serde_saphyr::Spanned<String>, Value>()? {
                    entries.push((key.value, key.referenced.line(), key.referenced.column(), value));
                }
                Ok(YamlMap(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
                Ok(Value::Truth(truth))
            }
            fn visit_i64<E>(self, whole: i64) -> Result<Value, E> {
                Ok(Value::Whole(whole))
            }
            fn visit_u64<E>(self, whole: u64) -> Result<Value, E> {
                Ok(i64::try_from(whole).map_or(Value::Other, Value::Whole))
            }
            fn visit_i128<E>(self, _: i128) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u32, Meta, Vec<Finding>) {
        let (mut meta, mut found) = (Meta::default(), Vec::new());
        let lines: Vec<&str> = text.lines().collect();
        let taken = front_matter(&lines, &mut meta, &mut found);
        (taken, meta, found)
    }

    fn beside(text: &str) -> (Meta, Vec<Finding>) {
        let (mut meta, mut found) = (Meta { title: Some("旧".into()), ..Meta::default() }, Vec::new());
        sidecar(&Sidecar { path: "a.toml".into(), text: text.into() }, &mut meta, &mut found);
        (meta, found)
    }

    fn whole() -> Meta {
        Meta {
            title: Some("某市2019年年报".into()),
            agency: Some("某市人民政府".into()),
            year: Some(2019),
            region: Some("320600".into()),
            kind: Some("annual_report".into()),
            published: Some("2020-03-10".into()),
            source_url: Some("https://www.example.gov.cn/a?b=1".into()),
            source_name: Some("某市政府网".into()),
            index_number: Some("000014349/2020-00001".into()),
            tags: vec!["水利".into(), "示例".into()],
            draft: true,
        }
    }

    const TOML: &str = r#"title = "某市2019年年报"
agency = "某市人民政府"
year = 2019
region = "320600"
kind = "annual_report"
published = 2020-03-10
source_url = "https://www.example.gov.cn/a?b=1"
source_name = "某市政府网"
index_number = "000014349/2020-00001"
tags = ["水利", "示例"]
draft = true
"#;

    #[test]
    fn toml_yaml_and_sidecar_say_the_same() {
        let (taken, meta, found) = read(&format!("+++\n{TOML}+++\n正文\n"));
        assert_eq!((taken, meta, found), (13, whole(), vec![]));
        let yaml = TOML.replace(" = ", ": ");
        let (taken, meta, found) = read(&format!("---  \n{yaml}---\n正文\n"));
        assert_eq!((taken, meta, found), (13, whole(), vec![]));
        let plain = "---\ntitle: 某市2019年年报\npublished: 2020-03-10\nregion: 320600\ntags:\n  - 水利\n---\n";
        let (_, meta, found) = read(plain);
        assert_eq!(found, []);
        assert_eq!((meta.published.as_deref(), meta.region.as_deref()), (Some("2020-03-10"), Some("320600")));
        assert_eq!(meta.tags, ["水利"]);
        assert_eq!(beside(&format!("\u{feff}{TOML}")), (whole(), vec![]));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_and_its_line() {
        for text in ["+++\nyear = 2019\nagancy = \"甲\"\n+++\n", "---\nyear: 2019\nagancy: 甲\n---\n"] {
            let (taken, meta, found) = read(text);
            assert_eq!((taken, meta.year), (4, Some(2019)));
            assert_eq!((found[0].code.as_ref(), found[0].line), ("meta-unknown-key", Some(3)));
            assert!(found[0].message.contains("agency"), "{}", found[0].message);
            assert_eq!(found[0].marks[0].span, Span { line: 3, start: 0, end: 6 });
        }
        let (_, found) = beside("\"年份\" = 2019\n");
        assert!(found[0].message.contains("a.toml 第 1 行") && found[0].message.contains("year"));
    }

    #[test]
    fn an_unusable_value_is_named_and_the_others_are_used() {
        for (line, good) in [
            ("year = \"2019\"", false),
            ("year = 3019", false),
            ("year = 2019.0", false),
            ("year = 1949", true),
            ("title = 5", false),
            ("title = \"  \"", false),
            ("kind = \"anual_report\"", false),
            ("published = \"2020-02-30\"", false),
            ("published = \"2020-02-29\"", true),
            ("published = \"2020年3月10日\"", false),
            ("published = 2020-03-10T08:00:00+08:00", true),
            ("published = 08:00:00", false),
            ("source_url = \"javascript:alert(1)\"", false),
            ("source_url = \"ftp://a.org/\"", false),
            ("source_url = \"https://a.org/\\\" onclick=\\\"x\"", false),
            ("source_url = \"HTTPS://a.org/中文\"", true),
            ("region = \"3206\"", false),
            ("region = \"江苏省\"", true),
            ("region = 320600", true),
            ("tags = \"水利\"", false),
            ("tags = [1]", false),
            ("draft = \"true\"", false),
            ("draft = false", true),
            ("agency = { name = \"x\" }", false),
        ] {
            let (meta, found) = beside(&format!("{line}\nindex_number = \"1\"\n"));
            let codes: Vec<_> = found.iter().map(|f| f.code.as_ref()).collect();
            assert_eq!(codes, if good { vec![] } else { vec!["meta-invalid-value"] }, "{line}");
            assert_eq!(meta.index_number.as_deref(), Some("1"));
            assert!(good || found[0].message.contains("第 1 行"));
        }
    }

    #[test]
    fn a_syntax_error_has_a_line_and_a_column_and_uses_nothing() {
        let (taken, meta, found) = read("+++\ntitle = \"好\"\nyear = 二〇一九\n+++\n正文");
        assert_eq!((taken, &meta), (4, &Meta::default()));
        assert_eq!((found[0].code.as_ref(), found[0].line), ("front-matter-invalid", Some(3)));
        assert!(found[0].message.contains("第 3 行第 8 列"), "{}", found[0].message);
        let (taken, meta, found) = read("---\ntitle: 好\nyear: [2019\n---\n正文");
        assert_eq!((taken, &meta), (4, &Meta::default()));
        assert_eq!(found[0].code, "front-matter-invalid");
        let (_, _, found) = read("---\ntitle: 甲\ntitle: 乙\n---\n");
        assert_eq!(found[0].code, "front-matter-invalid", "a key given twice");
        let (taken, _, found) = read("+++\ntitle = \"没有结束\"\n正文\n");
        assert_eq!((taken, found[0].code.as_ref()), (0, "front-matter-invalid"));
        let (meta, found) = beside("title = \"新\"\nyear =\n");
        assert_eq!((meta.title.as_deref(), found[0].code.as_ref()), (Some("旧"), "sidecar-invalid"));
        assert_eq!(beside("title = \"\u{fffd}\u{fffd}\"").1[0].code, "sidecar-invalid");
    }

    #[test]
    fn a_rule_is_not_a_fence() {
        for text in [
            "---\n正文\n---\n",
            "---\n---\n正文",
            "---\n来源：某市政府网 发布时间：2020-03-10\n---\n正文",
            "---\n来源: 某市政府网\n---\n正文",
            "---\n- 甲\n- 乙\n---\n",
            "正文\n---\ntitle: 甲\n---\n",
            "----\ntitle: 甲\n----\n",
            "---\n一、概述\n二、[未完\n---\n",
            "---\n正文没有第二条线\n",
            "",
        ] {
            assert_eq!(read(text), (0, Meta::default(), vec![]), "{text}");
        }
        assert_eq!(read("+++\n+++\n正文").0, 2, "an empty head is still a head");
    }

    #[test]
    fn hostile_heads_are_refused_quickly() {
        let bomb = "---\ntitle: &a [x, x]\nagency: &b [*a, *a]\nyear: [*b, *b]\n---\n";
        assert_eq!(read(bomb).2[0].code, "front-matter-invalid");
        let deep = format!("---\ntitle: {}\n---\n", "[".repeat(10_000));
        assert_eq!(read(&deep).2[0].code, "front-matter-invalid");
        let deep = format!("+++\ntitle = {}\n+++\n", "[".repeat(10_000));
        assert_eq!(read(&deep).2[0].code, "front-matter-invalid");
        let (_, meta, _) = read("+++\ntitle = \"a\\u202eb\\u0007\\nc\\u200b\"\n+++\n");
        assert_eq!(meta.title.as_deref(), Some("ab c"));
    }
}
