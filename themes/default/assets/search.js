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
    /** Front-coded strings: how many; for each the units it shares with the one before, how many own ones, and these. */
    keys() {
      const keys = [];
      let last = '';
      for (let left = this.varint(); left > 0; left--) {
        const shared = this.varint();
        if (shared > last.length) throw new Damaged(this.path, 'bad key');
        const own = this.take(this.varint() * 2);
        last = last.slice(0, shared);
        for (let at = 0; at < own.length; at += 2) last += String.fromCharCode(own[at] | own[at + 1] << 8);
        keys.push(last);
      }
      return keys;
    }
  }

  const index = {
    root: () => once('root', async () => {
      const made = json('root.json', await fetched('root.json'));
      if (made.format !== 'nianbao-search/2') throw new Damaged('root.json', 'another format');
      made.from = made.grams.map(([hex]) => (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(parseInt(unit, 16))).join(''));
      // Small maps come at once, and before they are needed.
      if (made.grams.length <= 32) for (const [, name] of made.grams) index.run(name).catch(() => {});
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
    /** Headings with their documents; none in large archives. */
    headings: () => once('headings', async () => {
      const about = await index.root();
      if (!about.headings) return [];
      const path = `headings-${about.headings}.bin`;
      const reader = new Reader(path, await unpacked(path));
      return json(path, reader.take(reader.varint())).map((key) => [key, decode(path, reader.take(reader.varint()), about.documents)]);
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
      // Which of the two is damaged cannot be told: another try fetches both.
      const whole = await inflated(path, [prefix, bytes], 1 << 28).catch((error) => { kept.delete('prefix'); throw error; });
      const lines = utf8(whole.subarray(about.prefix[1])).split('\n');
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
    run: (name) => once(`run ${name}`, async () => {
      const path = `grams/${name}/0.bin`;
      return map(path, await unpacked(path));
    }),
    shard: (name, number) => once(`shard ${name} ${number}`, async () => {
      const path = `grams/${name}/${number + 1}.bin`;
      return shard(path, await unpacked(path));
    }),
  };

  /** The map of a run: where each of its shards begins, and which beginnings of that stand in earlier shards. */
  function map(path, bytes) {
    const reader = new Reader(path, bytes);
    const from = reader.keys();
    return { from, earlier: from.map(() => Array.from({ length: reader.byte() }, () => reader.varint())) };
  }

  /** A shard: kept strings with their coded lists, and the length of the longest. */
  function shard(path, bytes) {
    const reader = new Reader(path, bytes);
    const keys = reader.keys();
    const lengths = keys.map(() => reader.varint());
    const lists = new Map(keys.map((key, place) => [key, { path, bytes: reader.take(lengths[place]) }]));
    return { lists, longest: keys.reduce((most, key) => Math.max(most, key.length), 0) };
  }

  /** Place of the last of `sorted` that is not above `key`; strings compare by UTF-16 units, as in the index. */
  function below(sorted, key) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = low + high >> 1;
      if (sorted[middle] <= key) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  /** Where `text` would stand in the index. */
  async function located(text) {
    const about = await index.root();
    const run = about.grams[below(about.from, text)]?.[1];
    if (run === undefined) throw new Damaged('root.json', 'no index');
    const map = await index.run(run);
    const number = below(map.from, text);
    if (number < 0) throw new Damaged(`grams/${run}/0.bin`, 'bad map');
    return { run, number, from: map.from[number], earlier: map.earlier[number] };
  }

  /** The longest kept string that `text` begins with: its length and its coded list; null where its first two units never meet. */
  async function longest(text) {
    const own = await located(text);
    const known = own.earlier.filter((length) => length <= text.length && text.startsWith(own.from.slice(0, length)));
    const before = Math.max(Math.min(text.length, 2) - 1, ...known);
    const other = known.length ? await located(text.slice(0, before)) : null;
    const [here, there] = await Promise.all([own, other].map((at) => at && index.shard(at.run, at.number)));
    for (let length = Math.min(text.length, here.longest); length > before; length--) {
      const coded = here.lists.get(text.slice(0, length));
      if (coded) return { length, coded };
    }
    const coded = there?.lists.get(text.slice(0, before));
    if (there && !coded) throw new Damaged(`grams/${other.run}/${other.number + 1}.bin`, 'a list is missing');
    return coded ? { length: before, coded } : null;
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
  function terms(query, hant, longest) {
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
      const typed = fold(text);
      const variants = [...new Set([typed, rephrased(typed, hant.phrases)].map((key) => fold(key, hant.characters).slice(0, longest)))];
      if (variants[0]) found.push({ excluded, variants, converted: variants.at(-1) === typed.slice(0, longest) ? null : variants.at(-1) });
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

  /** Places of a long string that are looked up first: where they leave few candidates, the others need not be. */
  const FIRST = 8;

  /**
   * The documents that may hold a string: those that hold all kept strings in it. They do, or they are at most `slack`, or it
   * stands nowhere (src/search/grams.rs), so `sure` where it is kept itself.
   */
  async function candidates(key, about) {
    const places = Array.from({ length: Math.max(1, key.length - 1) }, (_, place) => place);
    const step = Math.ceil(places.length / FIRST);
    let list = null;
    for (const turn of [places.filter((place) => place % step === 0), places.filter((place) => place % step)]) {
      const found = await Promise.all(turn.map((place) => longest(key.slice(place))));
      if (!found.every(Boolean)) return { key, list: [], sure: true };
      if (found[0]?.length === key.length && turn[0] === 0) return { key, list: listed(found[0].coded, about), sure: true };
      let reach = 0;
      const lists = list ? [list] : [];
      found.forEach(({ length, coded }, at) => {
        // What lies within another kept string says less than that.
        if (turn[at] + length > reach) lists.push(listed(coded, about));
        reach = Math.max(reach, turn[at] + length);
      });
      list = lists.sort((one, other) => one.length - other.length).reduce(common);
      if (list.length <= about.slack) break;
    }
    return { key, list, sure: !list.length };
  }

  const listed = (coded, about) => (coded.list ??= decode(coded.path, coded.bytes, about.documents));

  const holds = (text, key) => text.fields.some((field) => field.includes(key)) || text.lines.some((line) => line.key.includes(key));

  /** Documents that hold every term, and, once all is sure, none of the excluded ones. */
  function gathered(known, about, sure) {
    const lists = known.filter((term) => !term.excluded).map((term) => united(term.parts.map((part) => part.list)));
    const hits = lists.length ? lists.reduce(common) : everything(about.documents);
    const without = new Set(sure ? known.filter((term) => term.excluded).flatMap((term) => term.parts.flatMap((part) => [...part.list])) : []);
    return without.size ? hits.filter((document) => !without.has(document)) : hits;
  }

  /** Reads what is left to read: few candidates each, many by one of them, the first shown if it is one, which tells for all. */
  async function checked(known, about, possible, shown) {
    await Promise.all(known.flatMap((term) => term.parts).filter((part) => !part.sure).map(async (part) => {
      const many = part.list.length > about.slack;
      const members = new Set(part.list);
      const read = many ? [shown.find((document) => members.has(document)) ?? part.list[0]] : common(possible, part.list);
      const texts = await Promise.all(read.map(index.text));
      const held = read.filter((_, place) => holds(texts[place], part.key));
      if (!many || !held.length) part.list = held;
    }));
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

  const SHOWN = 10;
  /** Archives up to this size answer with every address; larger ones where `all` is asked for. */
  const ADDRESSES = 5000;

  async function find(query, options) {
    const about = await index.root();
    const { filters = {}, sort = 'relevance', top = SHOWN } = options;
    const filtered = FACETS.some((name) => [filters[name] ?? ''].flat().some((value) => value !== ''));
    const needed = page || filtered || sort !== 'relevance' || about.documents > ADDRESSES;
    const [hant, facets] = await Promise.all([index.hant(), needed ? index.facets() : null, index.prefix()]);
    const wanted = terms(query, hant, about.longest);
    const tests = facets ? chosen(filters, facets) : {};
    if (!wanted.length && !filtered) return { wanted, hits: [], before: [], facets, tests, about, urls: [] };

    const known = await Promise.all(wanted.map(async (term) => ({
      excluded: term.excluded, parts: await Promise.all(term.variants.map((key) => candidates(key, about))),
    })));
    const positive = wanted.filter((term) => !term.excluded);
    const passing = Object.values(tests);
    const possible = gathered(known, about, false);
    let hits = possible.filter((document) => passing.every((test) => test(document)));
    const scores = sort === 'relevance' ? await points(hits, positive, about, hant, facets) : new Map();
    hits = sorted(hits, sort, scores, facets);
    // What will most likely be shown is fetched along with what is checked.
    for (const document of hits.slice(0, top)) index.text(document).catch(() => {});
    await checked(known, about, possible, hits);
    const before = gathered(known, about, true);
    const held = new Set(before);
    hits = hits.filter((document) => held.has(document));
    if (hits.length <= about.slack && positive.length && sort === 'relevance') {
      await Promise.all(hits.map(async (document) => {
        const density = dense(await index.text(document), positive.flatMap((term) => term.variants));
        scores.set(document, (scores.get(document) ?? 0) + density);
      }));
      hits = sorted(hits, sort, scores, facets);
    }
    // In a large archive the few texts about to be shown say their own ids; the lists of all ids would cost more than the rest.
    const ids = options.all || about.documents <= ADDRESSES ? (await rows(hits)).map(([id]) => id)
      : (await Promise.all(hits.slice(0, top).map(index.text))).map((text) => text.id);
    return { wanted, hits, before, facets, tests, about, urls: ids.map((id) => `reports/${id}/`) };
  }

  /** Documents come newest first, then by region and agency; what has no year or no agency goes last. */
  function sorted(hits, sort, scores, facets) {
    const by = (value) => [...hits].sort((one, other) => value(one) - value(other) || one - other);
    if (sort === 'year-old') return by((document) => -facets.columns.year[document] || 0.5);
    if (sort === 'agency') return by((document) => facets.columns.agency[document] || Infinity);
    return scores.size ? by((document) => -(scores.get(document) ?? 0)) : hits;
  }

  /** Ids and titles of documents. */
  async function rows(documents) {
    const numbers = [...new Set(documents.map((document) => document >> 9))];
    const blocks = new Map(await Promise.all(numbers.map(async (number) => [number, await index.docs(number)])));
    return documents.map((document) => blocks.get(document >> 9)[document & 511] ?? (() => { throw new Damaged('docs', 'too short'); })());
  }

  /** Points of documents whose title or headings hold a term; in large archives, whose agency's name does. */
  async function points(hits, positive, about, hant, facets) {
    const scores = new Map();
    if (!positive.length) return scores;
    const small = about.documents <= ADDRESSES;
    const [titles, headings] = small ? await Promise.all([rows(hits), index.headings()]) : [facets.agencies, []];
    for (const title of titles) title.key ??= fold(title[1], hant.characters);
    for (const { variants } of positive) {
      const within = (key) => variants.some((variant) => key.includes(variant));
      const titled = titles.map((title) => within(title.key));
      const headed = new Set(headings.filter(([key]) => within(key)).flatMap(([, list]) => [...list]));
      hits.forEach((document, at) => {
        const more = (titled[small ? at : facets.columns.agency[document] - 1] ? 1e6 : 0) + (headed.has(document) ? 1e5 : 0);
        if (more) scores.set(document, (scores.get(document) ?? 0) + more);
      });
    }
    return scores;
  }

  /** How densely the strings stand in a text. */
  function dense(text, keys) {
    let [found, length] = [0, 1];
    for (const { key: line } of text.lines) {
      length += line.length;
      for (const key of keys) found += line.split(key).length - 1;
    }
    return Math.min(9e4, found * 1e4 / Math.sqrt(length));
  }

  // ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const KINDS = { annual_report: '年度报告', self_inspection: '自查报告', statistics_table: '统计表', notice: '通知公告', other: '其他' };
  const STANDINGS = { disputed: '有数字存疑', proved: '数字已核', solved: '数字补出', printed: '仅有原文数字', curated: '数字经编者确认' };
  let turn = 0;

  /** The contract's function: runs a query, shows it, and answers with addresses and the true total. */
  async function siteSearch(query, options = {}) {
    const text = String(query ?? '').slice(0, 400);
    const mine = ++turn;
    if (page) begin(text, options);
    try {
      const result = await find(text, options);
      const ready = page ? show(result, text, options, mine) : Promise.resolve();
      return { urls: result.urls, total: result.hits.length, exact: true, ready };
    } catch (error) {
      if (page && mine === turn) complain(error);
      return { urls: [], total: 0, exact: false, ready: Promise.resolve(), error: error.message };
    }
  }
  window.siteSearch = siteSearch;
  if (!page) { siteSearch.parts = { fold, decode, map, shard, inflated, index, Damaged }; return; }

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
    for (const select of selects) {
      wish(select, select.name === 'sort' ? options.sort ?? 'relevance' : String([options.filters?.[select.name] ?? ''].flat()[0] ?? ''));
    }
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
      result.hits.length ? '找到 ' : '没有找到报告：', total, ' 份报告',
      converted.length ? `（按${converted.join('、')}搜索）` : '',
      result.hits.length ? '。' : '。可以少写几个字，或去掉筛选条件。',
    );
  }

  /** The page of an agency or indicator that the query names. */
  function offer(result, positive) {
    offers.replaceChildren();
    const terms = positive.map((term) => term.variants.at(-1));
    const keys = [...new Set([terms.join(''), ...terms])].filter((key) => key.length > 1);
    if (!result.facets || !keys.length) return;
    const distance = (own, key) => (own === key ? 0 : own.includes(key) ? own.length - key.length
      : key.includes(own) && own.length > 2 ? 1 + key.length - own.length : Infinity);
    const nearness = (names) => Math.min(...names.filter(Boolean).flatMap((name) => keys.map((key) => distance(fold(name, null), key))));
    const rows = [
      ...result.facets.agencies.map((agency) => ['机关', agency[1], agency[3], nearness([agency[1], ...agency[2]])]),
      ...result.facets.indicators.map((indicator) => ['指标', indicator[1], indicator[2], nearness([indicator[1]])]),
    ].filter((row) => row[3] < Infinity).sort((a, b) => a[3] - b[3]).slice(0, 4);
    for (const [sort, name, url] of rows) {
      offers.append(made('li', {}, made('a', { href: page.dataset.search + url }, made('span', { class: 'search-sort' }, sort), ` ${name}`)));
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

  /** The lines that show best why a report was found: body before furniture, and the second for what the first lacks. */
  function telling(text, positive) {
    const rank = { p: 0, h: 0, c: 1, m: 2, t: 3 };
    const has = (line, term) => term.variants.some((key) => line.key.includes(key));
    const chosen = [];
    let missing = positive;
    for (let round = 0; round < 2 && positive.length; round++) {
      const worth = (line) => missing.filter((term) => has(line, term)).length * 8 - (rank[line.role] ?? 1);
      const best = text.lines.filter((line) => !chosen.includes(line) && missing.some((term) => has(line, term)))
        .reduce((before, line) => (before && worth(before) >= worth(line) ? before : line), null);
      if (!best || (chosen.length && best.role === 't')) break;
      chosen.push(best);
      const rest = missing.filter((term) => !has(best, term));
      missing = rest.length ? rest : positive;
    }
    return chosen;
  }

  /** One hit: its title, what it is, and the lines that say so. */
  function result(text, positive) {
    const keys = positive.flatMap((term) => term.variants);
    const lines = telling(text, positive);
    const address = `${page.dataset.search}reports/${text.id}/` + (lines.length ? `#L${lines[0].no}` : '');
    const about = [text.agency, text.year ? `${text.year} 年` : null, text.place, KINDS[text.kind]].filter(Boolean).join(' · ');
    return made('li', { 'data-result': text.id, class: 'search-result' },
      made('h2', { class: 'search-title' }, made('a', { href: address }, ...marked(text.title, keys, text.characters, Infinity))),
      made('p', { class: 'search-about' }, about),
      ...lines.map((line) => made('p', { class: 'search-snippet' },
        ...marked(line.text, keys, text.characters, 44), made('span', { class: 'search-line' }, ` 第 ${line.no} 行`))));
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
