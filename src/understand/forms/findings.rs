//! What there is to say about a table as read: what the page lost, what the agency published wrong, what cannot be.
//!
//! In: the cells with their standing and the verdict on each sum. Out: checks and findings. Changes no cell.

use super::assemble::{Builder, Proof, SCALE};
use super::place::Fault;
use super::solve::Equation;
use crate::model::Id;
use crate::model::diagnostic::{Finding, Side, Sides, Term};
use crate::model::form::Axis;
use crate::model::report::{Cell, Check, Table};
use crate::model::value::{Decimal, Standing};
use std::collections::BTreeMap;

impl Builder<'_> {
    fn name(&self, cell: &Cell) -> String {
        let find = |id: &Id| self.table.rows.iter().find(|r| r.id == *id).map(|r| r.label.clone()).unwrap_or_default();
        let column =
            self.table.columns.iter().find(|c| c.id == cell.column).map(|c| c.label.clone()).unwrap_or_default();
        let row = find(&cell.row);
        match (row.is_empty(), self.table.columns.len()) {
            (true, _) => column,
            (_, 1) => row,
            _ => format!("{row}·{column}"),
        }
    }

    /// What the page lost.
    pub(super) fn losses(&self, proof: &Proof, table: &Table, findings: &mut Vec<Finding>) {
        let mut gone: Vec<&str> = Vec::new();
        for (r, row) in self.table.rows.iter().enumerate().filter(|(_, row)| !row.header) {
            let cells: Vec<&Cell> = table.rows[r].cells.iter().map(|i| &table.cells[*i as usize]).collect();
            let first = self.rows[r].map_or(self.lines()[0], |f| f.line);
            for cell in cells.iter().filter(|c| c.standing == Standing::Solved) {
                let value = cell.value.unwrap_or_default();
                findings.push(Finding::new(
                    "cell-lost-and-solved",
                    Some(first),
                    format!("网页丢失了“{}”，由勾稽关系补出：{value}。", self.name(cell)),
                ));
            }
            let placed = &proof.placed[r];
            let adrift = placed.columns.iter().filter(|c| c.is_none()).count();
            let printed = || self.raw(r).join("、");
            if adrift > 0 {
                let (code, message) = match placed.fault {
                    Fault::Wrong => (
                        "row-does-not-add-up",
                        format!("“{}”印为 {}，无论各在哪一列都不相等，必有一处公布有误。", row.label, printed()),
                    ),
                    Fault::Open => (
                        "cell-ambiguous",
                        format!(
                            "“{}”印为 {}，无论各在哪一列都不相等：或是网页丢了数字，或是公布有误，未采用。",
                            row.label,
                            printed()
                        ),
                    ),
                    Fault::None => {
                        ("cell-ambiguous", format!("“{}”有 {adrift} 个数字无法证明属于哪一列，未采用。", row.label))
                    }
                };
                findings.push(Finding::new(code, Some(first), message));
            }
            let lost = cells.iter().any(|c| c.standing == Standing::Lost);
            if lost && self.rows[r].is_none() {
                gone.push(row.label.as_str());
            } else if lost && adrift == 0 {
                let message = format!(
                    "“{}”有空格，各数又不相等：或是网页丢了数字，或是公布有误，不能唯一确定，留空。",
                    row.label
                );
                findings.push(Finding::new("cell-lost", Some(first), message));
            }
        }
        if !proof.fits && proof.placed.iter().all(|row| row.fault == Fault::None) {
            let message = "各行的数字无论在哪一列，总有一列不相等：或是网页丢了数字，或是公布有误。";
            findings.push(Finding::new("cell-lost", Some(self.lines()[0]), message.to_string()));
        }
        if !gone.is_empty() {
            let named = gone.iter().take(3).map(|l| format!("“{l}”")).collect::<String>();
            let message =
                format!("{named}{}共 {} 行不在正文里，留空。", if gone.len() > 3 { "等" } else { "" }, gone.len());
            findings.push(Finding::new("cell-lost", Some(self.lines()[0]), message));
        }
    }

    /// What an equation says, and both its sides as printed or solved; a side of empty cells alone has no sum.
    fn check(&self, equation: &Equation, proof: &Proof, holds: Option<bool>) -> Check {
        let identity = &self.table.identities[equation.identity];
        let sum = |cells: &[usize]| {
            let values: Vec<i64> = cells.iter().filter_map(|c| proof.known[*c].or(proof.solution.forced[*c])).collect();
            (!values.is_empty()).then(|| Decimal::new(values.iter().map(|v| i128::from(*v)).sum(), SCALE))
        };
        Check {
            identity: identity.id.clone(),
            over: match identity.per {
                Axis::Column => self.table.columns[equation.over].id.clone(),
                Axis::Row => self.table.rows[equation.over].id.clone(),
            },
            left: sum(&equation.left),
            right: sum(&equation.right),
            holds,
            official: identity.official,
        }
    }

    /// Every identity over every row or column it runs over.
    pub(super) fn checks(&self, proof: &Proof) -> Vec<Check> {
        let both = proof.equations.iter().zip(&proof.solution.verdicts);
        both.map(|(equation, verdict)| {
            let row = self.table.identities[equation.identity].per == Axis::Row;
            // With one sum over the row, that is the one that fails wherever its figures stand.
            let sums = self.table.identities.iter().filter(|i| i.per == Axis::Row).count();
            let wrong = row && sums == 1 && proof.placed[equation.over].fault == Fault::Wrong;
            self.check(equation, proof, if wrong { Some(false) } else { verdict.holds })
        })
        .collect()
    }

    /// What was published wrong: one finding for all the sums that the same cells explain.
    pub(super) fn contradictions(&self, proof: &Proof, table: &Table, findings: &mut Vec<Finding>) {
        let Proof { equations, known, solution, .. } = proof;
        let width = self.table.columns.len();
        let cell = |at: usize| {
            let (row, column) = (&self.table.rows[at / width].id, &self.table.columns[at % width].id);
            table.cells.iter().find(|c| c.row == *row && c.column == *column)
        };
        let mut groups: BTreeMap<Vec<usize>, Vec<&Equation>> = BTreeMap::new();
        for (equation, _) in equations.iter().zip(&solution.verdicts).filter(|(_, v)| v.holds == Some(false)) {
            let mut suspects: Vec<usize> = equation.cells().filter(|c| solution.disputed[*c]).collect();
            suspects.sort_unstable();
            groups.entry(suspects).or_default().push(equation);
        }
        for (suspects, broken) in groups {
            let axis = |e: &Equation| self.table.identities[e.identity].per;
            let row = broken.iter().any(|e| axis(e) == Axis::Row);
            let code = if row { "row-does-not-add-up" } else { "column-does-not-add-up" };
            let sides: Vec<String> = broken
                .iter()
                .map(|equation| {
                    let (label, kind) = match axis(equation) {
                        Axis::Row => (&self.table.rows[equation.over].label, "行"),
                        Axis::Column => (&self.table.columns[equation.over].label, "列"),
                    };
                    let place = if label.is_empty() { String::new() } else { format!("“{label}”一{kind}：") };
                    let check = self.check(equation, proof, None);
                    let shown = |side: Option<Decimal>| side.map_or("空".to_string(), |v| v.to_string());
                    let say = &self.table.identities[equation.identity].say;
                    format!("{place}{say}，印出的数字左边为 {}，右边为 {}", shown(check.left), shown(check.right))
                })
                .collect();
            let printed = suspects.iter().filter_map(|c| cell(*c));
            let names: Vec<String> = printed.clone().take(3).map(|c| self.name(c)).collect();
            let message = match (suspects.as_slice(), names.as_slice()) {
                ([one], [name]) if broken.len() > 1 => {
                    let value = cell(*one).and_then(|c| c.raw.as_deref()).unwrap_or_default();
                    let mut meant: Vec<i64> =
                        broken.iter().filter_map(|e| e.meant(*one, known, &solution.forced)).collect();
                    meant.dedup();
                    let meant = match meant.as_slice() {
                        [only] => format!("此格若为 {}，各式都相等。", Decimal::new(i128::from(*only), SCALE)),
                        _ => String::new(),
                    };
                    format!("“{name}”印为 {value}，与 {} 条勾稽关系不符。{}。{meant}", broken.len(), sides.join("；"))
                }
                _ => format!("{}，不相等。", sides.join("；")),
            };
            let lines = suspects.iter().copied().chain(broken.iter().flat_map(|e| e.cells()));
            let mut finding = Finding::new(code, lines.filter_map(|c| cell(c)?.line).next(), message);
            if !names.is_empty() {
                finding = finding.help(format!("存疑的单元格：{}。请与原网页核对。", names.join("、")));
            }
            for equation in &broken {
                let label = match axis(equation) {
                    Axis::Row => &self.table.rows[equation.over].label,
                    Axis::Column => &self.table.columns[equation.over].label,
                };
                let check = self.check(equation, proof, None);
                let terms = |cells: &[usize]| {
                    let cells = cells.iter().filter_map(|at| cell(*at));
                    cells.map(|cell| self.term(cell, label)).collect::<Vec<_>>()
                };
                finding.sides.push(Sides {
                    left: Side { terms: terms(&equation.left), sum: check.left },
                    right: Side { terms: terms(&equation.right), sum: check.right },
                });
            }
            findings.push(finding);
        }
    }

    /// A cell as a term of an identity, named by what varies along it.
    fn term(&self, cell: &Cell, common: &str) -> Term {
        let name = self.name(cell);
        let short = name.strip_prefix(&format!("{common}·")).or(name.strip_suffix(&format!("·{common}")));
        let label = short.unwrap_or(&name).to_owned();
        Term { label, value: cell.value, disputed: cell.standing == Standing::Disputed }
    }

    /// Parts that are larger than their whole.
    pub(super) fn limits(&self, table: &Table, findings: &mut Vec<Finding>) {
        for limit in &self.table.limits {
            for column in &self.table.columns {
                let cell = |row: &Id| table.cells.iter().find(|c| c.row == *row && c.column == column.id);
                let Some((whole, most)) = cell(&limit.whole).and_then(|c| Some((c, c.value?))) else { continue };
                for part in limit.parts.iter().filter_map(cell).filter(|c| c.value.is_some_and(|v| v > most)) {
                    let (name, value) = (self.name(part), part.value.unwrap_or_default());
                    let message = format!("{}：“{name}”印为 {value}，“{}”只有 {most}。", limit.say, self.name(whole));
                    findings.push(Finding::new("part-exceeds-whole", part.line, message));
                }
            }
        }
    }

    /// Amounts that no agency collects.
    pub(super) fn plausible(&self, table: &Table, findings: &mut Vec<Finding>) {
        if self.table.id != "administrative_fees" {
            return;
        }
        // A city of some millions collects a few hundred million yuan a year.
        let limit = Decimal::from(1_000_000_000);
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
