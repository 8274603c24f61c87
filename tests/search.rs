//! The search index of a generated archive, asked through the script that readers run, against plain substring search.
//!
//! `NIANBAO_SEARCH_REPORTS=1000 cargo test --release --test search -- --nocapture` prints sizes and bytes a query;
//! `NIANBAO_MUTATED=100000` feeds the decoder so many mutated shards instead of 3,000.

#[path = "bench/archive.rs"]
mod archive;

use archive::About;
use nianbao::model::archive::Archive;
use nianbao::model::page::{Artifact, Sink};
use nianbao::model::report::{Role, TextLine};
use std::collections::BTreeMap;
use std::{fs, io, path::Path, process::Command};

/// A small generator of numbers: the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

const PLACES: [(&str, &str); 12] = [
    ("110108", "海淀区"),
    ("130481", "武安市"),
    ("150902", "集宁区"),
    ("320602", "崇川区"),
    ("320682", "如皋市"),
    ("330106", "西湖区"),
    ("350203", "思明区"),
    ("370102", "历下区"),
    ("410105", "金水区"),
    ("440305", "南山区"),
    ("510107", "武侯区"),
    ("610113", "雁塔区"),
];
const BUREAUS: [&str; 14] = [
    "教育局",
    "财政局",
    "生态环境局",
    "市场监督管理局",
    "人力资源和社会保障局",
    "卫生健康委员会",
    "政务服务中心",
    "信访局",
    "司法局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "人民政府办公室",
    "税务局",
];
const HEADINGS: [&str; 7] = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
    "（三）公开透明度和公开率",
];
const CLAUSES: [&str; 26] = [
    "本年度报告按照《中华人民共和国政府信息公开条例》的要求编制",
    "所列数据的统计期限自YEAR年1月1日起至12月31日止",
    "对照国办发〔2018〕23号文件逐项核对",
    "落实国办发〔2019〕40号文件",
    "依据政办发〔2016〕31号文件调整目录",
    "全年通过门户网站发布信息NUM条",
    "依申请公开办结NUM件",
    "办理依申请公开事项NUM件，均在期限内答复",
    "制发行政规范性文件NUM件",
    "行政规范性文件公开率为100%",
    "通过LED显示屏滚动播放政策NUM次",
    "开通12345政府公共服务热线",
    "推进“互联网+监管”和8+N清单",
    "占全部事项的30.4%",
    "政务公开工作领导小组召开会议NUM次",
    "行政诉讼NUM件，行政复议NUM件",
    "行政审批制度改革继续深入",
    "微信公众号等新媒体发布NUM条",
    "不予公开的NUM件均说明理由",
    "移动端APP注册用户NUM人",
    "渔业与碳排放数据按月公布",
    "营商环境满意度提高",
    "教育、财政、住房等重点领域信息应公开尽公开",
    "各镇政务服务中心设立查询点",
    "收到政府信息公开申请NUM件",
    "盟旗两级网上办事大厅互通，网办率NUM%",
];
const WORDS: [&str; 40] = [
    "信息", "公开", "政府", "工作", "单位", "群众", "服务", "审批", "条例", "培训", "机制", "监督", "完善", "推进",
    "加强", "发布", "平台", "政策", "解读", "回应", "关切", "社会", "年报", "表", "统计", "公报", "目录", "指南",
    "渠道", "建设", "规范", "保密", "审查", "制度", "责任", "考核", "内容", "及时", "准确", "全面",
];

fn made(number: usize) -> (About, Vec<TextLine>) {
    let mut dice = Dice(number as u64 * 7919 + 17);
    for _ in 0..4 {
        dice.roll(2);
    }
    let spread = number % (PLACES.len() * BUREAUS.len());
    let (place, bureau) = (spread / BUREAUS.len(), spread % BUREAUS.len());
    let year = 2023 - (number / (PLACES.len() * BUREAUS.len())) as u16 % 14;
    let name = format!("{}{}", PLACES[place].1, BUREAUS[bureau]);
    let title = format!("{name}{year}年政府信息公开工作年度报告");
    let mut lines: Vec<(Role, String)> = vec![
        (Role::Chrome, "首页 打印本页".into()),
        (Role::Title, title.clone()),
        (Role::Meta, format!("索引号：{:06}/{year}-{:05} 来源：{name}", dice.roll(999_999), dice.roll(99_999))),
        (Role::Blank, String::new()),
    ];
    for heading in HEADINGS {
        if dice.roll(6) == 0 {
            continue;
        }
        lines.push((Role::Heading, heading.into()));
        for _ in 0..1 + dice.roll(4) {
            let mut line = String::new();
            for _ in 0..1 + dice.roll(5) {
                match dice.roll(10) {
                    0..=5 => {
                        let clause = dice.pick(&CLAUSES).replace("YEAR", &year.to_string());
                        line.push_str(&clause.replace("NUM", &(dice.roll(9_000) + 1).to_string()));
                    }
                    6 => line.push_str(&format!("{}{}", PLACES[dice.roll(PLACES.len())].1, dice.pick(&BUREAUS))),
                    // Any two characters of the plane's middle: the long tail of rare pairs.
                    7 => (0..4).for_each(|_| line.extend(char::from_u32(0x4e00 + dice.roll(3_000) as u32))),
                    _ => (0..4 + dice.roll(8)).for_each(|_| line.push_str(dice.pick(&WORDS))),
                }
                line.push_str(dice.pick(&["，", "。", "；", "、", "，"]));
            }
            lines.push((Role::Prose, line));
        }
        for _ in 0..dice.roll(3) * 7 {
            lines.push((Role::Table, dice.roll(3_000).to_string()));
        }
    }
    let lines = lines.into_iter().zip(1..).map(|((role, text), no)| TextLine { no, role, text }).collect();
    let agency = format!("a{place:02}-b{bureau:02}");
    let id = format!("{agency}-{year}-{number}");
    (About { id, title, agency: (agency, name), region: PLACES[place].0.into(), year }, lines)
}

/// So many lines of each report are left.
const ALL: usize = usize::MAX;
const FEW: usize = 7;

fn archive(reports: usize, lines: usize) -> Archive {
    edited(reports, lines, reports)
}

/// The archive in which one sentence of report `changed` reads otherwise.
fn edited(reports: usize, left: usize, changed: usize) -> Archive {
    let lines = move |number| {
        let mut lines = made(number).1;
        lines.truncate(left);
        let long = lines.iter_mut().max_by_key(|line| line.text.len());
        if let Some(line) = long.filter(|_| number == changed) {
            let other = "，并于本年度内按期公布了移动端APP的注册情况与8+N清单，";
            line.text = line.text.replacen(['，', '。', '；', '、'], other, 1);
        }
        lines
    };
    archive::archive((0..reports).map(|number| made(number).0).collect(), lines)
}

#[derive(Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl Sink for Memory {
    fn put(&mut self, artifact: Artifact) -> io::Result<()> {
        let again = self.0.insert(artifact.path.clone(), artifact.bytes);
        assert!(again.is_none(), "{} written twice", artifact.path);
        Ok(())
    }
}

fn written(archive: &Archive) -> BTreeMap<String, Vec<u8>> {
    let mut memory = Memory::default();
    nianbao::search::write(archive, &mut memory).expect("memory is never full");
    memory.0
}

fn searched(archive: &Archive, place: usize) -> Vec<String> {
    let card = &archive.entries[place].card;
    let agency = card.agency.as_ref().map(|agency| agency.name.clone());
    let lines = (archive.body)(place).lines.into_iter().filter(|line| line.role != Role::Blank).map(|line| line.text);
    std::iter::once(card.title.clone()).chain(agency).chain(lines).collect()
}

fn save(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

/// Writes an archive, and beside it what it is after an edit of one report, and has the script's tests run over them: those
/// whose names match.
fn ask(reports: usize, lines: usize, names: &str) {
    let started = std::time::Instant::now();
    let files = written(&archive(reports, lines));
    let took = started.elapsed();
    assert_eq!(reports >= 2_048, files.keys().any(|path| path.contains("/briefs/")), "many reports make long lists");
    let documents = documents(reports, lines, reports);
    let size =
        |part: &str| files.iter().filter(|(path, _)| path.contains(part)).map(|(_, bytes)| bytes.len()).sum::<usize>();
    let shards = ["/heads/", "/briefs/", "/tails/"];
    let text: usize = documents.iter().flat_map(|(_, lines)| lines).map(String::len).sum();
    eprintln!(
        "{reports} reports, {text} bytes of text: index {:.3} of it ({} shards), text files {:.3}, others {}, in {took:.1?}",
        shards.map(size).iter().sum::<usize>() as f64 / text as f64,
        files.keys().filter(|path| shards.iter().any(|part| path.contains(part))).count(),
        size("/texts/") as f64 / text as f64,
        size("/docs/") + size("facets-") + size("agencies-") + size("hant-") + size("prefix-") + size("root.json"),
    );
    let folder = tempfile::tempdir().expect("a folder");
    save(&files, folder.path());
    let plain = |documents: &[(String, Vec<String>)]| serde_json::to_vec(documents).expect("plain data");
    fs::write(folder.path().join("documents.json"), plain(&documents)).expect("a file");
    let changed = reports * 2 / 3;
    let now = self::documents(reports, lines, changed);
    let place = (0..reports).find(|place| now[*place] != documents[*place]).expect("one is changed");
    let edited_folder = folder.path().join(format!("edited/{place}"));
    save(&written(&edited(reports, lines, changed)), &edited_folder);
    fs::write(edited_folder.join("documents.json"), plain(&now[place..=place])).expect("a file");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/search.test.mjs");
    let names = format!("--test-name-pattern={names}");
    match Command::new("node").args(["--test", &names]).arg(script).env("SEARCH_FIXTURE", folder.path()).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            eprintln!("{said}");
            assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(error) => eprintln!("SKIPPED: node does not run here: {error}"),
    }
}

/// The address of each report and what is found in it.
fn documents(reports: usize, lines: usize, changed: usize) -> Vec<(String, Vec<String>)> {
    let archive = edited(reports, lines, changed);
    (0..reports).map(|place| (archive.entries[place].card.url.clone(), searched(&archive, place))).collect()
}

#[test]
fn the_script_finds_exactly_what_stands_in_the_reports() {
    ask(std::env::var("NIANBAO_SEARCH_REPORTS").ok().and_then(|n| n.parse().ok()).unwrap_or(400), ALL, ".");
}

#[test]
fn the_script_finds_exactly_what_stands_in_many_reports() {
    ask(2_500, FEW, "^(every query|substrings|strings put|an edit|a decoder)");
}

#[test]
fn threads_do_not_change_the_index() {
    let archive = archive(60, ALL);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let files = one.install(|| written(&archive));
    assert_eq!(files, written(&archive));
    assert!(files.keys().all(|path| path.starts_with("search/") && !path.split('/').any(|part| part.starts_with('.'))));
}

#[test]
fn an_archive_without_reports_has_an_index() {
    let files = written(&archive(0, ALL));
    assert!(files.contains_key("search/root.json"));
}
