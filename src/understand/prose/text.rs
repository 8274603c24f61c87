//! Lines to paragraphs to sentences, with the way back: every place of a paragraph knows its line and its bytes.
//!
//! A page that was wrapped by hand breaks sentences, even numbers, across lines; they are read as one paragraph here and
//! nothing is changed in the draft.

use crate::model::report::Role;
use crate::model::source::{Draft, Line, Span};
use crate::understand::roles::is_cell;

/// Running text that belongs together.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    /// Its text.
    pub text: String,
    /// Where each line's text starts in `text`: (byte in `text`, index of the line, byte in that line).
    pieces: Vec<(usize, usize, usize)>,
}

impl Paragraph {
    /// Number of the line a byte of the text stands on.
    pub fn line(&self, draft: &Draft, at: usize) -> u32 {
        draft.lines[self.piece(at).1].no
    }

    /// The stretch `start..end` in the decoded source; cut at the end of the line it starts on.
    pub fn origin(&self, draft: &Draft, start: usize, end: usize) -> Span {
        let (from, index, offset) = self.piece(start);
        let line: &Line = &draft.lines[index];
        let first = offset + (start - from);
        let last = (offset + (end - from)).min(line.text.len());
        line.origin(first, last.max(first))
    }

    /// Number of the line the paragraph starts on.
    pub fn first_line(&self, draft: &Draft) -> u32 {
        self.line(draft, 0)
    }

    fn piece(&self, at: usize) -> (usize, usize, usize) {
        let next = self.pieces.partition_point(|p| p.0 <= at);
        self.pieces[next.saturating_sub(1)]
    }
}

patterns! {
    OPENS = r"^\s*(?:[一二三四五六七八九十]+(?:、|是|要)|[（(][0-9一二三四五六七八九十]+[)）]|[0-9]{1,2}[.、．][^0-9]|附[:：件]|注[:：]|第[一二三四五六七八九十]+)";
    CLOSES = r"[。！？；!?;:：”》)）%％]\s*$";
}

/// The paragraphs of a draft: its prose lines, wrapped lines joined.
pub(super) fn paragraphs(draft: &Draft, roles: &[Role]) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut open: Option<Paragraph> = None;
    for (index, line) in draft.lines.iter().enumerate() {
        let role = roles.get(index).copied().unwrap_or_default();
        let text = line.text.trim_end();
        let lead = text.len() - text.trim_start().len();
        let text = &text[lead..];
        if role != Role::Prose || line.no <= draft.front || text.is_empty() {
            out.extend(open.take());
            continue;
        }
        let joins = open.as_ref().is_some_and(|p| {
            let last = draft.lines[p.pieces[p.pieces.len() - 1].1].text.trim();
            let goes_on = last.chars().count() >= 15 && !CLOSES.is_match(&p.text) && !OPENS.is_match(text);
            // A figure alone that is prose belongs to the sentence around it.
            (goes_on || is_cell(text) || is_cell(last)) && p.text.len() < 1 << 16
        });
        if !joins {
            out.extend(open.take());
        }
        let paragraph = open.get_or_insert_with(Paragraph::default);
        paragraph.pieces.push((paragraph.text.len(), index, lead));
        paragraph.text.push_str(text);
    }
    out.extend(open);
    out
}

/// Byte ranges of the sentences of a text. A closing quote or bracket after the stop belongs to its sentence.
pub(super) fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut stopped = false;
    for (at, c) in text.char_indices() {
        if stopped && !matches!(c, '”' | '’' | '」' | '）' | ')' | '。') {
            out.push((start, at));
            start = at;
            stopped = false;
        }
        stopped |= matches!(c, '。' | '！' | '？');
    }
    if start < text.len() {
        out.push((start, text.len()));
    }
    out
}

/// Whether a character ends a clause.
pub(super) fn is_comma(c: char) -> bool {
    matches!(c, '，' | ',' | '；' | ';' | '：' | ':' | '。' | '！' | '？' | '、' | '（' | '）' | '(' | ')' | '\n')
}

/// Start of the clause that holds byte `at`: after the last of `，；：。` (half-width too) before it.
pub(super) fn clause_start(text: &str, at: usize) -> usize {
    text[..at]
        .rfind(['，', ',', '；', ';', '：', ':', '。', '！', '？'])
        .map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8))
}

/// End of the clause that starts before or at `at`.
pub(super) fn clause_end(text: &str, at: usize) -> usize {
    text[at..].find(['，', ',', '；', ';', '：', ':', '。', '！', '？']).map_or(text.len(), |i| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_number_is_one_number_and_knows_its_line() {
        let draft = Draft {
            lines: vec![
                Line::new(1, "  本年度共梳理各类权力事项并向社会公布目录共计11"),
                Line::new(2, "0多项，全部上网。"),
                Line::new(3, "二、收费情况"),
            ],
            ..Draft::default()
        };
        let found = paragraphs(&draft, &[Role::Prose, Role::Prose, Role::Heading]);
        assert_eq!(found.len(), 1);
        let at = found[0].text.find("110").unwrap();
        assert_eq!(found[0].line(&draft, at), 1);
        let span = found[0].origin(&draft, at, at + 3);
        assert_eq!((span.line, span.end - span.start), (1, 2));
    }

    #[test]
    fn sentences_cover_the_text() {
        let text = "甲。“乙！”丙，丁";
        let parts: Vec<&str> = sentences(text).iter().map(|&(a, b)| &text[a..b]).collect();
        assert_eq!(parts, ["甲。", "“乙！”", "丙，丁"]);
    }
}
