// What the pages gain from a script: large type that lasts, tables that sort, details that open for an address inside them, whole
// citations.
// Everything is readable without it.
(() => {
  const html = document.documentElement;
  const key = "nianbao-large";
  let large = false;
  try { large = localStorage.getItem(key) === "1"; } catch { /* storage may be switched off; the choice then lasts one page */ }
  html.classList.toggle("large", large);

  const ready = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "大字版";
    button.setAttribute("aria-pressed", String(large));
    button.addEventListener("click", () => {
      large = !large;
      html.classList.toggle("large", large);
      button.setAttribute("aria-pressed", String(large));
      try { localStorage.setItem(key, large ? "1" : "0"); } catch { /* as above */ }
    });
    document.querySelector(".top-row")?.append(button);

    for (const table of document.querySelectorAll("table.sortable")) sortable(table);
    cited();
    reveal();
    addEventListener("hashchange", reveal);
  };

  // What a page cannot know when it is built: where it stands, if the site does not say.
  const cited = () => {
    const address = location.href.replace(/[?#].*/, "");
    for (const text of document.querySelectorAll("p[data-here], [data-here] pre"))
      text.textContent = text.textContent.replace(text.closest("[data-here]").dataset.here, () => address);
  };

  // A line inside closed details is opened before it is scrolled to; browsers that do so themselves lose nothing.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let opened = false;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      opened ||= !box.open;
      box.open = true;
    }
    if (opened) target.scrollIntoView();
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    [...table.tHead.rows[table.tHead.rows.length - 1].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => {
          const cell = row.cells[column];
          return head.classList.contains("n") ? (cell.dataset.value === undefined ? null : Number(cell.dataset.value)) : cell.textContent;
        };
        const rows = [...body.rows].map((row) => [value(row), row]);
        // A figure that is not given is never a small one: it goes last either way.
        rows.sort(([a], [b]) => a === null ? (b === null ? 0 : 1) : b === null ? -1
          : (typeof a === "number" ? a - b : a.localeCompare(b, "zh-Hans")) * (down ? -1 : 1));
        body.append(...rows.map(([, row]) => row));
      });
    });
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
