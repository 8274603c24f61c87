// The published site in a real browser: every type of page at two widths, light, dark and large type; links, keyboard, search, no
// script, print, and reports that attack their readers. `npm test` runs this; the program and Chromium must be there already.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { crowded, focused, lost, mute, overflowing, overlapping, small, tiny } from './support/checks.mjs';
import { faults, read } from './support/markup.mjs';
import { serve } from './support/server.mjs';
import { binary, build, demonstration, files, generated, hostile, real, reports } from './support/sites.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What other colors, and other sizes, can change. */
const COLORS = ['color-contrast', 'link-in-text-block'];
const SIZES = ['color-contrast', 'target-size', 'scrollable-region-focusable'];
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };
/** A folder for pictures of every page, when somebody wants to look. */
const PICTURES = process.env.NIANBAO_PICTURES;

// ── Sites, servers, browser ─────────────────────────────────────────────────────────────────────────────────────────────

const work = mkdtempSync(join(tmpdir(), 'nianbao-browser-'));
const servers = [];
/** Builds a site and serves it under `/` and under `/repo/`; only the latter address is known to its 404 page. */
async function published(name) {
  const root = join(work, name);
  const [top, below] = [await serve(join(root, 'public'), '/'), await serve(join(root, 'public'), '/repo/')];
  servers.push(top, below);
  const folder = await build(root, '--base-url', below.root);
  const html = files(folder).filter((path) => path.endsWith('.html'));
  return { name, folder, top, below, html, parsed: new Map(html.map((path) => [path, read(readFileSync(join(folder, path), 'utf8'))])) };
}

console.log(`# program: ${binary()}`);
hostile(join(work, 'hostile'));
const attack = await published('hostile');
const demo = demonstration(join(work, 'demo')) ? await published('demo') : null;
if (!demo) console.error('# SKIPPED: content/ is empty, so the demonstration archive was not looked at');
const seeds = real(join(work, 'seeds')) ? await published('seeds') : null;
if (!seeds) console.error('# SKIPPED: ../shared/seeds is not there, so the real reports were not looked at');
const many = await generated(join(work, 'generated')) ? await published('generated') : null;
if (!many) console.error('# SKIPPED: the generator is not compiled (cargo test does it), so no generated archive was looked at');
const sites = [demo, attack, seeds, many].filter(Boolean);
/** The site most tests look at. */
const main = demo ?? seeds ?? attack;

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
after(async () => {
  await browser.close();
  for (const server of servers) server.close();
  rmSync(work, { recursive: true, force: true });
});

/** A context that records whatever should not happen, and lets no request leave the origin. */
async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: DESK, reducedMotion: 'reduce', ...options });
  const wrong = [];
  await context.route(() => true, (route) => {
    const url = new URL(route.request().url());
    if (url.hostname === '127.0.0.1') return route.continue();
    wrong.push(`request off the origin: ${url}`);
    return route.abort();
  });
  await context.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`)));
  context.on('page', (page) => {
    page.on('console', (message) => {
      // A browser says of every missing page that it is missing.
      if (/no\/such\/page/.test(message.location().url) && message.text().includes('404')) return;
      if (['error', 'warning'].includes(message.type())) wrong.push(`console ${message.type()}: ${message.text()} (${page.url()})`);
    });
    page.on('pageerror', (error) => wrong.push(`exception: ${error.message} (${page.url()})`));
    page.on('dialog', (dialog) => { wrong.push(`dialog: ${dialog.message()} (${page.url()})`); dialog.dismiss(); });
    page.on('requestfailed', (request) => { if (request.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(`failed: ${request.url()} ${request.failure()?.errorText}`); });
  });
  return { context, wrong, page: await context.newPage() };
}

/** Opens an address and waits until its script, if it has one, has done its work. */
async function open(page, url) {
  await page.goto(url, { waitUntil: 'load' });
  if (/\/search\/\?/.test(url)) await page.waitForSelector('.search-alive[aria-busy=false] [data-total]');
  if (/\/compare\/\?/.test(url)) await page.waitForSelector('#result table, #result h2');
}

/** axe in the page as it stands: every rule of WCAG A and AA and of best practice, or only `rules`; a line for each element at fault. */
async function violations(page, rules) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  const options = rules ? { runOnly: { type: 'rule', values: rules } } : { runOnly: { type: 'tag', values: TAGS }, rules: { 'target-size': { enabled: true } } };
  const found = await page.evaluate((options) => globalThis.axe.run(document, { ...options, resultTypes: ['violations'] }), options);
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 140)} ${node.any[0]?.message ?? node.none[0]?.message ?? ''}`)).slice(0, 10);
}

// ── One page of every type ──────────────────────────────────────────────────────────────────────────────────────────────

/** Type → address below the root, taken from what was published; the fullest of each type. */
function types(site) {
  const all = reports(site.folder);
  const fullest = (prefix) => site.html.filter((path) => path.startsWith(prefix) && path.split('/').length === 3)
    .sort((a, b) => readFileSync(join(site.folder, b)).length - readFileSync(join(site.folder, a)).length)[0]?.replace('index.html', '');
  const weight = (report) => report.tables.reduce((sum, table) => sum + table.cells.length, 0) + report.edits.length * 5 + report.findings.length * 20;
  const [first] = [...all].sort((a, b) => weight(b) - weight(a));
  const other = all.find((report) => report.id === first.previous) ?? all.find((report) => report.id !== first.id);
  const found = {
    home: '', report: first.url, agency: fullest('agencies/'), agencies: 'agencies/', year: fullest('years/'), years: 'years/', region: fullest('regions/'),
    regions: 'regions/', indicator: fullest('indicators/'), indicators: 'indicators/', findings: 'findings/', finding: fullest('findings/'),
    search: `search/?q=${encodeURIComponent('公开')}`, compare: `compare/?a=${first.id}&b=${other.id}`, data: 'data/', about: 'about/', method: 'method/', notfound: 'no/such/page',
  };
  const plain = all.find((report) => !report.tables.length);
  if (plain) found.prose = plain.url;
  const unknown = all.find((report) => !report.agency.value || !report.year.value);
  if (unknown) found.unknown = unknown.url;
  return found;
}
const SCRIPTED = new Set(['search', 'compare']);
const addresses = types(main);
const pages = Object.entries(addresses).map(([type, path]) => [type, main, path ?? types(attack)[type]]).map(([type, site, path]) => [type, addresses[type] === undefined ? attack : site, path]);
/** The real reports have faces of their own. */
if (seeds && seeds !== main) for (const report of reports(seeds.folder)) pages.push([`real ${report.original.path.slice(8, 11)}`, seeds, report.url]);

/** A generated archive has more regions, agencies and years than one screen; the pages that do not grow with it are the same. */
const GROWING = ['home', 'report', 'agency', 'agencies', 'year', 'region', 'regions', 'indicator', 'findings', 'finding'];
if (many && many !== main) {
  const found = types(many);
  for (const type of process.env.NIANBAO_GENERATED ? Object.keys(found).filter((type) => type !== 'search') : GROWING)
    if (found[type] !== undefined) pages.push([`many ${type}`, many, found[type]]);
}

/** Gathers what is wrong under names, to be told all at once. */
class Faults {
  found = [];
  add(where, list) { for (const one of list) this.found.push(`${where}: ${one}`); }
  none() { assert.equal(this.found.length, 0, `\n${this.found.join('\n')}\n`); }
}

describe('every type of page is whole at 360 and 1280 pixels, light, dark and large', { concurrency: 2 }, () => {
  for (const [type, site, path] of pages) {
    test(`${type} (${site.name}/${path})`, async () => {
      const wrong = new Faults();
      const { context, wrong: seen, page } = await visitor();
      for (const [width, viewport] of [['360', PHONE], ['1280', DESK]]) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
        await page.evaluate(() => { try { localStorage.clear(); } catch { /* about:blank has none */ } }).catch(() => {});
        await open(page, site.below.root + path);
        if (PICTURES) await pictures(page, `${site.name}-${type}-${width}`);
        wrong.add(`${width} overflow`, await page.evaluate(overflowing));
        wrong.add(`${width} overlap`, await page.evaluate(overlapping));
        wrong.add(`${width} crowded chart`, await page.evaluate(crowded));
        wrong.add(`${width} tiny label`, await page.evaluate(tiny, 9));
        await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
        wrong.add(`${width} small target`, await page.evaluate(small, 44));
        wrong.add(`${width} scroller without keyboard or name`, await page.evaluate(mute));
        wrong.add(`${width} axe light`, await violations(page));
        await page.emulateMedia({ colorScheme: 'dark' });
        wrong.add(`${width} axe dark`, await violations(page, COLORS));
        await page.emulateMedia({ colorScheme: 'light' });
        await page.getByRole('button', { name: '大字版' }).click();
        assert.ok(await page.evaluate(() => document.documentElement.classList.contains('large')));
        wrong.add(`${width} large overflow`, await page.evaluate(overflowing));
        wrong.add(`${width} large small target`, await page.evaluate(small, 60));
        wrong.add(`${width} axe large`, await violations(page, SIZES));
        await page.getByRole('button', { name: '大字版' }).click();
      }
      // Reflow, WCAG 1.4.10; closed boxes are open, so everything is measured.
      await page.setViewportSize({ width: 320, height: 640 });
      wrong.add('320 overflow', await page.evaluate(overflowing));
      wrong.add('320 lost', await page.evaluate(lost));
      // Text spacing, WCAG 1.4.12.
      const spacing = await page.evaluateHandle(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }');
        document.adoptedStyleSheets = [sheet];
        return sheet;
      });
      wrong.add('spaced 320 overflow', await page.evaluate(overflowing));
      wrong.add('spaced 320 lost', await page.evaluate(lost));
      await page.setViewportSize(DESK);
      wrong.add('spaced lost', await page.evaluate(lost));
      wrong.add('spaced overlap', await page.evaluate(overlapping));
      await page.evaluate(() => { document.adoptedStyleSheets = []; });
      await spacing.dispose();
      // 200 % zoom: of the window, and of the text alone.
      await page.setViewportSize({ width: 640, height: 450 });
      wrong.add('zoomed overflow', await page.evaluate(overflowing));
      wrong.add('zoomed lost', await page.evaluate(lost));
      await page.setViewportSize(DESK);
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      wrong.add('text at 200 % overflow', await page.evaluate(overflowing));
      wrong.add('text at 200 % lost', await page.evaluate(lost));
      await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
      await page.emulateMedia({ media: 'print' });
      wrong.add('printed', await page.evaluate(() => [...document.querySelectorAll('nav, [role=search], .skip')].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))));
      assert.ok(await page.evaluate(() => document.querySelector('main h1').checkVisibility()));
      wrong.add('seen', seen);
      await context.close();
      wrong.none();
    });
  }
});

async function pictures(page, name) {
  mkdirSync(PICTURES, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the checks see what they look for', async () => {
  const { context, wrong, page } = await visitor();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.setContent(`<main><p style="width: 900px">宽宽宽</p><div style="overflow-x: auto; width: 100px"><p style="width: 300px">滑</p></div>
    <div style="overflow: hidden; width: 40px; white-space: nowrap">一二三四五六七八九十</div><p style="position: absolute; top: 200px">甲乙丙丁</p><p style="position: absolute; top: 202px">戊己庚辛</p>
    <button style="font-size: 8px">按</button><svg class="chart" viewBox="0 0 100 20" width="50" height="10"><text x="95" y="9" font-size="9">二〇一九</text><text x="95" y="9" font-size="9">二〇二〇</text></svg>
    <script>window.__fired = 1; fetch('https://attacker.example/').catch(() => {});</script></main>`);
  for (const check of [overflowing, mute, lost, overlapping, crowded]) assert.notEqual((await page.evaluate(check)).length, 0, check.name);
  assert.notEqual((await page.evaluate(small, 44)).length, 0);
  assert.notEqual((await page.evaluate(tiny, 9)).length, 0);
  assert.equal(await page.evaluate(() => window.__fired), 1);
  await page.waitForTimeout(50);
  assert.ok(wrong.some((one) => one.startsWith('request off the origin')), wrong.join());
  const { dangers, repeated } = read('<p id=a onclick=x()><a id=a href=" javascript:x()">x</a><script>x()</script><iframe></iframe>');
  assert.deepEqual([dangers.length, repeated.length], [4, 1]);
  assert.notEqual((await faults('<!doctype html><html lang=zh><head><title>x</title></head><body><p><div>x</div></p></body></html>')).length, 0);
  await context.close();
});

// ── The files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

for (const site of sites) {
  test(`every link and fragment of ${site.name} resolves under / and /repo/`, async () => {
    const wrong = new Faults();
    for (const server of [site.top, site.below]) {
      const known = new Map();
      const answer = (url) => {
        if (!known.has(url)) known.set(url, fetch(url, { redirect: 'manual' }).then(async (response) => ({ status: response.status, ids: response.headers.get('content-type')?.includes('html') ? read(await response.text()).ids : null })));
        return known.get(url);
      };
      for (const [path, page] of site.parsed) {
        if (path === '404.html' && server === site.top) continue; // Its links begin at the address the site was built for.
        const here = server.root + path.replace(/index\.html$/, '');
        for (const { tag, href, rel } of page.links) {
          const url = new URL(href, here);
          if (url.origin !== server.origin) {
            if (tag !== 'a' || !rel.includes('noreferrer') || !/^https?:$/.test(url.protocol)) wrong.add(path, [`leads off the site: ${href}`]);
            continue;
          }
          if (!url.pathname.startsWith(server.base)) { wrong.add(path, [`leaves ${server.base}: ${href}`]); continue; }
          if (path !== '404.html' && /^(\/|https?:)/.test(href)) wrong.add(path, [`is not relative: ${href}`]);
          const fragment = decodeURIComponent(url.hash.slice(1));
          url.hash = url.search = '';
          const { status, ids } = await answer(url.href);
          if (status !== 200) wrong.add(path, [`${status}: ${href}`]);
          else if (fragment && !ids?.has(fragment)) wrong.add(path, [`no #${fragment}: ${href}`]);
        }
      }
      for (const [, url] of readFileSync(join(site.folder, 'feed.xml'), 'utf8').matchAll(/href="(http:[^"]+)"/g)) {
        const path = url.startsWith(site.below.root) ? url.slice(site.below.root.length) : null;
        if (path === null) wrong.add('feed.xml', [`leads off the site: ${url}`]);
        else if ((await answer(server.root + path)).status !== 200) wrong.add('feed.xml', [`missing: ${url}`]);
      }
      const index = await (await fetch(`${server.root}index.json`)).json();
      for (const url of [...(index.reports ?? []).flatMap((card) => [card.url, card.json]), ...index.agencies.map((one) => one.url), ...index.years.map((one) => one.url), ...(index.shards ?? []).map((one) => one.url)]) {
        const { status } = await answer(server.root + url);
        if (status !== 200) wrong.add('index.json', [`${status}: ${url}`]);
      }
    }
    for (const [, url] of readFileSync(join(site.folder, 'sitemap.xml'), 'utf8').matchAll(/<loc>([^<]+)<\/loc>/g)) {
      const { status } = await fetch(url.replaceAll('&amp;', '&'), { redirect: 'manual' });
      if (status !== 200) wrong.add('sitemap.xml', [`${status}: ${url}`]);
    }
    console.log(`# ${site.name}: ${[...site.parsed.values()].reduce((sum, page) => sum + page.links.length, 0)} links of ${site.html.length} pages`);
    wrong.none();
  });

  test(`the pages of ${site.name} are valid HTML, hold nothing that runs, and are small`, async () => {
    const wrong = new Faults();
    const [shown, seen] = [new Set(pages.filter(([, of]) => of === site).map(([, , path]) => path.split('?')[0])), new Set()];
    for (const [path, page] of site.parsed) {
      const html = readFileSync(join(site.folder, path), 'utf8');
      wrong.add(path, page.errors);
      wrong.add(path, page.repeated.map((id) => `id ${id} twice`));
      // The 404 page has nothing of a report, and a style of its own: it is shown where the stylesheet may not be.
      wrong.add(path, page.dangers.filter((one) => path !== '404.html' || one !== '<style>'));
      const limit = path === 'index.html' ? 100 : 60;
      const size = gzipSync(html).length / 1024;
      if (size > limit) wrong.add(path, [`${size.toFixed(1)} KB compressed, more than ${limit}`]);
      // The rules of the standard take a while; a page of each type stands for the others.
      const type = path.split('/').length === 3 ? path.split('/')[0] : path;
      if (site !== attack && seen.has(type) && !shown.has(path.replace('index.html', ''))) continue;
      seen.add(type);
      wrong.add(path, await faults(html));
    }
    wrong.none();
  });
}

test('no published file is hidden, and what a browser would run has no report text as its type', () => {
  for (const site of sites) {
    for (const path of files(site.folder)) {
      assert.ok(!path.split('/').some((part) => part.startsWith('.')), path);
      if (path.startsWith('reports/')) assert.match(path, /\/(index\.html|index\.json|original\.(txt|md|html\.txt))$/);
    }
  }
});

test('feeds and sitemap are well-formed whatever the reports hold', async () => {
  const { context, page } = await visitor();
  await page.goto(main.below.root);
  for (const site of sites) {
    for (const name of ['feed.xml', 'sitemap.xml']) {
      const text = readFileSync(join(site.folder, name), 'utf8');
      const fault = await page.evaluate((xml) => new DOMParser().parseFromString(xml, 'application/xml').querySelector('parsererror')?.textContent, text);
      assert.equal(fault, undefined, `${site.name} ${name}`);
    }
  }
  await context.close();
});

// ── Without script ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('without JavaScript every content page has its text, and search and compare say where to go', async () => {
  const [plain, scripted] = [await visitor({ javaScriptEnabled: false }), await visitor()];
  const words = (page) => page.locator('main').evaluate((main) => main.textContent.replace(/\s+/g, ''));
  for (const [type, site, path] of pages) {
    await plain.page.goto(site.below.root + path);
    const text = await plain.page.locator('main').innerText();
    if (SCRIPTED.has(type.replace('many ', ''))) {
      assert.match(text, /脚本|JavaScript/, `${type} explains itself`);
      for (const list of ['agencies/', 'years/', 'regions/']) assert.ok(await plain.page.locator(`main a[href$="${list}"]`).first().isVisible(), `${type} leads to ${list}`);
      continue;
    }
    await open(scripted.page, site.below.root + path);
    assert.ok(text.trim().length > 20, type);
    assert.equal(await words(scripted.page), await words(plain.page), `${type} has the same text with and without`);
  }
  // A line inside a closed box is shown for its address alone.
  const report = reports(main.folder).find((one) => one.tables.some((table) => table.cells.some((cell) => cell.line)));
  if (report) {
    const { line } = report.tables.flatMap((table) => table.cells).find((cell) => cell.line);
    for (const { page } of [plain, scripted]) {
      await page.goto(`${main.below.root}${report.url}#L${line}`);
      await page.waitForTimeout(300);
      assert.ok(await page.locator(`#L${line}`).isVisible(), `#L${line} of ${report.id} is shown`);
    }
  }
  assert.deepEqual([...plain.wrong, ...scripted.wrong], []);
  await Promise.all([plain.context.close(), scripted.context.close()]);
});

// ── By keyboard ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Presses Tab until `found`; every stop on the way must be seen, marked and not covered. */
async function tabTo(page, found, limit = 120) {
  for (let presses = 0; presses < limit; presses++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    if (!at) continue;
    assert.ok(at.marked && at.visible && !at.covered, `the focus is seen: ${JSON.stringify(at)} on ${page.url()}`);
    if (found(at)) return at;
  }
  return assert.fail(`no such stop on ${page.url()}`);
}

test('the first stop is the skip link, and it leads to the text', async () => {
  const { context, wrong, page } = await visitor();
  for (const [type, site, path] of pages) {
    await open(page, site.below.root + path);
    await page.evaluate(() => { document.activeElement?.blur(); getSelection().removeAllRanges(); });
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    assert.ok(at?.tag === 'A' && at.href === '#main' && at.marked && at.visible, `${type}: ${JSON.stringify(at)}`);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => !!document.activeElement.closest('main, footer')), `${type}: past the menu`);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('by keyboard alone: home, a query, a result, the line it was found in', async () => {
  for (const viewport of [DESK, PHONE]) {
    const { context, wrong, page } = await visitor({ viewport });
    await page.goto(main.below.root);
    await tabTo(page, (at) => at.tag === 'INPUT' && at.type === 'search');
    await page.keyboard.type('公开');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.search-alive[aria-busy=false] [data-result]');
    assert.match(page.url(), /\/repo\/search\/\?q=/);
    await tabTo(page, (at) => at.result);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/repo\/reports\/[^/]+\/#L\d+$/);
    await page.waitForTimeout(100);
    const line = await page.evaluate(() => {
      const target = document.querySelector(':target');
      const box = target?.getBoundingClientRect();
      return target && { text: target.textContent, seen: box.top >= -1 && box.top < innerHeight && box.height > 0,
        marked: getComputedStyle(target).backgroundColor !== getComputedStyle(document.body).backgroundColor && getComputedStyle(target).backgroundColor !== 'rgba(0, 0, 0, 0)' };
    });
    assert.ok(line?.seen && line.marked && line.text.includes('公开'), JSON.stringify(line));
    assert.deepEqual(wrong, []);
    await context.close();
  }
});

test('every stop of the busiest pages is seen and marked, and the focus is never caught', async () => {
  const { context, wrong, page } = await visitor({ viewport: { width: 1280, height: 600 } });
  for (const type of ['home', 'report', 'search', 'compare', 'year']) {
    await open(page, main.below.root + addresses[type]);
    const stops = new Set();
    let last = null;
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(focused);
      if (!at) break;
      assert.ok(at.marked && at.visible && !at.covered, `${type}: ${JSON.stringify(at)}`);
      const place = await page.evaluate(() => [...document.querySelectorAll('*')].indexOf(document.activeElement));
      assert.notEqual(place, last, `${type}: caught at ${at.name}`);
      last = place;
      stops.add(place);
    }
    assert.ok(stops.size > 10, type);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('large type is kept from page to page', async () => {
  const { context, wrong, page } = await visitor();
  await page.goto(main.below.root);
  await page.getByRole('button', { name: '大字版' }).press('Enter');
  await page.goto(main.below.root + addresses.report);
  assert.equal(await page.getByRole('button', { name: '大字版' }).getAttribute('aria-pressed'), 'true');
  assert.ok(await page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize)) >= 20);
  await page.getByRole('button', { name: '大字版' }).click();
  await page.reload();
  assert.equal(await page.getByRole('button', { name: '大字版' }).getAttribute('aria-pressed'), 'false');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a sorted table tells so, and a figure not given is never the smallest', async () => {
  const { context, wrong, page } = await visitor();
  await page.goto(main.below.root + addresses.year);
  const table = page.locator('table.sortable').first();
  if (await table.count()) {
    const heads = table.locator('thead tr').last().locator('th');
    const column = await heads.evaluateAll((all) => all.findIndex((head) => head.classList.contains('n')));
    for (const direction of ['ascending', 'descending']) {
      await heads.nth(column).getByRole('button').click();
      assert.equal(await heads.nth(column).getAttribute('aria-sort'), direction);
      const values = await table.locator('tbody tr').evaluateAll((rows, at) => rows.map((row) => row.cells[at].dataset.value ?? null), column);
      const given = values.filter((value) => value !== null).map(Number);
      assert.deepEqual(values.slice(given.length).filter((value) => value !== null), []);
      assert.deepEqual(given, [...given].sort((a, b) => (direction === 'ascending' ? a - b : b - a)));
    }
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

// ── Search ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Queries with what they are looked up as in the text; Traditional ones by character and by the word Simplified text uses. */
const QUERIES = [['公开'], ['镇'], ['依申请公开'], ['行政复议'], ['信息公开工作年度报告'], ['水利局'], ['号'], ['主动公开'], ['量子计算机'], ['2021年'], ['息公'],
  ['號', '号'], ['政府資訊', '政府资讯', '政府信息'], ['依申請公開', '依申请公开'], ['行政複議', '行政复议'], ['領導小組', '领导小组'], ['報告', '报告'], ['２０２１年', '2021年']];

/** What a reader may call the same: width, case, blanks, brackets and script, for the characters these queries hold. */
const TRADITIONAL = new Map([...'號号資资訊讯請请開开複复議议領领導导組组報报會会務务實实機机關关處处條条網网辦办屬属門门電电設设際际數数動动題题級级業业'].reduce((pairs, character, at, all) => (at % 2 ? pairs : [...pairs, [character, all[at + 1]]]), []));
const plain = (text) => [...text.normalize('NFKC').toLowerCase()].filter((character) => !/[\s()\[\]{}〔〕【】《》〈〉「」『』“”‘’"'\p{Cf}]/u.test(character)).map((character) => TRADITIONAL.get(character) ?? character).join('');
const held = (report) => [report.title.value ?? report.heading, report.agency.value?.name, ...report.lines.filter((line) => line.role !== 'blank').map((line) => line.text)].filter(Boolean).map(plain);

for (const [site, server] of [[main, 'below'], ...(seeds ? [[seeds, 'top']] : [])]) {
  test(`search finds every report of ${site.name} and no other, in both scripts, under ${site[server].base}`, async () => {
    const { context, wrong, page } = await visitor();
    const texts = reports(site.folder).map((report) => [report.url, held(report)]);
    await page.goto(`${site[server].root}search/`);
    await page.waitForFunction(() => typeof window.siteSearch === 'function');
    for (const [query, ...looked] of QUERIES) {
      const keys = (looked.length ? looked : [query]).map(plain);
      const expected = texts.filter(([, lines]) => lines.some((line) => keys.some((key) => line.includes(key)))).map(([url]) => url).sort();
      const found = await page.evaluate(async (text) => {
        const result = await window.siteSearch(text, { top: 3, all: true });
        const promise = result.ready instanceof Promise;
        await result.ready;
        return { ...result, promise, shown: document.querySelectorAll('[data-result]').length, links: document.querySelectorAll('[data-result] a[href*="reports/"]').length,
          total: result.total, told: document.querySelector('main [data-total]')?.textContent, marks: document.querySelectorAll('[data-result] mark').length };
      }, query);
      assert.deepEqual([...found.urls].sort(), expected, query);
      assert.equal(found.total, expected.length, query);
      assert.equal(found.exact, true, query);
      assert.ok(found.promise, 'ready is a promise');
      assert.equal(Number(found.told), expected.length, `the page tells the true total of ${query}`);
      assert.equal(found.shown, Math.min(3, expected.length), `${query}: top is kept to`);
      assert.equal(found.links, found.shown, query);
      assert.ok(!found.shown || found.marks >= found.shown, `${query} is marked`);
    }
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('filters narrow truly, stay in the address, and the way back works', async () => {
  const { context, wrong, page } = await visitor();
  const all = reports(main.folder);
  const holds = (report, query) => held(report).some((line) => line.includes(plain(query)));
  const year = main.html.find((path) => path === `${addresses.year}index.html`) && Number(addresses.year.split('/')[1]);
  const agency = addresses.agency.split('/')[1];
  const settled = () => page.waitForSelector('.search-alive[aria-busy=false] [data-total]');
  const told = async () => Number(await page.locator('main [data-total]').textContent());
  const count = (test) => all.filter((report) => holds(report, '公开') && test(report)).length;
  await open(page, `${main.below.root}search/?q=${encodeURIComponent('公开')}`);
  assert.equal(await told(), count(() => true));
  await page.locator('select[name=year]').selectOption(String(year));
  await page.waitForFunction((expected) => document.querySelector('.search-alive[aria-busy=false] [data-total]')?.textContent === expected, String(count((report) => report.year.value === year)));
  assert.equal(new URL(page.url()).searchParams.get('year'), String(year));
  await page.locator('select[name=agency]').selectOption(agency).catch(() => assert.fail(`no choice of ${agency} for ${year}`));
  const both = count((report) => report.year.value === year && report.agency.value?.id === agency);
  await page.waitForFunction((expected) => document.querySelector('.search-alive[aria-busy=false] [data-total]')?.textContent === expected, String(both));
  await page.reload();
  await settled();
  assert.equal(await told(), both, 'the address brings it back');
  assert.equal(await page.locator('select[name=agency]').inputValue(), agency);
  await page.goBack();
  await page.waitForFunction((expected) => document.querySelector('.search-alive[aria-busy=false] [data-total]')?.textContent === expected, String(count((report) => report.year.value === year)));
  assert.equal(await page.locator('select[name=agency]').inputValue(), '');
  await page.goBack();
  await page.waitForFunction((expected) => document.querySelector('.search-alive[aria-busy=false] [data-total]')?.textContent === expected, String(count(() => true)));
  assert.equal(await page.locator('input[type=search]').inputValue(), '公开');
  const through = await page.evaluate(async ([agency, year]) => (await window.siteSearch('公开', { all: true, filters: { agency, year } })).total, [agency, year]);
  assert.equal(through, both, 'siteSearch takes the same filters');
  // A result, then back: the query is still there.
  await page.locator('[data-result] a').first().click();
  await page.waitForURL(/\/reports\//);
  await page.goBack();
  await page.waitForSelector('.search-alive[aria-busy=false] [data-result]');
  assert.equal(await page.locator('input[type=search]').inputValue(), '公开');
  const more = page.locator('[data-search-more]');
  if (await more.isVisible()) {
    const before = await page.locator('[data-result]').count();
    await more.click();
    await page.waitForFunction((shown) => document.querySelectorAll('[data-result]').length > shown, before);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('compare takes two reports from its fields and shows both', async () => {
  const { context, wrong, page } = await visitor();
  const [a, b] = reports(main.folder).filter((report) => Object.keys(report.core).length > 2 && report.agency.value && report.year.value);
  await page.goto(`${main.below.root}compare/`);
  for (const [side, report] of [['第一份', a], ['第二份', b]]) {
    const group = page.getByRole('group', { name: side });
    await group.getByLabel('机关').fill(report.agency.value.name);
    await group.getByLabel('报告').selectOption(report.id);
    const title = await group.getByLabel('报告').locator('option:checked').textContent();
    assert.ok(title.includes(String(report.year.value)) && !title.includes(report.id), `reports are offered by title: ${title}`);
  }
  await page.getByRole('button', { name: '比较' }).click();
  await page.waitForSelector('#result table');
  assert.match(page.url(), new RegExp(`a=${a.id}&b=${b.id}`));
  for (const report of [a, b]) assert.ok(await page.locator(`#result a[href$="reports/${report.id}/"]`).first().isVisible());
  assert.deepEqual(wrong, []);
  await context.close();
});

// ── Reports that attack ─────────────────────────────────────────────────────────────────────────────────────────────────

test('nothing in a hostile report runs, asks for anything or becomes markup, even where no policy holds it back', async () => {
  const inputs = JSON.parse(readFileSync(join(attack.folder, 'index.json'), 'utf8')).inputs;
  assert.ok(inputs.published >= 7, `the hostile reports are published: ${JSON.stringify(inputs)}`);
  const { context, wrong, page } = await visitor({ bypassCSP: true });
  const fired = async (what) => assert.equal(await page.evaluate(() => window.__fired), undefined, what);
  for (const path of attack.html) {
    await page.goto(attack.top.root + path.replace(/index\.html$/, ''), { waitUntil: 'load' }).catch(() => assert.fail(path));
    await fired(path);
    assert.equal(await page.locator('main :is(script, iframe, img, object, embed, base, form[action*="attacker"])').count(), 0, path);
  }
  await page.goto(`${attack.top.root}search/`);
  for (const query of ['<script>', 'script', '"><img', '__proto__', 'constructor', '{{ 7*7 }}', 'onerror', '水利局', '总体情况', '\u2028', '-->', "' onmouseover", '\\', '%00', 'toString', '']) {
    await page.evaluate(async (text) => (await window.siteSearch(text, { top: 10, all: true })).ready, query);
    await fired(query);
    await open(page, `${attack.top.root}search/?q=${encodeURIComponent(query || 'x')}&agency=__proto__&year=constructor&kind=toString`);
    await fired(query);
  }
  const ids = reports(attack.folder).map((report) => report.id);
  for (const [at, id] of ids.entries()) {
    await open(page, `${attack.top.root}compare/?a=${id}&b=${ids[(at + 1) % ids.length]}`);
    await fired(id);
  }
  for (const value of ['<img src=x onerror=window.__fired=1>', '../../x', '__proto__']) {
    await page.goto(`${attack.top.root}compare/?a=${encodeURIComponent(value)}&b=${encodeURIComponent(value)}`);
    await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('取不到'));
    await fired(value);
  }
  assert.deepEqual(wrong.filter((one) => !/console error: Failed to load resource.*404/.test(one)), []);
  const source = reports(attack.folder).map((report) => report.source?.url?.value).filter(Boolean);
  assert.ok(source.every((url) => !/^\s*javascript:/i.test(url) || !attack.html.some((path) => attack.parsed.get(path).links.some(({ href }) => href === url))));
  await context.close();
});

test('no visit asked the host for anything that is not there', () => {
  for (const server of servers) {
    const odd = server.log.filter(({ path, status }) => status !== 200 && !(status === 404 && /no\/such\/page|%3Cimg|%2F\.\.|__proto__|\/x\//.test(path)));
    assert.deepEqual(odd, [], server.root);
  }
});
