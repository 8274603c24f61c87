//! The publisher's word: corrections of figures and takedowns, from sidecars and from `_corrections.toml`.
//!
//! In: TOML text, and a report. Out: the orders it gives with their places, and the report with its figures corrected: the value is
//! the publisher's, its standing `curated`, what was read is kept beside it, and sums are checked anew. Must never change a line
//! of the text, nor apply what it does not understand: that becomes a finding with file, line and remedy.

use crate::model::Id;
use crate::model::curation::{Correction, Curation, Takedown, Written};
use crate::model::diagnostic::Finding;
use crate::model::form::{Axis, Form, Indicator};
use crate::model::report::{Alternative, Cell, Core, CoreFrom, Report, Table};
use crate::model::value::{Approx, Decimal, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Name of the register at the top of the content folder.
pub const REGISTER: &str = "_corrections.toml";
/// What a value is called that says there is none.
const NONE: &str = "none";

/// What a file of the publisher orders.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Figures to correct.
    pub corrections: Vec<Correction>,
    /// Reports to publish nothing of.
    pub takedowns: Vec<Takedown>,
    /// What could not be understood.
    pub found: Vec<Finding>,
}

/// Reads the orders in a file. In a sidecar (`of_one`) they are about its own report, and other keys are somebody else's.
/// `Err` when the text is not TOML: where and why.
pub fn read(file: &str, text: &str, of_one: bool) -> Result<Orders, (Range<usize>, String)> {
    let document =
        DeTable::parse(text).map_err(|error| (error.span().unwrap_or_default(), error.message().to_owned()))?;
    let mut reader = Reader { file, text, of_one, orders: Orders::default() };
    for (key, value) in document.get_ref() {
        let entries: Vec<&Spanned<DeValue>> = match value.get_ref() {
            DeValue::Array(entries) => entries.iter().collect(),
            _ => vec![value],
        };
        match key.get_ref().as_ref() {
            "correction" => entries.into_iter().for_each(|entry| reader.correction(entry)),
            "takedown" => entries.into_iter().for_each(|entry| reader.takedown(entry)),
            _ if of_one => {}
            other => reader.complain(
                key.span().start,
                format!("未知的键 {other}"),
                "每条更正写作 [[correction]]，每条撤下写作 [[takedown]]",
            ),
        }
    }
    let mut orders = reader.orders;
    orders.corrections.sort_by_key(|order| order.at.line);
    orders.takedowns.sort_by_key(|order| order.at.line);
    Ok(orders)
}

fn line(text: &str, at: usize) -> u32 {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() as u32 + 1
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    of_one: bool,
    orders: Orders,
}

impl Reader<'_> {
    fn complain(&mut self, at: usize, message: String, help: &str) {
        self.orders.found.push(problem(
            &Written { file: self.file.to_owned(), line: line(self.text, at) },
            &message,
            help,
        ));
    }

    fn correction(&mut self, entry: &Spanned<DeValue>) {
        let keys = ["report", "what", "value", "reason", "who", "when"];
        let Some(table) = self.table(entry, &keys) else { return };
        let value = match table.get("value").map(Spanned::get_ref) {
            Some(DeValue::String(text)) if text.trim() == NONE => Some(None),
            Some(DeValue::String(text)) => Decimal::parse(text.trim()).map(Some),
            Some(DeValue::Integer(whole)) => Decimal::parse(&whole.to_string()).map(Some),
            Some(DeValue::Float(number)) => Decimal::parse(&number.to_string()).map(Some),
            _ => None,
        };
        if value.is_none() {
            let at = table.get("value").unwrap_or(entry).span().start;
            self.complain(at, "value 须为数字，或 \"none\"（表示没有这个数字）".into(), "例如 value = 4971");
        }
        let words = ["what", "reason", "who"].map(|key| self.text(entry, table, key));
        let report = if self.of_one { Some(String::new()) } else { self.text(entry, table, "report") };
        let when = self.day(entry, table);
        let (Some(value), [Some(what), Some(reason), Some(who)], Some(report), Some(when)) =
            (value, words, report, when)
        else {
            return;
        };
        let at = self.written(entry);
        self.orders.corrections.push(Correction {
            report,
            says: Curation { what, label: String::new(), was: None, value, reason, who, when },
            at,
        });
    }

    /// A takedown whose reason is missing is complained of, and carried out.
    fn takedown(&mut self, entry: &Spanned<DeValue>) {
        let Some(table) = self.table(entry, &["report", "reason", "who", "when"]) else { return };
        let [reason, who] = ["reason", "who"].map(|key| self.text(entry, table, key).unwrap_or_default());
        let when = self.day(entry, table).unwrap_or_default();
        let report = if self.of_one { Some(String::new()) } else { self.text(entry, table, "report") };
        let at = self.written(entry);
        if let Some(report) = report {
            self.orders.takedowns.push(Takedown { report, reason, who, when, at });
        }
    }

    fn written(&self, entry: &Spanned<DeValue>) -> Written {
        Written { file: self.file.to_owned(), line: line(self.text, entry.span().start) }
    }

    fn table<'v, 'i>(&mut self, entry: &'v Spanned<DeValue<'i>>, keys: &[&str]) -> Option<&'v DeTable<'i>> {
        let Some(table) = entry.get_ref().as_table() else {
            self.complain(
                entry.span().start,
                "更正和撤下须为表".into(),
                "写作 [[correction]] 或 [[takedown]]，下面一行一个键",
            );
            return None;
        };
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let known: Vec<&str> = keys.iter().copied().filter(|key| !(self.of_one && *key == "report")).collect();
            self.complain(
                key.span().start,
                format!("未知的键 {name}，已忽略"),
                &format!("可用的键：{}", known.join("、")),
            );
        }
        Some(table)
    }

    fn text(&mut self, entry: &Spanned<DeValue>, table: &DeTable, key: &str) -> Option<String> {
        let value = table.get(key);
        let text = value.and_then(|v| v.get_ref().as_str()).map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "));
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Some(text),
            None => {
                let at = value.unwrap_or(entry).span().start;
                let why = if value.is_some() { "须为引号中的文字" } else { "没有写" };
                self.complain(
                    at,
                    format!("{key} {why}"),
                    "每条都要写明 report、reason（理由）、who（谁）、when（日期），更正还要 what 和 value",
                );
                None
            }
        }
    }

    fn day(&mut self, entry: &Spanned<DeValue>, table: &DeTable) -> Option<String> {
        let value = table.get("when");
        let day = match value.map(Spanned::get_ref) {
            Some(DeValue::Datetime(moment)) => moment.date,
            Some(DeValue::String(text)) => {
                text.trim().parse::<toml::value::Datetime>().ok().and_then(|moment| moment.date)
            }
            _ => None,
        };
        if day.is_none() {
            let at = value.unwrap_or(entry).span().start;
            self.complain(at, "when 须为日期".into(), "例如 when = 2024-05-01");
        }
        day.map(|day| day.to_string())
    }
}

/// What is wrong with an order, by the line it is written on.
pub fn problem(at: &Written, message: &str, help: &str) -> Finding {
    Finding::new("correction-invalid", Some(at.line), message).help(help)
}

/// The same as a finding of the report whose sidecar gives the order.
pub fn in_sidecar(file: &str, mut problem: Finding) -> Finding {
    problem.message = format!("{file} 第 {} 行：{}", problem.line.unwrap_or(1), problem.message);
    problem.line = None;
    problem
}

/// Corrects a report. What cannot be applied is given back as findings about the file the order is written in.
pub fn apply(report: &mut Report, orders: &[Correction], indicators: &[Indicator], forms: &[Form]) -> Vec<Finding> {
    let mut problems = Vec::new();
    let is_cell = |order: &&Correction| order.says.what.contains('.');
    // A figure named as such comes after the cells it would follow from.
    for order in orders.iter().filter(is_cell).chain(orders.iter().filter(|order| !is_cell(order))) {
        let done = if is_cell(&order) {
            correct_cell(report, &order.says, indicators, forms)
        } else {
            correct_core(report, &order.says, indicators)
        };
        match done {
            Err((message, help)) => problems.push(problem(&order.at, &message, &help)),
            Ok((name, line, was)) => {
                let shown = |value: Option<Decimal>| value.map_or("无".to_owned(), |value| value.to_string());
                let Curation { value, reason, who, when, .. } = &order.says;
                let message =
                    format!("{name}：原读作 {}，更正为 {}。理由：{reason}（{who}，{when}）", shown(was), shown(*value));
                report.findings.push(Finding::new("figure-corrected", line, message));
                report.curations.push(Curation { label: name, was, ..order.says.clone() });
            }
        }
    }
    report.findings.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
    problems
}

/// Name of the figure, its line, and its value before; or why not and what to do.
type Done = Result<(String, Option<u32>, Option<Decimal>), (String, String)>;

fn correct_core(report: &mut Report, says: &Curation, indicators: &[Indicator]) -> Done {
    let Some(indicator) = indicators.iter().find(|indicator| indicator.id == says.what) else {
        let names: Vec<&str> = indicators.iter().map(|indicator| indicator.id.as_ref()).collect();
        let help = nearest(&says.what, &names)
            .map_or("指标编号见方法页；单元格写作 表.行.列".into(), |near| format!("是否为 {near}？"));
        return Err((format!("没有指标 {}", says.what), help));
    };
    let before = report.core.get(&indicator.id);
    let (line, was) = (before.and_then(|core| core.line), before.map(|core| core.value));
    set_core(&mut report.core, indicator, says.value);
    Ok((indicator.label.clone(), line, was))
}

/// Sets a comparable figure; what was read stays among its alternatives.
fn set_core(cores: &mut BTreeMap<Id, Core>, indicator: &Indicator, value: Option<Decimal>) {
    let Some(value) = value else {
        cores.remove(&indicator.id);
        return;
    };
    let core = cores.entry(indicator.id.clone()).or_insert_with(|| Core {
        value,
        unit: Some(indicator.unit.clone()),
        approx: Approx::Exact,
        standing: Standing::Curated,
        from: CoreFrom::Prose,
        line: None,
        alternatives: Vec::new(),
    });
    if core.value != value && !core.alternatives.iter().any(|other| other.value == core.value) {
        core.alternatives.push(Alternative { value: core.value, from: core.from, line: core.line });
    }
    core.alternatives.retain(|other| other.value != value);
    (core.value, core.approx, core.standing) = (value, Approx::Exact, Standing::Curated);
}

fn correct_cell(report: &mut Report, says: &Curation, indicators: &[Indicator], forms: &[Form]) -> Done {
    let address = |table: &Table, cell: &Cell| format!("{}.{}.{}", table.table, cell.row, cell.column);
    let found = report.tables.iter().enumerate().find_map(|(number, table)| {
        Some((number, table.cells.iter().position(|cell| address(table, cell) == says.what)?))
    });
    let Some((number, at)) = found else {
        let all: Vec<String> = report.tables.iter().flat_map(|t| t.cells.iter().map(|c| address(t, c))).collect();
        let names: Vec<&str> = all.iter().map(String::as_str).collect();
        let tail = says.what.split_once('.').map_or("", |(_, tail)| tail);
        let help = match nearest(&says.what, &names).or(names.iter().copied().find(|name| name.ends_with(tail))) {
            Some(near) => format!("是否为 {near}？"),
            None if names.is_empty() => {
                "这份报告没有读出统计表；可以更正指标，例如 what = \"requests_received\"".into()
            }
            None => format!("单元格写作 表.行.列，例如 {}", names[0]),
        };
        return Err((format!("报告里没有单元格 {}", says.what), help));
    };
    let table = &mut report.tables[number];
    let cell = &mut table.cells[at];
    let (was, line) = (cell.value, cell.line);
    (cell.value, cell.standing) = (says.value, Standing::Curated);
    cell.by.clear();
    let (row, column) = (cell.row.clone(), cell.column.clone());
    let column_of = table.columns.iter().find(|other| other.id == column);
    let words = [
        table.rows.iter().find(|other| other.id == row).map(|row| row.label.as_str()),
        column_of.and_then(|column| column.group.as_deref()),
        column_of.map(|column| column.label.as_str()),
    ];
    let name = words.into_iter().flatten().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("·");
    check_again(table, at, forms);
    for indicator in indicators {
        let spec = indicator.cells.iter().filter_map(|spec| spec.split_once(':')).find(|(form, _)| *form == table.form);
        let Some(terms) = spec.map(|(_, terms)| terms.split('+').map(str::trim).collect::<Vec<_>>()) else { continue };
        let core = report.core.get_mut(&indicator.id).filter(|core| core.from == CoreFrom::Table);
        if terms.contains(&says.what.as_str()) {
            // A sum moves by as much as its part did.
            let value = match terms.len() {
                1 => says.value,
                _ => core.zip(was.zip(says.value)).map(|(core, (was, now))| core.value - was + now),
            };
            if terms.len() == 1 || value.is_some() {
                set_core(&mut report.core, indicator, value);
            }
        } else if let Some(core) = core.filter(|core| core.standing == Standing::Disputed) {
            let cells: Vec<&Cell> =
                table.cells.iter().filter(|c| terms.contains(&address(table, c).as_str())).collect();
            if cells.iter().all(|cell| cell.standing != Standing::Disputed) && !cells.is_empty() {
                core.standing = if terms.len() == 1 { cells[0].standing } else { Standing::Solved };
            }
        }
    }
    Ok((name, line, was))
}

/// Adds up anew the identities that a corrected cell stands in. A cell that was disputed and stands in no broken sum any more is as
/// good as printed.
fn check_again(table: &mut Table, corrected: usize, forms: &[Form]) {
    let form = forms.iter().find(|form| form.id == table.form);
    let Some(form) = form.and_then(|form| form.tables.iter().find(|t| t.id == table.table)) else { return };
    let Table { checks, cells, .. } = table;
    let mut broken: BTreeSet<usize> = BTreeSet::new();
    for check in checks {
        let Some(identity) = form.identities.iter().find(|identity| identity.id == check.identity) else { continue };
        let places = |terms: &[Id]| -> Vec<usize> {
            let fits = |cell: &Cell, term: &Id| match identity.per {
                Axis::Column => cell.row == *term && cell.column == check.over,
                Axis::Row => cell.column == *term && cell.row == check.over,
            };
            terms.iter().filter_map(|term| cells.iter().position(|cell| fits(cell, term))).collect()
        };
        let (left, right) = (places(&identity.left), places(&identity.right));
        if left.contains(&corrected) || right.contains(&corrected) {
            let sum = |places: &[usize]| places.iter().filter_map(|at| cells[*at].value).sum::<Decimal>();
            let open = |places: &[usize]| places.iter().any(|at| cells[*at].value.is_none());
            let (a, b) = (sum(&left), sum(&right));
            // An empty cell is unknown and not negative.
            check.holds = match (open(&left), open(&right)) {
                (false, false) => Some(a == b),
                (true, false) if a > b => Some(false),
                (false, true) if b > a => Some(false),
                _ => None,
            };
            (check.left, check.right) = (Some(a), Some(b));
        }
        if check.holds == Some(false) {
            broken.extend(left.iter().chain(&right));
        }
    }
    for (at, cell) in cells.iter_mut().enumerate() {
        if cell.standing == Standing::Disputed && !broken.contains(&at) {
            cell.standing = Standing::Printed;
        }
    }
}

fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let best = known.iter().map(|k| (strsim::osa_distance(name, k), *k)).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + name.chars().count() / 4).then_some(best.1)
}
