//! A line or cell while the rules work on it: its text now, and every change that led there.
//!
//! In: changes as ranges of the text as it stands. Out: [`Edit`]s with spans of the decoded source line, sorted, never overlapping;
//! a change that touches an earlier one is widened until both share one span, so that the log replayed backwards gives the source.
//! Never changes the number of lines.

use super::classes::{Seen, kind, scan};
use super::{misread, mojibake};
use crate::model::Id;
use crate::model::source::{Edit, Sure};
use std::ops::Range;

/// A replacement in the text as it stands.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub at: Range<usize>,
    pub now: String,
    pub sure: Sure,
}

impl Change {
    /// A certain replacement.
    pub fn sure(at: Range<usize>, now: impl Into<String>) -> Self {
        Change { at, now: now.into(), sure: Sure::Sure }
    }
}

/// One change of a span, by one rule.
#[derive(Clone, Debug)]
struct Step {
    rule: &'static str,
    was: String,
    now: String,
    sure: Sure,
}

/// A stretch of the source that was changed, with the steps that changed it.
#[derive(Clone, Debug)]
struct Piece {
    source: Range<usize>,
    text: Range<usize>,
    steps: Vec<Step>,
}

/// A line or cell under work.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage {
    /// The line it is, or stands in.
    pub no: u32,
    /// The text as it stands.
    pub text: String,
    /// What kinds of characters the text has.
    pub seen: Seen,
    /// Whether the paragraph is to be converted to Simplified.
    pub traditional: bool,
    source: String,
    pieces: Vec<Piece>,
}

impl Passage {
    /// A passage nothing was done to.
    pub fn new(no: u32, text: String) -> Self {
        let seen = scan(&text);
        Passage { no, text, seen, ..Passage::default() }
    }

    /// Applies the changes of one rule, but for those to a stretch of broken bytes, which stays as found until it is repaired: by a
    /// guess at the whole of it, or where it holds bytes of the wrong encoding.
    /// They must be sorted and must not overlap.
    pub fn apply(&mut self, rule: &'static str, mut changes: Vec<Change>) {
        debug_assert!(changes.windows(2).all(|pair| pair[0].at.end <= pair[1].at.start), "{rule}: overlapping changes");
        if !changes.is_empty()
            && ![mojibake::BYTES.id, misread::CROSSED.id].contains(&rule)
            && self.seen.any(kind::DAMAGE)
        {
            let broken = mojibake::stretches(&self.text);
            changes.retain(|change| !broken.iter().any(|at| at.start < change.at.end && change.at.start < at.end));
        }
        if changes.is_empty() {
            return;
        }
        if self.pieces.is_empty() {
            self.source = self.text.clone();
        }
        let mut old = std::mem::take(&mut self.pieces).into_iter().peekable();
        let mut changes = changes.into_iter().peekable();
        let mut pieces: Vec<Piece> = Vec::new();
        // What to add to a place in the text to get the place in the source, behind the last piece passed.
        let mut shift: isize = 0;
        while let Some(first) = changes.next() {
            while let Some(piece) = old.next_if(|piece| piece.text.end <= first.at.start) {
                shift = piece.source.end as isize - piece.text.end as isize;
                pieces.push(piece);
            }
            let mut span = first.at.clone();
            let before = shift;
            let (mut group, mut work) = (Vec::new(), vec![first]);
            loop {
                if let Some(piece) = old.next_if(|piece| piece.text.start < span.end) {
                    shift = piece.source.end as isize - piece.text.end as isize;
                    span = span.start.min(piece.text.start)..span.end.max(piece.text.end);
                    group.push(piece);
                } else if let Some(change) = changes.next_if(|change| change.at.start < span.end) {
                    span.end = span.end.max(change.at.end);
                    work.push(change);
                } else {
                    break;
                }
            }
            let source = span.start.wrapping_add_signed(before)..span.end.wrapping_add_signed(shift);
            pieces.push(self.join(rule, source, span, group, work));
        }
        pieces.extend(old);
        self.rebuild(pieces);
    }

    /// One piece for a span of the text that holds earlier pieces and new changes.
    fn join(
        &self,
        rule: &'static str,
        source: Range<usize>,
        span: Range<usize>,
        group: Vec<Piece>,
        work: Vec<Change>,
    ) -> Piece {
        let mut steps = Vec::new();
        // Replay the earlier steps, each widened to the whole span.
        let mut parts: Vec<String> = Vec::new();
        let mut at = source.start;
        for piece in &group {
            parts.push(self.source[at..piece.source.start].to_owned());
            parts.push(self.source[piece.source.clone()].to_owned());
            at = piece.source.end;
        }
        parts.push(self.source[at..source.end].to_owned());
        for (index, piece) in group.into_iter().enumerate() {
            for step in piece.steps {
                let was = parts.concat();
                parts[2 * index + 1] = step.now;
                steps.push(Step { rule: step.rule, was, now: parts.concat(), sure: step.sure });
            }
        }
        let was = self.text[span.clone()].to_owned();
        let mut now = String::with_capacity(was.len());
        let mut at = span.start;
        let mut sure = Sure::Sure;
        for change in work {
            now.push_str(&self.text[at..change.at.start]);
            now.push_str(&change.now);
            at = change.at.end;
            if change.sure == Sure::Likely {
                sure = Sure::Likely;
            }
        }
        now.push_str(&self.text[at..span.end]);
        steps.push(Step { rule, was, now, sure });
        Piece { source, text: span, steps }
    }

    fn rebuild(&mut self, pieces: Vec<Piece>) {
        let mut text = String::with_capacity(self.source.len());
        let mut at = 0;
        self.pieces = pieces;
        for piece in &mut self.pieces {
            text.push_str(&self.source[at..piece.source.start]);
            let start = text.len();
            text.push_str(piece.steps.last().map_or("", |step| step.now.as_str()));
            piece.text = start..text.len();
            at = piece.source.end;
        }
        text.push_str(&self.source[at..]);
        self.text = text;
        self.seen = scan(&self.text);
    }

    /// How many changes were made.
    pub fn steps(&self) -> usize {
        self.pieces.iter().map(|piece| piece.steps.len()).sum()
    }

    /// Whether a rule changed anything.
    pub fn has(&self, rule: &str) -> bool {
        self.pieces.iter().flat_map(|piece| &piece.steps).any(|step| step.rule == rule)
    }

    /// The place of a stretch of the text in the decoded source line.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let (mut start, mut end) = (None, None);
        let mut shift: isize = 0;
        for piece in &self.pieces {
            if start.is_none() && range.start < piece.text.end {
                start = Some(if range.start < piece.text.start {
                    range.start.wrapping_add_signed(shift)
                } else {
                    piece.source.start
                });
            }
            if range.end <= piece.text.start {
                end = end.or(Some(range.end.wrapping_add_signed(shift)));
            } else if range.end <= piece.text.end {
                end = end.or(Some(piece.source.end));
            }
            shift = piece.source.end as isize - piece.text.end as isize;
        }
        let start = start.unwrap_or(range.start.wrapping_add_signed(shift));
        start..end.unwrap_or(range.end.wrapping_add_signed(shift)).max(start)
    }

    /// The text and the log.
    pub fn finish(self) -> (String, Vec<Edit>) {
        let no = self.no;
        let mut edits = Vec::new();
        for piece in self.pieces {
            let Range { start, end } = piece.source;
            edits.extend(piece.steps.into_iter().filter(|step| step.was != step.now).map(|step| Edit {
                rule: Id::Borrowed(step.rule),
                line: no,
                start: start as u32,
                end: end as u32,
                was: step.was,
                now: step.now,
                sure: step.sure,
            }));
        }
        (self.text, edits)
    }
}
