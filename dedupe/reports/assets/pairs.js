// Pairs of articles: search, histogram with a threshold, and a list that draws only what is seen.
// Beyond pairs.cut stand pairs whose passages the run's own cut turned down: what a lower one would add.
const ROW = 62;
const SORTS = () => [["words", t("words shared"), (p) => pairs.words[p]], ["longest", t("longest passage"), (p) => pairs.longest[p]],
  ["score", t("score"), (p) => pairs.score[p]], ["a", t("share of the first article"), (p) => pairs.a_covered[p]],
  ["b", t("share of the second article"), (p) => pairs.b_covered[p]], ["jaccard", t("Jaccard"), (p) => pairs.jaccard[p]], ["date", t("date"), null]];
const belowCut = () => state.params.has("below");
const sortName = () => asked("sort") || (belowCut() ? "score" : "words");
const orders = new Map();
function orderOf(name, below) {
  const id = name + below;
  if (!orders.has(id)) {
    const from = below ? pairs.cut : 0, order = new Uint32Array((below ? pairs.a.length : pairs.cut) - from).map((_, n) => from + n);
    const key = (SORTS().find(([sort]) => sort === name) || SORTS()[0])[2];
    if (key) { const keys = Float64Array.from(pairs.a, (_, p) => key(p)); order.sort((x, y) => keys[y] - keys[x] || x - y); }
    else { const days = pairs.a.map((_, p) => dateOf(p)); order.sort((x, y) => days[x] < days[y] ? -1 : days[x] > days[y] ? 1 : x - y); }
    orders.set(id, order);
  }
  return orders.get(id);
}
const BINS = 40;
// selection returns the pairs that pass the query, in order, and those that also pass the threshold.
function selection(below = belowCut()) {
  const test = filter(), least = parseFloat(asked("min")) || 0, order = orderOf(sortName(), below);
  const passing = test.empty ? order : order.filter((p) => test.pair(p));
  const shown = least ? passing.filter((p) => pairs.score[p] >= least && (!test.matchTerms.length || test.pair(p, least))) : passing;
  return { passing, shown, least };
}
// The histogram is made once; its bars follow the selection.
function histogramFigure() {
  const width = 640, height = 84, bar = width / BINS, below = Array.from({ length: BINS }, (_, n) => D.below.reduce((sum, kind) => sum + kind[n], 0));
  const bars = below.map((_, n) => {
    const rect = (name, inset) => svg("rect", { class: name, x: n * bar + inset, width: bar - 2 * inset });
    const near = rect("below", 1.5), kinds = KINDS.map((_, k) => rect("kind hue" + [0, 5, 1, 3][k], 1)), title = svg("title");
    return { near, kinds, title, group: svg("g", near, kinds, title) };
  });
  const node = svg("svg", { viewBox: `0 0 ${width} ${height + 2}`, class: "histogram", preserveAspectRatio: "none", "aria-label": t("pairs.histogram") },
    bars.map(({ group }) => group), svg("line.axis", { x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }));
  return { node, update: ({ passing, least }) => {
    const bins = KINDS.map(() => new Int32Array(BINS)), sums = new Int32Array(BINS);
    for (const p of passing) { const n = Math.min(BINS - 1, Math.floor(pairs.score[p] * BINS)); bins[matches.kind[pairs.best[p]]][n]++; sums[n]++; }
    const peak = Math.max(1, ...sums, ...below), scale = (n) => n ? 2 + (height - 2) * Math.sqrt(n / peak) : 0;
    const stand = (node, y, tall) => {
      if (node.tall !== tall || tall) { node.setAttribute("y", y); node.setAttribute("height", node.tall = tall); }
    };
    bars.forEach(({ near, kinds, title, group }, n) => {
      let y = height;
      stand(near, y - scale(below[n]), scale(below[n]));
      group.style.opacity = (n + 1) / BINS <= least ? 0.25 : 1;
      kinds.forEach((rect, k) => {
        const part = sums[n] && scale(sums[n]) * bins[k][n] / sums[n];
        stand(rect, y -= part, part);
      });
      title.textContent = [decimal(n / BINS) + "–" + decimal((n + 1) / BINS), ...KINDS.map((_, k) => bins[k][n] && kindName(k) + " " + count(bins[k][n])), below[n] && plural(below[n], "below")].filter(Boolean).join(", ");
    });
  } };
}
// effect says what the threshold hides, and what a lower cut of the run would add.
function effect({ passing, shown, least }) {
  let text = least ? t("{shown} of {all} at {x} or more", { shown: plural(shown.length, "pair"), all: count(passing.length), x: decimal(least) }) : plural(shown.length, "pair");
  if (shown.length < passing.length) {
    const kinds = KINDS.map(() => 0);
    let without = 0, next = 0;
    for (const p of passing) {
      if (p === shown[next]) { next++; continue; }
      if (sideClass(p, 0) === CLASS.uncredited || sideClass(p, 1) === CLASS.uncredited) without++;
      KINDS.forEach((_, k) => { kinds[k] += pairs.kinds[p] >> k & 1; });
    }
    text += "; " + t("pairs.hidden", { n: count(passing.length - shown.length), kinds: kinds.map((n, k) => n && count(n) + " " + kindName(k)).filter(Boolean).join(", "), without: count(without) });
  }
  return text + ".";
}
function added() {
  const near = selection(true), fresh = near.shown.filter((p) => !pairs.accepted[p]).length;
  return t("pairs.add", { n: plural(near.shown.length, "pair"), x: near.least ? t("at {x} or more", { x: decimal(near.least) }) : t("at any score"), fresh: count(fresh) });
}
let pairList = { shown: [] };
function pairsView() {
  const below = belowCut(), least = parseFloat(asked("min")) || 0;
  const summary = h("p.effect", { id: "effect" }), more = h("p.quiet.small", { id: "added" }), picture = histogramFigure(), list = virtualList();
  state.refresh = () => {
    const chosen = selection();
    picture.update(chosen);
    if (!below && pairs.cut < pairs.a.length) more.textContent = added();
    announce(summary.textContent = effect(chosen));
    list.show(chosen.shown);
    frame();
  };
  const output = h("output", { for: "least" }, decimal(least));
  const slider = h("input", { type: "range", id: "least", min: "0", max: "1", step: "0.01", value: String(least), "aria-label": t("Least score"), "aria-describedby": "effect added", on: { input: (event) => {
    output.textContent = decimal(+event.target.value); setParams({ min: +event.target.value ? event.target.value : "" }); } } });
  const choice = (value, label, n) => h("label.pill", h("input", { type: "radio", name: "below", checked: below === !!value, on: { change: () => { setParams({ below: value, sort: "" }, false); draw(); } } }), label, h("span.quiet.number", count(n)));
  return [
    h("h1", t("Pairs of articles")), leftOutNote(),
    h("div.threshold", h("div.chart", picture.node, slider), h("div.threshold-side",
      h("p", t("Least score"), " ", output), chooser(SORTS(), sortName()),
      h("button", { on: { click: () => download("pairs.csv", csv(pairRows(pairList.shown))) } }, t("CSV of this view")))),
    pairs.cut < pairs.a.length ? h("fieldset", h("legend.aside", t("Pairs")), choice("", t("found"), pairs.cut), choice("1", t("below the cut"), pairs.a.length - pairs.cut)) : null,
    summary, more,
    D.left_out.of_candidates ? h("p.quiet.small", t("pairs.below"), D.left_out.candidates ? " " + t("left.candidates", { n: count(D.left_out.candidates), all: count(D.left_out.of_candidates) }) : null) : null,
    list.node,
    D.left_out.without_passages ? h("p.quiet.small", t("pairs.without", { n: count(D.left_out.without_passages) })) : null,
  ];
}
function pairRows(list) {
  const figures = ["longest", "a_covered", "b_covered", "jaccard", "minhash", "tfidf"];
  return [["a", "a_outlet", "b", "b_outlet", "score", "kinds", "words", ...figures, "passages", "origins", "date", "accepted"],
    ...[...list].map((p) => [docs.id[pairs.a[p]], outletOf(pairs.a[p]), docs.id[pairs.b[p]], outletOf(pairs.b[p]), Math.round(pairs.score[p] * 1000) / 1000, KINDS.filter((_, k) => pairs.kinds[p] >> k & 1).join("; "), pairs.words[p],
      ...figures.map((name) => pairs[name][p]), pairs.n[p], originsOf(p).map(sourceName).join("; "), dateOf(p), p < pairs.cut ? "yes" : "no"])];
}
function originsOf(p) {
  const result = new Set();
  for (const m of span(pairs, p)) {
    const f = matches.family[m];
    if (f >= 0 && families.source[f] >= 0) result.add(families.source[f]);
    for (const r of [rowAt(m, 0), rowAt(m, 1)]) if (p < pairs.cut && r >= 0 && ledger.class[r] !== CLASS.claimed && ledger.source[r] >= 0) result.add(ledger.source[r]);
  }
  return [...result];
}
function sideClass(p, side) { // the most telling class on one side of a pair
  let best = -1;
  if (p < pairs.cut) for (let m = pairs.at[p]; m < pairs.at[p + 1]; m++) {
    const r = rowAt(m, side);
    if (r < 0) continue;
    const c = ledger.class[r];
    if (c === CLASS.uncredited) return c;
    if (best < 0 || c < best) best = c;
  }
  return best;
}
const pairLink = (p, params) => link("compare", [docs.id[pairs.a[p]], docs.id[pairs.b[p]]], { ...params, ...(p < pairs.cut ? null : { below: 1 }) });
function pairRow(p, n) {
  const side = (d, which) => {
    const c = sideClass(p, which);
    return h("td.side", h("span.outlet", isolate(outletOf(d))), " ",
      docs.wire[d] ? wireMark(d) : c >= 0 ? h("span.state." + CLASSES[c], glyph(CLASSES[c]), className(c)) : null,
      h("span.title", tongue(d), isolate(titleOf(d))));
  };
  const origins = originsOf(p), a = pairs.a[p], b = pairs.b[p], found = p < pairs.cut;
  return h("tr", { class: n === state.selected ? "pair selected" : "pair", "data-item": n, "aria-rowindex": n + 2, on: { click: (event) => { if (!event.target.closest("a")) go(pairLink(p)); } } },
    h("td.number.score", h("a", { href: pairLink(p), "aria-label": t("Compare {a} with {b}, score {x}", { a: titleOf(a), b: titleOf(b), x: decimal(pairs.score[p]) }) }, decimal(pairs.score[p])), kindGlyphs(pairs.kinds[p])),
    side(a, 0), side(b, 1),
    h("td.origin", origins.length ? origins.map(sourceName).join(", ") : h("span.quiet", t(found ? "not decided" : "below the cut"))),
    h("td.number", count(pairs.words[p])), h("td.number", count(pairs.longest[p])),
    h("td.number.covers", found ? [percent(pairs.a_covered[p]), " / ", percent(pairs.b_covered[p])] : "–"), h("td.number.date", date(dateOf(p).slice(0, 10))));
}
function virtualList() {
  const space = () => h("tr.space", { "aria-hidden": "true" }, h("td", { colspan: 8 })), before = space(), after = space();
  const body = h("tbody"), table = h("table.pairs",
    h("caption.aside", t("Pairs of articles that share passages")),
    headRow([[t("Score"), 1], [t("First article")], [t("Second article")], [t("Origin")], [t("Words"), 1], [t("Longest"), 1], [t("Share of first / second"), 1], [t("Date"), 1]]), body);
  const box = region(t("Pairs of articles"), table);
  box.classList.add("list");
  let drawn = "", top = 0; // kept, since asking for it makes the browser lay out the page at once
  const draw = (whole) => {
    const list = pairList.shown, from = whole ? 0 : Math.max(0, Math.floor(top / ROW) - 3), to = whole ? list.length : Math.min(list.length, from + Math.ceil(Math.max(innerHeight - 300, 600) / ROW) + 3);
    const key = from + "/" + to;
    if (key === drawn) return;
    drawn = key;
    const rows = [];
    for (let n = from; n < to; n++) rows.push(pairRow(list[n], n));
    before.firstChild.style.height = from * ROW + "px"; after.firstChild.style.height = (list.length - to) * ROW + "px";
    before.hidden = !from; after.hidden = to === list.length;
    body.replaceChildren(before, ...rows, after);
  };
  const redraw = (whole) => { drawn = ""; draw(whole); };
  box.addEventListener("scroll", () => { top = box.scrollTop; draw(); }, { passive: true });
  pairList = { shown: [], draw: redraw, reveal: (n) => {
    const head = 40, at = n * ROW;
    if (at < box.scrollTop) box.scrollTop = at; else if (at + ROW + head > box.scrollTop + box.clientHeight) box.scrollTop = at + ROW + head - box.clientHeight;
    top = box.scrollTop;
    redraw();
  } };
  return { node: box, show: (list) => {
    pairList.shown = list; state.list = { length: list.length, at: (n) => pairLink(list[n]) };
    table.setAttribute("aria-rowcount", list.length + 1); state.selected = Math.min(state.selected, list.length - 1);
    if (top) box.scrollTop = top = 0;
    redraw();
  } };
}
