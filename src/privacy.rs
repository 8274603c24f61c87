//! Numbers that belong to persons: resident identity cards, mobile telephones, bank cards.
//!
//! In: lines of text. Out: where such numbers stand, or the same text with an asterisk for each of their characters, of the same
//! width, so that every line, byte and span stays where it was. A number is taken only for what its shape proves (check digit and
//! date of birth, allotted segment, Luhn sum) and its surroundings allow: an index number, a document number, an amount or a figure
//! of a table is never touched, and telephones with an area code belong to offices and stay. Must never put such a number into a
//! message.

use crate::model::diagnostic::Finding;
use crate::model::report::Personal;
use crate::model::source::{Draft, Meta, Span, Syntax};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 居民身份证号码.
    IdentityCard,
    /// 手机号码.
    Mobile,
    /// 银行卡号.
    BankCard,
}

/// A number of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, separators included.
    pub at: Span,
}

impl Hit {
    fn range(&self) -> Range<usize> {
        self.at.start as usize..self.at.end as usize
    }

    /// The number itself, in the lines it was found in.
    fn within<'t>(&self, lines: &[&'t str]) -> Option<&'t str> {
        lines.get(self.at.line as usize - 1)?.get(self.range())
    }
}

impl Kind {
    /// Its name, in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Kind::IdentityCard => "身份证号码",
            Kind::Mobile => "手机号码",
            Kind::BankCard => "银行卡号",
        }
    }
}

/// Fewer digits make no number of a person.
const FEWEST: usize = 11;
/// Places a finding points at; the rest are counted.
const MARKS: usize = 20;
/// Lines above a number in which a word may say that a list of contacts begins.
const ABOVE: usize = 12;
/// First two digits of the region codes: provinces, and 81 to 83 for residents from Hong Kong, Macao and Taiwan.
#[rustfmt::skip]
const PROVINCES: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];
/// Three-digit segments 13x to 19x that are allotted to telephones, by their last digit.
const SEGMENTS: [&str; 7] = ["0123456789", "56789", "012356789", "2567", "012345678", "0123456789", "012356789"];
/// What calls the number after it a telephone.
#[rustfmt::skip]
const TELEPHONE: &[&str] = &[
    "电话", "電話", "手机", "手機", "移动", "热线", "熱線", "联系", "聯繫", "聯係", "联络", "拨打", "致电", "微信", "短信", "传真",
    "来电", "咨询", "投诉", "举报", "机主", "☎", "tel", "phone", "mobile", "mob",
];
const CARD: &[&str] = &["卡号", "账号", "帐号", "賬號", "帳號", "银行卡", "銀行卡", "收款", "开户", "储蓄", "信用卡"];
const IDENTITY: &[&str] = &["身份", "证件", "證件"];
/// What calls the number after it the number of a thing. Compared with the end of what stands before.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "编号", "編號", "单号", "文号", "索引号", "索引號", "流水号", "代码", "代碼", "序号", "案号", "批号", "条码", "识别号", "备案号",
    "许可证号", "登记号", "注册号", "执照号", "受理号", "项目号", "合同号", "标识码", "校验码", "书号", "刊号", "字号", "图号",
    "备号", "备", "第",
];
/// What ends the name of an amount or a count.
#[rustfmt::skip]
const AMOUNTS: &[&str] = &[
    "元", "额", "額", "款", "值", "资金", "經費", "经费", "投资", "收入", "支出", "总数", "总量", "数量", "量", "合计", "总计", "共计",
    "累计", "小计", "人民币", "¥", "￥",
];
/// What follows a count or an amount.
const UNITS: &str = "元万萬亿億件条條人次户戶份项項个個篇亩畝吨噸米平公千百册冊页頁名度天日年月岁岁例起宗家棵株株台套辆斤克升瓦字股倍%％℃㎡";

/// A character with its place; full-width digits and letters are folded.
#[derive(Clone, Copy)]
struct Sign {
    c: char,
    start: usize,
    end: usize,
}

/// A run of digits: indices of signs.
type Run = Range<usize>;

/// The numbers of persons in some lines, in order; their places are in these very lines.
fn find<T: AsRef<str>>(lines: &[T]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for index in (0..lines.len()).filter(|index| may_hold(lines[*index].as_ref())) {
        Line::new(lines, index).find(&mut hits);
    }
    hits
}

/// A text with its numbers of persons masked; `None` when it has none. Lines end at line feeds and carriage returns.
pub fn mask(text: &str) -> Option<String> {
    let mut lines: Vec<String> = text.split_inclusive(['\n', '\r']).map(str::to_owned).collect();
    let hits = find(&lines);
    hits.iter().for_each(|hit| cover(&mut lines[hit.at.line as usize - 1], hit.range()));
    (!hits.is_empty()).then(|| lines.concat())
}

/// The text of a file that was read as `draft`, as its copy may be published: masked where numbers were found in its lines, and
/// where only the markup of a page has one. `None` when that is nowhere.
pub fn mask_copy(text: &str, draft: &Draft) -> Option<String> {
    if draft.syntax == Syntax::Html {
        return mask_page(text, draft);
    }
    let hits = find_in(draft);
    let mut lines: Vec<String> = Vec::new();
    for piece in text.split_inclusive(['\n', '\r']) {
        match lines.last_mut().filter(|line| piece == "\n" && line.ends_with('\r')) {
            Some(line) => line.push('\n'),
            None => lines.push(piece.to_owned()),
        }
    }
    hits.iter().for_each(|hit| cover(&mut lines[hit.at.line as usize - 1], hit.range()));
    (!hits.is_empty()).then(|| lines.concat())
}

/// The lines of a page are those of its text, so a number is masked wherever it stands in the markup.
fn mask_page(page: &str, draft: &Draft) -> Option<String> {
    let lines: Vec<&str> = draft.lines.iter().map(|line| line.text.as_str()).collect();
    let markup: Vec<&str> = page.split(['\n', '\r']).collect();
    // A number that the text has too was judged there, where it stands among words and not among tags.
    let unseen = |number: &&str| !lines.iter().any(|line| line.contains(number));
    let mut numbers: BTreeSet<&str> = find(&lines).iter().filter_map(|hit| hit.within(&lines)).collect();
    numbers.extend(find(&markup).iter().filter_map(|hit| hit.within(&markup)).filter(unseen));
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let mut masked = page.to_owned();
    for number in &numbers {
        for (start, _) in page.match_indices(number) {
            let end = start + number.len();
            if !digit(page[..start].chars().next_back()) && !digit(page[end..].chars().next()) {
                cover(&mut masked, start..end);
            }
        }
    }
    (!numbers.is_empty()).then_some(masked)
}

/// The numbers of persons in the lines of a draft, by their places in the file.
pub fn find_in(draft: &Draft) -> Vec<Hit> {
    if !draft.lines.iter().any(|line| may_hold(&line.text)) {
        return Vec::new();
    }
    let mut hits = find(&draft.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>());
    for hit in &mut hits {
        hit.at = draft.lines[hit.at.line as usize - 1].origin(hit.at.start as usize, hit.at.end as usize);
    }
    hits
}

/// Masks a draft as read: its lines, the cells of its grids, and what the publisher says in words; and what is known to stand in
/// it by `other` means. Gives what it found itself.
pub fn mask_draft(draft: &mut Draft, other: &[Hit]) -> Vec<Hit> {
    let found = find_in(draft);
    let hits = find(&draft.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>());
    for hit in hits.iter().chain(other) {
        let Some(line) = draft.lines.get_mut((hit.at.line as usize).wrapping_sub(1)) else { continue };
        let Some(was) = line.text.get(hit.range()).map(str::to_owned) else { continue };
        cover(&mut line.text, hit.range());
        let no = line.no;
        for cell in draft.grids.iter_mut().flat_map(|grid| &mut grid.cells).filter(|cell| cell.line == no) {
            if let Some(at) = cell.text.find(&was) {
                cover(&mut cell.text, at..at + was.len());
            }
        }
    }
    let Meta { title, agency, source_name, tags, .. } = &mut draft.meta;
    let words = [title, agency, source_name].into_iter().flatten().chain(tags);
    let edits = draft.lines.iter_mut().flat_map(|line| &mut line.edits).flat_map(|e| [&mut e.was, &mut e.now]);
    for text in words.chain(edits) {
        if let Some(masked) = mask(text) {
            *text = masked;
        }
    }
    found
}

/// How many of each kind.
pub fn count(hits: &[Hit], masked: bool) -> Personal {
    let of = |kind| hits.iter().filter(|hit| hit.kind == kind).count() as u32;
    Personal {
        identity_cards: of(Kind::IdentityCard),
        mobiles: of(Kind::Mobile),
        bank_cards: of(Kind::BankCard),
        masked: masked && !hits.is_empty(),
    }
}

/// What is said of a report in which some were found.
pub fn finding(code: &'static str, hits: &[Hit]) -> Finding {
    let Personal { identity_cards, mobiles, bank_cards, .. } = count(hits, false);
    let counts = [(Kind::IdentityCard, identity_cards), (Kind::Mobile, mobiles), (Kind::BankCard, bank_cards)];
    let counts: Vec<String> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{} {n} 处", kind.name())).collect();
    let done = match code {
        "personal-data-masked" => "已在各处遮盖",
        "personal-data-refused" => "不予发布",
        _ => "按 site.toml 的 [privacy] mode = \"notice\" 原样发布",
    };
    let mut finding = Finding::new(code, None, format!("正文有{}，{done}", counts.join("、")));
    for hit in hits.iter().take(MARKS) {
        finding = finding.at(hit.at, hit.kind.name());
    }
    finding
}

/// Replaces the visible characters of a stretch by asterisks of the same width; blanks and hyphens stay.
fn cover(text: &mut String, at: Range<usize>) {
    let masked: String = text[at.clone()]
        .chars()
        .map(|c| match c {
            c if c.is_whitespace() || "-－—".contains(c) => c,
            c => ['*', '·', '＊', '🞵'][c.len_utf8() - 1],
        })
        .collect();
    text.replace_range(at, &masked);
}

/// Whether a line has digits enough; asked of every line, so that the rest is asked of few.
fn may_hold(line: &str) -> bool {
    let ascii = line.bytes().filter(u8::is_ascii_digit).count();
    // A full-width digit is EF BC 90..99.
    ascii >= FEWEST
        || ascii + line.as_bytes().windows(3).filter(|w| w[0] == 0xef && w[1] == 0xbc && w[2] & 0xf0 == 0x90).count()
            >= FEWEST
}

/// One line under examination.
struct Line<'t, T> {
    lines: &'t [T],
    index: usize,
    text: &'t str,
    signs: Vec<Sign>,
    runs: Vec<Run>,
}

impl<'t, T: AsRef<str>> Line<'t, T> {
    fn new(lines: &'t [T], index: usize) -> Self {
        let text = lines[index].as_ref();
        let fold = |c: char| match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            'Ⅹ' => 'X',
            _ => c,
        };
        let signs: Vec<Sign> =
            text.char_indices().map(|(i, c)| Sign { c: fold(c), start: i, end: i + c.len_utf8() }).collect();
        let mut runs: Vec<Run> = Vec::new();
        for (i, sign) in signs.iter().enumerate() {
            match runs.last_mut() {
                _ if !sign.c.is_ascii_digit() => {}
                Some(run) if run.end == i => run.end += 1,
                _ => runs.push(i..i + 1),
            }
        }
        Line { lines, index, text, signs, runs }
    }

    fn find(&self, hits: &mut Vec<Hit>) {
        let mut first = 0;
        while first < self.runs.len() {
            let taken = self
                .identity_card(first)
                .map(|taken| (Kind::IdentityCard, taken))
                .or_else(|| self.bank_card(first).map(|taken| (Kind::BankCard, taken)))
                .or_else(|| self.mobile(first).map(|taken| (Kind::Mobile, taken)));
            let Some((kind, (runs, signs))) = taken else {
                first += 1;
                continue;
            };
            let (start, end) = (self.signs[signs.start].start, self.signs[signs.end - 1].end);
            hits.push(Hit { kind, at: Span { line: self.index as u32 + 1, start: start as u32, end: end as u32 } });
            first += runs;
        }
    }

    /// An identity card: how many runs, and the signs. 18 characters by GB 11643, written in one piece or as 6-8-4; 15 digits of the
    /// first generation only where the text calls them so.
    fn identity_card(&self, first: usize) -> Option<(usize, Run)> {
        let run = self.runs[first].clone();
        let pieces: &[&[usize]] = &[&[18], &[17], &[6, 8, 4], &[6, 8, 3], &[15]];
        let (runs, mut signs) = pieces.iter().find_map(|lengths| {
            let (signs, _) = self.grouped(first, lengths)?;
            Some((lengths.len(), signs))
        })?;
        let mut digits = self.digits(first..first + runs);
        if digits.len() == 17 {
            if !self.at(signs.end).is_some_and(|c| c.eq_ignore_ascii_case(&'x')) {
                return None;
            }
            signs.end += 1;
            digits.push(10);
        }
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        if letter(self.at(signs.end)) || letter(self.before(run.start)) || !PROVINCES.contains(&number(&digits[..2])) {
            return None;
        }
        let label = self.label(run.start);
        let called = holds(&label, IDENTITY);
        let sound = if digits.len() == 15 {
            called && is_day(1900 + number(&digits[6..8]), number(&digits[8..10]), number(&digits[10..12]))
        } else {
            let born = is_day(number(&digits[6..10]), number(&digits[10..12]), number(&digits[12..14]));
            born && (called || check_digit(&digits) && !ends(&label, THINGS))
        };
        sound.then_some((runs, signs))
    }

    /// A bank card: 16 to 19 digits that pass Luhn's sum. Those of UnionPay are known by their first digits; others only where the
    /// text speaks of a card or an account.
    fn bank_card(&self, first: usize) -> Option<(usize, Run)> {
        let pieces: &[&[usize]] =
            &[&[16], &[17], &[18], &[19], &[4, 4, 4, 4, 3], &[4, 4, 4, 4, 2], &[4, 4, 4, 4, 1], &[4, 4, 4, 4]];
        let (runs, signs, separator) = pieces.iter().find_map(|lengths| {
            let (signs, separator) = self.grouped(first, lengths)?;
            Some((lengths.len(), signs, separator))
        })?;
        let digits = self.digits(first..first + runs);
        let label = self.label(signs.start);
        let called = holds(&label, CARD);
        let union_pay = digits.starts_with(&[6, 2]) && separator != Some(' ') && matches!(digits.len(), 16 | 19);
        let other = called && matches!(digits[0], 3..=6 | 9);
        let sound =
            luhn(&digits) && (union_pay || other) && (called || !ends(&label, THINGS) && !ends(&label, AMOUNTS));
        (sound && !self.is_embedded(&signs) && !self.in_address(&signs)).then_some((runs, signs))
    }

    /// A mobile telephone: 11 digits of an allotted segment, with or without 86 in front, in one piece or as 3-4-4.
    fn mobile(&self, first: usize) -> Option<(usize, Run)> {
        let pieces: &[&[usize]] = &[&[11], &[12], &[13], &[15], &[3, 4, 4], &[3, 8]];
        let (runs, signs, separator) = pieces.iter().find_map(|lengths| {
            let (signs, separator) = self.grouped(first, lengths)?;
            Some((lengths.len(), signs, separator))
        })?;
        let digits = self.digits(first..first + runs);
        let own = [&[][..], &[0], &[8, 6], &[0, 0, 8, 6]]
            .into_iter()
            .find_map(|dialed| digits.strip_prefix(dialed).filter(|rest| rest.len() == 11))?;
        let allotted = own[0] == 1
            && own[1] >= 3
            && SEGMENTS[own[1] as usize - 3].contains(char::from_digit(own[2], 10).unwrap_or(' '));
        if !allotted || self.in_address(&signs) {
            return None;
        }
        let label = self.label(signs.start);
        if ends(&label, AMOUNTS) || ends(&label, THINGS) {
            return None;
        }
        let called = holds(&label, TELEPHONE);
        // Three cells of a flattened table look the same.
        if separator.is_some_and(char::is_whitespace) && !called {
            return None;
        }
        let sound = called || !self.is_embedded(&signs) && !self.is_counted(&signs) && !self.among_figures(&signs);
        sound.then_some((runs, signs))
    }

    /// Runs from `first` on, of these lengths and with one and the same separator between them: the signs they take.
    fn grouped(&self, first: usize, lengths: &[usize]) -> Option<(Run, Option<char>)> {
        let runs = self.runs.get(first..first + lengths.len())?;
        if runs.iter().zip(lengths).any(|(run, length)| run.len() != *length) {
            return None;
        }
        let between = |pair: &[Run]| (pair[1].start == pair[0].end + 1).then(|| self.signs[pair[0].end].c);
        let separator = runs.get(..2).and_then(between);
        let joined = |c: char| c.is_whitespace() || "-－—".contains(c);
        let sound = runs.windows(2).all(|pair| separator.is_some_and(joined) && between(pair) == separator);
        sound.then(|| (runs[0].start..runs[runs.len() - 1].end, separator))
    }

    fn digits(&self, runs: Range<usize>) -> Vec<u32> {
        self.runs[runs].iter().flat_map(|run| &self.signs[run.clone()]).filter_map(|sign| sign.c.to_digit(10)).collect()
    }

    fn at(&self, index: usize) -> Option<char> {
        self.signs.get(index).map(|sign| sign.c)
    }

    fn before(&self, index: usize) -> Option<char> {
        self.at(index.checked_sub(1)?)
    }

    /// The words that lead to a number: the end of what stands before it, or of the line above where it begins its line.
    fn label(&self, start: usize) -> String {
        let lead = |text: &str| -> String {
            let text =
                text.trim_end_matches(|c: char| c.is_whitespace() || ":：（()）]】|｜“\"'＝=、,，-—.．+".contains(c));
            let from = text.char_indices().rev().nth(11).map_or(0, |(i, _)| i);
            text[from..].to_lowercase()
        };
        let own = lead(&self.text[..self.signs.get(start).map_or(0, |sign| sign.start)]);
        if own.is_empty() { self.above().map_or(own, lead) } else { own }
    }

    /// The nearest line above with anything on it.
    fn above(&self) -> Option<&'t str> {
        let lines = &self.lines[self.index.saturating_sub(6)..self.index];
        lines.iter().rev().map(|line| line.as_ref().trim()).find(|line| !line.is_empty())
    }

    fn below(&self) -> Option<&'t str> {
        let lines = self.lines.iter().skip(self.index + 1).take(6);
        lines.map(|line| line.as_ref().trim()).find(|line| !line.is_empty())
    }

    /// Whether a number is a piece of something longer: a name, a decimal, a chain of numbers with hyphens.
    fn is_embedded(&self, signs: &Run) -> bool {
        let (left, right) = (self.before(signs.start), self.at(signs.end));
        let next = self.at(signs.end + 1);
        let last = signs.start.checked_sub(2).and_then(|i| self.at(i));
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let year = || {
            // What stands behind a slash or a hyphen is numbered within a year, what stands before it has such numbers.
            let run = self.runs.iter().find(|run| run.start == signs.end + 1).map(|run| number(&self.digits_of(run)));
            run.is_some_and(|year| (1949..2100).contains(&year))
        };
        let dialed = || {
            let run = self.runs.iter().find(|run| run.end + 1 == signs.start);
            run.is_some_and(|run| matches!(number(&self.digits_of(run)), 86))
        };
        left.is_some_and(name)
            || right.is_some_and(name)
            || matches!(left, Some('.')) && digit(last)
            || matches!(right, Some('.')) && next.is_some_and(name)
            || matches!(left, Some('-' | '－')) && last.is_some_and(name) && !dialed()
            || matches!(right, Some('-' | '－')) && digit(next)
            || matches!(right, Some('/')) && year()
    }

    fn digits_of(&self, run: &Run) -> Vec<u32> {
        self.signs[run.clone()].iter().take(9).filter_map(|sign| sign.c.to_digit(10)).collect()
    }

    /// Whether a number counts something, or is that of a document: 13812345678元, 〔2020〕13812345678号.
    fn is_counted(&self, signs: &Run) -> bool {
        let mut after = self.signs[signs.end..].iter().map(|sign| sign.c).skip_while(|c| c.is_whitespace());
        match after.next() {
            Some('号' | '號') => !matches!(after.next(), Some('码' | '碼' | '机' | '機' | '电')),
            Some('多' | '余' | '餘') => true,
            Some(c) => UNITS.contains(c),
            None => false,
        }
    }

    /// Whether the neighbors of a number are figures, and nothing above says that these are telephones.
    fn among_figures(&self, signs: &Run) -> bool {
        let cut = |c: char| c.is_whitespace() || "|｜,，;；".contains(c);
        let is_figure = |token: &str| {
            (1..=10).contains(&token.chars().count())
                && token.contains(|c: char| c.is_ascii_digit())
                && token.chars().all(|c| c.is_ascii_digit() || ".%％-－—/＋+".contains(c))
        };
        let window = |range: Range<usize>| -> String { self.signs[range].iter().map(|sign| sign.c).collect() };
        let left = window(signs.start.saturating_sub(30)..signs.start);
        let right = window(signs.end..self.signs.len().min(signs.end + 30));
        let left = left.trim_end_matches(cut).rsplit(cut).next().filter(|token| !token.is_empty()).or(self.above());
        let right = right.trim_start_matches(cut).split(cut).next().filter(|token| !token.is_empty()).or(self.below());
        if !left.is_some_and(is_figure) && !right.is_some_and(is_figure) {
            return false;
        }
        let near = &self.lines[self.index.saturating_sub(ABOVE)..=self.index];
        let contacts = ["电话", "電話", "手机", "手機", "联系方式", "联系人", "号码"];
        !near
            .iter()
            .any(|line| line.as_ref().chars().count() <= 200 && contacts.iter().any(|w| line.as_ref().contains(w)))
    }

    /// Whether a number is a piece of a web address.
    fn in_address(&self, signs: &Run) -> bool {
        let belongs = |sign: &&Sign| sign.c.is_ascii_graphic() && !"\"'<>(),;|".contains(sign.c);
        let left = self.signs[signs.start.saturating_sub(200)..signs.start].iter().rev().take_while(belongs).count();
        let right = self.signs[signs.end..].iter().take(200).take_while(belongs).count();
        let token: String = self.signs[signs.start - left..signs.end + right].iter().map(|sign| sign.c).collect();
        let path =
            token.contains(['/', '?']) && token.contains('.') && token.contains(|c: char| c.is_ascii_alphabetic());
        token.contains("://") || token.starts_with("www.") || token.starts_with('/') || path
    }
}

fn holds(label: &str, words: &[&str]) -> bool {
    words.iter().any(|word| label.contains(word))
}

fn ends(label: &str, words: &[&str]) -> bool {
    words.iter().any(|word| label.ends_with(word))
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |number, digit| number.saturating_mul(10).saturating_add(*digit))
}

/// Whether a day can be somebody's birthday.
fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1900..2040).contains(&year) && (1..=days).contains(&day)
}

/// GB 11643: ISO 7064, MOD 11-2; the last of 18 digits may be 10, written X.
fn check_digit(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 18] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    digits.len() == 18 && digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 == 1
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A made-up identity card: its last character is computed, so that no number stands here that could be somebody's.
    fn card(region: &str, born: &str) -> String {
        let body = format!("{region}{born}000");
        let digits = |last: u32| body.chars().filter_map(|c| c.to_digit(10)).chain([last]).collect::<Vec<_>>();
        let last = (0..11).find(|last| check_digit(&digits(*last))).expect("one of eleven fits");
        format!("{body}{}", if last == 10 { "X".to_owned() } else { last.to_string() })
    }

    /// A made-up bank card of so many digits.
    fn bank(head: &str, length: usize) -> String {
        let body = format!("{head}{}", "0".repeat(length - head.len() - 1));
        let fits =
            |last: &char| luhn(&format!("{body}{last}").chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>());
        let last = ('0'..='9').find(fits).expect("one of ten fits");
        format!("{body}{last}")
    }

    /// A made-up mobile number.
    fn mobile() -> String {
        format!("138{}", "0".repeat(8))
    }

    #[track_caller]
    fn masks(text: &str, number: &str) {
        let stars: String = number.chars().map(|c| if c == ' ' || c == '-' { c } else { '*' }).collect();
        assert_eq!(mask(text).as_deref(), Some(text.replace(number, &stars).as_str()), "{text}");
    }

    #[track_caller]
    fn leaves(text: &str) {
        assert_eq!(mask(text), None, "{text}");
    }

    #[test]
    fn identity_cards_are_known_by_check_digit_and_birthday() {
        for number in [
            card("320602", "19800229"),
            card("110101", "20010930"),
            card("830000", "19991231"),
            card("530102", "19491001"),
        ] {
            masks(&format!("申请人张某，身份证号{number}，住松河市。"), &number);
            masks(&format!("{number}\n"), &number);
            masks(&format!("|张某|{number}|"), &number);
            masks(&number.to_lowercase(), &number.to_lowercase());
        }
        let spaced = card("320602", "19800229");
        let spaced = format!("{} {} {}", &spaced[..6], &spaced[6..14], &spaced[14..]);
        masks(&format!("身份证：{spaced}"), &spaced);
        let wide: String =
            card("320602", "19800229").chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        assert_eq!(mask(&wide), Some("＊".repeat(18)));
        // A wrong check digit, an impossible birthday, no such province; each could be any other number.
        let good = card("320602", "19800228");
        let wrong = format!("{}{}", &good[..17], if good.ends_with('1') { '2' } else { '1' });
        for other in [wrong.clone(), card("320602", "19801328"), card("320602", "18500101"), card("990602", "19800101")]
        {
            leaves(&format!("项目{other}"));
        }
        masks(&format!("身份证号码：{wrong}"), &wrong);
        masks("身份证号：320602800101001", "320602800101001");
        leaves("320602800101001");
        leaves("资产编号320602800101001");
        for label in ["索引号", "统一社会信用代码", "项目编号", "组织机构代码"] {
            leaves(&format!("{label}：{good}"));
            leaves(&format!("{label}\n{good}"));
        }
        leaves(&format!("{good}7"));
        leaves(&format!("A{good}"));
    }

    #[test]
    fn mobile_numbers_go_and_the_telephones_of_offices_stay() {
        let number = mobile();
        for text in [
            format!("联系电话：{number}"),
            format!("联系人王某（{number}）"),
            format!("+86{number}"),
            format!("王某 {number}"),
            format!("王某 | 主任 | {number} |"),
            format!("王某\n{number}\n李某\n{number}"),
            format!("0513-85210000/{number}"),
            format!("Tel:{number}"),
            format!("{number}@163.com"),
            format!("拨打{number}人工咨询"),
            format!("手机号{number}号码"),
            format!("序号\n姓名\n联系电话\n1\n王某\n{number}\n2"),
        ] {
            let shown = mask(&text).unwrap_or_else(|| panic!("{text}"));
            assert!(!shown.contains("138"), "{shown}");
            assert_eq!((shown.len(), shown.lines().count()), (text.len(), text.lines().count()));
        }
        masks("手机 138-0000-0000", "138-0000-0000");
        masks("手机 138 0000 0000", "138 0000 0000");
        masks("138-0000-0000", "138-0000-0000");
        for text in [
            "电话：0513-85210000",
            "传真 05138521000",
            "热线12345",
            "400-800-1234",
            "010-12345678",
            "电话 85210000 转 8001",
            "12800000000",
            "15400000000",
            "本年新收 138 0000 0000",
            "1380000000",
            "138000000000",
        ] {
            leaves(text);
        }
    }

    #[test]
    fn figures_amounts_and_the_numbers_of_documents_survive() {
        let number = mobile();
        for text in [
            format!("财政投入{number}元"),
            format!("累计{number}多件"),
            format!("支出{number}.56"),
            format!("投资总额（元）：{number}"),
            format!("采购金额\n{number}\n"),
            format!("本年新收\t12\t{number}\t3"),
            format!("| 收费金额（万元） | {number} | 0 |"),
            format!("12\n{number}\n3"),
            format!("松政办〔2020〕{number}号"),
            format!("受理编号：{number}"),
            format!("索引号 {number}/2019-00012"),
            format!("http://www.example.org/art/2019/3/1/{number}.html"),
            format!("见 /art/art_{number}.html"),
            format!("附件{number}.doc"),
            format!("IMG_{number}"),
            format!("2019-{number}-01"),
            format!("同比增长{number}%"),
        ] {
            leaves(&text);
        }
        for text in [
            "索引号: 002668899/2017-66813",
            "索引号000014349/2019-01298 分类",
            "113304810025000000/2018-00001",
            "苏ICP备05012345号-1",
            "公安网备 32060202000123号",
        ] {
            leaves(text);
        }
    }

    #[test]
    fn bank_cards_are_known_by_their_sum_and_head() {
        for (head, length) in [("622202", 19), ("621700", 19), ("625900", 16)] {
            let number = bank(head, length);
            masks(&format!("退款至{number}。"), &number);
            leaves(&format!("项目编号：{number}"));
        }
        let other = bank("436742", 19);
        leaves(&other);
        masks(&format!("银行卡号：{other}"), &other);
        let spaced = bank("622202", 16);
        let spaced = [&spaced[..4], &spaced[4..8], &spaced[8..12], &spaced[12..]].join(" ");
        masks(&format!("卡号 {spaced}"), &spaced);
        leaves(&spaced);
        leaves("6222020000000000001");
        leaves("6200000000000000");
    }

    #[test]
    fn a_finding_counts_and_never_repeats_a_number() {
        let text = format!("手机{0}，{0}，身份证{1}", mobile(), card("320602", "19800229"));
        let said = finding("personal-data-masked", &find(&[text]));
        let json = serde_json::to_string(&said).unwrap();
        assert!(json.contains("身份证号码 1 处、手机号码 2 处"), "{json}");
        assert!(!json.contains("138") && !json.contains("3206"), "{json}");
    }

    proptest! {
        #[test]
        fn a_mask_changes_no_width_and_leaves_nothing(text in "([0-9]{1,19}|[ \\-|:/.\n]|138|手机|元|０|Ｘ|身份证号|320602198){0,30}") {
            if let Some(masked) = mask(&text) {
                prop_assert_eq!(masked.len(), text.len());
                let widths = |s: &str| s.chars().map(char::len_utf8).collect::<Vec<_>>();
                prop_assert_eq!(widths(&masked), widths(&text));
                prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
            }
        }
    }
}
