//! The comparable figures of a report: a proved table cell first, then the table, then prose.
//!
//! In: the figures of the prose and the tables as read. Out: at most one value for each indicator, with the others the report
//! gives, and findings where they disagree. A blank cell is never a zero: it counts as nothing only in a sum whose total the
//! form's own identity confirms without it.

use super::govern::Own;
use crate::model::Id;
use crate::model::diagnostic::Finding;
use crate::model::form::Indicator;
use crate::model::report::{Alternative, Cell, Core, CoreFrom, Figure, Table};
use crate::model::source::Span;
use crate::model::value::{Approx, Decimal, Period, Scope, Standing};
use std::collections::BTreeMap;

/// The core figures and what contradicts them.
pub(super) fn core(
    figures: &[Figure],
    tables: &[Table],
    dictionary: &[Indicator],
    own: &Own,
) -> (BTreeMap<Id, Core>, Vec<Finding>) {
    let (mut out, mut findings) = (BTreeMap::new(), Vec::new());
    for indicator in dictionary {
        let stated = stated(figures, indicator, own);
        if let Some(mut core) = indicator.cells.iter().find_map(|spec| from_table(spec, tables, indicator)) {
            for figure in &stated {
                if agree(core.value, Approx::Exact, figure.value, figure.approx)
                    || !same_measure(core.unit.as_deref(), figure.unit.as_deref())
                {
                    continue;
                }
                push(&mut core.alternatives, figure);
                findings.push(
                    Finding::new(
                        "figure-contradicts-table",
                        Some(figure.line),
                        format!("{}：正文为 {}，统计表为 {}", indicator.label, figure.value, core.value),
                    )
                    .at(place(figure), format!("此处为 {}", figure.value))
                    .help("以表格为先；请核对原文的统计口径"),
                );
            }
            out.insert(indicator.id.clone(), core);
            continue;
        }
        let Some(first) = stated.iter().find(|f| f.approx == Approx::Exact).or(stated.first()).copied() else {
            continue;
        };
        let mut core = Core {
            value: first.value,
            unit: first.unit.clone(),
            approx: first.approx,
            standing: first.standing,
            from: CoreFrom::Prose,
            line: Some(first.line),
            alternatives: Vec::new(),
        };
        for figure in &stated {
            if !agree(core.value, core.approx, figure.value, figure.approx)
                && same_measure(core.unit.as_deref(), figure.unit.as_deref())
            {
                push(&mut core.alternatives, figure);
            }
        }
        if !core.alternatives.is_empty() {
            core.standing = Standing::Disputed;
            let others: Vec<String> = core
                .alternatives
                .iter()
                .map(|a| format!("{}（第 {} 行）", a.value, a.line.unwrap_or_default()))
                .collect();
            let finding = stated.iter().fold(
                Finding::new(
                    "figures-disagree",
                    Some(first.line),
                    format!("{}：第 {} 行为 {}，另有 {}", indicator.label, first.line, first.value, others.join("、")),
                ),
                |finding, figure| finding.at(place(figure), format!("此处为 {}", figure.value)),
            );
            findings.push(finding.help("各个数字均予保留，请以发布机关的更正为准"));
        }
        out.insert(indicator.id.clone(), core);
    }
    (out, findings)
}

fn place(figure: &Figure) -> Span {
    Span { line: figure.line, start: figure.start, end: figure.end }
}

fn push(alternatives: &mut Vec<Alternative>, figure: &Figure) {
    if !alternatives.iter().any(|a| a.value == figure.value) {
        alternatives.push(Alternative { value: figure.value, from: CoreFrom::Prose, line: Some(figure.line) });
    }
}

/// Indicators whose part (其中疫情防控发布会 151 场) is never their level.
const WHOLES: &str = "proactive_total policy_interpretations press_conferences web_interviews requests_received \
    requests_answered review_total litigation_total trainings trainees corrected_total meetings \
    service_hall_cases website_visits fees_collected";

/// The figures of prose that may stand for the report's own year and body.
fn stated<'a>(figures: &'a [Figure], indicator: &Indicator, own: &Own) -> Vec<&'a Figure> {
    let all: Vec<&Figure> = figures
        .iter()
        .filter(|f| f.indicator.as_ref() == Some(&indicator.id))
        .filter(|f| f.period == Period::Year || indicator.stock && f.period == Period::Cumulative)
        .filter(|f| !(f.subset && WHOLES.split(' ').any(|id| id == indicator.id) && !alone(figures, f)))
        .filter(|f| indicator.id != "corrected_total" || f.value.is_zero() || !is_half(f))
        .filter(|f| f.scope == Scope::Agency || own.government && f.scope == Scope::Aggregate)
        .collect();
    // In a government's report the whole region comes before its own offices (全市 1701 篇；市本级 282 篇).
    let wide: Vec<&Figure> = all.iter().copied().filter(|f| f.scope == Scope::Aggregate || !is_office(f)).collect();
    // An office reports on itself, and its own figure comes before that of the whole region.
    let office = own.agency.ends_with(['室', '厅']) && all.iter().any(|f| f.scope == Scope::Agency);
    let mut kept: Vec<&Figure> = match wide.iter().any(|f| f.scope == Scope::Aggregate) {
        true if office => all.into_iter().filter(|f| f.scope == Scope::Agency).collect(),
        true => wide,
        false => all,
    };
    // 公报6期，刊登文件90件: of two measures the dictionary's own comes first.
    kept.sort_by_key(|f| !same_measure(Some(&indicator.unit), f.unit.as_deref()));
    // Several different values in one sentence are parts or examples, and the whole is not stated.
    let split: Vec<(u32, &str)> = kept
        .iter()
        .filter(|f| {
            kept.iter().any(|g| {
                g.line == f.line
                    && g.sentence == f.sentence
                    && g.value != f.value
                    && same_measure(f.unit.as_deref(), g.unit.as_deref())
                    && f.standing == g.standing
            })
        })
        .map(|f| (f.line, f.sentence.as_str()))
        .collect();
    kept.retain(|f| !split.contains(&(f.line, f.sentence.as_str())));
    if indicator.id == "corrected_total" && kept.len() > 1 {
        kept.clear();
    }
    // What is printed comes before what follows from 全部予以答复.
    if kept.iter().any(|f| f.standing == Standing::Printed) {
        kept.retain(|f| f.standing == Standing::Printed);
    }
    kept
}

/// 共办理105件，其中作出答复101件: the only answers that are told are no part of others.
fn alone(figures: &[Figure], figure: &Figure) -> bool {
    let id = figure.indicator.as_deref();
    id == Some("requests_answered") && figures.iter().filter(|f| f.indicator.as_deref() == id).count() == 1
}

/// Whether what was corrected is that of reviews or of lawsuits alone.
fn is_half(figure: &Figure) -> bool {
    let before = figure.sentence.split(figure.raw.as_str()).next().unwrap_or_default();
    let group = &before[before.rfind(['；', ';', '。']).unwrap_or(0)..];
    group.contains("复议") != group.contains("诉讼")
}

/// Whether a government's figure is that of its own offices alone.
fn is_office(figure: &Figure) -> bool {
    let before = figure.sentence.split(figure.raw.as_str()).next().unwrap_or_default();
    ["本级", "政府办", "办公室", "办公厅", "本机关"].iter().any(|word| before.contains(word))
}

/// Whether two statements can both be true.
fn agree(a: Decimal, a_approx: Approx, b: Decimal, b_approx: Approx) -> bool {
    let fits = |exact: Decimal, stated: Decimal, approx: Approx| {
        // An approximation stands for figures of its own size: 36余 is not 500.
        let near = (exact - stated).to_f64().abs() <= stated.to_f64().abs() * 0.25 + 10.0;
        match approx {
            Approx::Exact => exact == stated,
            Approx::MoreThan | Approx::AtLeast => exact >= stated && near,
            Approx::AtMost | Approx::Nearly => exact <= stated && near,
            Approx::About => near,
        }
    };
    match (a_approx, b_approx) {
        (Approx::Exact, approx) => fits(a, b, approx),
        (approx, Approx::Exact) => fits(b, a, approx),
        _ => a == b,
    }
}

/// Cases are not sessions and not persons: only like is compared with like.
fn same_measure(a: Option<&str>, b: Option<&str>) -> bool {
    const KINDS: &[&[&str]] = &[
        &["件", "条", "起", "项", "份", "篇", "宗", "例", "件次", "条次"],
        &["次", "场", "场次"],
        &["期", "班"],
        &["人", "人次", "名", "位"],
        &["个", "家", "处", "所"],
    ];
    let kind = |unit: &str| KINDS.iter().position(|k| k.contains(&unit));
    match (a, b) {
        (Some(a), Some(b)) if a != b => kind(a).is_some() && kind(a) == kind(b),
        _ => true,
    }
}

/// The value of `2019:requests.granted.total` or of a sum of such cells.
fn from_table(spec: &str, tables: &[Table], indicator: &Indicator) -> Option<Core> {
    let (form, terms) = spec.split_once(':')?;
    let terms: Vec<&str> = terms.split('+').map(str::trim).collect();
    let mut parts: Vec<(Decimal, &Cell)> = Vec::new();
    let mut empty = 0;
    for term in &terms {
        let mut path = term.split('.');
        let (table, row, column) = (path.next()?, path.next()?, path.next()?);
        let table = tables.iter().find(|t| t.form == form && t.table == table && !t.cells.is_empty())?;
        let cell = table.cells.iter().find(|c| c.row == row && c.column == column)?;
        match (cell.value, cell.standing) {
            (_, Standing::Lost | Standing::Unmapped) => return None,
            (Some(value), _) => parts.push((value, cell)),
            (None, Standing::Blank) if terms.len() > 1 && balances(table, cell) => empty += 1,
            (None, _) => return None,
        }
    }
    let (_, first) = *parts.first()?;
    let disputed = parts.iter().any(|(_, c)| c.standing == Standing::Disputed);
    let standing = match terms.len() {
        _ if disputed => Standing::Disputed,
        1 => first.standing,
        _ => Standing::Solved,
    };
    debug_assert!(parts.len() + empty == terms.len());
    Some(Core {
        value: parts.iter().map(|p| p.0).sum(),
        unit: first.unit.clone().or_else(|| (indicator.unit != "元").then(|| indicator.unit.clone())),
        approx: Approx::Exact,
        standing,
        from: CoreFrom::Table,
        line: first.line,
        alternatives: Vec::new(),
    })
}

/// Whether an identity over the blank cell's column or row adds up without it, so that it can hold nothing.
fn balances(table: &Table, blank: &Cell) -> bool {
    table.checks.iter().any(|check| {
        let sum = check.identity.ends_with("_sum") || check.identity.contains("_by_");
        sum && check.left.is_some()
            && check.left == check.right
            && check.holds != Some(false)
            && (check.over == blank.column && check.identity != "applicant_sum"
                || check.over == blank.row && check.identity == "applicant_sum" && has_parts(table, blank))
    })
}

/// A row sum tells something only when the row prints at least one figure.
fn has_parts(table: &Table, blank: &Cell) -> bool {
    table.cells.iter().any(|c| c.row == blank.row && c.value.is_some())
}
