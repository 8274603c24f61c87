//! Questions people ask of the archive, each a view of the database and a line that answers it.
//!
//! In: nothing. Out: [`QUESTIONS`], from which SQLite gets its views and the data page its lines. A view reads the flat tables only.

use crate::model::flat::Question;

/// Every question, in the order the data page shows them.
pub const QUESTIONS: &[Question] = &[
    Question {
        view: "refusals",
        ask: "一个地方历年以什么理由不予公开？",
        about: (
            "一行是一份报告表中的一条不予公开理由；share 是它在这份报告各理由中所占的百分比",
            "One row per reason for refusal in the table of a report; share is its percentage of all reasons there",
        ),
        select: r#"SELECT report_id, agency, region, city, cells.year, form, "row" AS reason, row_label AS label, value, raw, standing, line,
  round(100.0 * value / nullif(sum(value) OVER (PARTITION BY report_id), 0), 1) AS share
FROM cells JOIN (SELECT report_id, city FROM reports) USING (report_id)
WHERE "row" LIKE 'denied~_%' ESCAPE '~' AND "column" IN ('total', 'value', 'year_to_date') AND value IS NOT NULL"#,
        line: "SELECT year, label, value, share, standing FROM refusals WHERE agency = '{agency}' AND value > 0 ORDER BY year, value DESC;",
    },
    Question {
        view: "wrong_sums",
        ask: "哪些机关的总数加不起来？",
        about: (
            "一行是一处对不上的行或列：怎样填空格都不能使它平衡",
            "One row per row or column that no filling of empty cells can balance",
        ),
        select: r#"SELECT report_id, agency, region, findings.year, code, message, line, raw, url
FROM findings JOIN (SELECT report_id, url FROM reports) USING (report_id)
WHERE code IN ('row-does-not-add-up', 'column-does-not-add-up')"#,
        line: "SELECT agency, count(*) AS places, group_concat(DISTINCT year) AS years FROM wrong_sums GROUP BY agency ORDER BY places DESC;",
    },
    Question {
        view: "trend",
        ask: "一个机关历年收到多少申请？",
        about: (
            "一行是一份报告的一项可比指标，附指标名称",
            "One row per report and comparable indicator, with the name of the indicator",
        ),
        select: r#"SELECT report_id, agency, region, year, indicator, label, value, core.unit, approx, standing, line
FROM core JOIN (SELECT indicator, label FROM indicators) USING (indicator)"#,
        line: "SELECT year, value, standing FROM trend WHERE agency = '{agency}' AND indicator = 'requests_received' ORDER BY year;",
    },
    Question {
        view: "gaps",
        ask: "哪些机关有哪一年的报告没有收到？",
        about: (
            "一行是一个机关在其最早与最近年度之间没有报告的一年",
            "One row per agency and year without a report, between its earliest and its latest",
        ),
        select: r#"WITH RECURSIVE span (agency_id, agency, year, last_year) AS (
  SELECT agency_id, name, first_year, last_year FROM agencies WHERE first_year IS NOT NULL
  UNION ALL SELECT agency_id, agency, year + 1, last_year FROM span WHERE year < last_year)
SELECT agency_id, agency, year FROM span
WHERE NOT EXISTS (SELECT 1 FROM reports WHERE reports.agency_id = span.agency_id AND reports.year = span.year)"#,
        line: "SELECT agency, group_concat(year) AS years FROM gaps GROUP BY agency ORDER BY count(*) DESC;",
    },
    Question {
        view: "copied",
        ask: "哪些报告照抄了往年的或别家的文字？",
        about: (
            "一行是一份报告与一份较早的（或同年别家的）报告，句子有一半以上相同",
            "One row per report and earlier report, or report of another agency and the same year, with at least half of its sentences",
        ),
        select: r#"SELECT similar.report_id, other_id, similar.agency, similar.year, other.agency AS other_agency, other.year AS other_year,
  share, characters, passages, own.url
FROM similar JOIN reports AS own ON own.report_id = similar.report_id JOIN reports AS other ON other.report_id = other_id
WHERE other.year < similar.year OR (other.year = similar.year AND other.agency IS NOT similar.agency)"#,
        line: "SELECT agency, year, other_agency, other_year, share FROM copied ORDER BY share DESC;",
    },
    Question {
        view: "silent_edits",
        ask: "哪些机关悄悄改过已公布的报告？",
        about: (
            "一行是一份编号不变而文字变了的报告，附改掉和换上的文字",
            "One row per report whose text changed at the same id, with the lines that went and came",
        ),
        select: r#"SELECT changes.date, agency, year, report_id, text_was, text_now, sha256_was, sha256_now, url
FROM changes JOIN reports USING (report_id) WHERE changes.kind = 'edited'"#,
        line: "SELECT agency, year, text_was, text_now FROM silent_edits ORDER BY date DESC;",
    },
    Question {
        view: "mentions",
        ask: "哪些报告写到某个词？",
        about: (
            "一行是报告文本的一行；对 text 用 LIKE '%三字以上%' 查找会用全文索引",
            "One row per line of text; LIKE '%three characters or more%' on text uses the full-text index",
        ),
        select: r#"SELECT agency, reports.year, report_id, lines_rows.line, lines_fts.text, url
FROM lines_fts JOIN lines_rows ON lines_rows.id = lines_fts.rowid JOIN reports ON reports.no = lines_rows.report"#,
        line: "SELECT year, agency, line, text FROM mentions WHERE text LIKE '%行政复议%' ORDER BY year, agency LIMIT 20;",
    },
    Question {
        view: "untraced",
        ask: "有没有一个数字在原文里找不到？",
        about: (
            "一行是一个查无出处的数字：所在行没有它印出的样子，也不是补出、编者写明或多格相加；应当一行也没有",
            "One row per number without a source: its line does not have its printed form, and it is neither solved nor curated nor a sum of named cells; there must be none",
        ),
        // Asked line by line: a join would build an index of all lines each time.
        select: r#"SELECT 'cells' AS "table", report_id, line, value, raw, standing FROM cells
WHERE value IS NOT NULL AND standing NOT IN ('solved', 'curated') AND NOT EXISTS
  (SELECT 1 FROM lines WHERE lines.report_id = cells.report_id AND lines.line = cells.line AND instr(text, raw) > 0)
UNION ALL SELECT 'figures', report_id, line, value, raw, standing FROM figures
WHERE standing NOT IN ('solved', 'curated') AND NOT EXISTS
  (SELECT 1 FROM lines WHERE lines.report_id = figures.report_id AND lines.line = figures.line AND instr(text, raw) > 0)
UNION ALL SELECT 'core', report_id, line, value, raw, standing FROM core
WHERE standing NOT IN ('solved', 'curated') AND coalesce(cells, '') NOT LIKE '%+%' AND NOT EXISTS
  (SELECT 1 FROM lines WHERE lines.report_id = core.report_id AND lines.line = core.line AND instr(text, raw) > 0)"#,
        line: r#"SELECT "table", report_id, line, raw, value FROM untraced LIMIT 20;"#,
    },
];
