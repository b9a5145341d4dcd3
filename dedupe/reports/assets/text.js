// Text with layers of marks. Control characters that could hide or turn text round are shown by
// name instead of being obeyed; every piece of a paragraph is isolated from its neighbours.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;

function plainText(text) {
  if (text.search(CONTROL) < 0) return text;
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(CONTROL)) {
    if (found.index > last) parts.push(text.slice(last, found.index));
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    if (found[0] !== "\r") parts.push(h("span.control", { "data-char": code, title: t("control character") }, "U+" + code));
    else parts.push(h("span.control.cr", { "data-char": code }));
    last = found.index + 1;
  }
  if (last < text.length) parts.push(text.slice(last));
  return parts;
}

// marked returns nodes for text[from:to]. A layer is {start, stop, class, data?, tag?, after?}: its class is put
// on every piece, tag() before its first piece and after() behind its last.
function marked(text, layers, from = 0, to = text.length) {
  const inside = layers.filter((layer) => layer.stop > from && layer.start < to && layer.stop > layer.start);
  const edges = new Set([from, to]);
  for (const layer of inside) { edges.add(Math.max(from, layer.start)); edges.add(Math.min(to, layer.stop)); }
  const cuts = [...edges].sort((x, y) => x - y);
  const queue = [...inside].sort((x, y) => x.start - y.start || y.stop - x.stop);
  const nodes = [];
  let active = [], next = 0;
  for (let n = 0; n < cuts.length; n++) {
    const at = cuts[n];
    for (const layer of active) if (layer.stop <= at && layer.after) nodes.push(layer.after());
    active = active.filter((layer) => layer.stop > at);
    while (next < queue.length && Math.max(from, queue[next].start) <= at) {
      const layer = queue[next++];
      active.push(layer);
      if (layer.tag && layer.start >= from) nodes.push(layer.tag());
    }
    if (n === cuts.length - 1) break;
    const piece = plainText(text.slice(at, cuts[n + 1]));
    if (!active.length) { nodes.push(piece); continue; }
    const span = h("span", { class: active.map((layer) => layer.class).join(" ") }, piece);
    for (const layer of active) for (const [key, value] of Object.entries(layer.data || {})) span.dataset[key] = value;
    nodes.push(span);
  }
  return nodes;
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.,][\p{L}\p{N}\p{M}]+)*/gu;
function wordsOf(text, start = 0) {
  return [...text.matchAll(WORD)].map((found) => ({ key: found[0].toLowerCase().replace(/’/g, "'"), start: start + found.index, stop: start + found.index + found[0].length }));
}
// changes compares two passages word by word (Myers 1986, O(ND)) and returns the words without a partner on each side.
const MOST_EDITS = 3000;
function changes(a, b) {
  let head = 0, ends = [a.length, b.length];
  while (head < ends[0] && head < ends[1] && a[head].key === b[head].key) head++;
  while (ends[0] > head && ends[1] > head && a[ends[0] - 1].key === b[ends[1] - 1].key) { ends[0]--; ends[1]--; }
  const n = ends[0] - head, m = ends[1] - head, most = Math.min(n + m, MOST_EDITS), offset = most + 1;
  const furthest = new Int32Array(2 * most + 3), trace = [];
  const same = (x, y) => a[head + x].key === b[head + y].key;
  let depth = 0, done = false;
  for (; depth <= most && !done; depth++) {
    trace.push(furthest.slice(offset - depth - 1, offset + depth + 2));
    for (let k = -depth; k <= depth; k += 2) {
      let x = k === -depth || (k !== depth && furthest[offset + k - 1] < furthest[offset + k + 1]) ? furthest[offset + k + 1] : furthest[offset + k - 1] + 1;
      let y = x - k;
      while (x < n && y < m && same(x, y)) { x++; y++; }
      furthest[offset + k] = x;
      if (x >= n && y >= m) { done = true; break; }
    }
  }
  if (!done) return null; // too different to be compared word by word
  const onlyA = [], onlyB = [];
  let x = n, y = m;
  for (let d = depth - 1; d >= 0; d--) {
    const row = trace[d], k = x - y, get = (i) => row[i + d + 1];
    const down = k === -d || (k !== d && get(k - 1) < get(k + 1));
    const back = down ? k + 1 : k - 1, px = d ? get(back) : 0, py = d ? px - back : 0;
    while (x > px && y > py && same(x - 1, y - 1) && (x - 1 >= px + (down ? 0 : 1)) && (y - 1 >= py + (down ? 1 : 0))) { x--; y--; }
    if (d > 0) { if (down) { y--; onlyB.push(head + y); } else { x--; onlyA.push(head + x); } }
  }
  return { a: onlyA.reverse(), b: onlyB.reverse() };
}
// runs joins neighbouring changed words to spans; numbers stay apart, since a changed number matters most.
function runs(words, positions) {
  const spans = [];
  for (const n of positions) {
    const last = spans[spans.length - 1], number = /\p{N}/u.test(words[n].key);
    if (last && last.next === n && last.number === number) { last.stop = words[n].stop; last.next = n + 1; }
    else spans.push({ start: words[n].start, stop: words[n].stop, next: n + 1, number });
  }
  return spans;
}
