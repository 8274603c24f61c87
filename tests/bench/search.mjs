// The browser's half of the search bench: serves a folder over a line of 60 ms and 10 Mbit/s, asks every query of its `queries.json` in a
// fresh window that has answered one other query, and prints bytes, milliseconds and what was wrong.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync } from 'node:child_process';
import { createSecureServer } from 'node:http2';
import { extname, join } from 'node:path';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const { chromium } = createRequire(new URL('../browser/', import.meta.url))('playwright-core');
const folder = process.argv[2];
const asked = JSON.parse(readFileSync(join(folder, 'queries.json'), 'utf8'));
const DELAY = 60;
const BYTES_PER_MS = 10e6 / 8 / 1000;
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml' };

const line = { free: 0, bytes: 0, requests: 0, shaped: true };
// The usual hosts speak HTTP/2, and browsers speak it under TLS alone: a certificate for this one run.
const secret = mkdtempSync(join(tmpdir(), 'nianbao-certificate-'));
execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1', '-days', '1', '-keyout', join(secret, 'key'), '-out', join(secret, 'certificate')], { stdio: 'ignore' });
const credentials = { key: readFileSync(join(secret, 'key')), cert: readFileSync(join(secret, 'certificate')) };
rmSync(secret, { recursive: true });
const server = createSecureServer(credentials, (request, response) => {
  const path = decodeURIComponent(request.url.split('?')[0]);
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  if (!existsSync(file)) return response.writeHead(404).end();
  const type = TYPES[extname(file)];
  const headers = { 'content-type': type ?? 'application/octet-stream', 'cache-control': 'max-age=600' };
  let body = readFileSync(file);
  // As the usual hosts do: text is compressed on its way, anything else is not.
  if (type) [body, headers['content-encoding']] = [gzipSync(body), 'gzip'];
  line.bytes += body.length;
  line.requests++;
  if (!line.shaped) return response.writeHead(200, headers).end(body);
  const now = performance.now();
  line.free = Math.max(line.free, now + DELAY) + body.length / BYTES_PER_MS;
  setTimeout(() => response.writeHead(200, headers).end(body), line.free - now);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const root = `https://127.0.0.1:${server.address().port}/`;

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'] });

/** A window in which the page is ready; `first` has been asked already. */
async function opened(first) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`${root}search/${first ? `?q=${encodeURIComponent(first)}` : ''}`);
  await page.waitForSelector('.search-alive[aria-busy=false] [data-search-results]:not(:empty), .search-alive[aria-busy=false] .search-status:not(:empty)', { state: 'attached' });
  await page.waitForLoadState('networkidle');
  return { page, close: () => context.close() };
}

/** Asks a query; milliseconds until the first ten stand on the page, and the answer. */
const ask = (page, query, options) => page.evaluate(async ([query, options]) => {
  const start = performance.now();
  const result = await window.siteSearch(query, options);
  const found = performance.now() - start;
  await result.ready;
  document.body.offsetHeight;
  return { ...result, ready: null, found, took: performance.now() - start, shown: document.querySelectorAll('[data-result]').length, marks: document.querySelectorAll('[data-result] mark').length };
}, [query, options]);

line.bytes = line.requests = 0;
const first = await opened('依申请公开');
console.log(`first visit: ${(line.bytes / 1000).toFixed(1)} KB in ${line.requests} requests`);
await first.close();

const rows = [];
for (const { query, total } of asked) {
  const { page, close } = await opened('本机关');
  line.bytes = line.requests = 0;
  const result = await ask(page, query, { top: 10 });
  rows.push({ query, total, bytes: line.bytes, requests: line.requests, found: result.found, took: result.took });
  if (result.error) console.log(`ERROR ${query}: ${result.error}`);
  if (result.shown !== Math.min(10, total) || result.marks < result.shown) console.log(`WRONG ${query}: ${result.shown} shown, ${result.marks} marked`);
  await close();
}

// Every address, asked without haste, against the truth.
line.shaped = false;
const { page } = await opened('');
let wrong = 0;
for (const { query, total, sum } of asked) {
  const result = await ask(page, query, { top: 1, all: true });
  const numbers = result.urls.map((url) => Number(/-(\d+)\/$/.exec(url)[1]));
  if (result.total !== total || numbers.length !== total || numbers.reduce((a, b) => a + b, 0) !== sum) {
    wrong++;
    console.log(`WRONG ${query}: ${result.total} instead of ${total}`);
  }
}
const quantile = (name, at) => rows.map((row) => row[name]).sort((a, b) => a - b)[Math.min(rows.length - 1, Math.floor(rows.length * at))];
const show = (name, scale, digits) => `${(quantile(name, 0.5) / scale).toFixed(digits)} / ${(quantile(name, 0.95) / scale).toFixed(digits)} / ${(quantile(name, 1) / scale).toFixed(digits)}`;
console.log(`${asked.length} queries, ${wrong} answered wrongly; median / p95 / most:`);
console.log(`  KB a query ${show('bytes', 1000, 1)}; requests ${show('requests', 1, 0)}; ms to the addresses ${show('found', 1, 0)}; ms to the first ten ${show('took', 1, 0)}`);
if (process.env.NIANBAO_QUERIES) {
  for (const row of rows) console.log(`  ${row.query}\t${row.total}\t${(row.bytes / 1000).toFixed(1)} KB\t${row.requests} requests\t${row.found.toFixed(0)} ms\t${row.took.toFixed(0)} ms`);
}
await browser.close();
server.close();
process.exit();
