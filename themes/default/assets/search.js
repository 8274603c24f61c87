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
    constructor(path, why, foreign = false) {
      super(`${path}: ${why}`);
      Object.assign(this, { name: 'Damaged', path, foreign });
    }
  }

  const FORMAT = 'nianbao-search/4';
  /** Stands before and behind names in the index; no query holds it. */
  const EDGE = '\x01';

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
      if (made?.format !== FORMAT) throw new Damaged('root.json', `format ${made?.format}, not ${FORMAT}`, true);
      return made;
    }),
    hant: () => once('hant', async () => {
      const path = `hant-${(await index.root()).hant}.bin`;
      const lines = utf8(await unpacked(path)).split('\n');
      const characters = new Map();
      for (let at = 0; at + 1 < lines[0].length; at += 2) characters.set(lines[0][at], lines[0][at + 1]);
      return { characters, phrases: new Map(lines.slice(1).filter(Boolean).map((line) => line.split('\t'))) };
    }),
    /** The columns; with the agencies' ids and names where they are asked for. */
    facets: async (named) => {
      const [facets, agencies] = await Promise.all([index.columns(), named ? once('agencies', () => index.table('agencies')) : null]);
      return Object.assign(facets, agencies && { agencies });
    },
    table: async (name) => {
      const path = `${name}-${(await index.root())[name]}.bin`;
      return json(path, await unpacked(path));
    },
    columns: () => once('facets', async () => {
      const made = await index.table('facets');
      for (const name of Object.keys(made.columns)) {
        let last = 0;
        made.columns[name] = Int32Array.from(made.columns[name], (step) => (last += step));
      }
      return made;
    }),
    /** Headings with their documents; large archives have none, and say fewer things beforehand. */
    headings: () => once('headings', async () => {
      const about = await index.root();
      const path = `headings-${about.headings}.bin`;
      const reader = new Reader(path, await unpacked(path));
      return json(path, reader.take(reader.varint())).map((key) => [key, decode(path, reader.take(reader.varint()), about.documents)]);
    }),
    /** Ids and titles of 512 documents. */
    docs: (block) => once(`docs ${block}`, async () => {
      const path = numbered(await index.root(), 'docs', block);
      return json(path, await unpacked(path));
    }),
    prefix: () => once('prefix', async () => fetched(`prefix-${(await index.root()).prefix[0]}.bin`)),
    /** One document as it is checked and shown. */
    text: (document) => once(`text ${document}`, async () => {
      const about = await index.root();
      const path = numbered(about, 'texts', document);
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
      const fields = [head.title, head.agency].filter(Boolean).map((text) => `${EDGE}${fold(text, hant)}${EDGE}`);
      for (const line of parsed) line.key = fold(line.text, hant);
      return { ...head, lines: parsed, characters: hant, fields };
    }),
    shard: (path) => once(path, async () => shard(path, await unpacked(path))),
  };

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

  /** Path of a numbered file: the hash in it is that of all that share an entry of the map. Briefs tell of a whole entry of heads. */
  function numbered(about, place, number) {
    const { span, names } = about[place === 'briefs' ? 'heads' : place];
    const entry = Math.floor(number / span);
    if (place === 'briefs') number = entry;
    // Four characters of base64 are the three bytes of an entry.
    const hash = atob(names.substr(entry * 4, 4));
    return `${place}/${number >> 8}/${number & 255}-${hex(Array.from(hash, (byte) => byte.charCodeAt(0)))}.bin`;
  }

  /** A list as it stands in a shard: its bytes, or the string that has it too, or neither where it stands elsewhere; and how many documents. */
  function coded(path, bytes) {
    const head = new Reader(path, bytes).varint();
    if (head % 4 < 3) return { path, bytes, count: Math.floor(head / 4) };
    if (head > 3) return { path, count: Math.floor(head / 4) };
    if (bytes.length !== 5) throw new Damaged(path, 'bad list');
    return { path, like: String.fromCharCode(bytes[1] | bytes[2] << 8, bytes[3] | bytes[4] << 8) };
  }

  /** A shard: kept strings with their coded lists, the length of the longest, and where the tails of its groups begin. */
  function shard(path, bytes) {
    const reader = new Reader(path, bytes);
    const keys = reader.keys();
    const lengths = keys.map(() => reader.varint());
    const lists = new Map(keys.map((key, place) => [key, coded(path, reader.take(lengths[place]))]));
    const tails = new Map();
    while (reader.at < bytes.length) {
      const from = reader.keys();
      if (!from.length) throw new Damaged(path, 'bad tails');
      tails.set(from[0], { from, paths: from.map(() => hex(reader.take(6))).map((name) => `tails/${name.slice(0, 2)}/${name.slice(2)}.bin`) });
    }
    return { lists, longest: keys.reduce((most, key) => Math.max(most, key.length), 0), tails };
  }

  /** Path of the shard in which strings stand that begin as `text` does: among heads or briefs. */
  function head(text, about, row = 'heads') {
    let mixed = text.charCodeAt(0) << 16 | (text.length > 1 ? text.charCodeAt(1) : 0);
    mixed = Math.imul(mixed ^ mixed >>> 15, 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ mixed >>> 12, 0x297a2d39);
    return numbered(about, row, ((mixed ^ mixed >>> 15) >>> 0) % about.heads.count);
  }

  /** Path of the tail in which longer strings stand that `text` may begin with. */
  function tail({ from, paths }, text) {
    let [low, high] = [0, from.length];
    // The last that is not above; strings compare by UTF-16 units, as in the index.
    while (high - low > 1) {
      const middle = low + high >> 1;
      if (from[middle] <= text) low = middle; else high = middle;
    }
    return paths[low];
  }

  /** The longest string of a shard that `text` begins with: its length and its coded list; null where there is none. */
  function longest(shard, text) {
    for (let length = Math.min(text.length, shard.longest); length >= Math.min(text.length, 2); length--) {
      const coded = shard.lists.get(text.slice(0, length));
      if (coded) return { length, coded };
    }
    return null;
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
    const out = new Uint32Array(first.length);
    let [at, found] = [0, 0];
    for (const document of first) {
      while (second[at] < document) at++;
      if (second[at] === document) out[found++] = document;
    }
    return out.subarray(0, found);
  }

  const united = (all) => (all.length === 1 ? all[0] : Uint32Array.from(new Set(all.flatMap((list) => [...list]))).sort());
  const everything = (total) => Uint32Array.from({ length: total }, (_, document) => document);

  /** Places of a string looked up at once; a longer string's other places only where these do not suffice. */
  const AT_ONCE = 32;
  /** Strings of more units are looked up in briefs first, which tell what is rare; and so much is then read at first. */
  const SHORT = 10;
  const RAREST = 14;

  /** Places of a string, evenly spread over a long one, and the others. */
  function turns(length) {
    const places = Array.from({ length: Math.max(1, length - 1) }, (_, place) => place);
    const step = Math.ceil(places.length / AT_ONCE);
    return [places.filter((place) => place % step === 0), places.filter((place) => place % step)].filter((turn) => turn.length);
  }

  /**
   * The documents that may hold a string: those that hold all kept strings in it. They do, or they are at most `slack`, or it
   * stands nowhere (src/search/grams.rs), so `sure` where it is kept itself. The first step reads heads, or briefs for a long
   * string, the others what these told of: tails, and lists that stand elsewhere, the rarest first.
   */
  class Candidates {
    constructor(key, about, brief = about.brief && key.length > SHORT) {
      Object.assign(this, { key, about, brief, turns: turns(key.length), rounds: 0, next: [], spans: [], list: null, sure: false });
    }
    get open() {
      return !this.sure && (this.turns.length > 0 || this.next.length > 0) && !(this.list?.length <= this.about.slack);
    }
    async step() {
      const { key, about, brief } = this;
      const looks = this.next.sort((one, other) => one.count - other.count).splice(0, this.rounds++ === 1 ? RAREST : Infinity);
      if (!looks.length) looks.push(...this.turns.shift().map((place) => ({ place, text: key.slice(place), path: head(key.slice(place), about, brief ? 'briefs' : 'heads') })));
      const read = await Promise.all(looks.map(async (look) => ({ ...look, shard: await index.shard(look.path) })));
      const lists = [];
      for (const look of read) {
        const { place, text, path, shard, tails, length } = look;
        const found = longest(shard, text);
        // `length` where a list that stands elsewhere is looked for, `tails` where a tail has been read.
        if (length && (found?.length !== text.length || !found.coded.bytes)) throw new Damaged(path, 'a list is missing');
        if (!found) {
          // A head that has nothing says that two units never meet; a tail may have nothing for this text.
          if (!tails) return this.settle(new Uint32Array(0));
          if (look.spare) this.next.push(look.spare);
          continue;
        }
        const { bytes, like, count } = found.coded;
        if (bytes) lists.push({ place, length: found.length, coded: found.coded });
        const elsewhere = bytes ? null : this.elsewhere(look, text.slice(0, found.length), like, count);
        const more = !tails && !length && text.length > 2 && shard.tails.get(text.slice(0, 2));
        // A longer string's list makes a large one needless.
        const spare = brief && more && !like ? elsewhere : null;
        if (elsewhere && !spare) this.next.push(elsewhere);
        // Where the string itself may be kept comes first.
        if (more) this.next.push({ place, text, path: tail(more, text), tails: more, spare, count: place && (count ?? 1) });
      }
      const whole = lists.find((one) => one.length === key.length);
      if (whole) return this.settle(listed(whole.coded, about));
      const narrower = this.list ? [this.list] : [];
      for (const { place, length, coded } of lists.sort((one, other) => other.length - one.length)) {
        // What lies within another kept string says less than that.
        if (this.spans.some(([from, to]) => from <= place && place + length <= to)) continue;
        this.spans.push([place, place + length]);
        narrower.push(listed(coded, about));
      }
      if (narrower.length) this.list = narrower.sort((one, other) => one.length - other.length).reduce(common);
      if (this.list?.length === 0) this.settle(this.list);
    }
    /** Where to read the list of a string that stands elsewhere: with another string, in the tail of its own, in the whole head. */
    elsewhere({ place, path, tails }, text, like, count) {
      const { key, about } = this;
      // What the string has besides is looked up in its turn.
      if (like && text.length < key.length && key.includes(like)) return null;
      if (!like && !tails && !this.brief) throw new Damaged(path, 'a list is missing');
      const there = like ? { text: like, path: head(like, about), count: 1 }
        : tails ? { text, path: tail(tails, text), tails, count } : { text, path: head(text, about), count };
      return { ...there, place, length: text.length };
    }
    settle(list) { this.list = list; this.sure = true; }
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
  async function checked(parts, about, possible, shown) {
    await Promise.all(parts.filter((part) => part.list && !part.sure).map(async (part) => {
      const many = part.list.length > about.slack;
      const members = new Set(part.list);
      const read = many ? [shown.find((document) => members.has(document)) ?? part.list[0]] : [...common(possible, part.list)];
      const texts = await Promise.all(read.map(index.text));
      const held = read.filter((_, place) => holds(texts[place], part.key));
      if (!many || !held.length) part.list = held;
    }));
  }

  const FACETS = ['agency', 'region', 'year', 'kind', 'standing'];
  const IDS = {
    agency: (facets) => facets.agencies?.map((agency) => agency[0]) ?? [],
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

  async function find(query, options) {
    const about = await index.root();
    const { filters = {}, sort = 'relevance', top = SHOWN } = options;
    const filtered = FACETS.some((name) => [filters[name] ?? ''].flat().some((value) => value !== ''));
    const needed = filtered || sort !== 'relevance';
    const [hant, facets] = await Promise.all([index.hant(), needed ? index.facets(Boolean(filters.agency)) : null, index.prefix()]);
    const wanted = terms(query, hant, about.longest);
    const tests = facets ? chosen(filters, facets) : {};
    if (!wanted.length && !filtered) return { wanted, hits: [], before: [], tests, about, urls: [] };

    const known = wanted.map((term) => ({ excluded: term.excluded, parts: term.variants.map((key) => new Candidates(key, about)) }));
    const positive = wanted.filter((term) => !term.excluded);
    const named = sort === 'relevance' && !about.headings ? positive.flatMap((term) => term.variants).flatMap((key) => names(key, about)) : [];
    const passing = Object.values(tests);
    const parts = known.flatMap((term) => term.parts);
    const ordered = async () => {
      const possible = gathered(known, about, false);
      const hits = Array.from(passing.length ? possible.filter((document) => passing.every((test) => test(document))) : possible);
      const scores = sort === 'relevance' ? await points(hits, positive, named, about, hant) : new Map();
      return { possible, scores, hits: sorted(hits, sort, scores, facets) };
    };
    // What will most likely be shown is fetched along with what is looked up further.
    // What will most likely be shown is fetched along with what is looked up further.
    const foreseen = ({ hits }) => { for (const document of hits.slice(0, top)) index.text(document).catch(() => {}); };
    const likely = (part) => part.list && (!part.brief || part.list.length <= 3 * about.slack);
    let early = !about.headings;
    for (let round = 0; round < 1 || parts.some((part) => part.open) || (round < 2 && named.some((part) => part.open)); round++) {
      const steps = Promise.all([...parts, ...named].filter((part) => part.open).map((part) => part.step()));
      if (early && parts.every(likely)) {
        early = false;
        ordered().then(foreseen, () => {});
      }
      await steps;
    }
    let { possible, scores, hits } = await ordered();
    foreseen({ hits });
    await checked([...parts, ...named], about, possible, hits);
    if (named.some((part) => !part.sure)) ({ scores, hits } = await ordered());
    const before = gathered(known, about, true);
    if (before.length < hits.length || passing.length) {
      const held = new Set(before);
      hits = hits.filter((document) => held.has(document));
    }
    if (hits.length <= about.slack && positive.length && sort === 'relevance') {
      await Promise.all(hits.map(async (document) => {
        const density = dense(await index.text(document), positive.flatMap((term) => term.variants));
        scores.set(document, (scores.get(document) ?? 0) + density);
      }));
      hits = sorted(hits, sort, scores, facets);
    }
    // In a large archive the few texts about to be shown say their own ids; the lists of all ids would cost more than the rest.
    const ids = options.all || about.headings ? (await rows(hits)).map(([id]) => id)
      : (await Promise.all(hits.slice(0, top).map(index.text))).map((text) => text.id);
    return { wanted, hits, before, tests, about, urls: ids.map((id) => `reports/${id}/`) };
  }

  /** The reports whose title or agency begins or ends with a string: those edges are marked in the index. No name is longer. */
  function names(key, about) {
    const brief = about.brief && key.length > SHORT;
    return key.length < AT_ONCE ? [`${EDGE}${key}`, `${key}${EDGE}`].map((edged) => new Candidates(edged, about, brief)) : [];
  }

  /** Documents come newest first, then by region and agency; what has no year or no agency goes last. */
  function sorted(hits, sort, scores, facets) {
    const by = (value) => [...hits].sort((one, other) => value(one) - value(other) || one - other);
    if (sort === 'year-old') return by((document) => -facets.columns.year[document] || 0.5);
    if (sort === 'agency') return by((document) => facets.columns.agency[document] || Infinity);
    if (!scores.size) return hits;
    const ahead = hits.filter((document) => scores.has(document)).sort((one, other) => scores.get(other) - scores.get(one) || one - other);
    return [...ahead, ...hits.filter((document) => !scores.has(document))];
  }

  /** Ids and titles of documents. */
  async function rows(documents) {
    const numbers = [...new Set(documents.map((document) => document >> 9))];
    const blocks = new Map(await Promise.all(numbers.map(async (number) => [number, await index.docs(number)])));
    return documents.map((document) => blocks.get(document >> 9)[document & 511] ?? (() => { throw new Damaged('docs', 'too short'); })());
  }

  /** Points of documents whose title or headings hold a term; in large archives, whose title or agency begins or ends with it. */
  async function points(hits, positive, named, about, hant) {
    const scores = new Map();
    const add = (document, more) => scores.set(document, (scores.get(document) ?? 0) + more);
    for (const part of named) for (const document of part.list ? common(hits, part.list) : []) add(document, 1e6);
    if (!about.headings || !positive.length) return scores;
    const [titles, headings] = await Promise.all([rows(hits), index.headings()]);
    for (const title of titles) title.key ??= fold(title[1], hant.characters);
    for (const { variants } of positive) {
      const within = (key) => variants.some((variant) => key.includes(variant));
      const headed = new Set(headings.filter(([key]) => within(key)).flatMap(([, list]) => [...list]));
      hits.forEach((document, at) => {
        const more = (within(titles[at].key) ? 1e6 : 0) + (headed.has(document) ? 1e5 : 0);
        if (more) add(document, more);
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
  /** Options of a filter, at most. */
  const LISTED = 300;
  let turn = 0;

  /** The contract's function: runs a query, shows it, and answers with addresses and the true total. */
  async function siteSearch(query, options = {}) {
    const text = String(query ?? '').slice(0, 400);
    const mine = ++turn;
    if (page) begin(text, options);
    try {
      const result = await find(text, options);
      const ready = page ? show(result, options, mine) : Promise.resolve();
      return { urls: result.urls, total: result.hits.length, exact: true, ready };
    } catch (error) {
      if (page && mine === turn) complain(error);
      // Nothing that is still under way may fail the next try.
      await Promise.allSettled(kept.values());
      return { urls: [], total: 0, exact: false, ready: Promise.resolve(), error: error.message };
    }
  }
  window.siteSearch = siteSearch;
  if (!page) { siteSearch.parts = { fold, decode, shard, inflated, index, Damaged }; return; }

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
        ? error.foreign ? '搜索索引与本页的程序版本不同，本次没有搜索。请稍后刷新页面；网站若未整体更新，请重新生成。'
        : `搜索数据“${error.path}”没有读到或已损坏，本次搜索没有结果可信。请稍后重试，或按机关、年度、地区浏览。`
        : '搜索出错，没有结果。请重试，或按机关、年度、地区浏览。';
  }

  /** Chooses a value whether or not its option is there yet. */
  function wish(select, value) {
    if (value && ![...select.options].some((option) => option.value === value)) select.append(made('option', { value }, value));
    select.value = value;
  }

  async function show(result, options, mine) {
    try {
      const positive = result.wanted.filter((term) => !term.excluded);
      const texts = await Promise.all(result.hits.slice(0, options.top ?? SHOWN).map(index.text));
      if (mine !== turn) return;
      list.replaceChildren(...texts.map((text) => item(text, positive)));
      page.setAttribute('aria-busy', 'false');
      announce(result);
      offer(result, positive, texts);
      // The list stands; the counts behind the filters follow.
      setTimeout(() => { if (mine === turn) count(result, mine).catch(() => {}); });
      let shown = texts.length;
      more.hidden = shown >= result.hits.length;
      more.onclick = async () => {
        more.disabled = true;
        try {
          const next = (await Promise.all(result.hits.slice(shown, shown + SHOWN).map(index.text))).map((text) => item(text, positive));
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

  function announce(result) {
    const filtered = Object.keys(result.tests).length > 0;
    if (!result.wanted.length && !filtered) {
      status.replaceChildren(`共收录${result.about.documents}份报告。输入一个字以上，或只选条件浏览。`);
      return;
    }
    const total = made('strong', { 'data-total': String(result.hits.length) }, String(result.hits.length));
    const converted = result.wanted.filter((term) => term.converted).map((term) => `“${term.converted}”`);
    status.replaceChildren(
      result.hits.length ? '找到' : '没有找到（', total, result.hits.length ? '份报告' : '份报告）',
      converted.length ? `（按${converted.join('、')}搜索）` : '',
      result.hits.length ? '。' : '。可以少写几个字，或去掉筛选条件。',
    );
  }

  /** The page of an agency or indicator that the query names. */
  function offer(result, positive, texts) {
    offers.replaceChildren();
    const terms = positive.map((term) => term.variants.at(-1));
    const keys = [...new Set([terms.join(''), ...terms])].filter((key) => key.length > 1);
    if (!keys.length) return;
    const agencies = new Map(texts.filter((text) => text.home).map((text) => [text.home, [text.agency, ...text.aliases]]));
    const distance = (own, key) => (own === key ? 0 : own.includes(key) ? own.length - key.length
      : key.includes(own) && own.length > 2 ? 1 + key.length - own.length : Infinity);
    const nearness = (names) => Math.min(...names.filter(Boolean).flatMap((name) => keys.map((key) => distance(fold(name, null), key))));
    const rows = [
      ...[...agencies].map(([url, names]) => ['机关', names[0], url, nearness(names)]),
      ...result.about.indicators.map(([id, name]) => ['指标', name, `indicators/${id}/`, nearness([name])]),
    ].filter((row) => row[3] < Infinity).sort((a, b) => a[3] - b[3]).slice(0, 4);
    for (const [sort, name, url] of rows) {
      offers.append(made('li', {}, made('a', { href: page.dataset.search + url }, made('span', { class: 'search-sort' }, sort), ` ${name}`)));
    }
  }

  /** True counts: each facet over the hits that pass all the other filters. */
  async function count(result, mine) {
    const { tests, before, about } = result;
    // Thousands of agencies are listed when a region is chosen.
    const facets = await index.facets(about.headings || tests.region || tests.agency);
    if (mine !== turn) return;
    const documents = result.wanted.length || Object.keys(tests).length ? before : everything(about.documents);
    for (const select of selects) {
      const name = select.name;
      if (!IDS[name]) continue;
      const ids = IDS[name](facets);
      const others = Object.entries(tests).filter(([other]) => other !== name).map(([, test]) => test);
      const column = facets.columns[name];
      const own = new Uint32Array(ids.length + 1);
      for (const document of documents) if (!others.length || others.every((test) => test(document))) own[column[document]]++;
      const counts = new Map();
      ids.forEach((id, place) => {
        if (!own[place + 1]) return;
        for (const one of name === 'region' ? above(facets, id) : [id]) counts.set(one, (counts.get(one) ?? 0) + own[place + 1]);
      });
      const labels = { agency: facets.agencies, region: facets.regions }[name];
      const label = labels ? new Map(labels.map((row) => [row[0], row[1]])) : new Map();
      const said = (id) => label.get(id) ?? KINDS[id] ?? STANDINGS[id] ?? (name === 'year' ? `${id}年` : id);
      const value = select.value;
      const shown = ids.filter((id) => counts.has(id) || id === value);
      const listed = shown.length > LISTED ? shown.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, LISTED) : shown;
      select.replaceChildren(select.options[0], ...listed.map((id) => made('option', { value: id }, `${said(id)}（${counts.get(id) ?? 0}）`)));
      const left = name === 'agency' && !facets.agencies ? '选定地区后列出' : listed.length < shown.length ? `另有${shown.length - listed.length}项未列` : null;
      if (left) select.append(made('option', { disabled: '' }, left));
      wish(select, value);
    }
  }

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
  function item(text, positive) {
    const keys = positive.flatMap((term) => term.variants);
    const lines = telling(text, positive);
    const address = `${page.dataset.search}reports/${text.id}/` + (lines.length ? `#L${lines[0].no}` : '');
    const about = [text.agency, text.year ? `${text.year}年` : null, text.place, KINDS[text.kind]].filter((one) => one && !text.title.includes(one)).join(' · ');
    return made('li', { 'data-result': text.id, class: 'search-result' },
      made('h2', { class: 'search-title' }, made('a', { href: address }, ...marked(text.title, keys, text.characters, Infinity))),
      ...(about ? [made('p', { class: 'search-about' }, about)] : []),
      ...lines.map((line) => made('p', { class: 'search-snippet' },
        ...marked(line.text, keys, text.characters, 44), made('span', { class: 'search-line' }, ` 第${line.no}行`))));
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
    // On a small screen the results come before choices that nobody has made.
    form.querySelector('details').open = window.matchMedia('(min-width: 40rem)').matches || [...asked.keys()].some((name) => name !== 'q');
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
