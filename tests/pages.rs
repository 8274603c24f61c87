//! Every kind of page, rendered from an archive made by hand: what must hold on all of them whatever the reports say.

use nianbao::model::archive::*;
use nianbao::model::diagnostic::Finding;
use nianbao::model::form::{Form, Indicator};
use nianbao::model::page::Site;
use nianbao::model::report::*;
use nianbao::model::source::Span;
use nianbao::model::value::*;
use nianbao::theme::{DEFAULT, Frame, Theme};
use nianbao::views::VIEWS;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A line no browser must ever run.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

fn indicators() -> Vec<Indicator> {
    [
        ("requests_received", "收到申请数", "件", "依申请公开", "2019:requests.new_requests.total"),
        ("carried_in", "上年结转", "件", "依申请公开", ""),
        ("requests_answered", "答复件数", "件", "依申请公开", ""),
        ("granted", "予以公开", "件", "依申请公开", ""),
        ("partially_granted", "部分公开", "件", "依申请公开", ""),
        ("denied_total", "不予公开", "件", "依申请公开", ""),
        ("unavailable_total", "无法提供", "件", "依申请公开", ""),
        ("corrected_total", "被纠错数", "件", "复议诉讼", ""),
        ("proactive_total", "主动公开政府信息数", "条", "主动公开", ""),
        ("budget", "专项经费", "元", "保障", ""),
    ]
    .into_iter()
    .map(|(id, label, unit, group, cell)| {
        let cells: Vec<&str> = if cell.is_empty() { vec![] } else { vec![cell] };
        serde_json::from_value(json!({
            "id": id, "label": label, "about": "一年里数出来的件数。", "unit": unit, "group": group, "cells": cells,
            "words": ["收到申请"],
        }))
        .expect("an indicator")
    })
    .collect()
}

const COLUMNS: [(&str, &str); 4] = [
    ("natural_person", "自然人"),
    ("commercial_enterprise", "商业企业"),
    ("other_organization", "其他"),
    ("total", "总计"),
];
const ROWS: [(&str, &str, u8, bool); 6] = [
    ("new_requests", "一、本年新收政府信息公开申请数量", 0, false),
    ("carried_in", "二、上年结转政府信息公开申请数量", 0, false),
    ("results", "三、本年度办理结果", 0, true),
    ("granted", "（一）予以公开", 1, false),
    ("denied_state_secret", "1.属于国家秘密", 2, false),
    ("carried_out", "四、结转下年度继续办理", 0, false),
];

fn forms() -> Vec<Form> {
    let columns: Vec<_> = COLUMNS.iter().map(|(id, label)| json!({ "id": id, "label": label })).collect();
    let rows: Vec<_> = ROWS
        .iter()
        .map(|(id, label, level, header)| json!({ "id": id, "label": label, "level": level, "header": header }))
        .collect();
    let identity = json!({
        "id": "flow_balance", "say": "第一项加第二项之和，等于第三项加第四项之和", "official": true, "per": "column",
        "over": ["total"], "left": ["new_requests", "carried_in"], "right": ["granted", "carried_out"],
    });
    let table = json!({
        "id": "requests", "title": "收到和处理政府信息公开申请情况", "column": columns, "row": rows, "identity": [identity],
    });
    let form = json!({ "id": "2019", "title": "年度报告格式", "document": "某函〔2019〕1号", "from": 2019, "to": 2020, "table": [table] });
    vec![serde_json::from_value(form).expect("a form")]
}

fn table(received: i64) -> Table {
    let mut cells = Vec::new();
    let mut rows = Vec::new();
    for (row, label, level, header) in ROWS {
        let mut places = Vec::new();
        for (at, (column, _)) in COLUMNS.iter().enumerate().filter(|_| !header) {
            let (value, standing) = match (row, at) {
                ("new_requests", 0) => (Some(received - 7), Standing::Proved),
                ("new_requests", 1) => (Some(7), Standing::Solved),
                ("new_requests", 3) => (Some(received), Standing::Proved),
                ("granted", 0) => (Some(received / 2), Standing::Printed),
                ("granted", 3) => (Some(received / 2), Standing::Disputed),
                ("denied_state_secret", 2) => (None, Standing::Lost),
                ("carried_out", _) => (Some(0), Standing::Printed),
                _ => (None, Standing::Blank),
            };
            places.push(cells.len() as u32);
            cells.push(Cell {
                row: row.into(),
                column: (*column).into(),
                value: value.map(Decimal::from),
                raw: value.map(|v| v.to_string()),
                unit: Some("件".to_owned()),
                standing,
                line: Some(9),
                by: vec!["flow_balance".into()],
                label: None,
            });
        }
        rows.push(TableRow { id: row.into(), label: label.to_owned(), level, header, cells: places });
    }
    let columns =
        COLUMNS.iter().map(|(id, label)| TableColumn { id: (*id).into(), label: (*label).to_owned(), group: None });
    let check = |over: &'static str, holds| Check {
        identity: "flow_balance".into(),
        over: over.into(),
        left: Some(Decimal::from(received)),
        right: Some(Decimal::from(received / 2)),
        holds,
        official: true,
    };
    Table {
        form: "2019".into(),
        table: "requests".into(),
        title: "收到和处理政府信息公开申请情况".to_owned(),
        lines: [8, 11],
        rows,
        columns: columns.collect(),
        cells,
        checks: vec![
            check("total", Some(false)),
            check("natural_person", Some(true)),
            check("other_organization", None),
        ],
    }
}

fn core(value: i64, standing: Standing, line: u32) -> Core {
    Core {
        value: Decimal::from(value),
        unit: Some("件".to_owned()),
        approx: Approx::Exact,
        standing,
        from: CoreFrom::Table,
        line: Some(line),
        alternatives: vec![],
    }
}

fn report(id: &str, agency: Option<(&str, &str)>, year: Option<u16>, received: i64) -> Report {
    let texts = [
        (Role::Chrome, "首页 当前位置 打印".to_owned()),
        (Role::Title, "某机关政府信息公开工作年度报告".to_owned()),
        (Role::Meta, "来源：某机关办公室 发布时间：2020-03-10".to_owned()),
        (Role::Blank, String::new()),
        (Role::Heading, "一、总体情况".to_owned()),
        (
            Role::Prose,
            format!(
                "这一年共收到公开申请{received}件，都在期限之内作了答复。对涉及群众切身利益的事项，先公开、后解读，并在政务大厅、图书馆和社区设了查阅点，方便不上网的人查看。"
            ),
        ),
        (Role::Prose, HOSTILE.to_owned()),
        (Role::Table, "收到和处理政府信息公开申请情况".to_owned()),
        (Role::Table, received.to_string()),
        (Role::Blank, String::new()),
        (Role::Table, "0".to_owned()),
        (Role::Heading, "二、存在的问题".to_owned()),
        (Role::Prose, "台帐还不完整。".to_owned()),
    ];
    let lines: Vec<TextLine> =
        texts.into_iter().enumerate().map(|(at, (role, text))| TextLine { no: at as u32 + 1, role, text }).collect();
    let edit = json!({ "rule": "script", "line": 13, "start": 0, "end": 3, "was": "臺", "now": "台", "sure": "sure" });
    let mut cores = BTreeMap::new();
    if received > 0 {
        cores.insert("requests_received".into(), core(received, Standing::Proved, 6));
        cores.insert("granted".into(), core(received / 2, Standing::Disputed, 9));
        cores.insert("denied_total".into(), core(received / 5, Standing::Printed, 9));
        cores.insert("unavailable_total".into(), core(received / 3, Standing::Solved, 9));
        cores.insert("corrected_total".into(), core(0, Standing::Printed, 9));
        cores.insert("proactive_total".into(), core(received * 37, Standing::Printed, 6));
    }
    Report {
        id: id.to_owned(),
        url: format!("reports/{id}/"),
        kind: if agency.is_some() { Kind::AnnualReport } else { Kind::Other },
        title: Known::printed("某机关政府信息公开工作年度报告".to_owned(), Span { line: 2, start: 0, end: 3 }),
        agency: agency.map_or_else(Known::unknown, |(id, name)| {
            Known::curated(AgencyName { id: id.to_owned(), name: name.to_owned(), aliases: vec![] })
        }),
        year: year.map_or_else(Known::unknown, Known::curated),
        region: Known::unknown(),
        dates: Dates {
            published: Some(Known::printed("2020-03-10".to_owned(), Span { line: 3, start: 0, end: 1 })),
            ..Dates::default()
        },
        source: Origin {
            name: Some(Known::printed("某机关办公室".to_owned(), Span { line: 3, start: 0, end: 1 })),
            url: Some(Known::curated("javascript:alert(3)".to_owned())),
            ..Origin::default()
        },
        original: Original {
            path: format!("{id}.txt"),
            sha256: "ab".repeat(32),
            bytes: 23597,
            copy: "original.txt".to_owned(),
            ..Original::default()
        },
        lines,
        sections: vec![
            Section { level: 0, number: String::new(), title: "某机关政府信息公开工作年度报告".to_owned(), line: 2 },
            Section { level: 1, number: "1".to_owned(), title: "总体情况".to_owned(), line: 5 },
            Section { level: 1, number: "2".to_owned(), title: "存在的问题".to_owned(), line: 12 },
        ],
        tables: if received > 0 { vec![table(received)] } else { vec![] },
        figures: vec![
            serde_json::from_value(json!({
                "indicator": "requests_received", "label": HOSTILE, "value": received, "raw": received.to_string(), "unit": "件",
                "approx": "more_than", "scope": "agency", "period": "year", "subset": false, "standing": "printed", "line": 6,
                "start": 0, "end": 3, "sentence": "共收到公开申请。",
            }))
            .expect("a figure"),
        ],
        core: cores,
        edits: vec![serde_json::from_value(edit).expect("an edit")],
        findings: vec![
            Finding::new("column-does-not-add-up", Some(9), format!("总计一列：{received}＋0≠{}＋0 {HOSTILE}", received / 2))
                .at(Span { line: 9, start: 0, end: 2 }, "此格"),
            Finding::new("table-missing", None, "没有法定表格。"),
        ],
        ..Report::default()
    }
}

fn archive() -> Archive {
    let agencies = [
        ("yunxi-shi-renmin-zhengfu", "云溪市人民政府", "990100"),
        ("yunxi-shi-shuiwu-ju", "云溪市水务局", "990100"),
        ("shanhe-xian-renmin-zhengfu", "山河县人民政府", "990121"),
    ];
    let mut reports = Vec::new();
    for (at, (id, name, _)) in agencies.iter().enumerate() {
        for year in (2012..=2022u16).rev().filter(|y| !(y % 4 == 3 && at == 1)) {
            let received = i64::from(year - 2000) * [231, 17, 4][at] / (1 + i64::from(year % 3));
            reports.push(report(&format!("{id}-{year}"), Some((id, name)), Some(year), received));
        }
    }
    reports.push(report("unknown-1a2b3c4d", None, None, 0));
    for at in 0..reports.len() {
        let same = |other: &Report| other.agency.value.is_some() && other.agency == reports[at].agency;
        let year = reports[at].year.value;
        let previous = reports.iter().filter(|o| same(o) && o.year.value < year).max_by_key(|o| o.year.value);
        let next = reports.iter().filter(|o| same(o) && o.year.value > year).min_by_key(|o| o.year.value);
        let (previous, next) = (previous.map(|r| r.id.clone()), next.map(|r| r.id.clone()));
        reports[at].previous = previous;
        reports[at].next = next;
    }
    reports[0].similar.push(Similar {
        id: "yunxi-shi-renmin-zhengfu-2021".to_owned(),
        share: Decimal::new(93, 2),
        characters: 310,
        passages: vec![Passage { lines: [6, 6], other_lines: [6, 6], characters: 310 }],
    });
    let region = |id: &str| agencies.iter().find(|a| a.0 == id).map(|a| a.2.to_owned());
    let entries: Vec<Entry> = reports
        .iter()
        .map(|r| Entry {
            card: Card {
                id: r.id.clone(),
                title: match (&r.agency.value, r.year.value) {
                    (Some(a), Some(y)) => format!("{}{y}年政府信息公开工作年度报告", a.name),
                    _ => format!("〔无标题〕{HOSTILE}"),
                },
                agency: r.agency.value.as_ref().map(|a| AgencyRef { id: a.id.clone(), name: a.name.clone() }),
                region: r.agency.value.as_ref().and_then(|a| region(&a.id)),
                year: r.year.value,
                kind: r.kind,
                published: Some("2020-03-10".to_owned()),
                script: r.original.script,
                forms: r.tables.iter().map(|t| t.form.clone()).collect(),
                source_path: r.original.path.clone(),
                sha256: r.original.sha256.clone(),
                url: r.url.clone(),
                json: format!("{}index.json", r.url),
                provenance: r.original.provenance,
                core: r.core.iter().map(|(id, c)| (id.clone(), c.value)).collect(),
                findings: Counts { error: 0, warning: 1, note: 1 },
                ..Card::default()
            },
            core: r.core.clone(),
            findings: r.findings.clone(),
            digest: blake3::hash(serde_json::to_string(r).expect("serialises").as_bytes()).to_hex().to_string(),
            previous: r.previous.clone(),
            next: r.next.clone(),
            ..Entry::default()
        })
        .collect();
    let of =
        |want: &dyn Fn(&Entry) -> bool| -> Vec<usize> { (0..entries.len()).filter(|&i| want(&entries[i])).collect() };
    let agencies: BTreeMap<String, Agency> = agencies
        .iter()
        .map(|(id, name, region)| {
            let mut entries = of(&|e| e.card.agency.as_ref().is_some_and(|a| a.id == *id));
            entries.reverse();
            let agency = Agency {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
                aliases: vec!["又一个名字".to_owned()],
                region: Some((*region).to_owned()),
                successor_of: None,
                reports: entries.len() as u32,
                url: format!("agencies/{id}/"),
                entries,
            };
            ((*id).to_owned(), agency)
        })
        .collect();
    let regions: BTreeMap<String, Region> =
        [("990000", "云省", None), ("990100", "云溪市", Some("990000")), ("990121", "山河县", Some("990100"))]
            .into_iter()
            .map(|(code, name, parent): (&str, &str, Option<&str>)| {
                let prefix = code.trim_end_matches('0');
                let entries = of(&|e| e.card.region.as_ref().is_some_and(|r| r.starts_with(prefix)));
                let region = Region {
                    code: code.to_owned(),
                    name: name.to_owned(),
                    parent: parent.map(str::to_owned),
                    reports: entries.len() as u32,
                    url: format!("regions/{code}/"),
                    entries,
                };
                (code.to_owned(), region)
            })
            .collect();
    let years = (2012..=2022u16)
        .rev()
        .map(|year| {
            let entries = of(&|e| e.card.year == Some(year));
            Year { year, reports: entries.len() as u32, url: format!("years/{year}/"), entries }
        })
        .collect();
    let bodies = reports.clone();
    Archive {
        site: Site {
            title: "云省政府信息公开年报档案".to_owned(),
            url: "https://archive.example/yun/".to_owned(),
            language: "zh-Hans".to_owned(),
            license: "CC BY 4.0".to_owned(),
            description: "云省各级机关的信息公开年度报告：原文、数字和出处，逐一核对。".to_owned(),
        },
        generator: "nianbao 0.1.0".to_owned(),
        build_id: "cd".repeat(32),
        entries: Arc::new(entries),
        agencies,
        regions,
        years,
        indicators: Arc::new(indicators()),
        forms: Arc::new(forms()),
        rules: Arc::new(vec![RuleDoc {
            id: "script".into(),
            title: "繁体转简体",
            why: "繁体段落转为简体。".to_owned(),
            turns: vec![("臺帳".to_owned(), "台账".to_owned())],
            leaves: vec!["乾安县".to_owned()],
        }]),
        downloads: Arc::new(vec![Download {
            path: "data/figures.csv".to_owned(),
            media: "text/csv".to_owned(),
            about: "每行一个数字".to_owned(),
            ..Download::default()
        }]),
        tombstones: vec![
            serde_json::from_value(json!({
                "id": "yunxi-shi-shuiwu-ju-2015", "url": "reports/yunxi-shi-shuiwu-ju-2015/", "gone": "taken_down",
                "agency": { "id": "yunxi-shi-shuiwu-ju", "name": HOSTILE }, "year": 2015, "reason": HOSTILE, "who": HOSTILE,
                "when": "2024-05-01",
            }))
            .expect("a tombstone"),
        ],
        inputs: Inputs { found: 33, published: 32, quarantined: 1, ignored: 0 },
        quarantined: vec![Quarantined {
            path: "坏.txt".to_owned(),
            code: "encoding-unknown".into(),
            message: "第 120 字节".to_owned(),
            report: None,
        }],
        body: Arc::new(move |at| bodies[at].clone()),
        ..Archive::default()
    }
}

/// Address of the file → its HTML.
fn site() -> BTreeMap<String, String> {
    let theme = Theme::load(&DEFAULT, None).expect("the default theme loads");
    let archive = Arc::new(archive());
    let frame = Frame { site: archive.site.clone(), generator: archive.generator.clone() };
    let mut files = BTreeMap::new();
    for view in VIEWS {
        for page in (view.pages)(&archive) {
            let (url, template, data) = (page.url.clone(), page.template, page.data);
            let context = (page.context)();
            let html = theme.render(template, &url, &context, &frame).unwrap_or_else(|error| panic!("{error}"));
            let file = if url.ends_with('/') || url.is_empty() { format!("{url}index.html") } else { url.clone() };
            assert!(files.insert(file, html).is_none(), "two pages at {url}");
            if data {
                files.insert(format!("{url}index.json"), context.to_string());
            }
        }
    }
    for asset in theme.assets() {
        files.insert(asset.path.clone(), String::from_utf8_lossy(&asset.bytes).into_owned());
    }
    files
}

fn pages() -> BTreeMap<String, String> {
    site().into_iter().filter(|(path, _)| path.ends_with(".html")).collect()
}

/// The site, written where a browser can look at it.
#[test]
fn every_view_renders_and_can_be_looked_at() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let files = site();
    for view in VIEWS {
        assert!(!(view.pages)(&Arc::new(archive())).is_empty(), "{} has no page", view.id);
    }
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
}

#[test]
fn nothing_of_a_report_becomes_markup() {
    for (path, html) in pages() {
        assert!(!html.contains("<script>"), "{path}");
        assert!(!html.contains("<img"), "{path}");
        assert!(!html.contains("href=\"javascript"), "{path}");
    }
}

#[test]
fn no_page_has_inline_script_or_style() {
    for (path, html) in pages() {
        assert!(!html.contains(" style="), "{path} has a style attribute");
        // The 404 page is shown where the stylesheet may not be, and has nothing of a report.
        assert!(!html.contains("<style") || path == "404.html", "{path}");
        assert!(!html.contains(" onclick="), "{path}");
        for script in html.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').expect("a tag ends");
            if tag.contains("src=") {
                continue;
            }
            // A block of data no browser runs; nothing in it may end it.
            assert!(tag.contains("application/ld+json"), "{path}: a script without address");
            let data = rest.split("</script>").next().expect("it ends");
            assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{path}: {data}");
            serde_json::from_str::<serde_json::Value>(data).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let head = html.split("<meta charset=\"utf-8\">").nth(1).expect("a charset");
        assert!(head.trim_start().starts_with("<meta http-equiv=\"Content-Security-Policy\""), "{path}");
    }
}

#[test]
fn every_link_and_fragment_resolves_inside_the_site() {
    let files = site();
    let ids: BTreeMap<&String, BTreeSet<&str>> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, html)| (path, html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()))
        .collect();
    // Written by others: exports, search, the originals.
    let elsewhere = ["index.json", "feed.xml", "feed.json", "data/figures.csv", "original.txt"];
    let mut checked = 0;
    for (path, html) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let parts =
            html.split(" href=\"").skip(1).chain(html.split(" src=\"").skip(1)).chain(html.split(" action=\"").skip(1));
        for link in parts.filter_map(|rest| rest.split('"').next()) {
            let link =
                link.strip_prefix("https://archive.example/yun/").map_or(link.to_owned(), |rest| match path.as_str() {
                    "404.html" => rest.to_owned(),
                    _ => panic!("{path} links to itself absolutely: {link}"),
                });
            let (target, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let target = target.split('?').next().unwrap_or("");
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop();
            for part in target.split('/') {
                match part {
                    "." | "" => {}
                    ".." => assert!(parts.pop().is_some(), "{path}: {link} leaves the site"),
                    other => parts.push(other),
                }
            }
            let mut file = parts.join("/");
            if target.is_empty() {
                file = path.clone();
            } else if target.ends_with('/') || target.ends_with('.') {
                file = if file.is_empty() { "index.html".to_owned() } else { format!("{file}/index.html") };
            }
            if elsewhere.iter().any(|known| file.ends_with(known)) || file.starts_with("schema/v1/") {
                continue;
            }
            assert!(files.contains_key(&file), "{path}: {link} → {file} is not there");
            if !fragment.is_empty() {
                assert!(ids.get(&file).is_some_and(|ids| ids.contains(fragment)), "{path}: no #{fragment} in {file}");
            }
            checked += 1;
        }
    }
    assert!(checked > 1000, "only {checked} links");
}

#[test]
fn an_id_stands_once_on_a_page() {
    for (path, html) in pages() {
        let mut seen = BTreeSet::new();
        for id in html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(seen.insert(id), "{path}: id {id} twice");
        }
    }
}

#[test]
fn every_line_of_a_report_has_its_address() {
    let html = &pages()["reports/yunxi-shi-renmin-zhengfu-2020/index.html"];
    for no in 1..=13 {
        assert!(html.contains(&format!("id=\"L{no}\"")), "line {no}");
    }
}

#[test]
fn a_figure_that_is_not_stated_is_never_shown_as_zero() {
    let html = &pages()["reports/unknown-1a2b3c4d/index.html"];
    let numbers =
        html.split("<dl class=\"numbers\">").nth(1).and_then(|rest| rest.split("</dl>").next()).expect("numbers");
    assert_eq!(numbers.matches("没有写明").count(), 5);
    assert!(!numbers.contains(">0<"));
}

#[test]
fn what_scrolls_sideways_can_be_reached_and_is_named() {
    for (path, html) in pages() {
        for tag in html.split("class=\"scroll\"").skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(
                tag.contains("tabindex=\"0\"") && tag.contains("role=\"region\"") && tag.contains("aria-label=\""),
                "{path}"
            );
        }
    }
}

#[test]
fn equal_archives_give_equal_pages_and_digests() {
    assert!(site() == site());
    let digests = |archive: &Arc<Archive>| -> Vec<String> {
        VIEWS.iter().flat_map(|v| (v.pages)(archive)).map(|p| format!("{} {}", p.url, p.digest)).collect()
    };
    let (one, mut two) = (Arc::new(archive()), archive());
    assert_eq!(digests(&one), digests(&Arc::new(two.clone())));
    Arc::make_mut(&mut two.entries)[0].digest = "changed".to_owned();
    let two = Arc::new(two);
    let url = format!("reports/{} ", two.entries[0].card.id);
    let changed: Vec<String> = digests(&one)
        .into_iter()
        .zip(digests(&two))
        .filter(|(a, b)| a != b)
        .map(|(a, _)| a.replace("/ ", " "))
        .collect();
    assert!(changed.iter().any(|c| c.starts_with(&url)), "{changed:?}");
    assert!(!changed.iter().any(|c| c.starts_with("method")), "{changed:?}");
}

/// What a template finds in its page: each place of the contexts of one template, with the kinds of values seen there.
fn shape(value: &serde_json::Value, place: &str, into: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    use serde_json::Value as Json;
    // The keys of these are ids of the data, not names of fields.
    const KEYED: [&str; 4] = ["core", "identities", "indicators", "counts"];
    let kind = match value {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(_) => "list",
        Json::Object(_) => "fields",
    };
    into.entry(place.to_owned()).or_default().insert(kind);
    match value {
        Json::Array(list) => list.iter().for_each(|one| shape(one, &format!("{place}[]"), into)),
        Json::Object(fields) => {
            for (key, one) in fields {
                let named = if KEYED.iter().any(|keyed| place.ends_with(keyed)) { "*" } else { key };
                shape(one, &format!("{place}.{named}"), into);
            }
        }
        _ => {}
    }
}

/// The pages of the made-up archive, as the reference of the fields a template can use.
fn reference() -> String {
    let archive = Arc::new(archive());
    let mut text = String::from(
        "# What each template is given\n\nMade by `UPDATE_DOCS=1 cargo test --test pages` from the data of real pages: the same fields stand in the\n\
         `index.json` beside each page. `[]` is each one of a list, `*` any id. [THEMES.md](THEMES.md) says how to write a template.\n",
    );
    for view in VIEWS {
        let mut places = BTreeMap::new();
        for page in (view.pages)(&archive) {
            shape(&(page.context)(), "page", &mut places);
        }
        places.remove("page");
        text.push_str(&format!("\n## {}\n\n{}.\n\n", view.template, view.about));
        for (place, kinds) in places {
            // What a list holds is told by the fields of its members.
            if !(place.ends_with("[]") && kinds.iter().all(|kind| *kind == "fields")) {
                text.push_str(&format!("- `{place}` {}\n", kinds.into_iter().collect::<Vec<_>>().join(" or ")));
            }
        }
    }
    text
}

#[test]
fn the_reference_of_templates_is_that_of_the_pages() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pages.md");
    let made = reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("written");
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(held == made, "docs/pages.md is out of date: UPDATE_DOCS=1 cargo test --test pages");
}

#[test]
fn the_guide_names_every_template_filter_and_component() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(root.join("docs/THEMES.md")).expect("a guide");
    let filters = std::fs::read_to_string(root.join("src/theme/filters.rs")).expect("the filters");
    let named = |name: &str| guide.contains(&format!("`{name}`"));
    for name in filters.split("register_filter(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(named(name), "docs/THEMES.md does not name the filter {name}");
    }
    let mut components = 0;
    for file in DEFAULT.get_dir("templates/components").expect("components").files() {
        let text = file.contents_utf8().expect("UTF-8");
        for name in text.split("{% component ").skip(1).filter_map(|rest| rest.split('(').next()) {
            assert!(named(name), "docs/THEMES.md does not name the component {name}");
            components += 1;
        }
    }
    assert!(components > 10);
}

#[test]
fn another_theme_needs_only_what_is_documented() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/themes/plain");
    let theme = Theme::load(&DEFAULT, Some(&folder)).expect("the plain theme loads");
    let archive = Arc::new(archive());
    let frame = Frame { site: archive.site.clone(), generator: archive.generator.clone() };
    let sheet = theme.assets().iter().find(|asset| asset.path.starts_with("assets/plain.")).expect("its style sheet");
    let mut reports = 0;
    for page in VIEWS.iter().flat_map(|view| (view.pages)(&archive)) {
        let (url, template) = (page.url.clone(), page.template);
        let html = theme.render(template, &url, &(page.context)(), &frame).unwrap_or_else(|error| panic!("{error}"));
        assert!(html.contains(&sheet.path), "{url} has the new frame");
        assert!(!html.contains("<nav class=\"wide menu\""), "{url} has nothing of the old frame");
        if template == "report.html" {
            reports += 1;
            assert!(html.contains("<pre>首页 当前位置 打印\n") && !html.contains("id=\"provenance\""), "{url}");
        } else if template == "agency.html" {
            assert!(html.contains("<ol class=\"timeline\">"), "{url} is the default's within the new frame");
        }
    }
    assert!(reports > 20);
}

#[test]
fn a_mistake_in_a_field_says_where_and_what_there_is() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("templates/components")).expect("made");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join("templates").join(name), text).expect("written");
    write(
        "years.html",
        "{% extends \"base.html\" %}\n{% block main %}\n  <p>\n    {{ page.titel }}\n  </p>\n{% endblock %}\n",
    );
    let theme = Theme::load(&DEFAULT, Some(folder.path())).expect("it parses");
    let page = json!({ "title": "年度", "years": [] });
    let error = theme.render("years.html", "years/", &page, &Frame::default()).unwrap_err().to_string();
    assert!(error.contains("years.html:4:") && error.contains("titel"), "{error}");
    assert!(error.contains("title") && error.contains("years"), "what there is: {error}");
    write("years.html", "{{ <standng of={page.title} /> }}");
    let error = Theme::load(&DEFAULT, Some(folder.path())).err().expect("no such component").to_string();
    assert!(error.contains("years.html:1:") && error.contains("standng"), "{error}");
}
