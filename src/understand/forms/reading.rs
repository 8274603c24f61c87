//! Pieces against one form: which tables are there, which row every run of cells belongs to.
//!
//! In: the pieces of a text and the labels of a form. Out: tables as found, with the cells of each row in order and what the layout
//! says of their places. Decides nothing about columns.

use super::figure::{Content, is_unit};
use super::labels::{Key, Labels, Target, key};
use super::layout::{Layout, Piece};
use crate::model::form::Form;
use std::cell::OnceCell;

/// A row as found.
#[derive(Clone, Debug)]
pub struct FoundRow {
    /// Row of the form; none for one that the form does not have.
    pub row: Option<usize>,
    /// Printed label.
    pub label: String,
    /// Line of the label.
    pub line: u32,
    /// Its figures and marks: indices of pieces.
    pub cells: Vec<usize>,
    /// `Cells`: empty cells at the end.
    pub trail: Option<u32>,
    /// `Lines`: lines from the last cell, or the label, to the next piece.
    pub tail: u32,
    /// That piece is the next row of the table.
    pub firm: bool,
}

impl FoundRow {
    fn new(row: Option<usize>, label: &str, line: u32) -> Self {
        FoundRow { row, label: label.to_owned(), line, cells: Vec::new(), trail: None, tail: 0, firm: false }
    }
}

/// A table as found.
#[derive(Clone, Debug)]
pub struct FoundTable {
    /// Table of the form.
    pub table: usize,
    /// Its rows in reading order.
    pub rows: Vec<FoundRow>,
    /// Texts of its header.
    pub heads: Vec<String>,
    /// Columns whose labels were seen.
    pub columns: Vec<usize>,
    /// Lines that belong to it.
    pub lines: Vec<u32>,
    /// Rows found under exactly a name the form gives them.
    pub exact: usize,
}

/// What one form finds in a text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Tables, in reading order.
    pub tables: Vec<FoundTable>,
    /// Tables announced by a heading or an anchor, with the line.
    pub announced: Vec<(usize, u32)>,
    /// Every header label seen, in order, repeats included.
    pub heads: Vec<String>,
}

struct Walk<'a> {
    form: &'a Form,
    labels: &'a Labels,
    pieces: &'a [Piece],
    keys: &'a [Key],
    joined: &'a [Joined],
    found: Found,
    /// The open table is the last one.
    open: bool,
    /// Its open row is the last one.
    row: bool,
    /// Headers seen since the last table was closed, not yet given to one: text, line.
    pending: Vec<(String, u32, Vec<Target>)>,
    /// Figures between those headers.
    between: Vec<usize>,
    /// Line of the last thing that belonged to a table.
    last: u32,
}

/// Lines without anything of a table that end it.
const FAR: u32 = 60;

/// The keys of all pieces.
pub fn keys(pieces: &[Piece]) -> Vec<Key> {
    pieces.iter().map(|p| if p.is_label() { key(&p.text) } else { Key::default() }).collect()
}

/// The keys of a piece together with the one, two and three behind it; made when first asked for, the same for every form.
pub type Joined = OnceCell<Vec<(usize, Key)>>;

fn join(pieces: &[Piece], at: usize) -> Vec<(usize, Key)> {
    let mut text = pieces[at].text.clone();
    let mut out = Vec::new();
    for (count, piece) in pieces[at + 1..].iter().take(3).enumerate() {
        if !piece.is_label() || piece.gap > 4 {
            break;
        }
        text.push_str(&piece.text);
        out.push((count + 2, key(&text)));
    }
    out
}

/// Labels that stand side by side with one space between them are taken apart: the words of each, and those of none by themselves.
pub fn apart(pieces: Vec<Piece>, forms: &[Labels]) -> Vec<Piece> {
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let words: Vec<&str> = piece.text.split(' ').collect();
        let whole = words.len() < 2
            || words.len() > 120
            || piece.layout == Layout::Cells
            || piece.content != Content::Text
            || !is_unit(words[words.len() - 1])
                && forms.iter().any(|labels| !labels.exact(&key(&piece.text)).is_empty());
        // The keys of up to six words in a row, by where they end and begin: the same for every form.
        let keys: Vec<Vec<Key>> = (0..=if whole { 0 } else { words.len() })
            .map(|end| (end.saturating_sub(LONGEST)..end).map(|from| key(&words[from..end].concat())).collect())
            .collect();
        let fewest = forms.iter().filter(|_| !whole).filter_map(|labels| segments(&words, &keys, labels)).min();
        let unit = words.len() - usize::from(is_unit(words[words.len() - 1]));
        let ends = match fewest {
            Some((_, ends)) => ends,
            None if whole || unit == words.len() => {
                out.push(piece);
                continue;
            }
            None => vec![unit, words.len()],
        };
        let mut from = 0;
        for end in ends {
            let layout = if from == 0 && end == words.len() { piece.layout } else { Layout::Bare };
            let mut part = Piece::new(piece.line, &words[from..end].join(" "), layout);
            if from == 0 {
                (part.trail, part.gap) = (piece.trail, piece.gap);
            }
            out.push(part);
            from = end;
        }
    }
    out
}

/// Most words of one label.
const LONGEST: usize = 6;

/// The labels and units that the words are, each by its end, and how many there are; none if no label is among them. Words of no
/// label are one with a typo, and stand between units and ordinals.
fn segments(words: &[&str], keys: &[Vec<Key>], labels: &Labels) -> Option<(usize, Vec<usize>)> {
    const STRANGE: usize = 4;
    let units: Vec<bool> = words.iter().map(|word| is_unit(word)).collect();
    let edges: Vec<bool> = (0..=words.len())
        .map(|at| at == 0 || at == words.len() || units[at - 1] || units[at] || key(words[at]).ordinal)
        .collect();
    // For each end: cost, where the last segment begins, whether a label is among them.
    let mut best: Vec<Option<(usize, usize, bool)>> = vec![Some((0, 0, false))];
    for end in 1..=words.len() {
        let mut least: Option<(usize, usize, bool)> = None;
        for (from, key) in (end.saturating_sub(LONGEST)..end).zip(&keys[end]) {
            let Some((cost, _, any)) = best[from] else { continue };
            let unit = end - from == 1 && units[from];
            let label = !unit && !labels.exact(key).is_empty();
            let cost = match unit || label {
                true => cost + 1,
                false if edges[from] && edges[end] => cost + STRANGE * (end - from),
                false => continue,
            };
            if least.is_none_or(|least| cost < least.0) {
                least = Some((cost, from, any || label));
            }
        }
        best.push(least);
    }
    let (cost, _, any) = best[words.len()]?;
    let mut ends = vec![words.len()];
    while let Some(from) = ends.last().and_then(|end| best[*end]).map(|(_, from, _)| from).filter(|from| *from > 0) {
        ends.push(from);
    }
    ends.reverse();
    any.then_some((cost, ends))
}

/// Reads the pieces by one form.
pub fn find(form: &Form, labels: &Labels, pieces: &[Piece], keys: &[Key], joined: &[Joined]) -> Found {
    let mut walk = Walk {
        form,
        labels,
        pieces,
        keys,
        joined,
        found: Found::default(),
        open: false,
        row: false,
        pending: Vec::new(),
        between: Vec::new(),
        last: 0,
    };
    let mut index = 0;
    while index < pieces.len() {
        index += walk.step(index).max(1);
    }
    walk.close();
    let Walk { mut found, .. } = walk;
    found.tables.retain(|t| {
        let data = t.rows.iter().filter(|r| r.row.is_some()).count();
        let wanted = form.tables[t.table].rows.len();
        match wanted {
            1 if form.tables[t.table].rows[0].label.is_empty() => t.columns.len() >= 3,
            0..=3 => data >= 1 && (!t.columns.is_empty() || !t.heads.is_empty()),
            _ => data >= 4 && t.exact >= 3,
        }
    });
    found
}

impl Walk<'_> {
    fn current(&mut self) -> Option<&mut FoundTable> {
        if self.open { self.found.tables.last_mut() } else { None }
    }

    fn close(&mut self) {
        self.row = false;
        self.open = false;
        self.pending.clear();
        self.between.clear();
    }

    fn open(&mut self, table: usize) {
        self.row = false;
        self.open = true;
        let mut new =
            FoundTable { table, rows: Vec::new(), heads: Vec::new(), columns: Vec::new(), lines: Vec::new(), exact: 0 };
        for (text, line, targets) in std::mem::take(&mut self.pending) {
            for target in targets {
                if let Target::Column(t, c) = target
                    && t == table
                    && !new.columns.contains(&c)
                {
                    new.columns.push(c);
                }
            }
            new.lines.push(line);
            new.heads.push(text);
        }
        let between = std::mem::take(&mut self.between);
        if let Some(&first) = between.first().filter(|_| unlabelled(self.form, table)) {
            new.rows.push(FoundRow::new(Some(0), "", self.pieces[first].line));
            new.rows[0].cells = between;
        }
        self.found.tables.push(new);
    }

    /// The label that starts at a piece: how many pieces it takes, its key, its targets, whether that is its very name.
    fn label(&self, at: usize) -> Option<(usize, Key, Vec<Target>, bool)> {
        let first = &self.pieces[at];
        if !first.is_label() || self.keys[at].full.is_empty() {
            return None;
        }
        let exact = self.labels.exact(&self.keys[at]);
        if !exact.is_empty() {
            // 本年新收 is a name of its own, and the first half of a longer one.
            let next = self.keys.get(at + 1).filter(|k| !k.full.is_empty() && self.labels.exact(k).is_empty());
            if next.is_some()
                && let Some((count, key)) = self.joined[at].get_or_init(|| join(self.pieces, at)).first()
                && self.labels.exact(key).iter().any(|t| exact.contains(t))
            {
                return Some((*count, key.clone(), self.labels.exact(key).to_vec(), true));
            }
            return Some((1, self.keys[at].clone(), exact.to_vec(), true));
        }
        if self.keys[at].full.chars().count() > 60 {
            return None;
        }
        let joined = self.joined[at].get_or_init(|| join(self.pieces, at));
        for (count, key) in joined {
            let exact = self.labels.exact(key);
            if !exact.is_empty() {
                return Some((*count, key.clone(), exact.to_vec(), true));
            }
        }
        let table = self.open.then(|| self.found.tables.last().map(|t| t.table)).flatten()?;
        let rows = self.found.tables.last().map(|t| t.rows.as_slice()).unwrap_or_default();
        if self.row
            // Behind the figures, the rest of a label has none of its own.
            && let Some(open) = rows.last().filter(|r| r.cells.is_empty() || !self.pieces[at + 1..].first().is_some_and(Piece::is_cell))
            && open.row.is_some_and(|row| self.labels.continues(&open.label, &first.text, Target::Row(table, row)))
        {
            return None;
        }
        let due = rows.iter().filter_map(|r| r.row).max().map_or(0, |r| r + 1);
        let single = (1, self.keys[at].clone());
        for (count, key) in std::iter::once(&single).chain(joined.iter().take(1)) {
            let near = self.labels.near(key, table, due);
            if !near.is_empty() {
                return Some((*count, key.clone(), near, false));
            }
        }
        None
    }

    /// The row among the candidates that the reading order asks for.
    fn choose(&self, targets: &[Target], ordinal: bool) -> Option<(usize, usize)> {
        let rows: Vec<(usize, usize)> =
            targets.iter().filter_map(|t| if let Target::Row(t, r) = t { Some((*t, *r)) } else { None }).collect();
        let named = targets.iter().any(|t| matches!(t, Target::Column(..) | Target::Head(..)));
        let current = if self.open { self.found.tables.last() } else { None };
        let reached = current.map(|t| (t.table, t.rows.iter().filter_map(|r| r.row).max()));
        if let Some((table, reached)) = reached {
            let after = |r: usize| reached.is_none_or(|last| r > last);
            if let Some(&(t, r)) = rows.iter().filter(|(t, r)| *t == table && after(*r)).min() {
                // 总计 and 其他 name a column in the header and a row below it.
                let near = reached.is_some_and(|last| r <= last + 3);
                if !named || ordinal || near {
                    return Some((t, r));
                }
                return None;
            }
        }
        if named && !ordinal {
            return None;
        }
        let other = rows.iter().find(|(t, _)| reached.is_none_or(|(table, _)| *t != table));
        let announced = self.found.announced.last().map(|(t, _)| *t);
        rows.iter()
            .find(|(t, _)| announced == Some(*t) && reached.is_none_or(|(table, _)| *t != table))
            .or(other)
            .copied()
    }

    fn step(&mut self, at: usize) -> usize {
        let piece = &self.pieces[at];
        if self.open && piece.line > self.last + FAR {
            self.close();
        }
        if self.row
            && let Some(row) = self.found.tables.last_mut().and_then(|t| t.rows.last_mut())
        {
            if row.tail == 0 && !piece.is_cell() {
                let from = row.cells.last().map_or(row.line, |c| self.pieces[*c].line);
                row.tail = piece.line.saturating_sub(from);
            }
            let ends = piece.starts || piece.layout != Layout::Cells || piece.content == Content::Hollow;
            if row.trail.is_none() && ends && !row.cells.is_empty() {
                row.trail = Some(piece.trail);
            }
        }
        match piece.content {
            Content::Figure(_) | Content::Mark => {
                self.cell(at);
                1
            }
            Content::Hollow => {
                if self.open
                    && let Some(table) = self.found.tables.last_mut()
                    && unlabelled(self.form, table.table)
                    && table.columns.len() >= 3
                    && table.rows.is_empty()
                {
                    table.rows.push(FoundRow::new(Some(0), "", piece.line));
                    table.lines.push(piece.line);
                }
                1
            }
            Content::Text => self.text(at),
        }
    }

    fn cell(&mut self, at: usize) {
        let piece = &self.pieces[at];
        if !self.open && !self.pending.is_empty() {
            self.between.push(at);
        }
        let Some(table) = self.found.tables.last_mut().filter(|_| self.open) else { return };
        if !self.row {
            let waiting = table.rows.first().map_or(1, |row| row.cells.len() + 1);
            if !unlabelled(self.form, table.table) || table.columns.len() < waiting {
                return;
            }
            if table.rows.is_empty() {
                table.rows.push(FoundRow::new(Some(0), "", piece.line));
            }
            self.row = true;
        }
        let row = table.rows.last_mut().expect("a row is open");
        // A row that markup ended takes no more cells from the next one, unless that is only the same row going on.
        if piece.starts && piece.layout == Layout::Cells && !row.cells.is_empty() {
            self.row = false;
            return;
        }
        row.cells.push(at);
        table.lines.push(piece.line);
        self.last = piece.line;
    }

    fn text(&mut self, at: usize) -> usize {
        let piece = &self.pieces[at];
        if piece.is_prose() {
            self.close();
            return 1;
        }
        if self.row && is_unit(&piece.text) {
            if let Some(table) = self.current() {
                table.lines.push(piece.line);
            }
            return 1;
        }
        // A merged label written out cell by cell.
        if self.row
            && !piece.starts
            && piece.layout == Layout::Cells
            && let Some(table) = self.current()
            && table.rows.last().is_some_and(|r| r.cells.is_empty() && r.label == piece.text)
        {
            table.lines.push(piece.line);
            return 1;
        }
        let Some((count, key, targets, exact)) = self.label(at) else { return self.unknown(at) };
        let lines: Vec<u32> = self.pieces[at..at + count].iter().map(|p| p.line).collect();
        let text: String = self.pieces[at..at + count].iter().map(|p| p.text.as_str()).collect();
        if let Some((table, row)) = self.choose(&targets, key.ordinal) {
            // A remark or a page break in the middle of a table does not end it, nor does its header on the next page.
            let own = |t: &Target| matches!(t, Target::Column(of, _) | Target::Head(of) if *of == table);
            let goes_on = self.pending.iter().all(|(.., targets)| targets.iter().any(own))
                && self.found.tables.last().is_some_and(|t| {
                    t.table == table
                        && !t.rows.is_empty()
                        && t.rows.iter().filter_map(|r| r.row).max().is_some_and(|m| m < row)
                })
                && self.found.announced.last().is_none_or(|(_, line)| *line <= self.last);
            if !self.open && goes_on {
                self.open = true;
                let again = std::mem::take(&mut self.pending);
                self.found.tables.last_mut().expect("one goes on").lines.extend(again.iter().map(|(_, line, _)| *line));
                self.between.clear();
            } else if !self.open || self.found.tables.last().is_none_or(|t| t.table != table) {
                self.open(table);
            }
            self.row = true;
            self.last = piece.line;
            let bare = !self.pieces.get(at + count).is_some_and(Piece::is_cell);
            let (pieces, found) = (self.pieces, self.found.tables.last_mut().expect("just opened"));
            // 上年结转政府某息 with its figures, then 公开申请数量 without any: one label, broken behind a typo.
            if let Some(begun) = found.rows.last_mut().filter(|r| bare && r.row.is_none() && !r.cells.is_empty()) {
                let whole = format!("{}{text}", begun.label);
                if self.labels.near(&super::labels::key(&whole), table, row).contains(&Target::Row(table, row)) {
                    (begun.row, begun.label) = (Some(row), whole);
                    found.lines.extend(lines);
                    return count;
                }
            }
            if let Some(before) = found.rows.last_mut() {
                let from = before.cells.last().map_or(before.line, |c| pieces[*c].line);
                (before.tail, before.firm) = (piece.line.saturating_sub(from), true);
            }
            found.exact += usize::from(exact);
            found.lines.extend(lines);
            found.rows.push(FoundRow::new(Some(row), &text, piece.line));
            return count;
        }
        if let Some(Target::Anchor(table) | Target::Title(table)) =
            targets.iter().find(|t| matches!(t, Target::Anchor(_) | Target::Title(_)))
        {
            let title = targets.iter().any(|t| matches!(t, Target::Title(_)));
            self.close();
            self.found.announced.push((*table, piece.line));
            self.open(*table);
            self.last = piece.line;
            if !title {
                self.found.tables.last_mut().expect("just opened").lines.extend(lines);
            }
            return count;
        }
        let mut named = false;
        let last = piece.line;
        let form = self.form;
        let begins = |t: &FoundTable| {
            // Of a table whose row has no label, each column may stand right above or before its figure.
            t.rows.iter().all(|r| r.cells.is_empty())
                || unlabelled(form, t.table) && t.columns.len() < form.tables[t.table].columns.len()
        };
        if let Some(table) = self.current().filter(|t| begins(t)) {
            for target in &targets {
                match target {
                    Target::Column(t, c) if *t == table.table => {
                        named = true;
                        // 结果维持 stands for three columns: each time it is seen it is the next of them.
                        if !table.columns.contains(c) {
                            table.columns.push(*c);
                            break;
                        }
                    }
                    Target::Head(t) if *t == table.table => named = true,
                    _ => {}
                }
            }
            if named {
                table.lines.extend(&lines);
                table.heads.push(text.clone());
            }
        }
        if targets.iter().any(|t| matches!(t, Target::Column(..) | Target::Head(..))) {
            self.found.heads.push(key.full.clone());
        }
        if named {
            // Where a group of columns heads a row of its own, that row goes on with the one before.
            let head = targets.iter().any(|t| matches!(t, Target::Head(_)));
            self.row = head
                && self.found.tables.last().is_some_and(|t| {
                    let (width, wide) = (t.columns.len(), form.tables[t.table].columns.len());
                    let cells = t.rows.first().map_or(0, |row| row.cells.len());
                    cells > 0 && width < wide && cells % width == 0 && wide % width == 0
                });
            self.last = last;
            return count;
        }
        if targets.iter().any(|t| matches!(t, Target::Column(..) | Target::Head(..))) {
            // A header of a table that is not open: it opens one when it is alone to have it, else it waits for a row.
            self.row = false;
            if self.open && self.found.tables.last().is_some_and(|t| !t.rows.is_empty()) {
                self.open = false;
            }
            self.pending.push((text, piece.line, targets.clone()));
            if let Some(table) = (0..self.form.tables.len()).find(|t| {
                unlabelled(self.form, *t)
                    && self
                        .pending
                        .iter()
                        .filter(|(_, _, w)| w.iter().any(|x| matches!(x, Target::Column(u, _) if u == t)))
                        .count()
                        >= 4
            }) {
                self.open(table);
                let found = self.found.tables.last_mut().expect("just opened");
                found.columns = (0..found.heads.len().min(self.form.tables[table].columns.len())).collect();
                self.last = piece.line;
            }
        } else {
            self.unknown(at);
        }
        count
    }

    /// A text that is no label of the form: the rest of a split label, a remark, or a row of the agency's own.
    fn unknown(&mut self, at: usize) -> usize {
        let piece = &self.pieces[at];
        if !self.open {
            if !self.pending.is_empty() && piece.line > self.pending[self.pending.len() - 1].1 + 20 {
                self.pending.clear();
                self.between.clear();
            }
            return 1;
        }
        let table = self.found.tables.last_mut().expect("a table is open");
        if let Some(row) = table.rows.last_mut()
            && let Some(index) = row.row
            && self.labels.continues(&row.label, &piece.text, Target::Row(table.table, index))
        {
            if row.cells.is_empty() {
                row.label.push_str(&piece.text);
            }
            table.lines.push(piece.line);
            return 1;
        }
        if !self.row && table.rows.iter().all(|r| r.cells.is_empty()) {
            if table.rows.is_empty() && piece.layout != Layout::Lines {
                table.heads.push(piece.text.clone());
            }
            return 1;
        }
        let next = self.pieces.get(at + 1);
        let begins = match piece.layout {
            Layout::Cells => piece.starts,
            Layout::Lines | Layout::Bare => piece.line != self.pieces[at.saturating_sub(1)].line,
        };
        self.row = false;
        if begins
            && !piece.text.is_empty()
            && piece.text.chars().count() <= 40
            && next.is_some_and(|n| n.is_cell() && !n.starts && n.gap <= 12)
        {
            table.lines.push(piece.line);
            table.rows.push(FoundRow::new(None, &piece.text, piece.line));
            self.row = true;
        }
        1
    }
}

/// Whether the table's only row has no label, so that its figures follow the header.
pub fn unlabelled(form: &Form, table: usize) -> bool {
    matches!(form.tables[table].rows.as_slice(), [row] if row.label.is_empty())
}
