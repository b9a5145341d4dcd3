// One page for an outlet (what it takes from whom) and one for a source (who carries its text).
function outletView([name]) {
  const o = D.outlets.indexOf(name);
  if (o < 0) return notFound();
  const { table, totals } = cellsOf(), total = totals[o].all, row = [...table[o]].sort((x, y) => y[1].words - x[1].words);
  const own = docs.id.map((_, d) => d).filter((d) => docs.outlet[d] === o);
  const mine = stretchesOf((d, r) => docs.outlet[d] === o && ledger.source[r] >= 0);
  const partners = new Map();
  for (const d of own) for (const p of pairsOf(d)) {
    const other = otherOf(p, d), key = docs.outlet[other];
    const entry = partners.get(key) || { pairs: 0, words: 0 };
    entry.pairs++; entry.words += pairs.words[p]; partners.set(key, entry);
  }
  state.list = own.map((d) => link("article", [docs.id[d]]));
  return [
    h("p.kicker", t("Outlet")), h("h1", isolate(name)),
    total ? [h("p.standfirst", t("outlet.standfirst", {
      words: count(total), articles: plural(own.length, "article"), share: percent((totals[o].by[CLASS.credited] + totals[o].by[CLASS.uncredited] + totals[o].by[CLASS.claimed]) / total), without: percent(totals[o].by[CLASS.uncredited] / total) })),
      summary(totals[o].by, total)] : h("p.standfirst", t("outlet.wire")),
    row.length ? cellTable(t("From whom"), t("Source"), t("of its words"), row.map(([s, cell]) => [sourceLink(s), o, s, cell, total])) : null,
    mine.length ? section(t("Examples"), paged(mine, stretch, 8, "ol", "stretches")) : null,
    partners.size ? section(t("Shares passages with"), paged([...partners].sort((x, y) => y[1].words - x[1].words || x[0] - y[0]), ([other, entry]) => h("li", outletLink(other), " ", h("a.quiet", { href: link("pairs", [], { q: `outlet:${quoted(name)} outlet:${quoted(D.outlets[other])}` }) }, plural(entry.pairs, "pair")), " ", h("span.number.quiet", plural(entry.words, "word"))), 15, "ul", "inline")) : null,
    section(t("Articles"), articleTable(own)),
  ];
}
// One row of the matrix, or one column of it, with links to the passages behind each figure.
function cellTable(title, first, last, rows) {
  return section(title, grid(title, [[first], ...[...SOURCED.map((c) => t(c)), t("via"), last].map((label) => [label, 1])],
    rows.map(([name, o, s, cell, total]) => h("tr", h("th", { scope: "row" }, name),
      SOURCED.map((c) => h("td.number", cell.by[CLASS[c]] ? h("a", { href: link("matrix", [], { q: cellQuery(o, s, "class:" + c) }) }, count(cell.by[CLASS[c]])) : "–")),
      h("td.number", [...cell.via].map(([v, words]) => sourceName(v) + " " + count(words)).join(", ") || "–"),
      h("td.number", percent(cell.words / total))))));
}
function shares(by, total) {
  return h("ul.shares", CLASSES.map((name, c) => by[c] ? h("li", glyph(name), " ", className(c), " ", h("strong.number", percent(by[c] / total)), " ", h("span.quiet.number", count(by[c]))) : null));
}
function articleTable(list) {
  const taken = (d) => { const by = zeros(); for (const r of span(ledger, d)) by[ledger.class[r]] += ledger.words[r]; return by; };
  const rows = list.map((d) => [d, taken(d)]).sort((x, y) => y[1][CLASS.uncredited] + y[1][CLASS.credited] - x[1][CLASS.uncredited] - x[1][CLASS.credited] || (docs.id[x[0]] < docs.id[y[0]] ? -1 : 1));
  return h("div.articles", paged(rows, ([d, by], n) => h("li", { "data-item": n }, h("div", articleLink(d), " ", wireMark(d), h("p.meta.quiet", outletOf(d), dated(d), " · ", plural(docs.words[d], "word"))), docs.wire[d] ? null : splitBar(by, docs.words[d])), 25, "ol", "articlelist"));
}
function sourceView([id]) {
  const s = D.sourcePlace.get(id);
  if (s === undefined) return notFound();
  const { table, totals } = cellsOf();
  const carriers = table.map((row, o) => [o, row.get(s)]).filter(([, cell]) => cell).sort((x, y) => y[1].by[CLASS.uncredited] - x[1].by[CLASS.uncredited] || y[1].words - x[1].words);
  const whole = CLASSES.map((_, c) => carriers.reduce((n, [, cell]) => n + cell.by[c], 0)), sum = whole.reduce((x, y) => x + y, 0);
  const dispatches = docs.id.map((_, d) => d).filter((d) => docs.wire[d] && docs.source[d] === s);
  const mine = families.name.map((_, f) => f).filter((f) => families.source[f] === s).sort((x, y) => families.total[y] - families.total[x] || x - y);
  const passing = stretchesOf((d, r) => ledger.via[r] === s), without = stretchesOf((d, r) => ledger.source[r] === s && ledger.class[r] === CLASS.uncredited);
  state.list = mine.map((f) => familyHref(f));
  return [
    h("p.kicker", t("Source")), h("h1", isolate(sourceName(s))), h("p.quiet", isolate(id)),
    sum ? [h("p.standfirst", t("source.standfirst", { words: count(sum), outlets: plural(carriers.length, "outlet"), share: percent(whole[CLASS.uncredited] / sum) })), summary(whole, sum)] : null,
    carriers.length ? cellTable(t("Who carries its text"), t("Outlet"), t("of the outlet's words"), carriers.map(([o, cell]) => [outletLink(o), o, s, cell, totals[o].all])) : null,
    without.length ? section(t("Without credit"), paged(without, stretch, 8, "ol", "stretches")) : null,
    passing.length ? section(t("Passed on second-hand"), paged(passing, stretch, 8, "ol", "stretches")) : null,
    mine.length ? section(t("Its passages"), paged(mine, familyLine, 12, "ol", "familylist")) : null,
    dispatches.length ? section(t("Its dispatches in the corpus"), articleTable(dispatches)) : null,
  ];
}
const notFound = () => [h("h1", t("Not in this report")), h("p", t("notfound"), " ", h("a", { href: link("matrix", [], { q: "" }) }, t("To the matrix")))];
