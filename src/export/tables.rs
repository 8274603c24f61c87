//! The flat tables of the open data: columns with their meaning, keys, and the rows one report gives.
//!
//! In: an archive and, for tables that grow by report, one body. Out: rows. The same list makes the CSV files, their headers and
//! the description in `datapackage.json`. Column order is part of the format: new columns go last.

use super::csv::Csv;
use super::index::indicators;
use super::wire;
use crate::model::archive::{Archive, Entry};
use crate::model::report::{Core, CoreFrom, Known, Report};
use std::io;

/// A flat table.
pub(super) struct Table {
    /// Name of its file without extension.
    pub name: &'static str,
    /// Its title, in Chinese.
    pub title: &'static str,
    /// What a row is, in English.
    pub about: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
    /// Columns that together name a row.
    pub key: &'static [&'static str],
    /// Columns that name a row of another table: own columns, table, its columns.
    pub refers: &'static [(&'static [&'static str], &'static str, &'static [&'static str])],
    /// Its rows.
    pub rows: Rows,
}

/// Where the rows of a table come from.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// From the archive's columns.
    OfArchive(fn(&Archive, &mut Csv) -> io::Result<()>),
    /// From each report.
    OfReport(fn(&Archive, &Entry, &Report, &mut Csv) -> io::Result<()>),
}

/// A column.
pub(super) struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// `string`, `integer`, `number`, `date` or `boolean`, as Table Schema has them.
    pub kind: &'static str,
    /// Its meaning, in Chinese and English.
    pub about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: "string", about }
}

const fn count(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: "integer", about }
}

const REPORT: Column = text("report_id", "报告编号 Report id");
const AGENCY: Column = text("agency", "机关名称 Name of the reporting body; empty when not known");
const REGION: Column = text("region", "地区代码（GB/T 2260）Region code, six digits");
const YEAR: Column = count("year", "报告年度 Year reported on");
const VALUE: Column = Column {
    name: "value",
    kind: "number",
    about: "数值，精确小数，单位见 unit；空白不是零 Exact decimal in `unit`; an empty field is not a zero",
};
const UNIT: Column = text("unit", "单位 Unit or measure word; empty when none is fixed or printed");
const RAW: Column = text(
    "raw",
    "原文印出的样子（以 = + - @ 开头者前加撇号）As printed; an apostrophe stands before what a spreadsheet would run",
);
const STANDING: Column =
    text("standing", "可靠程度 How it is known: proved, printed, curated, solved, disputed, blank, lost or unmapped");
const LINE: Column = count("line", "原文行号，从 1 起 Line in the original, from 1");
const SHA256: Column = text("sha256", "原件的 SHA-256 校验值 SHA-256 of the original file");

const TO_REPORT: (&[&str], &str, &[&str]) = (&["report_id"], "reports", &["report_id"]);
const TO_INDICATOR: (&[&str], &str, &[&str]) = (&["indicator"], "indicators", &["indicator"]);
const TO_REGION: (&[&str], &str, &[&str]) = (&["region"], "regions", &["region"]);

/// Every table, in the order they are described.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "reports",
        title: "报告",
        about: "One row per report",
        columns: &[
            REPORT,
            text("url", "页面地址（站内相对）Address of its page below the site"),
            text("json", "数据地址（站内相对）Address of its JSON below the site"),
            text("kind", "文种 annual_report, self_inspection, statistics_table, notice or other"),
            text("title", "标题 Title; in brackets when the text has none"),
            text("title_standing", "标题的可靠程度 How the title is known; empty when it is not"),
            text("agency_id", "机关编号 Agency id"),
            AGENCY,
            text("agency_standing", "机关的可靠程度 How the agency is known"),
            REGION,
            text("province", "省级 Province"),
            text("city", "地级 City"),
            text("county", "县级 County"),
            YEAR,
            text("year_standing", "年度的可靠程度 How the year is known"),
            text("published", "发布日期（ISO 8601，照原文）Date put online, as printed"),
            text("signed", "落款日期 Date under the signature"),
            text("written", "成文日期 Date of the document"),
            text("period_start", "统计起始日 First day of the statistics"),
            text("period_end", "统计截止日 Last day of the statistics"),
            text("source_name", "来源 Source the page names"),
            text("source_url", "来源网址 Address of the source, from the publisher only"),
            text("index_number", "索引号 Index number"),
            text("document_number", "文号 Document number"),
            text("publisher", "发布机构 Publishing body the page names"),
            text("script", "原文字形 Script of the original: hans, hant or mixed"),
            text("encoding", "原文编码 Encoding of the original"),
            text("provenance", "来源性质 official, mirror or unknown"),
            text("source_path", "原件路径 Path of the original below the content folder"),
            SHA256,
            Column { name: "bytes", kind: "integer", about: "原件字节数 Size of the original" },
            text("forms", "所用统计表格式，以竖线分隔 Form regimes of its tables, separated by |"),
            count("lines", "行数 Lines of the text"),
            count("tables", "统计表数 Statutory tables"),
            count("cells", "单元格数 Rows of this report in cells.csv"),
            count("figures", "正文数字数 Rows of this report in figures.csv"),
            count("edits", "规范化改动数 Edits made to the text"),
            count("errors", "错误数 Findings of severity error"),
            count("warnings", "警告数 Findings of severity warning"),
            count("notes", "提示数 Findings of severity note"),
            text("previous", "同一机关的上一份报告 Earlier report of the same agency"),
            text("next", "同一机关的下一份报告 Later report of the same agency"),
            count(
                "personal_numbers",
                "正文里的身份证、手机、银行卡号码数 Identity-card, mobile and bank-card numbers in the text",
            ),
            text(
                "copy",
                "原件副本：whole 逐字节、masked 遮盖了号码、withheld 未发布 How far the published copy is the file",
            ),
        ],
        key: &["report_id"],
        refers: &[(&["agency_id"], "agencies", &["agency_id"]), TO_REGION],
        rows: Rows::OfReport(reports),
    },
    Table {
        name: "core",
        title: "可比指标",
        about: "One row per report and comparable indicator: the figure of the report's own year and body",
        columns: &[
            REPORT,
            text("indicator", "指标编号 Indicator id"),
            AGENCY,
            REGION,
            YEAR,
            VALUE,
            UNIT,
            text(
                "raw",
                "原文印出的样子；由多格相加或补出者为空 As printed; empty for a sum of cells or a solved value",
            ),
            text("approx", "精确程度 exact, more_than, at_least, at_most, nearly or about"),
            STANDING,
            text("from", "取自表格或正文 table or prose"),
            LINE,
            text("alternatives", "同一报告的其他说法，以竖线分隔 Other values the report gives, separated by |"),
            SHA256,
        ],
        key: &["report_id", "indicator"],
        refers: &[TO_REPORT, TO_INDICATOR, TO_REGION],
        rows: Rows::OfReport(core),
    },
    Table {
        name: "figures",
        title: "正文数字",
        about: "One row per statistic stated in prose",
        columns: &[
            REPORT,
            count("figure", "报告内序号，从 1 起 Number within the report, from 1"),
            AGENCY,
            REGION,
            YEAR,
            text("indicator", "指标编号；词典以外者为空 Indicator id; empty when it is none of the dictionary"),
            text("label", "所计之物，照原文 What is counted, in the report's words"),
            VALUE,
            UNIT,
            RAW,
            text("approx", "精确程度 exact, more_than, at_least, at_most, nearly or about"),
            text("scope", "范围 agency, aggregate, hosted or other"),
            text("period", "期间 year, cumulative or part_year"),
            Column {
                name: "subset", kind: "boolean", about: "前一数字的一部分（其中）Part of the figure before it"
            },
            STANDING,
            LINE,
            count("start", "行内起始字节（UTF-8，改动之前）First byte in the decoded source line"),
            count("end", "行内结束字节 One past the last byte"),
            text("sentence", "所在句子 The sentence it stands in"),
            SHA256,
        ],
        key: &["report_id", "figure"],
        refers: &[TO_REPORT, TO_INDICATOR, TO_REGION],
        rows: Rows::OfReport(figures),
    },
    Table {
        name: "cells",
        title: "统计表单元格",
        about: "One row per cell of a statutory table",
        columns: &[
            REPORT,
            count("table_no", "报告内第几张表，从 1 起 Number of the table within the report, from 1"),
            count("cell", "表内第几格，从 1 起 Number of the cell within the table, from 1"),
            AGENCY,
            REGION,
            YEAR,
            text("form", "格式 Form regime"),
            text("table", "表 Table of the form"),
            text("row", "行 Row of the form; x1, x2… for a row no form knows"),
            text("row_label", "行名 Official label of the row"),
            text("column", "列 Column of the form; x1, x2… for a column no form knows"),
            text("column_label", "列名 Official label of the column"),
            VALUE,
            UNIT,
            RAW,
            STANDING,
            LINE,
            text("by", "所依勾稽关系，以竖线分隔 Identities that confirm, give or contradict it, separated by |"),
            text("label", "表外行列印出的名称 Printed label of an unmapped row or column"),
            SHA256,
        ],
        key: &["report_id", "table_no", "cell"],
        refers: &[TO_REPORT, TO_REGION],
        rows: Rows::OfReport(cells),
    },
    Table {
        name: "findings",
        title: "核查发现",
        about: "One row per finding: what does not add up",
        columns: &[
            REPORT,
            count("finding", "报告内序号，从 1 起 Number within the report, from 1"),
            AGENCY,
            REGION,
            YEAR,
            text("code", "代码 Finding code, explained on the method page"),
            text("severity", "轻重 error, warning or note"),
            text("message", "说明 What was found, in Chinese"),
            LINE,
            text("raw", "该行文字（规范化后）Text of that line, normalized"),
            text("help", "建议 What to do about it"),
            text("related", "涉及的其他报告，以竖线分隔 Other reports it involves, separated by |"),
            SHA256,
        ],
        key: &["report_id", "finding"],
        refers: &[TO_REPORT, TO_REGION],
        rows: Rows::OfReport(findings),
    },
    Table {
        name: "curations",
        title: "更正",
        about: "One row per figure that the publisher of the archive corrected",
        columns: &[
            REPORT,
            count("curation", "报告内序号，从 1 起 Number within the report, from 1"),
            AGENCY,
            REGION,
            YEAR,
            text("what", "指标编号，或单元格（表.行.列）Indicator id, or a cell as table.row.column"),
            Column { name: "was", kind: "number", about: "从原文读出的数值 Value read from the text" },
            Column {
                name: "value",
                kind: "number",
                about: "更正后的数值；没有则为空 Value now; empty when there is none",
            },
            text("reason", "理由 Why"),
            text("who", "更正人 Who decided it"),
            Column { name: "when", kind: "date", about: "日期 When" },
            SHA256,
        ],
        key: &["report_id", "curation"],
        refers: &[TO_REPORT, TO_REGION],
        rows: Rows::OfReport(curations),
    },
    Table {
        name: "tombstones",
        title: "不再公布的报告",
        about: "One row per report id whose report is published no more",
        columns: &[
            text("report_id", "报告编号，不再另用 Report id, never used again"),
            text("url", "页面地址（站内相对）Address of its page below the site"),
            text("gone", "taken_down 撤下、removed 文件已无、unpublished 暂不公布 How it went"),
            text("agency_id", "机关编号 Agency id, as far as the report id tells"),
            YEAR,
            text("reason", "理由 Why; empty when nobody said"),
            text("who", "决定者 Who decided it"),
            Column { name: "when", kind: "date", about: "日期 When" },
        ],
        key: &["report_id"],
        refers: &[],
        rows: Rows::OfArchive(tombstones),
    },
    Table {
        name: "agencies",
        title: "机关",
        about: "One row per agency",
        columns: &[
            text("agency_id", "机关编号 Agency id"),
            text("name", "名称 Canonical name"),
            text("aliases", "别名，以竖线分隔 Other names, separated by |"),
            REGION,
            text("successor_of", "所承接的机关编号 Id of the agency it succeeded"),
            count("reports", "报告数 Number of reports"),
            count("first_year", "最早年度 Earliest report year"),
            count("last_year", "最近年度 Latest report year"),
            text("url", "页面地址（站内相对）Address of its page below the site"),
        ],
        key: &["agency_id"],
        refers: &[TO_REGION],
        rows: Rows::OfArchive(agencies),
    },
    Table {
        name: "regions",
        title: "地区",
        about: "One row per region, the regions above it included",
        columns: &[
            REGION,
            text("name", "名称 Name"),
            text("parent", "上级地区代码 Code of the region above"),
            count("reports", "报告数，含下级 Number of reports, regions below included"),
            text("url", "页面地址（站内相对）Address of its page below the site"),
        ],
        key: &["region"],
        refers: &[(&["parent"], "", &["region"])],
        rows: Rows::OfArchive(regions),
    },
    Table {
        name: "indicators",
        title: "指标词典",
        about: "One row per indicator of the dictionary",
        columns: &[
            text("indicator", "指标编号 Indicator id"),
            text("label", "名称 Name"),
            text("about", "含义 What is counted"),
            text("unit", "单位 Unit"),
            text("group", "类别 Theme"),
            Column {
                name: "stock",
                kind: "boolean",
                about: "时点数而非全年数 A level at a date, not a count over the year",
            },
            count("reports", "给出该指标的报告数 Number of reports that give it"),
            text("url", "页面地址（站内相对）Address of its page below the site"),
        ],
        key: &["indicator"],
        refers: &[],
        rows: Rows::OfArchive(all_indicators),
    },
];

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

fn reports(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    let (card, place) = (&entry.card, entry.place.as_ref());
    let (dates, source, original) = (&report.dates, &report.source, &report.original);
    csv.row([
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
    ])
}

fn core(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    for (id, core) in &report.core {
        csv.row([
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
        ])?;
    }
    Ok(())
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

fn figures(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    for (figure, no) in report.figures.iter().zip(1usize..) {
        csv.row([
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
        ])?;
    }
    Ok(())
}

fn cells(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    for (table, table_no) in report.tables.iter().zip(1usize..) {
        for (cell, no) in table.cells.iter().zip(1usize..) {
            let row = table.rows.iter().find(|r| r.id == cell.row).map(|r| &r.label);
            let column = table.columns.iter().find(|c| c.id == cell.column).map(|c| &c.label);
            csv.row([
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
            ])?;
        }
    }
    Ok(())
}

fn findings(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    for (finding, no) in report.findings.iter().zip(1usize..) {
        let line = finding.line.and_then(|no| report.lines.get(no.checked_sub(1)? as usize));
        csv.row([
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
        ])?;
    }
    Ok(())
}

fn curations(_: &Archive, entry: &Entry, report: &Report, csv: &mut Csv) -> io::Result<()> {
    for (curation, no) in report.curations.iter().zip(1usize..) {
        csv.row([
            (&entry.card.id).into(),
            no.into(),
            agency(entry).into(),
            entry.card.region.as_ref().into(),
            entry.card.year.into(),
            (&curation.what).into(),
            curation.was.into(),
            curation.value.into(),
            (&curation.reason).into(),
            (&curation.who).into(),
            (&curation.when).into(),
            (&entry.card.sha256).into(),
        ])?;
    }
    Ok(())
}

fn tombstones(archive: &Archive, csv: &mut Csv) -> io::Result<()> {
    for stone in &archive.tombstones {
        csv.row([
            (&stone.id).into(),
            (&stone.url).into(),
            wire(&stone.gone).into(),
            stone.agency.as_ref().map(|agency| &agency.id).into(),
            stone.year.into(),
            stone.reason.as_ref().into(),
            stone.who.as_ref().into(),
            stone.when.as_ref().into(),
        ])?;
    }
    Ok(())
}

fn agencies(archive: &Archive, csv: &mut Csv) -> io::Result<()> {
    for agency in archive.agencies.values() {
        let years = || agency.entries.iter().filter_map(|&i| archive.entries.get(i)?.card.year);
        csv.row([
            (&agency.id).into(),
            (&agency.name).into(),
            list(&agency.aliases).into(),
            agency.region.as_ref().into(),
            agency.successor_of.as_ref().into(),
            agency.reports.into(),
            years().min().into(),
            years().max().into(),
            (&agency.url).into(),
        ])?;
    }
    Ok(())
}

fn regions(archive: &Archive, csv: &mut Csv) -> io::Result<()> {
    for region in archive.regions.values() {
        csv.row([
            (&region.code).into(),
            (&region.name).into(),
            region.parent.as_ref().into(),
            region.reports.into(),
            (&region.url).into(),
        ])?;
    }
    Ok(())
}

fn all_indicators(archive: &Archive, csv: &mut Csv) -> io::Result<()> {
    for indicator in &indicators(archive) {
        csv.row([
            (&indicator.id).into(),
            (&indicator.label).into(),
            (&indicator.about).into(),
            (&indicator.unit).into(),
            (&indicator.group).into(),
            indicator.stock.into(),
            indicator.reports.into(),
            (&indicator.url).into(),
        ])?;
    }
    Ok(())
}
