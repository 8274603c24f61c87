//! The filters of the templates: pure functions that turn a value of the page into words for a reader.
//!
//! In: one value of the context. Out: text, or a list a template can walk. They format and arrange; what a number *is* was
//! decided long before. None of them looks at anything but its arguments, and none of them marks its result as safe.

use std::collections::{BTreeMap, BTreeSet};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

/// Makes the filters known to the engine.
pub fn register(tera: &mut Tera) {
    tera.register_filter("num", |value: &Value, _: Kwargs, _: &State| number(value));
    tera.register_filter("short", |value: &Value, _: Kwargs, _: &State| short(value));
    tera.register_filter("percent", |value: f64, _: Kwargs, _: &State| percent(value));
    tera.register_filter("date", |value: &str, _: Kwargs, _: &State| date(value));
    tera.register_filter("size", |value: f64, _: Kwargs, _: &State| size(value));
    tera.register_filter("json_block", |value: &Value, _: Kwargs, _: &State| json_block(value));
    tera.register_filter("web", |value: &str, _: Kwargs, _: &State| is_web_address(value));
    tera.register_filter("passages", |value: &Value, _: Kwargs, _: &State| passages(value));
    tera.register_filter("visible", |value: &str, _: Kwargs, _: &State| visible(value));
    tera.register_filter("laid_out", |value: &Value, _: Kwargs, _: &State| laid_out(value));
}

/// Text with what nobody sees told by its code, so that an example can be read: `政⟨200B⟩务`, a space at an end `␣`, a line's end `↵`.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let end = text.trim_end_matches(' ').len();
    for (at, c) in text.char_indices() {
        match c {
            ' ' if at >= end || out.is_empty() => out.push('␣'),
            ' ' => out.push(c),
            '\n' => out.push('↵'),
            _ if c.is_control()
                || c.is_whitespace()
                || matches!(c as u32, 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF) =>
            {
                out.push_str(&format!("⟨{:04X}⟩", c as u32));
            }
            _ => out.push(c),
        }
    }
    out
}

/// `1234567.5` → `1,234,567.5`; nothing for null.
fn number(value: &Value) -> TeraResult<String> {
    if value.is_none() {
        return Ok(String::new());
    }
    if !value.is_number() {
        return Err(Error::message(format!("`num` formats numbers, this is {value}")));
    }
    Ok(grouped(&value.to_string()))
}

fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() && fraction != "0" {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// For the labels of charts only: `9501256165` → `95.0亿`.
fn short(value: &Value) -> TeraResult<String> {
    let Some(plain) = value.as_f64().or_else(|| value.as_i64().map(|n| n as f64)) else {
        return Ok(String::new());
    };
    Ok(match plain.abs() {
        x if x >= 1e8 => format!("{:.1}亿", plain / 1e8),
        x if x >= 1e5 => format!("{:.1}万", plain / 1e4),
        _ => grouped(&value.to_string()),
    })
}

/// `0.254` → `25.4%`.
fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// `2020-03-10` → `2020年3月10日`; anything else as it is.
fn date(iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    let plain = |s: &str| s.trim_start_matches('0').to_owned();
    match parts.as_slice() {
        [year, month, day] => format!("{year}年{}月{}日", plain(month), plain(day)),
        [year, month] => format!("{year}年{}月", plain(month)),
        _ => iso.to_owned(),
    }
}

/// Bytes for people.
fn size(bytes: f64) -> String {
    match bytes {
        b if b >= 1048576.0 => format!("{:.1} MB", b / 1048576.0),
        b if b >= 1024.0 => format!("{:.1} KB", b / 1024.0),
        b => format!("{b} 字节"),
    }
}

/// A value as JSON that may stand inside `<script type="application/ld+json">`: nothing in it ends the element, opens another, or
/// is a line break to JavaScript. Such characters occur in JSON inside strings only, where their escape says the same.
fn json_block(value: &Value) -> TeraResult<String> {
    let plain = serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))?;
    let mut safe = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    Ok(safe)
}

/// Whether a text may stand in `href`: only http and https, nothing a browser could run.
fn is_web_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://"))
        && !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\'))
}

/// The text of a report for reading: its lines cut at the edits, gathered into blocks. A block is
/// `{kind, level, lines}`; a line `{no, blank, changed, spans: [{text, was, rules, sure}]}` where `was` is null in an unchanged
/// span and `rules` are places in the report's list of rules, from 1. Runs of table lines and of page furniture become one block
/// each; blank lines join the block before, so every line of the file is there.
fn passages(report: &Value) -> TeraResult<Value> {
    let list = |key: &'static str| report.get_from_path(key).and_then(Value::as_array).unwrap_or_default();
    let mut edits: BTreeMap<i64, Vec<&Value>> = BTreeMap::new();
    for edit in list("edits") {
        edits.entry(whole(edit, "line")).or_default().push(edit);
    }
    let rules: BTreeMap<&str, usize> =
        list("rules").iter().zip(1..).map(|(rule, no)| (words(rule, "id"), no)).collect();
    let levels: BTreeMap<i64, i64> = list("sections").iter().map(|s| (whole(s, "line"), whole(s, "level"))).collect();
    let mut blocks: Vec<(String, i64, i64, Vec<Value>)> = Vec::new();
    for line in list("lines") {
        let (no, role, text) = (whole(line, "no"), words(line, "role"), words(line, "text"));
        let spans = cut(text, edits.get(&no).map_or(&[], Vec::as_slice), &rules);
        let level = levels.get(&no).copied();
        let kind = match role {
            "blank" => "blank",
            "title" => "title",
            "heading" => "heading",
            "table" => "table",
            "chrome" => "chrome",
            "meta" => "meta",
            _ if level.is_some() => "opening",
            _ => "prose",
        };
        let item = map([
            ("no", Value::from(no)),
            ("blank", Value::from(text.trim().is_empty())),
            ("changed", Value::from(edits.contains_key(&no))),
            ("spans", spans),
        ]);
        match blocks.last_mut() {
            Some(block) if kind == "blank" || (block.0 == kind && matches!(kind, "table" | "chrome" | "meta")) => {
                block.2 = no;
                block.3.push(item);
            }
            _ => blocks.push((kind.to_owned(), level.unwrap_or(0), no, vec![item])),
        }
    }
    let blocks = blocks.into_iter().map(|(kind, level, to, lines)| {
        map([
            ("kind", Value::from(kind)),
            ("level", Value::from(level)),
            ("to", Value::from(to)),
            ("lines", Value::from(lines)),
        ])
    });
    Ok(Value::from(blocks.collect::<Vec<_>>()))
}

/// A changed stretch of a line.
#[derive(Default)]
struct Changed {
    was: String,
    now: String,
    why: BTreeSet<usize>,
    sure: bool,
}

/// Cuts a normalized line at its edits. Edits carry places of the source line; each moves what follows it by the bytes it added
/// or took. Changes that touch become one span. A place that does not hold what the edit says it put there is shown unmarked
/// rather than marked wrongly.
fn cut(text: &str, edits: &[&Value], rules: &BTreeMap<&str, usize>) -> Value {
    let mut spans = Vec::new();
    let (mut shown, mut shift, mut index) = (0usize, 0i64, 0);
    let mut open: Option<Changed> = None;
    while index < edits.len() {
        let (start, end) = (whole(edits[index], "start"), whole(edits[index], "end"));
        let first = index;
        // Several edits may chain on one span: the first knows what was there, the last what is there now.
        while start != end
            && edits.get(index + 1).is_some_and(|next| whole(next, "start") == start && whole(next, "end") == end)
        {
            index += 1;
        }
        let (was, now) = (words(edits[first], "was"), words(edits[index], "now"));
        let from = usize::try_from(start + shift).unwrap_or(usize::MAX);
        let to = from.saturating_add(now.len());
        shift += now.len() as i64 - (end - start);
        if from >= shown && text.get(from..to) == Some(now) && text.is_char_boundary(shown) {
            if from > shown {
                close(&mut spans, &mut open);
                plain(&mut spans, &text[shown..from]);
            }
            let change = open.get_or_insert_with(|| Changed { sure: true, ..Changed::default() });
            // What a hijacked site advertised is in the log and in the original; no page of ours repeats it.
            let advert = edits[first..=index].iter().any(|edit| words(edit, "rule") == "advert");
            change.was.push_str(if advert { "［广告语］" } else { was });
            change.now.push_str(now);
            for edit in &edits[first..=index] {
                change.why.extend(rules.get(words(edit, "rule")));
                change.sure &= words(edit, "sure") == "sure";
            }
            shown = to;
        }
        index += 1;
    }
    close(&mut spans, &mut open);
    plain(&mut spans, &text[shown..]);
    Value::from(spans)
}

fn close(spans: &mut Vec<Value>, open: &mut Option<Changed>) {
    spans.extend(open.take().map(|change| {
        map([
            ("text", Value::from(change.now)),
            ("was", Value::from(change.was)),
            ("rules", Value::from(change.why.into_iter().map(Value::from).collect::<Vec<_>>())),
            ("sure", Value::from(change.sure)),
        ])
    }));
}

fn plain(spans: &mut Vec<Value>, text: &str) {
    if !text.is_empty() {
        spans.push(map([("text", Value::from(text)), ("was", Value::none())]));
    }
}

/// A table as it is drawn: `{columns, groups, rows, filled}`. A row is `{label, level, header, cells}` with the cells themselves;
/// `groups` is the header above the columns, `[{label, span}]`, empty when there is none; `filled` holds the rows that say
/// anything, as `{label, level, total, parts: [{column, cell}]}`, for screens too narrow for the whole, and is null where the
/// whole fits. A table of one row whose columns stand in groups of the same labels is turned, so that each group is a row: fifteen columns
/// become five.
fn laid_out(table: &Value) -> TeraResult<Value> {
    let list = |key: &'static str| table.get_from_path(key).and_then(Value::as_array).unwrap_or_default();
    let (cells, columns) = (list("cells"), list("columns"));
    let row = |row: &Value| {
        let places = row.get_from_path("cells").and_then(Value::as_array).unwrap_or_default();
        let own = places.iter().filter_map(|place| cells.get(usize::try_from(place.as_i64()?).ok()?).cloned());
        let header = row.get_from_path("header").and_then(Value::as_bool).unwrap_or(false) || places.is_empty();
        drawn_row(words(row, "label"), whole(row, "level"), header, own.collect())
    };
    let rows: Vec<Value> = list("rows").iter().map(row).collect();
    if let Some(turned) = turned(&rows, columns) {
        return Ok(turned);
    }
    const FITS: usize = 4;
    let filled = if columns.len() > FITS { filled_rows(&rows, columns) } else { Value::none() };
    Ok(map([
        ("columns", Value::from(columns.to_vec())),
        ("groups", column_groups(columns)),
        ("rows", Value::from(rows)),
        ("filled", filled),
    ]))
}

fn drawn_row(label: &str, level: i64, header: bool, cells: Vec<Value>) -> Value {
    map([
        ("label", Value::from(label)),
        ("level", Value::from(level)),
        ("header", Value::from(header)),
        ("cells", Value::from(cells)),
    ])
}

fn cells_of(row: &Value) -> &[Value] {
    row.get_from_path("cells").and_then(Value::as_array).unwrap_or_default()
}

/// Rows with those cells that are neither zero nor blank, or whose standing a reader must see; the total apart, where the table
/// has one. The header above such a row stands before it: 2.其他法律 says nothing without (三)不予公开.
fn filled_rows(rows: &[Value], columns: &[Value]) -> Value {
    let says = |cell: &Value| {
        let nothing = cell.get_from_path("value").is_none_or(|v| v.is_none() || v.as_f64() == Some(0.0));
        !nothing || matches!(words(cell, "standing"), "disputed" | "lost" | "solved")
    };
    let level = |row: &Value| whole(row, "level");
    let mut above: Vec<&Value> = Vec::new();
    let mut shown: Vec<Value> = Vec::new();
    for row in rows {
        above.retain(|header| level(header) < level(row));
        if row.get_from_path("header").and_then(Value::as_bool) == Some(true) {
            above.push(row);
            continue;
        }
        let said: Vec<(&Value, &Value)> = columns.iter().zip(cells_of(row)).filter(|(_, cell)| says(cell)).collect();
        let (totals, parts): (Vec<_>, Vec<_>) = said.iter().partition(|(column, _)| words(column, "id") == "total");
        let parts: Vec<Value> = parts
            .into_iter()
            .map(|(column, cell)| map([("column", (*column).clone()), ("cell", (*cell).clone())]))
            .collect();
        if said.is_empty() {
            continue;
        }
        let drawn = |row: &Value, total: Value, parts: Vec<Value>| {
            map([
                ("label", Value::from(words(row, "label"))),
                ("level", Value::from(level(row))),
                ("total", total),
                ("parts", Value::from(parts)),
            ])
        };
        shown.extend(above.drain(..).map(|header| drawn(header, Value::none(), Vec::new())));
        shown.push(drawn(row, totals.first().map_or_else(Value::none, |(_, cell)| (*cell).clone()), parts));
    }
    Value::from(shown)
}

/// One row in groups of equal labels as one row per group; nothing for any other table.
fn turned(rows: &[Value], columns: &[Value]) -> Option<Value> {
    let [row] = rows else { return None };
    let cells = cells_of(row);
    let groups: Vec<&[Value]> = columns.chunk_by(|a, b| words(a, "group") == words(b, "group")).collect();
    let labels = |group: &[Value]| group.iter().map(|column| words(column, "label").to_owned()).collect::<Vec<_>>();
    let first = labels(groups.first()?);
    let alike = groups.iter().all(|group| !words(&group[0], "group").is_empty() && labels(group) == first);
    if groups.len() < 2 || !alike || cells.len() != columns.len() {
        return None;
    }
    let rows = groups.iter().zip(cells.chunks(first.len()));
    let rows = rows.map(|(group, cells)| drawn_row(words(&group[0], "group"), 0, false, cells.to_vec()));
    let columns = first.iter().map(|label| map([("label", Value::from(label.as_str()))]));
    Some(map([
        ("columns", Value::from(columns.collect::<Vec<_>>())),
        ("groups", Value::from(Vec::<Value>::new())),
        ("rows", Value::from(rows.collect::<Vec<_>>())),
        ("filled", Value::none()),
    ]))
}

/// One entry per run of columns under the same group; nothing when no column has one.
fn column_groups(columns: &[Value]) -> Value {
    if columns.iter().all(|column| words(column, "group").is_empty()) {
        return Value::from(Vec::<Value>::new());
    }
    let runs = columns.chunk_by(|a, b| words(a, "group") == words(b, "group"));
    let runs = runs.map(|run| map([("label", Value::from(words(&run[0], "group"))), ("span", Value::from(run.len()))]));
    Value::from(runs.collect::<Vec<_>>())
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::from(BTreeMap::from(entries))
}

fn whole(value: &Value, key: &'static str) -> i64 {
    value.get_from_path(key).and_then(Value::as_i64).unwrap_or(0)
}

fn words<'v>(value: &'v Value, key: &'static str) -> &'v str {
    value.get_from_path(key).and_then(Value::as_str).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_grouped_and_never_rounded() {
        assert_eq!(grouped("4971"), "4,971");
        assert_eq!(grouped("-950125.6165"), "−950,125.6165");
        assert_eq!(grouped("12"), "12");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(is_web_address("https://a.example/x?y=1"));
        for bad in ["javascript:alert(1)", "java\u{200b}script:x", "https://a\" onclick=", "data:text/html,x", "//a"] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_line_is_cut_exactly_at_its_edits() {
        let edits = [
            json!({ "rule": "a", "line": 1, "start": 0, "end": 3, "was": "臺", "now": "台", "sure": "sure" }),
            json!({ "rule": "b", "line": 1, "start": 6, "end": 6, "was": "", "now": "年", "sure": "likely" }),
            json!({ "rule": "c", "line": 1, "start": 9, "end": 10, "was": " ", "now": "", "sure": "sure" }),
        ];
        let edits: Vec<Value> = edits.iter().map(Value::from_serializable).collect();
        let spans = cut("台北年市政府", &edits.iter().collect::<Vec<_>>(), &BTreeMap::new());
        let texts: Vec<_> = spans.as_array().expect("a list").iter().map(|s| words(s, "text").to_owned()).collect();
        assert_eq!(texts, ["台", "北", "年", "市", "", "政府"]);
    }

    #[test]
    fn an_edit_that_does_not_fit_is_not_marked() {
        let edit = Value::from_serializable(
            &json!({ "rule": "a", "start": 1, "end": 2, "was": "x", "now": "丙", "sure": "sure" }),
        );
        let spans = cut("甲乙", &[&edit], &BTreeMap::new());
        assert_eq!(spans.as_array().map(<[Value]>::len), Some(1));
    }
}
