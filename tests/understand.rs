//! Truth: the hand-labelled reports, when they are beside the checkout, and reports written for the purpose.
use nianbao::model::report::{Kind, Known as KnownValue, Provenance, Report, Role};
use nianbao::model::source::{Draft, Heading, Line, Script, Source, Span};
use nianbao::model::value::Standing;
use nianbao::understand::{Known, understand};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

fn draft(text: &str) -> Draft {
    let lines = text.split('\n').enumerate().map(|(i, l)| Line::new(i as u32 + 1, l)).collect();
    Draft { lines, ..Draft::default() }
}

fn read(draft: &Draft) -> Report {
    let source = Source { path: "a.txt".into(), bytes: Arc::from(&b"x"[..]), sidecar: None };
    understand(&source, draft, &Known::default())
}

fn shared(path: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is not there", file.display());
    }
    text
}

/// A real report as `normalize` hands it on: the damaged period repaired, 002 from its proof-read lines.
fn seed(number: &str) -> Option<Draft> {
    let name = match number {
        "000" => "000_b303f6709272bbe6",
        "001" => "001_a73333d358a8cdd5",
        "003" => "003_cee6ea4c640e5fe0",
        "004" => "004_687b4b7f304522fd",
        _ => {
            let lines = shared("cases/normalize_002.jsonl")?;
            let lines: Vec<String> = lines
                .lines()
                .map(|l| {
                    serde_json::from_str::<Value>(l).expect("the truth has it")["expected"]
                        .as_str()
                        .expect("the truth has it")
                        .to_owned()
                })
                .collect();
            let mut read = draft(&lines.join("\n"));
            read.script = Script::Hant;
            return Some(read);
        }
    };
    let text = shared(&format!("seeds/{name}.txt"))?;
    let whole = [
        ("201611日至1231日", "2016年1月1日至12月31日"),
        ("201911日起到20191231日止", "2019年1月1日起到2019年12月31日止"),
    ];
    Some(draft(&whole.iter().fold(text, |t, (was, now)| t.replace(was, now))))
}

fn head(report: &Report) -> BTreeMap<&'static str, String> {
    let mut m = BTreeMap::new();
    let mut put = |key, value: Option<String>| {
        if let Some(value) = value {
            m.insert(key, value);
        }
    };
    let place = report.region.value.clone().unwrap_or_default();
    let dates = &report.dates;
    let source = &report.source;
    let of = |k: &Option<KnownValue<String>>| k.as_ref().and_then(|k| k.value.clone());
    put("title", report.title.value.clone());
    put("agency", report.agency.value.clone().map(|a| a.name));
    put("report_year", report.year.value.map(|y| y.to_string()));
    put("province", place.province);
    put("city", place.city);
    put("county", place.county);
    put("published", of(&dates.published));
    put("signed", of(&dates.signed));
    put("written_date", of(&dates.written));
    put("period_start", of(&dates.period_start));
    put("period_end", of(&dates.period_end));
    put("source", of(&source.name));
    put("index_number", of(&source.index_number));
    put("document_number", of(&source.document_number));
    put("category", of(&source.category));
    put("publisher", of(&source.publisher));
    put(
        "report_type",
        Some(
            serde_json::to_value(report.kind).expect("the truth has it").as_str().expect("the truth has it").to_owned(),
        ),
    );
    m
}

#[test]
fn the_heads_of_the_labelled_reports_are_read_without_a_fault() {
    for number in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{number}.json")), seed(number)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        let report = read(&draft);
        let head = head(&report);
        let mut faults = Vec::new();
        for (key, truth) in gold["metadata"].as_object().unwrap() {
            let Some(status) = truth["status"].as_str() else { continue };
            if matches!(key.as_str(), "script" | "disclosure_mode") {
                continue;
            }
            let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            let right = |v: &str| {
                text(&truth["value"]) == v || truth["accept"].as_array().unwrap().iter().any(|a| text(a) == v)
            };
            match (head.get(key.as_str()), status) {
                (Some(v), "absent") => faults.push(format!("{key} {v:?} is not in the text")),
                (Some(v), _) if !right(v) => faults.push(format!("{key} {v:?} should be {}", truth["value"])),
                (None, "stated") => faults.push(format!("{key} is missing, {}", truth["value"])),
                (None, "inferred") if key != "agency" => {
                    faults.push(format!("{key} could be inferred, {}", truth["value"]))
                }
                _ => {}
            }
        }
        assert!(faults.is_empty(), "{number}: {faults:#?}");
    }
}

/// Indicators of ours and what the hand-made truth calls them.
#[rustfmt::skip]
const CORE: &[(&str, &[&str])] = &[
    ("proactive_total", &["proactive_disclosures_total"]), ("proactive_website", &["website_disclosures"]),
    ("proactive_wechat", &["wechat_posts"]), ("proactive_weibo", &["weibo_posts"]),
    ("proactive_weibo_wechat", &["weibo_wechat_posts"]), ("proactive_gazette", &["gazette_documents"]),
    ("normative_documents_issued", &["normative_documents_new"]), ("policy_interpretations", &["policy_interpretations"]),
    ("press_conferences", &["press_conferences"]), ("web_interviews", &["online_interviews"]),
    ("requests_received", &["applications_received"]), ("carried_in", &["applications_carried_in"]),
    ("carried_out", &["applications_carried_out"]), ("requests_answered", &["applications_answered"]),
    ("granted", &["applications_granted"]), ("partially_granted", &["applications_partly_granted"]),
    ("denied_total", &["applications_refused", "withheld_items"]), ("review_total", &["reconsideration_cases"]),
    ("litigation_total", &["litigation_cases"]), ("fees_collected", &["fees_collected"]),
    ("hotline_calls", &["hotline_calls"]), ("reading_room_visits", &["reading_point_visits"]),
    ("staff_full_time", &["staff_fulltime"]), ("staff_part_time", &["staff_parttime"]),
    ("budget", &["budget_cny"]), ("trainings", &["training_sessions"]),
];

/// Statistics and comparable figures of the labelled reports: nothing wrong, no trap, nearly all found.
#[test]
fn the_figures_of_the_labelled_reports_are_read() {
    let number = |v: &Value| v.as_f64().map(|v| (v * 10_000.0).round() as i64);
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let near = |a: &Value, b: &Value| (a["line"].as_i64().unwrap() - b["line"].as_i64().unwrap()).abs() <= 1;
    let unit = |u: &Value| u.as_str().unwrap_or("").split(['(', '（']).next().unwrap_or("").replace('％', "%");
    let counted_alike = |figure: &Value, item: &Value| {
        let mine = unit(&figure["unit"]);
        std::iter::once(item["unit"].clone()).chain(list(&item["unit_accept"])).map(|u| unit(&u)).any(|theirs| {
            let more = mine.strip_prefix(&theirs).filter(|_| !theirs.is_empty());
            mine == theirs || more.is_some_and(|more| !["次", "工作日"].contains(&more))
        })
    };
    let (mut traps, mut wrong, mut extra, mut missed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut hit, mut found, mut wanted, mut right, mut stated) = (0, 0, 0, 0, 0);
    for name in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{name}.json")), seed(name)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        let report: Value = serde_json::to_value(read(&draft)).unwrap();
        let mut free = list(&report["figures"]);
        let (optional, items): (Vec<_>, Vec<_>) =
            list(&gold["statistics"]).into_iter().partition(|item| item["optional"] == true);
        for (item, counts) in items.iter().map(|item| (item, true)).chain(optional.iter().map(|item| (item, false))) {
            let is =
                |f: &Value| number(&f["value"]) == number(&item["value"]) && near(f, item) && counted_alike(f, item);
            let at = free.iter().position(is).map(|at| free.remove(at));
            hit += usize::from(counts && at.is_some());
            let first_tier = counts && item["tier"] == 1;
            (found, wanted) = (found + usize::from(first_tier && at.is_some()), wanted + usize::from(first_tier));
            missed.extend((counts && at.is_none()).then(|| format!("{name} {item}")));
        }
        let trap = |f: &Value| {
            list(&gold["not_statistics"])
                .iter()
                .any(|t| near(f, t) && list(&t["values"]).iter().any(|v| number(v) == number(&f["value"])))
        };
        traps.extend(free.iter().filter(|f| trap(f)).map(|f| format!("{name} {f}")));
        extra.extend(free.iter().map(|f| format!("{name} {f}")));
        let truths = gold["core"].as_object().unwrap();
        let conflicts = truths.values().filter(|truth| truth["status"] == "conflict").count();
        let told = list(&report["findings"]).iter().filter(|finding| finding["code"] == "figures-disagree").count();
        assert_eq!(told, conflicts, "{name}: {}", report["findings"]);
        for (ours, theirs) in CORE {
            for (key, truth) in theirs.iter().filter_map(|key| Some((key, truths.get(*key)?))) {
                let says = ["stated", "conflict"].iter().any(|status| truth["status"] == *status);
                stated += usize::from(says);
                let mine = &report["core"][*ours];
                if mine.is_null() {
                    missed.extend(says.then(|| format!("{name} core {key}")));
                    continue;
                }
                let accepted: Vec<_> = std::iter::once(&truth["value"])
                    .chain(truth["accept"].as_array().into_iter().flatten())
                    .map(number)
                    .collect();
                let values = std::iter::once(mine.clone()).chain(list(&mine["alternatives"]));
                if values.into_iter().all(|value| accepted.contains(&number(&value["value"]))) {
                    right += usize::from(says);
                } else {
                    wrong.push(format!("{name} {ours}: {mine}, should be {truth}"));
                }
            }
        }
    }
    eprintln!("missed {missed:#?}\nbesides {extra:#?}\ncore {right} of {stated}");
    assert!(traps.is_empty(), "{traps:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right * 10 >= stated * 9, "core {right} of {stated}");
    assert!(hit * 100 >= (hit + extra.len()) * 95, "{extra:#?}");
    assert!(found * 20 >= wanted * 19, "{found} of {wanted}");
}

/// What the unlabelled reports state, as a careful reader would.
#[test]
fn the_figures_of_the_unlabelled_reports_are_read() {
    let (Some(one), Some(four)) = (seed("001"), seed("004")) else { return };
    let (one, four) = (read(&one), read(&four));
    let value = |report: &Report, id: &str| report.core.get(id).and_then(|c| c.value.to_integer());
    for (id, expected) in [
        ("requests_received", Some(1)),
        ("review_total", Some(0)),
        ("complaints", Some(0)),
        ("reading_points", Some(1)),
        ("staff_total", Some(3)),
        ("staff_full_time", Some(1)),
        ("staff_part_time", Some(2)),
        ("budget", Some(50_000)),
        ("consultations_visits", Some(4000)),
        ("hotline_calls", Some(2174)),
        ("consultations_phone", Some(1300)),
        ("proactive_total", None),
        ("corrected_total", None),
        ("litigation_total", None),
    ] {
        assert_eq!(value(&one, id), expected, "{id}");
    }
    for (id, expected) in [("requests_received", Some(0)), ("denied_total", Some(0)), ("budget", None)] {
        assert_eq!(value(&four, id), expected, "{id}");
    }
}

#[test]
fn the_outlines_of_the_labelled_reports_are_read() {
    for number in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{number}.json")), seed(number)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        let sections = read(&draft).sections;
        let mut faults = Vec::new();
        let truth = gold["sections"].as_array().unwrap();
        for section in &sections {
            let Some(t) = truth.iter().find(|t| t["line"].as_u64() == Some(section.line.into())) else {
                faults.push(format!("extra: {section:?}"));
                continue;
            };
            if t["title"] != section.title.as_str()
                || t["level"] != section.level
                || t["numbering"] != section.number.as_str()
            {
                faults.push(format!("{section:?} should be {} {} {}", t["level"], t["numbering"], t["title"]));
            }
        }
        for t in truth.iter().filter(|t| t["optional"] == false) {
            if !sections.iter().any(|s| Some(u64::from(s.line)) == t["line"].as_u64()) {
                faults.push(format!("missing: {} {} {}", t["line"], t["numbering"], t["title"]));
            }
        }
        assert!(faults.is_empty(), "{number}: {faults:#?}");
    }
}

#[test]
fn the_unlabelled_reports_are_read_as_they_stand() {
    let (Some(one), Some(four), Some(three)) = (seed("001"), seed("004"), seed("003")) else { return };
    let report = read(&one);
    let got = head(&report);
    for (key, want) in [
        ("agency", "黄石市政务服务中心管理办公室"),
        ("report_year", "2018"),
        ("city", "黄石市"),
        ("published", "2019-02-11"),
        ("written_date", "2019-02-11"),
        ("signed", "2019-02-11"),
        ("index_number", "000014349/2019-01298"),
        ("publisher", "市政务服务中心管理办公室"),
        ("category", "市政府部门"),
        ("report_type", "annual_report"),
    ] {
        assert_eq!(got.get(key).map(String::as_str), Some(want), "001 {key}");
    }
    assert!(!got.contains_key("document_number"));
    assert!(report.agency.value.unwrap().aliases.contains(&"黄石市政务服务中心".to_owned()));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.sections.len(), 19);

    let report = read(&four);
    let got = head(&report);
    for (key, want) in [
        ("agency", "台州市人民政府行政服务中心"),
        ("report_year", "2013"),
        ("province", "浙江省"),
        ("signed", "2013-03-28"),
        ("published", "2017-09-14"),
        ("report_type", "self_inspection"),
    ] {
        assert_eq!(got.get(key).map(String::as_str), Some(want), "004 {key}");
    }
    assert_eq!(report.dates.signed.unwrap().standing, Some(Standing::Disputed));
    let codes: Vec<_> = report.findings.iter().map(|f| f.code.as_ref()).collect();
    assert_eq!(codes, ["agency-conflict", "date-impossible"]);
    assert_eq!(report.lines[41].role, Role::Chrome);
    assert_eq!(report.sections.len(), 18);

    // Even where no form claims a table, its rows open no section.
    let lines: Vec<_> = read(&three).sections.iter().filter(|s| s.level < 2).map(|s| s.line).collect();
    assert_eq!(lines, [1, 6, 70, 180, 496, 566, 582]);
}

#[test]
fn furniture_and_metadata_cases_get_their_roles() {
    let Some(cases) = shared("cases/normalize.jsonl") else { return };
    let mut seen = 0;
    for case in cases.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).filter(|c| c["via"] == "extract") {
        let report = read(&draft(case["document"].as_str().unwrap()));
        let at = case["at"].as_u64().unwrap() as usize;
        for (n, wanted) in case["expected"].as_str().unwrap().split('\n').enumerate() {
            let line = &report.lines[at - 1 + n];
            assert_eq!(line.text.trim(), wanted.trim(), "{}", case["id"]);
            let role = serde_json::to_value(line.role).unwrap();
            assert!(case["role"].as_array().unwrap().contains(&role), "{} {role}", case["id"]);
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} lines");
}

/// Titles: text, agency, year, region code; empty and 0 where the title does not say.
const TITLES: &[(&str, &str, u16, &str)] = &[
    ("苏州市财政局2015年政府信息公开工作年度报告", "苏州市财政局", 2015, "320500"),
    ("2021年度成都市水务局政府信息公开工作年度报告", "成都市水务局", 2021, "510100"),
    ("成都市水务局2021年度政府信息公开工作年度报告", "成都市水务局", 2021, "510100"),
    ("绍兴市柯桥区教育体育局二〇一九年政府信息公开工作年度报告", "绍兴市柯桥区教育体育局", 2019, "330603"),
    ("绍兴市柯桥区教育体育局二○一七年度政府信息公开年报", "绍兴市柯桥区教育体育局", 2017, "330603"),
    ("关于2018年宁波市商务局政府信息公开工作的报告", "宁波市商务局", 2018, "330200"),
    ("宁波市商务局关于2018年政府信息公开工作情况的报告", "宁波市商务局", 2018, "330200"),
    ("关于宁波市商务局2018年度政务公开工作情况的报告", "宁波市商务局", 2018, "330200"),
    ("浙江省教育厅2020年政府信息公开工作年度报告", "浙江省教育厅", 2020, "330000"),
    ("2022年湖北省人民政府信息公开工作年度报告", "湖北省人民政府", 2022, "420000"),
    ("内蒙古自治区民政厅2016年政府信息公开年度报告", "内蒙古自治区民政厅", 2016, "150000"),
    ("2014年宜昌市人民政府信息公开工作年度报告", "宜昌市人民政府", 2014, "420500"),
    ("宜昌市人民政府2014年政府信息公开工作年度报告", "宜昌市人民政府", 2014, "420500"),
    ("宜昌市政府2014年信息公开工作年度报告", "宜昌市人民政府", 2014, "420500"),
    ("宜昌市2014年政府信息公开工作年度报告", "宜昌市人民政府", 2014, "420500"),
    ("宜昌市政府信息公开工作2014年度报告", "宜昌市人民政府", 2014, "420500"),
    ("宜昌市人民政府办公室2014年政府信息公开工作年度报告", "宜昌市人民政府办公室", 2014, "420500"),
    (
        "恩施土家族苗族自治州卫生健康委员会2019年政府信息公开工作年度报告",
        "恩施土家族苗族自治州卫生健康委员会",
        2019,
        "422800",
    ),
    ("恩施州卫生健康委员会2019年政府信息公开工作年度报告", "恩施州卫生健康委员会", 2019, "422800"),
    ("长阳土家族自治县大堰乡人民政府2021年政府信息公开工作年度报告", "长阳土家族自治县大堰乡人民政府", 2021, "420528"),
    ("如皋市白蒲镇人民政府2019年政府信息公开工作年度报告", "如皋市白蒲镇人民政府", 2019, "320682"),
    ("合肥市蜀山区三里庵街道办事处2020年政府信息公开工作年度报告", "合肥市蜀山区三里庵街道办事处", 2020, "340104"),
    ("上海市静安区人民政府2018年政府信息公开工作年度报告", "上海市静安区人民政府", 2018, "310106"),
    ("重庆市万州区规划和自然资源局2020年政府信息公开工作年度报告", "重庆市万州区规划和自然资源局", 2020, "500101"),
    ("国家税务总局苏州市税务局2020年政府信息公开工作年度报告", "国家税务总局苏州市税务局", 2020, "320500"),
    ("教育部2019年政府信息公开工作年度报告", "教育部", 2019, ""),
    ("国家发展和改革委员会2021年政府信息公开工作年度报告", "国家发展和改革委员会", 2021, ""),
    ("中国人民银行徐州市中心支行2017年政府信息公开工作年度报告", "中国人民银行徐州市中心支行", 2017, "320300"),
    ("苏州市公安局吴江分局2018年政府信息公开年度报告", "苏州市公安局吴江分局", 2018, "320500"),
    ("沛县安国镇2015年政府信息公开工作年度报告", "沛县安国镇人民政府", 2015, "320322"),
    ("连云港经济技术开发区管理委员会2016年政府信息公开工作年度报告", "连云港经济技术开发区管理委员会", 2016, "320700"),
    ("仙桃市人力资源和社会保障局2013年政府信息公开工作年度报告", "仙桃市人力资源和社会保障局", 2013, "429004"),
    ("政府信息公开工作2012年度报告(青岛市环境保护局)", "青岛市环境保护局", 2012, "370200"),
    ("2012年政府信息公开工作年度报告——青岛市环境保护局", "青岛市环境保护局", 2012, "370200"),
    ("青岛市环境保护局政府信息公开工作年度报告(2012年)", "青岛市环境保护局", 2012, "370200"),
    ("青岛市环境保护局政府信息公开年报(2012年度)", "青岛市环境保护局", 2012, "370200"),
    ("南京市政务公开办公室2019年政务公开工作总结", "南京市政务公开办公室", 2019, "320100"),
    ("淮安市洪泽区2020年政府信息公开工作年度报告", "淮安市洪泽区人民政府", 2020, "320813"),
    ("大连海事局2020年政府信息公开工作年度报告", "大连海事局", 2020, "210200"),
    ("苏州大学2019年信息公开工作年度报告", "苏州大学", 2019, "320500"),
    ("扬州市住房公积金管理中心2016年信息公开年度报告", "扬州市住房公积金管理中心", 2016, "321000"),
    ("2018年政府信息公开工作年度报告", "", 2018, ""),
    ("财政局2018年政府信息公开工作年度报告", "", 2018, ""),
    ("市财政局2018年政府信息公开工作年度报告", "", 2018, ""),
    ("政府信息公开工作年度报告", "", 0, ""),
    ("鼓楼区教育局2018年政府信息公开工作年度报告", "鼓楼区教育局", 2018, ""),
    ("海南省三沙市人民政府2018年政府信息公开工作年度报告", "海南省三沙市人民政府", 2018, "460300"),
    ("吉林市司法局2018年政府信息公开工作年度报告", "吉林市司法局", 2018, "220200"),
    ("朝阳市审计局2018年政府信息公开工作年度报告", "朝阳市审计局", 2018, "211300"),
    (
        "中共泰州市委机构编制委员会办公室2020年政府信息公开工作年度报告",
        "中共泰州市委机构编制委员会办公室",
        2020,
        "321200",
    ),
    ("阿拉善盟行政公署2013年政府信息公开工作年度报告", "阿拉善盟行政公署", 2013, "152900"),
    (
        "新疆生产建设兵团第八师石河子市教育局2021年政府信息公开工作年度报告",
        "新疆生产建设兵团第八师石河子市教育局",
        2021,
        "659001",
    ),
    ("2020年度金堂县官仓街道办事处政府信息主动公开工作年度报告", "金堂县官仓街道办事处", 2020, "510121"),
    ("舟山市普陀区六横管理委员会2011年度政府信息公开工作年度报告", "舟山市普陀区六横管理委员会", 2011, "330903"),
    ("深圳市市场监督管理局2019年政府信息公开工作年度报告", "深圳市市场监督管理局", 2019, "440300"),
    ("2016年度广东省东莞市长安镇政府信息公开年度报告", "广东省东莞市长安镇人民政府", 2016, "441900"),
];

#[test]
fn titles_say_who_and_when() {
    let mut faults = Vec::new();
    for (title, agency, year, code) in TITLES {
        let text = format!(
            "{title}\n\n一、概述\n{year}年,认真贯彻《中华人民共和国政府信息公开条例》,主动公开各类信息。\n二、主动公开情况\n公开信息12条。"
        );
        let report = read(&draft(&text));
        let got = (
            report.title.value.clone().unwrap_or_default(),
            report.agency.value.as_ref().map_or(String::new(), |a| a.name.clone()),
            report.year.value.unwrap_or(0),
            report.region.value.as_ref().map_or(String::new(), |p| p.code.clone()),
        );
        let want = (title.to_string(), agency.to_string(), *year, code.to_string());
        if got != want || report.kind != Kind::AnnualReport {
            faults.push(format!("{got:?} {:?}\n   want {want:?}", report.kind));
        }
    }
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), TITLES.len(), faults.join("\n"));
}

/// Whole small reports: text, then what must be read of it (`-` for nothing), findings as `!code`.
const REPORTS: &[(&str, &[(&str, &str)])] = &[
    // A clipped name, completed by the signature.
    (
        "2018年市统计局政府信息公开年报\n\n一、概述\n我局认真做好公开工作。\n二、问题\n还有差距。\n\n襄阳市统计局\n2019年1月21日",
        &[
            ("agency", "襄阳市统计局"),
            ("city", "襄阳市"),
            ("province", "湖北省"),
            ("signed", "2019-01-21"),
            ("standing", "solved"),
        ],
    ),
    // … by a sentence of the body.
    (
        "区民政局2018年政府信息公开年报\n一、概述\n2018年,武汉市江汉区民政局认真做好公开工作。\n二、问题\n还有差距。",
        &[("agency", "武汉市江汉区民政局"), ("county", "江汉区"), ("city", "武汉市")],
    ),
    // … by the only district the text names, more than once.
    (
        "区林业局2018年政府信息公开年报\n一、概述\n我局在宝应县政府网站公开信息,江都区各单位均可查阅,江都区图书馆设查阅点。\n二、问题\n还有差距。",
        &[("agency", "江都区林业局"), ("city", "扬州市"), ("county", "江都区"), ("standing", "solved")],
    ),
    // … by its own name in the body, but never by that of the bureau above.
    (
        "市林业局2018年政府信息公开年报\n一、概述\n2018年,兴化市林业局认真做好公开工作,按照泰州市林业局要求报送。",
        &[("agency", "兴化市林业局"), ("county", "兴化市")],
    ),
    (
        "市林业局2018年政府信息公开年报\n一、概述\n我局按照泰州市林业局要求公开信息,泰州市各单位可查阅。",
        &[("agency", "-"), ("city", "-"), ("finding", "agency-missing")],
    ),
    // … a month is a date too.
    (
        "兴化市林业局2018年政府信息公开年报\n一、概述\n我局认真做好公开工作。\n兴化市林业局\n二〇一九年三月",
        &[("signed", "2019-03"), ("agency", "兴化市林业局")],
    ),
    (
        "兴化市林业局2018年政府信息公开年报\n一、概述\n我局认真做好公开工作。\n兴化市林业局\n2018年12月",
        &[("signed", "2018-12")],
    ),
    (
        "兴化市林业局2019年公开2018年度政府信息公开年报\n统计期限为2018年1月1日至2018年12月31日。\n一、概述\n我局认真做好公开工作。",
        &[("report_year", "2018")],
    ),
    // … by nothing: two cities are named.
    (
        "市林业局2018年政府信息公开年报\n一、概述\n我局赴随州市、宜昌市学习,公开信息12条。\n二、问题\n还有差距。",
        &[("agency", "-"), ("finding", "agency-missing"), ("report_year", "2018")],
    ),
    // No agency in the title: the signature has it.
    (
        "2016年政府信息公开工作年度报告\n一、概述\n我局认真做好公开工作。\n二、问题\n还有差距。\n    宜兴市城市管理局\n    二〇一七年二月二十八日",
        &[
            ("agency", "宜兴市城市管理局"),
            ("signed", "2017-02-28"),
            ("county", "宜兴市"),
            ("city", "无锡市"),
            ("standing", "printed"),
        ],
    ),
    // … or the opening sentence.
    (
        "2016年政府信息公开工作年度报告\n本报告由丹阳市水利局根据《中华人民共和国政府信息公开条例》编制。\n一、概述\n我局认真做好公开工作。",
        &[("agency", "丹阳市水利局"), ("county", "丹阳市")],
    ),
    (
        "2016年政府信息公开工作年度报告\n根据规定,现公布丹阳市政府2016年政府信息公开工作年度报告。\n一、概述\n我市认真做好公开工作。",
        &[("agency", "丹阳市人民政府"), ("county", "丹阳市")],
    ),
    // … or the metadata, and an office that publishes for its government is not the government's name.
    (
        "2016年政府信息公开工作年度报告\n索引号:014000000/2017-00011 发布机构:丹阳市水利局\n一、概述\n我局认真做好公开工作。",
        &[("agency", "丹阳市水利局"), ("publisher", "丹阳市水利局"), ("index_number", "014000000/2017-00011")],
    ),
    (
        "2016年政府信息公开工作年度报告\n来源:丹阳市水利局 发布时间:2017-02-03 08:30:00 浏览次数:99\n一、概述\n我局认真做好公开工作。",
        &[("agency", "丹阳市水利局"), ("source", "丹阳市水利局"), ("published", "2017-02-03")],
    ),
    (
        "2016年政府信息公开工作年度报告\n来源:丹阳市人民政府办公室\n一、概述\n认真做好公开工作。",
        &[("agency", "-"), ("source", "丹阳市人民政府办公室"), ("finding", "agency-missing")],
    ),
    (
        "2016年政府信息公开工作年度报告\n发布机构:丹阳市人民政府办公室\n一、概述\n2016年,我市认真做好公开工作。",
        &[("agency", "丹阳市人民政府"), ("publisher", "丹阳市人民政府办公室")],
    ),
    (
        "2016年政府信息公开工作年度报告\n来源:新华日报\n一、概述\n认真做好公开工作。",
        &[("agency", "-"), ("source", "新华日报")],
    ),
    // Two bodies that contradict each other.
    (
        "泗阳县农业局2016年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。\n二、问题\n还有差距。\n泗阳县审计局\n2017年3月1日",
        &[("agency", "泗阳县农业局"), ("finding", "agency-conflict")],
    ),
    // Nameplates.
    (
        "嘉兴市自然资源和规划局(嘉兴市林业局)2020年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("agency", "嘉兴市自然资源和规划局"), ("alias", "嘉兴市林业局")],
    ),
    (
        "嘉兴市住房和城乡建设局(市人防办)2020年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("agency", "嘉兴市住房和城乡建设局"), ("alias", "嘉兴市人防办")],
    ),
    // A place of several cities: the text decides, or nobody.
    (
        "鼓楼区审计局2018年政府信息公开工作年度报告\n一、概述\n按照徐州市政府要求,认真做好公开工作。",
        &[("agency", "鼓楼区审计局"), ("city", "徐州市"), ("county", "鼓楼区")],
    ),
    (
        "鼓楼区审计局2018年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("agency", "鼓楼区审计局"), ("city", "-"), ("county", "-"), ("finding", "region-ambiguous")],
    ),
    (
        "城中区人民政府2018年政府信息公开工作年度报告\n一、概述\n根据青海省政府要求,认真做好公开工作。",
        &[("agency", "城中区人民政府"), ("city", "西宁市"), ("county", "城中区")],
    ),
    // … or by whoever put the page online, or by the credit code of the index number.
    (
        "鼓楼区教育局2018年政府信息公开工作年度报告\n来源:徐州市鼓楼区教育局 发布时间:2019-02-11\n一、概述\n认真做好公开工作。",
        &[("agency", "徐州市鼓楼区教育局"), ("city", "徐州市"), ("county", "鼓楼区")],
    ),
    (
        "索引号 11330700002592724X/2019-00001 主题分类 政务公开\n鼓楼区审计局2018年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("agency", "鼓楼区审计局"), ("city", "-"), ("finding", "index-number-invalid")],
    ),
    // Metadata side by side, with and without colons.
    (
        "索引号:000014349/2019-01298 公开类别:主动公开 主题:政务公开 更新时间:2019-03-01 10:20\n发布机构:苏州市财政局 填报日期:2019-02-10 发布日期:2019-02-11\n苏州市财政局2018年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[
            ("agency", "苏州市财政局"),
            ("published", "2019-02-11"),
            ("written_date", "2019-02-10"),
            ("index_number", "000014349/2019-01298"),
        ],
    ),
    (
        "索引号 000014349/2019-01298 公开类别 主动公开 更新时间 2019-03-01\n发布机构 苏州市财政局 填报日期 2019-02-10 发布日期 2019-02-11\n苏州市财政局2018年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[
            ("agency", "苏州市财政局"),
            ("published", "2019-02-11"),
            ("written_date", "2019-02-10"),
            ("index_number", "000014349/2019-01298"),
        ],
    ),
    // Names of their time.
    (
        "通州市文化局2008年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("county", "通州市"), ("city", "南通市")],
    ),
    (
        "淮安市楚州区文化局2010年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("county", "楚州区"), ("city", "淮安市")],
    ),
    (
        "巢湖市教育局2009年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("city", "巢湖市"), ("province", "安徽省")],
    ),
    // Titles broken over lines; the same title twice; site names behind it.
    (
        "靖江市交通运输局\n2017年政府信息公开工作年度报告\n\n一、概述\n认真做好公开工作。",
        &[
            ("title", "靖江市交通运输局2017年政府信息公开工作年度报告"),
            ("agency", "靖江市交通运输局"),
            ("report_year", "2017"),
        ],
    ),
    (
        "靖江市交通运输局政府信息公开\n工作年度报告\n(2017年度)\n\n一、概述\n认真做好公开工作。",
        &[
            ("title", "靖江市交通运输局政府信息公开工作年度报告(2017年度)"),
            ("agency", "靖江市交通运输局"),
            ("report_year", "2017"),
        ],
    ),
    (
        "靖江市交通运输局2017年政府信息公开年报_靖江市人民政府\n首页 > 政务公开 > 年报\n靖江市交通运输局2017年政府信息公开年报\n一、概述\n认真做好公开工作。",
        &[("title", "靖江市交通运输局2017年政府信息公开年报"), ("agency", "靖江市交通运输局")],
    ),
    // Metadata rows of many shapes.
    (
        "索 引 号: 330481-2018-00123    主题分类: 政府信息公开年报\n发布机构: 海宁市体育局    成文日期: 2018年02月28日\n名　　称: 海宁市体育局2017年政府信息公开工作年度报告\n文　　号: 海体〔2018〕9号    发布日期: 2018-03-05\n海宁市体育局2017年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[
            ("index_number", "330481-2018-00123"),
            ("category", "政府信息公开年报"),
            ("publisher", "海宁市体育局"),
            ("written_date", "2018-02-28"),
            ("document_number", "海体〔2018〕9号"),
            ("published", "2018-03-05"),
            ("agency", "海宁市体育局"),
        ],
    ),
    (
        "| 索引号 | 113304810025000000/2018-00001 | 公开方式 | 主动公开 |\n| 发文机关 | 海宁市体育局 | 发布日期 | 2018-03-05 |\n海宁市体育局2017年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[
            ("index_number", "113304810025000000/2018-00001"),
            ("publisher", "海宁市体育局"),
            ("published", "2018-03-05"),
        ],
    ),
    (
        "索引号:\n113304810025000000/2018-00001\n发布机构:\n海宁市体育局\n发布日期:\n2018-03-05\n文号:\n\n海宁市体育局2017年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[
            ("index_number", "113304810025000000/2018-00001"),
            ("publisher", "海宁市体育局"),
            ("published", "2018-03-05"),
            ("document_number", "-"),
        ],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n【来源:海宁市体育局】 【发布日期:2018-03-05】 【字号:大 中 小】 【打印】\n一、概述\n认真做好公开工作。",
        &[("source", "海宁市体育局"), ("published", "2018-03-05")],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n2018-03-05 10:20\n一、概述\n认真做好公开工作。",
        &[("published", "2018-03-05"), ("signed", "-")],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n(2018年3月5日)\n一、概述\n认真做好公开工作。",
        &[("published", "-"), ("signed", "2018-03-05")],
    ),
    // Dates that cannot be.
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n发布时间:2018-02-30\n一、概述\n认真做好公开工作。",
        &[("published", "2018-02-30"), ("finding", "date-impossible")],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n发布时间:2018-02-11\n一、概述\n认真做好公开工作。\n海宁市体育局\n2018年3月20日",
        &[("signed", "2018-03-20"), ("finding", "date-impossible")],
    ),
    // Years that disagree.
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n所列数据的统计期限自2016年1月1日起至2016年12月31日止。\n一、概述\n认真做好公开工作。",
        &[
            ("report_year", "2017"),
            ("period_start", "2016-01-01"),
            ("period_end", "2016-12-31"),
            ("finding", "year-conflict"),
        ],
    ),
    (
        "海宁市体育局政府信息公开工作年度报告\n所列数据的统计期限自2016年1月1日起至12月31日止。\n一、概述\n2017年,我局将继续努力。",
        &[("report_year", "2016"), ("period_end", "2016-12-31")],
    ),
    (
        "海宁市体育局政府信息公开工作年度报告\n一、概述\n2016年,我局认真落实《2015年政务公开要点》。2017年,我局将继续努力。",
        &[("report_year", "2016")],
    ),
    (
        "海宁市体育局政府信息公开工作年度报告\n一、概述\n数据见海体〔2016〕3号,于2016112日公开。",
        &[("report_year", "-"), ("finding", "year-missing")],
    ),
    // Shapes met in the open: the opening names the body in many ways.
    (
        "索引号 | /2013-17687 | 发布机构 | 区教育局 | ||\n成文日期 | 2013-02-20 00:00:00 | 公开方式 | 主动公开 |\n本年度报告汇总2012年度区教育局的政府信息公开年度报告编制而成。统计期限自2012年1月1日起至2012年12月31日止。\n一、概述\n我局认真做好公开工作。",
        &[
            ("index_number", "/2013-17687"),
            ("publisher", "区教育局"),
            ("written_date", "2013-02-20"),
            ("agency", "-"),
            ("report_year", "2012"),
            ("title", "-"),
        ],
    ),
    (
        "2018年建新镇政府信息公开工作年度报告\n作者:本站 | 来源:本站 | 时间:2019-01-18 点击数:- 分享到:\n特向社会公开2018年度建新镇政府信息公开年度报告。\n一、概述\n我镇认真做好公开工作。\n    遂溪县建新镇人民政府\n    2018年12月31日",
        &[
            ("agency", "遂溪县建新镇人民政府"),
            ("county", "遂溪县"),
            ("published", "2019-01-18"),
            ("signed", "2018-12-31"),
            ("source", "本站"),
        ],
    ),
    (
        "政府信息公开年报\n编制海安县雅周镇2014年政府信息公开工作年度报告。本报告涵盖2014年1月1日至12月31日期间的情况。\n一、概述\n认真做好公开工作。",
        &[
            ("agency", "海安县雅周镇人民政府"),
            ("county", "海安县"),
            ("report_year", "2014"),
            ("period_end", "2014-12-31"),
        ],
    ),
    (
        "政府信息公开年报\n本年报根据规定,由常熟市虞山镇党政办公室编制,时间跨度为2013年1月1日-12月31日。\n一 概 述\n认真做好公开工作。\n二 问 题\n还有差距。",
        &[("agency", "常熟市虞山镇人民政府"), ("report_year", "2013")],
    ),
    (
        "政府信息公开年报\n永嘉县林业局根据《中华人民共和国政府信息公开条例》,编制完成2013年政府信息公开工作年度报告。\n一、概述\n认真做好公开工作。",
        &[("agency", "永嘉县林业局"), ("report_year", "2013")],
    ),
    (
        "根据规定,国家税务总局珠海市税务局向社会公布本单位2020年政府信息公开工作年度报告。\n一、总体情况\n2020年,珠海市税务局认真做好公开工作。",
        &[("agency", "国家税务总局珠海市税务局"), ("city", "珠海市"), ("report_year", "2020")],
    ),
    (
        "本报告由南平市人民政府信息公开工作领导小组办公室根据《中华人民共和国政府信息公开条例》编制。统计时限自2012年1月1日至2012年12月31日。\n一、概述\n2012年的工作有序推进。",
        &[("agency", "南平市人民政府"), ("city", "南平市"), ("report_year", "2012")],
    ),
    (
        "海关总署(本级机关)2020年政府信息公开工作年度报告-某某登录\n您的位置:首页 > 政务公开 > 政府信息公开年报\n海关总署(本级机关)2020年政府信息公开工作年度报告\n一、总体情况\n认真做好公开工作。",
        &[("agency", "海关总署"), ("title", "海关总署(本级机关)2020年政府信息公开工作年度报告"), ("city", "-")],
    ),
    (
        "阿坝州人民政府办公室\n关于做好2017年政府信息公开工作年度报告\n编制和公布工作的通知\n\n发布时间:2020-06-29 10时59分\n字体:\n访问量:12\n分享到:\n各县(市)人民政府:\n现就有关事项通知如下。",
        &[("report_type", "notice"), ("agency", "阿坝州人民政府办公室"), ("published", "2020-06-29")],
    ),
    (
        "根据《中华人民共和国政府信息公开条例》的规定,我镇编制了本报告。所列数据的统计期限自2021年1月1日起至12月31日止。如有疑问,请与邹城市田黄镇人民政府联系(电话:0537-5770001)。\n一、总体情况\n认真做好公开工作。",
        &[("agency", "邹城市田黄镇人民政府"), ("county", "邹城市"), ("report_year", "2021")],
    ),
    (
        "本年度报告根据《条例》编制。如对本年度报告有任何疑问,请与鹿城区财政局办公室联系(电话:0577-88377166)。\n一、概述\n2021年区财政局共受理公开申请27件。\n二、问题\n还有差距。",
        &[("agency", "鹿城区财政局"), ("report_year", "2021")],
    ),
    (
        "一、总体情况\n2023年,我局的工作紧密结合本地实际。\n2023年度,洋县自然资源局共完成信息发布65条。\n二、依申请公开\n2023年,我局收到申请2件。",
        &[("agency", "洋县自然资源局"), ("county", "洋县"), ("report_year", "2023"), ("standing", "solved")],
    ),
    (
        "一、总体情况\n2023年,洋县自然资源局共完成信息发布65条。\n汉中市自然资源局共完成信息发布12条。\n二、依申请公开\n2023年,我局收到申请2件。",
        &[("agency", "-")],
    ),
    (
        "索 引 号: | ysx2251670/2021-0000073 | 主题分类: | 其他; |\n发文机关: | 沂水县卫生局 | 成文日期: | 2010-01-28 |\n发文字号: | 公文类型: | ||\n标 题: | 沂水县卫生局2009年政府信息公开工作年度报告 | ||\n沂水县卫生局2009年政府信息公开工作年度报告\n一、概述\n认真做好公开工作。",
        &[("agency", "沂水县卫生局"), ("document_number", "-"), ("written_date", "2010-01-28")],
    ),
    (
        "发布机构:鹿城区财政局\n发布日期:2015-01-20\n本年度报告根据《条例》编制。如对本年度报告有任何疑问,请与鹿城区人民政府办公室联系(电话:0577-88377166)。\n一、概述\n2014年,我局认真做好公开工作。",
        &[("agency", "鹿城区财政局")],
    ),
    (
        "索 引 号 | 014416330/2018-04736 | 分 类 | 政府信息公开年报 |\n发布机构 | 市政府办 | 发文日期 | 2018-02-28 |\n文 号 | 有 效 性 |\n现公布泰州市人民政府2017年政府信息公开工作年度报告。\n一、概述\n认真做好公开工作。",
        &[("agency", "泰州市人民政府"), ("index_number", "014416330/2018-04736"), ("document_number", "-")],
    ),
    // Metadata blocks: glued, one field a line with blank lines, a date without a label, a field that says nothing.
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n索 引 号：002592724/2018-00012主题分类：政务公开发布机构：海宁市体育局发布日期：2018-02-17文  号：无\n一、概述\n认真做好公开工作。",
        &[
            ("index_number", "002592724/2018-00012"),
            ("publisher", "海宁市体育局"),
            ("published", "2018-02-17"),
            ("document_number", "-"),
        ],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n索引号\n\n002592724/2018-00012\n\n发布机构\n\n海宁市体育局\n\n发布日期\n\n2018-02-17\n\n一、概述\n认真做好公开工作。",
        &[("index_number", "002592724/2018-00012"), ("publisher", "海宁市体育局"), ("published", "2018-02-17")],
    ),
    (
        "海宁市体育局2017年政府信息公开工作年度报告\n2018-02-17 09:30 来源： 海宁市政府办公室 浏览次数：139\n一、概述\n认真做好公开工作。",
        &[("source", "海宁市政府办公室"), ("published", "2018-02-17")],
    ),
    (
        "海宁市体育局政府信息公开工作年度报告（2017年1月1日—2017年12月31日）\n一、概述\n认真做好公开工作。",
        &[("title", "海宁市体育局政府信息公开工作年度报告（2017年1月1日—2017年12月31日）"), ("report_year", "2017")],
    ),
    // No table of places is complete: a name of the right shape is completed, and its clipped form is no other body.
    (
        "市水利局2019年政府信息公开工作年度报告\n索引号SH008-2020-0001 分类水利\n发布机构松河市水利局 发文日期2020-01-22\n一、总体情况\n认真做好公开工作。",
        &[("agency", "松河市水利局"), ("alias", "市水利局")],
    ),
    (
        "当前位置:首页 > 政务公开 > 市林业局 > 年报\n松河市林业局2019年政府信息公开工作年度报告\n一、总体情况\n认真做好公开工作。",
        &[("agency", "松河市林业局")],
    ),
    (
        "青石镇人民政府2019年政府信息公开工作年度报告\n发布机构:云岭县青石镇人民政府\n一、总体情况\n认真做好公开工作。",
        &[("agency", "云岭县青石镇人民政府"), ("alias", "青石镇人民政府")],
    ),
    // … but another function is another body.
    (
        "松河市林业局2019年政府信息公开工作年度报告\n发布机构:松河市水利局\n一、总体情况\n认真做好公开工作。",
        &[("agency", "松河市林业局"), ("finding", "agency-conflict")],
    ),
    // A school year counts as the year in which it ends.
    (
        "松河市师范大学2021-2022学年信息公开工作年度报告\n\n一、概述\n学校认真做好信息公开工作。",
        &[("title", "松河市师范大学2021-2022学年信息公开工作年度报告"), ("report_year", "2022")],
    ),
    // Kinds.
    (
        "海宁市体育局2017年政府信息公开工作情况统计表\n指标名称\n一、主动公开情况",
        &[("report_type", "statistics_table"), ("agency", "海宁市体育局")],
    ),
    (
        "关于报送2017年政府信息公开工作年度报告的通知\n各镇、街道:\n请于3月1日前报送。",
        &[("report_type", "notice"), ("agency", "-")],
    ),
    ("关于召开运动会的有关安排\n定于周五召开。", &[("report_type", "other"), ("agency", "-"), ("title", "-")]),
];

#[test]
fn small_reports_are_read_as_they_say() {
    let mut faults = Vec::new();
    for (text, wants) in REPORTS {
        let report = read(&draft(text));
        let mut head = head(&report);
        let standing =
            report.agency.standing.and_then(|s| serde_json::to_value(s).unwrap().as_str().map(str::to_owned));
        head.extend(standing.map(|s| ("standing", s)));
        let aliases = report.agency.value.as_ref().map(|a| a.aliases.clone()).unwrap_or_default();
        let codes: Vec<_> = report.findings.iter().map(|f| f.code.to_string()).collect();
        for (key, want) in *wants {
            let good = match *key {
                "finding" => codes.iter().any(|c| c == want),
                "alias" => aliases.iter().any(|a| a == want),
                key => head.get(key).map_or("-", String::as_str) == *want,
            };
            if !good {
                faults.push(format!(
                    "{}\n   {key} {want}, but {:?} {aliases:?} {codes:?}",
                    text.lines().next().unwrap(),
                    head.get(key)
                ));
            }
        }
        // Nothing is found fault with that is in order.
        let expected: Vec<_> = wants.iter().filter(|(k, _)| *k == "finding").map(|(_, v)| *v).collect();
        for code in codes.iter().filter(|c| !expected.contains(&c.as_str())) {
            if matches!(
                code.as_str(),
                "agency-conflict" | "date-impossible" | "year-conflict" | "heading-out-of-order" | "heading-duplicated"
            ) {
                faults.push(format!("{}\n   false finding {code}", text.lines().next().unwrap()));
            }
        }
    }
    assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
}

fn outline_of(text: &str) -> Vec<String> {
    read(&draft(text))
        .sections
        .iter()
        .filter(|s| s.level > 0)
        .map(|s| format!("{} {} {}", s.level, s.number, s.title))
        .collect()
}

#[test]
fn the_styles_of_ordinals_nest_as_a_document_uses_them() {
    let text = "一、概述\n有正文。\n(一)机构\n有正文。\n1.人员\n有正文。\n2.经费\n有正文。\n(二)制度\n有正文。\n二、公开\n1、网站。全年更新。\n2、报刊。全年更新。\n(1)日报。发行。";
    assert_eq!(
        outline_of(text),
        [
            "1 1 概述",
            "2 1.1 机构",
            "3 1.1.1 人员",
            "3 1.1.2 经费",
            "2 1.2 制度",
            "1 2 公开",
            "2 2.1 网站",
            "2 2.2 报刊",
            "3 2.2.1 日报"
        ]
    );
    let chapters = "第一部分 概述\n有正文。\n一、机构\n有正文。\n第二部分 公开情况\n有正文。\n一、网站\n有正文。";
    assert_eq!(outline_of(chapters), ["1 1 概述", "2 1.1 机构", "1 2 公开情况", "2 2.1 网站"]);
}

#[test]
fn items_of_lists_and_rows_are_no_sections() {
    let text = "一、问题\n主要有:\n1.公开的内容不够丰富,群众关心的信息还不多。\n2.公开的形式不够灵活,便民的手段还比较少。\n3.队伍的业务能力有待提高,培训的次数还不够。\n二、打算\n1.受理申请12件;\n2.答复申请12件;\n3.收费0元。\n三、其他\n1.5万条信息已公开。\n2018年公开信息。\n四、结转下年度继续办理\n0\n0\n3";
    assert_eq!(outline_of(text), ["1 1 问题", "1 2 打算", "1 3 其他"]);
    let rows = "一、公开情况\n正文。\n附表:\n1.网上申请数 条 18 120\n2.信函申请数 条 8\n3.申请总数 26";
    assert_eq!(outline_of(rows), ["1 1 公开情况"]);
}

#[test]
fn a_skipped_and_a_repeated_heading_are_told() {
    let codes = |text: &str| {
        read(&draft(text))
            .findings
            .iter()
            .map(|f| (f.code.to_string(), f.line))
            .filter(|f| f.0.starts_with("heading"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("一、概述\n正文。\n二、公开\n正文。\n四、问题\n正文。"),
        [("heading-out-of-order".to_owned(), Some(5))]
    );
    assert_eq!(codes("一、概述\n\n一、概述\n正文。\n二、公开\n正文。"), [("heading-duplicated".to_owned(), Some(3))]);
    assert!(
        codes("一、概述\n1、机构\n正文。\n2、人员\n正文。\n二、公开\n1、网站\n正文。\n三、问题\n正文。").is_empty()
    );
}

#[test]
fn headings_by_markup_and_by_statute_need_no_ordinal() {
    let mut marked = draft(
        "某县档案馆2019年政府信息公开工作年度报告\n总体情况\n有正文。\n工作亮点\n有正文。\n存在的主要问题及改进情况\n有正文。",
    );
    marked.headings = [(1, 1), (2, 2), (4, 3)].map(|(line, level)| Heading { line, level }).to_vec();
    let found: Vec<_> = read(&marked).sections.iter().map(|s| (s.level, s.title.clone(), s.line)).collect();
    let wanted = [
        (0, "某县档案馆2019年政府信息公开工作年度报告", 1),
        (1, "总体情况", 2),
        (2, "工作亮点", 4),
        (1, "存在的主要问题及改进情况", 6),
    ];
    assert_eq!(found, wanted.map(|(level, title, line)| (level, title.to_owned(), line)));
}

#[test]
fn what_the_publisher_says_wins_and_the_text_is_not_forgotten() {
    let mut curated =
        draft("泗阳县农业局2016年政府信息公开工作年度报告\n发布时间:2017-03-01\n一、概述\n认真做好公开工作。");
    curated.meta.agency = Some("泗阳县审计局".into());
    curated.meta.year = Some(2015);
    curated.meta.published = Some("2017-04-01".into());
    curated.meta.region = Some("320000".into());
    curated.meta.source_url = Some("http://www.siyang.gov.cn/x".into());
    let report = read(&curated);
    assert_eq!(report.agency.standing, Some(Standing::Curated));
    assert_eq!((report.agency.value.unwrap().name.as_str(), report.year.value), ("泗阳县审计局", Some(2015)));
    assert_eq!(report.region.value.unwrap().name, "江苏省");
    assert_eq!(report.dates.published.unwrap().value.as_deref(), Some("2017-04-01"));
    assert_eq!(report.original.provenance, Provenance::Official);
    let codes: Vec<_> = report.findings.iter().map(|f| f.code.as_ref()).collect();
    assert!(codes.contains(&"agency-conflict") && codes.contains(&"year-conflict"), "{codes:?}");
}

#[test]
fn aliases_of_the_site_lead_to_the_canonical_name_and_its_region() {
    let mut known = Known::default();
    known.aliases.insert("鼓楼区审计局".into(), "南京市鼓楼区审计局".into());
    known.regions.insert("南京市鼓楼区审计局".into(), "320106".into());
    let source = Source { path: "a/b.HTM".into(), bytes: Arc::from(&b"x"[..]), sidecar: None };
    let report = understand(&source, &draft("鼓楼区审计局2018年政府信息公开工作年度报告\n一、概述\n正文。"), &known);
    let agency = report.agency.value.unwrap();
    assert_eq!((agency.name.as_str(), agency.aliases), ("南京市鼓楼区审计局", vec!["鼓楼区审计局".to_owned()]));
    assert_eq!(report.region.value.unwrap().city.as_deref(), Some("南京市"));
    assert_eq!(report.original.copy, "original.html.txt");
    assert!(!report.findings.iter().any(|f| f.code == "region-ambiguous"));
}

#[test]
fn an_alias_without_a_place_does_not_rename_the_agency_of_another_city() {
    let mut known = Known::default();
    known.aliases.insert("市水利局".into(), "松河市水利局".into());
    let text = "2018年市水利局信息公开年报\n发布机构市水利局管理办公室 发文日期2019-02-11\n《黄石市水利局信息公开指南》已修订，市水利局公开信息12条。";
    let source = Source { path: "x.txt".into(), bytes: text.as_bytes().to_vec().into(), sidecar: None };
    let report = understand(&source, &draft(text), &known);
    let agency = report.agency.value.expect("it is named");
    assert!(agency.name.starts_with("黄石市水利局"), "{agency:?}");
}

#[test]
fn places_point_at_the_words_that_say_so() {
    let text = "南通市行政审批局2016年政府信息公开工作年度报告\n来源: 南通市行政审批局 发布时间:2017-03-01 13:55\n一、概述\n正文。";
    let report = read(&draft(text));
    let words = |at: Span| &text.split('\n').nth(at.line as usize - 1).unwrap()[at.start as usize..at.end as usize];
    assert_eq!(words(report.agency.at.unwrap()), "南通市行政审批局");
    assert_eq!(words(report.year.at.unwrap()), "2016");
    assert_eq!(words(report.source.name.unwrap().at.unwrap()), "南通市行政审批局");
    assert_eq!(words(report.dates.published.unwrap().at.unwrap()), "2017-03-01 13:55");
}

proptest::proptest! {
    /// Any heap of lines gives a report with a role for every line.
    #[test]
    fn nothing_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(vec![
        "南通市", "通州区", "市", "人民政府", "政府信息公开", "年度报告", "2016年", "二〇一九年", "(", ")", "（一）", "一、", "1.", "\n", "\n", " ", "\u{a0}", "。", ":", "索引号", "发布机构",
        "来源:", "2017-13-99", "99999999999年", "1月1日", "至", "|", ">", "打印", "局", "🏛", "é", "12", "-", "《", "》", "我区", "第十十章", "十",
    ]), 0..60)) {
        let text = parts.concat();
        let report = read(&draft(&text));
        proptest::prop_assert_eq!(report.lines.len(), text.split('\n').count());
    }
}

#[test]
fn a_report_run_together_on_one_line_still_has_sections() {
    let text = "永嘉县南城街道办事处2014年政府信息公开工作年度报告\n现公布年度报告。 一、概述 截至年底,工作有序推进,成效良好。 二、主动公开政府信息的情况 全年公开69条。 三、收费情况 没有收费。 四、存在的主要问题 一是重视不够。";
    assert_eq!(outline_of(text), ["1 1 概述", "1 2 主动公开政府信息的情况", "1 3 收费情况", "1 4 存在的主要问题"]);
}

#[test]
fn an_annual_report_without_its_tables_says_so() {
    let codes = |text: &str| -> Vec<String> {
        read(&draft(text)).findings.iter().map(|f| f.code.to_string()).filter(|c| c.starts_with("table-")).collect()
    };
    let attached = "兴化市林业局2023年政府信息公开工作年度报告\n正文及统计表见附件。\n附件:2023年年度报告.pdf";
    assert_eq!(codes(attached), ["table-missing"]);
    // Before 2019 a narrative was a report, and a notice never has the tables.
    assert!(codes(&attached.replace("2023", "2016")).is_empty());
    assert!(
        codes("松河市师范大学2021-2022学年信息公开工作年度报告\n\n一、概述\n学校认真做好信息公开工作。").is_empty()
    );
    assert!(codes("关于报送2022年政府信息公开工作年度报告的通知\n各镇、街道:\n请于1月31日前报送。").is_empty());
}
