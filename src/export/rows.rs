//! The rows of the flat tables: what one report adds to each, and the tables that come from the archive's own columns.
//!
//! In: an archive, and for the tables that grow by report one body. Out: [`Rows`], which every format writes in its own way. The
//! fields of a row stand in the order of the columns in [`tables`](super::tables).

use super::tables::TABLES;
use super::{index, wire};
use crate::model::Id;
use crate::model::archive::{Archive, Entry};
use crate::model::changes::{Changed, Edited, Passage};
use crate::model::report::{Core, CoreFrom, Known, Report, Role};
use crate::model::value::Decimal;
use std::borrow::Cow;

/// Where the rows of a table come from.
#[derive(Clone, Copy)]
pub(super) enum Fill {
    /// From the archive's columns.
    OfArchive(fn(&Archive, &mut Rows)),
    /// From each report.
    OfReport(fn(&Archive, &Entry, &Report, &mut Rows)),
}

/// What one field of a row holds.
pub(super) enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Number(Decimal),
    /// True or false.
    Flag(bool),
    /// Nothing: never a zero, never an empty text.
    Null,
}

/// Rows of one table. Texts and decimals stand apart from the fields: a report has thousands of them, and they travel between threads.
#[derive(Default)]
pub(super) struct Rows {
    texts: String,
    numbers: Vec<Decimal>,
    fields: Vec<Field>,
    width: usize,
}

#[derive(Clone, Copy)]
enum Field {
    Text {
        start: u32,
        end: u32,
    },
    Integer(i64),
    /// Its place among the numbers.
    Number(u32),
    Flag(bool),
    Null,
}

/// A place in the texts or numbers of some rows: what waits in memory at one time is far below four billion of either.
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("rows are written long before")
}

impl Rows {
    /// The rows of every table that grow by this report, in the order of [`TABLES`]; the other tables get none.
    pub(super) fn of_report(archive: &Archive, entry: &Entry, report: &Report) -> Vec<Rows> {
        TABLES
            .iter()
            .map(|flat| {
                let mut rows = Rows::default();
                if let Fill::OfReport(fill) = flat.fill {
                    fill(archive, entry, report, &mut rows);
                }
                rows
            })
            .collect()
    }

    /// The rows of a table that comes from the archive's own columns; none for one that grows by report.
    pub(super) fn of_archive(archive: &Archive, fill: Fill) -> Option<Rows> {
        let mut rows = Rows::default();
        match fill {
            Fill::OfArchive(fill) => fill(archive, &mut rows),
            Fill::OfReport(_) => return None,
        }
        Some(rows)
    }

    /// Adds a row; an empty text is nothing.
    fn row<const N: usize>(&mut self, values: [Value; N]) {
        debug_assert!(self.width == 0 || self.width == N, "all rows of a table are equally long");
        self.width = N;
        for value in values {
            let field = match value {
                Value::Text(text) if text.is_empty() => Field::Null,
                Value::Text(text) => {
                    let start = place(self.texts.len());
                    self.texts.push_str(&text);
                    Field::Text { start, end: place(self.texts.len()) }
                }
                Value::Integer(number) => Field::Integer(number),
                Value::Number(number) => {
                    self.numbers.push(number);
                    Field::Number(place(self.numbers.len() - 1))
                }
                Value::Flag(flag) => Field::Flag(flag),
                Value::Null => Field::Null,
            };
            self.fields.push(field);
        }
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.fields.len().checked_div(self.width).unwrap_or(0)
    }

    /// The rows, field by field.
    pub(super) fn iter(&self) -> impl Iterator<Item = impl Iterator<Item = Value<'_>>> {
        self.fields.chunks(self.width.max(1)).map(|row| row.iter().map(|field| self.value(*field)))
    }

    /// One column of all rows.
    pub(super) fn column(&self, at: usize) -> impl Iterator<Item = Value<'_>> {
        self.fields.iter().skip(at).step_by(self.width.max(1)).map(|field| self.value(*field))
    }

    /// Adds the rows of another stretch of the same table.
    pub(super) fn append(&mut self, other: &Rows) {
        let (texts, numbers) = (place(self.texts.len()), place(self.numbers.len()));
        self.texts.push_str(&other.texts);
        self.numbers.extend_from_slice(&other.numbers);
        self.width = self.width.max(other.width);
        self.fields.extend(other.fields.iter().map(|field| match *field {
            Field::Text { start, end } => Field::Text { start: start + texts, end: end + texts },
            Field::Number(at) => Field::Number(at + numbers),
            other => other,
        }));
    }

    fn value(&self, field: Field) -> Value<'_> {
        match field {
            Field::Text { start, end } => Value::Text(Cow::Borrowed(&self.texts[start as usize..end as usize])),
            Field::Integer(number) => Value::Integer(number),
            Field::Number(at) => Value::Number(self.numbers[at as usize]),
            Field::Flag(flag) => Value::Flag(flag),
            Field::Null => Value::Null,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a Id> for Value<'a> {
    fn from(id: &'a Id) -> Self {
        Value::Text(Cow::Borrowed(id))
    }
}

impl From<Decimal> for Value<'_> {
    fn from(number: Decimal) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Value::Flag(flag)
    }
}

macro_rules! whole {
    ($($number:ty),*) => {
        $(impl From<$number> for Value<'_> {
            fn from(value: $number) -> Self {
                Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
            }
        })*
    };
}
whole!(u16, u32, u64, usize);

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Several values in one field.
fn list<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|v| v.as_ref().to_owned()).collect::<Vec<_>>().join("|")
}

fn agency(entry: &Entry) -> Option<&String> {
    entry.card.agency.as_ref().map(|a| &a.name)
}

fn value<T>(known: &Option<Known<T>>) -> Option<&T> {
    known.as_ref().and_then(|k| k.value.as_ref())
}

pub(super) fn reports(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    let (card, place) = (&entry.card, entry.place.as_ref());
    let (dates, source, original) = (&report.dates, &report.source, &report.original);
    rows.row([
        (&card.id).into(),
        (&card.url).into(),
        (&card.json).into(),
        wire(&card.kind).into(),
        (&card.title).into(),
        report.title.standing.map(|s| wire(&s)).into(),
        card.agency.as_ref().map(|a| &a.id).into(),
        agency(entry).into(),
        report.agency.standing.map(|s| wire(&s)).into(),
        card.region.as_ref().into(),
        place.and_then(|p| p.province.as_ref()).into(),
        place.and_then(|p| p.city.as_ref()).into(),
        place.and_then(|p| p.county.as_ref()).into(),
        card.year.into(),
        report.year.standing.map(|s| wire(&s)).into(),
        value(&dates.published).into(),
        value(&dates.signed).into(),
        value(&dates.written).into(),
        value(&dates.period_start).into(),
        value(&dates.period_end).into(),
        value(&source.name).into(),
        value(&source.url).into(),
        value(&source.index_number).into(),
        value(&source.document_number).into(),
        value(&source.publisher).into(),
        wire(&card.script).into(),
        wire(&original.encoding).into(),
        wire(&card.provenance).into(),
        (&card.source_path).into(),
        (&card.sha256).into(),
        original.bytes.into(),
        list(&card.forms).into(),
        report.lines.len().into(),
        report.tables.len().into(),
        report.tables.iter().map(|t| t.cells.len()).sum::<usize>().into(),
        report.figures.len().into(),
        report.edits.len().into(),
        card.findings.error.into(),
        card.findings.warning.into(),
        card.findings.note.into(),
        entry.previous.as_ref().into(),
        entry.next.as_ref().into(),
        report.personal.total().into(),
        wire(&original.published).into(),
        report.agency.at.map(|at| at.line).into(),
        report.year.at.map(|at| at.line).into(),
    ]);
}

pub(super) fn core(archive: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for (id, core) in &report.core {
        rows.row([
            (&entry.card.id).into(),
            id.into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            core.value.into(),
            core.unit.as_ref().into(),
            printed(report, id, core).into(),
            wire(&core.approx).into(),
            wire(&core.standing).into(),
            wire(&core.from).into(),
            core.line.into(),
            list(core.alternatives.iter().map(|a| a.value.to_string())).into(),
            (&entry.card.sha256).into(),
            taken_from(archive, report, id, core).into(),
        ]);
    }
}

/// The printed form of a core figure: that of the figure or cell on its line with its value. A sum of cells was printed nowhere.
fn printed<'a>(report: &'a Report, indicator: &str, core: &Core) -> Option<&'a String> {
    let line = core.line?;
    match core.from {
        CoreFrom::Prose => {
            let mut figures = report.figures.iter().filter(|f| f.line == line && f.value == core.value);
            figures.find(|f| f.indicator.as_deref() == Some(indicator)).map(|f| &f.raw)
        }
        CoreFrom::Table => {
            let mut cells = report.tables.iter().flat_map(|t| &t.cells);
            cells.find(|c| c.line == Some(line) && c.value == Some(core.value)).and_then(|c| c.raw.as_ref())
        }
    }
}

/// The cells of a core figure that comes from a table: those of the dictionary that the report
/// has, and that add up to it.
fn taken_from<'a>(archive: &'a Archive, report: &Report, indicator: &str, core: &Core) -> Option<&'a String> {
    if core.from == CoreFrom::Prose {
        return None;
    }
    let indicator = archive.indicators.iter().find(|i| i.id == indicator)?;
    let sum = |spec: &str| -> Option<Decimal> {
        let (form, terms) = spec.split_once(':')?;
        let mut sum = None;
        for term in terms.split('+') {
            let (table, place) = term.trim().split_once('.')?;
            let table = report.tables.iter().find(|t| t.form == form && t.table == table && !t.cells.is_empty())?;
            let cell =
                table.cells.iter().find(|c| place.split_once('.') == Some((c.row.as_ref(), c.column.as_ref())))?;
            sum = cell.value.map(|value| sum.unwrap_or(Decimal::ZERO) + value).or(sum);
        }
        sum
    };
    indicator.cells.iter().find(|spec| sum(spec) == Some(core.value))
}

pub(super) fn figures(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for (figure, no) in report.figures.iter().zip(1usize..) {
        rows.row([
            (&entry.card.id).into(),
            no.into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            figure.indicator.as_ref().into(),
            (&figure.label).into(),
            figure.value.into(),
            figure.unit.as_ref().into(),
            (&figure.raw).into(),
            wire(&figure.approx).into(),
            wire(&figure.scope).into(),
            wire(&figure.period).into(),
            figure.subset.into(),
            wire(&figure.standing).into(),
            figure.line.into(),
            figure.start.into(),
            figure.end.into(),
            (&figure.sentence).into(),
            (&entry.card.sha256).into(),
        ]);
    }
}

pub(super) fn cells(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for (table, table_no) in report.tables.iter().zip(1usize..) {
        for (cell, no) in table.cells.iter().zip(1usize..) {
            let row = table.rows.iter().find(|r| r.id == cell.row).map(|r| &r.label);
            let column = table.columns.iter().find(|c| c.id == cell.column).map(|c| &c.label);
            rows.row([
                (&entry.card.id).into(),
                table_no.into(),
                no.into(),
                agency(entry).into(),
                entry.card.region.as_ref().into(),
                entry.card.year.into(),
                (&table.form).into(),
                (&table.table).into(),
                (&cell.row).into(),
                row.into(),
                (&cell.column).into(),
                column.into(),
                cell.value.into(),
                cell.unit.as_ref().into(),
                cell.raw.as_ref().into(),
                wire(&cell.standing).into(),
                cell.line.into(),
                list(&cell.by).into(),
                cell.label.as_ref().into(),
                (&entry.card.sha256).into(),
            ]);
        }
    }
}

pub(super) fn findings(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for (finding, no) in report.findings.iter().zip(1usize..) {
        let line = finding.line.and_then(|no| report.lines.get(no.checked_sub(1)? as usize));
        rows.row([
            (&entry.card.id).into(),
            no.into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            (&finding.code).into(),
            wire(&finding.severity).into(),
            (&finding.message).into(),
            finding.line.into(),
            line.map(|l| &l.text).into(),
            finding.help.as_ref().into(),
            list(&finding.related).into(),
            (&entry.card.sha256).into(),
        ]);
    }
}

pub(super) fn curations(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for (curation, no) in report.curations.iter().zip(1usize..) {
        rows.row([
            (&entry.card.id).into(),
            no.into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            (&curation.what).into(),
            (&curation.label).into(),
            curation.was.into(),
            curation.value.into(),
            (&curation.reason).into(),
            (&curation.who).into(),
            (&curation.when).into(),
            (&entry.card.sha256).into(),
        ]);
    }
}

pub(super) fn tombstones(archive: &Archive, rows: &mut Rows) {
    for stone in &archive.tombstones {
        rows.row([
            (&stone.id).into(),
            (&stone.url).into(),
            wire(&stone.gone).into(),
            stone.agency.as_ref().map(|agency| &agency.id).into(),
            stone.year.into(),
            stone.reason.as_ref().into(),
            stone.who.as_ref().into(),
            stone.when.as_ref().into(),
        ]);
    }
}

pub(super) fn similar(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for similar in &report.similar {
        let span = |[from, to]: [u32; 2]| if from == to { from.to_string() } else { format!("{from}-{to}") };
        let passages = similar.passages.iter().map(|p| format!("{}={}", span(p.lines), span(p.other_lines)));
        rows.row([
            (&entry.card.id).into(),
            (&similar.id).into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            similar.share.into(),
            similar.characters.into(),
            list(passages).into(),
            (&entry.card.sha256).into(),
        ]);
    }
}

pub(super) fn changes(archive: &Archive, rows: &mut Rows) {
    let changes = &archive.changes;
    for set in std::iter::once(&changes.latest).chain(&changes.earlier) {
        let mut no = 0usize;
        let mut row = |id: &String, kind: &'static str, figure: Option<&Changed>, edited: Option<&Edited>| {
            no += 1;
            let lines = |of: fn(&Passage) -> &Vec<String>| {
                edited.map(|e| e.passages.iter().flat_map(of).cloned().collect::<Vec<_>>().join("\n"))
            };
            rows.row([
                (&set.build_id).into(),
                no.into(),
                set.date.as_ref().into(),
                id.into(),
                kind.into(),
                figure.map(|figure| &figure.what).into(),
                figure.and_then(|figure| figure.was).into(),
                figure.and_then(|figure| figure.now).into(),
                figure.map(|figure| wire(&figure.why)).into(),
                edited.map(|edited| &edited.was).into(),
                edited.map(|edited| &edited.now).into(),
                lines(|passage| &passage.removed).into(),
                lines(|passage| &passage.added).into(),
            ]);
        };
        set.added.iter().for_each(|id| row(id, "added", None, None));
        set.removed.iter().for_each(|id| row(id, "removed", None, None));
        set.edited.iter().for_each(|edited| row(&edited.id, "edited", None, Some(edited)));
        set.figures.iter().for_each(|figure| row(&figure.id, "figure", Some(figure), None));
    }
}

pub(super) fn agencies(archive: &Archive, rows: &mut Rows) {
    for agency in archive.agencies.values() {
        let years = || agency.entries.iter().filter_map(|&i| archive.entries.get(i)?.card.year);
        rows.row([
            (&agency.id).into(),
            (&agency.name).into(),
            list(&agency.aliases).into(),
            agency.region.as_ref().into(),
            agency.successor_of.as_ref().into(),
            agency.reports.into(),
            years().min().into(),
            years().max().into(),
            (&agency.url).into(),
        ]);
    }
}

pub(super) fn regions(archive: &Archive, rows: &mut Rows) {
    for region in archive.regions.values() {
        rows.row([
            (&region.code).into(),
            (&region.name).into(),
            region.parent.as_ref().into(),
            region.reports.into(),
            (&region.url).into(),
        ]);
    }
}

pub(super) fn indicators(archive: &Archive, rows: &mut Rows) {
    for indicator in &index::indicators(archive) {
        rows.row([
            (&indicator.id).into(),
            (&indicator.label).into(),
            (&indicator.about).into(),
            (&indicator.unit).into(),
            (&indicator.group).into(),
            indicator.stock.into(),
            indicator.reports.into(),
            (&indicator.url).into(),
        ]);
    }
}

/// Every line with something on it.
pub(super) fn lines(_: &Archive, entry: &Entry, report: &Report, rows: &mut Rows) {
    for line in report.lines.iter().filter(|line| line.role != Role::Blank) {
        rows.row([(&entry.card.id).into(), line.no.into(), wire(&line.role).into(), (&line.text).into()]);
    }
}

pub(super) fn codebook(_: &Archive, rows: &mut Rows) {
    for flat in TABLES {
        for (column, position) in flat.table.columns.iter().zip(1usize..) {
            let ((unit_zh, unit_en), (source_zh, source_en)) = (column.unit.unwrap_or_default(), column.origin.words());
            rows.row([
                flat.table.name.into(),
                column.name.into(),
                position.into(),
                column.kind.name().into(),
                column.zh.into(),
                column.en.into(),
                unit_zh.into(),
                unit_en.into(),
                source_zh.into(),
                source_en.into(),
            ]);
        }
    }
}
