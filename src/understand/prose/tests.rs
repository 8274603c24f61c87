//! Figures in prose: sentence by sentence (`sentences.txt`), and what the sentences of a report are to each other and to its tables.

use super::*;
use crate::model::report::{Cell, Check, Core, CoreFrom};
use crate::model::source::Line;
use crate::model::value::Scope;

const BUREAU: &str = "青禾县教育局";
const COUNTY: &str = "青禾县人民政府";

/// Headings with an ordinal, blank lines and prose, by their shape.
fn stand_in(lines: &[&str]) -> (Draft, Vec<Role>, Vec<Section>) {
    patterns! { HEADING = r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])([^。；，]{2,40})$"; }
    let (mut roles, mut sections) = (Vec::new(), Vec::new());
    for (index, text) in lines.iter().enumerate() {
        let found = HEADING.captures(text);
        roles.push(match &found {
            Some(_) => Role::Heading,
            None if text.trim().is_empty() => Role::Blank,
            None => Role::Prose,
        });
        sections.extend(found.map(|found| Section {
            level: if text.starts_with(['（', '(']) { 2 } else { 1 },
            number: String::new(),
            title: found[1].to_string(),
            line: index as u32 + 1,
        }));
    }
    let lines = lines.iter().enumerate().map(|(i, t)| Line::new(i as u32 + 1, *t)).collect();
    (Draft { lines, ..Draft::default() }, roles, sections)
}

fn read(text: &str, agency: Option<&str>, tables: &[Table]) -> Reading {
    let lines: Vec<&str> = text.lines().collect();
    let (draft, roles, sections) = stand_in(&lines);
    let place =
        Place {
            name: "青禾县".into(), city: Some("云川市".into()), county: Some("青禾县".into()), ..Place::default()
        };
    let context = Context { roles: &roles, sections: &sections, year: Some(2021), agency, place: Some(&place), tables };
    read_figures(&draft, &context)
}

fn show(f: &Figure) -> String {
    let mut out = format!("{} {} {}", f.indicator.as_deref().unwrap_or("-"), f.value, f.unit.as_deref().unwrap_or(""));
    let flags = [
        (f.approx == Approx::MoreThan, ">"),
        (f.approx == Approx::AtLeast, "≥"),
        (f.approx == Approx::AtMost, "≤"),
        (f.approx == Approx::Nearly, "near"),
        (f.approx == Approx::About, "about"),
        (f.scope == Scope::Aggregate, "all"),
        (f.scope == Scope::Hosted, "hosted"),
        (f.scope == Scope::Other, "other"),
        (f.period == Period::Cumulative, "cum"),
        (f.period == Period::PartYear, "part"),
        (f.subset, "sub"),
        (f.standing == Standing::Solved, "solved"),
    ];
    flags.iter().filter(|(on, _)| *on).for_each(|(_, name)| out.extend([" ", name]));
    out
}

#[test]
fn sentences_state_these_figures_and_no_others() {
    let (mut heading, mut wrong, mut rows) = ("", Vec::new(), 0);
    for (index, line) in include_str!("sentences.txt").lines().enumerate() {
        if let Some(words) = line.strip_prefix("# ") {
            heading = words;
        }
        let Some((sentence, expected)) = line.split_once(" →").filter(|_| !line.starts_with('#')) else { continue };
        rows += 1;
        let reading = read(&sentence.replace('⏎', "\n"), Some(BUREAU), &[]);
        let found = reading.figures.iter().map(show).collect::<Vec<_>>().join("; ");
        if found != expected.trim() {
            let at = format!("sentences.txt:{} ({heading})", index + 1);
            wrong.push(format!("{at}\n   {sentence}\n   found  {found}\n   wanted {}", expected.trim()));
        }
    }
    assert!(wrong.is_empty(), "{} of {rows}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows > 250, "{rows}");
}

#[test]
fn a_short_name_of_the_reporting_body_is_its_own() {
    for (agency, text) in [
        ("云川市公安局", "市局共受理政府信息公开申请52件。"),
        ("青禾县清源街道办事处", "街道共收到政府信息公开申请52份。"),
        ("云川新区管理委员会", "管委会收到政府信息公开申请52件。"),
    ] {
        assert_eq!(value(&read(text, Some(agency), &[]), "requests_received"), Some(52), "{agency}");
    }
    assert_eq!(value(&read("市局共受理政府信息公开申请52件。", Some("青禾县教育局"), &[]), "requests_received"), None);
}

#[test]
fn an_office_reports_its_own_requests_before_those_of_the_region() {
    let text = "市政府办公室收到申请198件，全市共收到申请1845件。";
    assert_eq!(value(&read(text, Some("云川市人民政府办公室"), &[]), "requests_received"), Some(198));
    assert_eq!(value(&read(text, Some("云川市人民政府"), &[]), "requests_received"), Some(1845));
}

#[test]
fn a_government_counts_the_whole_region_as_its_own_and_a_bureau_does_not() {
    let text = "2021年，全县主动公开政府信息5200条。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "proactive_total"), Some(5200));
    assert_eq!(value(&read(text, Some(BUREAU), &[]), "proactive_total"), None);
    let text = "全县各级各部门发布政策解读300篇；县本级发布政策解读80篇。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "policy_interpretations"), Some(300));
    let text = "县级政府层面就全县经济运行、文旅等主题召开新闻发布会17次。\n全年共召开新闻发布会16场。";
    let reading = read(text, Some(COUNTY), &[]);
    assert_eq!(
        (value(&reading, "press_conferences"), reading.core["press_conferences"].alternatives.len()),
        (Some(17), 1)
    );
    assert_eq!(reading.findings[0].marks.len(), 2);
    let text = "县公安局公开政府信息700条。";
    assert_eq!(value(&read(text, Some(COUNTY), &[]), "proactive_total"), None);
    let text = "我县公开政府信息700条。";
    assert_eq!(value(&read(text, None, &[]), "proactive_total"), Some(700));
}

fn value(reading: &Reading, id: &str) -> Option<i64> {
    reading.core.get(id).and_then(|c| c.value.to_integer())
}

#[test]
fn core_takes_no_part_year_plan_cumulative_or_foreign_figure() {
    for text in [
        "上半年收到政府信息公开申请6件。",
        "自2008年以来共收到政府信息公开申请60件。",
        "2020年收到政府信息公开申请16件。",
        "县财政局收到政府信息公开申请6件。",
        "明年预计收到政府信息公开申请6件。",
        "收到政府信息公开申请较上年增加6件。",
        "一、下一步工作打算\n我局收到政府信息公开申请6件以内。",
        "一、存在问题\n培训不够。\n2022年，我们要抓好几项工作。\n一是收到政府信息公开申请6件全部回访。",
        "收到行政许可申请600件。",
        "受理低保申请320件。",
        "全年受理学前教育资助申请1200件。",
    ] {
        assert_eq!(value(&read(text, Some(BUREAU), &[]), "requests_received"), None, "{text}");
    }
}

#[test]
fn figures_that_disagree_are_both_kept_and_found() {
    let reading = read("全年召开新闻发布会9次。\n我局共举办新闻发布会11场。", Some(BUREAU), &[]);
    let core = &reading.core["press_conferences"];
    assert_eq!((core.value, core.standing, core.alternatives.len()), (Decimal::from(9), Standing::Disputed, 1));
    assert_eq!(reading.findings[0].code, "figures-disagree");
    for (text, id, expected, why) in [
        (
            "发布政策解读稿件36余篇。\n全年发布政策解读稿件38篇。",
            "policy_interpretations",
            Some(38),
            "36余 and 38 can both be true",
        ),
        ("编发政府公报6期，公报刊登文件90件。", "proactive_gazette", Some(90), "issues are not documents"),
        (
            "区级召开新闻发布会5场，部门召开新闻发布会8场。",
            "press_conferences",
            None,
            "parts of a whole that is not stated",
        ),
    ] {
        let reading = read(text, Some(BUREAU), &[]);
        assert_eq!((value(&reading, id), reading.findings.len()), (expected, 0), "{why}");
    }
}

fn cell(row: &'static str, value: Option<i64>, standing: Standing) -> Cell {
    Cell {
        row: row.into(),
        column: "total".into(),
        value: value.map(Decimal::from),
        raw: None,
        unit: Some("件".into()),
        standing,
        line: Some(90),
        by: vec![],
        label: None,
    }
}

fn requests(cells: Vec<Cell>, sum: Option<(i64, i64)>) -> Table {
    let checks = sum
        .map(|(left, right)| Check {
            identity: "results_sum".into(),
            over: "total".into(),
            left: Some(left.into()),
            right: Some(right.into()),
            holds: Some(left == right),
            official: false,
        })
        .into_iter()
        .collect();
    Table {
        form: "2021".into(),
        table: "requests".into(),
        title: String::new(),
        lines: [60, 120],
        rows: vec![],
        columns: vec![],
        cells,
        checks,
    }
}

const DENIED: [&str; 8] = [
    "denied_state_secret",
    "denied_other_law_prohibited",
    "denied_security_stability",
    "denied_third_party",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_file",
    "denied_administrative_inquiry",
];

#[test]
fn a_table_cell_comes_before_prose_and_a_contradiction_is_found() {
    let table = requests(vec![cell("new_requests", Some(41), Standing::Proved)], None);
    let reading = read("全年收到政府信息公开申请43件。", Some(BUREAU), std::slice::from_ref(&table));
    let core: &Core = &reading.core["requests_received"];
    assert_eq!(
        (core.value, core.from, core.standing, core.line),
        (41.into(), CoreFrom::Table, Standing::Proved, Some(90))
    );
    assert_eq!(core.alternatives[0].value, 43.into());
    assert_eq!(reading.findings[0].code, "figure-contradicts-table");
    let reading = read("全年收到政府信息公开申请40余件。", Some(BUREAU), &[table]);
    assert!(reading.findings.is_empty(), "41 is 40余");
}

#[test]
fn a_blank_is_not_a_zero() {
    let core = |cells: &[Cell], sum| read("。", Some(BUREAU), &[requests(cells.to_vec(), sum)]).core;
    assert!(core(&[cell("new_requests", None, Standing::Blank)], None).is_empty());
    let mut cells: Vec<Cell> = DENIED.iter().map(|row| cell(row, None, Standing::Blank)).collect();
    assert!(core(&cells, Some((9, 9))).is_empty());
    cells[0] = cell(DENIED[0], Some(2), Standing::Proved);
    cells[5] = cell(DENIED[5], Some(3), Standing::Printed);
    assert!(core(&cells, None).is_empty(), "nothing proves the empty ones");
    assert!(core(&cells, Some((7, 9))).is_empty(), "the column does not add up without them");
    let denied = &core(&cells, Some((9, 9)))["denied_total"];
    assert_eq!((denied.value, denied.standing), (5.into(), Standing::Solved));
    cells[3] = cell(DENIED[3], None, Standing::Lost);
    assert!(core(&cells, Some((9, 9))).is_empty());
}

#[test]
fn every_figure_points_at_its_own_bytes() {
    let text = "一、概述\n　　2021年，我局公开政府信息８６条，答复申请约30件。";
    let reading = read(text, Some(BUREAU), &[]);
    let line = text.lines().nth(1).unwrap();
    for figure in &reading.figures {
        assert_eq!((figure.line, &line[figure.start as usize..figure.end as usize]), (2, figure.raw.as_str()));
    }
    assert_eq!(reading.figures.iter().map(|f| f.raw.as_str()).collect::<Vec<_>>(), ["８６条", "约30件"]);
}

#[test]
fn the_dictionary_is_whole() {
    let dictionary = indicators();
    assert_eq!(dictionary.len(), 46);
    for indicator in dictionary.iter() {
        assert!(
            !indicator.words.is_empty() && indicator.units.contains(&indicator.unit) && !indicator.about.is_empty(),
            "{}",
            indicator.id
        );
        for cell in &indicator.cells {
            let (form, terms) = cell.split_once(':').unwrap();
            assert!(
                ["2014", "2019", "2021", "local_2008"].contains(&form)
                    && terms.split('+').all(|t| t.split('.').count() == 3),
                "{cell}"
            );
        }
    }
}

#[test]
fn odd_text_never_panics() {
    let texts = "|1|万|，|百分之|1,2,3,4件|９９９９９９９９９９９９９９９９９９９９９９件|《|“|1+|一万万亿亿件|十百千万亿亿亿亿件|（1\
        |件1件1件1|\u{feff}1件|零点件|无|未收到|0.0.0.0件|1万万万万万万万亿亿亿亿亿亿件";
    for text in texts.split('|') {
        read(text, None, &[]);
        read(text, Some(BUREAU), &[]);
    }
}
