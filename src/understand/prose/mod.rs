//! Figures in prose: the statistics a report states in sentences, and its comparable `core` figures.
//!
//! In: a normalized draft, the roles of its lines, its outline, who and when, its tables. Out: every figure of the report's year
//! with what it counts, whose it is, what time it covers and where it stands; the core; findings where figures disagree. Never a
//! document number, a date, a slogan, a plan, last year's figure or a difference. Counting is by grammar and a dictionary
//! (`indicators.toml`); nothing is rescaled and a blank is not a zero.

mod core;
mod govern;
mod indicator;
mod number;
mod shares;
mod text;
mod zero;

#[cfg(test)]
mod tests;

use crate::model::Id;
use crate::model::diagnostic::Finding;
use crate::model::form::Indicator;
use crate::model::report::{Core, Figure, Place, Role, Section, Table};
use crate::model::source::Draft;
use crate::model::value::{Approx, Decimal, Period, Scope, Standing};
use govern::{Own, Plans, Verdict};
use indicator::Window;
use number::Number;
use regex::Regex;
use serde::Deserialize;
use shares::Share;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use text::Paragraph;

/// What is known of the report before its sentences are read.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What each line is, in step with the draft's lines.
    pub roles: &'a [Role],
    /// The outline.
    pub sections: &'a [Section],
    /// Report year.
    pub year: Option<u16>,
    /// Reporting body.
    pub agency: Option<&'a str>,
    /// Its place.
    pub place: Option<&'a Place>,
    /// The statutory tables as read.
    pub tables: &'a [Table],
}

/// What prose says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The figures, in order.
    pub figures: Vec<Figure>,
    /// The comparable ones, table cells included.
    pub core: BTreeMap<Id, Core>,
    /// Figures that disagree.
    pub findings: Vec<Finding>,
}

/// The indicator dictionary.
pub fn indicators() -> Arc<Vec<Indicator>> {
    #[derive(Deserialize)]
    struct Dictionary {
        indicator: Vec<Indicator>,
    }
    static INDICATORS: LazyLock<Arc<Vec<Indicator>>> = LazyLock::new(|| {
        let dictionary: Dictionary = toml::from_str(include_str!("indicators.toml"))
            .expect("the dictionary is part of the program and a test reads it");
        Arc::new(dictionary.indicator)
    });
    Arc::clone(&INDICATORS)
}

/// Reads the figures of a draft's prose.
pub fn read_figures(draft: &Draft, context: &Context) -> Reading {
    let dictionary = indicators();
    let paragraphs = text::paragraphs(draft, context.roles);
    let whole: String = paragraphs.iter().map(|p| p.text.as_str()).collect();
    let own = Own::new(context.agency, context.place, context.year, &whole);
    let mut plans = Plans::new(context.sections, context.year);
    let mut figures = Vec::new();
    for paragraph in &paragraphs {
        let line = paragraph.first_line(draft);
        plans.turn(line, &paragraph.text, context.year);
        if plans.holds(line) {
            continue;
        }
        let heading = context.sections.iter().rev().find(|s| s.line < line).map_or("", |s| s.title.as_str());
        let reader = Reader { draft, paragraph, own: &own, dictionary: &dictionary, heading };
        let (mut part, mut begun) = (false, figures.len());
        for (start, end) in text::sentences(&paragraph.text) {
            let sentence = &paragraph.text[start..end];
            let from = figures.len();
            reader.sentence(start, end, begun, &mut figures);
            begun = from;
            // 1-11月，完成采购160宗。完成招标396宗: the sentences after it keep its time until one names another.
            part &= !govern::has_time(sentence);
            for figure in figures[from..].iter_mut().filter(|f| part && f.period == Period::Year) {
                figure.period = Period::PartYear;
            }
            part |= govern::opens_part(sentence);
        }
    }
    let (core, findings) = core::core(&figures, context.tables, &dictionary, &own);
    Reading { figures, core, findings }
}

struct Reader<'a> {
    draft: &'a Draft,
    paragraph: &'a Paragraph,
    own: &'a Own,
    dictionary: &'a [Indicator],
    heading: &'a str,
}

impl Reader<'_> {
    /// Reads one sentence; the figures of the one before it begin at `begun`.
    fn sentence(&self, start: usize, end: usize, begun: usize, out: &mut Vec<Figure>) {
        let sentence = &self.paragraph.text[start..end];
        let before = out[begun..].iter().rev().find(|f| f.indicator.as_deref() == Some("requests_received")).cloned();
        if govern::is_plan(sentence, self.own.year) {
            return;
        }
        let numbers = number::scan(sentence);
        let shares = shares::find(sentence, &numbers);
        let mut found: Vec<(usize, Figure)> = Vec::new();
        let mut wholes: Vec<Id> = Vec::new();
        let mut from = 0;
        for (index, number) in numbers.iter().enumerate() {
            let to = numbers.get(index + 1).map_or(sentence.len(), |next| next.start);
            let to = sentence[number.end..to].find(text::is_comma).map_or(to, |i| number.end + i);
            let window = Window { sentence, from, number, to };
            let named = match shares.get(&index) {
                Some(share) => share.as_ref().and_then(|share| self.alone(share)),
                None => indicator::find(&window, self.dictionary).filter(|(id, _)| !indicator::is_joint(&window, id)),
            };
            from = named.as_ref().map_or(number.end, |(_, end)| number.end.max(*end));
            let Verdict::Figure(scope, period, mut subset) = govern::judge(sentence, number, self.own) else {
                continue;
            };
            // 2020年和2021年分别为300条、320条: only what is said of the year.
            let share = shares.get(&index).cloned().flatten();
            if share.as_ref().is_some_and(|s| govern::period(&s.sentence, s.name.len(), self.own.year).is_none()) {
                continue;
            }
            let id = named
                .map(|(id, _)| id)
                .filter(|id| !self.answers_something_else(&window, id))
                // What windows of a service hall handle are no requests for information.
                .filter(|id| scope != Scope::Hosted || !id.starts_with("requests_"))
                // A part of the same thing is not its level: 解读稿件60篇，其中视频解读20篇.
                .filter(|id| !(subset && wholes.contains(id)));
            // 累计公开52316条，其中2012年新增8412条: the flow of the year within the stock.
            let id = id.or_else(|| {
                let stock = found.last().map(|(_, f)| f).filter(|f| f.period == Period::Cumulative)?;
                let own = &sentence[text::clause_start(sentence, number.start)..number.start];
                let fresh = FRESH.is_match(own) && stock.unit.as_ref() == Some(&number.unit);
                subset &= !fresh;
                fresh.then(|| stock.indicator.clone())?
            });
            if number.chinese && !is_counted(sentence, number, id.is_some()) {
                continue;
            }
            if !subset {
                wholes.extend(id.clone());
            }
            let raw = &sentence[number.start..number.end];
            let span = self.paragraph.origin(self.draft, start + number.start, start + number.end);
            let figure = Figure {
                indicator: id,
                label: share.map_or_else(|| label(&window), |share| share.name),
                value: number.value,
                raw: raw.to_string(),
                unit: Some(number.unit.clone()),
                approx: number.approx,
                scope,
                period,
                subset,
                standing: Standing::Printed,
                line: span.line,
                start: span.start,
                end: span.end,
                sentence: sentence.trim().to_string(),
            };
            found.push((number.start, figure));
        }
        totals(&numbers, sentence, &mut found);
        each(sentence, &mut found);
        paired(&mut found, sentence);
        self.carried(sentence, &mut found);
        self.answered(sentence, start, before.as_ref(), &mut found);
        self.fresh(&mut found);
        stocks(sentence, &mut found);
        self.zeros(sentence, start, &mut found);
        found.sort_by_key(|f| f.0);
        out.extend(found.into_iter().map(|f| f.1));
    }

    /// 收到热线工单211件，办结209件: what was done with things counted before, of which nothing says that they are requests.
    fn answers_something_else(&self, window: &Window, id: &str) -> bool {
        let counted = window.from > 0 && id == "requests_answered";
        counted && !window.sentence.contains("申请") && !self.heading.contains("申请")
    }

    /// The indicator of a number among several, said alone; it reaches up to the number itself.
    fn alone(&self, share: &Share) -> Option<(Id, usize)> {
        let numbers = number::scan(&share.sentence);
        let [number] = &numbers[..] else { return None };
        let window = Window { sentence: &share.sentence, from: 0, number, to: share.sentence.len() };
        indicator::find(&window, self.dictionary).map(|(id, _)| (id, 0))
    }

    /// In 2022, 结转2023年继续办理1件 is carried out and 结转2021年度1件 carried in.
    fn carried(&self, sentence: &str, found: &mut [(usize, Figure)]) {
        patterns! {
            NEXT = r"(?:结转|转入|转至|转到)(?:至|到|入)?(?P<year>20[0-9]{2})年度?(?:继续|再|后)?(?:办理)?的?$";
            ONWARD = r"^(?:的?申请)?(?:结转|转)?(?:至|到|入)?(?P<year>20[0-9]{2})年";
        }
        for (at, figure) in found.iter_mut() {
            let (before, behind) = (&sentence[..*at], &sentence[*at + figure.raw.len()..]);
            let onward = ONWARD.captures(behind).filter(|c| before.ends_with("结转") || c[0].contains('转'));
            let year = NEXT.captures(before).or(onward).and_then(|c| c["year"].parse::<u16>().ok());
            let (Some(year), Some(own)) = (year, self.own.year) else { continue };
            let way = match () {
                () if year == own + 1 => "carried_out",
                () if year + 1 == own => "carried_in",
                () => continue,
            };
            if figure.indicator.as_deref().is_none_or(|id| id.starts_with("carried")) {
                figure.indicator = Some(Id::Borrowed(way));
                figure.subset &= way == "carried_in";
            }
        }
        // 办理14件，其中13件按期答复，1件结转下年度: what holds some that were left over was received, not answered.
        let is = |f: &Figure, id: &str| f.indicator.as_deref() == Some(id);
        let Some(left) = found.iter().position(|(_, f)| is(f, "carried_out") && f.subset) else { return };
        let Some(whole) = found[..left].iter().rposition(|(_, f)| is(f, "requests_answered") && !f.subset) else {
            return;
        };
        let known = found.iter().any(|(_, f)| is(f, "requests_received"));
        found[whole].1.indicator = (!known).then_some(Id::Borrowed("requests_received"));
        let parts = &mut found[whole + 1..];
        let answered = parts.iter_mut().find(|(at, f)| {
            let behind = &sentence[*at + f.raw.len()..];
            let behind = &behind[..behind.find(text::is_comma).unwrap_or(behind.len())];
            f.indicator.is_none() && (behind.contains("答复") || behind.contains("办结"))
        });
        if let Some((_, figure)) = answered {
            figure.indicator = Some(Id::Borrowed("requests_answered"));
        }
    }

    /// 收到26件，其中上年结转2件: the new requests are 24.
    fn fresh(&self, found: &mut Vec<(usize, Figure)>) {
        let exact = |f: &Figure, id: &str| f.indicator.as_deref() == Some(id) && f.approx == Approx::Exact;
        let Some(carried) = found.iter().position(|(_, f)| exact(f, "carried_in") && f.subset) else { return };
        let value = found[carried].1.value;
        let whole =
            found[..carried].iter().rposition(|(_, f)| exact(f, "requests_received") && !f.subset && f.value >= value);
        let Some(whole) = whole else { return };
        let mut fresh = found[whole].clone();
        found[whole].1.indicator = None;
        fresh.1.value = fresh.1.value - value;
        fresh.1.standing = Standing::Solved;
        found.push(fresh);
    }

    /// 全部按时答复 makes the answered equal to the received of the same sentence, or of the one before it.
    fn answered(&self, sentence: &str, start: usize, before: Option<&Figure>, found: &mut Vec<(usize, Figure)>) {
        patterns! {
            ALL = r"(?:全部|均|皆|都|100%|百分之百)(?:已|已经|依法|依规|依申请|按时|按期|按规定|按要求|按照规定|及时|当场|受理|办理|办结|予以|进行|作出?|做出?|给予|得到|在[^，。；]{2,14}内|于[^，。；]{2,14}内|按[^，。；]{2,12}|了|并|书面|妥善|、|，并)*(?:答复|办结|回复|办理完毕)";
            ONE = r"[，,](?:现?已|并)(?:经|依法|依规|按时|按期|按规定|及时|予以|进行|作出|做出|给予|书面|于[^，。；]{2,14}内|在[^，。；]{2,14}内)*(?:答复|办结|回复|办理完毕)";
        }
        let is = |f: &Figure, id: &str| f.indicator.as_deref() == Some(id);
        if found.iter().any(|(_, f)| is(f, "requests_answered")) {
            return;
        }
        let received: Vec<(usize, &Figure)> = found
            .iter()
            .filter(|(_, f)| is(f, "requests_received") && f.approx == Approx::Exact)
            .map(|(at, f)| (*at, f))
            .collect();
        // 均已按期答复。 opens a sentence of its own.
        let earlier =
            before.filter(|f| is(f, "requests_received") && f.approx == Approx::Exact && f.scope != Scope::Other);
        let (at, figure) = match (received.as_slice(), earlier) {
            ([one], _) => *one,
            ([], Some(figure)) if ALL.find(sentence).is_some_and(|m| m.start() <= 12) => (0, figure),
            _ => return,
        };
        let one = figure.value == Decimal::from(1);
        let Some(all) = ALL.find_at(sentence, at).or_else(|| ONE.find_at(sentence, at).filter(|_| one)) else {
            return;
        };
        // 收到10件（含上年结转1件），全部办结: what brackets say of the whole does not part it from its answers.
        patterns! { ASIDE = r"[（(][^（()）]*[）)]|无[往上]年结转"; }
        let between = ASIDE.replace_all(&sentence[at..all.start()], "");
        let other = ["。", "；", ";", "复议", "诉讼", "其余", "提案", "结转", "留言", "来信", "咨询", "投诉"];
        if figure.value.is_zero() || other.iter().any(|word| between.contains(word)) {
            return;
        }
        let span = self.paragraph.origin(self.draft, start + all.start(), start + all.end());
        let derived = Figure {
            indicator: Some(Id::Borrowed("requests_answered")),
            label: all.as_str().to_string(),
            raw: all.as_str().to_string(),
            standing: Standing::Solved,
            subset: false,
            line: span.line,
            start: span.start,
            end: span.end,
            sentence: sentence.trim().to_string(),
            ..figure.clone()
        };
        found.push((all.start(), derived));
    }

    fn zeros(&self, sentence: &str, start: usize, found: &mut Vec<(usize, Figure)>) {
        for zero in zero::find(sentence, self.heading) {
            if found.iter().any(|(_, f)| {
                f.indicator.as_ref() == Some(&zero.indicator)
                    && f.standing == Standing::Printed
                    && zero.indicator != "complaints"
            }) {
                continue;
            }
            let Some(period) = govern::period(sentence, zero.start, self.own.year) else { continue };
            let span = self.paragraph.origin(self.draft, start + zero.start, start + zero.end);
            let figure = Figure {
                indicator: Some(zero.indicator),
                label: zero.label,
                value: Decimal::ZERO,
                raw: sentence[zero.start..zero.end].to_string(),
                unit: Some(zero.unit.to_string()),
                approx: Approx::Exact,
                scope: govern::scope(sentence, zero.start, self.own),
                // A zero up to a date is a zero of the year as well.
                period: if period == Period::Cumulative { Period::Year } else { period },
                subset: false,
                standing: Standing::Printed,
                line: span.line,
                start: span.start,
                end: span.end,
                sentence: sentence.trim().to_string(),
            };
            found.push((zero.start, figure));
        }
    }
}

/// 书面申请2件、网上申请1件，共计3件: the parts are no level of what their sum is.
fn totals(numbers: &[Number], sentence: &str, found: &mut [(usize, Figure)]) {
    patterns! {
        SUM = r"[，,](?:共计?|合计|总计|总共)(?:为|有)?$";
        APPLICANT = r"^(?:公民|自然人|个人|法人|企业|商业企业|社会公益组织|科研机构|法律服务机构|其他组织|法人或其他组织|法人和其他组织|其他)(?:提出的?)?申请$";
        DISCLOSED = r"^[^0-9微网博屏栏报视申]*(?:公开|发布)[^0-9微网博屏栏报视申]*信息[^微网博屏栏报视申]*$";
    }
    for total in 2..found.len() {
        let (at, unit) = (found[total].0, found[total].1.unit.clone());
        if !SUM.is_match(&sentence[..at]) || numbers.iter().all(|n| n.start != at) {
            continue;
        }
        let parts = (0..total).rev().take_while(|i| found[*i].1.unit == unit);
        let mut sum = Decimal::ZERO;
        let Some(first) = parts.into_iter().find(|i| {
            sum = sum + found[*i].1.value;
            sum == found[total].1.value && *i + 1 < total
        }) else {
            continue;
        };
        // 信函申请1件，网上申请2件，共3件: ways of asking make up what was asked, as kinds of applicants do.
        let list = &sentence[sentence[..found[first].0].rfind(['；', ';', '。']).unwrap_or(0)..at];
        let parts = &found[first..total];
        let all = |like: &dyn Fn(&Figure) -> bool| parts.iter().all(|(_, part)| like(part));
        let asked = |f: &Figure| {
            f.indicator.as_ref().map_or_else(|| APPLICANT.is_match(&f.label), |id| id.starts_with("received_"))
        };
        // 公开政策类信息8条，人事类信息1条，共9条.
        let disclosed = || {
            all(&|f| f.indicator.is_none() && f.label.contains("信息"))
                && DISCLOSED.is_match(list)
                && (list.contains("主动公开") || all(&|f| f.label.contains("类")))
        };
        let made = if found[total].1.indicator.is_some() {
            None
        } else if all(&asked) {
            Some("requests_received")
        } else {
            disclosed().then_some("proactive_total")
        };
        if let Some(made) = made {
            found[total].1.indicator = Some(Id::Borrowed(made));
            found[total].1.subset = false;
        }
        // 新收6件，加上结转1件，共7件: the new ones are no part.
        if found[first..total].iter().any(|(_, f)| f.indicator.as_deref() == Some("carried_in")) {
            continue;
        }
        const WHOLES: &[&str] =
            &["requests_received", "proactive_total", "review_total", "litigation_total", "fees_collected"];
        let whole = |f: &Figure| f.indicator.clone().filter(|id| WHOLES.contains(&id.as_ref()));
        let levels: BTreeSet<Id> = found[first..total].iter().filter_map(|(_, f)| whole(f)).collect();
        for (_, part) in &mut found[first..total] {
            // Of two things each keeps its own: 复议2件，诉讼1件，共3件.
            if levels.len() == 1 && whole(part).is_some() {
                part.indicator = None;
            }
            part.subset = true;
        }
        if let [one] = &levels.into_iter().collect::<Vec<_>>()[..] {
            found[total].1.indicator.get_or_insert_with(|| one.clone());
        }
    }
}

/// 截至12月31日，新增公开311条，累计公开3174条: beside what came in the year, what adds up is a stock.
fn stocks(sentence: &str, found: &mut [(usize, Figure)]) {
    let says = |at: usize, word: &str| sentence[text::clause_start(sentence, at)..at].contains(word);
    let fresh: Vec<Id> =
        found.iter().filter(|(at, _)| says(*at, "新增")).filter_map(|(_, f)| f.indicator.clone()).collect();
    let alike = |f: &Figure| f.indicator.as_ref().is_some_and(|id| fresh.contains(id));
    for (_, figure) in found.iter_mut().filter(|(at, f)| alike(f) && says(*at, "累计") && !says(*at, "新增")) {
        figure.period = Period::Cumulative;
    }
}

/// 行政复议和行政诉讼各1件 states two figures.
fn each(sentence: &str, found: &mut Vec<(usize, Figure)>) {
    patterns! { EACH = r"复议(?:案件|申请)?(?:和|及|与|、|以及)(?:被?提起)?(?:行政)?诉讼(?:案件|情况)?各(?:有|为)?$"; }
    let Some((at, figure)) = found.iter_mut().find(|(at, _)| EACH.is_match(&sentence[..*at])) else { return };
    figure.indicator = Some(Id::Borrowed("review_total"));
    let other = (*at, Figure { indicator: Some(Id::Borrowed("litigation_total")), ..figure.clone() });
    found.push(other);
}

/// Two things that together are an indicator: what is before each number in its clause, and what they make.
const PAIRS: &[(&str, &str, &str)] = &[
    // 人大代表建议16件、政协提案27件: what was handled.
    (
        r"(?:人大|代表)[^，,。；;提案]{0,8}建议[^，,。；;]{0,6}$",
        r"(?:政协|委员)?[^，,。；;建议]{0,8}提案[^，,。；;]{0,6}$",
        "proposals_answered",
    ),
    // 按时办结86件，延期办结2件: what was answered.
    (r"(?:按时|按期|如期)(?:办结|答复)[^，,。；;]{0,3}$", r"延期(?:办结|答复)[^，,。；;]{0,3}$", "requests_answered"),
];

/// The sums of pairs that a sentence states apart.
fn paired(found: &mut Vec<(usize, Figure)>, sentence: &str) {
    static PATTERNS: LazyLock<Vec<(Regex, Regex, &str)>> = LazyLock::new(|| {
        let new = |text| Regex::new(text).expect("the pattern is fixed");
        PAIRS.iter().map(|(first, second, id)| (new(first), new(second), *id)).collect()
    });
    for (one, other, id) in PATTERNS.iter() {
        let own = |pattern: &Regex, at: usize| {
            pattern.is_match(sentence[text::clause_start(sentence, at)..at].rsplit('、').next().unwrap_or(""))
        };
        let known = found.iter().any(|(_, f)| f.indicator.as_deref() == Some(*id));
        if known || *id == "requests_answered" && !sentence.contains("申请") {
            continue;
        }
        // 答复提案共7件，其中代表建议5件: one is part of the other.
        let pair = found
            .windows(2)
            .filter(|w| w[0].1.subset == w[1].1.subset)
            .find(|w| own(one, w[0].0) && own(other, w[1].0) || own(other, w[0].0) && own(one, w[1].0));
        let Some([(at, first), (_, second)]) = pair else { continue };
        let exact = first.approx == Approx::Exact && second.approx == Approx::Exact;
        if !exact || first.unit != second.unit || first.scope != second.scope || first.period != second.period {
            continue;
        }
        let sum = Figure {
            indicator: Some(Id::Borrowed(id)),
            value: first.value + second.value,
            standing: Standing::Solved,
            subset: false,
            ..first.clone()
        };
        found.push((*at, sum));
    }
}

/// Whether a Chinese numeral is a count: 二十三件 is, 三大平台 is not, 两次 is when it is an indicator's own.
fn is_counted(sentence: &str, number: &Number, known: bool) -> bool {
    let ahead = sentence[..number.digits].chars().next_back();
    let glued = ahead.is_some_and(|c| "第每同统唯任这某各另数几初首无".contains(c));
    // Counts say 两次; 二次 is an ordinal.
    if glued
        || sentence[number.digits..].starts_with('二') && number.value == Decimal::from(2)
        || sentence[number.end..].starts_with(['性', '体', '化'])
    {
        return false;
    }
    number.value > Decimal::from(10) && !(number.unit == "类" || number.unit == "项" && !known)
        || known && !matches!(number.unit.as_str(), "大类" | "方面")
        || number.approx != Approx::Exact && number.value >= Decimal::from(10)
}

patterns! { FRESH = r"^(?:其中[，,：:]?)?(?:本年度?|今年|当年|20[0-9]{2}年度?)(?:[我本全][局委办厅院市区县镇乡]|本机关)?(?:共|全年)?(?:新增|新公开|主动公开|公开|发布|增加)(?:的|了)?(?:主动)?(?:公开|发布)?(?:的|了)?(?:政府|政务)?(?:信息)?(?:共计?|数|为)?$"; }

/// What is counted, in the report's words.
fn label(window: &Window) -> String {
    patterns! {
        LEAD = r"^(?:[（(][一二三四五六七八九十0-9]{1,3}[）)]|[\s，,、；;：:。（(）)”]|其中|和|及|以及|并且?|同时|共计?|累计|全年|今年|本年度?|20[0-9]{2}年度?|已|还|也|了|的)+";
        TAIL = r"(?:[\s，,：:（(]|共计?|总计|合计|累计|达到?了?|为|约|有|计|分别|数量)+$";
    }
    let sentence = window.sentence;
    let behind: String = sentence[window.number.end..window.to]
        .chars()
        .take_while(|c| !"，,、；;。：:（()）“”的".contains(*c))
        .take(16)
        .collect();
    let clause = text::clause_start(sentence, window.number.start).max(window.from);
    let mut before = TAIL.replace(&sentence[clause..window.number.start], "").into_owned();
    if sentence[clause + before.len()..].starts_with('为') && before.ends_with('行') {
        before.push('为');
    }
    let before = LEAD.replace(&before, "").into_owned();
    let noun = behind.trim();
    if matches!(window.number.unit.as_str(), "个" | "家" | "名" | "台" | "所" | "项" | "件" | "条" | "场" | "次")
        && noun.chars().count() >= 2
        && before.chars().count() <= 6
    {
        return noun.to_string();
    }
    if before.is_empty() {
        // A clause of its own: the words of the one before it.
        let earlier = sentence[..clause].trim_end_matches(text::is_comma);
        let earlier: Vec<char> = earlier.chars().rev().take_while(|c| !text::is_comma(*c)).take(20).collect();
        let earlier: String = earlier.into_iter().rev().collect();
        return if noun.is_empty() { earlier } else { noun.to_string() };
    }
    let long: Vec<char> = before.chars().collect();
    let tail: String = long[long.len().saturating_sub(24)..].iter().collect();
    // A label cut short begins behind a pause rather than inside a word.
    match tail.find(['、', '”', '》']) {
        Some(pause) if long.len() > 24 && tail.len() - pause > 12 => {
            tail[pause..].trim_start_matches(['、', '”', '》']).to_string()
        }
        _ => tail.trim_start_matches(['、', '”', '》']).to_string(),
    }
}
