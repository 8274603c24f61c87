/*
 * Exact full-text search over the static files of `search/`. The format is told in src/search/mod.rs, and why the
 * candidates are enough in src/search/grams.rs. Text reaches the page by textContent alone; nothing is evaluated; no
 * request leaves the site. Three parts: the index, the query, the page.
 */
(() => {
  'use strict';

  const page = typeof document === 'undefined' ? null : document.querySelector('[data-search]');
  const root = new URL(page ? page.dataset.search : '../', window.location.href);

  // ── The index ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A file that is missing or does not read as the format says. */
  class Damaged extends Error {
    constructor(path, why) {
      super(`${path}: ${why}`);
      this.name = 'Damaged';
      this.path = path;
    }
  }

  const kept = new Map();

  /** Remembers what `make` promises for `key`; failures are forgotten so that another try can succeed. */
  function once(key, make) {
    if (!kept.has(key)) {
      if (kept.size > 4000) kept.clear();
      kept.set(key, make().catch((error) => { kept.delete(key); throw error; }));
    }
    return kept.get(key);
  }

  async function fetched(path) {
    let response;
    try {
      response = await fetch(new URL(`search/${path}`, root), { credentials: 'same-origin' });
    } catch {
      throw new Damaged(path, 'unreachable');
    }
    if (!response.ok) throw new Damaged(path, `status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async function inflated(path, parts, limit) {
    const reader = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const chunks = [];
    let length = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        chunks.push(value);
        length += value.length;
        if (length > limit) { reader.cancel().catch(() => {}); throw new Damaged(path, 'too long'); }
      }
    } catch (error) {
      throw error instanceof Damaged ? error : new Damaged(path, 'not DEFLATE');
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) { bytes.set(chunk, at); at += chunk.length; }
    return bytes;
  }

  const unpacked = async (path, limit = 1 << 26) => inflated(path, [await fetched(path)], limit);
  const utf8 = (bytes) => new TextDecoder().decode(bytes);

  function json(path, bytes) {
    try {
      return JSON.parse(utf8(bytes));
    } catch {
      throw new Damaged(path, 'not JSON');
    }
  }

  /** Reads bytes in order; running out of them is damage. */
  class Reader {
    constructor(path, bytes) { this.path = path; this.bytes = bytes; this.at = 0; }
    byte() {
      if (this.at >= this.bytes.length) throw new Damaged(this.path, 'ends early');
      return this.bytes[this.at++];
    }
    varint() {
      let value = 0;
      for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
        const byte = this.byte();
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
      throw new Damaged(this.path, 'number too long');
    }
    take(length) {
      if (length > this.bytes.length - this.at) throw new Damaged(this.path, 'ends early');
      this.at += length;
      return this.bytes.subarray(this.at - length, this.at);
    }
    /** Front-coded keys: `varint n`, then `shared << 4 | own` and the own units of each. */
    keys() {
      const count = this.varint();
      if (count > this.bytes.length) throw new Damaged(this.path, 'too many keys');
      const keys = [];
      let last = '';
      for (let index = 0; index < count; index++) {
        const lengths = this.byte();
        const own = this.take((lengths & 15) * 2);
        if (lengths >> 4 > last.length) throw new Damaged(this.path, 'bad key');
        last = last.slice(0, lengths >> 4);
        for (let at = 0; at < own.length; at += 2) last += String.fromCharCode(own[at] | own[at + 1] << 8);
        keys.push(last);
      }
      return keys;
    }
  }

  const index = {
    root: () => once('root', async () => {
      const made = json('root.json', await fetched('root.json'));
      if (made.format !== 'nianbao-search/1') throw new Damaged('root.json', 'another format');
      return made;
    }),
    hant: () => once('hant', async () => {
      const path = `hant-${(await index.root()).hant}.bin`;
      const lines = utf8(await unpacked(path)).split('\n');
      const characters = new Map();
      for (let at = 0; at + 1 < lines[0].length; at += 2) characters.set(lines[0][at], lines[0][at + 1]);
      return { characters, phrases: new Map(lines.slice(1).filter(Boolean).map((line) => line.split('\t'))) };
    }),
    facets: () => once('facets', async () => {
      const path = `facets-${(await index.root()).facets}.bin`;
      const made = json(path, await unpacked(path));
      for (const name of Object.keys(made.columns)) {
        let last = 0;
        made.columns[name] = Int32Array.from(made.columns[name], (step) => (last += step));
      }
      return made;
    }),
    /** Ids and titles of 512 documents. */
    docs: (block) => once(`docs ${block}`, async () => {
      const path = `docs/${(await index.root()).docs[block]}.bin`;
      return json(path, await unpacked(path));
    }),
    prefix: () => once('prefix', async () => fetched(`prefix-${(await index.root()).prefix[0]}.bin`)),
    /** One document as it is checked and shown. */
    text: (document) => once(`text ${document}`, async () => {
      const about = await index.root();
      const path = `text/${about.text[document >> 8]}/${document & 255}.bin`;
      const [prefix, bytes] = await Promise.all([index.prefix(), fetched(path)]);
      const lines = utf8((await inflated(path, [prefix, bytes], 1 << 28)).subarray(about.prefix[1])).split('\n');
      const head = json(path, new TextEncoder().encode(lines[0]));
      const parsed = [];
      for (const line of lines.slice(1)) {
        const match = /^(\d+)([a-z])(.*)$/s.exec(line);
        if (match) parsed.push({ no: Number(match[1]), role: match[2], text: match[3] });
      }
      const hant = head.hant ? (await index.hant()).characters : null;
      const fields = [head.title, head.agency].filter(Boolean).map((text) => fold(text, hant));
      for (const line of parsed) line.key = fold(line.text, hant);
      return { ...head, lines: parsed, characters: hant, fields };
    }),
    page: (name) => once(`page ${name}`, async () => {
      const path = `map/${name}.bin`;
      const reader = new Reader(path, await unpacked(path, 1 << 20));
      const firsts = reader.keys();
      const names = firsts.map(() => Array.from(reader.take(6), (byte) => byte.toString(16).padStart(2, '0')).join(''));
      return { firsts, names };
    }),
    shard: (name) => once(`shard ${name}`, async () => {
      const path = `grams/${name.slice(0, 2)}/${name}.bin`;
      const reader = new Reader(path, await unpacked(path));
      const keys = reader.keys();
      const lengths = keys.map(() => reader.varint());
      return new Map(keys.map((key, place) => [key, { path, bytes: reader.take(lengths[place]) }]));
    }),
  };

  /** Place of the last of `sorted` that is not above `key`; strings compare by UTF-16 units, as in the index. */
  function below(sorted, key) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = low + high >> 1;
      if (sorted[middle] <= key) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  const units = (hex) => (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(parseInt(unit, 16))).join('');

  /** Fetches the lists of those of `keys` that have one. */
  async function lists(keys) {
    const about = await index.root();
    about.firsts ??= about.map.map((entry) => units(entry[0]));
    const located = await Promise.all([...keys].map(async (key) => {
      const at = below(about.firsts, key);
      if (at < 0) return null;
      const { firsts, names } = await index.page(about.map[at][1]);
      const place = below(firsts, key);
      return place < 0 ? null : [key, await index.shard(names[place])];
    }));
    const found = new Map();
    for (const [key, shard] of located.filter(Boolean)) {
      const coded = shard.get(key);
      if (coded) found.set(key, coded.list ??= decode(coded.path, coded.bytes, about.documents));
    }
    return found;
  }

  /** A coded list as ascending numbers below `total`; see src/search/posting.rs. */
  function decode(path, bytes, total) {
    const reader = new Reader(path, bytes);
    const head = reader.varint();
    const [count, coding] = [Math.floor(head / 4), head % 4];
    if (count > total || coding > 2) throw new Damaged(path, 'bad list');
    const at = reader.at;
    if (coding === 2) {
      const members = new Uint32Array(count);
      let found = 0;
      for (let document = 0; document < total; document++) {
        if (bytes[at + (document >> 3)] >> (document & 7) & 1) {
          if (found === count) throw new Damaged(path, 'bad list');
          members[found++] = document;
        }
      }
      if (found < count) throw new Damaged(path, 'bad list');
      return members;
    }
    const coded = coding === 1 ? total - count : count;
    const low = 31 - Math.clz32(Math.max(1, Math.floor(total / Math.max(1, coded))));
    const members = new Uint32Array(coded);
    const end = bytes.length * 8;
    let [position, next] = [at * 8, 0];
    const bit = () => {
      if (position >= end) throw new Damaged(path, 'ends early');
      const value = bytes[position >> 3] >> (position & 7) & 1;
      position++;
      return value;
    };
    for (let place = 0; place < coded; place++) {
      let gap = 0;
      while (bit()) gap += 1 << low;
      for (let shift = 0; shift < low; shift++) gap += bit() << shift;
      next += gap;
      if (next >= total) throw new Damaged(path, 'bad list');
      members[place] = next++;
    }
    if (coding === 0) return members;
    const rest = new Uint32Array(count);
    let [other, found] = [0, 0];
    for (let document = 0; document < total; document++) {
      if (other < coded && members[other] === document) other++; else rest[found++] = document;
    }
    return rest;
  }

  // ── The query ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const DROPPED = new RegExp('[\\0- \\x7f-\\xa0"\'`()<>[\\]{}«»\\xad\\u0300-\\u036f\\u1680\\u180e\\u2000-\\u200f\\u2018-\\u201f'
    + '\\u2028-\\u202f‹›\\u205f-\\u206f⟦-⟯⦃-⦘\\u3000\\u3008-\\u3011\\u3014-\\u301b\\u301d-\\u301f\\ufe00-\\ufe0f\\ufeff]', 'u');
  const BREAK = /[^\p{Alphabetic}\p{N}.%+\-/\ud800-\udfff]/u;

  /** The search key of a text; `places` receives, for each unit of it, where its character begins in the text. */
  function fold(text, characters, places) {
    let key = '';
    let at = 0;
    for (const character of text) {
      const code = character.codePointAt(0);
      const plain = code >= 0x4e00 && code <= 0x9fff;
      for (const part of plain ? character : character.normalize('NFKC')) {
        for (const letter of plain ? part : part.toLowerCase()) {
          if (!plain && DROPPED.test(letter)) continue;
          key += characters?.get(letter) ?? letter;
          if (places) while (places.length < key.length) places.push(at);
        }
      }
      at += character.length;
    }
    return key;
  }

  const OPENING = '"“”„«「『＂';
  const CLOSING = /["”“»」』＂](?=\s|$)/g;

  /** The terms of a query: blanks separate, quotes at the ends of a term hold it together, a leading minus excludes. */
  function terms(query, hant) {
    const found = [];
    let at = 0;
    while (at < query.length) {
      if (/\s/.test(query[at])) { at++; continue; }
      let excluded = false;
      if (/[-－]/.test(query[at]) && /\S/.test(query[at + 1] ?? '')) { excluded = true; at++; }
      let end = -1;
      if (OPENING.includes(query[at])) {
        CLOSING.lastIndex = at + 1;
        end = CLOSING.exec(query)?.index ?? -1;
      }
      if (end < 0) {
        end = at;
        while (end < query.length && !/\s/.test(query[end])) end++;
      }
      const text = query.slice(at, end);
      at = end + (OPENING.includes(query[at]) ? 1 : 0);
      const variants = [...new Set([fold(text, hant.characters), fold(rephrased(fold(text), hant.phrases), hant.characters)])];
      if (variants[0]) found.push({ text, excluded, variants, converted: variants.at(-1) !== fold(text) ? variants.at(-1) : null });
    }
    return found;
  }

  /** Words that Simplified writing calls otherwise, longest first (資訊 → 信息). */
  function rephrased(text, phrases) {
    let out = '';
    for (let at = 0; at < text.length;) {
      let length = Math.min(8, text.length - at);
      while (length > 1 && !phrases.has(text.substr(at, length))) length--;
      out += length > 1 ? phrases.get(text.substr(at, length)) : text[at];
      at += length;
    }
    return out;
  }

  function common(first, second) {
    if (first.length > second.length) [first, second] = [second, first];
    const out = [];
    let at = 0;
    for (const document of first) {
      while (at < second.length && second[at] < document) at++;
      if (second[at] === document) out.push(document);
    }
    return out;
  }

  /** The members of any of the lists, as a plain array: a typed one would turn what `map` makes of them into numbers. */
  const united = (all) => (all.length === 1 ? Array.from(all[0]) : [...new Set(all.flatMap((list) => [...list]))].sort((a, b) => a - b));
  const everything = (total) => Array.from({ length: total }, (_, document) => document);

  /** Candidates read at most where the index promises nothing: across punctuation, and beyond its longest string. */
  const READ_MOST = 200;

  /**
   * What the index knows of one string: the documents that may hold it, and what is still to be checked: nothing, `one`
   * of them (which tells for all), or `each`.
   */
  async function variant(key, about) {
    const wanted = new Set();
    const parts = key.length === 1 ? [key] : key.split(BREAK).filter(Boolean);
    for (const part of parts) {
      if (part.length === 1) wanted.add(part);
      for (let start = 0; start < part.length; start++) {
        for (let end = start + 2; end <= Math.min(part.length, start + about.longest); end++) wanted.add(part.slice(start, end));
      }
    }
    if (!parts.length) for (const unit of key) if (unit.length === 1) wanted.add(unit);
    const known = await lists(wanted);
    const memo = new Map();
    const candidates = (text) => {
      if (!memo.has(text)) {
        let list = known.get(text) ?? [];
        if (!known.has(text) && text.length > 2) list = common(candidates(text.slice(0, -1)), candidates(text.slice(1)));
        memo.set(text, list);
      }
      return memo.get(text);
    };
    let list = null;
    const narrow = (other) => { list = list === null ? other : common(list, other); };
    for (const part of parts.length ? parts : wanted) {
      for (let at = 0; at === 0 || at + about.longest <= part.length; at++) narrow(candidates(part.slice(at, at + about.longest)));
    }
    list ??= everything(about.documents);
    const promised = parts.length === 1 && parts[0] === key && key.length <= about.longest;
    const check = promised && (known.has(key) || key.length <= 2) ? null : promised && list.length > about.slack ? 'one' : 'each';
    return { key, list, check, whole: parts.length === 1 && parts[0] === key };
  }

  const holds = (text, key) => text.fields.some((field) => field.includes(key)) || text.lines.some((line) => line.key.includes(key));

  /** The documents that hold every term and none of the excluded ones. */
  async function matching(wanted, about) {
    const known = await Promise.all(wanted.map(async (term) => ({
      excluded: term.excluded, variants: await Promise.all(term.variants.map((key) => variant(key, about))),
    })));
    let exact = true;
    let hits = null;
    const gather = () => {
      hits = null;
      for (const term of known.filter((other) => !other.excluded)) {
        const list = united(term.variants.map((other) => other.list));
        hits = hits === null ? list : common(hits, list);
      }
      hits ??= everything(about.documents);
    };
    gather();
    // One document decides for all: the string is in the index's word in each of them, or it stands nowhere.
    for (const item of known.flatMap((term) => term.variants)) {
      if (item.check !== 'one') continue;
      const sample = common(hits, item.list)[0];
      if (sample !== undefined && !holds(await index.text(sample), item.key)) { item.list = []; gather(); }
      item.check = null;
    }
    const rejected = new Set();
    for (const term of known) {
      const sure = united(term.variants.filter((item) => !item.check).map((item) => item.list).concat([[]]));
      const unsure = united(term.variants.filter((item) => item.check).map((item) => common(hits, item.list)).concat([[]]));
      const settled = new Set(sure);
      const toRead = unsure.filter((document) => !settled.has(document) && !rejected.has(document));
      const read = (documents) => Promise.all(documents.map(async (document) => {
        const text = await index.text(document);
        return [document, term.variants.some((item) => item.check && holds(text, item.key))];
      }));
      const held = new Map(await read(toRead.slice(0, about.slack)));
      // Overlapping long strings in the right documents hardly ever stand there apart: where the first ones are right, so are the others.
      const trusted = term.variants.every((item) => !item.check || item.whole) && [...held.values()].every(Boolean);
      const rest = trusted ? [] : toRead.slice(about.slack, READ_MOST);
      for (const [document, has] of await read(rest)) held.set(document, has);
      if (held.size < toRead.length) exact = false;
      for (const document of hits) {
        const has = settled.has(document) || (held.get(document) ?? toRead.includes(document));
        if (has === term.excluded) rejected.add(document);
      }
    }
    return { hits: hits.filter((document) => !rejected.has(document)), exact };
  }

  const FACETS = ['agency', 'region', 'year', 'kind', 'standing'];
  const IDS = {
    agency: (facets) => facets.agencies.map((agency) => agency[0]),
    region: (facets) => facets.regions.map((region) => region[0]),
    year: (facets) => facets.years,
    kind: (facets) => facets.kinds,
    standing: (facets) => facets.standings,
  };

  /** For each facet a test of documents by the chosen value; a region holds the regions below it. */
  function chosen(filters, facets) {
    const tests = {};
    for (const name of FACETS) {
      const value = filters[name];
      if (value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)) continue;
      const values = new Set([value].flat().map(String));
      const ids = IDS[name](facets);
      const places = new Set(ids.flatMap((id, place) => {
        const line = name === 'region' ? above(facets, id) : [id];
        return line.some((other) => values.has(other)) ? [place + 1] : [];
      }));
      tests[name] = (document) => places.has(facets.columns[name][document]);
    }
    return tests;
  }

  /** A region and the regions above it. */
  function above(facets, code) {
    facets.parents ??= new Map(facets.regions.map((region) => [region[0], region[2]]));
    const line = [];
    for (let at = code; at && !line.includes(at); at = facets.parents.get(at)) line.push(at);
    return line;
  }

  /** Archives up to this size answer with every address; larger ones where `all` is asked for. */
  const ADDRESSES = 5000;

  async function find(query, options) {
    const about = await index.root();
    const hant = await index.hant();
    const wanted = terms(query, hant);
    const filters = options.filters ?? {};
    const filtered = FACETS.some((name) => [filters[name] ?? ''].flat().some((value) => value !== ''));
    const facets = filtered || page || options.sort === 'agency' ? await index.facets() : null;
    const tests = facets ? chosen(filters, facets) : {};
    if (!wanted.length && !filtered) return { wanted, hits: [], before: [], exact: true, facets, tests, about, urls: [] };
    const { hits: before, exact } = await matching(wanted, about);
    const active = Object.values(tests);
    let hits = active.length ? before.filter((document) => active.every((test) => test(document))) : before;
    hits = await ranked(hits, wanted.filter((term) => !term.excluded), options.sort ?? 'relevance', about, hant, facets);
    const top = options.top ?? 10;
    const named = options.all || about.documents <= ADDRESSES ? hits : hits.slice(0, top);
    const ids = await Promise.all(named.map(async (document) => (await index.docs(document >> 9))[document & 511][0]));
    return { wanted, hits, before, exact, facets, tests, about, urls: ids.map((id) => `reports/${id}/`) };
  }

  /** Title and agency before heading before text, then the denser, then the newer; documents come newest first. */
  async function ranked(hits, wanted, sort, about, hant, facets) {
    if (sort === 'year-old') return [...hits].reverse();
    if (sort === 'agency') {
      const column = facets.columns.agency;
      return [...hits].sort((a, b) => (column[a] || Infinity) - (column[b] || Infinity) || a - b);
    }
    if (sort !== 'relevance' || !wanted.length) return hits;
    const score = new Map();
    const has = (key, term) => term.variants.some((variant) => key.includes(variant));
    if (about.documents <= ADDRESSES) {
      await Promise.all(hits.map(async (document) => {
        const row = (await index.docs(document >> 9))[document & 511];
        row[2] ??= fold(row[1], hant.characters);
        score.set(document, wanted.filter((term) => has(row[2], term)).length * 1e6);
      }));
    }
    if (hits.length <= about.slack) {
      await Promise.all(hits.map(async (document) => {
        const text = await index.text(document);
        let [found, length] = [0, 1];
        for (const line of text.lines) {
          length += line.key.length;
          for (const term of wanted) for (const key of term.variants) found += (line.key.split(key).length - 1) * (line.role === 'h' ? 8 : 1);
        }
        score.set(document, (score.get(document) ?? 0) + Math.min(9e5, found * 1e4 / Math.sqrt(length)));
      }));
    }
    return [...hits].sort((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0) || a - b);
  }

  // ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const KINDS = { annual_report: '年度报告', self_inspection: '自查报告', statistics_table: '统计表', notice: '通知公告', other: '其他' };
  const STANDINGS = { disputed: '有数字存疑', proved: '数字已核', solved: '数字补出', printed: '仅有原文数字', curated: '数字经编者确认' };
  const SHOWN = 10;
  let turn = 0;

  /** The contract's function: runs a query, shows it, and answers with addresses and the true total. */
  async function siteSearch(query, options = {}) {
    const text = String(query ?? '').slice(0, 400);
    const mine = ++turn;
    if (page) begin(text, options);
    try {
      const result = await find(text, options);
      const ready = page ? show(result, text, options, mine) : Promise.resolve();
      return { urls: result.urls, total: result.hits.length, exact: result.exact, ready };
    } catch (error) {
      if (page && mine === turn) complain(error);
      return { urls: [], total: 0, exact: false, ready: Promise.resolve(), error: error.message };
    }
  }
  window.siteSearch = siteSearch;
  if (!page) { siteSearch.parts = { fold, decode, terms, index, Damaged }; return; }

  const form = page.querySelector('form');
  const field = form.querySelector('input[type=search]');
  const status = page.querySelector('[role=status]');
  const list = page.querySelector('[data-search-results]');
  const more = page.querySelector('[data-search-more]');
  const offers = page.querySelector('[data-search-offers]');
  const selects = [...form.querySelectorAll('select')];

  function made(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function begin(query, options) {
    if (field.value !== query) field.value = query;
    if (options.filters) for (const select of selects) if (select.name !== 'sort') wish(select, String([options.filters[select.name] ?? ''].flat()[0] ?? ''));
    page.setAttribute('aria-busy', 'true');
    status.textContent = '正在搜索…';
    more.hidden = true;
  }

  function complain(error) {
    page.setAttribute('aria-busy', 'false');
    list.replaceChildren();
    offers.replaceChildren();
    status.textContent = typeof DecompressionStream === 'undefined'
      ? '此浏览器太旧，不能使用搜索。请按机关、年份或地区浏览。'
      : error instanceof Damaged
        ? `搜索数据“${error.path}”没有读到或已损坏，本次搜索没有结果可信。请稍后重试，或按机关、年份、地区浏览。`
        : '搜索出错，没有结果。请重试，或按机关、年份、地区浏览。';
  }

  /** Chooses a value whether or not its option is there yet. */
  function wish(select, value) {
    if (value && ![...select.options].some((option) => option.value === value)) select.append(made('option', { value }, value));
    select.value = value;
  }

  async function show(result, query, options, mine) {
    try {
      const positive = result.wanted.filter((term) => !term.excluded);
      const texts = await drawn(result.hits.slice(0, options.top ?? SHOWN), positive);
      if (mine !== turn) return;
      list.replaceChildren(...texts);
      page.setAttribute('aria-busy', 'false');
      announce(result, query);
      offer(result, positive);
      count(result);
      let shown = texts.length;
      more.hidden = shown >= result.hits.length;
      more.onclick = async () => {
        more.disabled = true;
        try {
          const next = await drawn(result.hits.slice(shown, shown + SHOWN), positive);
          if (mine === turn) {
            list.append(...next);
            shown += next.length;
            next[0]?.querySelector('a').focus();
            more.hidden = shown >= result.hits.length;
          }
        } catch (error) {
          if (mine === turn) status.textContent = '后面的结果没有读到，请再试一次。';
        }
        more.disabled = false;
      };
    } catch (error) {
      if (mine === turn) complain(error);
    }
  }

  function announce(result, query) {
    const filtered = Object.keys(result.tests).length > 0;
    if (!result.wanted.length && !filtered) {
      status.replaceChildren(`共收录 ${result.about.documents} 份报告。输入一个字以上，或只选条件浏览。`);
      return;
    }
    const total = made('strong', { 'data-total': String(result.hits.length) }, String(result.hits.length));
    const converted = result.wanted.filter((term) => term.converted).map((term) => `“${term.converted}”`);
    status.replaceChildren(
      result.hits.length ? (result.exact ? '找到 ' : '至多 ') : '没有找到报告：', total, ' 份报告',
      converted.length ? `（按${converted.join('、')}搜索）` : '',
      result.hits.length ? '。' : '。可以少写几个字，或去掉筛选条件。',
    );
  }

  /** The page of an agency or indicator that the query names. */
  function offer(result, positive) {
    offers.replaceChildren();
    const key = positive.map((term) => term.variants.at(-1)).join('');
    if (!result.facets || key.length < 2) return;
    const nearness = (names) => Math.min(...names.filter(Boolean).map((name) => {
      const own = fold(name, null);
      return own === key ? 0 : own.includes(key) ? own.length - key.length : key.includes(own) && own.length > 2 ? 1 + key.length - own.length : Infinity;
    }));
    const rows = [
      ...result.facets.agencies.map((agency) => ['机关', agency[1], agency[3], nearness([agency[1], ...agency[2]])]),
      ...result.facets.indicators.map((indicator) => ['指标', indicator[1], indicator[2], nearness([indicator[1]])]),
    ].filter((row) => row[3] < Infinity).sort((a, b) => a[3] - b[3]).slice(0, 4);
    for (const [sort, name, url] of rows) {
      offers.append(made('li', {}, made('a', { href: new URL(url, root).href }, made('span', { class: 'search-sort' }, sort), ` ${name}`)));
    }
  }

  /** True counts: each facet over the hits that pass all the other filters. */
  function count(result) {
    const { facets, tests, before } = result;
    const active = result.wanted.length || Object.keys(tests).length;
    const documents = active ? before : everything(result.about.documents);
    for (const select of selects) {
      const name = select.name;
      if (!IDS[name]) continue;
      const others = Object.entries(tests).filter(([other]) => other !== name).map(([, test]) => test);
      const counts = new Map();
      const ids = IDS[name](facets);
      for (const document of documents) {
        if (!others.every((test) => test(document))) continue;
        const id = ids[facets.columns[name][document] - 1];
        if (id === undefined) continue;
        for (const one of name === 'region' ? above(facets, id) : [id]) counts.set(one, (counts.get(one) ?? 0) + 1);
      }
      const labels = { agency: () => new Map(facets.agencies.map((row) => [row[0], row[1]])), region: () => new Map(facets.regions.map((row) => [row[0], row[1]])) }[name]?.();
      const label = (id) => labels?.get(id) ?? KINDS[id] ?? STANDINGS[id] ?? (name === 'year' ? `${id} 年` : id);
      const value = select.value;
      let shown = ids.filter((id) => counts.has(id) || id === value);
      if (shown.length > 300) shown = shown.sort((a, b) => counts.get(b) - counts.get(a)).slice(0, 300);
      select.replaceChildren(select.options[0], ...shown.map((id) => made('option', { value: id }, `${label(id)}（${counts.get(id) ?? 0}）`)));
      select.value = value;
    }
  }

  const drawn = (documents, positive) => Promise.all(documents.map(async (document) => result(await index.text(document), positive)));

  /** One hit: its title, what it is, and the lines that say so. */
  function result(text, positive) {
    const keys = positive.flatMap((term) => term.variants);
    const lines = text.lines.map((line) => ({ line, found: keys.filter((key) => line.key.includes(key)).length }))
      .filter((entry) => entry.found).sort((a, b) => b.found - a.found || a.line.no - b.line.no);
    const shown = lines.filter((entry) => !'t'.includes(entry.line.role)).concat(lines).slice(0, 2);
    const address = new URL(`reports/${text.id}/`, root).href + (lines.length ? `#L${(shown[0] ?? lines[0]).line.no}` : '');
    const about = [text.agency, text.year ? `${text.year} 年` : null, text.place, KINDS[text.kind]].filter(Boolean).join(' · ');
    return made('li', { 'data-result': text.id, class: 'search-result' },
      made('h2', { class: 'search-title' }, made('a', { href: address }, ...marked(text.title, keys, text.characters, Infinity))),
      made('p', { class: 'search-about' }, about),
      ...[...new Set(shown)].map((entry) => made('p', { class: 'search-snippet' },
        ...marked(entry.line.text, keys, text.characters, 44), made('span', { class: 'search-line' }, ` 第 ${entry.line.no} 行`))));
  }

  /** A text as nodes with every occurrence marked, cut to `around` characters on both sides of the first. */
  function marked(text, keys, characters, around) {
    const places = [];
    const key = fold(text, characters, places);
    const spans = [];
    for (const part of keys) {
      for (let at = key.indexOf(part); at >= 0; at = key.indexOf(part, at + part.length)) {
        const last = places[at + part.length - 1];
        spans.push([places[at], last + String.fromCodePoint(text.codePointAt(last)).length]);
      }
    }
    spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let from = spans.length ? Math.max(0, spans[0][0] - around) : 0;
    let to = Math.min(text.length, (spans.length ? spans[0][1] : 0) + (around === Infinity ? Infinity : around * 2));
    if (from > 0 && /[\udc00-\udfff]/.test(text[from])) from--;
    if (to < text.length && /[\udc00-\udfff]/.test(text[to])) to++;
    const nodes = [from > 0 ? '…' : ''];
    let at = from;
    for (const [start, end] of spans) {
      if (start < at || start >= to) continue;
      nodes.push(text.slice(at, start), made('mark', {}, text.slice(start, end)));
      at = end;
    }
    nodes.push(text.slice(at, Math.max(at, to)), Math.max(at, to) < text.length ? '…' : '');
    return nodes;
  }

  // The address holds query and filters; the form follows it.
  const filters = () => Object.fromEntries(selects.filter((select) => IDS[select.name] && select.value).map((select) => [select.name, select.value]));
  const sort = () => selects.find((select) => select.name === 'sort')?.value || 'relevance';
  const run = () => siteSearch(field.value, { top: SHOWN, filters: filters(), sort: sort() });

  function remember(replace) {
    const address = new URL(window.location.href);
    address.search = '';
    address.hash = '';
    if (field.value.trim()) address.searchParams.set('q', field.value);
    for (const [name, value] of Object.entries(filters())) address.searchParams.set(name, value);
    if (sort() !== 'relevance') address.searchParams.set('sort', sort());
    if (address.href !== window.location.href) window.history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }

  function recall() {
    const asked = new URLSearchParams(window.location.search);
    field.value = asked.get('q') ?? '';
    for (const select of selects) wish(select, asked.get(select.name) ?? (select.name === 'sort' ? 'relevance' : ''));
    run();
  }

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { remember(true); run(); }, 250);
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); clearTimeout(waiting); remember(false); run(); });
  form.addEventListener('change', (event) => { if (selects.includes(event.target)) { clearTimeout(waiting); remember(false); run(); } });
  field.addEventListener('input', (event) => { if (!event.isComposing) soon(); });
  field.addEventListener('compositionend', soon);
  window.addEventListener('popstate', recall);
  page.classList.add('search-alive');
  recall();
})();
