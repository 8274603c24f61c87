//! The flat tables of the open data: every column with its meaning, unit and source, keys, and where the rows come from.
//!
//! In: nothing. Out: [`TABLES`], the one list from which the CSV, NDJSON, SQLite and Parquet files, `datapackage.json` and the codebook
//! are made. Column order is part of the format: new columns go last.

use super::rows::{self, Fill};
use crate::model::flat::{Column, FlatTable, Kind, Origin, Reference};
use Origin::{Archive, Checked, File, Printed, Publisher, Read, Standard};

/// A table and where its rows come from.
pub(super) struct Flat {
    /// What it is.
    pub table: FlatTable,
    /// Its rows.
    pub fill: Fill,
}

const fn text(name: &'static str, origin: Origin, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: Kind::String, zh, en, unit: None, origin }
}

const fn count(
    name: &'static str,
    origin: Origin,
    unit: (&'static str, &'static str),
    zh: &'static str,
    en: &'static str,
) -> Column {
    Column { name, kind: Kind::Integer, zh, en, unit: Some(unit), origin }
}

const fn flag(name: &'static str, origin: Origin, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: Kind::Boolean, zh, en, unit: None, origin }
}

const ORDINAL: (&str, &str) = ("序号", "ordinal");
const REPORTS: (&str, &str) = ("份", "reports");
const FINDINGS: (&str, &str) = ("条", "findings");
const BYTES: (&str, &str) = ("字节", "bytes");
const LINES: (&str, &str) = ("行", "lines");
const LINE_NUMBER: (&str, &str) = ("行号", "line number");
const YEARS: (&str, &str) = ("公历年", "calendar year");

const REPORT: Column =
    text("report_id", Archive, "报告编号，编定后不再改变", "Report id, minted once and never changed");
const AGENCY: Column = text("agency", Read, "机关名称；不明则空", "Name of the reporting body; empty when not known");
const REGION: Column = text("region", Standard, "地区代码（GB/T 2260），六位", "Region code (GB/T 2260), six digits");
const YEAR: Column = count("year", Read, YEARS, "报告年度", "Year reported on");
const VALUE: Column = Column {
    name: "value",
    kind: Kind::Number,
    zh: "数值，精确小数；空白不是零",
    en: "Exact decimal; an empty field is not a zero",
    unit: Some(("见 unit 列", "see the column unit")),
    origin: Printed,
};
const UNIT: Column =
    text("unit", Printed, "单位；格式未定而原文未印则空", "Unit or measure word; empty when none is fixed or printed");
const RAW: Column = text(
    "raw",
    Printed,
    "原文印出的样子；CSV 里以 = + - @ 开头者前加撇号",
    "As printed; in CSV an apostrophe stands before what a spreadsheet would run",
);
const STANDING: Column = text(
    "standing",
    Checked,
    "可靠程度：proved 已核、printed 原文、curated 编者、solved 补出、disputed 存疑、blank 空白、lost 缺失、unmapped 未识",
    "How it is known: proved, printed, curated, solved, disputed, blank, lost or unmapped",
);
const LINE: Column = count("line", Read, LINE_NUMBER, "原文行号，从 1 起", "Line in the original, from 1");
const SHA256: Column = text("sha256", File, "原件的 SHA-256 校验值", "SHA-256 of the original file");
const APPROX: Column = text(
    "approx",
    Printed,
    "精确程度：exact 确数、more_than 余、at_least 以上、at_most 以内、nearly 近、about 约",
    "How exactly it is stated: exact, more_than, at_least, at_most, nearly or about",
);
const WHEN: Column = text("when", Publisher, "日期（ISO 8601）", "Date, ISO 8601");
const URL: Column = text("url", Archive, "页面地址（站内相对）", "Address of its page below the site");

const fn refers(columns: &'static [&'static str], table: &'static str, theirs: &'static [&'static str]) -> Reference {
    Reference { columns, table, theirs }
}

const TO_REPORT: Reference = refers(&["report_id"], "reports", &["report_id"]);
const TO_INDICATOR: Reference = refers(&["indicator"], "indicators", &["indicator"]);
const TO_REGION: Reference = refers(&["region"], "regions", &["region"]);

/// Every table, in the order they are described.
pub(super) const TABLES: &[Flat] = &[
    Flat {
        table: FlatTable {
            name: "reports",
            title: "报告",
            zh: "一行一份报告，含标题、机关、年度、日期与来源",
            en: "One row per report",
            columns: &[
                REPORT,
                URL,
                text("json", Archive, "数据地址（站内相对）", "Address of its JSON below the site"),
                text(
                    "kind",
                    Read,
                    "文种：annual_report 年度报告、self_inspection 自查报告、statistics_table 统计表、notice 通知公告、other 其他",
                    "annual_report, self_inspection, statistics_table, notice or other",
                ),
                text("title", Printed, "标题；原文没有的，拟在方括号内", "Title; in brackets when the text has none"),
                text(
                    "title_standing",
                    Checked,
                    "标题的可靠程度；不明则空",
                    "How the title is known; empty when it is not",
                ),
                text("agency_id", Archive, "机关编号", "Agency id"),
                AGENCY,
                text(
                    "agency_standing",
                    Checked,
                    "机关的可靠程度；不明则空",
                    "How the agency is known; empty when it is not",
                ),
                REGION,
                text("province", Standard, "省级", "Province"),
                text("city", Standard, "地级", "City"),
                text("county", Standard, "县级", "County"),
                YEAR,
                text(
                    "year_standing",
                    Checked,
                    "年度的可靠程度；不明则空",
                    "How the year is known; empty when it is not",
                ),
                text("published", Printed, "发布日期（ISO 8601，照原文）", "Date put online, as printed, ISO 8601"),
                text("signed", Printed, "落款日期", "Date under the signature"),
                text("written", Printed, "成文日期", "Date of the document"),
                text("period_start", Printed, "统计起始日", "First day of the statistics"),
                text("period_end", Printed, "统计截止日", "Last day of the statistics"),
                text("source_name", Printed, "来源", "Source the page names"),
                text(
                    "source_url",
                    Archive,
                    "来源网址，由编者写明",
                    "Address of the source, from the publisher of the archive only",
                ),
                text("index_number", Printed, "索引号", "Index number"),
                text("document_number", Printed, "文号", "Document number"),
                text("publisher", Printed, "发布机构", "Publishing body the page names"),
                text(
                    "script",
                    Read,
                    "原文字形：hans 简体、hant 繁体、mixed 混排",
                    "Script of the original: hans, hant or mixed",
                ),
                text("encoding", File, "原文编码", "Encoding of the original"),
                text(
                    "provenance",
                    Read,
                    "来源性质：official 官方、mirror 转载、unknown 不明",
                    "official, mirror or unknown",
                ),
                text("source_path", File, "原件在内容目录下的路径", "Path of the original below the content folder"),
                SHA256,
                count("bytes", File, BYTES, "原件大小", "Size of the original"),
                text("forms", Read, "所用统计表格式，以竖线分隔", "Form regimes of its tables, separated by |"),
                count("lines", Archive, LINES, "文本行数，含空行", "Lines of the text, blank ones included"),
                count("tables", Archive, ("张", "tables"), "统计表数", "Statutory tables"),
                count("cells", Archive, ("格", "cells"), "本报告在 cells 表中的行数", "Rows of this report in cells"),
                count(
                    "figures",
                    Archive,
                    ("个", "figures"),
                    "本报告在 figures 表中的行数",
                    "Rows of this report in figures",
                ),
                count("edits", Archive, ("处", "edits"), "规范化改动数", "Edits made to the text"),
                count("errors", Checked, FINDINGS, "错误数", "Findings of severity error"),
                count("warnings", Checked, FINDINGS, "可疑数", "Findings of severity warning"),
                count("notes", Checked, FINDINGS, "提示数", "Findings of severity note"),
                text("previous", Archive, "同一机关的上一份报告", "Earlier report of the same agency"),
                text("next", Archive, "同一机关的下一份报告", "Later report of the same agency"),
                count(
                    "personal_numbers",
                    Read,
                    ("个", "numbers"),
                    "正文里的身份证、手机、银行卡号码数",
                    "Identity-card, mobile and bank-card numbers in the text",
                ),
                text(
                    "copy",
                    Archive,
                    "原件副本：whole 逐字节、masked 遮盖了号码、withheld 未发布",
                    "How far the published copy is the file: whole, masked or withheld",
                ),
                count(
                    "agency_line",
                    Read,
                    LINE_NUMBER,
                    "写明机关的行；由编者写明或推知则空",
                    "Line that names the agency; empty when curated or inferred",
                ),
                count(
                    "year_line",
                    Read,
                    LINE_NUMBER,
                    "写明年度的行；由编者写明或推知则空",
                    "Line that names the year; empty when curated or inferred",
                ),
            ],
            key: &["report_id"],
            refers: &[
                refers(&["agency_id"], "agencies", &["agency_id"]),
                TO_REGION,
                refers(&["previous"], "reports", &["report_id"]),
                refers(&["next"], "reports", &["report_id"]),
            ],
            lookups: &[&["agency_id"], &["region"], &["year"]],
            text: None,
        },
        fill: Fill::OfReport(rows::reports),
    },
    Flat {
        table: FlatTable {
            name: "core",
            title: "可比指标",
            zh: "一行是一份报告的一项可比指标，即该报告本年度、本机关的数字",
            en: "One row per report and comparable indicator: the figure of the report's own year and body",
            columns: &[
                REPORT,
                text("indicator", Standard, "指标编号", "Indicator id"),
                AGENCY,
                REGION,
                YEAR,
                VALUE,
                UNIT,
                text(
                    "raw",
                    Printed,
                    "原文印出的样子；由多格相加或补出者为空",
                    "As printed; empty for a sum of cells or a solved value",
                ),
                APPROX,
                STANDING,
                text("from", Read, "取自表格 table 或正文 prose", "table or prose"),
                LINE,
                text(
                    "alternatives",
                    Printed,
                    "同一报告的其他说法，以竖线分隔",
                    "Other values the report gives, separated by |",
                ),
                SHA256,
                text(
                    "cells",
                    Standard,
                    "所取的格，写作 格式:表.行.列；由多格相加者以 + 相连",
                    "The cell it is taken from, as form:table.row.column; a sum names its cells, joined by +",
                ),
            ],
            key: &["report_id", "indicator"],
            refers: &[TO_REPORT, TO_INDICATOR, TO_REGION],
            lookups: &[&["indicator"]],
            text: None,
        },
        fill: Fill::OfReport(rows::core),
    },
    Flat {
        table: FlatTable {
            name: "figures",
            title: "正文数字",
            zh: "一行是正文中的一个数字，含所在句子与位置",
            en: "One row per statistic stated in prose",
            columns: &[
                REPORT,
                count("figure", Archive, ORDINAL, "报告内序号，从 1 起", "Number within the report, from 1"),
                AGENCY,
                REGION,
                YEAR,
                text(
                    "indicator",
                    Read,
                    "指标编号；词典以外者为空",
                    "Indicator id; empty when it is none of the dictionary",
                ),
                text("label", Printed, "所计之物，照原文", "What is counted, in the report's words"),
                VALUE,
                UNIT,
                RAW,
                APPROX,
                text(
                    "scope",
                    Read,
                    "范围：agency 本机关、aggregate 全地区或全系统、hosted 进驻单位、other 其他",
                    "Whose figure it is: agency, aggregate, hosted or other",
                ),
                text(
                    "period",
                    Read,
                    "期间：year 全年、cumulative 累计、part_year 部分月份",
                    "year, cumulative or part_year",
                ),
                flag("subset", Read, "是前一数字的一部分（其中）", "Part of the figure before it"),
                STANDING,
                LINE,
                count(
                    "start",
                    Read,
                    BYTES,
                    "行内起始字节（UTF-8，改动之前，从 0 起）",
                    "First byte in the decoded source line, from 0",
                ),
                count("end", Read, BYTES, "行内结束字节的后一个", "One past the last byte"),
                text("sentence", Printed, "所在句子", "The sentence it stands in"),
                SHA256,
            ],
            key: &["report_id", "figure"],
            refers: &[TO_REPORT, TO_INDICATOR, TO_REGION],
            lookups: &[&["indicator"]],
            text: None,
        },
        fill: Fill::OfReport(rows::figures),
    },
    Flat {
        table: FlatTable {
            name: "cells",
            title: "统计表单元格",
            zh: "一行是统计表中的一格，含印出的原样与可靠程度",
            en: "One row per cell of a statutory table",
            columns: &[
                REPORT,
                count(
                    "table_no",
                    Archive,
                    ORDINAL,
                    "报告内第几张表，从 1 起",
                    "Number of the table within the report, from 1",
                ),
                count("cell", Archive, ORDINAL, "表内第几格，从 1 起", "Number of the cell within the table, from 1"),
                AGENCY,
                REGION,
                YEAR,
                text("form", Read, "格式", "Form regime"),
                text("table", Standard, "表", "Table of the form"),
                text("row", Standard, "行；表外的行为 x1、x2…", "Row of the form; x1, x2… for a row no form knows"),
                text("row_label", Standard, "行名", "Official label of the row"),
                text(
                    "column",
                    Standard,
                    "列；表外的列为 x1、x2…",
                    "Column of the form; x1, x2… for a column no form knows",
                ),
                text("column_label", Standard, "列名", "Official label of the column"),
                VALUE,
                UNIT,
                RAW,
                STANDING,
                LINE,
                text(
                    "by",
                    Checked,
                    "所依勾稽关系，以竖线分隔",
                    "Identities that confirm, give or contradict it, separated by |",
                ),
                text("label", Printed, "表外行列印出的名称", "Printed label of an unmapped row or column"),
                SHA256,
            ],
            key: &["report_id", "table_no", "cell"],
            refers: &[TO_REPORT, TO_REGION],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfReport(rows::cells),
    },
    Flat {
        table: FlatTable {
            name: "findings",
            title: "疑点",
            zh: "一行是一处对不上或读不准的地方",
            en: "One row per finding: what does not add up",
            columns: &[
                REPORT,
                count("finding", Archive, ORDINAL, "报告内序号，从 1 起", "Number within the report, from 1"),
                AGENCY,
                REGION,
                YEAR,
                text("code", Checked, "代码，见方法页", "Finding code, explained on the method page"),
                text("severity", Checked, "轻重：error 错误、warning 可疑、note 提示", "error, warning or note"),
                text("message", Checked, "说明", "What was found, in Chinese"),
                LINE,
                text("raw", Printed, "该行文字（规范化后）", "Text of that line, normalized"),
                text("help", Checked, "建议", "What to do about it"),
                text("related", Checked, "涉及的其他报告，以竖线分隔", "Other reports it involves, separated by |"),
                SHA256,
            ],
            key: &["report_id", "finding"],
            refers: &[TO_REPORT, TO_REGION],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfReport(rows::findings),
    },
    Flat {
        table: FlatTable {
            name: "curations",
            title: "更正",
            zh: "一行是编者更正的一个数字，含理由",
            en: "One row per figure that the publisher of the archive corrected",
            columns: &[
                REPORT,
                count("curation", Archive, ORDINAL, "报告内序号，从 1 起", "Number within the report, from 1"),
                AGENCY,
                REGION,
                YEAR,
                text(
                    "what",
                    Publisher,
                    "指标编号，或单元格（表.行.列）",
                    "Indicator id, or a cell as table.row.column",
                ),
                text(
                    "label",
                    Standard,
                    "指标名称，或单元格的行名与列名",
                    "Name of the indicator, or labels of row and column",
                ),
                Column {
                    name: "was", zh: "从原文读出的数值", en: "Value read from the text", origin: Read, ..VALUE
                },
                Column {
                    zh: "更正后的数值；更正为没有的，空",
                    en: "Value the publisher gives; empty when there is none",
                    origin: Publisher,
                    ..VALUE
                },
                text("reason", Publisher, "理由", "Why"),
                text("who", Publisher, "更正人", "Who decided it"),
                WHEN,
                SHA256,
            ],
            key: &["report_id", "curation"],
            refers: &[TO_REPORT, TO_REGION],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfReport(rows::curations),
    },
    Flat {
        table: FlatTable {
            name: "tombstones",
            title: "不再公布的报告",
            zh: "一行一个不再公布的报告编号，含理由",
            en: "One row per report id whose report is published no more",
            columns: &[
                REPORT,
                URL,
                text(
                    "gone",
                    Archive,
                    "taken_down 撤下、removed 文件已无、unpublished 暂不公布",
                    "taken_down, removed (its file is gone) or unpublished (a draft, or unreadable)",
                ),
                text("agency_id", Archive, "机关编号，由报告编号推知", "Agency id, as far as the report id tells"),
                YEAR,
                text("reason", Publisher, "理由；没有写明则空", "Why; empty when nobody said"),
                text("who", Publisher, "决定者", "Who decided it"),
                WHEN,
            ],
            key: &["report_id"],
            refers: &[],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfArchive(rows::tombstones),
    },
    Flat {
        table: FlatTable {
            name: "lines",
            title: "全文",
            zh: "一行是报告文本中不空的一行；只在 SQLite 与 Parquet 中",
            en: "One row per line of text that is not blank; in SQLite and Parquet only",
            columns: &[
                REPORT,
                count("line", File, LINE_NUMBER, "原文行号，从 1 起", "Line in the original, from 1"),
                text(
                    "role",
                    Read,
                    "这一行是什么：title 标题、chrome 页面文字、meta 出处、heading 小标题、prose 正文、table 表格",
                    "title, chrome, meta, heading, prose or table",
                ),
                text("text", Printed, "文字（规范化后）", "Text, normalized"),
            ],
            key: &["report_id", "line"],
            refers: &[TO_REPORT],
            lookups: &[],
            text: Some("text"),
        },
        fill: Fill::OfReport(rows::lines),
    },
    Flat {
        table: FlatTable {
            name: "similar",
            title: "文字雷同",
            zh: "一行是一份报告与另一份文字相同的报告",
            en: "One row per report and other report that has at least half of its text",
            columns: &[
                REPORT,
                text("other_id", Checked, "另一份报告的编号", "Id of the other report"),
                AGENCY,
                REGION,
                YEAR,
                Column {
                    name: "share",
                    zh: "本报告的句子也见于另一份的比例，0 至 1",
                    en: "Share of this report's sentences that stand there too, 0 to 1",
                    unit: Some(("比例", "share")),
                    origin: Checked,
                    ..VALUE
                },
                count("characters", Checked, ("字", "characters"), "相同的字数", "Characters in common"),
                text(
                    "passages",
                    Checked,
                    "相同的段落：本报告行号=另一份行号，以竖线分隔",
                    "Passages in common: lines here=lines there, separated by |",
                ),
                SHA256,
            ],
            key: &["report_id", "other_id"],
            refers: &[TO_REPORT, refers(&["other_id"], "reports", &["report_id"]), TO_REGION],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfReport(rows::similar),
    },
    Flat {
        table: FlatTable {
            name: "changes",
            title: "变化",
            zh: "一行是某次发布与前一次相比的一处变化",
            en: "One row per change from one publication to the next",
            columns: &[
                text("build_id", Archive, "发布编号", "The publication it came with"),
                count("change", Archive, ORDINAL, "该次发布内序号，从 1 起", "Number within the publication, from 1"),
                text("date", Publisher, "发布日期；没有写明则空", "Day of the publication; empty when nobody said"),
                REPORT,
                text(
                    "kind",
                    Checked,
                    "added 新收、removed 不再公布、edited 机关悄悄改动、figure 数字变了",
                    "added, removed, edited (the agency changed the text) or figure",
                ),
                text(
                    "what",
                    Archive,
                    "数字变了的：指标编号，或单元格（表.行.列）",
                    "Of a figure: indicator id, or cell as table.row.column",
                ),
                Column { name: "was", zh: "从前的数值", en: "Value before", origin: Read, ..VALUE },
                Column { name: "now", zh: "现在的数值", en: "Value now", origin: Read, ..VALUE },
                text(
                    "why",
                    Checked,
                    "数字为何变了：source 原文改了、curation 编者更正、reading 读法改进",
                    "Why a figure changed: source, curation or reading",
                ),
                text("sha256_was", File, "从前原件的 SHA-256", "SHA-256 of the original before"),
                text("sha256_now", File, "现在原件的 SHA-256", "SHA-256 of the original now"),
                text("text_was", Printed, "改掉的文字，逐行", "Lines that are gone"),
                text("text_now", Printed, "换上的文字，逐行", "Lines that are new"),
            ],
            key: &["build_id", "change"],
            refers: &[],
            lookups: &[&["report_id"]],
            text: None,
        },
        fill: Fill::OfArchive(rows::changes),
    },
    Flat {
        table: FlatTable {
            name: "agencies",
            title: "机关",
            zh: "一行一个机关，含别名、地区与报告数",
            en: "One row per agency",
            columns: &[
                text("agency_id", Archive, "机关编号，编定后不再改变", "Agency id, minted once and never changed"),
                text("name", Read, "名称", "Canonical name"),
                text("aliases", Read, "别名，以竖线分隔", "Other names, separated by |"),
                REGION,
                text(
                    "successor_of",
                    Archive,
                    "所承接的机关编号，由编者写明",
                    "Id of the agency it succeeded, from the publisher of the archive",
                ),
                count("reports", Archive, REPORTS, "报告数", "Number of reports"),
                count("first_year", Archive, YEARS, "最早年度", "Earliest report year"),
                count("last_year", Archive, YEARS, "最近年度", "Latest report year"),
                URL,
            ],
            key: &["agency_id"],
            refers: &[TO_REGION],
            lookups: &[&["name"]],
            text: None,
        },
        fill: Fill::OfArchive(rows::agencies),
    },
    Flat {
        table: FlatTable {
            name: "regions",
            title: "地区",
            zh: "一行一个地区，含其上级",
            en: "One row per region, the regions above it included",
            columns: &[
                REGION,
                text("name", Standard, "名称", "Name"),
                text("parent", Standard, "上级地区代码", "Code of the region above"),
                count("reports", Archive, REPORTS, "报告数，含下级", "Number of reports, regions below included"),
                URL,
            ],
            key: &["region"],
            refers: &[refers(&["parent"], "regions", &["region"])],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfArchive(rows::regions),
    },
    Flat {
        table: FlatTable {
            name: "indicators",
            title: "指标词典",
            zh: "一行一项指标",
            en: "One row per indicator of the dictionary",
            columns: &[
                text("indicator", Standard, "指标编号", "Indicator id"),
                text("label", Standard, "名称", "Name, in Chinese"),
                text("about", Standard, "含义", "What is counted, in Chinese"),
                text("unit", Standard, "单位", "Unit"),
                text("group", Standard, "类别", "Theme, in Chinese"),
                flag("stock", Standard, "时点数，而非全年数", "A level at a date, not a count over the year"),
                count("reports", Archive, REPORTS, "给出该指标的报告数", "Number of reports that give it"),
                URL,
            ],
            key: &["indicator"],
            refers: &[],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfArchive(rows::indicators),
    },
    Flat {
        table: FlatTable {
            name: "codebook",
            title: "字段说明",
            zh: "一行一个字段：含义、单位与来源",
            en: "One row per column: meaning, unit and source",
            columns: &[
                text("table", Archive, "表", "Table"),
                text("column", Archive, "字段", "Column"),
                count("position", Archive, ORDINAL, "第几列，从 1 起", "Place of the column, from 1"),
                text(
                    "kind",
                    Archive,
                    "类型：string 文字、integer 整数、number 精确小数、boolean 真假",
                    "string, integer, number or boolean",
                ),
                text("meaning_zh", Archive, "含义（中文）", "Meaning, in Chinese"),
                text("meaning_en", Archive, "含义（英文）", "Meaning, in English"),
                text("unit_zh", Archive, "单位（中文）；不是数则空", "Unit, in Chinese; empty when it is no number"),
                text("unit_en", Archive, "单位（英文）", "Unit, in English"),
                text("source_zh", Archive, "来源（中文）", "Where it comes from, in Chinese"),
                text("source_en", Archive, "来源（英文）", "Where it comes from, in English"),
            ],
            key: &["table", "column"],
            refers: &[],
            lookups: &[],
            text: None,
        },
        fill: Fill::OfArchive(rows::codebook),
    },
];
