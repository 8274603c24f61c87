//! One year against the one before it: what the two reports of an agency say of the same things.
//!
//! In: two entries of consecutive years, the forms and the dictionary. Out: findings for the later report, each naming the earlier.
//! Must never compare an approximation or a disputed figure, nor figures of two form regimes, which count differently.

use super::Standards;
use crate::model::Id;
use crate::model::archive::{Entry, Kept};
use crate::model::diagnostic::Finding;
use crate::model::form::{Across, Axis, Indicator};
use crate::model::report::{Core, Kind, Report};
use crate::model::value::{Approx, Decimal, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// As many figures, none of them zero, must be the same as last year's, and as many of them different from each other.
const COPIED: usize = 5;
const DIFFERENT: usize = 3;
/// A count is worth a note when it is so many times the other, and not small.
const JUMP: i64 = 10;
const WORTH: i64 = 100;
/// No amount of money grows so much in a year: it is a matter of units.
const UNITS: i64 = 1_000;

/// The cells that the identities across years speak of, as far as they are certain.
pub(super) fn kept(report: &Report, standards: &Standards) -> Vec<Kept> {
    let mut out = Vec::new();
    for table in &report.tables {
        let form = standards.forms.iter().find(|f| f.id == table.form);
        let across = form.and_then(|f| f.tables.iter().find(|t| t.id == table.table)).map(|t| t.across.as_slice());
        let named = |row: &Id, column: &Id| {
            across.unwrap_or_default().iter().any(|a| {
                let (over, term) = if a.per == Axis::Row { (row, column) } else { (column, row) };
                a.over.contains(over) && a.terms().any(|t| t == term)
            })
        };
        for cell in table.cells.iter().filter(|c| named(&c.row, &c.column) && is_sound(c.standing)) {
            let Some(value) = cell.value else { continue };
            out.push(Kept {
                form: table.form.clone(),
                table: table.table.clone(),
                row: cell.row.clone(),
                column: cell.column.clone(),
                value,
                line: cell.line,
            });
        }
    }
    out
}

fn is_sound(standing: Standing) -> bool {
    matches!(standing, Standing::Proved | Standing::Printed | Standing::Solved | Standing::Curated)
}

/// What the later report says that does not fit the earlier one, or fits too well.
pub(super) fn compare(earlier: &Entry, later: &Entry, standards: &Standards) -> Vec<Finding> {
    let (Some(before), Some(year)) = (earlier.card.year, later.card.year) else { return Vec::new() };
    let annual = |entry: &Entry| matches!(entry.card.kind, Kind::AnnualReport | Kind::StatisticsTable);
    if year != before + 1 || !annual(earlier) || !annual(later) || earlier.card.sha256 == later.card.sha256 {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = carry_over(earlier, later, before).into_iter().collect();
    findings.extend(copied(earlier, later, before, standards));
    // A new form counts other things under the same names.
    if !standards.forms.iter().any(|form| form.from == year) {
        findings.extend(standards.indicators.iter().filter_map(|i| jump(earlier, later, before, i)));
    }
    for form in standards.forms.iter() {
        for (table, across) in form.tables.iter().flat_map(|t| t.across.iter().map(move |a| (t, a))) {
            let sides = Sides { form: &form.id, table: &table.id, across, earlier, later };
            for over in &across.over {
                let label = |id: &Id| {
                    let row = table.rows.iter().find(|r| r.id == *id).map(|r| r.label.as_str());
                    row.or_else(|| table.columns.iter().find(|c| c.id == *id).map(|c| c.label.as_str())).unwrap_or("")
                };
                findings.extend(sides.finding(over, label(over), before));
            }
        }
    }
    for finding in &mut findings {
        finding.related = vec![earlier.card.id.clone()];
    }
    findings
}

fn certain<'a>(entry: &'a Entry, id: &str) -> Option<&'a Core> {
    entry.core.get(id).filter(|core| core.approx == Approx::Exact && is_sound(core.standing))
}

/// 上年结转 of a year are the same cases as 结转下年度 of the year before.
fn carry_over(earlier: &Entry, later: &Entry, before: u16) -> Option<Finding> {
    let (out, brought) = (certain(earlier, "carried_out")?, certain(later, "carried_in")?);
    let message = format!("本年“上年结转”为 {}，{before}年报告的“结转下年度”为 {}", brought.value, out.value);
    (out.value != brought.value).then(|| Finding::new("carry-over-mismatch", brought.line, message))
}

/// Every count of the year is last year's, to the unit.
fn copied(earlier: &Entry, later: &Entry, before: u16, standards: &Standards) -> Option<Finding> {
    let mut same: BTreeMap<&str, Decimal> = BTreeMap::new();
    let mut line = None;
    for indicator in standards.indicators.iter().filter(|i| !i.stock) {
        let (Some(then), Some(now)) = (certain(earlier, &indicator.id), certain(later, &indicator.id)) else {
            continue;
        };
        if then.value != now.value {
            return None;
        }
        if !now.value.is_zero() {
            line = line.or(now.line);
            same.insert(indicator.label.as_str(), now.value);
        }
    }
    let different: BTreeSet<Decimal> = same.values().copied().collect();
    (same.len() >= COPIED && different.len() >= DIFFERENT).then(|| {
        let some: Vec<String> = same.iter().take(3).map(|(label, value)| format!("{label} {value}")).collect();
        let message = format!("{} 个不为零的数字与{before}年报告完全相同，如{}", same.len(), some.join("、"));
        Finding::new("figures-copied", line, message)
    })
}

/// A count ten times last year's, or a tenth of it; an amount a thousand times.
fn jump(earlier: &Entry, later: &Entry, before: u16, indicator: &Indicator) -> Option<Finding> {
    let (then, now) = (certain(earlier, &indicator.id)?, certain(later, &indicator.id)?);
    if then.unit != now.unit {
        return None;
    }
    let unit = now.unit.as_deref().unwrap_or("");
    if unit == "元" {
        let message =
            format!("{}为 {} 元，{before}年为 {} 元，单位可疑，未作换算", indicator.label, now.value, then.value);
        return is_other_unit(then.value, now.value).then(|| Finding::new("unit-implausible", now.line, message));
    }
    let (low, high) = (then.value.min(now.value), then.value.max(now.value));
    let far =
        high >= Decimal::from(WORTH) && high.to_f64() >= low.to_f64().max(WORTH as f64 / JUMP as f64) * JUMP as f64;
    let message = format!("{}由{before}年的 {}{unit}变为 {}{unit}", indicator.label, then.value, now.value);
    far.then(|| Finding::new("figure-jumps", now.line, message))
}

fn is_other_unit(then: Decimal, now: Decimal) -> bool {
    let (low, high) = (then.min(now).to_f64(), then.max(now).to_f64());
    low > 0.0 && high >= low * UNITS as f64
}

/// The cells of both years that one identity ties together.
struct Sides<'a> {
    form: &'a Id,
    table: &'a Id,
    across: &'a Across,
    earlier: &'a Entry,
    later: &'a Entry,
}

impl<'a> Sides<'a> {
    fn cell(&self, entry: &'a Entry, over: &Id, term: &Id) -> Option<&'a Kept> {
        let (row, column) = if self.across.per == Axis::Row { (over, term) } else { (term, over) };
        entry
            .kept
            .iter()
            .find(|k| k.form == *self.form && k.table == *self.table && k.row == *row && k.column == *column)
    }

    fn sum(&self, entry: &'a Entry, over: &Id, terms: &[Id]) -> Option<Decimal> {
        terms.iter().map(|term| self.cell(entry, over, term).map(|k| k.value)).sum()
    }

    fn finding(&self, over: &Id, label: &str, before: u16) -> Option<Finding> {
        let across = self.across;
        let then = self.sum(self.earlier, over, &across.before)?;
        let (now, line) = match across.right.first() {
            Some(first) => (self.sum(self.later, over, &across.right)?, self.cell(self.later, over, first)?.line),
            None => {
                let cell = self.cell(self.later, over, across.before.first()?)?;
                let message = format!("“{label}”为 {} 元，{before}年为 {then} 元，单位可疑，未作换算", cell.value);
                return is_other_unit(then, cell.value).then(|| Finding::new("unit-implausible", cell.line, message));
            }
        };
        let due = then + self.sum(self.later, over, &across.left)?;
        let message = format!("“{label}”：{}。左边为 {due}，右边为 {now}", across.say);
        (due != now).then(|| Finding::new("stock-mismatch", line, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::CoreFrom;
    use std::sync::Arc;

    fn standards() -> Standards {
        let indicator = |id: &str, unit: &str| {
            toml::from_str(&format!("id = \"{id}\"\nlabel = \"{id}\"\nunit = \"{unit}\"\ngroup = \"x\"")).unwrap()
        };
        let form = r#"
            id = "f"
            title = ""
            document = ""
            from = 2021
            [[table]]
            id = "t"
            title = ""
            column = []
            row = []
            [[table.across]]
            id = "stock_flow"
            say = "上年加本年"
            per = "row"
            over = ["r"]
            before = ["stock"]
            left = ["more"]
            right = ["stock", "less"]
            [[table.across]]
            id = "level"
            say = ""
            per = "row"
            over = ["r"]
            before = ["amount"]
        "#;
        let counts = ["a", "b", "c", "d", "e"].map(|id| indicator(id, "件"));
        Standards {
            forms: Arc::new(vec![toml::from_str(form).unwrap()]),
            indicators: Arc::new(counts.into_iter().chain([indicator("money", "元")]).collect()),
        }
    }

    fn entry(year: u16, core: &[(&'static str, i64)], kept: &[(&'static str, i64)]) -> Entry {
        let mut entry = Entry::default();
        (entry.card.id, entry.card.year, entry.card.sha256) = (year.to_string(), Some(year), year.to_string());
        entry.card.kind = Kind::AnnualReport;
        for &(id, value) in core {
            let core = Core {
                value: Decimal::from(value),
                unit: Some(if id == "money" { "元" } else { "件" }.to_owned()),
                approx: Approx::Exact,
                standing: Standing::Proved,
                from: CoreFrom::Table,
                line: Some(7),
                alternatives: Vec::new(),
            };
            entry.core.insert(Id::Borrowed(id), core);
        }
        let id = Id::Borrowed;
        entry.kept = kept
            .iter()
            .map(|&(column, value)| Kept {
                form: id("f"),
                table: id("t"),
                row: id("r"),
                column: id(column),
                value: Decimal::from(value),
                line: Some(9),
            })
            .collect();
        entry
    }

    fn codes(earlier: &Entry, later: &Entry) -> Vec<String> {
        let found = compare(earlier, later, &standards());
        assert!(found.iter().all(|f| f.related == [earlier.card.id.clone()]));
        found.iter().map(|f| f.code.to_string()).collect()
    }

    #[test]
    fn a_stock_follows_from_last_years_and_what_came_and_went() {
        let cells = |stock, more, less| [("stock", stock), ("more", more), ("less", less)];
        let before = entry(2021, &[], &cells(15, 0, 0));
        assert!(codes(&before, &entry(2022, &[], &cells(16, 2, 1))).is_empty());
        assert_eq!(codes(&before, &entry(2022, &[], &cells(18, 2, 1))), ["stock-mismatch"]);
        assert!(codes(&before, &entry(2023, &[], &cells(18, 2, 1))).is_empty(), "a year lies between");
        assert!(codes(&before, &entry(2022, &[], &[("stock", 18), ("more", 2)])).is_empty(), "a blank is not a zero");
    }

    #[test]
    fn figures_are_copied_only_when_all_of_them_are() {
        let counts = [("a", 132), ("b", 7), ("c", 7), ("d", 41), ("e", 9)];
        let mut other = counts;
        other[4].1 = 10;
        let before = entry(2021, &counts, &[]);
        assert_eq!(codes(&before, &entry(2022, &counts, &[])), ["figures-copied"]);
        assert!(codes(&before, &entry(2022, &other, &[])).is_empty());
        let zeros = counts.map(|(id, _)| (id, 0));
        assert!(codes(&entry(2021, &zeros, &[]), &entry(2022, &zeros, &[])).is_empty(), "zeros are often the same");
    }

    #[test]
    fn a_jump_is_told_but_not_over_a_new_form() {
        let (few, many) = ([("a", 3)], [("a", 210)]);
        assert_eq!(codes(&entry(2021, &few, &[]), &entry(2022, &many, &[])), ["figure-jumps"]);
        assert_eq!(codes(&entry(2021, &many, &[]), &entry(2022, &few, &[])), ["figure-jumps"]);
        assert!(codes(&entry(2020, &few, &[]), &entry(2021, &many, &[])).is_empty());
        assert!(codes(&entry(2021, &[("a", 1)], &[]), &entry(2022, &[("a", 30)], &[])).is_empty(), "both are small");
    }

    #[test]
    fn a_thousandfold_amount_is_a_matter_of_units() {
        let (small, big) = ([("money", 50_000)], [("money", 500_000_000)]);
        assert_eq!(codes(&entry(2021, &small, &[]), &entry(2022, &big, &[])), ["unit-implausible"]);
        let (small, big) = ([("amount", 1_200)], [("amount", 12_000_000)]);
        assert_eq!(codes(&entry(2021, &[], &small), &entry(2022, &[], &big)), ["unit-implausible"]);
        assert!(codes(&entry(2021, &[], &[("amount", 0)]), &entry(2022, &[], &big)).is_empty());
    }
}
