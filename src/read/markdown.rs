//! CommonMark with tables: the lines stay the file's, markup inside them becomes edits, tables become grids.
//!
//! In: the lines of a file and how many of them are front matter. Out: lines without inline markup, every removal an [`Edit`] of
//! the rule `markdown-markup`; headings; a [`Grid`] per table. Markers of lists and quotes stay, for they carry numbering; rows of
//! tables stay as they are; raw HTML stays as text. Must never add, drop or join a line.

use crate::model::diagnostic::Finding;
use crate::model::source::{Draft, Edit, Grid, GridCell, Heading, Line, Sure};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

const MAX_CELLS: usize = 100_000;
/// The parser holds a tree many times the size of the text.
const MAX_BYTES: usize = 8 << 20;

/// Fills lines, headings and grids of a draft whose front matter is known.
pub fn read(lines: &[&str], draft: &mut Draft) -> Result<(), Finding> {
    let front = draft.front as usize;
    let body = lines[front..].join("\n");
    if body.len() > MAX_BYTES {
        return Err(Finding::new("too-complex", None, "Markdown 超过 8 MiB"));
    }
    let starts: Vec<usize> = std::iter::once(0).chain(body.match_indices('\n').map(|(i, _)| i + 1)).collect();
    let line_at = |at: usize| starts.partition_point(|start| *start <= at) - 1;

    let mut walk = Walk { body: &body, markup: Vec::new(), open: Vec::new(), leaf_end: 0, cell: None };
    let mut table: Option<Grid> = None;
    let (mut row, mut column) = (0, 0);
    let mut cell_end = 0;
    let mut cells = 0;
    for (event, range) in Parser::new_ext(&body, Options::ENABLE_TABLES).into_offset_iter() {
        let line = || (front + line_at(range.start)) as u32 + 1;
        // A row may be shorter than the head; the cells that the parser adds at its end are not on the page.
        let padding = range.is_empty() && (body[..range.start].ends_with('\n') || range.end == body.len());
        match &event {
            Event::Start(Tag::Heading { level, .. }) => {
                draft.headings.push(Heading { line: line(), level: *level as u8 });
            }
            Event::Start(Tag::Table(_)) => {
                let last = body[range.clone()].trim_end().len().max(1) + range.start - 1;
                table = Some(Grid { from: line(), to: (front + line_at(last)) as u32 + 1, cells: Vec::new() });
                row = 0;
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => column = 0,
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                // A row may be longer than the head; the parser drops the rest, and its figures are the report's all the same.
                let rest = body[cell_end.clamp(range.start, range.end)..range.end].trim();
                let rest = rest.strip_prefix('|').unwrap_or_default();
                let rest = rest.strip_suffix('|').unwrap_or(rest);
                if let Some(grid) = table.as_mut().filter(|_| !rest.is_empty()) {
                    let line = grid.from + if row == 0 { 0 } else { row + 1 };
                    for text in rest.split('|').take(MAX_CELLS - cells.min(MAX_CELLS)) {
                        cells += 1;
                        let text = text.trim().to_owned();
                        grid.cells.push(GridCell { row, column, rowspan: 1, colspan: 1, line, text, header: row == 0 });
                        column += 1;
                    }
                }
                row += 1;
            }
            Event::Start(Tag::TableCell) if padding => {}
            Event::Start(Tag::TableCell) => {
                cell_end = range.end;
                cells += 1;
                if cells > MAX_CELLS {
                    return Err(Finding::new("too-complex", None, format!("表格的单元格超过 {MAX_CELLS} 个")));
                }
                if let Some(grid) = &mut table {
                    // The head is one line, the rule under it another, then a line for each row.
                    let line = grid.from + if row == 0 { 0 } else { row + 1 };
                    let cell =
                        GridCell { row, column, rowspan: 1, colspan: 1, line, header: row == 0, ..GridCell::default() };
                    grid.cells.push(cell);
                }
                column += 1;
            }
            Event::End(TagEnd::Table) => {
                draft.grids.extend(table.take());
            }
            _ => {}
        }
        walk.take(&event, range);
        if event == Event::End(TagEnd::TableCell)
            && !padding
            && let Some(cell) = table.as_mut().and_then(|grid| grid.cells.last_mut())
        {
            cell.text = walk.cell();
        }
    }

    let mut removed = lines_of(walk.markup, &body);
    let mut removed = removed.drain(..).peekable();
    draft.lines = Vec::with_capacity(lines.len());
    for (index, text) in lines.iter().enumerate() {
        let no = index as u32 + 1;
        let mut line = Line::new(no, *text);
        if index >= front {
            let start = starts[index - front];
            let end = start + text.len();
            let mut clean = String::new();
            let mut at = 0;
            while let Some(range) = removed.next_if(|range| range.end <= end) {
                let range = range.start - start..range.end - start;
                clean.push_str(&text[at..range.start]);
                line.edits.push(Edit {
                    rule: "markdown-markup".into(),
                    line: no,
                    start: range.start as u32,
                    end: range.end as u32,
                    was: text[range.clone()].to_owned(),
                    now: String::new(),
                    sure: Sure::Sure,
                });
                at = range.end;
            }
            clean.push_str(&text[at..]);
            line.text = clean;
        }
        draft.lines.push(line);
    }
    Ok(())
}

/// What of the body is markup.
struct Walk<'t> {
    body: &'t str,
    markup: Vec<Range<usize>>,
    /// Open elements: whether what surrounds their content is markup, range, and the stretch their content takes so far.
    open: Vec<(bool, Range<usize>, Option<Range<usize>>)>,
    /// Where the last piece of text ended.
    leaf_end: usize,
    /// The content of the table cell just read, and the number of stretches of markup before it.
    cell: Option<(usize, Range<usize>)>,
}

impl Walk<'_> {
    fn take(&mut self, event: &Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                if *tag == Tag::TableCell {
                    self.cell = Some((self.markup.len(), 0..0));
                }
                self.widen(&range);
                let marked = matches!(
                    tag,
                    Tag::Heading { .. }
                        | Tag::Emphasis
                        | Tag::Strong
                        | Tag::Link { .. }
                        | Tag::Image { .. }
                        | Tag::CodeBlock(CodeBlockKind::Fenced(_))
                );
                self.open.push((marked, range, None));
            }
            Event::End(tag) => {
                let Some((marked, range, inner)) = self.open.pop() else { return };
                match (inner, tag) {
                    (Some(inner), TagEnd::TableCell) => self.cell = self.cell.take().map(|(first, _)| (first, inner)),
                    // `3*4*5` is a product, whatever CommonMark thinks: no two figures are ever joined.
                    (Some(inner), _) if marked && !self.joins_digits(&range, &inner) => {
                        self.mark(range.start..inner.start);
                        self.mark(inner.end..range.end);
                    }
                    // An empty heading, a link without a text.
                    (None, _) if marked => self.mark(range),
                    _ => {}
                }
            }
            Event::Code(_) => {
                self.widen(&range);
                let ticks = self.body[range.clone()].bytes().take_while(|b| *b == b'`').count();
                self.mark(range.start..range.start + ticks);
                self.mark(range.end - ticks..range.end);
                self.leaf_end = range.end;
            }
            Event::Rule => {
                self.widen(&range);
                self.mark(range);
            }
            Event::Text(_) => {
                // The backslash before an escaped sign belongs to no text.
                if range.start > self.leaf_end && self.body[..range.start].ends_with('\\') {
                    self.mark(range.start - 1..range.start);
                }
                self.widen(&range);
                self.leaf_end = range.end;
            }
            Event::HardBreak => {
                if self.body[range.clone()].starts_with('\\') {
                    self.mark(range.start..range.start + 1);
                }
                self.leaf_end = range.end;
            }
            _ => {
                self.widen(&range);
                self.leaf_end = range.end;
            }
        }
    }

    /// The innermost open element has content here.
    fn widen(&mut self, range: &Range<usize>) {
        if let Some((_, _, inner)) = self.open.last_mut() {
            let inner = inner.get_or_insert_with(|| range.clone());
            *inner = inner.start.min(range.start)..inner.end.max(range.end);
        }
    }

    fn joins_digits(&self, range: &Range<usize>, inner: &Range<usize>) -> bool {
        let bytes = self.body.as_bytes();
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        (digit(range.start.checked_sub(1)) && digit(Some(inner.start)))
            || (digit(inner.end.checked_sub(1)) && digit(Some(range.end)))
    }

    /// The text of the table cell just read. Its markup is not markup of the line, which stays as it is.
    fn cell(&mut self) -> String {
        let Some((first, range)) = self.cell.take() else { return String::new() };
        let mut text = String::new();
        let mut at = range.start;
        for markup in lines_of(self.markup.split_off(first), self.body) {
            text.push_str(&self.body[at..markup.start.max(at)]);
            at = markup.end;
        }
        text.push_str(&self.body[at..range.end.max(at)]);
        for line_break in ["<br>", "<br/>", "<br />"] {
            text = text.replace(line_break, " ");
        }
        text.trim().to_owned()
    }

    fn mark(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.markup.push(range);
        }
    }
}

/// The stretches sorted, without overlap, none across a line break.
fn lines_of(mut markup: Vec<Range<usize>>, body: &str) -> Vec<Range<usize>> {
    markup.sort_by_key(|range| (range.start, range.end));
    let mut lines: Vec<Range<usize>> = Vec::new();
    for range in markup {
        let mut at = range.start.max(lines.last().map_or(0, |last| last.end));
        while at < range.end {
            let end = body[at..range.end].find('\n').map_or(range.end, |i| at + i);
            match lines.last_mut() {
                Some(last) if last.end == at && at < end => last.end = end,
                _ if at < end => lines.push(at..end),
                _ => {}
            }
            at = end + 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        let mut draft = Draft::default();
        read(&text.split('\n').collect::<Vec<_>>(), &mut draft).unwrap();
        draft
    }

    #[test]
    fn a_row_keeps_the_cells_it_has() {
        let read = draft("| 甲 | 乙 |\n|---|---|\n| 一 | 2 | 3 | |\n| 二 |\n| 三 || \n");
        let rows: Vec<Vec<&str>> = (0..4)
            .map(|row| read.grids[0].cells.iter().filter(|c| c.row == row).map(|c| c.text.as_str()).collect())
            .collect();
        assert_eq!(rows, [vec!["甲", "乙"], vec!["一", "2", "3", ""], vec!["二"], vec!["三", ""]]);
    }

    #[test]
    fn markup_goes_and_what_carries_meaning_stays() {
        for (source, clean) in [
            ("# 2019年年度报告", "2019年年度报告"),
            ("  ## 一、概述 ##", "  一、概述"),
            ("#2019年", "#2019年"),
            ("标题\n===", "标题\n"),
            ("甲\n\n---\n\n乙", "甲\n\n\n\n乙"),
            ("**主动公开**政府信息*12*条", "主动公开政府信息12条"),
            ("***重***要 `代码` ``a`b``", "重要 代码 a`b"),
            ("见[附件](http://a.org/x.pdf \"题\")和<http://a.org/>", "见附件和http://a.org/"),
            ("![图](a.png) [](b) [未成]", "图  [未成]"),
            ("- **甲**\n- 乙\n1. 丙", "- 甲\n- 乙\n1. 丙"),
            ("> 引**文**\n> 续", "> 引文\n> 续"),
            ("1\\. 不是列表，3 \\* 4", "1. 不是列表，3 * 4"),
            ("甲\\\n乙", "甲\n乙"),
            ("```txt\n**原样**\n```\n乙", "\n**原样**\n\n乙"),
            ("<b>原样</b> &lt; 1 < 2 <条例>", "<b>原样</b> &lt; 1 < 2 <条例>"),
            ("<div>\n**原样**\n</div>", "<div>\n**原样**\n</div>"),
            ("3*4*5 2_3_4 ** 甲 1**2**", "3*4*5 2_3_4 ** 甲 1**2**"),
            ("**跨\n行**", "跨\n行"),
            ("[甲]: http://a.org", "[甲]: http://a.org"),
            ("", ""),
        ] {
            let draft = draft(source);
            let lines: Vec<_> = draft.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(lines.join("\n"), clean, "{source}");
            undo(source, &draft);
        }
    }

    /// Replays the edits backwards.
    fn undo(source: &str, draft: &Draft) {
        let lines: Vec<&str> = source.split('\n').collect();
        assert_eq!(draft.lines.len(), lines.len(), "{source}");
        for (line, source) in draft.lines.iter().zip(lines) {
            let (mut text, mut shift) = (line.text.clone(), 0);
            let mut end = 0;
            for edit in &line.edits {
                assert!(edit.start >= end && edit.start < edit.end && edit.line == line.no, "{source}");
                text.insert_str(edit.start as usize, &edit.was);
                shift += edit.was.len();
                end = edit.end;
            }
            assert_eq!(text, source);
            assert_eq!(text.len(), line.text.len() + shift);
        }
    }

    #[test]
    fn a_table_is_a_grid_and_its_lines_stay() {
        let source = "前\n\n| **项目** | 数量 |\n|---|--:|\n| 受理 &lt; | 12 |\n| 办\\|结 |  |\n*甲* | 1<br>2*3*4 | 多\n\n后**文**";
        let draft = draft(source);
        let lines: Vec<_> = draft.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines[..8].join("\n"), source[..source.find("\n后").unwrap()].to_owned());
        assert_eq!(lines[8], "后文");
        let grid = &draft.grids[0];
        assert_eq!((grid.from, grid.to), (3, 7));
        let cells: Vec<_> = grid.cells.iter().map(|c| (c.row, c.column, c.line, c.header, c.text.as_str())).collect();
        let expected = [
            (0, 0, 3, true, "项目"),
            (0, 1, 3, true, "数量"),
            (1, 0, 5, false, "受理 &lt;"),
            (1, 1, 5, false, "12"),
            (2, 0, 6, false, "办|结"),
            (2, 1, 6, false, ""),
            (3, 0, 7, false, "甲"),
            (3, 1, 7, false, "1 2*3*4"),
            (3, 2, 7, false, "多"),
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn headings_know_their_line_and_front_matter_is_not_markdown() {
        let mut draft = Draft { front: 3, ..Draft::default() };
        read(&["+++", "title = \"**甲**\"", "+++", "", "## 二", "|a|b|", "|-|-|", "|1|2|"], &mut draft).unwrap();
        assert_eq!(draft.headings, [Heading { line: 5, level: 2 }]);
        assert_eq!(draft.lines[1].text, "title = \"**甲**\"");
        assert_eq!(draft.lines[4].text, "二");
        assert_eq!((draft.grids[0].from, draft.grids[0].to, draft.grids[0].cells[3].line), (6, 8, 8));
    }

    #[test]
    fn hostile_markdown_is_read_in_time() {
        for text in
            [">".repeat(50_000), "*a_ ".repeat(20_000), "[".repeat(50_000), "- ".repeat(5_000), "![[](".repeat(20_000)]
        {
            undo(&text, &draft(&text));
        }
        let rows = format!("|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(MAX_CELLS / 2));
        let lines: Vec<&str> = rows.lines().collect();
        assert_eq!(read(&lines, &mut Draft::default()).unwrap_err().code, "too-complex");
    }
}
