//! From tables as found to tables as published: the form is chosen, figures are placed, identities applied, every cell gets its standing.
//!
//! In: what each form finds in the text. Out: the reading. Never mixes two forms, never publishes a figure without a column.

use super::Reading;
use super::figure::{Content, money, money_in};
use super::layout::{Layout, Piece};
use super::place::{self, Placed, Sequence, Sum};
use super::reading::{Found, FoundRow, FoundTable, unlabelled};
use super::solve::{Equation, Solution, solve};
use crate::model::Id;
use crate::model::diagnostic::Finding;
use crate::model::form::{Axis, Form, FormTable};
use crate::model::report::{Cell, Check, Table, TableColumn, TableRow};
use crate::model::value::{Decimal, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// Figures are reckoned in ten-thousandths.
const SCALE: u8 = 4;

/// Chooses the form and builds its tables.
pub fn assemble(forms: &[Form], found: &[Found], pieces: &[Piece], year: Option<u16>) -> Reading {
    let in_years = |form: &Form| year.is_some_and(|y| form.from <= y && form.to.is_none_or(|to| y <= to));
    let score = |index: usize| -> i64 {
        found[index]
            .tables
            .iter()
            .flat_map(|t| t.rows.iter().map(move |r| (t, r)))
            .map(|(t, r)| match r.row {
                // Figures in a row that has none by law, or in one that the form does not have, speak against it.
                Some(row) if forms[index].tables[t.table].rows[row].header => i64::from(r.cells.is_empty()),
                Some(_) => 3,
                None => -2,
            })
            .sum::<i64>()
            + found[index].tables.iter().map(|t| t.columns.len() as i64 + t.exact as i64).sum::<i64>()
    };
    let mut reading = Reading::default();
    let best =
        (0..forms.len()).filter(|i| !found[*i].tables.is_empty()).max_by_key(|i| (score(*i), in_years(&forms[*i]), *i));
    let Some(best) = best else {
        missing(forms, found, year, &BTreeSet::new(), &mut reading);
        return reading;
    };
    let (form, found_here) = (&forms[best], &found[best]);
    if let Some(line) = deduplicated(form, found_here, pieces) {
        let lines: BTreeSet<u32> = found_here.tables.iter().flat_map(|t| t.lines.iter().copied()).collect();
        reading.claimed = lines.into_iter().collect();
        reading.findings.push(
            Finding::new("table-unreadable", Some(line), "表格文字去除了重复内容，同一数字只留下一次，无法读出。")
                .help("请从原网页重新取得全文，保留每个单元格。"),
        );
        return reading;
    }
    let spacing = Spacing::of(found_here, pieces);
    for table in &found_here.tables {
        if let Some(built) = Builder::new(form, table, pieces, &spacing).build(&mut reading.findings) {
            reading.tables.push(built);
        }
        reading.claimed.extend(&table.lines);
    }
    reading.claimed.sort_unstable();
    reading.claimed.dedup();
    if let (Some(year), Some(first)) = (year, reading.tables.first())
        && !in_years(form)
    {
        reading.findings.push(Finding::new(
            "form-off-year",
            Some(first.lines[0]),
            format!("{year} 年度报告使用的是 {} 年格式的表格（{}），按表头识别。", form.from, form.document),
        ));
    }
    let read: BTreeSet<&str> = reading.tables.iter().map(|t| t.table.as_ref()).collect();
    let read: BTreeSet<String> = read.into_iter().map(str::to_string).collect();
    missing(forms, found, year, &read, &mut reading);
    reading.findings.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
    reading
}

/// Tables that are announced and not there.
fn missing(forms: &[Form], found: &[Found], year: Option<u16>, read: &BTreeSet<String>, reading: &mut Reading) {
    let due = |form: &Form| match year {
        Some(year) => form.from <= year && form.to.is_none_or(|to| year <= to),
        None => form.id == "2021" || form.id == "2014",
    };
    for (form, found) in forms.iter().zip(found).filter(|(form, _)| due(form)) {
        let mut named = BTreeSet::new();
        for &(table, line) in &found.announced {
            let table = &form.tables[table];
            if table.rows.len() == 1 && table.identities.is_empty()
                || read.contains(table.id.as_ref())
                || !named.insert(&table.id)
            {
                continue;
            }
            reading.findings.push(
                Finding::new(
                    "table-missing",
                    Some(line),
                    format!("“{}”的表格不在正文里，可能是图片或附件。", table.title),
                )
                .help("请把表格的文字加入原文，或另附可读的文本。"),
            );
        }
    }
}

/// A scraper that keeps each string once leaves a table in which nothing repeats: the line of the first such table.
fn deduplicated(form: &Form, found: &Found, pieces: &[Piece]) -> Option<u32> {
    let count = |label: &str| {
        let wanted = super::labels::key(label).full;
        found.heads.iter().filter(|h| **h == wanted).count()
    };
    let (mut once, mut again) = (0, 0);
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for table in &found.tables {
        for column in &form.tables[table.table].columns {
            *labels.entry(column.label.as_str()).or_default() += 1;
        }
        for head in form.tables[table.table].head.iter().take(1) {
            *labels.entry(head.as_str()).or_default() += 1;
        }
    }
    for (label, expected) in labels {
        match (expected, count(label)) {
            (2.., 1) => once += 1,
            (2.., 2..) => again += 1,
            _ => {}
        }
    }
    let figures: Vec<&str> = found
        .tables
        .iter()
        .flat_map(|t| t.rows.iter().flat_map(|r| r.cells.iter()))
        .map(|c| pieces[*c].text.as_str())
        .collect();
    let distinct: BTreeSet<&&str> = figures.iter().collect();
    let rows: usize = found.tables.iter().map(|t| t.rows.len()).sum();
    let unique = distinct.len() == figures.len();
    let thin = unique && rows >= 12 && figures.len() >= 2;
    ((once >= 2 && once > again && unique) || thin).then(|| found.tables[0].lines.iter().min().copied().unwrap_or(1))
}

/// How far apart neighbouring cells stand where each has a line of its own.
struct Spacing {
    base: u32,
    /// Some cells stand farther apart: blank lines tell of empty cells.
    counted: bool,
}

impl Spacing {
    fn of(found: &Found, pieces: &[Piece]) -> Self {
        let mut gaps: BTreeMap<u32, usize> = BTreeMap::new();
        for row in found.tables.iter().flat_map(|t| &t.rows) {
            for &cell in row.cells.iter().filter(|c| pieces[**c].layout == Layout::Lines) {
                *gaps.entry(pieces[cell].gap).or_default() += 1;
            }
        }
        let base = gaps.iter().find(|(_, n)| **n >= 2).or(gaps.iter().next()).map_or(1, |(gap, _)| *gap);
        Spacing { base, counted: gaps.keys().any(|gap| *gap > base) }
    }
}

struct Builder<'a> {
    form: &'a Form,
    table: &'a FormTable,
    found: &'a FoundTable,
    pieces: &'a [Piece],
    spacing: &'a Spacing,
    sums: Vec<Sum>,
    /// The found row of each row of the form.
    rows: Vec<Option<&'a FoundRow>>,
    /// Cells of each row, a printed code left out.
    cells: Vec<Vec<usize>>,
    /// The money unit of each column's header.
    headed: Vec<Option<&'static str>>,
}

impl<'a> Builder<'a> {
    fn new(form: &'a Form, found: &'a FoundTable, pieces: &'a [Piece], spacing: &'a Spacing) -> Self {
        let table = &form.tables[found.table];
        let rows: Vec<Option<&FoundRow>> =
            (0..table.rows.len()).map(|r| found.rows.iter().find(|f| f.row == Some(r))).collect();
        let coded = table.head.iter().any(|h| h == "代码");
        let cells = rows
            .iter()
            .map(|row| {
                let cells = row.map(|r| r.cells.clone()).unwrap_or_default();
                let code =
                    |c: &usize| pieces[*c].text.len() == 2 && pieces[*c].text.bytes().all(|b| b.is_ascii_digit());
                if coded && cells.len() > 1 && cells.first().is_some_and(code) { cells[1..].to_vec() } else { cells }
            })
            .collect();
        // 采购总金额(万元): the unit belongs to the column whose label stands before it.
        let headed = table
            .columns
            .iter()
            .map(|column| {
                let stem: String = super::labels::key(&column.label).bare;
                let stem = if stem.is_empty() { super::labels::key(&column.label).full } else { stem };
                let printed = found.heads.iter().find(|h| super::labels::key(h).full.starts_with(&stem));
                printed.and_then(|head| money_in(head)).or_else(|| {
                    let only = table.columns.len() == 1;
                    found.heads.iter().filter(|_| only).find_map(|h| money_in(h))
                })
            })
            .collect();
        Builder { form, table, found, pieces, spacing, sums: place::sums(table), rows, cells, headed }
    }

    fn layout(&self, cells: &[usize]) -> Layout {
        cells.iter().map(|c| self.pieces[*c].layout).max().unwrap_or(Layout::Bare)
    }

    fn number(&self, cell: usize) -> Option<i64> {
        match &self.pieces[cell].content {
            Content::Figure(figure) => figure.number.times_ten_to(SCALE).to_integer(),
            _ => None,
        }
    }

    fn sequence(&self, row: Option<&FoundRow>, cells: &[usize]) -> Sequence {
        let width = self.table.columns.len();
        let Some(row) = row else { return Sequence::default() };
        let layout = self.layout(cells);
        let skips: Vec<u32> = cells
            .iter()
            .map(|&c| {
                let piece = &self.pieces[c];
                match layout {
                    Layout::Cells => piece.skip,
                    Layout::Lines => piece.gap.saturating_sub(self.spacing.base),
                    Layout::Bare => 0,
                }
            })
            .collect();
        let trail = match layout {
            Layout::Cells => row.trail,
            _ => Some(row.tail.saturating_sub(self.spacing.base)),
        };
        let values = cells.iter().map(|c| self.number(*c)).collect();
        place::sequence(layout, &skips, trail, values, width, self.spacing.counted)
    }

    fn build(self, findings: &mut Vec<Finding>) -> Option<Table> {
        let width = self.table.columns.len();
        let data: Vec<usize> = (0..self.table.rows.len()).filter(|r| !self.table.rows[*r].header).collect();
        if !unlabelled(self.form, self.found.table) && data.iter().all(|r| self.rows[*r].is_none()) {
            return None;
        }
        let sequences: Vec<Sequence> = (0..self.table.rows.len())
            .map(|r| {
                if self.table.rows[r].header {
                    Sequence { present: true, ..Sequence::default() }
                } else {
                    self.sequence(self.rows[r], &self.cells[r])
                }
            })
            .collect();
        let placed = place::place(&sequences, width, &self.sums);
        let mut printed: Vec<Option<usize>> = vec![None; self.table.rows.len() * width];
        for (r, placed) in placed.iter().enumerate() {
            for (item, column) in placed.columns.iter().enumerate() {
                if let Some(column) = column {
                    printed[r * width + column] = Some(self.cells[r][item]);
                }
            }
        }
        let known: Vec<Option<i64>> = printed.iter().map(|p| p.and_then(|c| self.number(c))).collect();
        let equations = self.equations();
        let solution = solve(&known, &equations);
        let lines = self.lines();
        let mut table = Table {
            form: self.form.id.clone(),
            table: self.table.id.clone(),
            title: self.table.title.clone(),
            lines,
            rows: Vec::new(),
            columns: self
                .table
                .columns
                .iter()
                .map(|c| TableColumn { id: c.id.clone(), label: c.label.clone(), group: c.group.clone() })
                .collect(),
            cells: Vec::new(),
            checks: Vec::new(),
        };
        for (r, row) in self.table.rows.iter().enumerate() {
            let mut cells = Vec::new();
            if !row.header {
                for c in 0..width {
                    cells.push(table.cells.len() as u32);
                    table.cells.push(self.cell(
                        r,
                        c,
                        printed[r * width + c],
                        &placed[r],
                        &solution,
                        &equations,
                        &known,
                    ));
                }
            }
            table.rows.push(TableRow {
                id: row.id.clone(),
                label: row.label.clone(),
                level: row.level,
                header: row.header,
                cells,
            });
        }
        self.unmapped(&mut table, findings);
        self.report(&placed, &solution, &table, findings);
        table.checks = self.checks(&equations, &known, &solution, &table, findings);
        self.plausible(&table, findings);
        Some(table)
    }

    fn lines(&self) -> [u32; 2] {
        let first = self.found.lines.iter().min().copied().unwrap_or(1);
        [first, self.found.lines.iter().max().copied().unwrap_or(first)]
    }

    fn equations(&self) -> Vec<Equation> {
        let width = self.table.columns.len();
        let mut out = Vec::new();
        for sum in &self.sums {
            for &over in &sum.over {
                let at = |term: &usize| match sum.per {
                    Axis::Column => term * width + over,
                    Axis::Row => over * width + term,
                };
                out.push(Equation {
                    identity: sum.identity,
                    over,
                    left: sum.left.iter().map(at).collect(),
                    right: sum.right.iter().map(at).collect(),
                });
            }
        }
        out
    }

    fn unit(&self, r: usize, c: usize) -> Option<String> {
        let unit = self.table.columns[c].unit.as_ref().or(self.table.rows[r].unit.as_ref());
        unit.filter(|u| money(u).is_none()).cloned()
    }

    /// Value, raw text and unit of a printed figure.
    fn printed(&self, r: usize, c: usize, piece: &Piece) -> (Option<Decimal>, Option<String>) {
        let Content::Figure(figure) = &piece.content else { return (None, self.unit(r, c)) };
        let form_unit = self.table.columns[c].unit.as_ref().or(self.table.rows[r].unit.as_ref());
        let beside = self.rows[r].and_then(|row| self.unit_beside(row, piece));
        let unit = figure.unit.clone().or(beside).or_else(|| {
            let money_column = form_unit.is_none_or(|u| money(u).is_some());
            self.headed[c].filter(|_| money_column).map(str::to_string)
        });
        match unit.as_deref().and_then(money) {
            Some(power) => (Some(figure.number.times_ten_to(power)), Some("元".to_string())),
            None => (Some(figure.number), unit.or_else(|| self.unit(r, c))),
        }
    }

    /// A column of units stands between label and figures.
    fn unit_beside(&self, row: &FoundRow, cell: &Piece) -> Option<String> {
        let first = self.pieces.iter().position(|p| std::ptr::eq(p, cell))?;
        let before = &self.pieces[first.saturating_sub(3)..first];
        let unit = before.iter().rev().find(|p| super::figure::is_unit(&p.text) && p.line >= row.line)?;
        Some(unit.text.trim_matches(|c| matches!(c, '(' | ')' | '（' | '）')).to_string())
    }

    #[expect(clippy::too_many_arguments, reason = "one cell of build, split off for its length")]
    fn cell(
        &self,
        r: usize,
        c: usize,
        printed: Option<usize>,
        placed: &Placed,
        solution: &Solution,
        equations: &[Equation],
        known: &[Option<i64>],
    ) -> Cell {
        let settled = |x: usize| known[x].is_some() && !solution.disputed[x] || solution.forced[x].is_some();
        let (row, column) = (&self.table.rows[r], &self.table.columns[c]);
        let at = r * self.table.columns.len() + c;
        let line = self.rows[r].map(|f| f.line);
        let mut cell = Cell {
            row: row.id.clone(),
            column: column.id.clone(),
            value: None,
            raw: None,
            unit: self.unit(r, c),
            standing: Standing::Blank,
            line,
            by: Vec::new(),
            label: None,
        };
        let by = |wanted: &dyn Fn(usize) -> bool| -> Vec<Id> {
            let mut ids: Vec<Id> = Vec::new();
            for (index, equation) in equations.iter().enumerate() {
                let id = &self.table.identities[equation.identity].id;
                if wanted(index) && equation.left.iter().chain(&equation.right).any(|x| *x == at) && !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
            ids
        };
        if let Some(piece) = printed.map(|p| &self.pieces[p]) {
            cell.line = Some(piece.line);
            cell.raw = Some(piece.text.clone());
            (cell.value, cell.unit) = self.printed(r, c, piece);
            if cell.value.is_none() {
                if solution.forced[at].is_some_and(|v| v != 0) {
                    cell.standing = Standing::Disputed;
                    cell.by = by(&|_| true);
                }
                return cell;
            }
            if solution.disputed[at] {
                cell.standing = Standing::Disputed;
                cell.by = by(&|i| solution.verdicts[i].holds == Some(false));
            } else {
                cell.by = by(&|i| solution.verdicts[i].confirms);
                cell.standing = if cell.by.is_empty() { Standing::Printed } else { Standing::Proved };
            }
            return cell;
        }
        match solution.forced[at] {
            Some(0) if self.rows[r].is_some() => {}
            Some(value) => {
                cell.value = Some(Decimal::new(i128::from(value), SCALE));
                cell.standing = Standing::Solved;
                cell.by = by(&|i| {
                    let equation = &equations[i];
                    equation.left.iter().chain(&equation.right).all(|x| settled(*x))
                        && solution.verdicts[i].holds != Some(false)
                });
            }
            None if self.rows[r].is_none() || placed.open.contains(&c) || solution.missing[at] => {
                cell.standing = Standing::Lost;
            }
            None => {}
        }
        cell
    }

    /// Rows that the form does not have, with their figures in the order printed.
    fn unmapped(&self, table: &mut Table, findings: &mut Vec<Finding>) {
        let width = self.table.columns.len();
        let strange =
            self.found.rows.iter().filter(|f| !f.cells.is_empty() && f.row.is_none_or(|r| self.table.rows[r].header));
        for (count, row) in strange.enumerate() {
            let id = format!("x{}", count + 1);
            let sequence = self.sequence(Some(row), &row.cells);
            let exact = sequence.items.len() == width;
            let mut cells = Vec::new();
            for c in 0..width.max(row.cells.len()) {
                let item =
                    if exact { sequence.items.get(c).copied().flatten() } else { (c < row.cells.len()).then_some(c) };
                let column = match self.table.columns.get(c) {
                    Some(column) if exact => column.id.clone(),
                    _ => Id::Owned(format!("x{}", c + 1)),
                };
                if !exact && item.is_none() {
                    continue;
                }
                let piece = item.map(|i| &self.pieces[row.cells[i]]);
                let figure = piece.and_then(|p| if let Content::Figure(f) = &p.content { Some(f) } else { None });
                cells.push(table.cells.len() as u32);
                table.cells.push(Cell {
                    row: Id::Owned(id.clone()),
                    column,
                    value: figure.map(|f| f.number),
                    raw: piece.map(|p| p.text.clone()),
                    unit: figure.and_then(|f| f.unit.clone()),
                    standing: Standing::Unmapped,
                    line: Some(piece.map_or(row.line, |p| p.line)),
                    by: Vec::new(),
                    label: Some(row.label.clone()),
                });
            }
            findings.push(Finding::new(
                "table-unmapped-row",
                Some(row.line),
                format!("“{}”不在法定格式内，名称和数字照原样保留。", row.label),
            ));
            table.rows.push(TableRow { id: Id::Owned(id), label: row.label.clone(), level: 0, header: false, cells });
        }
    }

    fn name(&self, cell: &Cell) -> String {
        let find = |id: &Id| self.table.rows.iter().find(|r| r.id == *id).map(|r| r.label.clone()).unwrap_or_default();
        let column =
            self.table.columns.iter().find(|c| c.id == cell.column).map(|c| c.label.clone()).unwrap_or_default();
        let row = find(&cell.row);
        if row.is_empty() { column } else { format!("{row}·{column}") }
    }

    /// Findings on what the page lost.
    fn report(&self, placed: &[Placed], solution: &Solution, table: &Table, findings: &mut Vec<Finding>) {
        let width = self.table.columns.len();
        for (r, row) in self.table.rows.iter().enumerate().filter(|(_, row)| !row.header) {
            let cells: Vec<&Cell> = table.cells.iter().filter(|c| c.row == row.id).collect();
            let first = self.rows[r].map_or(self.lines()[0], |f| f.line);
            for cell in cells.iter().filter(|c| c.standing == Standing::Solved) {
                let value = cell.value.unwrap_or_default();
                findings.push(Finding::new(
                    "cell-lost-and-solved",
                    Some(first),
                    format!("网页丢失了“{}”，由勾稽关系补出：{value}。", self.name(cell)),
                ));
            }
            let adrift = placed[r].columns.iter().filter(|c| c.is_none()).count();
            if adrift > 0 {
                findings.push(Finding::new(
                    "cell-ambiguous",
                    Some(first),
                    format!("“{}”有 {adrift} 个数字无法证明属于哪一列，未采用。", row.label),
                ));
            }
            let lost = cells.iter().filter(|c| c.standing == Standing::Lost).count();
            if lost > 0 && adrift == 0 {
                let what = if self.rows[r].is_none() {
                    "整行不在正文里"
                } else {
                    "缺了数字，勾稽关系不能唯一确定"
                };
                findings.push(Finding::new("cell-lost", Some(first), format!("“{}”{what}，留空。", row.label)));
            }
            for cell in cells.iter().filter(|c| c.value.is_none() && c.standing == Standing::Disputed) {
                let at = r * width + self.table.columns.iter().position(|c| c.id == cell.column).unwrap_or(0);
                let value = solution.forced[at].map(|v| Decimal::new(i128::from(v), SCALE)).unwrap_or_default();
                findings.push(Finding::new(
                    "row-does-not-add-up",
                    cell.line,
                    format!(
                        "“{}”印为“{}”，按勾稽关系应为 {value}。",
                        self.name(cell),
                        cell.raw.as_deref().unwrap_or("")
                    ),
                ));
            }
        }
    }

    fn checks(
        &self,
        equations: &[Equation],
        known: &[Option<i64>],
        solution: &Solution,
        table: &Table,
        findings: &mut Vec<Finding>,
    ) -> Vec<Check> {
        let width = self.table.columns.len();
        let mut out = Vec::new();
        for (equation, verdict) in equations.iter().zip(&solution.verdicts) {
            let identity = &self.table.identities[equation.identity];
            let sum = |cells: &[usize]| {
                let some = cells.iter().any(|c| known[*c].is_some() || solution.forced[*c].is_some());
                let total: i64 = cells.iter().map(|c| known[*c].or(solution.forced[*c]).unwrap_or(0)).sum();
                some.then(|| Decimal::new(i128::from(total), SCALE))
            };
            let (left, right) = (sum(&equation.left), sum(&equation.right));
            let (over, label) = match identity.per {
                Axis::Column => {
                    (&self.table.columns[equation.over].id, self.table.columns[equation.over].label.as_str())
                }
                Axis::Row => (&self.table.rows[equation.over].id, self.table.rows[equation.over].label.as_str()),
            };
            if verdict.holds == Some(false) {
                let (code, kind) = match identity.per {
                    Axis::Row => ("row-does-not-add-up", "行"),
                    Axis::Column => ("column-does-not-add-up", "列"),
                };
                let mut suspects: Vec<usize> =
                    equation.left.iter().chain(&equation.right).copied().filter(|c| solution.disputed[*c]).collect();
                suspects.sort_unstable();
                let cell_of = |at: usize| {
                    let (r, c) = (at / width, at % width);
                    table.cells.iter().find(|x| x.row == self.table.rows[r].id && x.column == self.table.columns[c].id)
                };
                let line = suspects
                    .iter()
                    .chain(equation.left.iter())
                    .chain(equation.right.iter())
                    .find_map(|c| cell_of(*c).and_then(|c| c.line));
                let shown = |side: Option<Decimal>| side.map_or("空".to_string(), |v| v.to_string());
                let place = if label.is_empty() {
                    identity.say.clone()
                } else {
                    format!("“{label}”一{kind}：{}", identity.say)
                };
                let names: Vec<String> =
                    suspects.iter().take(3).filter_map(|c| cell_of(*c)).map(|c| self.name(c)).collect();
                let mut finding = Finding::new(
                    code,
                    line,
                    format!("{place}。印出的数字左边为 {}，右边为 {}，不相等。", shown(left), shown(right)),
                );
                if !names.is_empty() {
                    finding = finding.help(format!("存疑的单元格：{}。请与原网页核对。", names.join("、")));
                }
                findings.push(finding);
            }
            out.push(Check {
                identity: identity.id.clone(),
                over: over.clone(),
                left,
                right,
                holds: verdict.holds,
                official: identity.official,
            });
        }
        out
    }

    /// Amounts that no agency collects.
    fn plausible(&self, table: &Table, findings: &mut Vec<Finding>) {
        if self.table.id != "administrative_fees" {
            return;
        }
        let limit = Decimal::from(100_000_000);
        for cell in table.cells.iter().filter(|c| c.unit.as_deref() == Some("元") && c.value.is_some_and(|v| v > limit))
        {
            findings.push(Finding::new(
                "unit-implausible",
                cell.line,
                format!(
                    "“{}”印为 {}，按表头单位合 {} 元，单位可疑，未作换算。",
                    self.name(cell),
                    cell.raw.as_deref().unwrap_or(""),
                    cell.value.unwrap_or_default()
                ),
            ));
        }
    }
}
