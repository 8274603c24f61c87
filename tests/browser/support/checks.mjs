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
  const faults = [];
  const width = document.documentElement.clientWidth;
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.vh, option, script, noscript, template') || !element.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (!box.width) continue;
      let free = true;
      for (let above = element; above && above !== document.body && free; above = above.parentElement) {
        const style = getComputedStyle(above);
        const edge = above.getBoundingClientRect();
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) free = false;
        else if (/hidden|clip/.test(style.overflowX + style.overflowY) && style.display !== 'inline'
          && (box.right > edge.right + 2 || box.left < edge.left - 2 || box.bottom > edge.bottom + 4 || box.top < edge.top - 4)) {
          faults.push(`cut by ${above.tagName.toLowerCase()}.${above.getAttribute('class') ?? ''}: ${node.data.trim().slice(0, 30)}`);
          free = false;
        }
      }
      if (free && (box.right > width + 1 || box.left < -1)) faults.push(`outside the window (${Math.round(box.left)}–${Math.round(box.right)} of ${width}): ${node.data.trim().slice(0, 30)}`);
    }
  }
  return [...new Set(faults)].slice(0, 8);
}

/** Pieces of text drawn over each other: two text boxes of different elements that share more than a sliver. */
export function overlapping() {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.vh, .skip, option, select, script, noscript') || !element.checkVisibility({ visibilityProperty: true })) continue;
    let hidden = false;
    for (let above = element; above; above = above.parentElement) hidden ||= /auto|scroll/.test(getComputedStyle(above).overflowX) || getComputedStyle(above).position === 'sticky';
    if (hidden) continue;
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
