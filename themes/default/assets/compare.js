// Two reports side by side, from the JSON published beside their pages. Text from reports only ever becomes text nodes.
const box = document.getElementById("compare");
const root = box.dataset.root;
const status = document.getElementById("status");
const result = document.getElementById("result");
const form = box.querySelector("form");
const asked = new URLSearchParams(location.search);

const json = async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};
const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const number = (value) => value === null || value === undefined ? "—" : value.toLocaleString("zh-CN", { maximumFractionDigits: 10 }).replace("-", "−");
const difference = (a, b) => typeof a === "number" && typeof b === "number" ? Math.round((b - a) * 1e6) / 1e6 : null;
const signed = (gap) => gap === null ? "—" : gap > 0 ? `＋${number(gap)}` : number(gap);
const standings = {
  proved: ["✓", "已核"], printed: ["·", "原文"], curated: ["※", "编者"], solved: ["＋", "补出"],
  disputed: ["？", "存疑"], blank: ["○", "空白"], lost: ["×", "缺失"], unmapped: ["＃", "未识"],
};
const mark = (standing) => {
  const [sign, word] = standings[standing] ?? ["", ""];
  return standing === "proved" || standing === "printed" ? make("i", { class: `st-${standing}`, role: "img", "aria-label": word }, sign)
    : make("i", { class: `st-${standing}` }, make("span", { "aria-hidden": "true" }, sign), word);
};

// ── Which two ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const page = json("index.json");

/** Fills the list of an agency's reports; chooses one of them. */
const offer = async (side, url, chosen) => {
  const select = form.elements[side];
  const agency = await json(`${root}${url}index.json`);
  const reports = agency.timeline.flatMap((row) => row.reports);
  select.replaceChildren(...reports.map((one) => make("option", { value: one.id }, `${one.year ? `${one.year}年　` : ""}${one.title}`)));
  if (reports.some((one) => one.id === chosen)) select.value = chosen;
};

/** Puts a report that was asked for by its id into the form, whatever its agency. */
const enter = async (side, report) => {
  const name = report.agency.value?.name ?? "";
  form.querySelector(`[data-side=${side}] input`).value = name;
  form.elements[side].replaceChildren(make("option", { value: report.id }, report.heading ?? report.id));
  const url = report.agency.value && `agencies/${report.agency.value.id}/`;
  if (url) await offer(side, url, report.id).catch(() => {});
};

page.then(({ agencies }) => {
  document.getElementById("agencies").append(...agencies.map(({ name }) => make("option", { value: name })));
  const addresses = new Map(agencies.map(({ name, url }) => [name, url]));
  for (const field of form.querySelectorAll("[data-side]")) {
    const input = field.querySelector("input");
    input.addEventListener("input", () => {
      const url = addresses.get(input.value.trim());
      if (url) offer(field.dataset.side, url).catch(() => { status.textContent = "取不到这个机关的报告。"; });
    });
  }
  form.hidden = false;
}).catch(() => { status.textContent = "取不到机关名单。"; });

// ── What is told ────────────────────────────────────────────────────────────────────────────────────────────────────────

// The prescribed form changed with the reports of these years; figures on two sides of a change are shown and not subtracted.
const regime = (report) => [2014, 2019, 2021].filter((first) => (report.year?.value ?? 0) >= first).length;

/** How the two are called in the heads of columns: by year where the agency is the same, else by agency and year. */
const names = (a, b) => {
  const same = a.agency.value && a.agency.value.id === b.agency.value?.id && a.year.value !== b.year.value;
  return [a, b].map((one) => {
    const year = one.year.value ? `${one.year.value}年` : "年度不明";
    return same ? year : `${one.agency.value?.name ?? one.heading ?? one.id} ${year}`;
  });
};

const section = (title, ...children) => make("section", { class: "wide", "aria-label": title }, make("h2", {}, title), ...children);
const scroll = (label, table) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
const cell = (one, value = one?.value) => {
  const cell = make("td", { class: "n" }, number(value));
  if (one) cell.append(mark(one.standing));
  return cell;
};
const head = (first, [left, right], links, gap = true) => {
  const named = (name, report) => links ? make("a", { href: root + report.url }, name) : name;
  return make("thead", {}, make("tr", {}, make("th", { scope: "col" }, first),
    make("th", { scope: "col", class: "n" }, named(left, links?.[0])), make("th", { scope: "col", class: "n" }, named(right, links?.[1])),
    ...(gap ? [make("th", { scope: "col", class: "n" }, "相差")] : [])));
};

const figures = (a, b, called, labels) => {
  const ids = Object.keys(labels).filter((id) => a.core[id] || b.core[id]);
  if (!ids.length) return make("p", {}, "两份报告都没有可比的数字。");
  const gap = regime(a) === regime(b);
  const rows = ids.map((id) => {
    const [x, y] = [a.core[id], b.core[id]];
    const exact = x && y && x.unit === y.unit;
    return make("tr", {}, make("th", { scope: "row" }, make("a", { href: `${root}indicators/${id}/` }, labels[id].label)),
      cell(x), cell(y), ...(gap ? [make("td", { class: "n" }, signed(exact ? difference(x.value, y.value) : null))] : []));
  });
  return scroll("主要数字对照", make("table", { class: "matrix versus" }, head("指标", called, [a, b], gap), make("tbody", {}, ...rows)));
};

/** The cells of two statutory tables of one form that differ, under their rows; totals first, the columns on demand. */
const tables = (a, b, called) => {
  const parts = [];
  for (const left of a.tables) {
    const right = b.tables.find((other) => other.form === left.form && other.table === left.table);
    if (!right || !left.cells.length || !right.cells.length) continue;
    const key = (cell) => `${cell.row}\u0000${cell.column}`;
    const others = new Map(right.cells.map((cell) => [key(cell), cell]));
    const columns = left.columns.map((column) => column.id);
    const changed = (row, wanted) => left.cells.filter((cell) => cell.row === row.id && wanted(cell) && (cell.value ?? 0) !== (others.get(key(cell))?.value ?? 0));
    const label = (column) => left.columns.find((one) => one.id === column)?.label || column;
    const line = (name, cell) => {
      const other = others.get(key(cell));
      return make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "n" }, number(cell.value)),
        make("td", { class: "n" }, number(other?.value)), make("td", { class: "n" }, signed(difference(cell.value, other?.value))));
    };
    const table = (name, bodies) => scroll(name, make("table", { class: "matrix versus" }, head("项目", called), ...bodies));
    const isTotal = (cell) => columns.includes("total") ? cell.column === "total" : columns.length === 1;
    const totals = left.rows.flatMap((row) => changed(row, isTotal).map((cell) => line(row.label || "件数", cell)));
    const group = (cell) => left.columns.find((one) => one.id === cell.column)?.group ?? "";
    // A table of one row is told by the groups of its columns, any other by its rows.
    const split = ([row, cells]) => left.rows.length > 1 ? [[row.label, cells]]
      : [...new Set(cells.map(group))].map((name) => [name, cells.filter((cell) => group(cell) === name)]);
    const detailed = left.rows.map((row) => [row, changed(row, (cell) => !isTotal(cell))]).flatMap(split).filter(([, cells]) => cells.length);
    const count = detailed.reduce((sum, [, cells]) => sum + cells.length, 0);
    const bodies = detailed.map(([name, cells]) => make("tbody", {},
      ...(name ? [make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: "4" }, make("span", {}, name)))] : []),
      ...cells.map((cell) => line(label(cell.column), cell))));
    const shown = [make("h3", {}, left.title)];
    if (totals.length) shown.push(table(left.title, [make("tbody", {}, ...totals)]));
    if (count && totals.length) shown.push(make("details", {}, make("summary", {}, `各列里不同的${count}格`), table(`${left.title}各列`, bodies)));
    else if (count) shown.push(table(left.title, bodies));
    if (!totals.length && !count) shown.push(make("p", { class: "muted" }, "每一格都相同。"));
    parts.push(make("div", { class: "table" }, ...shown));
  }
  return parts.length ? parts : [make("p", {}, "没有同一格式的统计表可以对照。")];
};

// ── Text ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const paragraphs = (report) => report.lines.filter((line) => ["title", "heading", "prose"].includes(line.role) && line.text.trim())
  .map((line) => ({ text: line.text.trim(), heading: line.role === "heading" || line.role === "title", no: line.no, url: report.url }));

/** The longest common subsequence of two lists, as pairs of places; `most` bounds the work, beyond it nothing is paired. */
const common = (a, b, same, most = 4e6) => {
  let start = 0;
  while (start < a.length && start < b.length && same(a[start], b[start])) start++;
  let [i, j] = [a.length, b.length];
  while (i > start && j > start && same(a[i - 1], b[j - 1])) { i--; j--; }
  const ends = [...Array(start).keys()].map((at) => [at, at]).concat([...Array(a.length - i).keys()].map((at) => [i + at, j + at]));
  const [rows, columns] = [i - start, j - start];
  if (rows * columns > most) return ends;
  const lengths = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let x = rows - 1; x >= 0; x--)
    for (let y = columns - 1; y >= 0; y--)
      lengths[x][y] = same(a[start + x], b[start + y]) ? lengths[x + 1][y + 1] + 1 : Math.max(lengths[x + 1][y], lengths[x][y + 1]);
  const pairs = [];
  for (let x = 0, y = 0; x < rows && y < columns;) {
    if (same(a[start + x], b[start + y])) pairs.push([start + x++, start + y++]);
    else if (lengths[x + 1][y] >= lengths[x][y + 1]) x++;
    else y++;
  }
  return [...ends, ...pairs].sort((p, q) => p[0] - q[0]);
};

/** How much of two texts is the same pairs of characters, 0 to 1. */
const alike = (a, b) => {
  const grams = (text) => new Set([...text].slice(0, -1).map((c, at) => c + text[at + 1]));
  const [x, y] = [grams(a), grams(b)];
  if (!x.size || !y.size) return a === b ? 1 : 0;
  return 2 * [...x].filter((gram) => y.has(gram)).length / (x.size + y.size);
};

/** Whether two paragraphs speak of the same: under one lead (whatever its number), or in much the same words. */
const akin = (a, b) => {
  const lead = (text) => text.replace(/^[（(]?[一二三四五六七八九十\d]+[）)]?[.、．]?\s*/u, "").match(/^[^。：:；，]{2,20}(?=[。：:])/u)?.[0];
  return a.heading === b.heading && (lead(a.text) !== undefined && lead(a.text) === lead(b.text) || alike(a.text, b.text) > 0.35);
};

/** A paragraph with what the other does not have marked; figures are taken whole. */
const marked = (text, other, name) => {
  const cut = (text) => text.match(/\d[\d.,]*|[\s\S]/gu) ?? [];
  const [mine, theirs] = [cut(text), cut(other)];
  const kept = new Set(common(mine, theirs, (x, y) => x === y).map(([at]) => at));
  const nodes = [];
  for (let at = 0; at < mine.length;) {
    const own = kept.has(at);
    let run = "";
    while (at < mine.length && kept.has(at) === own) run += mine[at++];
    nodes.push(own ? run : make(name, {}, run));
  }
  return nodes;
};

const text = (a, b, called) => {
  const [left, right] = [paragraphs(a), paragraphs(b)];
  const anchors = [...common(left, right, (x, y) => x.text === y.text), [left.length, right.length]];
  const list = make("div", { class: "side" }, ...called.map((name, at) => make("p", { class: "side-head" }, make("a", { href: root + [a, b][at].url }, name))));
  const paragraph = (one, other, name) => {
    const of = called[name === "del" ? 0 : 1];
    if (!one) return make("div", { class: "absent", "data-of": of }, make("p", { class: "muted" }, "（没有对应的段落）"));
    const words = other && !one.heading ? marked(one.text, other.text, name) : [one.text];
    return make("div", { "data-of": of }, make(one.heading ? "h3" : "p", {}, ...words), make("p", { class: "where" }, make("a", { href: `${root}${one.url}#L${one.no}` }, `第${one.no}行`)));
  };
  const row = (x, y) => list.append(paragraph(x, y, "del"), paragraph(y, x, "ins"));
  let [from, to, same] = [0, 0, []];
  const flush = () => {
    if (!same.length) return;
    const count = same.length;
    list.append(make("details", { class: "same" }, make("summary", {}, `相同的${count}段`), ...same.map((one) => make("p", {}, one.text))));
    same = [];
  };
  for (const [i, j] of anchors) {
    // Between two paragraphs that are equal, each is set beside the first of the others that is much like it.
    const rest = right.slice(to, j);
    if (from < i || rest.length) flush();
    for (const one of left.slice(from, i)) {
      const at = rest.findIndex((other) => akin(one, other));
      if (at < 0) { row(one, null); continue; }
      for (const other of rest.splice(0, at)) row(null, other);
      row(one, rest.shift());
    }
    for (const other of rest) row(null, other);
    if (i < left.length) same.push(left[i]);
    [from, to] = [i + 1, j + 1];
  }
  flush();
  return list;
};

// ── Both ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const run = async (first, second) => {
  status.textContent = "正在取两份报告……";
  result.replaceChildren();
  try {
    const [{ indicators }, a, b] = await Promise.all([page, ...[first, second].map((id) => json(`${root}reports/${encodeURIComponent(id)}/index.json`))]);
    enter("a", a);
    enter("b", b);
    const called = names(a, b);
    const parts = [figures(a, b, called, indicators)];
    if (regime(a) !== regime(b))
      parts.unshift(make("p", { class: "note" }, "两份报告的年度所用的表格格式不同，同名数字口径可能不同，所以不算相差。"));
    result.append(section("主要数字", ...parts), section("统计表里不同的格", ...tables(a, b, called)),
      section("正文", make("p", { class: "muted" }, "左边独有的划去，右边独有的加底色；完全相同的段落收起。"), text(a, b, called)));
    status.textContent = "";
    document.title = `${called.join("与")}比较 · ${document.title.split(" · ").pop()}`;
  } catch {
    status.textContent = "取不到其中一份报告。请检查编号，或从机关页、年度页进入。";
  }
};
if (asked.get("a") && asked.get("b")) run(asked.get("a"), asked.get("b"));
