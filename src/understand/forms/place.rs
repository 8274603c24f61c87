//! Which column each printed figure stands in, by exact reasoning.
//!
//! In: for each row its figures in order and the empty cells that the layout shows. Out: the column of each figure that is the same
//! in every placement under which the identities hold. The search is bounded; where it gives up, nothing is placed that the row
//! alone does not settle. Never moves a figure whose place the layout fixes.

use super::layout::Layout;
use super::solve::Sum;
use crate::model::form::Axis;
use std::collections::BTreeMap;

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

/// Where the items of a row stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Column of each item; none where it cannot be decided.
    pub columns: Vec<Option<usize>>,
    /// Columns that an undecided item or a lost cell may stand in.
    pub open: Vec<usize>,
    /// The layout, or the row itself by adding up, says so; if not, a contradiction speaks against the placement.
    pub firm: bool,
}

impl Placed {
    /// A row of so many items of which nothing can be decided.
    pub fn nowhere(items: usize, width: usize) -> Self {
        Placed { columns: vec![None; items], open: (0..width).collect(), firm: true }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    rank: u8,
    columns: Vec<u8>,
    lost: Option<u8>,
    values: Vec<i64>,
    slack: Vec<bool>,
    firm: bool,
}

/// Most candidates of one row, and most steps of the search over all rows.
const CANDIDATES: usize = 400;
const STEPS: usize = 3_000;

/// Places the items of all rows of a table with `width` columns.
pub fn place(rows: &[Sequence], width: usize, sums: &[Sum]) -> Vec<Placed> {
    let all: Vec<Vec<Candidate>> =
        rows.iter().enumerate().map(|(r, row)| candidates(r, row, rows, width, sums)).collect();
    let live = if all.iter().any(|c| c.len() > 1) {
        narrow(&all, width, sums)
    } else {
        all.iter().map(|c| vec![true; c.len()]).collect()
    };
    all.iter()
        .zip(&live)
        .zip(rows)
        .map(|((candidates, live), row)| {
            let kept: Vec<&Candidate> = candidates.iter().zip(live).filter(|(_, l)| **l).map(|(c, _)| c).collect();
            agreed(&kept, row.values.len(), width)
        })
        .collect()
}

fn agreed(kept: &[&Candidate], items: usize, width: usize) -> Placed {
    let Some(first) = kept.first() else { return Placed::nowhere(items, width) };
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
    kept.iter().filter_map(|c| c.lost).for_each(|c| open[usize::from(c)] = true);
    Placed { columns, open: (0..width).filter(|c| open[*c]).collect(), firm: kept.iter().all(|c| c.firm) }
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
fn candidates(index: usize, row: &Sequence, all: &[Sequence], width: usize, sums: &[Sum]) -> Vec<Candidate> {
    let items = row.values.len();
    if !row.present || items == 0 {
        let zero = row.present;
        return vec![Candidate {
            rank: 0,
            columns: Vec::new(),
            lost: None,
            values: vec![0; width],
            slack: vec![!zero; width],
            firm: true,
        }];
    }
    let mut shapes: Vec<(Vec<Option<usize>>, Option<u8>)> = Vec::new();
    let (mut filled, mut shown) = (None, true);
    let found = row.items.len();
    if found > width && row.merged {
        for cut in cuts(row, all, width) {
            shapes.push((row.items[cut..cut + width].to_vec(), None));
        }
    } else if found == width {
        shapes.push((row.items.clone(), None));
    }
    let short = width.saturating_sub(found);
    if short > 0 && (row.tail == short && row.firm || row.tail >= short && row.tail <= short + 2) {
        let mut shape = row.items.clone();
        shape.resize(width, None);
        let over = sums.iter().any(|s| s.per == Axis::Row && s.over.contains(&index));
        filled = Some(weigh(index, row, &shape, None, width, sums))
            .filter(|f| row.tail == short && row.firm || over && f.rank == 0);
    }
    if shapes.is_empty() {
        shown = false;
        let (base, counted): (Vec<Option<usize>>, bool) = if found < width && row.counted {
            (row.items.clone(), true)
        } else {
            (row.items.iter().copied().filter(Option::is_some).collect(), false)
        };
        if base.len() > width {
            return Vec::new();
        }
        // First the placements that make the row add up with nothing lost; only if there are none, all of them.
        let mut search =
            Shapes { base: &base, row, sums, index, width, strict: true, gaps: Vec::new(), found: Vec::new() };
        let mut whole = search.extend(&mut Vec::new(), 0);
        if whole && search.found.is_empty() {
            search.strict = false;
            whole = search.extend(&mut Vec::new(), 0);
        }
        if !whole {
            return filled.filter(|f| f.rank == 0).into_iter().collect();
        }
        for (shape, gaps) in search.found {
            let lost = (counted && gaps.len() == 1).then(|| gaps[0]);
            shapes.push((shape, lost));
        }
    }
    let mut found: Vec<Candidate> =
        shapes.into_iter().map(|(shape, lost)| weigh(index, row, &shape, lost, width, sums)).collect();
    found.sort();
    found.dedup();
    found.iter_mut().for_each(|candidate| candidate.firm = shown || candidate.rank == 0);
    // Blank lines behind a row tell of empty cells at its end, unless another place makes it add up.
    if let Some(filled) = filled
        && found.first().is_none_or(|best| filled.rank <= best.rank)
    {
        return vec![filled];
    }
    let best = match found.first().map_or(3, |c| c.rank) {
        0 => 0,
        1 | 2 => 2,
        rank => rank,
    };
    found.retain(|c| c.rank <= best);
    found
}

/// Every way to put empty cells among the given ones.
struct Shapes<'a> {
    base: &'a [Option<usize>],
    row: &'a Sequence,
    sums: &'a [Sum],
    index: usize,
    width: usize,
    /// Only those under which every sum over the row holds with its empty cells as nothing.
    strict: bool,
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
            return self.found.len() <= CANDIDATES;
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

    /// Whether the sums that end with the last column hold.
    fn fits(&self, shape: &[Option<usize>]) -> bool {
        let last = shape.len() - 1;
        let value = |c: &usize| shape[*c].and_then(|i| self.row.values[i]).unwrap_or(0);
        !self.strict
            || self
                .sums
                .iter()
                .filter(|s| s.per == Axis::Row && s.over.contains(&self.index))
                .filter(|s| s.left.iter().chain(&s.right).max() == Some(&last))
                .all(|s| s.left.iter().map(value).sum::<i64>() == s.right.iter().map(value).sum::<i64>())
    }
}

fn weigh(
    index: usize,
    row: &Sequence,
    shape: &[Option<usize>],
    lost: Option<u8>,
    width: usize,
    sums: &[Sum],
) -> Candidate {
    let mut columns = vec![0u8; row.values.len()];
    let mut values: Vec<Option<i64>> = vec![None; width];
    let mut mark = vec![false; width];
    for (column, item) in shape.iter().enumerate() {
        if let Some(item) = item {
            columns[*item] = column as u8;
            values[column] = row.values[*item];
            mark[column] = row.values[*item].is_none();
        }
    }
    let mut slack = vec![false; width];
    let mut filled: Vec<i64> = values.iter().map(|v| v.unwrap_or(0)).collect();
    let mut rank = 0;
    for sum in sums.iter().filter(|s| s.per == Axis::Row && s.over.contains(&index)) {
        let total = |terms: &[usize]| terms.iter().filter_map(|c| values[*c]).sum::<i64>();
        let empty =
            |terms: &[usize]| terms.iter().copied().filter(|c| values[*c].is_none() && !mark[*c]).collect::<Vec<_>>();
        let diff = total(&sum.left) - total(&sum.right);
        if diff == 0 {
            continue;
        }
        let side = if diff > 0 { empty(&sum.right) } else { empty(&sum.left) };
        rank = rank.max(match (side.as_slice(), lost) {
            ([], _) => {
                sum.left.iter().chain(&sum.right).for_each(|c| slack[*c] = true);
                3
            }
            (_, Some(lost)) if side.contains(&usize::from(lost)) => {
                filled[usize::from(lost)] = diff.abs();
                1
            }
            ([only], _) => {
                filled[*only] = diff.abs();
                1
            }
            _ => {
                side.iter().for_each(|c| slack[*c] = true);
                2
            }
        });
    }
    Candidate { rank, columns, lost, values: filled, slack, firm: rank == 0 }
}

/// Which candidates take part in some choice of one for each row under which every column identity holds.
fn narrow(all: &[Vec<Candidate>], width: usize, sums: &[Sum]) -> Vec<Vec<bool>> {
    let everything: Vec<Vec<bool>> = all.iter().map(|c| vec![true; c.len()]).collect();
    let sums: Vec<&Sum> = sums.iter().filter(|s| s.per == Axis::Column).collect();
    if sums.is_empty() {
        return everything;
    }
    if let Some(live) = consistent(all, width, &sums, None) {
        return live;
    }
    // One column that cannot be made to hold must not hide what the others say.
    let mut union: Option<Vec<Vec<bool>>> = None;
    for live in (0..width).filter_map(|column| consistent(all, width, &sums, Some(column))) {
        match &mut union {
            None => union = Some(live),
            Some(union) => {
                union.iter_mut().flatten().zip(live.into_iter().flatten()).for_each(|(a, b)| *a |= b);
            }
        }
    }
    union.unwrap_or(everything)
}

/// The same without one column; none if there is no such choice. Where the search is too long, the bounds alone decide.
fn consistent(all: &[Vec<Candidate>], width: usize, sums: &[&Sum], without: Option<usize>) -> Option<Vec<Vec<bool>>> {
    let mut live = bounded(all, sums, without)?;
    let kept: Vec<Vec<usize>> =
        live.iter().map(|l| l.iter().enumerate().filter(|(_, l)| **l).map(|(i, _)| i).collect()).collect();
    if kept.iter().all(|k| k.len() <= 1) {
        return Some(live);
    }
    let narrowed: Vec<Vec<Candidate>> =
        kept.iter().zip(all).map(|(kept, all)| kept.iter().map(|i| all[*i].clone()).collect()).collect();
    match search(&narrowed, width, sums, without) {
        Outcome::TooLong => Some(live),
        Outcome::Nothing => None,
        Outcome::Live(found) => {
            for (row, found) in found.into_iter().enumerate() {
                for (index, alive) in kept[row].iter().zip(found) {
                    live[row][*index] = alive;
                }
            }
            Some(live)
        }
    }
}

/// Drops candidates that no values of the other rows can balance, until none is left to drop.
fn bounded(all: &[Vec<Candidate>], sums: &[&Sum], without: Option<usize>) -> Option<Vec<Vec<bool>>> {
    const FREE: i64 = i64::MAX / 4096;
    let mut live: Vec<Vec<bool>> = all.iter().map(|c| vec![true; c.len()]).collect();
    // What a candidate adds to left minus right, at least and at most.
    let span = |k: &Candidate, c: usize, left: bool| {
        let more = if k.slack[c] { FREE } else { k.values[c] };
        if left { (k.values[c], more) } else { (-more, -k.values[c]) }
    };
    loop {
        let mut changed = false;
        for sum in sums {
            let terms: Vec<(usize, bool)> =
                sum.left.iter().map(|r| (*r, true)).chain(sum.right.iter().map(|r| (*r, false))).collect();
            for &c in sum.over.iter().filter(|c| Some(**c) != without) {
                let spans: Vec<(i64, i64)> = terms
                    .iter()
                    .map(|&(r, left)| match all[r].is_empty() {
                        true if left => (0, FREE),
                        true => (-FREE, 0),
                        false => all[r]
                            .iter()
                            .zip(&live[r])
                            .filter(|(_, l)| **l)
                            .map(|(k, _)| span(k, c, left))
                            .fold((i64::MAX, i64::MIN), |(low, high), (a, b)| (low.min(a), high.max(b))),
                    })
                    .collect();
                let (low, high) = spans.iter().fold((0i64, 0i64), |(a, b), s| (a + s.0, b + s.1));
                if low > 0 || high < 0 {
                    return None;
                }
                for (&(r, left), own) in terms.iter().zip(&spans).filter(|(t, _)| all[t.0].len() > 1) {
                    for (k, l) in all[r].iter().zip(live[r].iter_mut()).filter(|(_, l)| **l) {
                        let (a, b) = span(k, c, left);
                        if low - own.0 + a > 0 || high - own.1 + b < 0 {
                            *l = false;
                            changed = true;
                        }
                    }
                    if live[r].iter().all(|l| !l) {
                        return None;
                    }
                }
            }
        }
        if !changed {
            return Some(live);
        }
    }
}

enum Outcome {
    Live(Vec<Vec<bool>>),
    Nothing,
    TooLong,
}

/// Forward over the rows with every reachable set of differences, then backward from those that end in zero.
fn search(all: &[Vec<Candidate>], width: usize, sums: &[&Sum], without: Option<usize>) -> Outcome {
    let mut order: Vec<usize> = Vec::new();
    let mut sorted: Vec<&&Sum> = sums.iter().collect();
    sorted.sort_by_key(|s| s.left.len() + s.right.len());
    for sum in sorted {
        // The few big terms first, so that the many small ones find the total known.
        for row in sum.right.iter().chain(&sum.left) {
            if !order.contains(row) {
                order.push(*row);
            }
        }
    }
    let columns: Vec<usize> = (0..width).filter(|c| Some(*c) != without).collect();
    let side = |sum: &Sum, row: usize| i64::from(sum.left.contains(&row)) - i64::from(sum.right.contains(&row));
    let place = |s: usize, c: usize| s * width + c;
    // How much the rows still to come can add to either side; none where there is slack.
    let mut room: Vec<Vec<(Option<i64>, Option<i64>)>> =
        vec![vec![(Some(0), Some(0)); sums.len() * width]; order.len() + 1];
    for (layer, &row) in order.iter().enumerate().rev() {
        room[layer] = room[layer + 1].clone();
        for (s, sum) in sums.iter().enumerate() {
            let sign = side(sum, row);
            if sign == 0 {
                continue;
            }
            for &c in columns.iter().filter(|c| sum.over.contains(c)) {
                let most = all[row].iter().map(|k| k.values[c].max(0)).max().unwrap_or(0);
                let slack = all[row].is_empty() || all[row].iter().any(|k| k.slack[c]);
                let (up, down) = &mut room[layer][place(s, c)];
                let edge = if sign > 0 { up } else { down };
                *edge = if slack { None } else { edge.map(|e| e + most) };
            }
        }
    }
    // Where a row has passed that may hold more than is printed, the difference decides nothing any more in that direction.
    const UP: i64 = 1;
    const DOWN: i64 = 2;
    type State = Vec<(i64, i64)>;
    let mut layers: Vec<BTreeMap<State, usize>> = vec![BTreeMap::from([(vec![(0, 0); sums.len() * width], 0)])];
    let mut edges: Vec<Vec<(usize, usize, usize)>> = Vec::new();
    let mut steps = 0;
    for (layer, &row) in order.iter().enumerate() {
        let mut next: BTreeMap<State, usize> = BTreeMap::new();
        let mut links = Vec::new();
        let open = Candidate {
            rank: 3,
            columns: Vec::new(),
            lost: None,
            values: vec![0; width],
            slack: vec![true; width],
            firm: true,
        };
        let choices: Vec<&Candidate> = if all[row].is_empty() { vec![&open] } else { all[row].iter().collect() };
        for (state, from) in layers.last().expect("the first layer is there") {
            'choice: for (index, choice) in choices.iter().enumerate() {
                steps += 1;
                if steps > STEPS {
                    return Outcome::TooLong;
                }
                let mut state = state.clone();
                for (s, sum) in sums.iter().enumerate() {
                    let sign = side(sum, row);
                    if sign == 0 {
                        continue;
                    }
                    for &c in columns.iter().filter(|c| sum.over.contains(c)) {
                        let (difference, slack) = &mut state[place(s, c)];
                        *difference += sign * choice.values[c];
                        if choice.slack[c] {
                            *slack |= if sign > 0 { UP } else { DOWN };
                        }
                        let (up, down) = room[layer + 1][place(s, c)];
                        let reach_up = *slack & UP != 0 || up.is_none_or(|up| *difference + up >= 0);
                        let reach_down = *slack & DOWN != 0 || down.is_none_or(|down| *difference - down <= 0);
                        if !reach_up || !reach_down {
                            continue 'choice;
                        }
                        // A sum that is complete is the same as one that never was.
                        let done = order[layer + 1..].iter().all(|r| side(sum, *r) == 0);
                        if done {
                            (*difference, *slack) = (0, 0);
                        }
                    }
                }
                let count = next.len();
                let to = *next.entry(state).or_insert(count);
                links.push((*from, index, to));
            }
        }
        if next.is_empty() {
            return Outcome::Nothing;
        }
        layers.push(next);
        edges.push(links);
    }
    let mut live: Vec<Vec<bool>> = all.iter().map(|c| vec![false; c.len()]).collect();
    for (row, live) in live.iter_mut().enumerate() {
        if !order.contains(&row) {
            live.iter_mut().for_each(|l| *l = true);
        }
    }
    let mut reached: Vec<bool> = vec![true; layers.last().map_or(0, BTreeMap::len)];
    for (layer, &row) in order.iter().enumerate().rev() {
        let mut before = vec![false; layers[layer].len()];
        for &(from, choice, to) in &edges[layer] {
            if reached[to] {
                before[from] = true;
                if let Some(l) = live[row].get_mut(choice) {
                    *l = true;
                }
            }
        }
        reached = before;
    }
    Outcome::Live(live)
}

/// What the layout says of the cells of a row: skips before each cell, and the empties at the end.
pub fn sequence(
    layout: Layout,
    skips: &[u32],
    trail: Option<u32>,
    values: Vec<Option<i64>>,
    counted: bool,
) -> Sequence {
    let mut items = Vec::new();
    let show = layout == Layout::Cells || (layout == Layout::Lines && counted);
    for (index, skip) in skips.iter().enumerate() {
        if show {
            items.extend(std::iter::repeat_n(None, (*skip as usize).min(64)));
        }
        items.push(Some(index));
    }
    let trail = trail.unwrap_or(0).min(64) as usize;
    if layout == Layout::Cells {
        items.extend(std::iter::repeat_n(None, trail));
    }
    let tail = if show && layout == Layout::Lines { trail } else { 0 };
    Sequence {
        items,
        values,
        counted: show,
        merged: layout == Layout::Cells,
        tail,
        firm: false,
        present: true,
        level: 0,
    }
}
