//! The text as a sequence of cells, whatever the page did to its tables.
//!
//! In: the lines and grids of a draft. Out: pieces in reading order, each with the empty cells that the layout shows before it and
//! how firmly it shows them. Knows nothing of forms, and never drops a figure.

use super::figure::{Content, content, fold, is_space, is_unit};
use crate::model::source::{Draft, Grid};

/// How the place of a cell in its row is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    /// Cells are separated by markup, pipes or tabs: empty ones are there.
    Cells,
    /// One cell on each line: empty ones may show as blank lines.
    Lines,
    /// Cells stand side by side with nothing but spaces between them.
    Bare,
}

/// One cell that is not empty, or a row of empty ones.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Line of the text.
    pub line: u32,
    /// What is printed, trimmed.
    pub text: String,
    /// What that is.
    pub content: Content,
    /// How its place is known.
    pub layout: Layout,
    /// It is the first of a row that the markup separates from others.
    pub starts: bool,
    /// `Cells`: empty cells since the piece before, in the row. `Hollow`: how many there are.
    pub skip: u32,
    /// `Cells`, at the first piece of a row or the first label after figures: empty cells at the end of the row before.
    pub trail: u32,
    /// `Lines` and `Bare`: lines since the piece before.
    pub gap: u32,
}

/// A running text is longer than any label with its gloss.
const PROSE: usize = 90;

impl Piece {
    /// A piece that follows the one before at once.
    pub fn new(line: u32, text: &str, layout: Layout) -> Self {
        let text = text.trim_matches(is_space).to_string();
        Piece { line, content: content(&text), text, layout, starts: false, skip: 0, trail: 0, gap: 0 }
    }

    /// A text that may be a label.
    pub fn is_label(&self) -> bool {
        self.content == Content::Text && self.text.chars().count() <= PROSE && !self.text.ends_with('。')
    }

    /// A running text, which ends a table.
    pub fn is_prose(&self) -> bool {
        self.content == Content::Text && !self.is_label()
    }

    /// A figure or a mark.
    pub fn is_cell(&self) -> bool {
        matches!(self.content, Content::Figure(_) | Content::Mark)
    }
}

/// The pieces of a draft in reading order.
pub fn pieces(draft: &Draft) -> Vec<Piece> {
    let mut grids: Vec<&Grid> = draft.grids.iter().filter(|g| g.cells.iter().any(|c| c.column > 0)).collect();
    // An outer grid that only places others is left to the lines.
    let inner: Vec<(u32, u32)> = grids.iter().map(|g| (g.from, g.to)).collect();
    grids.retain(|g| !inner.iter().any(|&(from, to)| from >= g.from && to <= g.to && (from, to) != (g.from, g.to)));
    grids.sort_by_key(|g| (g.from, g.to));
    grids.dedup_by_key(|g| (g.from, g.to));
    let mut out = Vec::new();
    let mut reader = Reader { out: &mut out, trail: 0, last: 0, shown: false };
    let mut index = draft.front as usize;
    let mut next = grids.into_iter().peekable();
    while index < draft.lines.len() {
        let no = draft.lines[index].no;
        while next.peek().is_some_and(|g| g.to < no) {
            next.next();
        }
        if let Some(grid) = next.next_if(|g| g.from <= no) {
            reader.grid(grid);
            index += (grid.to.max(no) - no) as usize + 1;
            continue;
        }
        let stop = next.peek().map_or(draft.lines.len(), |g| (index + (g.from - no) as usize).min(draft.lines.len()));
        let folded: Vec<(u32, String)> = draft.lines[index..stop]
            .iter()
            .map(|line| {
                (line.no, line.text.chars().map(|c| if "\u{3000}\u{a0}，".contains(c) { c } else { fold(c) }).collect())
            })
            .collect();
        reader.lines(&folded);
        index = stop;
    }
    // What ended the last row must be told by something.
    let mut end = Piece::new(draft.lines.last().map_or(1, |l| l.no), "", Layout::Lines);
    end.content = Content::Hollow;
    reader.push(end);
    out
}

struct Reader<'a> {
    out: &'a mut Vec<Piece>,
    /// Empty cells at the end of the last row.
    trail: u32,
    /// Line of the last piece.
    last: u32,
    /// An empty cell was seen before one that is not.
    shown: bool,
}

/// How a line separates cells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Blank,
    /// Nothing but spaces.
    Words,
    /// Between the header and the rows, or the number of a page.
    Rule,
    /// By pipes.
    Pipes,
    /// One cell: a lone pipe, or a text with a pipe before or behind it.
    Pipe,
    /// By commas.
    Commas,
}

fn shape(text: &str) -> Shape {
    let trimmed = text.trim_matches(is_space);
    let count = trimmed.matches('|').count();
    if trimmed.is_empty() {
        return Shape::Blank;
    }
    if count > 0 && trimmed.contains("--") && trimmed.chars().all(|c| matches!(c, '|' | '-' | ':' | '+' | '=' | ' '))
        || is_page_number(trimmed)
    {
        return Shape::Rule;
    }
    match count {
        0 => Shape::Words,
        1 if trimmed.starts_with('|') || trimmed.ends_with('|') => Shape::Pipe,
        _ if trimmed.chars().all(|c| c == '|' || is_space(c)) => Shape::Pipe,
        _ => Shape::Pipes,
    }
}

/// `— 3 —`, `- 3 -`, `第 3 页`, `第3页 共12页`, `3 / 12`: what a print puts below a page is no cell.
fn is_page_number(text: &str) -> bool {
    patterns! { PAGE = r"^(?:[-—–―－~·•]+\s*\d{1,3}\s*[-—–―－~·•]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3})$"; }
    PAGE.is_match(text)
}

/// The cells of a line that commas separate, and whether those are full-width; commas in brackets and quotes are part of a cell.
fn split_commas(text: &str) -> (Vec<&str>, bool) {
    let whole = text.matches('(').count() == text.matches(')').count();
    let split = |comma: char| {
        let (mut depth, mut quoted) = (0i32, false);
        let cells = text.split(move |c| {
            match c {
                '"' => quoted = !quoted,
                '(' if whole => depth += 1,
                ')' if whole => depth -= 1,
                _ => {}
            }
            c == comma && !quoted && depth <= 0
        });
        cells.map(|cell| cell.trim_matches(|c| is_space(c) || c == '"')).collect::<Vec<_>>()
    };
    let wide = split('，');
    let plain = split(',');
    if wide.len() > plain.len() { (wide, true) } else { (plain, false) }
}

/// Marks the rows of tables whose cells commas separate: rows of figures, and the headers right above them.
fn mark_commas(lines: &[(u32, String)], shapes: &mut [Shape]) {
    let mut below = false;
    for ((_, text), shape) in lines.iter().zip(shapes).rev().filter(|(_, shape)| **shape != Shape::Blank) {
        let row = *shape == Shape::Words && !text.contains(['。', '；']) && content(text) == Content::Text && {
            let (cells, _) = split_commas(text);
            // A space beside a digit parts figures, and then commas part thousands.
            let apart = |cell: &str| {
                let chars: Vec<char> = cell.chars().collect();
                chars
                    .windows(2)
                    .any(|w| is_space(w[0]) && w[1].is_ascii_digit() || w[0].is_ascii_digit() && is_space(w[1]))
            };
            let short = cells.iter().all(|cell| cell.chars().count() <= 60 && !apart(cell));
            let labels = cells.iter().filter(|c| !c.is_empty() && !is_unit(c) && content(c) == Content::Text).count();
            let figures = cells.iter().filter(|c| matches!(content(c), Content::Figure(_) | Content::Mark)).count();
            cells.len() >= 2 && short && (figures > 0 && labels * 2 <= cells.len() || below)
        };
        if row {
            *shape = Shape::Commas;
        }
        below = row;
    }
}

impl Reader<'_> {
    fn push(&mut self, mut piece: Piece) {
        if piece.layout != Layout::Cells {
            piece.trail = std::mem::take(&mut self.trail);
        }
        piece.gap = piece.line.saturating_sub(self.last);
        self.last = piece.line;
        self.out.push(piece);
    }

    /// A row whose cells are separated; empty cells included, cells covered by a span left out.
    fn row(&mut self, cells: &[(u32, &str)]) {
        let (mut skip, mut first) = (0, true);
        let blank = |text: &str| text.chars().all(is_space);
        if cells.iter().all(|(_, text)| blank(text)) {
            if let (Some((line, _)), true) = (cells.first(), cells.len() > 1) {
                let trail = std::mem::take(&mut self.trail);
                let mut piece = Piece::new(*line, "", Layout::Cells);
                piece.content = Content::Hollow;
                (piece.starts, piece.skip, piece.trail) = (true, cells.len() as u32, trail);
                self.push(piece);
            }
            return;
        }
        let trail = std::mem::take(&mut self.trail);
        for (line, text) in cells {
            if blank(text) {
                skip += 1;
                continue;
            }
            let mut piece = Piece::new(*line, text, Layout::Cells);
            piece.skip = skip;
            self.shown |= skip > 0;
            if first {
                (piece.starts, piece.trail) = (true, trail);
            }
            (skip, first) = (0, false);
            self.push(piece);
        }
        self.trail = skip;
    }

    fn grid(&mut self, grid: &Grid) {
        let mut start = 0;
        while start < grid.cells.len() {
            let row = grid.cells[start].row;
            let end = start + grid.cells[start..].iter().take_while(|c| c.row == row).count();
            let mut cells: Vec<(u32, &str)> = Vec::new();
            for cell in &grid.cells[start..end] {
                cells.push((cell.line, cell.text.as_str()));
            }
            self.row(&cells);
            start = end;
        }
    }

    /// Some extractors drop empty cells, or move them to the end of the row: where none is ever seen before a cell, the ones behind
    /// say nothing, and figures stand side by side.
    fn unshown(&mut self, from: usize) {
        let mut after = false;
        for piece in self.out[from..].iter_mut().filter(|p| p.layout == Layout::Cells) {
            if after {
                piece.trail = 0;
            }
            after = piece.is_cell();
            if after {
                piece.layout = Layout::Bare;
            }
        }
        if after {
            self.trail = 0;
        }
    }

    fn lines(&mut self, lines: &[(u32, String)]) {
        let from = self.out.len();
        self.shown = false;
        self.separate(lines);
        if !self.shown {
            self.unshown(from);
        }
    }

    /// Takes apart each line by its own means.
    fn separate(&mut self, lines: &[(u32, String)]) {
        let mut shapes: Vec<Shape> = lines.iter().map(|(_, text)| shape(text)).collect();
        mark_commas(lines, &mut shapes);
        let near = |from: usize, forward: bool| {
            let mut at = from;
            loop {
                at = if forward { at + 1 } else { at.checked_sub(1)? };
                match shapes.get(at)? {
                    Shape::Blank => continue,
                    shape => return Some(*shape),
                }
            }
        };
        // Where rows of this page begin and end without a pipe, one at that place opens an empty cell.
        let rows = lines
            .iter()
            .zip(&shapes)
            .filter(|(_, shape)| **shape == Shape::Pipes)
            .map(|((_, text), _)| text.trim_matches(is_space));
        let all = rows.clone().count();
        let led = rows.clone().filter(|text| !text.starts_with('|')).count() * 3 > all;
        let open = rows.filter(|text| !text.ends_with('|')).count() * 3 > all;
        let stream_end = |start: usize| {
            let inside = |at: usize| match shapes[at] {
                Shape::Pipe | Shape::Blank => true,
                Shape::Words => near(at, true) == Some(Shape::Pipe) || near(at, false) == Some(Shape::Pipe),
                Shape::Pipes | Shape::Commas | Shape::Rule => false,
            };
            (start + 1..lines.len()).find(|at| !inside(*at)).unwrap_or(lines.len())
        };
        let mut index = 0;
        while index < lines.len() {
            let (no, text) = &lines[index];
            match shapes[index] {
                Shape::Blank | Shape::Rule => {}
                Shape::Pipes => self.row(&split_row(*no, text, led, open)),
                Shape::Commas => match split_commas(text) {
                    // A doubled ， is a slip that cleaning mends: between those, empty cells leave no trace.
                    (cells, true) => cells
                        .into_iter()
                        .filter(|cell| !cell.is_empty())
                        .for_each(|cell| self.push(Piece::new(*no, cell, Layout::Bare))),
                    (cells, false) => self.row(&cells.into_iter().map(|cell| (*no, cell)).collect::<Vec<_>>()),
                },
                // The first cell of a stream of lone pipes stands before the first pipe.
                Shape::Words if near(index, true) != Some(Shape::Pipe) => self.words(*no, text),
                Shape::Words | Shape::Pipe => {
                    let end = stream_end(index);
                    self.stream(&lines[index..end]);
                    index = end;
                    continue;
                }
            }
            index += 1;
        }
    }

    /// Cells and pipes each on lines of their own: whatever the style, one pipe stands between two neighbours.
    fn stream(&mut self, lines: &[(u32, String)]) {
        let mut found: Vec<(Piece, u32)> = Vec::new();
        let mut pipes = 0;
        for (no, text) in lines {
            let mut rest = text.as_str();
            while let Some(at) = rest.find('|') {
                let cell = rest[..at].trim_matches(is_space);
                if !cell.is_empty() {
                    found.push((Piece::new(*no, cell, Layout::Cells), std::mem::take(&mut pipes)));
                }
                pipes += 1;
                rest = &rest[at + 1..];
            }
            let cell = rest.trim_matches(is_space);
            if !cell.is_empty() {
                found.push((Piece::new(*no, cell, Layout::Cells), std::mem::take(&mut pipes)));
            }
        }
        // Does a row end with a pipe? Where a label follows a figure without one, it does not, unless pipes stand before cells.
        let leading =
            lines.iter().any(|(_, text)| text.trim_matches(is_space).strip_prefix('|').is_some_and(|t| !t.is_empty()));
        let open =
            !leading && found.windows(2).any(|w| w[0].0.is_cell() && w[1].0.content == Content::Text && w[1].1 == 0);
        let mut after_cell = self.out.last().is_some_and(Piece::is_cell);
        for (mut piece, pipes) in found {
            let label = piece.content == Content::Text;
            if label && after_cell {
                piece.starts = true;
                piece.trail = if open { pipes } else { pipes.saturating_sub(1) };
            } else {
                piece.skip = pipes.saturating_sub(1);
                // Before a label they may as well be the end of the row above.
                self.shown |= !label && piece.skip > 0;
            }
            after_cell = !label;
            self.push(piece);
        }
        self.trail = if open || leading { pipes } else { pipes.saturating_sub(1) };
    }

    /// A line without pipes: cells by tabs, else figures as words of their own and texts between wide spaces.
    fn words(&mut self, no: u32, text: &str) {
        let trimmed = text.trim_matches(is_space);
        if trimmed.contains('\t') {
            let cells: Vec<(u32, &str)> =
                text.trim_end_matches(['\r', ' ']).split('\t').map(|cell| (no, cell)).collect();
            self.row(&cells);
            return;
        }
        // Prose is not taken apart; a padded row is as long and full of wide gaps, a table on one line full of figures.
        let letters = trimmed.chars().filter(|c| !is_space(*c)).count();
        if letters > PROSE {
            if trimmed.trim_end_matches('。').contains('。') {
                return trimmed.split_inclusive('。').for_each(|sentence| self.words(no, sentence));
            }
            let cells =
                trimmed.split(is_space).filter(|word| matches!(content(word), Content::Figure(_) | Content::Mark));
            if cells.count() < 4 && (letters > 2 * PROSE || !trimmed.contains("  ")) {
                return self.push(Piece::new(no, trimmed, Layout::Lines));
            }
        }
        let mut parts: Vec<String> = Vec::new();
        let (mut run, mut wide) = (0, false);
        let mut words: Vec<(String, bool)> = Vec::new();
        let mut word = String::new();
        for c in trimmed.chars() {
            if is_space(c) {
                if !word.is_empty() {
                    words.push((std::mem::take(&mut word), wide));
                    run = 0;
                }
                run += 1;
                wide = run >= 2 || c == '\u{3000}';
            } else {
                word.push(c);
            }
        }
        if !word.is_empty() {
            words.push((word, wide));
        }
        // A dash before nothing but words marks an item of a list, not an empty cell.
        if let Some(((first, _), rest)) = words.split_first()
            && !rest.is_empty()
            && content(first) == Content::Mark
            && rest.iter().all(|(word, _)| content(word) == Content::Text)
        {
            self.push(Piece::new(no, trimmed, Layout::Lines));
            return;
        }
        let mut open = false;
        for (word, wide) in words {
            let text = content(&word) == Content::Text;
            match parts.last_mut() {
                Some(last) if text && open && !wide => {
                    last.push(' ');
                    last.push_str(&word);
                }
                _ => parts.push(word),
            }
            open = text;
        }
        let layout = if parts.len() == 1 { Layout::Lines } else { Layout::Bare };
        for part in parts {
            self.push(Piece::new(no, &part, layout));
        }
    }
}

/// The cells of a row of pipes; where rows do not begin, or end, with a pipe, one there parts off an empty cell.
fn split_row(no: u32, text: &str, led: bool, open: bool) -> Vec<(u32, &str)> {
    let mut rest = text.trim_matches(is_space);
    if !led {
        rest = rest.strip_prefix('|').unwrap_or(rest);
    }
    if !open {
        rest = rest.strip_suffix('|').unwrap_or(rest);
    }
    rest.split('|').map(|cell| (no, cell)).collect()
}
