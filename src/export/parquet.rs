//! The flat tables as Parquet files, one per table.
//!
//! In: [`Rows`]. Out: Snappy, dictionary pages, row groups of a fixed number of rows, so that equal rows give equal bytes. Texts are
//! UTF-8 and whole numbers 64 bits wide. A decimal is the nearest double, for arithmetic, with its exact text in a column after it.

use super::Ledger;
use super::rows::{Rows, Value};
use super::tables::TABLES;
use crate::model::archive::Archive;
use crate::model::flat::{EXACT, FlatTable, Kind};
use crate::model::page::{LargeFile, Sink};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io;
use std::sync::Arc;

/// Rows of a row group: what a reader may skip, and what waits in memory.
const GROUP: usize = 32_768;

/// Files of columns in the making.
pub(super) struct Files(Vec<File>);

struct File {
    table: &'static FlatTable,
    writer: SerializedFileWriter<LargeFile>,
    waiting: Rows,
}

impl Files {
    pub(super) fn open(archive: &Archive, ledger: &mut Ledger) -> io::Result<Files> {
        let properties = WriterProperties::builder()
            .set_created_by(archive.generator.clone())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP));
        let properties = Arc::new(properties.build());
        let mut open = |flat: &'static super::tables::Flat| {
            let schema = Arc::new(schema(&flat.table).map_err(io::Error::other)?);
            let file = ledger.large(&format!("data/{}.parquet", flat.table.name))?;
            let writer = SerializedFileWriter::new(file, schema, Arc::clone(&properties)).map_err(io::Error::other)?;
            let waiting = Rows::of_archive(archive, flat.fill).unwrap_or_default();
            Ok(File { table: &flat.table, writer, waiting })
        };
        TABLES.iter().map(&mut open).collect::<io::Result<_>>().map(Files)
    }

    /// Takes the rows of some reports.
    pub(super) fn take(&mut self, reports: &[Vec<Rows>]) -> io::Result<()> {
        for report in reports {
            for (file, rows) in self.0.iter_mut().zip(report) {
                file.waiting.append(rows);
                if file.waiting.len() >= GROUP {
                    file.write_group().map_err(io::Error::other)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, ledger: &mut Ledger) -> io::Result<()> {
        for mut file in self.0 {
            file.write_group().map_err(io::Error::other)?;
            ledger.put_large(file.writer.into_inner().map_err(io::Error::other)?)?;
        }
        Ok(())
    }
}

fn schema(table: &FlatTable) -> Result<Type, ParquetError> {
    let mut fields = Vec::new();
    for column in table.columns {
        let (physical, logical) = match column.kind {
            Kind::String => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Boolean => (Physical::BOOLEAN, None),
        };
        let required = table.key.contains(&column.name);
        let repetition = if required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let field = |name: &str, physical, logical| {
            Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical).build()
        };
        fields.push(Arc::new(field(column.name, physical, logical)?));
        if column.kind == Kind::Number {
            let exact = format!("{}{EXACT}", column.name);
            fields.push(Arc::new(field(&exact, Physical::BYTE_ARRAY, Some(LogicalType::String))?));
        }
    }
    Type::group_type_builder(table.name).with_fields(fields).build()
}

impl File {
    /// Writes the waiting rows, column by column.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.waiting.len() == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (place, column) in self.table.columns.iter().enumerate() {
            for exact in [false, true].into_iter().take(if column.kind == Kind::Number { 2 } else { 1 }) {
                let mut writer = group.next_column()?.expect("the schema is made from the same columns");
                let required = self.table.key.contains(&column.name);
                write_column(writer.untyped(), &self.waiting, place, exact, required)?;
                writer.close()?;
            }
        }
        group.close()?;
        self.waiting = Rows::default();
        Ok(())
    }
}

/// One column of the waiting rows. Where a value is missing stands in the levels; a column of the key has none.
fn write_column(
    writer: &mut ColumnWriter,
    rows: &Rows,
    place: usize,
    exact: bool,
    required: bool,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = rows.column(place).map(|value| i16::from(!matches!(value, Value::Null))).collect();
    let levels = (!required).then_some(levels.as_slice());
    let values = rows.column(place);
    match writer {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let text = |value| match value {
                Value::Text(text) => Some(ByteArray::from(&*text)),
                Value::Number(number) if exact => Some(ByteArray::from(number.to_string().as_str())),
                _ => None,
            };
            writer.write_batch(&values.filter_map(text).collect::<Vec<_>>(), levels, None)
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let whole = |value| if let Value::Integer(number) = value { Some(number) } else { None };
            writer.write_batch(&values.filter_map(whole).collect::<Vec<_>>(), levels, None)
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let near = |value| if let Value::Number(number) = value { Some(number.to_f64()) } else { None };
            writer.write_batch(&values.filter_map(near).collect::<Vec<_>>(), levels, None)
        }
        ColumnWriter::BoolColumnWriter(writer) => {
            let flag = |value| if let Value::Flag(flag) = value { Some(flag) } else { None };
            writer.write_batch(&values.filter_map(flag).collect::<Vec<_>>(), levels, None)
        }
        _ => Err(ParquetError::General("a column of a type that no table has".into())),
    }
    .map(drop)
}
