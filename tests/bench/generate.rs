//! Annual reports by the thousand: report `i` is a function of `i` alone, so that 1,000 reports are the first 1,000 of 10,000.
//!
//! The mix is that of a real archive: agencies all over the country, seventeen years each; the statutory tables of 2014, 2019 and
//! 2021 flattened, in pipes, in Markdown and in HTML, figures in sentences before that; 3 % Traditional with pinyin annotations,
//! 2 % with a table that does not add up. The sentences are made up of clauses, with the names of real places for variety.

use nianbao::model::form::{Axis, Form, FormTable};
use pinyin::ToPinyin;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// One file of the content folder.
pub struct File {
    /// Path below `content/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// What all reports are made of.
pub struct Generator {
    /// Name with the names above it, the province, and the region code.
    places: Vec<(String, String, String)>,
    forms: Arc<Vec<Form>>,
    traditional: BTreeMap<char, char>,
}

const YEARS: usize = 17;
const NEWEST: usize = 2024;

const ORGANS: &str = "人民政府 水利局 教育局 财政局 民政局 司法局 审计局 卫生健康委员会 市场监督管理局 \
    自然资源局 交通运输局 农业农村局 人力资源和社会保障局 住房和城乡建设局 文化和旅游局 \
    应急管理局 统计局 林业局";
const WHO: &str = "本机关 办公室 信息公开领导小组 各业务科室 政务服务窗口 下属单位 档案管理人员 值班人员 \
    法规部门 网站编辑小组 镇村两级工作人员 热线座席 窗口负责人 分管负责同志 联络员队伍";
const HOW: &str = "按季度 逐条 会同档案馆 在规定时限内 依照条例 对照清单 以问题为导向 结合年度考核 \
    借助数据平台 经集体讨论后 邀请群众代表 通过公开栏 利用赶集日 委托第三方 分批次 先易后难地 \
    每周一";
const DOES: &str = "梳理了 核对了 发布了 更新了 解读了 修订了 归集了 答复了 清理了 抽查了 移交了 汇编了 \
    校正了 完善了 评估了 公示了 登记了 培训了";
const WHAT: &str = "河道采砂许可目录 学校招生划片方案 困难家庭救助名单 道路养护计划 预算执行说明 \
    饮用水水质监测表 公共租赁住房分配结果 农机购置补贴台账 食品抽检通报 消防隐患整改清单 \
    医疗机构校验公告 林地占用审核意见 产业园区规划环评 退役军人安置办法 公交线路调整方案 \
    文物保护单位名录 企业年报抽查结果 粮食收购价格信息 防汛应急预案 历史建筑修缮工程 \
    行政执法流程图 集体土地征收公告 老旧小区改造进度 村级财务明细 政府采购合同 事业单位招聘成绩 \
    价格听证会纪要 旅游市场投诉统计 残疾人就业保障金使用情况 城市绿地养护标准 殡葬服务收费表 \
    气象灾害预警渠道 水库移民扶持资金 法律援助案件材料";
const THUS: &str = "方便了群众查询 回应了社会关切 减少了重复申请 缩短了办理时间 受到来访者好评 \
    为下一年度打下基础 仍有少数栏目更新偏慢 个别答复文书不够规范 与往年相比更加及时 \
    尚需在深度上再下功夫 形成了可以复制的做法 消除了积压 使底数更加清楚";
const CLOSING: &str = "公开内容与群众需求之间还有距离 基层人员流动较快，业务不够熟练 解读形式偏于单一 \
    部分历史文件尚未数字化 栏目之间存在交叉 依申请公开的说理还不够充分";
/// Characters that a broken copy annotates wherever they stand.
const ANNOTATED: &str = "區縣鄉鎮審檔錄監標類覽顯";

/// A small reproducible source of chance (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// One word of a list.
    fn pick<'a>(&mut self, list: &'a str) -> &'a str {
        let at = self.below(list.split(' ').count());
        list.split(' ').nth(at).expect("below the count")
    }
}

/// How a table is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Flat,
    Pipes,
    Markdown,
    Html,
}

/// One report on its way.
struct Draft<'a> {
    generator: &'a Generator,
    chance: Chance,
    agency: usize,
    name: String,
    year: usize,
    layout: Layout,
    /// The report's place in the archive decides what is wrong with it, so that the shares are exact.
    broken: bool,
    out: String,
}

impl Generator {
    /// Reads the tables it draws from.
    pub fn new() -> Generator {
        let rows: Vec<Vec<&str>> =
            include_str!("../../src/understand/places.tsv").lines().map(|line| line.split('\t').collect()).collect();
        let names: BTreeMap<&str, &str> = rows.iter().map(|row| (row[0], row[1])).collect();
        let above = |code: &str, digits: usize| *names.get(format!("{:0<6}", &code[..digits]).as_str()).unwrap_or(&"");
        let there = |row: &&Vec<&str>| !row[0].ends_with("00") && row[2..].iter().all(|bound| bound.is_empty());
        let place = |row: &Vec<&str>| {
            (format!("{}{}", above(row[0], 4), row[1]), above(row[0], 2).to_owned(), row[0].to_owned())
        };
        let places = rows.iter().filter(there).map(place).collect();

        let pairs: Vec<char> =
            include_str!("../../src/search/hant.txt").lines().next().unwrap_or_default().chars().collect();
        let mut traditional: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for pair in pairs.chunks_exact(2).filter(|pair| pair[0] != pair[1]) {
            traditional.entry(pair[1]).or_default().push(pair[0]);
        }
        let traditional = traditional
            .into_iter()
            .filter(|(_, all)| all.len() == 1)
            .map(|(simplified, all)| (simplified, all[0]))
            .collect();
        Generator { places, forms: nianbao::understand::forms(), traditional }
    }

    /// Whose report `index` is: the number of the agency, its name and region code, and the year.
    pub fn about(&self, index: usize) -> (usize, String, &str, usize) {
        let (agency, count) = (index / YEARS, self.places.len());
        let (place, _, code) = &self.places[agency * 997 % count];
        let organs: Vec<&str> = ORGANS.split(' ').collect();
        let name = format!("{place}{}", organs[(agency + agency / count) % organs.len()]);
        (agency, name, code, NEWEST - index % YEARS)
    }

    /// Report `index` of the archive.
    pub fn report(&self, index: usize) -> File {
        let (agency, name, _, year) = self.about(index);
        let province = &self.places[agency * 997 % self.places.len()].1;
        let mut chance = Chance(index as u64 + 1);
        let layout = [Layout::Flat, Layout::Flat, Layout::Pipes, Layout::Markdown, Layout::Html][chance.below(5)];
        let traditional = index % 100 % 33 == 7;
        let layout = if traditional { Layout::Flat } else { layout };
        let broken = index % 50 == 3;
        let draft = Draft { generator: self, chance, agency, name, year, layout, broken, out: String::new() };
        let path = format!("{province}/{}/{year}.{}", draft.name, layout.extension());
        let text = draft.write();
        File { path, text: if traditional { self.pollute(&text) } else { text } }
    }

    /// The text in Traditional characters, some of them annotated wherever they stand.
    fn pollute(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for c in text.chars() {
            let c = self.traditional.get(&c).copied().unwrap_or(c);
            out.push(c);
            if let Some(reading) = c.to_pinyin().filter(|_| ANNOTATED.contains(c)) {
                let _ = write!(out, "({})", reading.with_tone());
            }
        }
        out
    }
}

impl Layout {
    fn extension(self) -> &'static str {
        match self {
            Layout::Flat | Layout::Pipes => "txt",
            Layout::Markdown => "md",
            Layout::Html => "html",
        }
    }
}

impl Draft<'_> {
    fn write(mut self) -> String {
        let (name, year) = (self.name.clone(), self.year);
        let title = format!("{name}{year}年政府信息公开工作年度报告");
        let day = format!("{}-0{}-{:02}", year + 1, 1 + self.chance.below(3), 1 + self.chance.below(28));
        match self.layout {
            Layout::Html => {
                let _ = write!(
                    self.out,
                    "<!DOCTYPE html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>来源：{name} 发布时间：{day}</p>\n"
                );
            }
            Layout::Markdown => {
                let _ = write!(self.out, "# {title}\n\n来源：{name} 发布时间：{day}\n\n");
            }
            _ => {
                let _ =
                    write!(self.out, "{title}\n来源: {name} 发布时间:{day} 09:30 累计次数: 字体:[ 大 中 小 ]\n\n \n\n");
            }
        }
        self.paragraph(&format!(
            "根据《中华人民共和国政府信息公开条例》，{name}编制{year}年政府信息公开工作年度报告。"
        ));
        self.heading("一、总体情况");
        let body = 3 + self.chance.below(11);
        self.prose(body);
        if year < 2014 {
            self.figures();
        } else if year < 2019 {
            self.heading("二、政府信息公开情况统计表");
            self.tables("2014");
        } else {
            self.heading("二、主动公开政府信息情况");
            self.tables(if year < 2021 { "2019" } else { "2021" });
        }
        self.heading("五、存在的主要问题及改进情况");
        let problem = self.chance.pick(CLOSING);
        self.paragraph(&format!("{year}年，{problem}。下一年将有针对性地加以改进。"));
        self.heading("六、其他需要报告的事项");
        self.paragraph("无其他需要报告的事项。");
        if self.layout == Layout::Html {
            self.out.push_str("</body></html>\n");
        }
        self.out
    }

    fn heading(&mut self, text: &str) {
        let _ = match self.layout {
            Layout::Html => writeln!(self.out, "<h2>{text}</h2>"),
            Layout::Markdown => write!(self.out, "## {text}\n\n"),
            _ => write!(self.out, "{text}\n\n"),
        };
    }

    fn paragraph(&mut self, text: &str) {
        let _ = match self.layout {
            Layout::Html => writeln!(self.out, "<p>{text}</p>"),
            _ => write!(self.out, "{text}\n\n"),
        };
    }

    fn prose(&mut self, paragraphs: usize) {
        for _ in 0..paragraphs {
            let mut text = String::new();
            for _ in 0..4 + self.chance.below(4) {
                let chance = &mut self.chance;
                let (who, how, does) = (chance.pick(WHO), chance.pick(HOW), chance.pick(DOES));
                let (what, thus, n) = (chance.pick(WHAT), chance.pick(THUS), 2 + chance.below(900));
                let place = &self.generator.places[chance.below(self.generator.places.len())].0;
                let _ = match chance.below(4) {
                    0 => write!(text, "{who}{how}{does}{what}{n}份，{thus}。"),
                    1 => write!(text, "在{place}交流期间，{who}{does}{what}，{thus}。"),
                    2 => write!(text, "{how}，{who}{does}{n}项{what}，其中第{}项经{place}复核，{thus}。", 1 + n / 3),
                    _ => write!(text, "{who}{does}{what}，{thus}。"),
                };
            }
            self.paragraph(&text);
        }
    }

    /// What reports said before there was a form.
    fn figures(&mut self) {
        let (year, chance) = (self.year, &mut self.chance);
        let (total, received) = (200 + chance.below(4000), chance.below(60));
        let (site, granted) = (total - chance.below(100), received - received / 4);
        self.heading("二、主动公开政府信息情况");
        self.paragraph(&format!("{year}年，本机关共主动公开政府信息{total}条，其中通过政府网站公开{site}条。"));
        self.heading("三、依申请公开政府信息情况");
        self.paragraph(&format!(
            "{year}年，本机关共收到政府信息公开申请{received}件，同意公开{granted}件，不予公开{}件。",
            received - granted
        ));
        self.heading("四、复议和诉讼情况");
        self.paragraph(&format!("{year}年，未发生因政府信息公开被申请行政复议、提起行政诉讼的情况。"));
    }

    fn tables(&mut self, form: &str) {
        let forms = Arc::clone(&self.generator.forms);
        let form = forms.iter().find(|f| f.id == form).expect("the three national forms are there");
        for table in &form.tables {
            match table.id.as_ref() {
                "requests" => self.heading("三、收到和处理政府信息公开申请情况"),
                "review_and_litigation" => self.heading("四、政府信息公开行政复议、行政诉讼情况"),
                _ => {}
            }
            let mut values = self.values(table);
            if self.broken && !table.identities.is_empty() {
                let last = values[0].len() - 1;
                let row = table.rows.iter().position(|r| !r.header).expect("a form has figures");
                values[row][last] += 3;
            }
            self.table(table, &values);
        }
    }

    /// Cases an agency carries over into the next year: the reports of two years say the same of them.
    fn carried(&self, year: usize) -> u64 {
        Chance((self.agency * 10_000 + year) as u64).next() % 5
    }

    /// Figures that keep the identities of the table, most of them zero as in real reports.
    fn values(&mut self, table: &FormTable) -> Vec<Vec<u64>> {
        let width = table.columns.len();
        let requests = table.id == "requests";
        let mut values: Vec<Vec<u64>> = Vec::new();
        for _ in &table.rows {
            let figure = |column: usize| match self.chance.below(if requests { 3 + 3 * column } else { 2 }) {
                0 => self.chance.below(40) as u64,
                _ => 0,
            };
            values.push((0..width).map(figure).collect());
        }
        let row = |id: &str| table.rows.iter().position(|r| r.id == id).expect("an identity names rows");
        let column = |id: &str| table.columns.iter().position(|c| c.id == id).expect("an identity names columns");
        // Inner sums first, then the sums they go into, then the balance.
        let mut identities: Vec<_> = table.identities.iter().collect();
        identities.sort_by_key(|i| (i.per == Axis::Row, i.id == "flow_balance", i.id == "replies_by_outcome"));
        for identity in identities {
            for over in &identity.over {
                if identity.per == Axis::Row {
                    let r = row(over);
                    values[r][column(&identity.right[0])] = identity.left.iter().map(|c| values[r][column(c)]).sum();
                    continue;
                }
                let c = column(over);
                if identity.id == "flow_balance" {
                    let first = u64::from(c == 0);
                    let (came, left) = (first * self.carried(self.year - 1), first * self.carried(self.year));
                    let (granted, total) = (row("granted"), row("results_total"));
                    values[granted][c] += came;
                    values[total][c] += came;
                    values[row("carried_in")][c] = came;
                    values[row("carried_out")][c] = left;
                    values[row("new_requests")][c] = values[total][c] + left - came;
                } else {
                    values[row(&identity.right[0])][c] = identity.left.iter().map(|r| values[row(r)][c]).sum();
                }
            }
        }
        values
    }

    fn table(&mut self, table: &FormTable, values: &[Vec<u64>]) {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let labels = table.columns.iter().map(|c| c.label.clone());
        rows.push(match table.id.as_ref() {
            "disclosure_statistics" => vec!["统计指标".into(), "单位".into(), "统计数".into()],
            "review_and_litigation" => labels.collect(),
            "requests" => std::iter::once("申请人情况".to_owned()).chain(labels).collect(),
            _ => {
                if let Some(anchor) = table.anchors.first() {
                    self.paragraph(anchor);
                }
                std::iter::once("信息内容".to_owned()).chain(labels).collect()
            }
        });
        for (row, values) in table.rows.iter().zip(values) {
            let mut cells = Vec::new();
            if !row.label.is_empty() {
                cells.push(row.label.clone());
            }
            if table.id == "disclosure_statistics" {
                cells.push(row.unit.as_ref().map_or("——".to_owned(), |unit| unit.to_string()));
            }
            let figure = |v: &u64| if row.header { String::new() } else { v.to_string() };
            cells.extend(values.iter().map(figure));
            rows.push(cells);
        }
        for (index, cells) in rows.iter().enumerate() {
            let out = &mut self.out;
            let _ = match self.layout {
                Layout::Flat => {
                    cells.iter().try_for_each(|cell| out.write_str(cell).and_then(|()| out.write_str("\n\n")))
                }
                Layout::Pipes => writeln!(out, "{} |", cells.join(" | ")),
                Layout::Markdown if index == 0 => {
                    writeln!(out, "| {} |\n|{}", cells.join(" | "), " --- |".repeat(cells.len()))
                }
                Layout::Markdown => writeln!(out, "| {} |", cells.join(" | ")),
                Layout::Html => writeln!(
                    out,
                    "{}<tr><td>{}</td></tr>{}",
                    if index == 0 { "<table>" } else { "" },
                    cells.join("</td><td>"),
                    if index + 1 == rows.len() { "</table>" } else { "" }
                ),
            };
        }
        self.out.push('\n');
    }
}
