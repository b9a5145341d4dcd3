// Two articles side by side, their shared passages linked, and the dispatch beside them where it is known.
const HUES = 6;
let reader = null; // the comparison on the page: passages, panes, jump()

function compareView([first, second]) {
  const a = docs.place.get(first), b = docs.place.get(second);
  if (a === undefined || b === undefined) return notFound();
  const found = pairBetween(a, b), near = nearBetween(a, b), p = found < 0 ? near : found, more = found < 0 || belowCut();
  if (p < 0) return [h("h1", t("No shared passage")), h("p", articleLink(a), " · ", articleLink(b))];
  const sides = [pairs.a[p], pairs.b[p]];
  const passages = [...span(pairs, found), ...(more ? span(pairs, near) : [])].map((m, n) => ({ m, n, family: matches.family[m], kind: matches.kind[m], look: "hue" + n % HUES + (matches.pair[m] < pairs.cut ? "" : " turned-down"),
    diff: undefined, spans: [[matches.a_start[m], matches.a_length[m]], [matches.b_start[m], matches.b_length[m]]] }));
  const thirds = thirdTexts(sides, passages), wanted = asked("third"), third = thirds.find((d) => docs.id[d] === wanted);
  const panes = sides.map((d, side) => pane(d, side, passages));
  if (third !== undefined) panes.push(thirdPane(third, passages));
  reader = { passages, panes, current: -1, jump: null };
  const ruler = overview(sides, passages);
  const holder = h("div", { class: third === undefined ? "panes" : "panes three" }, panes[0].node, ruler.node, panes[1].node, panes[2] ? panes[2].node : null);
  reader.jump = (n, from) => {
    if (n < 0 || n >= passages.length) return;
    reader.current = n;
    mark("lit", `[data-passage~="${n}"]`);
    panes.forEach((pane, side) => { if (side !== from) pane.scrollTo(n); });
    setParams({ p: n + 1 }, false);
    announce(t("Passage {n} of {all}: {kind}", { n: n + 1, all: passages.length, kind: kindName(passages[n].kind) }));
  };
  panes.forEach((pane) => pane.scroller.addEventListener("scroll", ruler.update, { passive: true }));
  listen(holder, passages);
  queueMicrotask(() => { ruler.update(); const at = parseInt(asked("p"), 10) - 1; if (at >= 0) reader.jump(at, -1); });
  const list = pairList.shown, place = list.indexOf(belowCut() && near >= 0 ? near : p);
  return [
    h("p.kicker", h("a", { href: link("pairs", [], { below: asked("below") }) }, t("Pairs")), place >= 0 ? " · " + t("{n} of {all}", { n: count(place + 1), all: count(list.length) }) : null),
    h("h1", isolate(outletOf(sides[0])), h("span.versus", " ⟷ "), isolate(outletOf(sides[1]))),
    h("p.standfirst", found < 0 ? t("compare.near") : verdict(p, sides, pairs.n[p])),
    found >= 0 && near >= 0 ? h("p", h("button", { "aria-pressed": String(more), on: { click: () => setParams({ below: more ? "" : 1 }) } }, plural(pairs.n[near], "below"))) : null,
    origins(passages),
    thirds.length ? h("p.thirds", t("The dispatch is in the corpus:"), " ", thirds.map((d) => h("button", { "aria-pressed": String(d === third), on: { click: () => setParams({ third: d === third ? "" : docs.id[d] }) } }, isolate(docs.id[d]), " · ", isolate(outletOf(d))))) : null,
    holder,
    passageTable(sides, passages),
    figures(p),
  ];
}
const pairBetween = (a, b) => pairsOf(a).find((p) => otherOf(p, a) === b) ?? -1;
// nearBetween returns the pair that holds two articles' candidates below the cut, -1 where there are none.
let nearby = null;
function nearBetween(a, b) {
  if (!nearby) { nearby = new Map(); for (let p = pairs.cut; p < pairs.a.length; p++) { nearby.set(pairs.a[p] + "/" + pairs.b[p], p); nearby.set(pairs.b[p] + "/" + pairs.a[p], p); } }
  return nearby.get(a + "/" + b) ?? -1;
}
function verdict(p, sides, passages) {
  const text = t("compare.verdict", { words: plural(pairs.words[p], "word"), passages: plural(passages, "passage"), a: percent(pairs.a_covered[p]), b: percent(pairs.b_covered[p]) });
  const credit = sides.map((d, side) => docs.wire[d] ? null : [d, sideClass(p, side), creditNames(d)]).filter(Boolean).map(([d, c, names]) =>
    c === CLASS.uncredited ? h("span.say.uncredited", glyph("uncredited"), t("compare.uncredited", { outlet: outletOf(d) }), names ? " " + t("It credits {names} elsewhere.", { names }) : "")
      : c === CLASS.credited ? h("span.say.credited", glyph("credited"), t("{outlet} credits it.", { outlet: outletOf(d) })) : null);
  return [text, " ", credit.filter(Boolean).flatMap((node) => [node, " "])];
}
function creditNames(d) {
  const names = new Set();
  for (const c of span(credits, d)) if (D.roles[credits.role[c]] === "credit") names.add(credits.chain[c].map(sourceName).join(" ← "));
  return [...names].join(", ");
}
// Passages of one source share a sentence; each marker leads to all copies of its passage.
function origins(passages) {
  const groups = new Map();
  for (const passage of passages) {
    if (passage.family < 0) continue;
    const s = families.source[passage.family], key = s >= 0 ? s : "?" + families.direction[passage.family];
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(passage);
  }
  return h("ul.why", [...groups.values()].map((group) => h("li", group.map(marker), " ", why(...new Set(group.map((passage) => passage.family))))));
}
const marker = (passage) => h("a", { class: "marker " + passage.look, href: familyHref(passage.family), title: t("all copies"), "aria-label": t("all copies") + " " + (passage.n + 1) }, GLYPH[KINDS[passage.kind]] + (passage.n + 1));
function thirdTexts(sides, passages) {
  const result = new Set();
  for (const { family } of passages) for (const n of span(families, family)) { const d = families.document[n]; if (docs.wire[d] && !sides.includes(d)) result.add(d); }
  return [...result].sort((x, y) => x - y);
}
function paneHead(d) {
  return h("header", h("p.meta", printerLink(d), " ", wireMark(d), dated(d), " · ", plural(docs.words[d], "word"), docs.language[d] ? " · " + docs.language[d] : null),
    h("h2", tongue(d), articleLink(d)));
}
function pane(d, side, passages) {
  const text = textOf(d), layers = [...furnitureLayers(d), ...creditLayers(d)];
  for (const passage of passages) {
    const [start, length] = passage.spans[side], label = t("compare.passage", { n: passage.n + 1, kind: kindName(passage.kind), words: plural(side ? matches.b_words[passage.m] : matches.a_words[passage.m], "word"), x: decimal(matches.score[passage.m]) });
    layers.push(passageLayer(passage, side, start, length, label));
    layers.push(...changedIn(passage, side).map(changedLayer));
  }
  return finishPane(d, side, text, mergePassages(layers));
}
const passageLayer = (passage, side, start, length, label) => ({ start, stop: start + length, class: "passage " + passage.look, data: { passage: passage.n },
  tag: () => h("button", { class: "tag " + passage.look, "data-passage": passage.n, "data-side": side, "aria-label": label }, h("span", { "aria-hidden": "true" }, (side < 2 ? GLYPH[KINDS[passage.kind]] : "") + (passage.n + 1))) });
const changedLayer = ({ start, stop, number }) => ({ start, stop, class: number ? "changed number-changed" : "changed" });
// changedIn returns the words of one side of a passage that have no partner on the other.
function changedIn(passage, side) {
  if (D.redacted || KINDS[passage.kind] === "translated") return [];
  if (passage.diff === undefined) {
    const p = matches.pair[passage.m], words = [pairs.a[p], pairs.b[p]].map((d, n) => wordsOf(slice(d, ...passage.spans[n]), passage.spans[n][0]));
    const diff = changes(words[0], words[1]);
    passage.diff = diff && [runs(words[0], diff.a), runs(words[1], diff.b)];
  }
  return passage.diff ? passage.diff[side] : [];
}
// Where passages overlap, a piece belongs to all of them; data-passage lists their numbers.
function mergePassages(layers) {
  const mine = layers.filter((layer) => layer.data && "passage" in layer.data);
  const edges = [...new Set(mine.flatMap((layer) => [layer.start, layer.stop]))].sort((x, y) => x - y), result = layers.filter((layer) => !mine.includes(layer));
  for (let n = 0; n + 1 < edges.length; n++) {
    const over = mine.filter((layer) => layer.start <= edges[n] && layer.stop >= edges[n + 1]);
    if (!over.length) continue;
    const tags = over.filter((layer) => layer.start === edges[n]).map((layer) => layer.tag);
    result.push({ start: edges[n], stop: edges[n + 1], class: over.map((layer) => layer.class).join(" ") + (over.length > 1 ? " overlap" : ""), data: { passage: over.map((layer) => layer.data.passage).join(" ") }, tag: tags.length ? () => tags.map((tag) => tag()) : null });
  }
  return result;
}
function finishPane(d, side, text, layers) {
  const body = h("div.text", tongue(d), marked(text, layers));
  const scroller = h("div.scroller", { tabindex: "0", role: "region", "aria-label": t("Text of {outlet}", { outlet: outletOf(d) }) }, body);
  return { d, scroller, node: h("article.pane", { "data-side": side }, paneHead(d), scroller), scrollTo: (n) => {
    const target = body.querySelector(`.tag[data-passage="${n}"], .passage[data-passage~="${n}"]`);
    if (!target) return;
    const top = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    scroller.scrollTo({ top: Math.max(0, top - scroller.clientHeight / 4), behavior: calm() ? "auto" : "smooth" });
  } };
}
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
function thirdPane(d, passages) {
  const layers = [];
  for (const passage of passages) if (passage.family >= 0) for (const n of span(families, passage.family)) if (families.document[n] === d)
    layers.push(passageLayer(passage, 2, families.start[n], families.length[n], t("Passage {n} in the dispatch", { n: passage.n + 1 })));
  return finishPane(d, 2, textOf(d), mergePassages(layers));
}
function furnitureLayers(d) {
  const layers = [];
  for (const r of span(ledger, d)) if (ledger.class[r] === CLASS.boilerplate) layers.push({ start: ledger.start[r], stop: ledger.start[r] + ledger.length[r], class: "furniture" });
  return layers;
}
function creditLayers(d) {
  const layers = [];
  for (const c of span(credits, d)) {
    const names = credits.chain[c].map(sourceName).join(" ← "), role = D.roles[credits.role[c]];
    layers.push({ start: credits.start[c], stop: credits.start[c] + credits.length[c], class: "credit role-" + role, after: () => h("span.credit-note", " " + (role === "credit" ? t("credit: {names}", { names }) : t("{role}: {names}", { role: t(role), names }))) });
    if (role === "credit") for (let n = credits.coverAt[c]; n < credits.coverAt[c + 1]; n++) layers.push({ start: credits.cover_start[n], stop: credits.cover_start[n] + credits.cover_length[n], class: "covered " + D.strengths[credits.cover_strength[n]] });
  }
  return layers;
}
// The ruler: where the passages lie in each text, joined by ribbons; brackets show what is in view.
function overview(sides, passages) {
  const height = 600, width = 72, arm = 12, lengths = sides.map((d) => Math.max(1, textOf(d).length)), y = (side, at) => height * at / lengths[side];
  const views = [0, 1].map((side) => svg("rect.view", { x: side ? width - arm - 2 : 0, width: arm + 2, y: 0, height: 0 }));
  const node = h("div.ruler", { "aria-hidden": "true" }, svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" },
    [0, 1].map((side) => svg("rect.track", { x: side ? width - arm : 0, width: arm, y: 0, height })),
    passages.map((passage) => {
      const [[a, al], [b, bl]] = passage.spans, tops = [y(0, a), y(1, b)], ends = [Math.max(tops[0] + 2, y(0, a + al)), Math.max(tops[1] + 2, y(1, b + bl))], mid = width / 2;
      return svg("g", { class: "link " + passage.look, "data-passage": passage.n },
        svg("path", { d: `M${arm} ${tops[0]}C${mid} ${tops[0]} ${mid} ${tops[1]} ${width - arm} ${tops[1]}V${ends[1]}C${mid} ${ends[1]} ${mid} ${ends[0]} ${arm} ${ends[0]}Z` }),
        [0, 1].map((side) => svg("rect", { x: side ? width - arm : 0, width: arm, y: tops[side], height: ends[side] - tops[side] })));
    }), views));
  return { node, update: () => views.forEach((view, side) => {
    const { scrollTop, scrollHeight, clientHeight } = reader.panes[side].scroller;
    view.setAttribute("y", height * scrollTop / (scrollHeight || 1)); view.setAttribute("height", height * Math.min(1, clientHeight / (scrollHeight || 1)));
  }) };
}
function listen(holder, passages) {
  const passageAt = (target) => { const node = target.closest && target.closest("[data-passage]"); return node ? parseInt(node.dataset.passage, 10) : -1; };
  const sideAt = (target) => { const pane = target.closest(".pane"); return pane ? +pane.dataset.side : -1; };
  holder.addEventListener("click", (event) => { const n = passageAt(event.target); if (n >= 0) reader.jump(n, sideAt(event.target)); });
  let waiting = 0;
  holder.addEventListener("mouseover", (event) => {
    clearTimeout(waiting);
    const n = passageAt(event.target);
    if (n < 0 || n === reader.current) return;
    mark("hover", `[data-passage~="${n}"]`);
    waiting = setTimeout(() => reader.jump(n, sideAt(event.target)), 250);
  });
  holder.addEventListener("mouseleave", () => { clearTimeout(waiting); mark("hover"); });
  holder.addEventListener("focusin", (event) => { if (event.target.classList.contains("tag")) reader.jump(passageAt(event.target), sideAt(event.target)); });
  // Tab goes from a passage to its partner, then on to the next passage.
  holder.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !event.target.classList.contains("tag")) return;
    const n = passageAt(event.target), side = sideAt(event.target), step = event.shiftKey ? -1 : 1, last = reader.panes.length - 1;
    const [toN, toSide] = side + step < 0 ? [n - 1, last] : side + step > last ? [n + 1, 0] : [n, side + step];
    const target = holder.querySelector(`.tag[data-passage="${toN}"][data-side="${toSide}"]`);
    if (target) { event.preventDefault(); target.focus({ preventScroll: true }); reader.panes[toSide].scrollTo(toN); }
  });
}
function passageTable(sides, passages) {
  return section(t("Passages"), grid(t("Passages"), [[h("span.aside", t("Number"))], [t("Kind")], [t("Score"), 1], ...sides.map((d) => [outletOf(d)])],
    passages.map((passage) => h("tr", null,
      h("td", h("button", { class: "tag " + passage.look, on: { click: () => { reader.jump(passage.n, -1); document.querySelector(".panes").scrollIntoView({ block: "start" }); } }, "aria-label": t("Go to passage {n}", { n: passage.n + 1 }) }, GLYPH[KINDS[passage.kind]] + (passage.n + 1))),
      h("td", kindBadge(passage.kind), guardsOf(matches.guards[passage.m]).map((name) => [" ", guardBadge(name)]), passage.diff === null ? h("p.quiet.small", t("diff.far")) : null,
        matches.pair[passage.m] < pairs.cut ? null : h("p.small", t("below the cut"))),
      h("td.number", decimal(matches.score[passage.m])),
      [0, 1].map((side) => sideCell(passage, side, sides[side])))), "passages"));
}
function sideCell(passage, side, d) {
  const [start, length] = passage.spans[side], r = rowAt(passage.m, side);
  const layers = changedIn(passage, side).map(changedLayer);
  return h("td", h("p.meta", docs.wire[d] ? wireMark(d) : r >= 0 && matches.pair[passage.m] < pairs.cut ? [classBadge(ledger.class[r]), " ", ledger.source[r] >= 0 ? sourceLink(ledger.source[r]) : null] : null, " ", h("span.number.quiet", plural(side ? matches.b_words[passage.m] : matches.a_words[passage.m], "word")), digest(passage.family, d)),
    h("p.text.small", tongue(d), marked(textOf(d), layers, start, start + length)));
}
function digest(family, d) {
  if (!D.redacted || family < 0) return null;
  for (const n of span(families, family)) if (families.document[n] === d) return h("span.quiet", ` · ${families.start[n]}–${families.start[n] + families.length[n]} · sha256 ${families.hash[n]}`);
  return null;
}
function figures(p) {
  return h("dl.figures-list", [[t("Jaccard"), decimal(pairs.jaccard[p])], [t("MinHash estimate"), decimal(pairs.minhash[p])], [t("TF-IDF cosine"), decimal(pairs.tfidf[p])], [t("Longest passage"), plural(pairs.longest[p], "word")], [t("Found by"), D.channels.filter((_, n) => pairs.channels[p] >> n & 1).join(", ")]].map(([name, value]) => h("div", h("dt", name), h("dd.number", value))));
}
