// Pairs of articles: search, histogram with a threshold, and a list that draws only what is seen.
const ROW = 62;
const SORTS = () => [["words", t("words shared"), (p) => pairs.words[p]], ["longest", t("longest passage"), (p) => pairs.longest[p]],
  ["score", t("score"), (p) => pairs.score[p]], ["a", t("share of the first article"), (p) => pairs.a_covered[p]],
  ["b", t("share of the second article"), (p) => pairs.b_covered[p]], ["jaccard", t("Jaccard"), (p) => pairs.jaccard[p]], ["date", t("date"), null]];
const sorted = new Map();
function orderOf(name) {
  if (sorted.has(name)) return sorted.get(name);
  const order = Uint32Array.from(pairs.a, (_, p) => p), key = (SORTS().find(([sort]) => sort === name) || SORTS()[0])[2];
  if (key) { const keys = Float64Array.from(pairs.a, (_, p) => key(p)); order.sort((x, y) => keys[y] - keys[x] || x - y); }
  else { const ranked = [...order].sort((x, y) => pairs.date[x] < pairs.date[y] ? -1 : pairs.date[x] > pairs.date[y] ? 1 : x - y); order.set(ranked); }
  sorted.set(name, order);
  return order;
}
const BINS = 40;
// selection returns the pairs that pass the query, in order, and those that also pass the threshold.
function selection() {
  const test = filter(), least = parseFloat(state.params.get("min")) || 0, order = orderOf(state.params.get("sort") || "words");
  const passing = test.empty ? order : order.filter((p) => test.pair(p));
  const shown = least ? (test.matchTerms.length ? passing.filter((p) => test.pair(p, least)) : passing.filter((p) => pairs.score[p] >= least)) : passing;
  return { passing, shown, least };
}
function histogram(passing) {
  const bins = KINDS.map(() => new Int32Array(BINS));
  for (const p of passing) {
    let best = pairs.at[p];
    for (let m = best + 1; m < pairs.at[p + 1]; m++) if (matches.score[m] > matches.score[best]) best = m;
    if (best < pairs.at[p + 1]) bins[matches.kind[best]][Math.min(BINS - 1, Math.floor(matches.score[best] * BINS))]++;
  }
  return bins;
}
function histogramFigure(bins, least) {
  const width = 640, height = 84, bar = width / BINS, below = Array.from({ length: BINS }, (_, n) => D.below.reduce((sum, kind) => sum + kind[n], 0));
  const sums = Array.from({ length: BINS }, (_, n) => bins.reduce((sum, kind) => sum + kind[n], 0)), peak = Math.max(1, ...sums, ...below);
  const scale = (n) => n ? 2 + (height - 2) * Math.sqrt(n / peak) : 0;
  return svg("svg", { viewBox: `0 0 ${width} ${height + 2}`, class: "histogram", role: "img", preserveAspectRatio: "none", "aria-label": t("pairs.histogram") },
    sums.map((sum, n) => {
      let y = height;
      const whole = scale(sum), rects = [];
      if (below[n]) rects.push(svg("rect.below", { x: n * bar + 1.5, width: bar - 3, y: height - scale(below[n]), height: scale(below[n]) }, svg("title", plural(below[n], "below"))));
      KINDS.forEach((name, k) => {
        if (!bins[k][n]) return;
        const part = whole * bins[k][n] / sum;
        y -= part;
        rects.push(svg("rect", { class: "kind " + name + (n / BINS + 1e-9 < Math.floor(least * BINS) / BINS ? " off" : ""), x: n * bar + 1, width: bar - 2, y, height: part }, svg("title", `${decimal(n / BINS)}–${decimal((n + 1) / BINS)}: ${KIND_LABEL()[name][0]}, ${plural(bins[k][n], "pair")}`)));
      });
      return rects;
    }), svg("line", { x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5, class: "axis" }));
}
function effect({ passing, shown, least }) {
  const parts = [least ? t("{shown} of {all} at {x} or more", { shown: plural(shown.length, "pair"), all: count(passing.length), x: decimal(least) }) : plural(shown.length, "pair")];
  if (least && shown.length < passing.length) {
    let without = 0; const kinds = KINDS.map(() => 0), kept = new Set(shown);
    for (const p of passing) if (!kept.has(p)) { if (pairs.classes[p] >> CLASS.uncredited & 1) without++; KINDS.forEach((_, k) => { if (pairs.kinds[p] >> k & 1) kinds[k]++; }); }
    parts.push(t("pairs.hidden", { n: count(passing.length - shown.length), kinds: kinds.map((n, k) => n ? count(n) + " " + kindName(k) : "").filter(Boolean).join(", "), without: count(without) }));
  }
  return parts.join("; ") + ".";
}
let pairList = { shown: [], at: 0 };
function pairsView() {
  const least = parseFloat(state.params.get("min")) || 0;
  const summary = h("p.effect", { id: "effect" }), picture = h("div"), list = virtualList();
  const sort = h("select", { id: "sort", on: { change: (event) => setParams({ sort: event.target.value === "words" ? "" : event.target.value }) } },
    SORTS().map(([value, label]) => h("option", { value, selected: (state.params.get("sort") || "words") === value }, label)));
  let waiting = 0;
  state.refresh = () => {
    const chosen = selection();
    cancelAnimationFrame(waiting); // the picture may follow a frame later than the list
    waiting = requestAnimationFrame(() => picture.replaceChildren(histogramFigure(histogram(chosen.passing), chosen.least)));
    summary.textContent = effect(chosen);
    announce(summary.textContent);
    list.show(chosen.shown);
    frame();
  };
  const slider = h("input", { type: "range", id: "least", min: "0", max: "1", step: "0.01", value: String(least), "aria-label": t("Least score"), "aria-describedby": "effect", on: { input: (event) => {
    setParams({ min: +event.target.value ? event.target.value : "" }); output.textContent = decimal(+event.target.value); } } });
  const output = h("output", { for: "least" }, decimal(least));
  const view = [
    h("h1", t("Pairs of articles")), leftOutNote(),
    h("div.threshold", h("div.chart", picture, slider), h("div.threshold-side",
      h("p", t("Least score"), " ", output), h("label", t("Sort by"), sort),
      h("button", { type: "button", on: { click: () => download("pairs.csv", csv(pairRows(pairList.shown))) } }, t("CSV of this view")))),
    summary,
    D.below.some((kind) => kind.some(Boolean)) ? h("p.quiet.small", t("pairs.below")) : null,
    list.node,
    D.left_out.without_passages ? h("p.quiet.small", t("pairs.without", { n: count(D.left_out.without_passages) })) : null,
  ];
  return view;
}
function pairRows(list) {
  return [["a", "a_outlet", "b", "b_outlet", "score", "kinds", "words", "longest_words", "a_covered", "b_covered", "jaccard", "minhash", "tfidf", "passages", "origins", "date"],
    ...[...list].map((p) => [docs.id[pairs.a[p]], outletOf(pairs.a[p]), docs.id[pairs.b[p]], outletOf(pairs.b[p]), pairs.score[p], KINDS.filter((_, k) => pairs.kinds[p] >> k & 1).join("; "), pairs.words[p], pairs.longest[p],
      pairs.a_covered[p], pairs.b_covered[p], pairs.jaccard[p], pairs.minhash[p], pairs.tfidf[p], pairs.n[p], originsOf(p).map(sourceName).join("; "), pairs.date[p]])];
}
function originsOf(p) {
  const result = new Set();
  for (let m = pairs.at[p]; m < pairs.at[p + 1]; m++) { const f = matches.family[m]; if (f >= 0 && families.source[f] >= 0) result.add(families.source[f]);
    for (const r of [matches.row[2 * m], matches.row[2 * m + 1]]) if (r >= 0 && CLASSES[ledger.class[r]] !== "claimed" && ledger.source[r] >= 0) result.add(ledger.source[r]); }
  return [...result];
}
function sideClass(p, side) { // the most telling class on one side of a pair
  let best = -1;
  for (let m = pairs.at[p]; m < pairs.at[p + 1]; m++) { const r = matches.row[2 * m + side]; if (r >= 0) { const c = ledger.class[r]; if (c === CLASS.uncredited) return c; if (best < 0 || c < best) best = c; } }
  return best;
}
function pairRow(p, n) {
  const side = (d, which) => h("td.side", h("span.outlet", isolate(outletOf(d))), " ",
    docs.wire[d] ? wireMark(d) : sideClass(p, which) >= 0 ? h("span", { class: "state " + CLASSES[sideClass(p, which)] }, glyph(CLASSES[sideClass(p, which)]), className(sideClass(p, which))) : null,
    h("span.title", { lang: docs.language[d] || null }, isolate(titleOf(d))));
  const origins = originsOf(p);
  return h("tr", { class: n === state.selected ? "pair selected" : "pair", "data-item": n, "aria-rowindex": n + 2, on: { click: (event) => { if (!event.target.closest("a")) go(link("compare", [docs.id[pairs.a[p]], docs.id[pairs.b[p]]])); } } },
    h("td.number.score", h("a", { href: link("compare", [docs.id[pairs.a[p]], docs.id[pairs.b[p]]]), "aria-label": t("Compare {a} with {b}, score {x}", { a: titleOf(pairs.a[p]), b: titleOf(pairs.b[p]), x: decimal(pairs.score[p]) }) }, decimal(pairs.score[p])), kindGlyphs(pairs.kinds[p])),
    side(pairs.a[p], 0), side(pairs.b[p], 1),
    h("td.origin", origins.length ? origins.map(sourceName).join(", ") : h("span.quiet", t("not decided"))),
    h("td.number", count(pairs.words[p])), h("td.number", count(pairs.longest[p])),
    h("td.number.covers", percent(pairs.a_covered[p]), " / ", percent(pairs.b_covered[p])), h("td.number.date", date(pairs.date[p].slice(0, 10))));
}
function virtualList() {
  const before = h("tr.space", { "aria-hidden": "true" }, h("td", { colspan: 8 })), after = h("tr.space", { "aria-hidden": "true" }, h("td", { colspan: 8 }));
  const body = h("tbody"), table = h("table.pairs",
    h("caption.aside", t("Pairs of articles that share passages")),
    h("thead", h("tr", [[t("Score"), "number"], [t("First article")], [t("Second article")], [t("Origin")], [t("Words"), "number"], [t("Longest"), "number"], [t("Share of first / second"), "number"], [t("Date"), "number"]].map(([label, cls]) => h("th", { scope: "col", class: cls || null }, label)))), body);
  const box = region(t("Pairs of articles"), table);
  box.classList.add("list");
  let drawn = "", height = 0, top = 0; // kept, since asking for them makes the browser lay out the page at once
  const draw = (whole) => {
    height ||= box.clientHeight;
    const list = pairList.shown, from = whole ? 0 : Math.max(0, Math.floor(top / ROW) - 4), to = whole ? list.length : Math.min(list.length, from + Math.ceil((height || 600) / ROW) + 9);
    const key = from + "/" + to;
    if (key === drawn) return;
    drawn = key;
    const rows = [];
    for (let n = from; n < to; n++) rows.push(pairRow(list[n], n));
    before.firstChild.style.height = from * ROW + "px"; after.firstChild.style.height = (list.length - to) * ROW + "px";
    before.hidden = !from; after.hidden = to === list.length;
    body.replaceChildren(before, ...rows, after);
  };
  box.addEventListener("scroll", () => { top = box.scrollTop; height = box.clientHeight; draw(false); }, { passive: true });
  pairList = { shown: [], node: box, draw: (whole) => { drawn = ""; height = 0; draw(whole); }, reveal: (n) => {
    const head = 40, at = n * ROW;
    if (at < box.scrollTop) box.scrollTop = at; else if (at + ROW + head > box.scrollTop + box.clientHeight) box.scrollTop = at + ROW + head - box.clientHeight;
    top = box.scrollTop;
    drawn = ""; draw(false);
  } };
  return { node: box, show: (list) => {
    pairList.shown = list; state.list = { length: list.length, at: (n) => link("compare", [docs.id[pairs.a[list[n]]], docs.id[pairs.b[list[n]]]]) };
    table.setAttribute("aria-rowcount", list.length + 1); state.selected = Math.min(state.selected, list.length - 1);
    if (top) box.scrollTop = top = 0;
    drawn = ""; draw(false);
  } };
}
