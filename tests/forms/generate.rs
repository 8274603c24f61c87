//! Reports whose truth is known: random figures that keep the identities of a form, printed in every layout a page may have.

use nianbao::model::form::{Axis, Form, FormTable};
use nianbao::model::source::{Draft, Grid, GridCell, Line, Syntax};
use std::collections::BTreeMap;

/// A small reproducible source of chance.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
    pub fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    Html,
    Markdown,
    PipeRows,
    PipeRuled,
    PipeOpen,
    CellPipe,
    LonePipe,
    LonePipeOpen,
    LeadingPipe,
    Tabs,
    LinesDouble,
    LinesSingle,
    CollapsedDouble,
    CollapsedSingle,
    Padded,
    Numbers,
    /// Labels broken behind their first letters, the figures in between.
    Broken,
    Commas,
    OneLine,
}

pub const LAYOUTS: &[Layout] = &[
    Layout::Html,
    Layout::Markdown,
    Layout::PipeRows,
    Layout::PipeRuled,
    Layout::PipeOpen,
    Layout::CellPipe,
    Layout::LonePipe,
    Layout::LonePipeOpen,
    Layout::LeadingPipe,
    Layout::Tabs,
    Layout::LinesDouble,
    Layout::LinesSingle,
    Layout::CollapsedDouble,
    Layout::CollapsedSingle,
    Layout::Padded,
    Layout::Numbers,
    Layout::Broken,
    Layout::Commas,
    Layout::OneLine,
];

impl Layout {
    /// Empty cells leave no trace, so that figures need proof to have a column.
    pub fn collapsed(self) -> bool {
        use Layout::{Broken, CollapsedDouble, CollapsedSingle, Numbers, OneLine, Padded};
        matches!(self, CollapsedDouble | CollapsedSingle | Padded | Numbers | Broken | OneLine)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zeros {
    Printed,
    Blank,
    Marked,
}

/// What the page prints in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Print {
    Figure(i64),
    Empty,
    Mark,
    /// Neither the figure nor its separator.
    Gone,
}

#[derive(Clone, Debug)]
pub struct TableTruth {
    pub table: usize,
    /// True values, row by row; header rows have none.
    pub truth: Vec<Vec<i64>>,
    pub print: Vec<Vec<Print>>,
}

pub struct Case {
    pub form: usize,
    pub layout: Layout,
    pub zeros: Zeros,
    pub faults: Faults,
    pub tables: Vec<TableTruth>,
    /// Table, row, column of each figure that was printed wrong.
    pub wrong: Vec<(usize, usize, usize)>,
    pub draft: Draft,
    pub text: String,
}

fn figure(chance: &mut Chance, size: u64) -> i64 {
    match size {
        0 => (chance.below(6) / 5 * chance.below(4)) as i64,
        1 => (chance.below(3) / 2 * chance.below(30)) as i64,
        _ => (chance.below(2) * chance.below(900)) as i64,
    }
}

/// Random values for a table, sums set so that every identity holds.
fn fill(table: &FormTable, chance: &mut Chance, size: u64) -> Vec<Vec<i64>> {
    let width = table.columns.len();
    let mut values: Vec<Vec<i64>> = table
        .rows
        .iter()
        .map(|row| {
            (0..width)
                .map(|c| {
                    let v = figure(chance, size);
                    if table.columns[c].signed && chance.one_in(3) {
                        -v
                    } else if row.header {
                        0
                    } else {
                        v
                    }
                })
                .collect()
        })
        .collect();
    let row = |id: &str| table.rows.iter().position(|r| r.id == id).expect("row");
    let column = |id: &str| table.columns.iter().position(|c| c.id == id).expect("column");
    // Inner sums first (denials before replies), the balance last.
    let mut identities: Vec<_> = table.identities.iter().collect();
    identities.sort_by_key(|i| (i.per == Axis::Row, i.id == "flow_balance", i.id == "replies_by_outcome"));
    for identity in identities {
        match identity.per {
            Axis::Column =>
            {
                #[expect(clippy::needless_range_loop, reason = "a column runs through all rows")]
                for c in 0..width {
                    if identity.id == "flow_balance" {
                        let (new, old) = (row("new_requests"), row("carried_in"));
                        let total = values[row("results_total")][c];
                        values[old][c] = values[old][c].min(total);
                        values[new][c] = total - values[old][c] + values[row("carried_out")][c];
                        continue;
                    }
                    let sum = identity.left.iter().map(|r| values[row(r)][c]).sum();
                    values[row(&identity.right[0])][c] = sum;
                }
            }
            Axis::Row => {
                for over in &identity.over {
                    let r = row(over);
                    let sum = identity.left.iter().map(|c| values[r][column(c)]).sum();
                    values[r][column(&identity.right[0])] = sum;
                }
            }
        }
    }
    values
}

#[derive(Clone)]
struct Spot {
    text: String,
    colspan: u32,
    rowspan: u32,
    label: bool,
    gone: bool,
}

fn label(text: &str) -> Spot {
    Spot { text: text.to_string(), colspan: 1, rowspan: 1, label: true, gone: false }
}

/// A label as a page may print it.
fn spoil(text: &str, chance: &mut Chance, lines: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    match chance.below(14) {
        0 => text.replace('(', "（").replace(')', "）").replace(',', "，"),
        1 if chars.len() > 6 => {
            format!("{} {}", chars[..4].iter().collect::<String>(), chars[4..].iter().collect::<String>())
        }
        2 if chars.len() > 8 && lines => {
            format!("{}\n{}", chars[..6].iter().collect::<String>(), chars[6..].iter().collect::<String>())
        }
        3 if chars.len() > 11 => {
            let mut typo = chars.clone();
            typo[8] = '某';
            typo.iter().collect()
        }
        4 if chars.len() > 8 => chars[..chars.len() - 1].iter().collect(),
        5 if chars.len() > 6 && !text.ends_with(')') => format!("{text}（以本年为准）"),
        6 => format!("\u{a0}{text}\u{3000}"),
        _ => text.to_string(),
    }
}

fn printed(print: &Print, chance: &mut Chance, signed: bool) -> Spot {
    let text = match print {
        Print::Figure(v) if v.abs() >= 1000 && chance.one_in(4) => {
            format!("{}{},{:03}", if *v < 0 { "-" } else { "" }, v.abs() / 1000, v.abs() % 1000)
        }
        Print::Figure(v) if chance.one_in(15) => v
            .to_string()
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).expect("digit") } else { c })
            .collect(),
        Print::Figure(v) if chance.one_in(25) => format!("{v}件"),
        Print::Figure(v) if signed && *v > 0 && chance.one_in(2) => format!("+{v}"),
        Print::Figure(v) => v.to_string(),
        Print::Mark => ["/", "-", "—", "无"][chance.below(4) as usize].to_string(),
        Print::Empty | Print::Gone => String::new(),
    };
    Spot { text, colspan: 1, rowspan: 1, label: false, gone: *print == Print::Gone }
}

/// The rows of a table as a page lays them out.
fn spots(form: &Form, truth: &TableTruth, chance: &mut Chance, lines: bool) -> Vec<Vec<Spot>> {
    let table = &form.tables[truth.table];
    let mut out: Vec<Vec<Spot>> = Vec::new();
    let width = table.columns.len() as u32;
    let wide = |mut spot: Spot, colspan: u32, rowspan: u32| {
        (spot.colspan, spot.rowspan) = (colspan, rowspan);
        spot
    };
    match table.id.as_ref() {
        "requests" => {
            out.push(vec![
                wide(label("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"), 3, 3),
                wide(label("申请人情况"), 7, 1),
            ]);
            out.push(vec![wide(label("自然人"), 1, 2), wide(label("法人或其他组织"), 5, 1), wide(label("总计"), 1, 2)]);
            out.push(table.columns[1..6].iter().map(|c| label(&c.label)).collect());
        }
        "review_and_litigation" => {
            out.push(vec![wide(label("行政复议"), 5, 1), wide(label("行政诉讼"), 10, 1)]);
            let mut second: Vec<Spot> = table.columns[..5].iter().map(|c| wide(label(&c.label), 1, 2)).collect();
            second.push(wide(label("未经复议直接起诉"), 5, 1));
            second.push(wide(label("复议后起诉"), 5, 1));
            out.push(second);
            out.push(table.columns[5..].iter().map(|c| label(&c.label)).collect());
        }
        "disclosure_statistics" => out.push(vec![label("统计指标"), label("单位"), label("统计数")]),
        "disclosure_statistics_local" => {
            out.push(["指标名称", "计量单位", "代码", "本期实际", "本年累计"].map(label).to_vec());
        }
        _ => {
            out.push(vec![wide(label(&table.anchors[0].replace('(', "（").replace(')', "）")), width + 1, 1)]);
            out.push(
                std::iter::once("信息内容").chain(table.columns.iter().map(|c| c.label.as_str())).map(label).collect(),
            );
        }
    }
    let mut waiting: Vec<Spot> = Vec::new();
    for (r, row) in table.rows.iter().enumerate() {
        let text = spoil(&row.label, chance, lines);
        if table.id == "requests" {
            if row.header {
                let children =
                    table.rows[r + 1..].iter().take_while(|x| x.level > row.level || row.level == 0 && x.level > 0);
                let children = children.filter(|x| !x.header).count() as u32;
                waiting.push(wide(label(&text), 1, children));
                continue;
            }
            let mut spots = std::mem::take(&mut waiting);
            spots.push(wide(label(&text), 3 - u32::from(row.level), 1));
            spots.extend((0..table.columns.len()).map(|c| printed(&truth.print[r][c], chance, false)));
            out.push(spots);
        } else if table.id == "disclosure_statistics_local" {
            let code = Spot { label: false, ..label(&format!("{:02}", r + 1)) };
            let mut spots = vec![label(&text), label(row.unit.as_deref().unwrap_or("")), code];
            spots.extend((0..table.columns.len()).map(|c| printed(&truth.print[r][c], chance, false)));
            out.push(spots);
        } else if table.id == "disclosure_statistics" {
            let unit = if row.header { "——".to_string() } else { row.unit.as_deref().unwrap_or("").to_string() };
            let mut spots = vec![label(&text), label(&unit)];
            spots.push(if row.header { label("") } else { printed(&truth.print[r][0], chance, false) });
            out.push(spots);
        } else {
            let mut spots = if row.label.is_empty() { Vec::new() } else { vec![label(&text)] };
            spots
                .extend((0..table.columns.len()).map(|c| printed(&truth.print[r][c], chance, table.columns[c].signed)));
            out.push(spots);
        }
    }
    for row in &mut out {
        row.retain(|s| !s.gone);
    }
    out
}

fn as_text(rows: &[Vec<Spot>], layout: Layout, out: &mut String) {
    let flat = |text: &str| text.replace('\n', "");
    match layout {
        Layout::PipeRows | Layout::PipeRuled | Layout::PipeOpen | Layout::Tabs => {
            for (index, row) in rows.iter().enumerate() {
                let cells: Vec<String> = row
                    .iter()
                    .flat_map(|s| std::iter::once(flat(&s.text)).chain((1..s.colspan).map(|_| String::new())))
                    .collect();
                match layout {
                    Layout::PipeRows => out.push_str(&format!("{} |\n", cells.join(" | "))),
                    Layout::PipeRuled => {
                        out.push_str(&format!("| {} |\n", cells.join(" | ")));
                        if index == 0 {
                            out.push_str(&format!("|{}\n", " --- |".repeat(cells.len())));
                        }
                    }
                    Layout::PipeOpen => out.push_str(&format!("{}\n", cells.join(" | "))),
                    _ => {
                        out.push_str(&format!("{}\n", row.iter().map(|s| flat(&s.text)).collect::<Vec<_>>().join("\t")))
                    }
                }
            }
        }
        Layout::CellPipe => rows.iter().flatten().for_each(|s| out.push_str(&format!("{} |\n", flat(&s.text)))),
        Layout::LeadingPipe => rows.iter().flatten().for_each(|s| out.push_str(&format!("| {}\n", flat(&s.text)))),
        Layout::LonePipe => rows.iter().flatten().for_each(|s| out.push_str(&format!("{}\n|\n", flat(&s.text)))),
        Layout::LonePipeOpen => {
            for row in rows {
                let cells: Vec<String> = row.iter().map(|s| flat(&s.text)).collect();
                out.push_str(&format!("{}\n", cells.join("\n|\n")));
            }
        }
        Layout::LinesDouble | Layout::LinesSingle => {
            let end = if layout == Layout::LinesDouble { "\n\n" } else { "\n" };
            for spot in rows.iter().flatten() {
                match spot.text.is_empty() {
                    true => out.push('\n'),
                    false => out.push_str(&format!("{}{end}", spot.text)),
                }
            }
        }
        Layout::CollapsedDouble | Layout::CollapsedSingle => {
            let end = if layout == Layout::CollapsedDouble { "\n\n" } else { "\n" };
            rows.iter()
                .flatten()
                .filter(|s| !s.text.is_empty())
                .for_each(|s| out.push_str(&format!("{}{end}", s.text)));
        }
        Layout::Padded | Layout::Numbers => {
            let between = if layout == Layout::Padded { "      " } else { " " };
            for row in rows {
                let cells: Vec<String> =
                    row.iter().filter(|s| !s.text.trim().is_empty()).map(|s| flat(s.text.trim())).collect();
                let labels = row.iter().take_while(|s| s.label).filter(|s| !s.text.trim().is_empty()).count();
                // In a stream of numbers a header label of the group stands on a line of its own.
                if layout == Layout::Numbers && labels > 1 && labels < cells.len() {
                    for text in &cells[..labels - 1] {
                        out.push_str(&format!("{text}\n"));
                    }
                    out.push_str(&format!("{}\n", cells[labels - 1..].join(between)));
                } else {
                    out.push_str(&format!("{}\n", cells.join(between)));
                }
            }
        }
        Layout::Broken => {
            for (count, row) in rows.iter().enumerate() {
                let cells: Vec<String> =
                    row.iter().filter(|s| !s.text.trim().is_empty()).map(|s| flat(s.text.trim())).collect();
                let labels = row.iter().take_while(|s| s.label).filter(|s| !s.text.trim().is_empty()).count();
                let last = labels.checked_sub(1).map(|at| cells[at].chars().collect::<Vec<_>>());
                match last.filter(|last| last.len() > 14 && labels < cells.len()) {
                    Some(last) => {
                        cells[..labels - 1].iter().for_each(|text| out.push_str(&format!("{text}\n")));
                        let (begun, rest) = last.split_at(10);
                        let figures = cells[labels..].join(" ");
                        out.push_str(&format!("{} {figures}\n", begun.iter().collect::<String>()));
                        out.push_str(&format!("{}\n", rest.iter().collect::<String>()));
                    }
                    None => out.push_str(&format!("{}\n", cells.join(" "))),
                }
                if count % 17 == 11 {
                    out.push_str(&format!("\n— {} —\n\n", count / 17 + 3));
                }
            }
        }
        Layout::Commas => {
            for row in rows {
                let cells = row
                    .iter()
                    .flat_map(|s| std::iter::once(flat(&s.text)).chain((1..s.colspan).map(|_| String::new())))
                    .map(|text| if text.contains(',') { format!("\"{text}\"") } else { text });
                out.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(",")));
            }
        }
        Layout::OneLine => {
            let cells = rows.iter().flatten().filter(|s| !s.text.trim().is_empty()).map(|s| flat(s.text.trim()));
            out.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(" ")));
        }
        Layout::Html | Layout::Markdown => unreachable!("made as grids"),
    }
}

fn as_grid(rows: &[Vec<Spot>], markdown: bool, lines: &mut Vec<String>) -> Grid {
    let from = lines.len() as u32 + 1;
    let mut cells = Vec::new();
    let mut covered: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (r, row) in rows.iter().enumerate() {
        let r = r as u32;
        let mut column = 0;
        let mut printed = Vec::new();
        for spot in row {
            let text = spot.text.replace('\n', "");
            if markdown {
                for i in 0..spot.colspan {
                    let text = if i == 0 { text.clone() } else { String::new() };
                    printed.push(text.clone());
                    cells.push(GridCell {
                        row: r,
                        column,
                        rowspan: 1,
                        colspan: 1,
                        line: lines.len() as u32 + 1,
                        text,
                        header: r == 0,
                    });
                    column += 1;
                }
                continue;
            }
            while covered.get(&r).is_some_and(|c| c.contains(&column)) {
                column += 1;
            }
            for below in r + 1..r + spot.rowspan {
                covered.entry(below).or_default().extend(column..column + spot.colspan);
            }
            lines.push(text.clone());
            cells.push(GridCell {
                row: r,
                column,
                rowspan: spot.rowspan,
                colspan: spot.colspan,
                line: lines.len() as u32,
                text,
                header: false,
            });
            column += spot.colspan;
        }
        if markdown {
            lines.push(format!("| {} |", printed.join(" | ")));
            if r == 0 {
                lines.push(format!("|{}", " --- |".repeat(printed.len())));
            }
        }
    }
    Grid { from, to: lines.len() as u32, cells }
}

/// What is wrong with a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// One figure is, a few are lost, or nothing at all.
    Few,
    /// Two figures of one row, figures of several rows, or figures and losses together.
    Several,
}

/// The identities of a table over a cell: their own number, and the row or column they run over.
pub fn identities(table: &FormTable, r: usize, c: usize) -> Vec<(usize, usize)> {
    let (row, column) = (&table.rows[r].id, &table.columns[c].id);
    let named = table.identities.iter().enumerate().filter_map(|(at, i)| match i.per {
        Axis::Column => ((i.left.contains(row) || i.right.contains(row)) && i.over.contains(column)).then_some((at, c)),
        Axis::Row => ((i.left.contains(column) || i.right.contains(column)) && i.over.contains(row)).then_some((at, r)),
    });
    named.collect()
}

impl TableTruth {
    /// Whether an identity holds over a row or column, with what is printed wrong and what was lost.
    pub fn holds(&self, table: &FormTable, identity: usize, over: usize) -> bool {
        let identity = &table.identities[identity];
        let value = |r: usize, c: usize| match self.print[r][c] {
            Print::Figure(v) => v,
            _ => self.truth[r][c],
        };
        let term = |id: &str| match identity.per {
            Axis::Column => table.rows.iter().position(|r| r.id == id).map(|r| value(r, over)),
            Axis::Row => table.columns.iter().position(|c| c.id == id).map(|c| value(over, c)),
        };
        let sum = |terms: &[nianbao::model::Id]| terms.iter().filter_map(|id| term(id)).sum::<i64>();
        sum(&identity.left) == sum(&identity.right)
    }
}

/// One report.
pub fn case(forms: &[Form], seed: u64, layout: Layout, faults: Faults) -> Case {
    let mut chance = Chance::new(seed + 1);
    (0..8).for_each(|_| {
        chance.below(2);
    });
    let form = [0, 1, 2, 2, 3, 3][chance.below(6) as usize];
    let zeros = [Zeros::Printed, Zeros::Printed, Zeros::Blank, Zeros::Marked][chance.below(4) as usize];
    let zeros = if layout.collapsed() && chance.one_in(2) { Zeros::Printed } else { zeros };
    let size = chance.below(3);
    let mut tables: Vec<TableTruth> = (0..forms[form].tables.len())
        .map(|table| {
            let truth = fill(&forms[form].tables[table], &mut chance, size);
            let print = truth
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|v| match (*v, zeros) {
                            (0, Zeros::Blank) => Print::Empty,
                            (0, Zeros::Marked) => Print::Mark,
                            (v, _) => Print::Figure(v),
                        })
                        .collect()
                })
                .collect();
            TableTruth { table, truth, print }
        })
        .collect();
    let summed: Vec<usize> =
        (0..tables.len()).filter(|t| !forms[form].tables[tables[*t].table].identities.is_empty()).collect();
    let pick = |tables: &[TableTruth], chance: &mut Chance| {
        let t = summed[chance.below(summed.len() as u64) as usize];
        let table = &forms[form].tables[tables[t].table];
        let rows: Vec<usize> = (0..table.rows.len()).filter(|r| !table.rows[*r].header).collect();
        let r = rows[chance.below(rows.len() as u64) as usize];
        (t, r, chance.below(table.columns.len() as u64) as usize)
    };
    let mut wrong = Vec::new();
    // Only a cell that some identity names can be found out.
    let mut spoil = |tables: &mut [TableTruth], (t, r, c): (usize, usize, usize), chance: &mut Chance| {
        let named = !identities(&forms[form].tables[tables[t].table], r, c).is_empty();
        if let (Print::Figure(v), true) = (&tables[t].print[r][c], named && !wrong.contains(&(t, r, c))) {
            let other = v + 1 + chance.below(40) as i64;
            tables[t].print[r][c] = Print::Figure(other);
            wrong.push((t, r, c));
        }
    };
    let lose = |tables: &mut [TableTruth], (t, r, c): (usize, usize, usize), chance: &mut Chance| {
        let separator_too = !matches!(layout, Layout::Html) && chance.one_in(2);
        tables[t].print[r][c] = if separator_too { Print::Gone } else { Print::Empty };
    };
    match (faults, chance.below(4)) {
        (Faults::Few, 0 | 3) => {
            let place = pick(&tables, &mut chance);
            spoil(&mut tables, place, &mut chance);
        }
        (Faults::Few, 1) => {
            for _ in 0..1 + chance.below(2) {
                let place = pick(&tables, &mut chance);
                lose(&mut tables, place, &mut chance);
            }
        }
        (Faults::Few, _) => {}
        (Faults::Several, kind) => {
            let (t, r, c) = pick(&tables, &mut chance);
            let table = &forms[form].tables[tables[t].table];
            let (width, height) = (table.columns.len() as u64, table.rows.len() as u64);
            let beside = (t, r, chance.below(width) as usize);
            let below = (t, (r + 1 + chance.below(height) as usize) % height as usize, chance.below(width) as usize);
            let other = if width > 1 && chance.one_in(2) { beside } else { below };
            // An identity with a loss and an error settles the one with the other: nobody can tell unless each has one of its own.
            let (here, there) = (identities(table, r, c), identities(table, other.1, other.2));
            let apart = here.iter().any(|i| !there.contains(i)) && there.iter().any(|i| !here.contains(i));
            let known = (t, r, c) != other && !table.rows[other.1].header;
            match kind {
                0 => {
                    spoil(&mut tables, (t, r, c), &mut chance);
                    spoil(&mut tables, beside, &mut chance);
                }
                1 => {
                    spoil(&mut tables, (t, r, c), &mut chance);
                    for _ in 0..1 + chance.below(2) {
                        let place = pick(&tables, &mut chance);
                        spoil(&mut tables, place, &mut chance);
                    }
                }
                2 => {
                    lose(&mut tables, (t, r, c), &mut chance);
                    lose(&mut tables, beside, &mut chance);
                }
                _ if known && apart => {
                    spoil(&mut tables, other, &mut chance);
                    lose(&mut tables, (t, r, c), &mut chance);
                }
                _ => spoil(&mut tables, (t, r, c), &mut chance),
            }
        }
    }
    let mut lines: Vec<String> = vec![
        "某市某局政府信息公开工作年度报告".to_string(),
        String::new(),
        "本年度全局上下认真落实各项要求，主动公开信息132条，办理申请若干件。".to_string(),
        String::new(),
    ];
    let mut grids = Vec::new();
    let mut section = "";
    for truth in &tables {
        let table = &forms[form].tables[truth.table];
        let head = match table.id.as_ref() {
            "requests" => "三、收到和处理政府信息公开申请情况",
            "review_and_litigation" => "四、政府信息公开行政复议、行政诉讼情况",
            "disclosure_statistics" => "政府信息公开情况统计表",
            "disclosure_statistics_local" => "政府信息公开情况统计报表",
            _ => "二、主动公开政府信息情况",
        };
        if head != section {
            section = head;
            lines.extend([head.to_string(), String::new()]);
        }
        let rows = spots(
            &forms[form],
            truth,
            &mut chance,
            matches!(
                layout,
                Layout::LinesDouble | Layout::LinesSingle | Layout::CollapsedDouble | Layout::CollapsedSingle
            ),
        );
        match layout {
            Layout::Html | Layout::Markdown => grids.push(as_grid(&rows, layout == Layout::Markdown, &mut lines)),
            _ => {
                let mut text = String::new();
                as_text(&rows, layout, &mut text);
                lines.extend(text.lines().map(str::to_string));
            }
        }
        lines.push(String::new());
    }
    lines.extend([
        "五、存在的主要问题及改进情况".to_string(),
        String::new(),
        "下一步将继续努力，力争再上新台阶。".to_string(),
    ]);
    let text = lines.join("\n");
    let draft = Draft {
        syntax: if layout == Layout::Html { Syntax::Html } else { Syntax::Text },
        lines: lines.iter().enumerate().map(|(i, l)| Line::new(i as u32 + 1, l.clone())).collect(),
        grids,
        ..Draft::default()
    };
    Case { form, layout, zeros, faults, tables, wrong, draft, text }
}
