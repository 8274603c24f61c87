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
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const number = (value) => value === null || value === undefined ? "—" : value.toLocaleString("zh-CN", { maximumFractionDigits: 10 });
const signs = { proved: "✓已核", printed: "·原文", curated: "※编者", solved: "＋补出", disputed: "？存疑", blank: "○空白", lost: "×缺失", unmapped: "＃未识" };

for (const name of ["a", "b"]) form.elements[name].value = asked.get(name) ?? "";

// The list of reports helps typing; an archive too large for one list is typed by id.
json(`${root}index.json`).then((index) => {
  const options = (index.reports ?? []).slice(0, 5000).map((card) => make("option", { value: card.id }, card.title));
  document.getElementById("reports").append(...options);
}).catch(() => {});

const link = (report) => make("a", { href: root + report.url }, report.heading ?? report.title?.value ?? report.id);

const scroll = (label, table) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);

// The prescribed form changed with the reports of these years; figures on two sides of a change are shown and not subtracted.
const regime = (report) => [2014, 2019, 2021].filter((first) => (report.year?.value ?? 0) >= first).length;

const figures = (a, b, labels) => {
  const ids = Object.keys(labels).filter((id) => a.core[id] || b.core[id]);
  if (!ids.length) return make("p", {}, "两份报告都没有可比的数字。");
  const cell = (core) => {
    const cell = make("td", { class: "n" }, core ? number(core.value) : "—");
    if (core) cell.append(make("span", { class: `st st-${core.standing}` }, signs[core.standing] ?? ""));
    return cell;
  };
  const rows = ids.map((id) => {
    const [x, y] = [a.core[id], b.core[id]];
    const exact = x && y && x.unit === y.unit && regime(a) === regime(b);
    const gap = exact ? Math.round((y.value - x.value) * 1e6) / 1e6 : null;
    return make("tr", {}, make("th", { scope: "row" }, make("a", { href: `${root}indicators/${id}/` }, labels[id].label)),
      cell(x), cell(y), make("td", { class: "n" }, gap === null ? "—" : (gap > 0 ? "＋" : "") + number(gap).replace("-", "−")));
  });
  const head = make("tr", {}, make("th", { scope: "col" }, "指标"), make("th", { scope: "col", class: "n" }, link(a)), make("th", { scope: "col", class: "n" }, link(b)), make("th", { scope: "col", class: "n" }, "相差"));
  return scroll("主要数字", make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
};

const tables = (a, b) => {
  const parts = [];
  for (const left of a.tables) {
    const right = b.tables.find((other) => other.form === left.form && other.table === left.table);
    if (!right || !left.cells.length || !right.cells.length) continue;
    const key = (cell) => `${cell.row}\u0000${cell.column}`;
    const others = new Map(right.cells.map((cell) => [key(cell), cell]));
    const label = (list, id) => list.find((one) => one.id === id)?.label || id;
    const rows = left.cells.filter((cell) => cell.value !== (others.get(key(cell))?.value ?? null)).map((cell) => {
      const other = others.get(key(cell));
      return make("tr", {}, make("th", { scope: "row" }, label(left.rows, cell.row)), make("td", {}, label(left.columns, cell.column)),
        make("td", { class: "n" }, number(cell.value)), make("td", { class: "n" }, number(other?.value)));
    });
    parts.push(make("h3", {}, left.title), rows.length
      ? scroll(left.title, make("table", {}, make("thead", {}, make("tr", {}, ...["行", "列", "第一份", "第二份"].map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)))
      : make("p", {}, "每一格都相同。"));
  }
  return parts.length ? parts : [make("p", {}, "没有同一格式的统计表可以对照。")];
};

const text = (report, other) => {
  const same = new Set(other.lines.map((line) => line.text.trim()).filter((line) => line.length > 8));
  const column = make("div", {}, make("h3", {}, link(report)));
  for (const line of report.lines) {
    if (!["title", "heading", "prose", "meta"].includes(line.role) || !line.text.trim()) continue;
    const body = line.text.trim();
    column.append(make("p", same.has(body) ? { class: "muted" } : {}, body));
  }
  return column;
};

const run = async (first, second) => {
  status.textContent = "正在取两份报告……";
  result.replaceChildren();
  try {
    const [page, a, b] = await Promise.all([json("index.json"), ...[first, second].map((id) => json(`${root}reports/${encodeURIComponent(id)}/index.json`))]);
    if (regime(a) !== regime(b))
      result.append(make("p", { class: "note" }, "两份报告的年度所用的表格格式不同，同名数字口径可能不同，所以不算相差。"));
    result.append(make("h2", {}, "主要数字"), figures(a, b, page.indicators), make("h2", {}, "统计表里不同的格"), ...tables(a, b),
      make("h2", {}, "正文"), make("p", { class: "muted" }, "两份都有的段落用浅色。"), make("div", { class: "side" }, text(a, b), text(b, a)));
    status.textContent = "";
  } catch {
    status.textContent = "取不到其中一份报告。请检查编号，或从机关页、年度页进入。";
  }
};
if (asked.get("a") && asked.get("b")) run(asked.get("a"), asked.get("b"));
