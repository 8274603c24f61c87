//! A saved web page to lines and grids.
//!
//! In: the page as text. Out: its text view, one line per block element, line break and table cell, and the data tables among its
//! tables as [`Grid`]s. A table that only arranges the page is read through. Must never run out of stack or time on hostile nesting.

use super::tags::{Tag, Token, Tokens};
use crate::model::diagnostic::Finding;
use crate::model::source::{Draft, Grid, GridCell, Heading, Line};

/// Elements that HTML does not close by itself, one inside the other; no page of people comes near.
const MAX_NESTING: usize = 256;
/// Tables inside cells of tables.
const MAX_TABLES_DEEP: usize = 24;
/// Cells of all tables of a page, and columns of one.
const MAX_CELLS: usize = 100_000;
const MAX_COLUMNS: usize = 1_000;
/// A cell with more text than this, in several blocks, is a part of the page and not a datum.
const MAX_CELL_CHARACTERS: usize = 1_000;
/// Pieces of text and line breaks of a page.
const MAX_ITEMS: usize = 1_000_000;
/// Lines, as for text.
const MAX_LINES: usize = 200_000;
const MAX_LINE_BYTES: usize = 1 << 20;

/// Elements that start and end a line. Those that HTML never closes by itself are in `NESTING`.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "option", "p", "plaintext", "pre",
    "search", "section", "summary", "ul", "xmp", "br", "head",
];
#[rustfmt::skip]
const NESTING: &[&str] = &[
    "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "fieldset", "figure", "footer",
    "form", "header", "main", "menu", "nav", "ol", "section", "span", "ul",
];
/// Elements whose content no reader of the page sees.
const UNSEEN: &[&str] = &["select", "template", "svg", "noscript", "datalist"];

/// Reads a page into a draft.
pub fn read(page: &str, draft: &mut Draft) -> Result<(), Finding> {
    let (flow, title) = Builder::default().build(page)?;
    let mut view = View::default();
    view.flow(&flow, true);
    view.end_line();
    let title = collapse(&title);
    let first = u32::from(!title.is_empty() && !view.lines.iter().any(|line| is_title(line, &title)));
    if first == 1 {
        view.lines.insert(0, title);
    }
    if view.lines.iter().all(|line| line.is_empty()) {
        return Err(Finding::new("file-empty", None, "网页里没有文字"));
    }
    if view.lines.len() > MAX_LINES {
        return Err(Finding::new("too-complex", None, format!("网页的文字超过 {MAX_LINES} 行")));
    }
    if view.lines.iter().any(|line| line.len() > MAX_LINE_BYTES) {
        return Err(Finding::new("too-complex", None, "网页的一段文字超过 1 MiB"));
    }
    draft.lines = (1..).zip(view.lines).map(|(no, text)| Line::new(no, text)).collect();
    draft.headings = view.headings;
    draft.grids = view.grids;
    for heading in &mut draft.headings {
        heading.line += first;
    }
    for grid in &mut draft.grids {
        (grid.from, grid.to) = (grid.from + first, grid.to + first);
        for cell in &mut grid.cells {
            cell.line += first;
        }
    }
    Ok(())
}

/// The encoding a page names in its first kilobyte.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head: String = bytes.iter().take(1024).map(|b| if b.is_ascii() { *b as char } else { '?' }).collect();
    let head = head.to_ascii_lowercase();
    let after = head.split_once("charset")?.1.trim_start().strip_prefix('=')?;
    let label = after.trim_start_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    Some(label.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect())
}

/// Whether a line of the body already says what the page's `<title>` would.
fn is_title(line: &str, title: &str) -> bool {
    let length = line.chars().count();
    let names_report = ["报告", "報告", "年报", "年報"].iter().any(|word| line.contains(word));
    let is_sentence = line.ends_with(['。', '；', ';', '，']) || line.contains(['>', '»', '›']);
    (length >= 6 && title.contains(line))
        || (length <= 60 && names_report && line.contains("公开") && !is_sentence)
        || line.contains(title)
}

/// What a page is made of.
#[derive(Debug)]
enum Item {
    Text(String),
    /// Text of `pre`, whose line breaks are line breaks.
    Set(String),
    /// The end of a line; the next one is a heading of this level.
    Break(Option<u8>),
    Table(Table),
}

#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Default)]
struct Cell {
    flow: Vec<Item>,
    rowspan: u32,
    colspan: u32,
    header: bool,
}

/// A table whose end has not come yet.
#[derive(Default)]
struct Open {
    table: Table,
    cell: Option<Cell>,
    head: bool,
    /// What stands in the table but in no cell; browsers show it above.
    stray: Vec<Item>,
}

#[derive(Default)]
struct Builder {
    root: Vec<Item>,
    open: Vec<Open>,
    title: Option<String>,
    heading: Option<u8>,
    set: usize,
    depth: usize,
    cells: usize,
    items: usize,
}

impl Builder {
    fn build(mut self, page: &str) -> Result<(Vec<Item>, String), Finding> {
        let mut tokens = Tokens::new(page);
        let mut in_title = false;
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(text) if in_title => {
                    self.title.get_or_insert_with(|| text.into_owned());
                }
                Token::Text(text) => {
                    self.items += 1;
                    if self.items > MAX_ITEMS {
                        return Err(too_complex(format!("网页的文字超过 {MAX_ITEMS} 段")));
                    }
                    self.text(text.into_owned());
                }
                Token::Start(tag) => {
                    in_title = tag.name == "title";
                    if let Some(name) = UNSEEN.iter().find(|name| **name == tag.name) {
                        tokens.pass_over(name);
                    }
                    self.start(&tag)?;
                }
                Token::End(name) => {
                    in_title = false;
                    self.end(&name);
                }
            }
        }
        while !self.open.is_empty() {
            self.end_table();
        }
        Ok((self.root, self.title.unwrap_or_default()))
    }

    /// Where content goes: the innermost open cell, or beside it.
    fn flow(&mut self) -> &mut Vec<Item> {
        match self.open.last_mut() {
            None => &mut self.root,
            Some(Open { cell: Some(cell), .. }) => &mut cell.flow,
            Some(open) => &mut open.stray,
        }
    }

    fn text(&mut self, text: String) {
        let in_row = self.open.last().is_some_and(|open| open.cell.is_none());
        if in_row && text.chars().all(is_blank) {
            return;
        }
        let set = self.set > 0;
        self.flow().push(if set { Item::Set(text) } else { Item::Text(text) });
    }

    fn line_break(&mut self) {
        let heading = self.heading;
        let flow = self.flow();
        match flow.last_mut() {
            // Breaks in a row are one; the last says what follows.
            Some(Item::Break(last)) => *last = heading,
            _ => flow.push(Item::Break(heading)),
        }
    }

    fn start(&mut self, tag: &Tag) -> Result<(), Finding> {
        let name = tag.name.as_ref();
        if NESTING.contains(&name) {
            self.depth += 1;
            if self.depth > MAX_NESTING {
                return Err(too_complex(format!("元素嵌套超过 {MAX_NESTING} 层")));
            }
        }
        match name {
            "table" => {
                self.heading = None;
                self.line_break();
                self.open.push(Open::default());
                if self.open.len() > MAX_TABLES_DEEP {
                    return Err(too_complex(format!("表格嵌套超过 {MAX_TABLES_DEEP} 层")));
                }
            }
            "tr" => {
                self.end_cell();
                if let Some(open) = self.open.last_mut() {
                    open.table.rows.push(Vec::new());
                }
            }
            "td" | "th" => {
                self.end_cell();
                if let Some(open) = self.open.last_mut() {
                    let span = |value: Option<&str>| value.and_then(leading_number).unwrap_or(1);
                    if open.table.rows.is_empty() {
                        open.table.rows.push(Vec::new());
                    }
                    open.cell = Some(Cell {
                        rowspan: span(tag.rowspan),
                        colspan: span(tag.colspan).clamp(1, MAX_COLUMNS as u32),
                        header: name == "th" || open.head,
                        ..Cell::default()
                    });
                    self.cells += 1;
                    if self.cells > MAX_CELLS {
                        return Err(too_complex(format!("表格的单元格超过 {MAX_CELLS} 个")));
                    }
                }
            }
            "thead" | "tbody" | "tfoot" => {
                self.end_cell();
                if let Some(open) = self.open.last_mut() {
                    open.head = name == "thead";
                }
            }
            "caption" => {
                self.end_cell();
                self.line_break();
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = Some(name.as_bytes()[1] - b'0');
                self.line_break();
            }
            "pre" | "listing" => {
                self.set += 1;
                self.line_break();
            }
            _ if BLOCKS.contains(&name) => self.line_break(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        if NESTING.contains(&name) {
            self.depth = self.depth.saturating_sub(1);
        }
        match name {
            "table" => self.end_table(),
            "tr" | "td" | "th" => self.end_cell(),
            "thead" | "tbody" | "tfoot" => {
                self.end_cell();
                if let Some(open) = self.open.last_mut() {
                    open.head = false;
                }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = None;
                self.line_break();
            }
            "pre" | "listing" => {
                self.set = self.set.saturating_sub(1);
                self.line_break();
            }
            _ if BLOCKS.contains(&name) => self.line_break(),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        self.heading = None;
        if let Some(open) = self.open.last_mut()
            && let Some(cell) = open.cell.take()
            && let Some(row) = open.table.rows.last_mut()
        {
            row.push(cell);
        }
    }

    fn end_table(&mut self) {
        self.end_cell();
        if let Some(open) = self.open.pop() {
            let flow = self.flow();
            flow.extend(open.stray);
            flow.push(Item::Table(open.table));
        }
    }
}

/// The lines of a page as they come.
#[derive(Default)]
struct View {
    lines: Vec<String>,
    headings: Vec<Heading>,
    grids: Vec<Grid>,
    line: Run,
    heading: Option<u8>,
}

impl View {
    /// Writes a flow; `outside` cells of data tables a break ends the line, inside it is a blank.
    fn flow(&mut self, items: &[Item], outside: bool) {
        for item in items {
            match item {
                Item::Text(text) => self.line.push(text),
                Item::Set(text) if outside => {
                    for (index, line) in text.split('\n').enumerate() {
                        if index > 0 {
                            self.end_line();
                        }
                        self.line.push_set(line);
                    }
                }
                Item::Set(text) => self.line.push(text),
                Item::Break(heading) if outside => {
                    self.end_line();
                    self.heading = *heading;
                }
                Item::Break(_) => self.line.push("\n"),
                Item::Table(table) => {
                    self.end_line();
                    self.table(table);
                }
            }
        }
    }

    /// Ends the line if there is anything on it.
    fn end_line(&mut self) {
        let text = self.line.take();
        if !text.is_empty() {
            self.lines.push(text);
            if let Some(level) = self.heading {
                self.headings.push(Heading { line: self.lines.len() as u32, level });
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.heading = None;
        let Some(mut cells) = place(table) else {
            // The table arranges the page: its cells are parts of the page.
            for cell in table.rows.iter().flatten() {
                self.flow(&cell.flow, true);
                self.end_line();
            }
            return;
        };
        let from = self.lines.len() as u32 + 1;
        for (placed, cell) in cells.iter_mut().zip(table.rows.iter().flatten()) {
            self.flow(&cell.flow, false);
            placed.text = self.line.take();
            self.lines.push(placed.text.clone());
            placed.line = self.lines.len() as u32;
        }
        self.grids.push(Grid { from, to: self.lines.len() as u32, cells });
    }
}

/// The cells of a data table at their places, without text and line; `None` when the table arranges the page.
fn place(table: &Table) -> Option<Vec<GridCell>> {
    let rows = u32::try_from(table.rows.len()).ok()?;
    if table.rows.iter().flatten().any(is_part_of_page) {
        return None;
    }
    let mut cells = Vec::new();
    // For each column, the row below the cell that last covered it.
    let mut free_from: Vec<u32> = Vec::new();
    for (row, line) in (0..).zip(&table.rows) {
        let mut column = 0usize;
        for cell in line {
            while free_from.get(column).is_some_and(|free| *free > row) {
                column += 1;
            }
            let end = column + cell.colspan as usize;
            if end > MAX_COLUMNS {
                return None;
            }
            if free_from.len() < end {
                free_from.resize(end, 0);
            }
            // Zero means: to the last row.
            let rowspan = if cell.rowspan == 0 { rows - row } else { cell.rowspan.min(rows - row) };
            for free in &mut free_from[column..end] {
                *free = (*free).max(row + rowspan);
            }
            cells.push(GridCell {
                row,
                column: column as u32,
                rowspan,
                colspan: cell.colspan,
                header: cell.header,
                ..GridCell::default()
            });
            column = end;
        }
    }
    let used_rows = cells.iter().map(|cell| cell.row).collect::<std::collections::BTreeSet<_>>().len();
    let used_columns = cells.iter().map(|cell| cell.column).collect::<std::collections::BTreeSet<_>>().len();
    (used_rows >= 2 && used_columns >= 2).then_some(cells)
}

/// A cell that holds a table, a heading, or several blocks of long text.
fn is_part_of_page(cell: &Cell) -> bool {
    let mut characters = 0;
    let mut blocks = 0;
    for item in &cell.flow {
        match item {
            Item::Table(_) | Item::Break(Some(_)) => return true,
            Item::Break(None) => blocks += 1,
            Item::Text(text) | Item::Set(text) => characters += text.chars().filter(|c| !c.is_whitespace()).count(),
        }
    }
    blocks > 1 && characters > MAX_CELL_CHARACTERS
}

/// A line being written, blanks collapsed as a browser does.
#[derive(Default)]
struct Run {
    text: String,
    /// A blank is due before the next character; true when the page has a line break there.
    due: Option<bool>,
}

impl Run {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if is_blank(c) {
                self.due = Some(self.due.unwrap_or(false) || c == '\n' || c == '\r');
                continue;
            }
            if let Some(line_break) = self.due.take()
                && let Some(before) = self.text.chars().next_back()
                && !(line_break && is_wide(before) && is_wide(c))
            {
                self.text.push(' ');
            }
            self.text.push(c);
        }
    }

    fn push_set(&mut self, text: &str) {
        self.due = None;
        self.text.push_str(text);
    }

    fn take(&mut self) -> String {
        self.due = None;
        let text = std::mem::take(&mut self.text);
        match text.trim() {
            same if same.len() == text.len() => text,
            trimmed => trimmed.to_owned(),
        }
    }
}

fn collapse(text: &str) -> String {
    let mut run = Run::default();
    run.push(text);
    run.take()
}

/// White space of HTML; a no-break space is a sign.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// A character beside which a line break of the page is no blank: Han and the punctuation set with it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{20000}'..='\u{323af}' | '“' | '”' | '‘' | '’' | '—' | '…')
}

fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim_start();
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..end].parse().ok()
}

fn too_complex(message: String) -> Finding {
    Finding::new("too-complex", None, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(page: &str) -> Draft {
        let mut draft = Draft::default();
        read(page, &mut draft).unwrap();
        draft
    }

    fn lines(page: &str) -> Vec<String> {
        draft(page).lines.into_iter().map(|line| line.text).collect()
    }

    /// `row,column,rowspan,colspan,line text`.
    fn cells(grid: &Grid) -> Vec<String> {
        let show = |c: &GridCell| format!("{},{},{},{},{} {}", c.row, c.column, c.rowspan, c.colspan, c.line, c.text);
        grid.cells.iter().map(show).collect()
    }

    #[test]
    fn one_line_per_block_and_break() {
        let page = "<html><head><title>某市</title><style>p{}</style></head><body><div>\n <p>一、<b>概述</b></p>\n\
            <p>本年公开<br>信息 <i>12</i> 条</p><ul><li>甲<li>乙</ul><div><div>丙</div>丁</div><script>var a='<p>x'</script>\
            <select><option>全部</select>戊</div>";
        assert_eq!(lines(page), ["某市", "一、概述", "本年公开", "信息 12 条", "甲", "乙", "丙", "丁", "戊"]);
    }

    #[test]
    fn blanks_collapse_as_in_a_browser_but_not_between_han() {
        assert_eq!(lines("<p>政府\n   信息\n公开，\n全年 12\n件\n，共  计 </p>"), ["政府信息公开，全年 12 件，共 计"]);
        assert_eq!(lines("<p>&nbsp;&nbsp;甲&nbsp;乙&nbsp;</p>"), ["甲\u{a0}乙"]);
        assert_eq!(lines("<pre>甲  1\n  乙 2\n</pre>"), ["甲  1", "乙 2"]);
        assert_eq!(lines("<p>a&lt;b&gt;c &amp;lt; <条例> 1<2"), ["a<b>c &lt; <条例> 1<2"]);
    }

    #[test]
    fn a_table_keeps_its_spans_and_its_empty_cells() {
        let page = "<p>前</p><table><thead><tr><th rowspan=2>项目<th colspan=2>数量</tr><tr><th>件<th>条</thead>\
            <tbody><tr><td>受理<td>12<td></tr><tr><td>办结<td>&nbsp;<td>0</tr></table><p>后</p>";
        let draft = draft(page);
        let text: Vec<_> = draft.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(text, ["前", "项目", "数量", "件", "条", "受理", "12", "", "办结", "", "0", "后"]);
        assert_eq!(draft.grids.len(), 1);
        assert_eq!((draft.grids[0].from, draft.grids[0].to), (2, 11));
        let expected = [
            "0,0,2,1,2 项目",
            "0,1,1,2,3 数量",
            "1,1,1,1,4 件",
            "1,2,1,1,5 条",
            "2,0,1,1,6 受理",
            "2,1,1,1,7 12",
            "2,2,1,1,8 ",
            "3,0,1,1,9 办结",
            "3,1,1,1,10 ",
            "3,2,1,1,11 0",
        ];
        assert_eq!(cells(&draft.grids[0]), expected);
        assert!(draft.grids[0].cells[..4].iter().all(|c| c.header) && !draft.grids[0].cells[4].header);
    }

    #[test]
    fn paragraphs_in_a_cell_are_one_datum() {
        let page = "<table><tr><td><p class=x><span>（一）予以</span></p>\n<p>公开</p></td><td><p>1</p><p>2</p></td></tr>\
            <tr><td>甲<br>乙</td><td><div> 3 </div></td></tr></table>";
        let draft = draft(page);
        let text: Vec<_> = draft.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(text, ["（一）予以公开", "1 2", "甲乙", "3"]);
        assert_eq!(draft.grids.len(), 1);
    }

    #[test]
    fn a_table_that_arranges_the_page_is_read_through() {
        let inner = "<table><tr><td>一<td>1<tr><td>二<td>2</table>";
        let page = format!(
            "<table><tr><td>导航</td><td><h1>某市水利局政府信息公开年报</h1><p>正文</p>{inner}</td></tr><tr><td><td>页脚</table>"
        );
        let draft = draft(&page);
        let text: Vec<_> = draft.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(text, ["导航", "某市水利局政府信息公开年报", "正文", "一", "1", "二", "2", "页脚"]);
        assert_eq!(draft.grids.len(), 1);
        assert_eq!(cells(&draft.grids[0])[3], "1,1,1,1,7 2");
        assert_eq!(draft.headings, [Heading { line: 2, level: 1 }]);
        let long = "长".repeat(600);
        let page = format!("<table><tr><td>a<td><p>{long}</p><p>{long}</p><tr><td>b<td>c</table>");
        assert_eq!((super::tests::draft(&page).grids.len(), lines(&page).len()), (0, 5));
        assert_eq!(super::tests::draft("<table><tr><td>一行<td>两格</table>").grids, []);
    }

    #[test]
    fn a_broken_table_is_read_as_a_browser_would() {
        let page = "<table><td>1<td>2<tr><td rowspan=0>3<td rowspan=99 colspan=x>4</td>错位<tr><td>5</table>6";
        let draft = draft(page);
        let text: Vec<_> = draft.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(text, ["错位", "1", "2", "3", "4", "5", "6"]);
        let expected = ["0,0,1,1,2 1", "0,1,1,1,3 2", "1,0,2,1,4 3", "1,1,2,1,5 4", "2,2,1,1,6 5"];
        assert_eq!(cells(&draft.grids[0]), expected);
        assert_eq!(lines("</table></td>甲<tr><td>乙"), ["甲乙"]);
    }

    #[test]
    fn the_title_of_the_page_is_used_only_when_the_body_has_none() {
        let title = "<title>某市水利局2019年政府信息公开年度报告 - 某市政府网</title>";
        let with = format!("{title}<h1>某市水利局2019年政府信息公开年度报告</h1><p>正文</p>");
        assert_eq!(lines(&with)[0], "某市水利局2019年政府信息公开年度报告");
        let without = format!("{title}<table><tr><td>一<td>1<tr><td>二<td>2</table><h2>三</h2>");
        let draft = draft(&without);
        assert_eq!(draft.lines[0].text, "某市水利局2019年政府信息公开年度报告 - 某市政府网");
        assert_eq!((draft.grids[0].from, draft.grids[0].cells[0].line), (2, 2));
        assert_eq!(draft.headings, [Heading { line: 6, level: 2 }]);
    }

    #[test]
    fn hostile_pages_are_read_or_refused_but_never_fatal() {
        let refused = |page: String| read(&page, &mut Draft::default()).unwrap_err().code.into_owned();
        let n = 100_000;
        assert_eq!(refused("<div>".repeat(n)), "too-complex");
        assert_eq!(refused("<table><tr><td>".repeat(n)), "too-complex");
        assert_eq!(refused(format!("<table>{}", "<td>".repeat(n + 1))), "too-complex");
        assert_eq!(refused("<p>".repeat(n)), "file-empty");
        assert_eq!(lines(&format!("{}甲", "<b>".repeat(n))), ["甲"]);
        assert_eq!(lines(&format!("{}甲", "<select>".repeat(n))), ["甲"]);
        assert_eq!(lines(&format!("{}甲", "<p><font a=1>".repeat(n))), ["甲"]);
        let wide = "<tr><td colspan=1000 rowspan=60000>1<td colspan=999999999999>2</tr>".repeat(1000);
        assert_eq!(super::tests::draft(&format!("<table>{wide}</table>")).grids, []);
        assert!(read("<script>alert(1)</script><!-- 甲 -->", &mut Draft::default()).is_err());
    }

    #[test]
    fn a_page_names_its_encoding() {
        for (head, label) in [
            ("<meta charset=\"gb2312\">", Some("gb2312")),
            ("<META http-equiv=Content-Type content='text/html; CHARSET = GBK'>", Some("gbk")),
            ("<meta charset>", None),
            ("<p>", None),
        ] {
            assert_eq!(declared_encoding(head.as_bytes()).as_deref(), label);
        }
    }
}
