//! Which column each printed figure stands in, by exact reasoning.
//!
//! In: for each row its figures in order and the empty cells that the layout shows. Out: the column of each figure that is the same
//! in every placement under which the identities hold. The search is bounded; where it gives up, nothing is placed that the row
//! alone does not settle. Never moves a figure whose place the layout fixes.

use super::layout::Layout;
use crate::model::form::{Axis, FormTable};
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
    /// Whether the row is on the page at all.
    pub present: bool,
}

/// Where the items of a row stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Column of each item; none where it cannot be decided.
    pub columns: Vec<Option<usize>>,
    /// Columns that an undecided item or a lost cell may stand in.
    pub open: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    rank: u8,
    columns: Vec<u8>,
    lost: Option<u8>,
    values: Vec<i64>,
    slack: Vec<bool>,
}

/// Most candidates of one row, and most steps of the search over all rows.
const CANDIDATES: usize = 400;
const STEPS: usize = 60_000;

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
    let Some(first) = kept.first() else { return Placed { columns: vec![None; items], open: (0..width).collect() } };
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
    Placed { columns, open: (0..width).filter(|c| open[*c]).collect() }
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
        }];
    }
    let mut shapes: Vec<(Vec<Option<usize>>, Option<u8>)> = Vec::new();
    let found = row.items.len();
    if found > width && row.merged {
        let extra = found - width;
        let front = row.items.iter().take_while(|i| i.is_none()).count();
        let back = row.items.iter().rev().take_while(|i| i.is_none()).count();
        // Rows that leave no choice tell which end the label's span is on; the front is where labels are.
        let tells = |front: bool| {
            all.iter().any(|r| {
                let lead = r.items.iter().take_while(|i| i.is_none()).count();
                let tail = r.items.iter().rev().take_while(|i| i.is_none()).count();
                let over = r.items.len().saturating_sub(width);
                over > 0
                    && !r.values.is_empty()
                    && if front { lead >= over && tail < over } else { tail >= over && lead < over }
            })
        };
        let cut = if front >= extra && (back < extra || tells(true) || !tells(false)) {
            Some(extra)
        } else if back >= extra {
            Some(0)
        } else if front + back >= extra {
            Some(front)
        } else {
            None
        };
        if let Some(cut) = cut {
            shapes.push((row.items[cut..cut + width].to_vec(), None));
        }
    } else if found == width {
        shapes.push((row.items.clone(), None));
    }
    if shapes.is_empty() {
        let (base, counted): (Vec<Option<usize>>, bool) = if found < width && row.counted {
            (row.items.clone(), true)
        } else {
            (row.items.iter().copied().filter(Option::is_some).collect(), false)
        };
        if base.len() > width {
            return Vec::new();
        }
        let missing = width - base.len();
        let mut gaps: Vec<usize> = Vec::new();
        insert(&base, width, &mut gaps, missing, 0, &mut |shape, gaps| {
            let lost = (counted && gaps.len() == 1).then(|| gaps[0] as u8);
            shapes.push((shape, lost));
            shapes.len() < 8000
        });
    }
    let mut found: Vec<Candidate> =
        shapes.into_iter().map(|(shape, lost)| weigh(index, row, &shape, lost, width, sums)).collect();
    found.sort();
    found.dedup();
    let best = match found.first().map_or(3, |c| c.rank) {
        0 => 0,
        1 | 2 => 2,
        rank => rank,
    };
    found.retain(|c| c.rank <= best);
    if found.len() > CANDIDATES { Vec::new() } else { found }
}

/// Every way to put `missing` empty cells among the given ones.
fn insert(
    base: &[Option<usize>],
    width: usize,
    gaps: &mut Vec<usize>,
    missing: usize,
    from: usize,
    emit: &mut dyn FnMut(Vec<Option<usize>>, &[usize]) -> bool,
) -> bool {
    if gaps.len() == missing {
        let mut rest = base.iter();
        let shape = (0..width).map(|c| if gaps.contains(&c) { None } else { rest.next().copied().flatten() }).collect();
        return emit(shape, gaps);
    }
    for column in from..=width - (missing - gaps.len()) {
        gaps.push(column);
        let go_on = insert(base, width, gaps, missing, column + 1, emit);
        gaps.pop();
        if !go_on {
            return false;
        }
    }
    true
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
    Candidate { rank, columns, lost, values: filled, slack }
}

/// Which candidates take part in some choice of one for each row under which every column identity holds.
fn narrow(all: &[Vec<Candidate>], width: usize, sums: &[Sum]) -> Vec<Vec<bool>> {
    let everything = || all.iter().map(|c| vec![true; c.len()]).collect::<Vec<_>>();
    let sums: Vec<&Sum> = sums.iter().filter(|s| s.per == Axis::Column).collect();
    if sums.is_empty() {
        return everything();
    }
    if let Some(live) = search(all, width, &sums, None) {
        return live;
    }
    // One column that cannot be made to hold must not hide what the others say.
    let mut union: Option<Vec<Vec<bool>>> = None;
    for column in 0..width {
        if let Some(live) = search(all, width, &sums, Some(column)) {
            union = Some(match union {
                None => live,
                Some(before) => before
                    .into_iter()
                    .zip(live)
                    .map(|(a, b)| a.into_iter().zip(b).map(|(a, b)| a || b).collect())
                    .collect(),
            });
        }
    }
    union.unwrap_or_else(everything)
}

/// Forward over the rows with every reachable set of differences, then backward from those that end in zero.
fn search(all: &[Vec<Candidate>], width: usize, sums: &[&Sum], without: Option<usize>) -> Option<Vec<Vec<bool>>> {
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
        let open =
            Candidate { rank: 3, columns: Vec::new(), lost: None, values: vec![0; width], slack: vec![true; width] };
        let choices: Vec<&Candidate> = if all[row].is_empty() { vec![&open] } else { all[row].iter().collect() };
        for (state, from) in layers.last().expect("the first layer is there") {
            'choice: for (index, choice) in choices.iter().enumerate() {
                steps += 1;
                if steps > STEPS {
                    return None;
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
            return None;
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
    Some(live)
}

/// What the layout says of the cells of a row: skips before each cell, and the empties at the end.
pub fn sequence(
    layout: Layout,
    skips: &[u32],
    trail: Option<u32>,
    values: Vec<Option<i64>>,
    width: usize,
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
    let short = width.saturating_sub(items.len());
    match trail {
        Some(trail) if layout == Layout::Cells => items.extend(std::iter::repeat_n(None, (trail as usize).min(64))),
        // Blank lines behind a row may be the page's own: they count only where they make the row whole.
        Some(trail) if show && short > 0 && trail as usize == short => items.extend(std::iter::repeat_n(None, short)),
        _ => {}
    }
    Sequence { items, values, counted: show, merged: layout == Layout::Cells, present: true }
}
