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
mod relations;
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
use relations::Found;
use serde::Deserialize;
use shares::Share;
use std::collections::BTreeMap;
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
        let mut found = Found::new();
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
            let figure = Figure {
                indicator: id,
                label: share.map_or_else(|| label(&window), |share| share.name),
                value: number.value,
                unit: Some(number.unit.clone()),
                approx: number.approx,
                scope,
                period,
                subset,
                ..printed(&sentence[number.start..number.end])
            };
            found.push((number.start, figure));
        }
        relations::relate(sentence, self.own.year, before.as_ref(), &mut found);
        self.zeros(sentence, &mut found);
        found.sort_by_key(|f| f.0);
        for (at, figure) in found {
            let span = self.paragraph.origin(self.draft, start + at, start + at + figure.raw.len());
            let (line, sentence) = (span.line, sentence.trim().to_string());
            out.push(Figure { line, start: span.start, end: span.end, sentence, ..figure });
        }
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

    /// What the sentence says there was none of, where it states no figure of that.
    fn zeros(&self, sentence: &str, found: &mut Found) {
        for zero in zero::find(sentence, self.heading) {
            let stated = |f: &Figure| f.indicator.as_ref() == Some(&zero.indicator) && f.standing == Standing::Printed;
            if zero.indicator != "complaints" && found.iter().any(|(_, f)| stated(f)) {
                continue;
            }
            let Some(period) = govern::period(sentence, zero.start, self.own.year) else { continue };
            let figure = Figure {
                indicator: Some(zero.indicator),
                label: zero.label,
                unit: Some(zero.unit.to_string()),
                scope: govern::scope(sentence, zero.start, self.own),
                // A zero up to a date is a zero of the year as well.
                period: if period == Period::Cumulative { Period::Year } else { period },
                ..printed(&sentence[zero.start..zero.end])
            };
            found.push((zero.start, figure));
        }
    }
}

/// A figure as printed, nothing else known of it; its place is told at last.
fn printed(raw: &str) -> Figure {
    Figure {
        indicator: None,
        label: String::new(),
        value: Decimal::ZERO,
        raw: raw.to_string(),
        unit: None,
        approx: Approx::Exact,
        scope: Scope::Agency,
        period: Period::Year,
        subset: false,
        standing: Standing::Printed,
        line: 0,
        start: 0,
        end: 0,
        sentence: String::new(),
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
