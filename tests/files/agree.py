"""The data files of a published site, read by programs that did not write them. `agree.py SITE` prints what it checked, or fails.

CSV by Python's csv, NDJSON by its json, SQLite by its sqlite3, Parquet by DuckDB: row for row, sum for sum. Every JSON against its
schema, feeds and JSON-LD parsed, the data package validated by frictionless, the database opened by Datasette, both manifests by
sha256sum.
"""
import csv
import gzip
import html
import json
import re
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as xml
from decimal import Decimal
from pathlib import Path

import duckdb
from jsonschema import Draft202012Validator

csv.field_size_limit(sys.maxsize)
site = Path(sys.argv[1]).resolve()
data = site / "data"
programs = Path(sys.executable).parent


def check(holds, what):
    if not holds:
        sys.exit(f"agree.py: {what}")


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    check(done.returncode == 0, f"{command}: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


package = json.loads((data / "datapackage.json").read_text("utf-8"))
described = {resource["name"]: resource for resource in package["resources"] if "schema" in resource}
database = sqlite3.connect(f"file:{data / 'archive.sqlite'}?mode=ro", uri=True)
ducks = duckdb.connect()


# ── The four formats ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

READ = {
    "string": lambda text: text,
    "integer": int,
    "number": Decimal,
    "boolean": {"true": True, "false": False}.__getitem__,
}


def runs(line):
    """Whether a spreadsheet would take a line for a formula."""
    bare = line.lstrip("'")
    blank = lambda c: c.isspace() or ord(c) < 32 or 127 <= ord(c) < 160 or c in "\ufeff\u200b\u200c\u200d\u2060"
    text = bare
    while text and blank(text[0]):
        text = text[1:]
    return text[:1] in set("=+-@＝＋－＠") - {""} and bool(text) or bare.startswith("\t")


def unguarded(text):
    """The text as it was: one apostrophe before a line that a spreadsheet would run is ours."""
    lines = re.split(r"(?<=[\n\r])", text)
    opens = text[:1] == "'" and text[1:2] in ("\t", "\r") and text[1:2]
    strip = lambda i, line: line[:1] == "'" and runs(line) or i == 0 and bool(opens)
    return "".join(line[1:] if strip(i, line) else line for i, line in enumerate(lines))


def from_csv(name, fields):
    with open(data / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        check(rows.fieldnames == [field["name"] for field in fields], f"{name}.csv: the header is {rows.fieldnames}")
        for row in rows:
            for field in fields:
                text, kind = row[field["name"]], field["type"]
                check(kind != "string" or not any(map(runs, re.split(r"[\n\r]", text))) or text[:1] == "'", f"{name}.csv: {text!r} runs")
                text = unguarded(text) if kind == "string" else text
                row[field["name"]] = READ[kind](text) if text else None
            yield row


def from_ndjson(name, fields):
    with gzip.open(data / f"{name}.ndjson.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line, parse_float=Decimal)
            for field in fields:
                if field["type"] == "number" and row[field["name"]] is not None:
                    row[field["name"]] = Decimal(row[field["name"]])
            yield row


def from_sql(rows, names, fields):
    for values in rows:
        row = dict(zip(names, values))
        for field in fields:
            value = row[field["name"]]
            if value is None:
                continue
            if field["type"] == "boolean":
                row[field["name"]] = bool(value)
            elif field["type"] == "number":
                exact = row.pop(field["name"] + "_exact")
                check(float(exact) == float(value), f"{field['name']}: {exact} and {value}")
                row[field["name"]] = Decimal(exact)
        yield {field["name"]: row[field["name"]] for field in fields}


def from_sqlite(name, fields):
    cursor = database.execute(f'SELECT * FROM "{name}"')
    return from_sql(cursor, [column[0] for column in cursor.description], fields)


def from_parquet(name, fields):
    table = ducks.sql(f"SELECT * FROM '{data / name}.parquet'")
    return from_sql(table.fetchall(), table.columns, fields)


def sums(rows, fields):
    numbers = [field["name"] for field in fields if field["type"] in ("integer", "number")]
    return {name: sum(row[name] for row in rows if row[name] is not None) for name in numbers}


def agree():
    for name, resource in described.items():
        fields, key = resource["schema"]["fields"], resource["schema"]["primaryKey"]
        by_key = lambda row: tuple(row[column] for column in key)
        ways = {"csv": from_csv, "sqlite": from_sqlite, "parquet": from_parquet}
        # The lines of reports.ndjson.gz are whole reports; their parts are compared below.
        if name != "reports":
            ways["ndjson"] = from_ndjson
        read = {way: sorted(rows(name, fields), key=by_key) for way, rows in ways.items()}
        for way, rows in read.items():
            check(len(rows) == len({by_key(row) for row in rows}), f"{name} {way}: the key names two rows")
            check(len(rows) == len(read["csv"]), f"{name}: {len(rows)} rows in {way}, {len(read['csv'])} in csv")
            for one, other in zip(read["csv"], rows):
                check(one == other, f"{name} {way}:\n{one}\n{other}")
            check(sums(rows, fields) == sums(read["csv"], fields), f"{name}: the sums of {way}")
        print(f"{name}: {len(read['csv'])} rows alike in {', '.join(read)}")
    lines = [list(ducks.sql(f"SELECT report_id, line, role, text FROM '{data / 'lines.parquet'}'").fetchall()),
             list(database.execute("SELECT report_id, line, role, text FROM lines"))]
    check(sorted(lines[0]) == sorted(lines[1]), "lines: SQLite and Parquet differ")


def whole_reports():
    """The lines of reports.ndjson.gz hold the rows of the tables."""
    count = lambda name: database.execute(f'SELECT count(*), sum(line) FROM "{name}"').fetchone()
    reports = figures = cells = findings = line = 0
    check_report = validator("report")
    with gzip.open(data / "reports.ndjson.gz", "rt", encoding="utf-8") as file:
        for text in file:
            report = json.loads(text)
            check_report(report, report["id"])
            page = json.loads((site / report["url"] / "index.json").read_text("utf-8"))
            check({key: page[key] for key in report} == report, f"{report['id']}: the page's data says otherwise")
            reports, figures, findings = reports + 1, figures + len(report["figures"]), findings + len(report["findings"])
            cells += sum(len(table["cells"]) for table in report["tables"])
            line += sum(figure["line"] for figure in report["figures"])
    check(reports == database.execute("SELECT count(*) FROM reports").fetchone()[0], "reports: lines and rows differ")
    check((figures, line or None) == count("figures"), "figures: lines and rows differ")
    check((cells, findings) == (count("cells")[0], count("findings")[0]), "cells or findings: lines and rows differ")
    print(f"reports.ndjson.gz: {reports} reports against their schema, their pages and their tables")


def validator(name):
    schema = json.loads((site / f"schema/v1/{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    of_schema = Draft202012Validator(schema)

    def validate(document, what):
        error = next(of_schema.iter_errors(document), None)
        check(error is None, f"{what}: {error and error.json_path} {error and error.message}")

    return validate


# ── The rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def documents():
    schemas = {path.stem: validator(path.stem) for path in (site / "schema/v1").glob("*.json")}
    schemas["index"](json.loads((site / "index.json").read_text("utf-8")), "index.json")
    schemas["changes"](json.loads((data / "changes.json").read_text("utf-8")), "changes.json")
    parsed = 0
    for path in site.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
        parsed += 1
    for folder, name in {"agencies": "agency", "years": "year", "regions": "region", "indicators": "indicator"}.items():
        for path in (site / folder).glob("*/**/index.json"):
            # `agencies/page-2/` goes on with the list of agencies.
            if not path.relative_to(site / folder).parts[0].startswith("page-"):
                schemas[name](json.loads(path.read_text("utf-8")), path.relative_to(site))
    cards = [card for path in (data / "index").glob("*.json") for card in json.loads(path.read_text("utf-8"))]
    check(len(cards) == database.execute("SELECT count(*) FROM reports").fetchone()[0], "the shards hold another number of cards")
    atom = xml.parse(site / "feed.xml").getroot()
    check(atom.tag == "{http://www.w3.org/2005/Atom}feed", "feed.xml is no Atom feed")
    entries = atom.findall("{http://www.w3.org/2005/Atom}entry")
    check(len(entries) == len(json.loads((site / "feed.json").read_text("utf-8"))["items"]), "the feeds differ")
    print(f"{parsed} JSON documents parse, {len(schemas)} schemas hold, {len(entries)} entries in both feeds")


def linked_data():
    block = re.compile(r'<script type="?application/ld\+json"?>(.*?)</script>', re.S)
    kinds = {}
    for path in site.rglob("*.html"):
        for text in block.findall(path.read_text("utf-8")):
            check(not re.search("[<>&\u2028\u2029]", text), f"{path}: a sign that ends the block")
            statement = json.loads(text)
            check(statement["@context"] == "https://schema.org" and statement["name"], f"{path}: {statement}")
            kinds[statement["@type"]] = kinds.get(statement["@type"], 0) + 1
            for file in [f for s in statement.get("dataset", []) for f in s["distribution"]] + statement.get("encoding", []):
                if not file["contentUrl"].startswith("http"):
                    check((path.parent / html.unescape(file["contentUrl"])).is_file(), f"{path}: {file['contentUrl']} is not there")
    check(kinds == {"DataCatalog": 1, "Report": database.execute("SELECT count(*) FROM reports").fetchone()[0]}, f"JSON-LD: {kinds}")
    print(f"JSON-LD: {kinds}")


def other_programs():
    print(run("sha256sum", "--check", "--quiet", "manifest-sha256.txt", cwd=site) or "manifest-sha256.txt holds")
    print(run("sha256sum", "--check", "--quiet", "SHA256SUMS", cwd=data) or "data/SHA256SUMS holds")
    report = json.loads(run(programs / "frictionless", "validate", "datapackage.json", "--json", cwd=data))
    checked = sum(task["type"] == "table" for task in report["tasks"])
    check(report["valid"] and checked == len(described), "frictionless: not every table was checked")
    print(f"frictionless: {len(report['tasks'])} resources valid, {checked} of them tables")
    check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is not sound")
    check(not database.execute("PRAGMA foreign_key_check").fetchall(), "a key of the database leads nowhere")
    tables = json.loads(run(programs / "datasette", data / "archive.sqlite", "--get", "/archive.json"))
    check({"reports", "lines_rows"} <= {table["name"] for table in tables["tables"]}, "Datasette does not see the tables")
    for view in tables["views"]:
        # As the data page says: some questions read all of a large archive.
        patience = ["--setting", "sql_time_limit_ms", "60000"]
        run(programs / "datasette", data / "archive.sqlite", *patience, "--get", f"/archive/{view['name']}.json?_size=1")
    print(f"Datasette: {len(tables['tables'])} tables, {len(tables['views'])} views")
    counted = run(programs / "sqlite-utils", "tables", data / "archive.sqlite", "--counts")
    check(any(row["table"] == "reports" for row in json.loads(counted)), "sqlite-utils does not see the tables")


def traced():
    """Every number has a source: the printed form stands in its line, or it says how it is known."""
    check(database.execute("SELECT * FROM untraced LIMIT 3").fetchall() == [], f"untraced: {database.execute('SELECT * FROM untraced LIMIT 3').fetchall()}")
    unexplained = 'SELECT report_id, "row", "column" FROM cells WHERE standing = \'solved\' AND "by" IS NULL'
    check(not database.execute(unexplained).fetchall(), "a solved cell without an identity")
    unexplained = "SELECT report_id, indicator FROM core WHERE standing = 'solved' AND cells IS NULL AND raw IS NULL"
    check(not database.execute(unexplained).fetchall(), "a solved figure without a reason")
    numbers = database.execute("SELECT (SELECT count(value) FROM cells) + (SELECT count(*) FROM figures) + (SELECT count(*) FROM core)").fetchone()[0]
    print(f"{numbers} numbers traced")


for step in (agree, whole_reports, documents, linked_data, traced, other_programs):
    step()
