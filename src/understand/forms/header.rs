//! What the header and the shape of rows say of the cells of a table: running numbers, merged cells, cells written out twice.
//!
//! In: a table as found and the pieces. Out: where each column begins, and cells without those that only repeat another. Decides
//! nothing where the header does not name every column in one row.

use super::figure::{Content, money_in};
use super::labels::key;
use super::layout::{Layout, Piece};
use super::reading::{FoundRow, FoundTable};
use crate::model::form::FormTable;

/// How many cells the header has behind its first, and where each column begins among them.
pub type Head = (usize, Vec<usize>);

/// Whether the first cells of the rows are their running numbers.
pub fn numbered(rows: &[Option<&FoundRow>], pieces: &[Piece]) -> bool {
    let first: Vec<Option<u32>> = rows
        .iter()
        .flatten()
        .filter_map(|row| row.cells.first())
        .map(|c| Some(&pieces[*c].text).filter(|t| t.len() <= 2).and_then(|t| t.parse().ok()))
        .collect();
    let steps = first.windows(2).filter(|w| matches!(w, [Some(a), Some(b)] if *b == a + 1)).count();
    first.len() >= 4 && steps * 5 >= first.len() * 4 - 5
}

/// The cells of a row, those of a written out span taken as the one they were.
pub fn once(cells: &[usize], head: &Option<Head>, pieces: &[Piece]) -> Vec<usize> {
    if let Some((length, starts)) =
        head.as_ref().filter(|(length, starts)| cells.len() == *length && *length > starts.len())
        && starts[0] == 0
    {
        let ends = starts[1..].iter().copied().chain([*length]);
        let groups: Vec<&[usize]> = starts.iter().zip(ends).map(|(&a, b)| &cells[a..b]).collect();
        if groups.iter().all(|g| g.iter().all(|c| pieces[*c].text == pieces[g[0]].text)) {
            return groups.iter().map(|g| g[0]).collect();
        }
    }
    cells.to_vec()
}

/// The row of a header that names all columns, whose cells are separated.
pub fn header_row(found: &FoundTable, pieces: &[Piece], width: usize) -> Option<Head> {
    let first = found.rows.first()?.line;
    for line in found.lines.iter().copied().filter(|line| *line < first) {
        let from = pieces.partition_point(|p| p.line < line);
        let row = &pieces[from..from + pieces[from..].iter().take_while(|p| p.line == line).count()];
        let cells = row.iter().all(|p| p.layout == Layout::Cells && p.content == Content::Text);
        if row.len() <= width || !cells || row.iter().filter(|p| p.starts).count() != 1 || !row[0].starts {
            continue;
        }
        let mut at = 0;
        let mut starts: Vec<usize> = Vec::new();
        for (index, p) in row.iter().enumerate().skip(1) {
            at += p.skip as usize + 1;
            // A span written out cell by cell repeats its text.
            if index == 1 || row[index - 1].text != p.text {
                starts.push(at - 1);
            }
        }
        let trail = pieces.get(from + row.len()).map_or(0, |p| p.trail as usize);
        if starts.len() == width {
            return Some((at + trail, starts));
        }
    }
    None
}

/// The money unit that the header states for each column.
pub fn money_units(table: &FormTable, found: &FoundTable) -> Vec<Option<&'static str>> {
    // 采购总金额(万元): the unit belongs to the column whose label stands before it.
    let stated: Vec<(String, &'static str)> =
        found.heads.iter().filter_map(|head| money_in(head).map(|unit| (key(head).full, unit))).collect();
    table
        .columns
        .iter()
        .map(|column| {
            let only = table.columns.len() == 1;
            let (first, _) = stated.first()?;
            let key = key(&column.label);
            let stem = if key.bare.is_empty() { key.full } else { key.bare };
            let own = stated.iter().find(|(head, _)| head.starts_with(&stem));
            own.or_else(|| stated.first().filter(|_| only && !first.is_empty())).map(|(_, unit)| *unit)
        })
        .collect()
}
