// A static host as plain as the ones the site is made for: one folder under one path, media types by extension, `index.html` for a
// folder, a redirect to the slash, `404.html` for the rest. It sets no header that would make the site safer than it is alone.
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.xml': 'application/xml', '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8', '.csv': 'text/csv; charset=utf-8', '.gz': 'application/gzip',
};

/** Serves `folder` under `base` (`/` or `/repo/`); `log` holds every request as `{ path, status }`. */
export async function serve(folder, base) {
  const log = [];
  const answer = async (request, response) => {
    const [path] = request.url.split('?');
    const say = (status, headers = {}, body = '') => {
      log.push({ path, status });
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    };
    const missing = async () => {
      const page = await readFile(join(folder, '404.html')).catch(() => '404');
      say(404, { 'content-type': TYPES['.html'] }, page);
    };
    let decoded;
    try { decoded = decodeURIComponent(path); } catch { return say(400); }
    if (!decoded.startsWith(base)) return missing();
    let file = join(folder, normalize(`/${decoded.slice(base.length)}`));
    let found = await stat(file).catch(() => null);
    if (found?.isDirectory()) {
      if (!decoded.endsWith('/')) return say(301, { location: `${path}/` });
      file = join(file, 'index.html');
      found = await stat(file).catch(() => null);
    }
    if (!found?.isFile()) return missing();
    say(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }, await readFile(file));
  };
  const server = createServer((request, response) => answer(request, response).catch((error) => response.destroy(error)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, base, root: origin + base, log, close: () => { server.closeAllConnections(); server.close(); } };
}
