//! What the identities say of a table whose figures stand in their columns: what they prove, what the page lost, what is disputed.
//!
//! In: known values, cells marked as having none, unknown cells (never negative), and sums. Out: a verdict on each sum, the values
//! that every filling shares, and the cells that explain what no filling can save. A mark (`/`, `—`) says that there is nothing, and
//! can be as wrong as a figure; an empty cell says nothing. Bounded; never turns an unknown into a zero.

use crate::model::form::{Axis, FormTable};
use std::collections::BTreeMap;

/// A sum over rows for each column, or over columns for each row, by indices.
#[derive(Clone, Debug)]
pub struct Sum {
    /// Index of the identity.
    pub identity: usize,
    /// Runs over columns or rows.
    pub per: Axis,
    /// The columns or rows it is checked over.
    pub over: Vec<usize>,
    /// Terms.
    pub left: Vec<usize>,
    /// Terms.
    pub right: Vec<usize>,
}

/// The identities of a table by indices.
pub fn sums(table: &FormTable) -> Vec<Sum> {
    let rows: BTreeMap<&str, usize> = table.rows.iter().enumerate().map(|(i, r)| (r.id.as_ref(), i)).collect();
    let columns: BTreeMap<&str, usize> = table.columns.iter().enumerate().map(|(i, c)| (c.id.as_ref(), i)).collect();
    table
        .identities
        .iter()
        .enumerate()
        .map(|(identity, it)| {
            let (over, terms) = match it.per {
                Axis::Column => (&columns, &rows),
                Axis::Row => (&rows, &columns),
            };
            let find = |names: &[crate::model::Id], map: &BTreeMap<&str, usize>| -> Vec<usize> {
                names.iter().filter_map(|n| map.get(n.as_ref()).copied()).collect()
            };
            Sum {
                identity,
                per: it.per,
                over: find(&it.over, over),
                left: find(&it.left, terms),
                right: find(&it.right, terms),
            }
        })
        .collect()
}

/// One identity over one row or column: the cells of both sides.
#[derive(Clone, Debug)]
pub struct Equation {
    /// Index of the identity in its table.
    pub identity: usize,
    /// The row or column it runs over.
    pub over: usize,
    /// Cells whose sum is one side.
    pub left: Vec<usize>,
    /// Cells whose sum is the other.
    pub right: Vec<usize>,
}

impl Equation {
    /// Both sides.
    pub fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.left.iter().chain(&self.right).copied()
    }

    /// The value with which one of its cells makes it hold, if all the others are known and it is not negative.
    pub fn meant(&self, cell: usize, known: &[Option<i64>], forced: &[Option<i64>]) -> Option<i64> {
        let sum =
            |side: &[usize]| side.iter().filter(|c| **c != cell).map(|c| known[*c].or(forced[*c])).sum::<Option<i64>>();
        let more = sum(&self.right)? - sum(&self.left)?;
        Some(if self.left.contains(&cell) { more } else { -more }).filter(|value| *value >= 0)
    }
}

/// What became of one equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// True, false, or not to be decided.
    pub holds: Option<bool>,
    /// It holds and needed none of its own unknowns to do so: it confirms its cells.
    pub confirms: bool,
}

/// The outcome for a table.
#[derive(Clone, Debug, Default)]
pub struct Solution {
    /// One for each equation.
    pub verdicts: Vec<Verdict>,
    /// The value that every filling gives an unknown cell; zero included.
    pub forced: Vec<Option<i64>>,
    /// Printed cells that explain what does not hold.
    pub disputed: Vec<bool>,
    /// Equations of each cell.
    pub of_cell: Vec<Vec<usize>>,
    /// Unknown cells among which a figure is missing, without telling in which.
    pub missing: Vec<bool>,
}

const MOST: i64 = i64::MAX / 1024;
/// Rounds of narrowing, and cells freed one after the other.
const ROUNDS: usize = 40;
const REPAIRS: usize = 12;

#[derive(Clone)]
struct Bounds {
    low: Vec<i64>,
    high: Vec<i64>,
    broken: Vec<bool>,
}

impl Bounds {
    fn new(known: &[Option<i64>], freed: &[bool], equations: usize) -> Self {
        let free = |i: usize| freed[i] || known[i].is_none();
        Bounds {
            low: (0..known.len()).map(|i| if free(i) { 0 } else { known[i].unwrap_or(0) }).collect(),
            high: (0..known.len()).map(|i| if free(i) { MOST } else { known[i].unwrap_or(MOST) }).collect(),
            broken: vec![false; equations],
        }
    }

    fn range(&self, cells: &[usize]) -> (i64, i64) {
        cells.iter().fold((0i64, 0i64), |(low, high), &c| {
            ((low + self.low[c]).clamp(-MOST, MOST), (high + self.high[c]).clamp(-MOST, MOST))
        })
    }

    /// Narrows until nothing changes. An equation that cannot hold any more is marked and says nothing further.
    fn narrow(&mut self, equations: &[Equation]) -> usize {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (index, equation) in equations.iter().enumerate() {
                if self.broken[index] {
                    continue;
                }
                let (left, right) = (self.range(&equation.left), self.range(&equation.right));
                if left.0 > right.1 || right.0 > left.1 {
                    self.broken[index] = true;
                    changed = true;
                    continue;
                }
                for (side, own, other) in [(&equation.left, left, right), (&equation.right, right, left)] {
                    for &cell in side {
                        let (low, high) = (self.low[cell], self.high[cell]);
                        if low == high {
                            continue;
                        }
                        if other.1 < MOST {
                            let most = other.1 - (own.0 - low);
                            if most < high {
                                self.high[cell] = most.max(low);
                                changed = true;
                            }
                        }
                        if own.1 < MOST || side.iter().all(|&c| c == cell || self.high[c] < MOST) {
                            let rest: i64 = side.iter().filter(|&&c| c != cell).map(|&c| self.high[c]).sum();
                            let least = other.0 - rest;
                            if least > self.low[cell] {
                                self.low[cell] = least.min(self.high[cell]);
                                changed = true;
                            }
                        }
                    }
                    // The bounds of this side moved: the other side is looked at with old ones, which are only wider.
                }
            }
            if !changed {
                break;
            }
        }
        self.broken.iter().filter(|b| **b).count()
    }
}

fn broken(known: &[Option<i64>], freed: &[bool], equations: &[Equation]) -> (usize, Bounds) {
    let mut bounds = Bounds::new(known, freed, equations.len());
    let count = bounds.narrow(equations);
    (count, bounds)
}

/// Solves a table. `known` has a value for each printed figure, `marked` is true for each printed mark.
pub fn solve(known: &[Option<i64>], marked: &[bool], equations: &[Equation]) -> Solution {
    let figures = known;
    let known: Vec<Option<i64>> = known.iter().zip(marked).map(|(k, mark)| k.or(mark.then_some(0))).collect();
    let known = known.as_slice();
    let mut solution = Solution {
        disputed: vec![false; known.len()],
        missing: vec![false; known.len()],
        of_cell: vec![Vec::new(); known.len()],
        ..Solution::default()
    };
    for (index, equation) in equations.iter().enumerate() {
        equation.cells().for_each(|c| solution.of_cell[c].push(index));
    }
    let bounds = repair(known, equations, &mut solution.disputed);
    let fixed = |i: usize| {
        bounds.low[i] == bounds.high[i] && solution.of_cell[i].iter().all(|equation| !bounds.broken[*equation])
    };
    solution.forced = (0..known.len()).map(|i| (figures[i].is_none() && fixed(i)).then_some(bounds.low[i])).collect();
    for index in 0..equations.len() {
        let verdict = solution.verdict(index, equations, known, &bounds);
        solution.verdicts.push(verdict);
    }
    solution
}

/// What cells can hold under all sums. As long as some cannot hold, the cell that saves most of them is disputed and may hold anything;
/// where several would do as well, all of them.
fn repair(known: &[Option<i64>], equations: &[Equation], disputed: &mut [bool]) -> Bounds {
    let (mut count, mut bounds) = broken(known, disputed, equations);
    for _ in 0..REPAIRS {
        if count == 0 {
            return bounds;
        }
        let failing = || equations.iter().zip(&bounds.broken).filter(|(_, broken)| **broken).map(|(e, _)| e);
        let mut suspects: Vec<usize> =
            failing().flat_map(Equation::cells).filter(|c| known[*c].is_some() && !disputed[*c]).collect();
        suspects.sort_unstable();
        suspects.dedup();
        let mut best: (usize, Vec<usize>) = (count, Vec::new());
        for cell in suspects {
            disputed[cell] = true;
            let left = broken(known, disputed, equations).0;
            disputed[cell] = false;
            if left < best.0 {
                best = (left, vec![cell]);
            } else if left == best.0 && left < count {
                best.1.push(cell);
            }
        }
        let Some(&one) = best.1.first() else { break };
        // Equally good cells of one sum are equally suspect; those elsewhere wait for their turn.
        let near: Vec<usize> =
            failing().find(|e| e.cells().any(|c| c == one)).map(|e| e.cells().collect()).unwrap_or_default();
        best.1.iter().filter(|c| near.contains(c)).for_each(|c| disputed[*c] = true);
        (count, bounds) = broken(known, disputed, equations);
    }
    // What is left over is explained by nothing: everything printed in it is in doubt.
    for (equation, _) in equations.iter().zip(&bounds.broken).filter(|(_, broken)| **broken) {
        equation.cells().filter(|c| known[*c].is_some()).for_each(|c| disputed[c] = true);
    }
    broken(known, disputed, equations).1
}

impl Solution {
    /// What became of one equation, once the forced cells are known.
    fn verdict(&mut self, index: usize, equations: &[Equation], known: &[Option<i64>], bounds: &Bounds) -> Verdict {
        let Solution { forced, disputed, of_cell, missing, .. } = self;
        let equation = &equations[index];
        let range = |cells: &[usize]| {
            cells.iter().fold((0i64, 0i64), |(low, high), &c| match known[c] {
                Some(v) => (low + v, (high + v).min(MOST)),
                None => (low + bounds.low[c], (high + bounds.high[c]).min(MOST)),
            })
        };
        let (left, right) = (range(&equation.left), range(&equation.right));
        if left.0 > right.1 || right.0 > left.1 || bounds.broken[index] {
            return Verdict { holds: Some(false), confirms: false };
        }
        let settled = |c: usize| known[c].is_some() || forced[c].is_some();
        let unknown: Vec<usize> = equation.cells().filter(|c| known[*c].is_none()).collect();
        if !unknown.iter().all(|c| settled(*c)) {
            let sum = |cells: &[usize]| cells.iter().map(|c| known[*c].or(forced[*c]).unwrap_or(0)).sum::<i64>();
            let difference = sum(&equation.left) - sum(&equation.right);
            let short = if difference > 0 { &equation.right } else { &equation.left };
            if difference != 0 {
                short.iter().filter(|c| !settled(**c)).for_each(|c| missing[*c] = true);
            }
            return Verdict::default();
        }
        // An unknown that only this sum settles makes it hold by itself, which proves nothing.
        let plain = |cells: &[usize]| cells.iter().filter_map(|c| known[*c]).sum::<i64>();
        let printed = |cells: &[usize]| cells.iter().any(|c| known[*c].is_some());
        let one_sided = [&equation.left, &equation.right].iter().any(|side| side.iter().all(|c| known[*c].is_some()));
        let balanced = plain(&equation.left) == plain(&equation.right)
            && one_sided
            && printed(&equation.left)
            && printed(&equation.right);
        let elsewhere = |cell: usize| {
            of_cell[cell].iter().any(|&other| {
                other != index
                    && !bounds.broken[other]
                    && equations[other].cells().all(|c| c == cell || settled(c) && !disputed[c])
            })
        };
        let confirms = balanced || unknown.iter().all(|c| elsewhere(*c));
        let any = equation.cells().any(|c| known[c].is_some());
        Verdict { holds: (confirms && any).then_some(true), confirms: confirms && any }
    }
}
