// Functions that run inside a page. Each stands alone, for it is sent to the browser as text, and answers with what is wrong.

/** What makes the page scroll sideways. */
export function overflowing() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [];
  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (!box.width || box.right <= root.clientWidth + 1) continue;
    let inside = false;
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) inside ||= getComputedStyle(above).overflowX !== 'visible';
    if (!inside) wide.push(`${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} to ${Math.round(box.right)}: ${element.textContent.slice(0, 30)}`);
  }
  return [`page ${root.scrollWidth} wide in ${root.clientWidth}`, ...wide.slice(0, 6)];
}

/** What scrolls sideways and cannot be reached by keyboard, or has no role or name. */
export function mute() {
  return [...document.querySelectorAll('body *')].filter((element) => {
    const style = getComputedStyle(element);
    if (!/auto|scroll/.test(style.overflowX) || element.scrollWidth <= element.clientWidth || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName)) return false;
    return element.tabIndex < 0 || !element.getAttribute('role') || !(element.getAttribute('aria-label') || element.getAttribute('aria-labelledby'));
  }).map((element) => element.outerHTML.slice(0, 120));
}

/** Text of the page that is cut off: outside the window or outside a box that hides what overflows it. */
export function lost() {
  const faults = new Set();
  const width = document.documentElement.clientWidth;
  // For each element the boxes that cut what overflows them, out to the body or the first that scrolls.
  const known = new Map([[document.body, { cuts: [], scrolls: false }]]);
  const around = (element) => {
    if (known.has(element)) return known.get(element);
    const style = getComputedStyle(element);
    const above = around(element.parentElement);
    const overflow = style.display === 'inline' ? 'visible' : style.overflowX + style.overflowY;
    const own = /auto|scroll/.test(overflow) ? { cuts: [], scrolls: true }
      : /hidden|clip/.test(overflow) ? { cuts: [...above.cuts, [element, element.getBoundingClientRect()]], scrolls: above.scrolls } : above;
    known.set(element, own);
    return own;
  };
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.vh, option, script, noscript, template') || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { cuts, scrolls } = around(element);
    if (scrolls && !cuts.length) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (!box.width) continue;
      const words = node.data.trim().slice(0, 30);
      const cut = cuts.find(([, edge]) => box.right > edge.right + 2 || box.left < edge.left - 2 || box.bottom > edge.bottom + 4 || box.top < edge.top - 4);
      if (cut) faults.add(`cut by ${cut[0].tagName.toLowerCase()}.${cut[0].getAttribute('class') ?? ''}: ${words}`);
      if (!scrolls && (box.right > width + 1 || box.left < -1)) faults.add(`outside the window (${Math.round(box.left)}–${Math.round(box.right)} of ${width}): ${words}`);
    }
  }
  return [...faults].slice(0, 8);
}

/** Pieces of text drawn over each other: two text boxes of different elements that share more than a sliver. */
export function overlapping() {
  const boxes = [];
  // What scrolls or sticks may lie over other text for a while.
  const known = new Map([[null, false]]);
  const moving = (element) => {
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      known.set(element, moving(element.parentElement) || /auto|scroll/.test(style.overflowX) || style.position === 'sticky');
    }
    return known.get(element);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.vh, .skip, option, select, script, noscript') || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (moving(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 2 && box.height > 2) boxes.push({ box, node });
  }
  boxes.sort((a, b) => a.box.top - b.box.top);
  const faults = [];
  for (let first = 0; first < boxes.length; first++) {
    const a = boxes[first].box;
    for (let second = first + 1; second < boxes.length && boxes[second].box.top < a.bottom; second++) {
      const b = boxes[second].box;
      const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      if (across > 3 && down > Math.min(a.height, b.height) * 0.5) faults.push(`“${boxes[first].node.data.trim().slice(0, 16)}” over “${boxes[second].node.data.trim().slice(0, 16)}”`);
    }
  }
  return [...new Set(faults)].slice(0, 8);
}

/** Controls smaller than `least` pixels either way; a link in running text may be as small as the text. */
export function small(least) {
  const faults = [];
  for (const element of document.querySelectorAll('a[href], button, input, select, summary, [role=button]')) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.matches('.skip')) continue;
    const boxes = [element, ...(element.labels ?? [])].map((one) => one.getBoundingClientRect());
    const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
    const width = Math.max(...boxes.map((box) => box.width));
    const block = element.closest('p, li, dd, dt, td, th, figcaption, label, h1, h2, h3, span.muted') ?? element.parentElement;
    const around = [...block.childNodes].filter((node) => node !== element && !(node.contains?.(element))).map((node) => node.textContent).join('').trim();
    if (element.tagName === 'A' && getComputedStyle(element).display === 'inline' && around) continue;
    if (height < least - 0.6 || width < 24) faults.push(`${Math.round(width)}×${Math.round(height)} ${element.outerHTML.slice(0, 90)}`);
  }
  return faults.slice(0, 8);
}

/** Chart labels too small to read as drawn. */
export function tiny(least) {
  return [...document.querySelectorAll('svg text')].filter((text) => text.checkVisibility()).map((text) => {
    const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
    return size < least ? `${size.toFixed(1)} px: ${text.textContent}` : null;
  }).filter(Boolean).slice(0, 4);
}

/** Chart labels that run out of their drawing or over each other. */
export function crowded() {
  const faults = [];
  for (const svg of document.querySelectorAll('svg.chart')) {
    if (!svg.checkVisibility()) continue;
    const frame = svg.getBoundingClientRect();
    const labels = [...svg.querySelectorAll('text')].map((text) => ({ text, box: text.getBoundingClientRect() })).filter(({ box }) => box.width);
    for (const { text, box } of labels) if (box.left < frame.left - 3 || box.right > frame.right + 3) faults.push(`${text.textContent} runs out of “${svg.getAttribute('aria-label')?.slice(0, 20)}”`);
    labels.forEach(({ text, box: a }, first) => {
      for (const { text: other, box: b } of labels.slice(first + 1)) {
        const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
        if (across > 1.5 && down > Math.min(a.height, b.height) * 0.5) faults.push(`${text.textContent} over ${other.textContent}`);
      }
    });
  }
  return [...new Set(faults)].slice(0, 6);
}

/** The element with the focus: what it is, whether it is seen, marked and not covered. */
export function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const line = [...element.getClientRects()][0] ?? box;
  const [x, y] = [Math.min(innerWidth - 1, Math.max(0, line.left + line.width / 2)), Math.min(innerHeight - 1, Math.max(0, line.top + line.height / 2))];
  const top = document.elementFromPoint(x, y);
  return {
    name: `${element.tagName.toLowerCase()} ${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 24)}`,
    tag: element.tagName, type: element.type, href: element.getAttribute('href'), result: !!element.closest('[data-result]'),
    marked: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5) || style.boxShadow !== 'none',
    visible: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !(top && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top))),
  };
}
