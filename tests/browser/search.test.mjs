// Runs `search.js` over the files of a generated archive (tests/search.rs makes them and calls this) and holds every
// answer against plain substring search. SEARCH_FIXTURE names the folder.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

const fixture = process.env.SEARCH_FIXTURE;
const here = new URL('.', import.meta.url);
const documents = JSON.parse(readFileSync(`${fixture}/documents.json`, 'utf8'));
const script = readFileSync(new URL('../../themes/default/assets/search.js', here), 'utf8');

/** The script in a window of its own, with the files behind `fetch`; `alter` may damage them. */
function opened(alter = (path, bytes) => bytes) {
  const traffic = { bytes: 0, requests: 0 };
  const window = { location: { href: 'https://example.org/repo/search/' } };
  const fetch = async (url) => {
    const path = url.pathname.replace('/repo/', '');
    let bytes = null;
    try { bytes = alter(path, readFileSync(`${fixture}/${path}`)); } catch { /* a missing file */ }
    traffic.requests++;
    traffic.bytes += bytes?.length ?? 0;
    return new Response(bytes, { status: bytes ? 200 : 404 });
  };
  vm.runInNewContext(script, { window, fetch, URL, Blob, DecompressionStream, TextDecoder, TextEncoder, atob });
  return { siteSearch: window.siteSearch, parts: window.siteSearch.parts, traffic };
}

/** The same files as those of an archive that is too large for lists of titles and headings. */
const large = (path, bytes) => (path.endsWith('root.json') ? Buffer.from(JSON.stringify({ ...JSON.parse(bytes), headings: null })) : bytes);

const { siteSearch, parts } = opened();
const places = new Map(documents.map(([url], place) => [url, place]));
const { characters } = await parts.index.hant();
const folded = documents.map(([url, lines]) => [url, lines.map((line) => parts.fold(line, characters))]);
const truth = (needles) => folded.filter(([, lines]) => needles.every((needle) => lines.some((line) => line.includes(parts.fold(needle, characters))))).map(([url]) => url);
const same = (result, expected, query) => {
  assert.equal(result.error, undefined, query);
  assert.equal(result.total, expected.length, `total of ${query}`);
  assert.deepEqual([...result.urls].sort(), [...expected].sort(), query);
};

const QUERIES = [
  ['镇'], ['渔'], ['碳'], ['號'], ['，'], ['%'], ['公开'], ['条例'], ['不予'], ['网办'], ['盟旗'], ['如皋'], ['息公'], ['办事大'], ['请公'], ['财政局'], ['新媒体'],
  ['公开率'], ['依申请公开'], ['营商环境'], ['统计期限'], ['行政规范性文件'], ['政府信息公开申请'], ['政府信息公开工作年度报告'], ['行政审批制度改革'],
  ['中华人民共和国政府信息公开条例'], ['其他需要报告的事项'], ['所列数据的统计期限自2019年1月1日起'], ['制发行政规范性文件'], ['海淀区教育局'],
  ['市场监督管理局'], ['人力资源和社会保障局'], ['武安市'], ['国办发〔2018〕23号'], ['国办发【2018】23号'], ['国办发[2019]40号'], ['政办发〔2016〕31号'], ['LED'],
  ['12345'], ['APP'], ['2019年'], ['100%'], ['30.4%'], ['8+N'], ['互联网+监管'], ['LED显示屏'], ['ｌｅｄ'], ['"依申请公开"', '依申请公开'],
  ['“政府信息公开”', '政府信息公开'], ['政府資訊公開', '政府信息公开'], ['依申請公開'], ['行政複議'], ['領導小組'], ['教育局 依申请公开', '教育局', '依申请公开'],
  ['2018年 行政诉讼', '2018年', '行政诉讼'], ['量子计算机'], ['月球背面'], ['打印本页'], ['政府门户网站'], ['公开申请情况公开'], ['行政复议、提起'], ['开信'], ['𠮷'], ['😀'], ['公开😀'],
  ['教育、财政'], ['信息公开公开信息'], ['"公开 条例"', '公开条例'], ['推进“互联网+监管”和8+N清单'],
];

test('every query gives exactly the reports that hold it', async () => {
  const spent = [];
  for (const [query, ...needles] of QUERIES) {
    // A window that knows the site but not this query: what a reader pays who asks one thing after another.
    const warm = opened();
    await warm.siteSearch('，');
    warm.traffic.bytes = 0;
    const result = await warm.siteSearch(query);
    const expected = truth(needles.length ? needles : [query]);
    same(result, expected, query);
    same(await opened(large).siteSearch(query, { all: true }), expected, `${query} in a large archive`);
    for (const url of result.urls.slice(0, 10)) await warm.parts.index.text(places.get(url));
    spent.push([warm.traffic.bytes, query]);
  }
  spent.sort((a, b) => a[0] - b[0]);
  console.log(`# bytes a query with ten texts: median ${spent[spent.length >> 1][0]}, p95 ${spent[Math.floor(spent.length * 0.95)]}, most ${spent.at(-1)}`);
});

test('substrings taken anywhere from the reports are found exactly', async () => {
  let state = 1;
  const dice = (sides) => (state = (state * 48271) % 2147483647) % sides;
  for (let round = 0; round < 150; round++) {
    const lines = folded[dice(folded.length)][1];
    const line = lines[dice(lines.length)];
    const start = dice(line.length);
    const query = line.slice(start, start + 1 + dice(dice(4) ? 18 : 90)).replace(/^-/, '').toWellFormed().replaceAll('\ufffd', '');
    if (!query) continue;
    const result = await siteSearch(query, { all: true });
    same(result, truth([query]), query);
  }
});

test('a minus excludes and filters count truly', async () => {
  const requested = new Set(truth(['依申请公开']));
  const without = truth(['公开']).filter((url) => !requested.has(url));
  same(await siteSearch('公开 -依申请公开', { all: true }), without, '-');
  const year = truth(['公开']).filter((url) => url.includes('-2022-'));
  same(await siteSearch('公开', { all: true, filters: { year: 2022 } }), year, 'year');
  const region = truth(['财政局']).filter((url) => /a0[34]-/.test(url));
  same(await siteSearch('财政局', { all: true, filters: { region: '320000' } }), region, 'region');
  const browsed = folded.map(([url]) => url).filter((url) => url.includes('a00-b00'));
  same(await siteSearch('', { all: true, filters: { agency: 'a00-b00' } }), browsed, 'browse');
  const none = await siteSearch('');
  assert.equal(none.total, 0);
});

test('titles come first, then headings, then the newest', async () => {
  const named = await siteSearch('如皋市财政局', { all: true });
  const own = [...named.urls].map((url) => url.includes('a04-b01'));
  assert.ok(own[0]);
  assert.deepEqual(own, [...own].sort((a, b) => b - a));
  // In a large archive the edges of names are what the index knows; what begins alike is no name.
  for (const [query, named] of [['如皋市财政局', /a04-b01/], ['财政局', /-b01-/], ['如皋市', /a04-/], ['集中', /^$/], ['公开', /^$/]]) {
    const ranked = [...(await opened(large).siteSearch(query, { all: true })).urls].map((url) => named.test(url));
    assert.deepEqual(ranked, [...ranked].sort((a, b) => b - a), query);
  }
  const headed = await siteSearch('公开透明度', { all: true });
  const has = [...headed.urls].map((url) => folded[places.get(url)][1].includes('三公开透明度和公开率'));
  assert.deepEqual(has, [...has].sort((a, b) => b - a));
  const years = [...(await siteSearch('公开', { all: true, sort: 'year-old' })).urls].map((url) => Number(url.split('-')[2]));
  assert.deepEqual(years, [...years].sort());
});

test('the key is the same as in the program', () => {
  for (const [text, key] of JSON.parse(readFileSync(new URL('fold-pairs.json', here), 'utf8'))) assert.equal(parts.fold(text, characters), key, text);
});

test('a first visit is small', async () => {
  const visit = opened();
  const result = await visit.siteSearch('依申请公开', { top: 10 });
  await result.ready;
  for (const url of result.urls.slice(0, 10)) await visit.parts.index.text(places.get(url));
  console.log(`# first visit with ten texts: ${visit.traffic.bytes} bytes in ${visit.traffic.requests} requests, script ${script.length} more`);
  assert.ok(visit.traffic.bytes < 150_000);
});

test('a damaged or missing file gives a typed error or an answer, never anything else', async () => {
  let state = 7;
  const dice = (sides) => (state = (state * 48271) % 2147483647) % sides;
  for (let round = 0; round < 40; round++) {
    const hurt = opened((path, bytes) => {
      if (dice(3)) return bytes;
      if (!dice(8)) throw new Error('missing');
      const copy = Buffer.from(bytes);
      for (let count = 1 + dice(3); count > 0; count--) copy[dice(copy.length)] = dice(256);
      return dice(4) ? copy : copy.subarray(0, dice(copy.length));
    });
    const result = await hurt.siteSearch(QUERIES[dice(QUERIES.length)][0], { top: 3 });
    assert.ok(Array.isArray(result.urls) || result.error);
  }
});

// NIANBAO_MUTATED=100000 for the long run.
test('a decoder fed mutated shards throws its own error or answers', async () => {
  const { decode, shard, inflated, Damaged } = parts;
  const files = readdirSync(`${fixture}/search`, { recursive: true }).filter((path) => /^(heads|briefs|tails).*bin$/.test(path))
    .map((path) => [path, readFileSync(`${fixture}/search/${path}`)]);
  const plain = await Promise.all(files.map(async ([path, bytes]) => [path, await inflated(path, [bytes], 1 << 20)]));
  let state = 11;
  const dice = (sides) => (state = (state * 48271) % 2147483647) % sides;
  const mutated = (bytes) => {
    const copy = Uint8Array.from(bytes);
    // The head decides most: half of the blows fall there.
    for (let count = 1 + dice(4); count > 0; count--) copy[dice(dice(2) ? copy.length : Math.min(24, copy.length))] = dice(256);
    return dice(4) ? copy : copy.subarray(0, dice(copy.length));
  };
  let [answers, refused] = [0, 0];
  for (let round = 0; round < Number(process.env.NIANBAO_MUTATED ?? 3000); round++) {
    const packed = !dice(10);
    const [path, bytes] = (packed ? files : plain)[dice(files.length)];
    try {
      const hurt = packed ? await inflated(path, [mutated(bytes)], 1 << 26) : mutated(bytes);
      for (const { bytes: coded } of shard(path, hurt).lists.values()) if (coded) decode(path, coded, documents.length);
      answers++;
    } catch (error) {
      assert.ok(error instanceof Damaged, `${path}: ${error.stack}`);
      refused++;
    }
  }
  console.log(`# mutated shards: ${answers} answered, ${refused} refused`);
  assert.ok(answers > 20 && refused > 20);
});

test('a file that is missing or broken is named, and the next try can succeed', async () => {
  // One that stands in a tail.
  const tail = readdirSync(`${fixture}/search/tails`, { recursive: true }).find((path) => path.endsWith('.bin'));
  const longer = [...parts.shard(tail, await parts.inflated(tail, [readFileSync(`${fixture}/search/tails/${tail}`)], 1 << 26)).lists.keys()].find((key) => key.length > 2);
  for (const part of ['root.json', '/hant-', '/heads/', '/tails/', '/texts/', '/docs/', '/prefix-']) {
    const query = part === '/tails/' ? longer : '依申请公开';
    for (const harm of [() => { throw new Error('missing'); }, () => Buffer.from('<!doctype html>')]) {
      let broken = true;
      const hurt = opened((path, bytes) => (broken && path.includes(part) ? harm() : bytes));
      const failed = await hurt.siteSearch(query);
      // Texts are unpacked behind the prefix, so either may be named for it.
      assert.match(String(failed.error), part === '/prefix-' ? /prefix|texts/ : new RegExp(part.replaceAll('/', '')), part);
      broken = false;
      same(await hurt.siteSearch(query, { all: true }), truth([query]), part);
    }
  }
});

/** All shards below a folder: files by path; their strings with what stands for the list, the list itself, and the file. */
async function index(folder) {
  const files = new Map(readdirSync(`${folder}/search`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`).map((path) => [path.slice(`${folder}/search/`.length), readFileSync(path)]));
  const [shards, strings] = [new Map(), new Map()];
  for (const [path, bytes] of files) {
    if (!/^(heads|tails)/.test(path)) continue;
    shards.set(path, parts.shard(path, await parts.inflated(path, [bytes], 1 << 26)));
    // A tail repeats strings whose list stands elsewhere.
    for (const [key, coded] of shards.get(path).lists) if (coded.bytes || coded.like) strings.set(key, coded);
  }
  const lists = new Map([...strings].map(([key, { bytes, like }]) => [key, [...parts.decode(key, bytes ?? strings.get(like).bytes, documents.length)]]));
  return { files, shards, lists };
}

test('an edit of one report renames only the files that tell of it', async () => {
  const before = await index(fixture);
  for (const place of readdirSync(`${fixture}/edited`).map(Number)) {
    const after = await index(`${fixture}/edited/${place}`);
    const lines = JSON.parse(readFileSync(`${fixture}/edited/${place}/documents.json`, 'utf8'))[0][1].map((line) => parts.fold(line, characters));
    const turned = (key) => lines.some((line) => line.includes(key)) !== folded[place][1].some((line) => line.includes(key));
    const differs = (one, other) => String(one) !== String(other);
    const changed = new Set([...new Set([...before.lists.keys(), ...after.lists.keys()])].filter((key) => differs(before.lists.get(key), after.lists.get(key))));
    assert.ok(changed.size > 20);
    for (const key of changed) {
      const [one, other] = [before, after].map(({ lists }) => lists.get(key));
      // A list gains or loses the report; a string is kept, or no longer, for what the report says of its parts.
      if (one && other) assert.ok(turned(key) && !differs(one.filter((document) => document !== place), other.filter((document) => document !== place)), key);
      else assert.ok([key, key.slice(1), key.slice(0, -1)].some(turned), key);
    }
    const moved = new Set([...changed].map((key) => key.slice(0, 2)));
    const named = new Set([...changed].flatMap((key) => [before.lists.get(key), after.lists.get(key)]).map(String));
    const explains = ({ shards, lists }, path) => {
      if (path === 'root.json') return true;
      if (path.startsWith('texts/')) return new RegExp(`^texts/${place >> 8}/${place & 255}-`).test(path);
      // Tails of a group in which something changed may begin elsewhere; what has the list of a string that changed may be told by another name.
      // The same head before and after has the same number; its brief is named with it.
      const number = path.replace('briefs/', 'heads/').split('-')[0];
      const same = [...shards.keys()].find((other) => other === path || (number.startsWith('heads/') && other.split('-')[0] === number));
      return [...shards.get(same)?.lists.keys() ?? []].some((key) => changed.has(key) || moved.has(key.slice(0, 2)) || named.has(String(lists.get(key))));
    };
    const renamed = [[before, after], [after, before]].map(([one, other]) => [...one.files].filter(([path, bytes]) => {
      if (other.files.get(path)?.equals(bytes)) return false;
      assert.ok(explains(one, path) || explains(other, path), path);
      assert.ok(path === 'root.json' || !other.files.has(path), `${path} keeps its name`);
      return true;
    }).map(([path]) => path));
    const tails = renamed[0].filter((path) => path.startsWith('tails/'));
    const beside = tails.filter((path) => ![...before.shards.get(path).lists.keys()].some((key) => changed.has(key)));
    console.log(`# edit of report ${place}: lists of ${changed.size} strings; ${renamed[0].length} of ${before.files.size} files renamed, ${tails.length} of them tails, ${beside.length} of these for neighbors`);
    assert.ok(renamed[0].length < 40 + 3 * changed.size && renamed[0].length < before.files.size / 2);
  }
});

test('an index of another format is named as such', async () => {
  const older = opened((path, bytes) => (path.endsWith('root.json') ? Buffer.from(String(bytes).replace(/search\/\d+/, 'search/3')) : bytes));
  assert.match((await older.siteSearch('公开')).error, /^root.json: format nianbao-search\/3, not /);
});

test('strings put together from two places are found where they stand, mostly nowhere', async () => {
  let state = 5;
  const dice = (sides) => (state = (state * 48271) % 2147483647) % sides;
  const piece = () => {
    const lines = folded[dice(folded.length)][1];
    const line = [...lines[dice(lines.length)]];
    const start = dice(line.length);
    return line.slice(start, start + 1 + dice(5)).join('');
  };
  for (let round = 0; round < 150; round++) {
    const query = (piece() + piece()).replace(/^-/, '');
    if (query) same(await siteSearch(query, { all: true }), truth([query]), query);
  }
});
