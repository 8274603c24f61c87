//! Truth: the hand-labelled reports, when they are beside the checkout, and reports written for the purpose.
use super::*;
use crate::model::report::Kind;
use crate::model::source::{Line, Script};
use crate::model::value::Standing;
use serde_json::Value;
use std::path::PathBuf;

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
                .map(|l| serde_json::from_str::<Value>(l).unwrap()["expected"].as_str().unwrap().to_owned())
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
    let of = |k: &Option<crate::model::report::Known<String>>| k.as_ref().and_then(|k| k.value.clone());
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
    put("report_type", Some(serde_json::to_value(report.kind).unwrap().as_str().unwrap().to_owned()));
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

#[test]
fn the_outlines_of_the_labelled_reports_are_read() {
    for number in ["000", "002", "003"] {
        let (Some(gold), Some(draft)) = (shared(&format!("gold/{number}.json")), seed(number)) else { return };
        let gold: Value = serde_json::from_str(&gold).unwrap();
        // The lines of tables, as the forms claim them.
        let rows = gold["not_headings"].as_array().unwrap().iter().map(|n| n["line"].as_u64().unwrap() as usize - 1);
        let claimed: BTreeSet<usize> = rows.collect();
        let first = roles::read(&draft);
        let mut roles = first.roles.clone();
        for &i in &claimed {
            roles[i] = Role::Table;
        }
        let mut sections = outline::read(&draft, &roles, &claimed).sections;
        if let Some(title) = first.title {
            sections.insert(0, Section { level: 0, number: String::new(), title: title.text, line: title.at.line });
        }
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
fn show_unlabelled() {
    for number in ["001", "004"] {
        let Some(draft) = seed(number) else { return };
        let report = read(&draft);
        eprintln!("{number} {:#?} {:?} {:?}", head(&report), report.agency, report.region);
        for s in &report.sections {
            eprintln!("{:?}", s);
        }
        for f in &report.findings {
            eprintln!("{} {:?} {}", f.code, f.line, f.message);
        }
        for l in &report.lines {
            eprintln!("{:?} {} {}", l.role, l.no, l.text.chars().take(30).collect::<String>());
        }
    }
    let Some(draft) = seed("003") else { return };
    let report = read(&draft);
    for s in &report.sections {
        eprintln!("{:?}", s);
    }
    for f in &report.findings {
        eprintln!("{} {:?} {}", f.code, f.line, f.message);
    }
    let _ = (Kind::Other, Standing::Printed);
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
    ("恩施土家族苗族自治州卫生健康委员会2019年政府信息公开工作年度报告", "恩施土家族苗族自治州卫生健康委员会", 2019, "422800"),
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
    ("中共泰州市委机构编制委员会办公室2020年政府信息公开工作年度报告", "中共泰州市委机构编制委员会办公室", 2020, "321200"),
    ("阿拉善盟行政公署2013年政府信息公开工作年度报告", "阿拉善盟行政公署", 2013, "152900"),
    ("新疆生产建设兵团第八师石河子市教育局2021年政府信息公开工作年度报告", "新疆生产建设兵团第八师石河子市教育局", 2021, "659001"),
    ("2020年度金堂县官仓街道办事处政府信息主动公开工作年度报告", "金堂县官仓街道办事处", 2020, "510121"),
    ("舟山市普陀区六横管理委员会2011年度政府信息公开工作年度报告", "舟山市普陀区六横管理委员会", 2011, "330903"),
    ("深圳市市场监督管理局2019年政府信息公开工作年度报告", "深圳市市场监督管理局", 2019, "440300"),
    ("2016年度广东省东莞市长安镇政府信息公开年度报告", "广东省东莞市长安镇人民政府", 2016, "441900"),
];

#[test]
fn titles_say_who_and_when() {
    let mut faults = Vec::new();
    for (title, agency, year, code) in TITLES {
        let text = format!("{title}\n\n一、概述\n{year}年,认真贯彻《中华人民共和国政府信息公开条例》,主动公开各类信息。\n二、主动公开情况\n公开信息12条。");
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
