//! From tables as found to tables as published: the form is chosen, figures are placed, identities applied, every cell gets its standing.
//!
//! In: what each form finds in the text. Out: the reading. Never mixes two forms, never publishes a figure without a column.

use super::Reading;
use super::figure::{Content, money};
use super::header::{Head, header_row, money_units, numbered, once};
use super::layout::{Layout, Piece};
use super::place::{self, Placed, Sequence};
use super::reading::{Found, FoundRow, FoundTable, unlabelled};
use super::solve::{Equation, Solution, Sum, solve, sums};
use super::survey::{Spacing, deduplicated, missing};
use crate::model::Id;
use crate::model::diagnostic::Finding;
use crate::model::form::{Axis, Form, FormTable};
use crate::model::report::{Cell, Table, TableColumn, TableRow};
use crate::model::value::{Decimal, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// Figures are reckoned in ten-thousandths.
pub(super) const SCALE: u8 = 4;

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
        reading.claimed.extend(&table.lines);
        let mut findings = Vec::new();
        let Some(built) = Builder::new(form, table, pieces, &spacing).build(&mut findings) else { continue };
        // A page may print a table twice; what the second says is said already.
        let says =
            |table: &Table| table.cells.iter().map(|c| (c.row.clone(), c.column.clone(), c.value)).collect::<Vec<_>>();
        let again = |t: &Table| {
            t.table == built.table && (says(t) == says(&built) || built.cells.iter().all(|c| c.value.is_none()))
        };
        if !reading.tables.iter().any(again) {
            reading.tables.push(built);
            reading.findings.extend(findings);
        }
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

/// A table placed and solved.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) equations: Vec<Equation>,
    pub(super) placed: Vec<Placed>,
    /// Some placement of all rows fits the identities, supposing one fault at most in each.
    pub(super) fits: bool,
    /// The piece printed in each cell of the table.
    printed: Vec<Option<usize>>,
    /// Its figure.
    pub(super) known: Vec<Option<i64>>,
    pub(super) solution: Solution,
    /// The table prints its zeros, so that an empty cell was lost.
    whole: bool,
}

impl Proof {
    /// The identities that settle an unknown cell.
    fn witnesses(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let solution = &self.solution;
        let settled = |x: usize| self.known[x].is_some() && !solution.disputed[x] || solution.forced[x].is_some();
        solution.of_cell[cell]
            .iter()
            .copied()
            .filter(move |i| self.equations[*i].cells().all(settled) && solution.verdicts[*i].holds != Some(false))
    }
}

pub(super) struct Builder<'a> {
    pub(super) form: &'a Form,
    pub(super) table: &'a FormTable,
    pub(super) found: &'a FoundTable,
    pieces: &'a [Piece],
    spacing: &'a Spacing,
    sums: Vec<Sum>,
    /// The found row of each row of the form.
    pub(super) rows: Vec<Option<&'a FoundRow>>,
    /// Cells of each row, a printed code left out.
    cells: Vec<Vec<usize>>,
    /// The money unit of each column's header.
    headed: Vec<Option<&'static str>>,
    /// The row of the header that names every column.
    head: Option<Head>,
}

impl<'a> Builder<'a> {
    fn new(form: &'a Form, found: &'a FoundTable, pieces: &'a [Piece], spacing: &'a Spacing) -> Self {
        let table = &form.tables[found.table];
        let rows: Vec<Option<&FoundRow>> =
            (0..table.rows.len()).map(|r| found.rows.iter().find(|f| f.row == Some(r))).collect();
        let coded = table.head.iter().any(|h| h == "代码") && numbered(&rows, pieces);
        let head = header_row(found, pieces, table.columns.len());
        let cells = rows
            .iter()
            .map(|row| {
                let cells = row.map(|r| r.cells.as_slice()).unwrap_or_default();
                let code = coded && cells.first().is_some_and(|c| pieces[*c].text.len() <= 2);
                once(&cells[usize::from(code)..], &head, pieces)
            })
            .collect();
        let headed = money_units(table, found);
        Builder { form, table, found, pieces, spacing, sums: sums(table), rows, cells, headed, head }
    }

    fn layout(&self, cells: &[usize]) -> Layout {
        cells.iter().map(|c| self.pieces[*c].layout).max().unwrap_or(Layout::Bare)
    }

    fn number(&self, cell: usize) -> Option<i64> {
        match &self.pieces[cell].content {
            // Sums of figures beyond any statistic could overflow: such a figure is shown and not reckoned with.
            Content::Figure(figure) => figure.number.times_ten_to(SCALE).to_integer().filter(|v| v.abs() < 1 << 50),
            _ => None,
        }
    }

    fn sequence(&self, row: Option<&FoundRow>, cells: &[usize]) -> Sequence {
        let Some(row) = row else { return Sequence::default() };
        let layout = self.layout(cells);
        let base = self.spacing.base;
        let counted = layout == Layout::Cells || layout == Layout::Lines && self.spacing.counted;
        let empty = |count: u32| std::iter::repeat_n(None, count.min(64) as usize);
        let mut items = Vec::new();
        for (index, &cell) in cells.iter().enumerate() {
            items.extend(match layout {
                Layout::Cells => empty(self.pieces[cell].skip),
                Layout::Lines if counted => empty(self.pieces[cell].gap.saturating_sub(base)),
                _ => empty(0),
            });
            items.push(Some(index));
        }
        let tail = if counted && layout == Layout::Lines { row.tail.saturating_sub(base).min(64) } else { 0 };
        if layout == Layout::Cells {
            items.extend(empty(row.trail.unwrap_or(0)));
        }
        let mut sequence = Sequence {
            items,
            values: cells.iter().map(|c| self.number(*c)).collect(),
            counted,
            merged: layout == Layout::Cells,
            tail: tail as usize,
            firm: row.firm,
            present: true,
            level: row.row.map_or(0, |r| self.table.rows[r].level),
        };
        if layout == Layout::Cells
            && let Some((length, starts)) = &self.head
            && *length == sequence.items.len()
            && *length > starts.len()
        {
            // Every cell stands under the column whose header begins there or before.
            let ends = starts[1..].iter().copied().chain([*length]);
            let under: Vec<Vec<usize>> = starts
                .iter()
                .zip(ends)
                .map(|(&a, b)| sequence.items[a..b].iter().copied().flatten().collect())
                .collect();
            if sequence.items[..starts[0]].iter().all(Option::is_none) && under.iter().all(|u| u.len() <= 1) {
                sequence.items = under.into_iter().map(|u| u.first().copied()).collect();
            }
        }
        sequence
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
        let sequences = self.without_spans(sequences);
        let order = self.order(&sequences);
        let (mut placed, fits) = place::place(&sequences, width, &self.sums_in(&order));
        for column in placed.iter_mut().flat_map(|p| p.columns.iter_mut().flatten().chain(&mut p.open)) {
            *column = order[*column];
        }
        let mut proof = Proof { equations: self.equations(), placed, fits, ..Proof::default() };
        loop {
            self.solve(&mut proof);
            // A place that only an assumed loss gave needs an identity that confirms it.
            let confirmed =
                |cell: usize| proof.solution.of_cell[cell].iter().any(|e| proof.solution.verdicts[*e].confirms);
            let contradicted = |r: usize| {
                let row = &proof.placed[r];
                !row.firm && row.columns.iter().flatten().any(|column| !confirmed(r * width + column))
            };
            let withdrawn: Vec<usize> = (0..proof.placed.len()).filter(|r| contradicted(*r)).collect();
            if withdrawn.is_empty() {
                break;
            }
            for r in withdrawn {
                let row = &mut proof.placed[r];
                *row = Placed::nowhere(row.columns.len(), width, row.fault);
            }
        }
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
                    table.cells.push(self.cell(r, c, &proof));
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
        self.losses(&proof, &table, findings);
        table.checks = self.checks(&proof);
        self.contradictions(&proof, &table, findings);
        self.limits(&table, findings);
        self.plausible(&table, findings);
        Some(table)
    }

    /// The column of the form that stands at each place, by the header. Above groups of columns a header is read line by line, in an
    /// order that need not be that of the columns: there the rows must add up to make it believed.
    fn order(&self, sequences: &[Sequence]) -> Vec<usize> {
        let columns = &self.table.columns;
        let official: Vec<usize> = (0..columns.len()).collect();
        let seen = self.found.columns.clone();
        if seen.len() != columns.len() || seen == official {
            return official;
        }
        let adds_up = |order: &[usize]| {
            let sums = self.sums_in(order);
            let holds = |r: usize, items: &[Option<usize>]| {
                let value = |c: &usize| items[*c].and_then(|item| sequences[r].values[item]).unwrap_or(0);
                let side = |terms: &[usize]| terms.iter().map(value).sum::<i64>();
                let mut own = sums.iter().filter(|s| s.per == Axis::Row && s.over.contains(&r));
                own.all(|s| side(&s.left) == side(&s.right))
            };
            let rows = sequences.iter().enumerate().filter(|(_, row)| row.items.len() == columns.len());
            rows.filter(|(r, row)| holds(*r, &row.items)).count()
        };
        let grouped = columns.iter().any(|c| c.group.is_some());
        if grouped && adds_up(&seen) <= adds_up(&official) { official } else { seen }
    }

    /// The sums with places for columns.
    fn sums_in(&self, order: &[usize]) -> Vec<Sum> {
        let place = |column: &usize| order.iter().position(|c| c == column).unwrap_or(*column);
        let all = |columns: &[usize]| columns.iter().map(place).collect::<Vec<_>>();
        let moved = |sum: &Sum| match sum.per {
            Axis::Row => Sum { left: all(&sum.left), right: all(&sum.right), ..sum.clone() },
            Axis::Column => Sum { over: all(&sum.over), ..sum.clone() },
        };
        self.sums.iter().map(moved).collect()
    }

    /// Takes the pieces of each cell from where the rows are placed, and what the identities say of them.
    fn solve(&self, proof: &mut Proof) {
        let width = self.table.columns.len();
        proof.printed = vec![None; self.table.rows.len() * width];
        for (r, placed) in proof.placed.iter().enumerate() {
            for (item, column) in placed.columns.iter().enumerate() {
                if let Some(column) = column {
                    proof.printed[r * width + column] = Some(self.cells[r][item]);
                }
            }
        }
        proof.known = proof.printed.iter().map(|p| p.and_then(|c| self.number(c))).collect();
        let marked = |p: &Option<usize>| p.is_some_and(|c| self.pieces[c].content == Content::Mark);
        let marked: Vec<bool> = proof.printed.iter().map(marked).collect();
        proof.solution = solve(&proof.known, &marked, &proof.equations);
        let zeros = proof.known.iter().filter(|v| **v == Some(0)).count();
        let empty = (0..proof.known.len()).filter(|at| {
            let row = at / width;
            self.rows[row].is_some() && !self.table.rows[row].header && proof.printed[*at].is_none()
        });
        proof.whole = empty.filter(|at| proof.solution.forced[*at].is_none_or(|v| v == 0)).count() <= zeros;
    }

    /// A merged label leaves empty cells behind it, as many for every row of its depth: they are not cells of the row.
    fn without_spans(&self, mut sequences: Vec<Sequence>) -> Vec<Sequence> {
        let width = self.table.columns.len();
        let mut extras: BTreeMap<u8, BTreeMap<usize, usize>> = BTreeMap::new();
        for (row, sequence) in self.table.rows.iter().zip(&sequences) {
            if sequence.merged && !sequence.values.is_empty() && sequence.items.len() >= width {
                *extras.entry(row.level).or_default().entry(sequence.items.len() - width).or_default() += 1;
            }
        }
        for (row, sequence) in self.table.rows.iter().zip(&mut sequences) {
            let most = extras.get(&row.level).and_then(|e| e.iter().max_by_key(|(_, n)| **n));
            let Some((&extra, 2..)) = most else { continue };
            if sequence.items.len() < width + extra && sequence.items.iter().take(extra).all(Option::is_none) {
                sequence.items.drain(..extra.min(sequence.items.len()));
            }
        }
        sequences
    }

    pub(super) fn lines(&self) -> [u32; 2] {
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

    /// The figures of a row as printed.
    pub(super) fn raw(&self, r: usize) -> Vec<&str> {
        self.cells[r].iter().map(|c| self.pieces[*c].text.as_str()).collect()
    }

    fn unit(&self, r: usize, c: usize) -> Option<String> {
        let unit = self.table.columns[c].unit.as_ref().or(self.table.rows[r].unit.as_ref());
        unit.filter(|u| money(u).is_none()).cloned()
    }

    /// Value, raw text and unit of a printed figure.
    fn printed(&self, r: usize, c: usize, at: usize) -> (Option<Decimal>, Option<String>) {
        let Content::Figure(figure) = &self.pieces[at].content else { return (None, self.unit(r, c)) };
        let form_unit = self.table.columns[c].unit.as_ref().or(self.table.rows[r].unit.as_ref());
        let beside = self.rows[r].and_then(|row| self.unit_beside(row, at));
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
    fn unit_beside(&self, row: &FoundRow, first: usize) -> Option<String> {
        let before = &self.pieces[first.saturating_sub(3)..first];
        let unit = before.iter().rev().find(|p| super::figure::is_unit(&p.text) && p.line >= row.line)?;
        Some(unit.text.trim_matches(|c| matches!(c, '(' | ')' | '（' | '）')).to_string())
    }

    fn cell(&self, r: usize, c: usize, proof: &Proof) -> Cell {
        let (row, column) = (&self.table.rows[r], &self.table.columns[c]);
        let at = r * self.table.columns.len() + c;
        let Proof { equations, solution, .. } = proof;
        let placed = &proof.placed[r];
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
            for &index in &solution.of_cell[at] {
                let id = &self.table.identities[equations[index].identity].id;
                if wanted(index) && !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
            ids
        };
        if let Some((index, piece)) = proof.printed[at].map(|p| (p, &self.pieces[p])) {
            cell.line = Some(piece.line);
            cell.raw = Some(piece.text.clone());
            (cell.value, cell.unit) = self.printed(r, c, index);
            if solution.disputed[at] {
                cell.standing = Standing::Disputed;
                cell.by = by(&|i| solution.verdicts[i].holds == Some(false));
            } else if cell.value.is_some() {
                cell.by = by(&|i| solution.verdicts[i].confirms);
                cell.standing = if cell.by.is_empty() { Standing::Printed } else { Standing::Proved };
            }
            return cell;
        }
        match solution.forced[at] {
            // Nothing is lost here as long as a figure of the row may stand here.
            Some(value) if placed.columns.iter().any(Option::is_none) && (value != 0 || placed.open.contains(&c)) => {
                cell.standing = Standing::Lost;
            }
            Some(0) if self.rows[r].is_none() => cell.standing = Standing::Lost,
            Some(0) => {}
            // Where zeros are left empty, one identity cannot tell a lost figure from a zero beside a figure that is wrong.
            Some(_) if !proof.whole && proof.witnesses(at).count() < 2 => cell.standing = Standing::Lost,
            // The row may be there under a name that no form knows.
            Some(_) if self.cells[r].is_empty() && self.strange().next().is_some() => cell.standing = Standing::Lost,
            Some(value) => {
                cell.value = Some(Decimal::new(i128::from(value), SCALE));
                cell.standing = Standing::Solved;
                let witnesses: Vec<usize> = proof.witnesses(at).collect();
                cell.by = by(&|i| witnesses.contains(&i));
            }
            None if self.rows[r].is_none() || placed.open.contains(&c) || solution.missing[at] => {
                cell.standing = Standing::Lost;
            }
            None => {}
        }
        cell
    }

    /// Rows that the form does not have.
    fn strange(&self) -> impl Iterator<Item = &FoundRow> {
        // A heading of the form has —— for its unit; only a figure there is more than the form has.
        let figures = |row: &FoundRow| row.cells.iter().any(|c| matches!(self.pieces[*c].content, Content::Figure(_)));
        self.found.rows.iter().filter(move |row| match row.row {
            Some(r) => self.table.rows[r].header && figures(row),
            None => !row.cells.is_empty(),
        })
    }

    /// The same, with their figures in the order printed.
    fn unmapped(&self, table: &mut Table, findings: &mut Vec<Finding>) {
        let width = self.table.columns.len();
        for (count, row) in self.strange().enumerate() {
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
}
