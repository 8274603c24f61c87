// The archives the tests look at, built with the real binary into folders of their own.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The program under test: `NIANBAO`, or what cargo built: the release before the debug one. */
export function binary() {
  if (process.env.NIANBAO) return process.env.NIANBAO;
  const targets = [process.env.CARGO_TARGET_DIR, join(repository, 'target')].filter(Boolean);
  const places = targets.flatMap((target) => ['release', 'debug'].map((profile) => join(target, profile, 'nianbao')));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`no nianbao at ${places.join(', ')}: run cargo build --release, or set NIANBAO`);
  return found;
}

/** Runs `nianbao build` for a site's folder; its published folder. */
export async function build(root, ...options) {
  const program = binary();
  try {
    await promisify(execFile)(program, ['--root', root, '--quiet', 'build', ...options], { maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(`${program} build failed: ${error.stdout}${error.stderr}`);
  }
  return join(root, 'public');
}

/** The repository's own demonstration archive, copied so that building leaves no trace in the checkout. */
export function demonstration(root) {
  mkdirSync(root, { recursive: true });
  for (const name of ['content', 'site.toml', 'ids.toml', 'themes']) {
    if (existsSync(join(repository, name))) cpSync(join(repository, name), join(root, name), { recursive: true });
  }
  return files(join(root, 'content')).length > 0;
}

/**
 * Generated reports: 60, or as many as `NIANBAO_GENERATED` says (1,000 takes some minutes more). Written by the bench's generator,
 * which `cargo test` compiles.
 */
export async function generated(root) {
  const targets = [process.env.CARGO_TARGET_DIR, join(repository, 'target')].filter(Boolean);
  const program = targets.map((target) => join(target, 'debug', 'examples', 'bench')).find((place) => existsSync(place));
  if (!program) return false;
  mkdirSync(root, { recursive: true });
  await promisify(execFile)(program, ['--write', root, process.env.NIANBAO_GENERATED ?? '60']);
  return true;
}

/** The real reports beside the repository, where they are there. */
export function real(root) {
  const seeds = join(repository, '../shared/seeds');
  if (!existsSync(seeds)) return false;
  mkdirSync(root, { recursive: true });
  cpSync(seeds, join(root, 'content'), { recursive: true });
  writeFileSync(join(root, 'site.toml'), 'title = "年报档案"\n');
  return true;
}

/** What each attack would leave behind if it ran. */
const fires = (number) => `window.__fired=${number}`;
const TITLE = `"><img src=x onerror="${fires(1)}">`;
const MANY = [
  `<script>${fires(2)};alert(2)</script>`, `</script><script>${fires(3)}</script>`, `＜script＞${fires(4)}＜／script＞`,
  `<scr(qū)ipt>${fires(5)}</scr(qū)ipt>`, `<scr\u200bipt>${fires(6)}</scr\u200bipt>`, `&lt;script&gt;${fires(7)}&lt;/script&gt;`,
  `<svg onload="${fires(8)}"><a xlink:href="javascript:${fires(9)}">点</a></svg>`, `--><script>${fires(10)}</script><!--`,
  `]]></title></textarea></style><script>${fires(11)}</script>`, `java\u200bscript:${fires(12)}`, '{{ 7*7 }} {% include "base.html" %} ${7*7} <%= 7*7 %>',
  `一行\u2028两行\u2029三行\u202e倒写\u0007铃`, `<iframe srcdoc="<script>parent.${fires(13)}</script>"></iframe>`, `<math><mtext></mtext><mglyph><style><img src=x onerror=${fires(14)}>`,
  '+ADw-script+AD4-alert(1)+ADw-/script+AD4-', "' onmouseover=alert(1) x='", '__proto__ constructor toString',
];
const BODY = `一、总体情况\n2021年，本局主动公开政府信息128条，收到政府信息公开申请7件，其中予以公开5件。\n${MANY.join('\n')}\n二、主动公开${MANY[0]}\n全年受理申请7件。\n`;
const front = (lines) => `+++\n${lines.join('\n')}\n+++\n`;
const quoted = (text) => JSON.stringify(text);

/** Reports whose every field tries to become markup, script, a request or a property of `Object`. */
const HOSTILE = {
  'plain.txt': `松河市水利局2021年政府信息公开工作年度报告${MANY[0]}\n来源: <b>松河市水利局</b>${TITLE} 发布时间:2022-01-20\n\n${BODY}`,
  'proto.md': front([`title = ${quoted(`__proto__${TITLE}2021年年度报告`)}`, 'agency = "__proto__"', 'year = 2021', 'region = "320600"',
    `source_url = ${quoted(`javascript:${fires(15)}`)}`, `source_name = ${quoted(MANY[1])}`, `index_number = ${quoted(TITLE)}`])
    + `# 一、总体情况\n\n[点我](javascript:${fires(16)}) [数据](data:text/html,<script>${fires(17)}</script>) ![图](https://attacker.example/x.png) <https://attacker.example/>\n\n<script>${fires(18)}</script>\n\n`
    + `| 项目 | 数${TITLE} |\n|---|---|\n| ${MANY[0]} | 12 |\n\n${MANY.join('\n\n')}\n`,
  'constructor.md': front([`title = "{{ 7*7 }}<script>${fires(19)}</script>2020年年度报告"`, 'agency = "constructor"', 'year = 2020', 'region = "320600"',
    `source_url = ${quoted(`https://example.org/?"onmouseover="${fires(20)}`)}`, `tags = [${quoted(TITLE)}]`]) + BODY,
  'named.txt': front([`title = ${quoted(`${MANY[2]}${MANY[3]}2019年年度报告`)}`, `agency = ${quoted(`<b onclick="${fires(21)}">如皋市</b>水利局`)}`, 'year = 2019', 'region = "320682"']) + BODY,
  'markup.html': `<!doctype html><html><head><title>如皋市财政局2021年政府信息公开工作年度报告</title><base href="//attacker.example/"><meta http-equiv="refresh" content="0;url=//attacker.example/">
<style>@import url(//attacker.example/a.css); * { display: none }</style><script src="//attacker.example/a.js"></script></head>
<body onload="${fires(22)}"><h1>如皋市财政局2021年政府信息公开工作年度报告</h1><p onclick="${fires(23)}">主动公开政府信息66条。<img src=x onerror="${fires(24)}">${MANY.join('')}</p>
<table><tr><td>项目${TITLE}</td><td>12</td></tr></table><form action="//attacker.example/"><input name=q><button>送</button></form><a href="javascript:${fires(25)}">点我</a></body></html>`,
  [`a"><img src=x onerror=${fires(26)}>&amp;.txt`]: `如皋市教育局2021年政府信息公开工作年度报告\n\n${BODY}`,
  'sidecar.txt': `如皋市交通运输局2021年政府信息公开工作年度报告\n\n${BODY}`,
  'sidecar.toml': `source_name = ${quoted(TITLE)}\nsource_url = "JaVaScRiPt:${fires(27)}"\n${quoted(TITLE)} = 1\n`,
};

export function hostile(root) {
  mkdirSync(join(root, 'content'), { recursive: true });
  writeFileSync(join(root, 'site.toml'), `title = ${quoted('敌意 <b>&"档案')}\ndescription = ${quoted(TITLE)}\n`);
  for (const [name, text] of Object.entries(HOSTILE)) writeFileSync(join(root, 'content', name), text);
}

/** Every file below a folder, as paths with `/`, sorted. */
export function files(folder) {
  const found = [];
  const walk = (path, name) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const [below, own] = [join(path, entry.name), name + entry.name];
      if (entry.isDirectory()) walk(below, `${own}/`);
      else if (entry.isFile()) found.push(own);
    }
  };
  if (existsSync(folder) && statSync(folder).isDirectory()) walk(folder, '');
  return found.sort();
}

/** The published JSON of every report. */
export const reports = (folder) => files(folder).filter((path) => /^reports\/[^/]+\/index\.json$/.test(path))
  .map((path) => JSON.parse(readFileSync(join(folder, path), 'utf8')));
