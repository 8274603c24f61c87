//! Which column each printed figure stands in, by exact reasoning.
//!
//! In: for each row its figures in order and the empty cells that the layout shows. Out: the column of each figure that is the same
//! in every placement under which the identities hold. Never moves a figure whose place the layout fixes.
//!
//! A row is placed so that it adds up with its empty cells as nothing. A row that adds up in no placement has one fault: an empty cell
//! that lost its figure, or a printed figure that is wrong; every such fault is tried, and the columns decide between them. Rows that
//! then fit no choice of the others are explained by one row alone, whichever does it, about which nothing is supposed. What no such
//! choice explains, and what several choices tell apart, is left open, and the row says that it does not add up. Choices are narrowed
//! sum by sum with all totals that the other rows can reach, then by trying each choice; both are bounded, and where they give up
//! more choices stand, so that less is placed, never something else.
//!
//! A wrong figure that happens to fit another placement cannot be known. For a row that sums bind it cannot happen: the figures of a
//! row and their total do not depend on the columns, so the row stands out wherever its figures are put.

use super::solve::Sum;
use crate::model::form::Axis;

/// A row to place: what stands in it, in order.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// Cells in order: some printed item, or none for an empty cell that the layout shows.
    pub items: Vec<Option<usize>>,
    /// Value of each printed item in ten-thousandths; none for a mark.
    pub values: Vec<Option<i64>>,
    /// The layout shows empty cells, so that a cell that is missing was lost.
    pub counted: bool,
    /// Empty cells at the front and at the end may belong to a merged label.
    pub merged: bool,
    /// `Lines`: empty cells that the blank lines behind the row may stand for.
    pub tail: usize,
    /// The next row of the table follows, so that those lines are not the page's own.
    pub firm: bool,
    /// Whether the row is on the page at all.
    pub present: bool,
    /// Level of its label: labels of one level take as many cells.
    pub level: u8,
}

/// What keeps a row from adding up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// A figure that the page lost, or one that was published wrong.
    Open,
    /// A figure that was published wrong.
    Wrong,
}

/// Where the items of a row stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Column of each item; none where it cannot be decided.
    pub columns: Vec<Option<usize>>,
    /// Columns that an undecided item or a lost cell may stand in.
    pub open: Vec<usize>,
    /// The layout, or the row itself by adding up, says so; if not, a contradiction speaks against the placement.
    pub firm: bool,
    /// Why it adds up in no placement.
    pub fault: Fault,
}

impl Placed {
    /// A row of so many items of which nothing can be decided.
    pub fn nowhere(items: usize, width: usize, fault: Fault) -> Self {
        Placed { columns: vec![None; items], open: (0..width).collect(), firm: true, fault }
    }
}

/// One way to place a row, with the fault that makes it add up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Choice {
    /// How little speaks for it: 0 it adds up, 1 with a cell that the layout shows to be lost, 2 with a fault, 3 with several.
    rank: u8,
    /// Column of each item.
    columns: Vec<u8>,
    /// What each column holds once the fault is mended; nothing is supposed of a row with several.
    values: Option<Vec<i64>>,
    /// The column at fault.
    fault: Option<u8>,
    /// A figure is printed there.
    wrong: bool,
    /// The layout fixes it.
    shown: bool,
}

/// Most placements of one row, most totals of one sum that are followed, most totals looked at for one table.
const PLACEMENTS: usize = 1_000;
const TOTALS: usize = 1_000;
const WORK: usize = 30_000;

/// Places the items of all rows of a table with `width` columns, and tells whether there is a placement that fits the sums.
pub fn place(rows: &[Sequence], width: usize, sums: &[Sum]) -> (Vec<Placed>, bool) {
    let choices: Vec<Vec<Choice>> =
        rows.iter().enumerate().map(|(r, row)| choices(r, row, rows, width, sums)).collect();
    let mut table = Table { choices: &choices, sums, work: WORK };
    let (live, fits) = if choices.iter().any(|c| c.len() > 1) { table.narrow() } else { (table.all(), true) };
    let kept = |r: usize| choices[r].iter().zip(&live[r]).filter(|(_, l)| **l).map(|(c, _)| c).collect::<Vec<_>>();
    (rows.iter().enumerate().map(|(r, row)| agreed(&kept(r), row.values.len(), width)).collect(), fits)
}

fn agreed(kept: &[&Choice], items: usize, width: usize) -> Placed {
    let Some(first) = kept.first() else { return Placed::nowhere(items, width, Fault::None) };
    let mut open = vec![false; width];
    let columns = (0..items)
        .map(|i| {
            let same = kept.iter().all(|c| c.columns[i] == first.columns[i]);
            if !same {
                kept.iter().for_each(|c| open[usize::from(c.columns[i])] = true);
            }
            same.then(|| usize::from(first.columns[i]))
        })
        .collect();
    kept.iter().filter(|c| !c.wrong).filter_map(|c| c.fault).for_each(|c| open[usize::from(c)] = true);
    let fault = match kept {
        _ if kept.iter().any(|c| c.rank == 0) => Fault::None,
        _ if kept.iter().all(|c| c.wrong) => Fault::Wrong,
        _ => Fault::Open,
    };
    let firm = kept.iter().all(|c| c.shown || c.rank == 0);
    Placed { columns, open: (0..width).filter(|c| open[*c]).collect(), firm, fault }
}

/// Where the cells of a row may begin that has more of them than columns, for the empty ones beside them belong to a merged label or
/// to none: only where every row of that shape can begin, if there is such a place.
fn cuts(row: &Sequence, all: &[Sequence], width: usize) -> std::ops::RangeInclusive<usize> {
    let range = |r: &Sequence| {
        let extra = r.items.len() - width;
        let front = r.items.iter().take_while(|i| i.is_none()).count();
        let back = r.items.iter().rev().take_while(|i| i.is_none()).count();
        (extra.saturating_sub(back), front.min(extra))
    };
    let alike = all.iter().filter(|r| {
        r.merged
            && r.level == row.level
            && r.items.len() == row.items.len()
            && !r.values.is_empty()
            && range(r).0 <= range(r).1
    });
    let (low, high) = alike.map(range).fold(range(row), |(a, b), (low, high)| (a.max(low), b.min(high)));
    if low <= high { low..=high } else { range(row).0..=range(row).1 }
}

/// All order-preserving placements of the row that the layout allows, the best kind only.
fn choices(index: usize, row: &Sequence, all: &[Sequence], width: usize, sums: &[Sum]) -> Vec<Choice> {
    let items = row.values.len();
    if !row.present || items == 0 {
        let values = row.present.then(|| vec![0; width]);
        return vec![Choice { rank: 0, columns: Vec::new(), values, fault: None, wrong: false, shown: true }];
    }
    let sums: Vec<&Sum> = sums.iter().filter(|s| s.per == Axis::Row && s.over.contains(&index)).collect();
    let mut found: Vec<Choice> = Vec::new();
    let len = row.items.len();
    if len > width && row.merged {
        cuts(row, all, width).for_each(|cut| weigh(row, &row.items[cut..cut + width], &[], true, &sums, &mut found));
    } else if len == width {
        weigh(row, &row.items, &[], true, &sums, &mut found);
    } else {
        let bare: Vec<Option<usize>> = row.items.iter().copied().filter(Option::is_some).collect();
        let counted = len < width && row.counted;
        let base = if counted { &row.items } else { &bare };
        if base.len() > width {
            return Vec::new();
        }
        // Where rows are printed whole, a row that is short lost a cell.
        let printed = all.iter().filter(|r| !r.values.is_empty());
        let whole = counted || printed.clone().filter(|r| r.items.len() >= width).count() * 2 > printed.count();
        // First the placements that make the row add up with nothing at fault; only if there are none, those with one fault.
        for faults in 0..=1 {
            let mut search = Shapes { base, row, sums: &sums, width, faults, gaps: Vec::new(), found: Vec::new() };
            if !search.extend(&mut Vec::new(), 0) {
                break;
            }
            for (shape, gaps) in &search.found {
                weigh(row, shape, if whole { gaps } else { &[] }, false, &sums, &mut found);
            }
            if !found.is_empty() {
                break;
            }
        }
    }
    found.sort();
    found.dedup();
    // Blank lines behind a row tell of empty cells at its end, unless another place makes it add up.
    let short = width.saturating_sub(len);
    let exact = row.tail == short && row.firm;
    if short > 0 && (exact || row.tail >= short && row.tail <= short + 2) {
        let mut shape = row.items.clone();
        shape.resize(width, None);
        let mut filled = Vec::new();
        weigh(row, &shape, &[], exact, &sums, &mut filled);
        let adds_up = filled.iter().any(|c| c.rank == 0);
        // A row that prints a zero leaves none empty: lines behind it may as well be the page's own.
        let told = exact || adds_up && !sums.is_empty() && !row.values.contains(&Some(0));
        if told && (adds_up || found.first().is_none_or(|c| c.rank > 0)) {
            return filled;
        }
    }
    let best = found.first().map_or(0, |c| c.rank);
    found.retain(|c| c.rank == best);
    found
}

/// Every way to put empty cells among the given ones.
struct Shapes<'a> {
    base: &'a [Option<usize>],
    row: &'a Sequence,
    sums: &'a [&'a Sum],
    width: usize,
    /// So many of the sums over the row may fail with its empty cells as nothing.
    faults: usize,
    /// Columns of the cells put in so far.
    gaps: Vec<u8>,
    /// Shapes and where cells were put in.
    found: Vec<(Vec<Option<usize>>, Vec<u8>)>,
}

impl Shapes<'_> {
    /// Goes on from a beginning that used `next` of the given cells; false when there are too many.
    fn extend(&mut self, shape: &mut Vec<Option<usize>>, next: usize) -> bool {
        let column = shape.len();
        if column == self.width {
            self.found.push((shape.clone(), self.gaps.clone()));
            return self.found.len() <= PLACEMENTS;
        }
        let left = self.base.len() - next;
        if left > 0 {
            shape.push(self.base[next]);
            let go_on = !self.fits(shape) || self.extend(shape, next + 1);
            shape.pop();
            if !go_on {
                return false;
            }
        }
        if self.width - column > left {
            shape.push(None);
            self.gaps.push(column as u8);
            let go_on = !self.fits(shape) || self.extend(shape, next);
            self.gaps.pop();
            shape.pop();
            return go_on;
        }
        true
    }

    /// Whether the sums that are complete hold, but for those that may fail.
    fn fits(&self, shape: &[Option<usize>]) -> bool {
        let value = |c: &usize| shape[*c].and_then(|i| self.row.values[i]).unwrap_or(0);
        let complete = self.sums.iter().filter(|s| s.left.iter().chain(&s.right).all(|c| *c < shape.len()));
        let fails = |s: &&&Sum| s.left.iter().map(value).sum::<i64>() != s.right.iter().map(value).sum::<i64>();
        complete.filter(fails).count() <= self.faults
    }
}

/// The choices that put a row in one shape: as it is if it adds up, else one for each column that may be at fault. `gaps` are columns
/// that the layout shows to have lost their cell.
fn weigh(row: &Sequence, shape: &[Option<usize>], gaps: &[u8], shown: bool, sums: &[&Sum], out: &mut Vec<Choice>) {
    let mut columns = vec![0u8; row.values.len()];
    for (column, item) in shape.iter().enumerate() {
        if let Some(item) = item {
            columns[*item] = column as u8;
        }
    }
    let values: Vec<i64> = shape.iter().map(|item| item.and_then(|i| row.values[i]).unwrap_or(0)).collect();
    let more = |sum: &Sum| {
        sum.left.iter().map(|c| values[*c]).sum::<i64>() - sum.right.iter().map(|c| values[*c]).sum::<i64>()
    };
    let failing: Vec<&Sum> = sums.iter().copied().filter(|sum| more(sum) != 0).collect();
    let lost = (gaps.len() == 1).then(|| gaps[0]);
    let plain = Choice { rank: 0, columns, values: Some(values.clone()), fault: lost, wrong: false, shown };
    match failing.as_slice() {
        [] => out.push(plain),
        [sum] => {
            let before = sum.left.iter().map(|c| (c, -more(sum))).chain(sum.right.iter().map(|c| (c, more(sum))));
            for (&column, change) in before.filter(|(c, change)| values[**c] + change >= 0) {
                let mut mended = values.clone();
                mended[column] += change;
                let rank = if gaps.contains(&(column as u8)) { 1 } else { 2 };
                let (fault, wrong) = (Some(column as u8), shape[column].is_some());
                out.push(Choice { rank, values: Some(mended), fault, wrong, ..plain.clone() });
            }
        }
        _ => out.push(Choice { rank: 3, values: None, wrong: true, ..plain }),
    }
}

/// The choices of all rows, narrowed by the sums over the rows of each column.
struct Table<'a> {
    choices: &'a [Vec<Choice>],
    sums: &'a [Sum],
    /// Totals that may still be looked at.
    work: usize,
}

/// Which choices of each row stand.
type Live = Vec<Vec<bool>>;

impl Table<'_> {
    fn all(&self) -> Live {
        self.choices.iter().map(|c| vec![true; c.len()]).collect()
    }

    /// Which choices take part in some choice of one for each row under which every column adds up, and whether there is one.
    fn narrow(&mut self) -> (Live, bool) {
        if let Some(live) = self.consistent(None) {
            return (live, true);
        }
        // One row that cannot be made to fit must not hide what the others say.
        let mut union: Option<Live> = None;
        for row in 0..self.choices.len() {
            let Some(live) = self.consistent(Some(row)) else { continue };
            match &mut union {
                None => union = Some(live),
                Some(union) => {
                    union.iter_mut().flatten().zip(live.into_iter().flatten()).for_each(|(a, b)| *a |= b);
                }
            }
        }
        (union.unwrap_or_else(|| self.all()), false)
    }

    /// The same with nothing supposed of one row; none if there is no such choice.
    fn consistent(&mut self, free: Option<usize>) -> Option<Live> {
        let mut live = self.all();
        let everything: Vec<usize> = (0..self.choices.len()).collect();
        self.settle(&mut live, free, &everything)?;
        // What the sums one by one leave is tried choice by choice.
        loop {
            let mut dropped = false;
            for row in 0..live.len() {
                for choice in 0..live[row].len() {
                    let open = live[row].iter().filter(|l| **l).count() > 1 && Some(row) != free;
                    if !open || !live[row][choice] || self.work == 0 {
                        continue;
                    }
                    let mut tried = live.clone();
                    tried[row].iter_mut().enumerate().for_each(|(index, l)| *l = index == choice);
                    if self.settle(&mut tried, free, &[row]).is_none() {
                        live[row][choice] = false;
                        self.settle(&mut live, free, &[row])?;
                        dropped = true;
                    }
                }
            }
            if !dropped || self.work == 0 {
                return Some(live);
            }
        }
    }

    /// Drops choices until each sum can do with every one that is left; none where a row is left without. `changed` are the rows
    /// whose sums are to be looked at.
    fn settle(&mut self, live: &mut Live, free: Option<usize>, changed: &[usize]) -> Option<()> {
        let mut due: Vec<usize> = changed.to_vec();
        while let Some(row) = due.pop() {
            for sum in self.sums.iter().filter(|s| s.per == Axis::Column) {
                let own = sum.left.contains(&row) || sum.right.contains(&row);
                for &column in sum.over.iter().filter(|_| own) {
                    for row in self.support(sum, column, live, free)? {
                        if !due.contains(&row) {
                            due.push(row);
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Drops the choices whose value in one column no values of the other rows can balance, and tells which rows lost some.
    fn support(&mut self, sum: &Sum, column: usize, live: &mut Live, free: Option<usize>) -> Option<Vec<usize>> {
        let signed = sum.left.iter().map(|r| (*r, 1)).chain(sum.right.iter().map(|r| (*r, -1)));
        let mut terms: Vec<(usize, i64, Vec<i64>)> = Vec::new();
        for (row, sign) in signed {
            self.work = self.work.saturating_sub(live[row].len());
            let kept = self.choices[row].iter().zip(&live[row]).filter(|(_, l)| **l);
            let values: Option<Vec<i64>> = kept.map(|(c, _)| c.values.as_ref().map(|v| sign * v[column])).collect();
            let Some(mut values) = values.filter(|v| !v.is_empty() && Some(row) != free) else {
                return Some(Vec::new());
            };
            values.sort_unstable();
            values.dedup();
            terms.push((row, sign, values));
        }
        terms.sort_by_key(|(row, _, values)| (values.len(), *row));
        // What the terms behind each one can still add, at least and at most.
        let mut rest = vec![(0, 0)];
        for (.., values) in terms.iter().rev() {
            let (low, high) = rest[rest.len() - 1];
            rest.push((low + values[0], high + values[values.len() - 1]));
        }
        rest.reverse();
        let mut totals: Vec<Vec<i64>> = vec![vec![0]];
        for ((.., values), (low, high)) in terms.iter().zip(&rest[1..]) {
            let before = &totals[totals.len() - 1];
            self.work = self.work.saturating_sub(before.len() * values.len());
            if self.work == 0 || before.len() > TOTALS {
                return Some(Vec::new());
            }
            let sums = values.iter().flat_map(|v| before.iter().map(move |t| t + v));
            let mut next: Vec<i64> = sums.filter(|t| t + low <= 0 && t + high >= 0).collect();
            next.sort_unstable();
            next.dedup();
            totals.push(next);
        }
        let mut good = vec![0];
        let mut changed = Vec::new();
        for ((row, sign, values), before) in terms.iter().zip(&totals).rev() {
            let balances = |t: i64, v: i64| good.binary_search(&(t + v)).is_ok();
            self.work = self.work.saturating_sub(before.len() * values.len());
            let kept: Vec<i64> = values.iter().copied().filter(|v| before.iter().any(|t| balances(*t, *v))).collect();
            if kept.is_empty() {
                return None;
            }
            if kept.len() < values.len() {
                for (choice, live) in self.choices[*row].iter().zip(&mut live[*row]) {
                    *live &= choice.values.as_ref().is_some_and(|v| kept.contains(&(sign * v[column])));
                }
                changed.push(*row);
            }
            good = before.iter().copied().filter(|t| kept.iter().any(|v| balances(*t, *v))).collect();
        }
        Some(changed)
    }
}
