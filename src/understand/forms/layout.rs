//! The text as a sequence of cells, whatever the page did to its tables.
//!
//! In: the lines and grids of a draft. Out: pieces in reading order, each with the empty cells that the layout shows before it and
//! how firmly it shows them. Knows nothing of forms, and never drops a figure.

use super::figure::{Content, content, fold, is_space};
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
    let mut reader = Reader { out: &mut out, trail: 0, last: 0 };
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
                (
                    line.no,
                    line.text.chars().map(|c| if c == '\u{3000}' || c == '\u{a0}' { c } else { fold(c) }).collect(),
                )
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
}

/// How a line uses pipes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pipes {
    Blank,
    None,
    Rule,
    Row,
    /// One cell: a lone pipe, or a text with a pipe before or behind it.
    One,
}

fn pipes(text: &str) -> Pipes {
    let trimmed = text.trim_matches(is_space);
    if trimmed.is_empty() {
        return Pipes::Blank;
    }
    let count = trimmed.matches('|').count();
    if trimmed.contains("--") && trimmed.chars().all(|c| matches!(c, '|' | '-' | ':' | '+' | '=' | ' ')) {
        return if count > 0 { Pipes::Rule } else { Pipes::None };
    }
    match count {
        0 => Pipes::None,
        1 if trimmed.starts_with('|') || trimmed.ends_with('|') => Pipes::One,
        _ if trimmed.chars().all(|c| c == '|' || is_space(c)) => Pipes::One,
        _ => Pipes::Row,
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

    fn lines(&mut self, lines: &[(u32, String)]) {
        let kinds: Vec<Pipes> = lines.iter().map(|(_, text)| pipes(text)).collect();
        let near = |from: usize, forward: bool| {
            let mut at = from;
            loop {
                at = if forward { at + 1 } else { at.checked_sub(1)? };
                match kinds.get(at)? {
                    Pipes::Blank => continue,
                    kind => return Some(*kind),
                }
            }
        };
        // Rows of this page end without a pipe: one at the end of a line opens an empty cell.
        let rows = || lines.iter().zip(&kinds).filter(|(_, kind)| **kind == Pipes::Row);
        let bare = rows().filter(|((_, text), _)| !text.trim_end_matches(is_space).ends_with('|')).count();
        let open = bare * 3 > rows().count();
        let stream_end = |start: usize| {
            let inside = |at: usize| match kinds[at] {
                Pipes::One | Pipes::Blank => true,
                Pipes::None => near(at, true) == Some(Pipes::One) || near(at, false) == Some(Pipes::One),
                Pipes::Row | Pipes::Rule => false,
            };
            (start + 1..lines.len()).find(|at| !inside(*at)).unwrap_or(lines.len())
        };
        let mut index = 0;
        while index < lines.len() {
            let (no, text) = &lines[index];
            match kinds[index] {
                Pipes::Blank | Pipes::Rule => {}
                Pipes::Row => self.row(&split_row(*no, text, open)),
                // The first cell of a stream of lone pipes stands before the first pipe.
                Pipes::None if near(index, true) != Some(Pipes::One) => self.words(*no, text),
                Pipes::None | Pipes::One => {
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
            }
            after_cell = !label;
            self.push(piece);
        }
        self.trail = if open { pipes } else { pipes.saturating_sub(1) };
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
        // Prose is not taken apart; a padded row is as long and full of wide gaps.
        let letters = trimmed.chars().filter(|c| !is_space(*c)).count();
        if letters > 2 * PROSE || letters > PROSE && !trimmed.contains("  ") {
            self.push(Piece::new(no, trimmed, Layout::Lines));
            return;
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

fn split_row(no: u32, text: &str, open: bool) -> Vec<(u32, &str)> {
    let mut rest = text.trim_matches(is_space);
    rest = rest.strip_prefix('|').unwrap_or(rest);
    if !open {
        rest = rest.strip_suffix('|').unwrap_or(rest);
    }
    rest.split('|').map(|cell| (no, cell)).collect()
}
