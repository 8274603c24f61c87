//! The administrative divisions by name and code, and which of them a text means.
//!
//! In: text. Out: mentions with their candidate divisions, and a [`Place`] once one candidate is left. The table is `places.tsv`
//! (written by `places.mjs`, GB/T 2260 revisions and the divisions in force). Must never choose between places of one name
//! without evidence in the text.

use crate::model::report::Place;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Six digits.
    pub code: &'static str,
    /// Full name.
    pub name: &'static str,
    from: u16,
    to: u16,
}

/// A place named in a text: bytes `start..end` and every division that goes by the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Divisions of that name, narrowed by a parent named right before.
    pub candidates: Vec<&'static Division>,
}

struct Table {
    rows: Vec<Division>,
    by_name: HashMap<String, Vec<usize>>,
    by_code: HashMap<&'static str, Vec<usize>>,
}

/// Names of the peoples in the names of autonomous prefectures and counties, dropped in common use (恩施州).
const PEOPLES: &str = "蒙古族 蒙古 回族 藏族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 \
    哈萨克族 哈萨克 傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜 土族 达斡尔族 \
    达斡尔 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯 塔吉克 怒族 鄂温克族 保安族 裕固族 独龙族 \
    鄂伦春 各族 普米族";

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { rows: Vec::new(), by_name: HashMap::new(), by_code: HashMap::new() };
    for line in include_str!("places.tsv").lines() {
        let mut fields = line.split('\t');
        let (Some(code), Some(name)) = (fields.next(), fields.next()) else { continue };
        let mut year = |empty| fields.next().and_then(|y| y.parse().ok()).unwrap_or(empty);
        let (from, to) = (year(0), year(u16::MAX));
        let index = table.rows.len();
        table.rows.push(Division { code, name, from, to });
        table.by_code.entry(code).or_default().push(index);
        table.by_name.entry(name.to_owned()).or_default().push(index);
        if let Some(short) = common_name(name) {
            table.by_name.entry(short).or_default().push(index);
        }
    }
    table
});

/// 恩施土家族苗族自治州 → 恩施州; none for a name that has no such form.
fn common_name(name: &str) -> Option<String> {
    let (suffix, kind) =
        [("自治州", "州"), ("自治县", "县"), ("自治旗", "旗")].into_iter().find(|(s, _)| name.ends_with(s))?;
    let mut stem = name.strip_suffix(suffix)?;
    while let Some(shorter) = PEOPLES.split(' ').find_map(|people| stem.strip_suffix(people)) {
        stem = shorter;
    }
    (stem.chars().count() >= 2).then(|| format!("{stem}{kind}"))
}

impl Division {
    /// Depth: 1 province, 2 city, 3 county.
    pub fn level(&self) -> u8 {
        match (self.code.ends_with("0000"), self.code.ends_with("00")) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 3,
        }
    }

    /// The name without 省, 市 or 地区, when that leaves two characters or more: what a text calls it in passing.
    pub fn short(&self) -> &'static str {
        const SUFFIXES: &[&str] =
            &["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "地区", "省", "市", "盟"];
        let cut = SUFFIXES.iter().find_map(|s| self.name.strip_suffix(s)).unwrap_or(self.name);
        if cut.chars().count() >= 2 { cut } else { self.name }
    }

    /// Whether it is one with or lies within `other`.
    fn within(&self, other: &Division) -> bool {
        match other.level() {
            1 => self.code[..2] == other.code[..2],
            2 => self.code[..4] == other.code[..4],
            _ => self.code == other.code,
        }
    }

    /// Whether it existed in the year, give or take one: revisions are dated, names outlive them.
    fn valid(&self, year: Option<u16>) -> bool {
        year.is_none_or(|y| y + 1 >= self.from && y <= self.to.saturating_add(1))
    }
}

/// The divisions with a code, oldest first: one code may have had several names.
fn of_code(code: &str) -> impl Iterator<Item = &'static Division> {
    TABLE.by_code.get(code).into_iter().flatten().map(|&i| &TABLE.rows[i])
}

/// The division of a code, by the name it had in the year.
fn division(code: &str, year: Option<u16>) -> Option<&'static Division> {
    of_code(code).find(|d| d.valid(year)).or_else(|| of_code(code).last())
}

/// Every division that goes by a full name.
pub fn named(name: &str) -> Vec<&'static Division> {
    TABLE.by_name.get(name).into_iter().flatten().map(|&i| &TABLE.rows[i]).collect()
}

/// The place of a six-digit code, if the table has it.
pub fn by_code(code: &str, year: Option<u16>) -> Option<Place> {
    division(code, year).map(|d| place(d, year))
}

/// A division with its parents, named as in the year.
pub fn place(division_: &Division, year: Option<u16>) -> Place {
    let parent = |keep: usize| {
        let code = format!("{:0<6}", &division_.code[..keep]);
        division(&code, year).map(|d| d.name.to_owned())
    };
    let own = Some(division_.name.to_owned());
    let (province, city, county) = match division_.level() {
        1 => (own, None, None),
        2 => (parent(2), own, None),
        _ => (parent(2), parent(4), own),
    };
    Place { code: division_.code.to_owned(), name: division_.name.to_owned(), province, city, county }
}

/// The one candidate that is the division of a code or lies in its city.
pub fn within(candidates: &[&'static Division], code: &str) -> Option<&'static Division> {
    let near = |keep: usize| {
        let inside: Vec<_> = candidates.iter().copied().filter(|d| d.code[..keep] == code[..keep]).collect();
        same_place(&inside)
    };
    near(6).or_else(|| near(4))
}

const LEVELS: &[char] = &['省', '市', '区', '县', '州', '盟', '旗'];

/// Every place that a text names in full, left to right. A name right after its parent keeps only the candidates within it.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let starts: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    for (at, &byte) in starts.iter().enumerate() {
        let Some(last) = text[byte..].chars().next() else { break };
        if !LEVELS.contains(&last) {
            continue;
        }
        let end = byte + last.len_utf8();
        let next = text[end..].chars().next();
        // 黄石市场, 城区域, 县域: the character belongs to the next word.
        if matches!(
            (last, next),
            ('市', Some('场' | '值' | '容')) | ('区' | '县', Some('域' | '间' | '块' | '划' | '位' | '别'))
        ) {
            continue;
        }
        let floor = found.last().map_or(0, |m: &Mention| if m.end <= byte { m.end } else { m.start });
        let parent = found.last().cloned();
        for back in (1..=at.min(14)).rev() {
            let start = starts[at - back];
            if start < floor && parent.as_ref().is_none_or(|p| start != p.start) {
                continue;
            }
            let Some(rows) = TABLE.by_name.get(&text[start..end]) else { continue };
            let mut candidates: Vec<&Division> = rows.iter().map(|&i| &TABLE.rows[i]).collect();
            let adjacent = parent.as_ref().filter(|p| p.end == start);
            if let Some(parent) = adjacent {
                let inside = |d: &&Division| parent.candidates.iter().any(|p| p.level() < d.level() && d.within(p));
                if candidates.iter().any(&inside) {
                    candidates.retain(inside);
                    let parents: Vec<_> =
                        parent.candidates.iter().copied().filter(|p| candidates.iter().any(|d| d.within(p))).collect();
                    if let Some(before) = found.last_mut() {
                        before.candidates = parents;
                    }
                } else if back == 1 {
                    continue;
                }
            }
            // Two characters (东区, 沛县) are a name only where no other word can run into them.
            if back == 1 && adjacent.is_none() {
                let before = text[..start].chars().next_back();
                let loose = before.is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                if loose || last == '区' {
                    continue;
                }
            }
            if parent.as_ref().is_some_and(|p| p.start == start) {
                found.pop();
            }
            found.push(Mention { start, end, candidates });
            break;
        }
    }
    found
}

/// The runs of places named one right behind the other (江苏省南通市通州区), each with the candidates of its last.
pub fn runs(text: &str) -> Vec<Mention> {
    let mut runs: Vec<Mention> = Vec::new();
    for mention in mentions(text) {
        match runs.last_mut() {
            Some(run) if run.end == mention.start => *run = Mention { start: run.start, ..mention },
            _ => runs.push(mention),
        }
    }
    runs
}

/// The run of places at the very start of a name.
pub fn leading(name: &str) -> Option<Mention> {
    runs(name).into_iter().next().filter(|run| run.start == 0)
}

/// Whether a text is a place, its parents perhaps before it, and nothing more.
pub fn is_place(text: &str) -> bool {
    leading(text).is_some_and(|run| run.end == text.len())
}

/// A city or province at the very start of a name by its short form (南通经济技术开发区), if only one goes by it.
pub fn leading_short(name: &str) -> Option<&'static Division> {
    let mut best: Option<&Division> = None;
    for row in TABLE.rows.iter().filter(|d| d.level() < 3) {
        let short = row.short();
        if short != row.name && name.starts_with(short) {
            match best {
                Some(b) if b.short().len() > short.len() => {}
                Some(b) if b.short().len() == short.len() && b.code != row.code => {
                    // 吉林 is a province and a city: the province alone says less, and is certain.
                    best = Some(if row.level() < b.level() { row } else { b });
                }
                _ => best = Some(row),
            }
        }
    }
    best
}

/// What the whole text says of places: how often each division is named beyond doubt, and each name at all.
#[derive(Debug, Default)]
pub struct Evidence {
    names: BTreeMap<String, u32>,
    short: BTreeMap<&'static str, bool>,
}

impl Evidence {
    /// Reads every line.
    pub fn gather<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut evidence = Evidence::default();
        let mut text = String::new();
        for line in lines {
            for mention in mentions(line) {
                *evidence.names.entry(line[mention.start..mention.end].to_owned()).or_default() += 1;
            }
            text.push_str(line);
            text.push('\n');
        }
        for row in TABLE.rows.iter().filter(|d| d.level() == 1) {
            evidence.short.insert(row.code, text.contains(row.short()));
        }
        evidence
    }

    /// How often a name occurs.
    pub fn count(&self, name: &str) -> u32 {
        self.names.get(name).copied().unwrap_or(0)
    }

    /// The names that end in a level (市, 区, 县), most frequent first.
    pub fn of_level(&self, level: char) -> Vec<(&str, u32)> {
        let mut names: Vec<_> =
            self.names.iter().filter(|(n, _)| n.ends_with(level)).map(|(n, c)| (n.as_str(), *c)).collect();
        names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        names
    }

    /// The one candidate that the text supports: by its year, by the name of its city, at last by its province.
    pub fn decide(&self, candidates: &[&'static Division], year: Option<u16>) -> Option<&'static Division> {
        let in_year: Vec<_> = candidates.iter().copied().filter(|d| d.valid(year)).collect();
        let left = if in_year.is_empty() { candidates.to_vec() } else { in_year };
        if let Some(one) = same_place(&left) {
            return Some(one);
        }
        let parents = |d: &Division| {
            let up = |keep: usize| division(&format!("{:0<6}", &d.code[..keep]), year);
            (if d.level() == 3 { up(4) } else { None }, up(2))
        };
        let near: Vec<_> = left
            .iter()
            .copied()
            .filter(|d| {
                let (city, province) = parents(d);
                let upper = city.or(if d.level() == 3 { province } else { None });
                upper.is_some_and(|u| self.count(u.name) > 0)
            })
            .collect();
        if !near.is_empty() {
            return same_place(&near);
        }
        let far: Vec<_> = left
            .iter()
            .copied()
            .filter(|d| parents(d).1.is_some_and(|p| self.short.get(p.code).copied().unwrap_or(false)))
            .collect();
        same_place(&far)
    }

    /// Whether the name of the place's city or, for lack of one, its province stands in the text.
    pub fn names_parent(&self, place: &Place) -> bool {
        let parent = place.city.as_ref().or(place.province.as_ref());
        place.county.is_none() || parent.is_some_and(|p| self.count(p) > 0)
    }
}

/// The newest of rows of one name that are all one place: one code, or one city above them (a county that was recoded); codes
/// from 90 on stand under the province directly and say nothing of a city.
fn same_place(rows: &[&'static Division]) -> Option<&'static Division> {
    let first = rows.first()?;
    let city = |d: &Division| Some(&d.code[..4]).filter(|c| c[2..] < *"90").map(str::to_owned);
    let mut cities: Vec<_> = rows.iter().filter_map(|d| city(d)).collect();
    cities.dedup();
    let one = rows.iter().all(|d| d.code[..2] == first.code[..2] && d.level() == first.level()) && cities.len() <= 1;
    one.then(|| rows.iter().copied().max_by_key(|d| (d.to, d.from)).unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        mentions(text).iter().map(|m| &text[m.start..m.end]).collect()
    }

    #[test]
    fn the_table_is_whole() {
        assert!(TABLE.rows.len() > 3500);
        assert_eq!(by_code("320612", Some(2016)).unwrap().city.as_deref(), Some("南通市"));
        assert_eq!(by_code("110112", None).unwrap().city, None);
        assert_eq!(by_code("429004", None).unwrap().province.as_deref(), Some("湖北省"));
        assert!(by_code("999999", None).is_none());
    }

    #[test]
    fn places_are_found_by_their_full_names() {
        assert_eq!(names("江苏省南通市通州区人民政府"), ["江苏省", "南通市", "通州区"]);
        assert_eq!(names("恩施州教育局和长阳县"), ["恩施州", "长阳县"]);
        assert_eq!(names("黄石市场监管、城市中区域、我区"), [""; 0]);
        assert_eq!(names("丰县与沛县,攀枝花市东区"), ["丰县", "攀枝花市", "东区"]);
    }

    #[test]
    fn a_parent_named_before_decides() {
        let found = leading("南通市通州区教育局").unwrap();
        assert_eq!(found.candidates.iter().map(|d| d.code).collect::<Vec<_>>(), ["320612"]);
        assert!(leading("通州区教育局").unwrap().candidates.len() > 1);
    }

    #[test]
    fn an_ambiguous_name_stays_open_without_evidence() {
        let both = named("通州区");
        let text = ["我区与南通市各部门"];
        assert_eq!(Evidence::gather(text.into_iter()).decide(&both, Some(2016)).unwrap().code, "320612");
        assert_eq!(Evidence::gather(["我区各部门"].into_iter()).decide(&both, Some(2016)), None);
        assert_eq!(Evidence::gather(["南通市与北京市"].into_iter()).decide(&both, Some(2016)), None);
    }

    #[test]
    fn a_place_is_the_one_of_its_year() {
        let text = Evidence::gather(["江苏省南通市"].into_iter());
        let code = |name: &str, year| text.decide(&named(name), Some(year)).map(|d| d.code);
        assert_eq!((code("通州市", 2008), code("通州区", 2015)), (Some("320683"), Some("320612")));
        assert_eq!((code("海门市", 2012), code("海门区", 2022)), (Some("320684"), Some("320614")));
        // A name may be used before its revision and after it, and a name of another time is still that place.
        assert_eq!((code("通州市", 2009), code("通州市", 2014)), (Some("320683"), Some("320683")));
        let city = |code: &str, year| by_code(code, Some(year)).and_then(|p| p.city);
        assert_eq!(city("652122", 2012).as_deref(), Some("吐鲁番地区"));
        assert_eq!(city("650421", 2018).as_deref(), Some("吐鲁番市"));
        // Of two places of one name in one province, the one that was there in the year.
        let turfan = Evidence::gather(["新疆维吾尔自治区"].into_iter());
        assert_eq!(turfan.decide(&named("鄯善县"), Some(2012)).map(|d| d.code), Some("652122"));
        assert_eq!(turfan.decide(&named("鄯善县"), Some(2018)).map(|d| d.code), Some("650421"));
    }

    #[test]
    fn a_short_form_leads_to_its_city() {
        assert_eq!(leading_short("南通经济技术开发区管委会").unwrap().code, "320600");
        assert!(leading_short("重点领域").is_none());
    }
}
