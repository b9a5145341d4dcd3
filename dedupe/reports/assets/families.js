// Families: one passage and all its copies.
function familiesView() {
  const test = filter(), sort = asked("sort") || "copies", words = (f) => Math.max(...span(families, f).map((n) => families.words[n]));
  const all = families.name.map((_, f) => f).filter((f) => families.n[f]), list = all.filter((f) => test.empty || test.family(f));
  const keys = { copies: (f) => families.total[f], words, confidence: (f) => families.confidence[f], uncredited: (f) => membersBy(f)[CLASS.uncredited] };
  const key = new Map(list.map((f) => [f, (keys[sort] || keys.copies)(f)]));
  list.sort((x, y) => key.get(y) - key.get(x) || words(y) - words(x) || x - y);
  state.list = list.map((f) => familyHref(f));
  return [
    h("h1", t("Families of passages")), h("p.standfirst", t("families.about")), leftOutNote(),
    h("div.tools", h("p.effect", t("{n} of {all} families", { n: count(list.length), all: count(all.length) })), chooser([["copies", t("copies")], ["words", t("length")], ["confidence", t("confidence in the origin")], ["uncredited", t("copies without credit")]], sort)),
    list.length ? paged(list, familyLine, 25, "ol", "familylist") : empty(t("No family matches.")),
  ];
}
function membersBy(f) {
  const by = zeros();
  for (const n of span(families, f)) if (families.rows[n] >= 0) by[ledger.class[families.rows[n]]]++;
  return by;
}
function membersOf(f) {
  return span(families, f).sort((x, y) => docs.wire[families.document[y]] - docs.wire[families.document[x]] || ((docs.published[families.document[x]] || "~") < (docs.published[families.document[y]] || "~") ? -1 : 1));
}
function familyLine(f) {
  const first = membersOf(f)[0], by = membersBy(f), days = [...new Set(membersOf(f).map((n) => (docs.published[families.document[n]] || "").slice(0, 10)).filter(Boolean))].sort();
  return h("li", h("a.family", { href: familyHref(f) }, excerpt(families.document[first], families.start[first], families.length[first], 200)),
    h("p.meta", families.source[f] >= 0 ? sourceLink(families.source[f]) : h("span.quiet", t("origin not decided")), " · ", plural(families.total[f], "copy"), by.map((n, c) => n ? [" ", h("span.badge." + CLASSES[c], glyph(CLASSES[c]), className(c) + " " + count(n))] : null), days.length ? " · " + date(days[0]) + (days.length > 1 ? " – " + date(days[days.length - 1]) : "") : null));
}
function familyView([name]) {
  const f = families.place.get(name);
  if (f === undefined || !families.n[f]) return notFound();
  const members = membersOf(f), base = members.reduce((best, n) => docs.wire[families.document[best]] ? best : docs.wire[families.document[n]] || families.words[n] > families.words[best] ? n : best, members[0]);
  const hidden = families.total[f] - members.length;
  state.list = members.map((n) => link("article", [docs.id[families.document[n]]], { at: families.start[n] }));
  return [
    h("p.kicker", h("a", { href: link("families") }, t("Families"))),
    h("h1", plural(families.total[f], "one.passage")),
    h("blockquote.passage-quote", { dir: "auto", lang: docs.language[families.document[base]] || null }, plainText(clip(slice(families.document[base], families.start[base], families.length[base]), 420))),
    h("p.standfirst", why(f)),
    hidden ? notice(plural(hidden, "elsewhere")) : null,
    h("div.duo", timeline(members), kinship(f, members)),
    section(t("The variants"), h("p.quiet", t("family.base", { name: outletOf(families.document[base]) })), paged(members, (n) => variant(n, base, f), 20, "ol", "variants")),
    families.evidence[f].length ? section(t("Evidence for the origin"), grid(t("Evidence for the origin"), [[t("Kind")], [t("Source")], [t("Weight"), 1], [t("Where")], [t("Surface")], [t("Note")]],
      families.evidence[f].map(([kind, where, start, length, source, weight, note]) => h("tr", h("td", t(kind)), h("td", sourceLink(source)), h("td.number", decimal(weight)),
        h("td", typeof where === "number" ? [printerLink(where), " · ", articleLink(where, start)] : isolate(where)), h("td", typeof where === "number" ? excerpt(where, start, length, 90) : null), h("td", isolate(note)))))) : null,
  ];
}
function variant(n, base, f) {
  const d = families.document[n], start = families.start[n], length = families.length[n], r = families.rows[n], baseDoc = families.document[base];
  let layers = [], note = null;
  if (n !== base && !D.redacted) {
    if (docs.language[d] && docs.language[baseDoc] && docs.language[d] !== docs.language[baseDoc]) note = h("span.badge.kind", glyph("translated"), t("translated"));
    else {
      const mine = wordsOf(slice(d, start, length), start), other = wordsOf(slice(baseDoc, families.start[base], families.length[base])), diff = changes(other, mine);
      if (diff) { layers = runs(mine, diff.b).map(changedLayer); note = h("span.quiet.number", diff.a.length + diff.b.length ? t("{more} words more, {less} fewer", { more: count(diff.b.length), less: count(diff.a.length) }) : t("verbatim.meaning")); }
      else note = h("span.quiet", t("diff.far"));
    }
  }
  return h("li", { class: n === base ? "variant base" : "variant" }, h("p.meta", printerLink(d), " ", wireMark(d), r >= 0 ? [" ", classBadge(ledger.class[r])] : null, r >= 0 && ledger.via[r] >= 0 ? [" ", h("span.via", viaName(ledger.via[r]))] : null, " · ", articleLink(d, start), dated(d), " ", note, digest(f, d)),
    h("p.text", tongue(d), marked(textOf(d), layers, start, start + length)));
}
// moments returns when a document was printed, as far as is known: from and to, a whole day where no time is given.
function moments(d) {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(docs.published[d] || "");
  if (!found) return null;
  const from = Date.UTC(+found[1], found[2] - 1, +found[3], +(found[4] || 0), +(found[5] || 0));
  return [from, found[4] ? from : from + 864e5];
}
function timeline(members) {
  const dated = members.map((n) => [n, moments(families.document[n])]).filter(([, at]) => at).sort((x, y) => x[1][0] + x[1][1] - y[1][0] - y[1][1]), without = members.length - dated.length;
  if (!dated.length) return h("figure", h("figcaption", h("h2", t("Who printed when"))), empty(t("No date is known.")));
  const first = Math.min(...dated.map(([, at]) => at[0])), span = Math.max(...dated.map(([, at]) => at[1])) - first || 1, width = 560, line = 26, left = 12, x = (at) => left + 214 * (at - first) / span;
  return h("figure", h("figcaption", h("h2", t("Who printed when"))),
    svg("svg.timeline", { viewBox: `0 0 ${width} ${dated.length * line + 14}`, "aria-label": dated.map(([n]) => outletOf(families.document[n]) + " " + date(docs.published[families.document[n]])).join("; ") },
      svg("line.axis", { x1: left, x2: left, y1: 0, y2: dated.length * line }),
      dated.map(([n, [from, to]], k) => { const d = families.document[n], at = x((from + to) / 2), y = 16 + k * line, name = docs.wire[d] ? "wire" : families.rows[n] >= 0 ? CLASSES[ledger.class[families.rows[n]]] : "shared";
        return svg("g", svg("line.lead", { x1: left, x2: at, y1: y, y2: y }), from < to ? svg("line.span", { x1: x(from), x2: x(to), y1: y, y2: y }) : null, svg("circle", { class: "dot " + name, cx: at, cy: y, r: 6 }), svg("text", { x: Math.max(at + 14, x(to) + 10), y: y + 4.5 }, clip(outletOf(d), 28), svg("tspan.when", "  " + date(docs.published[d])))); })),
    without ? h("p.quiet.small", plural(without, "undated")) : null, h("p.quiet.small", t("family.dates")));
}
// Who has it from whom, as far as is known: the source, the media named in between, the outlets.
function kinship(f, members) {
  const outlets = new Map(); // an outlet stands here once for each way in which it prints the passage
  for (const n of members) {
    const d = families.document[n], r = families.rows[n], o = docs.outlet[d];
    if (docs.wire[d]) continue;
    const row = { c: r >= 0 ? ledger.class[r] : CLASS.shared, via: r >= 0 ? ledger.via[r] : -1 };
    outlets.set(o + "/" + row.c + "/" + row.via, [o, row]);
  }
  const rows = [...outlets.values()], source = families.source[f], line = 34, height = Math.max(2, rows.length) * line, width = 560, middle = height / 2 + 8;
  const vias = [...new Set(rows.map(([, row]) => row.via).filter((v) => v >= 0 && v !== source))], viaY = new Map(vias.map((v, n) => [v, 8 + (n + 0.5) * height / vias.length]));
  const path = (x0, y0, x1, y1, name, doubtful) => svg("path", { class: "ribbon thin " + name + (doubtful ? " doubtful" : ""), d: `M${x0} ${y0}C${(x0 + x1) / 2} ${y0} ${(x0 + x1) / 2} ${y1} ${x1} ${y1}` });
  const label = source >= 0 ? sourceName(source) : t("origin not decided");
  return h("figure", h("figcaption", h("h2", t("From whom, as far as is known"))),
    svg("svg", { viewBox: `0 0 ${width} ${height + 16}`, class: "kinship", "aria-label": label + ": " + rows.map(([o, row]) => D.outlets[o] + " " + className(row.c)).join("; ") },
      rows.map(([, row], n) => { const y = 8 + (n + 0.5) * line, name = CLASSES[row.c], known = source < 0; return viaY.has(row.via) ? [path(150, middle, 262, viaY.get(row.via), name, known), path(268, viaY.get(row.via), 380, y, name, known)] : path(150, middle, 380, y, name, known); }),
      svg("text", { x: 140, y: middle + 5, "text-anchor": "end", class: "name" }, clip(label, 20)), svg("circle", { cx: 150, cy: middle, r: 5, class: "node" }),
      vias.map((v) => [svg("circle", { cx: 265, cy: viaY.get(v), r: 4, class: "node" }), svg("text", { x: 265, y: viaY.get(v) - 9, "text-anchor": "middle", class: "name" }, clip(sourceName(v), 18))]),
      rows.map(([o, row], n) => { const y = 8 + (n + 0.5) * line; return svg("g", svg("circle", { cx: 380, cy: y, r: 5, class: "dot " + CLASSES[row.c] }), svg("text", { x: 392, y: y + 4.5, class: "name" }, GLYPH[CLASSES[row.c]] + " " + clip(D.outlets[o], 22), svg("title", className(row.c)))); })),
    source < 0 ? h("p.quiet.small", t("Dashed: the origin is not decided.")) : null);
}
