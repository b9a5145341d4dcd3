// The matrix: who prints whose text, with credit and without.
const SOURCED = ["credited", "uncredited", "claimed"];
const FIRST_SOURCES = 12;

function cellsOf() { // outlet → source → {words by class, via}
  const M = D.matrix, table = D.outlets.map(() => new Map()), totals = D.outlets.map(() => ({ all: 0, by: zeros(), documents: 0 }));
  M.words.forEach((words, n) => {
    const o = M.outlet[n], s = M.source[n], c = M.class[n];
    totals[o].all += words; totals[o].by[c] += words;
    if (s < 0 || !SOURCED.includes(CLASSES[c])) return;
    if (!table[o].has(s)) table[o].set(s, { by: zeros(), via: new Map(), words: 0, documents: zeros() });
    const cell = table[o].get(s);
    cell.by[c] += words; cell.words += words; cell.documents[c] += M.documents[n];
    if (M.via[n] >= 0) cell.via.set(M.via[n], (cell.via.get(M.via[n]) || 0) + words);
  });
  return { table, totals };
}
// Order: sources by words; outlets by the source they take most from, then by how much, so that blocks stand together.
function ordered({ table, totals }, classes, sort) {
  const sum = (cell) => classes.reduce((n, c) => n + cell.by[c], 0);
  const perSource = D.sources.map((_, s) => table.reduce((n, row) => n + (row.has(s) ? sum(row.get(s)) : 0), 0));
  const sources = perSource.map((words, s) => [words, s]).filter(([words]) => words).sort((x, y) => y[0] - x[0] || x[1] - y[1]).map(([, s]) => s);
  const rank = new Map(sources.map((s, n) => [s, n]));
  const rows = D.outlets.map((name, o) => {
    let lead = sources.length, most = 0, all = 0;
    for (const [s, cell] of table[o]) { const words = sum(cell); all += words; if (words > most || (words === most && words && rank.get(s) < lead)) { most = words; lead = rank.get(s); } }
    return { o, name, lead, most, all, total: totals[o].all };
  }).filter((row) => row.total);
  const by = {
    structure: (x, y) => x.lead - y.lead || y.most / y.total - x.most / x.total,
    name: () => 0,
    words: (x, y) => y.total - x.total,
    share: (x, y) => y.all / y.total - x.all / x.total,
    uncredited: (x, y) => totals[y.o].by[CLASS.uncredited] - totals[x.o].by[CLASS.uncredited],
  };
  rows.sort((x, y) => (by[sort] || by.structure)(x, y) || (x.name < y.name ? -1 : 1));
  return { sources, rows };
}
const cellQuery = (o, s, c) => ["outlet:" + quoted(D.outlets[o]), s == null ? "" : "source:" + quoted(sourceId(s)), c || ""].filter(Boolean).join(" ");

// The sentences a newcomer reads first: whose text was printed without credit, and by whom.
function findings({ table }) {
  const items = D.sources.map((_, s) => {
    const takers = table.map((row, o) => [o, row.has(s) ? row.get(s).by[CLASS.uncredited] : 0, row.has(s) ? row.get(s).documents[CLASS.uncredited] : 0])
      .filter(([, words]) => words).sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    return { s, takers, words: takers.reduce((n, [, words]) => n + words, 0) };
  }).filter((item) => item.words).sort((x, y) => y.words - x.words || x.s - y.s);
  if (!items.length) return h("p.lead", t("matrix.none"));
  const show = (item) => h("li", null,
    h("h3", t("{name} text without credit", { name: "\u0000" }).split("\u0000").flatMap((part, n) => n ? [sourceLink(item.s), part] : [part])),
    paged(item.takers, ([o, words, articles]) => h("li",
      h("a.finding", { href: link("matrix", [], { ...Object.fromEntries(state.params), q: cellQuery(o, item.s, "uncredited") }), title: plural(articles, "in.article") },
        h("strong", isolate(D.outlets[o])), h("span.number", plural(words, "word")))), 5, "ul", "takers"));
  return h("div.findings", h("h2", t("Without credit")), paged(items, show, 8, "ul", "columns"));
}

function matrixView() {
  const cells = cellsOf();
  const unit = asked("unit") || "words", hidden = (asked("without") || "").split(",");
  const classes = SOURCED.filter((name) => !hidden.includes(name)).map((name) => CLASS[name]);
  const { sources, rows } = ordered(cells, classes, asked("sort") || "structure");
  const wanted = (asked("rows") || "").toLowerCase();
  const byName = (name) => name.toLowerCase().includes(wanted);
  const sourceHit = wanted && sources.some((s) => byName(sourceName(s))) && !rows.some((row) => byName(row.name));
  const shownRows = rows.filter((row) => !wanted || byName(row.name) || (sourceHit && sources.some((s) => byName(sourceName(s)) && cells.table[row.o].has(s))));
  const columns = sourceHit ? sources.filter((s) => byName(sourceName(s))) : asked("all") || sources.length <= FIRST_SOURCES + 1 ? sources : sources.slice(0, FIRST_SOURCES);
  const restColumns = sourceHit ? [] : sources.slice(columns.length);
  state.list = [];
  return [
    h("h1", t("Who prints whose text")),
    h("p.standfirst", standfirst(cells.totals)),
    leftOutNote(),
    findings(cells),
    h("div.tools",
      h("label", t("Find outlet or source"), h("input", { type: "search", value: asked("rows") || "", on: { input: (event) => setParams({ rows: event.target.value }) }, id: "rows" })),
      chooser([["structure", t("structure")], ["name", t("name")], ["words", t("words in all")], ["share", t("share from sources")], ["uncredited", t("most without credit")]], asked("sort") || "structure"),
      h("fieldset", h("legend.aside", t("Unit")), [["words", t("words")], ["share", t("% of the outlet")]].map(([value, label]) =>
        h("label.pill", h("input", { type: "radio", name: "unit", checked: unit === value, on: { change: () => setParams({ unit: value === "words" ? "" : value }) } }), label))),
      h("fieldset", h("legend.aside", t("Classes")), SOURCED.map((name) =>
        h("label.pill." + name, h("input", { type: "checkbox", checked: !hidden.includes(name), on: { change: (event) => {
          const next = new Set(hidden.filter(Boolean)); if (event.target.checked) next.delete(name); else next.add(name);
          setParams({ without: [...next].join(",") }); } } }), glyph(name), t(name)))),
      h("button", { on: { click: () => download("matrix.csv", csv(matrixRows(cells, sources, shownRows, classes))) } }, t("CSV of this view"))),
    shownRows.length ? matrixTable(cells, columns, restColumns, shownRows, classes, unit) : empty(t("No outlet matches.")),
    restColumns.length ? more(t("Show {n} more sources: {names}", { n: count(restColumns.length), names: restColumns.slice(0, 5).map(sourceName).join(", ") + (restColumns.length > 5 ? " …" : "") }), () => setParams({ all: "1" })) : null,
    evidencePanel(),
    flowFigure(),
  ];
}
function standfirst(totals) {
  const all = totals.reduce((n, row) => n + row.all, 0) || 1;
  const of = (name) => totals.reduce((n, row) => n + row.by[CLASS[name]], 0);
  const outlets = totals.filter((row) => row.all).length;
  return t("matrix.standfirst", {
    words: count(all), documents: plural(D.left_out.of_documents - wires(), "article"), outlets: plural(outlets, "outlet"),
    known: percent((of("credited") + of("uncredited")) / all), credited: percent(of("credited") / all), uncredited: percent(of("uncredited") / all),
    claimed: percent(of("claimed") / all), shared: percent(of("shared") / all) });
}
const wires = () => D.left_out.wires;

function matrixTable({ table, totals }, columns, restColumns, rows, classes, unit) {
  const figure = (words, total) => unit === "share" ? percent(words / total) : count(words);
  const chosen = asked("q") || "";
  const selected = (o, s) => chosen.startsWith(cellQuery(o, s)) && (s != null || !chosen.includes("source:"));
  const peak = Math.max(...rows.flatMap((row) => columns.map((s) => { const cell = table[row.o].get(s); return cell ? cell.words / row.total : 0; })), 0.01);
  const cellOf = (row, s) => {
    const cell = table[row.o].get(s), words = cell ? classes.reduce((n, c) => n + cell.by[c], 0) : 0;
    if (!words) return h("td.none", h("span", { "aria-hidden": "true" }, "–"), h("span.aside", t("none")));
    const parts = classes.filter((c) => cell.by[c]);
    const via = [...cell.via].sort((x, y) => y[1] - x[1]);
    const label = D.outlets[row.o] + ", " + sourceName(s) + ": " + [...parts.map((c) => className(c) + " " + plural(cell.by[c], "word") + " (" + percent(cell.by[c] / row.total) + ")"), ...via.map(([v, words]) => viaName(v) + " " + count(words))].join(", ");
    return h("td", { class: selected(row.o, s) ? "chosen" : null },
      h("a.cell", { href: link("matrix", [], { ...Object.fromEntries(state.params), q: cellQuery(row.o, s) }), style: { "--heat": (0.06 + 0.5 * Math.min(1, words / row.total / peak)).toFixed(3) }, "aria-label": label, title: label },
        h("span.figures", parts.map((c) => h("span.figure." + CLASSES[c], glyph(CLASSES[c]), figure(cell.by[c], row.total)))),
        splitBar(cell.by.map((words, c) => parts.includes(c) ? words : 0)),
        via.length ? h("span.via", "↪ ", via.map(([v, words]) => figure(words, row.total) + " " + viaName(v)).join(", ")) : null));
  };
  const rest = ["shared", "boilerplate", "own"];
  return region(t("Provenance matrix"), h("table.matrix",
    h("caption.aside", t("matrix.caption")),
    h("thead", h("tr", h("th", { scope: "col" }, t("Outlet")), h("th.whole", { scope: "col" }, t("All words")),
      columns.map((s) => h("th", { scope: "col" }, sourceLink(s))),
      restColumns.length ? h("th", { scope: "col", class: "quiet" }, plural(restColumns.length, "more.source")) : null,
      rest.map((name) => h("th", { scope: "col", class: "rest" }, glyph(name), " ", t(name))))),
    h("tbody", rows.map((row, n) => {
      state.list.push(link("outlet", [row.name]));
      return h("tr", { "data-item": n }, h("th", { scope: "row" }, outletLink(row.o)),
        h("td.whole", h("span.number", count(row.total)), splitBar(totals[row.o].by, row.total)),
        columns.map((s) => cellOf(row, s)),
        restColumns.length ? h("td.number", figure(restColumns.reduce((sum, s) => sum + (table[row.o].has(s) ? classes.reduce((k, c) => k + table[row.o].get(s).by[c], 0) : 0), 0), row.total)) : null,
        rest.map((name) => h("td.number.rest", figure(totals[row.o].by[CLASS[name]], row.total))));
    }))));
}
function matrixRows({ table, totals }, sources, rows, classes) {
  const head = ["outlet", "source", "class", "words", "share", "via", "via_words"], lines = [];
  for (const row of rows) {
    for (const s of sources) {
      const cell = table[row.o].get(s);
      if (cell) for (const c of classes) if (cell.by[c]) lines.push([row.name, sourceName(s), CLASSES[c], cell.by[c], cell.by[c] / row.total, [...cell.via].map(([v]) => sourceName(v)).join("; "), [...cell.via].reduce((n, [, words]) => n + words, 0)]);
    }
    for (const name of ["shared", "boilerplate", "own"]) lines.push([row.name, "", name, totals[row.o].by[CLASS[name]], totals[row.o].by[CLASS[name]] / row.total, "", ""]);
  }
  return [head, ...lines];
}
function evidencePanel() {
  const test = filter();
  if (test.empty) return section(t("Evidence"), h("p.quiet", t("matrix.choose")));
  const rows = stretchesOf(test.row).filter(([, r]) => CLASSES[ledger.class[r]] !== "own" || asked("q").includes("own"));
  const words = rows.reduce((n, [, r]) => n + ledger.words[r], 0);
  return h("section", { id: "evidence" }, h("h2", t("Evidence")),
    h("p.quiet", plural(rows.length, "stretch"), ", ", plural(words, "word"), " · ", h("a", { href: link("pairs") }, t("the pairs")), " · ", h("a", { href: link("families") }, t("the families"))),
    rows.length ? paged(rows, stretch, 12, "ol", "stretches") : empty(t("evidence.none")));
}
// The flow: words on their way from sources, through second-hand outlets, to outlets.
function flowFigure() {
  const F = D.flow;
  if (!F.links.length) return null;
  const wide = F.width + 380, margin = 190;
  const label = ([column, id]) => id === "" ? plural(F.others[column], "other") : column === 2 ? id : sourceName(D.sourcePlace.get(id) ?? -1) || id;
  const box = F.nodes.map(([, , x, y, height]) => ({ x: x + margin, y: y + 26, height }));
  return h("figure.flow",
    h("figcaption", h("h2", t("The way of the words")), h("p.quiet", t("flow.about"))),
    region(t("The way of the words"), svg("svg", { viewBox: `0 0 ${wide} ${F.height + 40}`, "aria-label": t("flow.label") },
      F.links.map(([from, to, name, words, y0, y1, thick]) => {
        const x0 = box[from].x + F.node, x1 = box[to].x, middle = (x0 + x1) / 2;
        return svg("path", { class: "ribbon " + name, d: `M${x0} ${y0 + 26}C${middle} ${y0 + 26} ${middle} ${y1 + 26} ${x1} ${y1 + 26}`, "stroke-width": thick },
          svg("title", `${label(F.nodes[from])} → ${label(F.nodes[to])}: ${t(name)}, ${plural(words, "word")}`));
      }),
      F.nodes.map((node, n) => svg("g", svg("rect.node", { x: box[n].x, y: box[n].y, width: F.node, height: box[n].height, rx: 2 }),
        svg("text.name", { x: node[0] === 2 ? box[n].x + F.node + 8 : box[n].x + (node[0] ? F.node / 2 : -8), y: node[0] === 1 ? box[n].y - 5 : box[n].y + box[n].height / 2 + 4,
          "text-anchor": node[0] === 0 ? "end" : node[0] === 1 ? "middle" : "start" }, clip(label(node), 26), svg("title", `${label(node)}: ${plural(node[5], "word")}`)))))));
}
const clip = (text, most) => [...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text;
