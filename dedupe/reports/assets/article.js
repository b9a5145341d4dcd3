// One article with its ledger: every word in one class, adding up to 100 %.
function articleView([id]) {
  const d = docs.place.get(id);
  if (d === undefined) return notFound();
  const by = zeros(), rows = span(ledger, d), text = textOf(d);
  for (const r of rows) by[ledger.class[r]] += ledger.words[r];
  const total = by.reduce((x, y) => x + y, 0) || docs.words[d];
  const panel = h("div.detail", { id: "detail", tabindex: "-1" });
  const choose = (r) => {
    mark("lit", `[data-row="${r}"]`);
    panel.replaceChildren(); put(panel, detail(d, r));
  };
  const pick = (r) => { choose(r); setParams({ at: ledger.start[r] }, false); announce(panel.textContent); };
  const layers = [...creditLayers(d), ...rows.filter((r) => CLASSES[ledger.class[r]] !== "own").map((r) => ({ start: ledger.start[r], stop: ledger.start[r] + ledger.length[r], class: "stretch-text " + CLASSES[ledger.class[r]], data: { row: r },
    tag: () => h("button", { class: "tag " + CLASSES[ledger.class[r]], "data-row": r, "aria-label": rowLabel(r), title: rowLabel(r) }, GLYPH[CLASSES[ledger.class[r]]], ledger.source[r] >= 0 ? h("span.tag-source", " ", clip(sourceName(ledger.source[r]), 30)) : null) }))];
  const body = h("div.text.ledger", { dir: "auto", lang: docs.language[d] || null, on: { click: (event) => { const node = event.target.closest("[data-row]"); if (node) pick(+node.dataset.row); } } }, docs.wire[d] ? marked(text, wireLayers(d)) : marked(text, layers));
  const at = asked("at"), telling = rows.find((r) => CLASSES[ledger.class[r]] === "uncredited") ?? rows.find((r) => ledger.source[r] >= 0);
  if (at == null && telling !== undefined) queueMicrotask(() => choose(telling));
  if (at != null && !docs.wire[d]) queueMicrotask(() => {
    const r = rows.find((row) => ledger.start[row] <= +at && +at < ledger.start[row] + ledger.length[row]) ?? rows.find((row) => ledger.start[row] >= +at);
    if (r !== undefined) { choose(r); body.querySelector(`[data-row="${r}"]`)?.scrollIntoView({ block: "center" }); }
  });
  const mine = pairsOf(d).sort((x, y) => pairs.words[y] - pairs.words[x] || x - y);
  state.list = mine.map((p) => pairLink(p));
  const credit = span(credits, d);
  const url = docs.url[d] || "";
  return [
    h("p.kicker", printerLink(d), " ", wireMark(d), dated(d), docs.language[d] ? " · " + docs.language[d] : null),
    h("h1", tongue(d), isolate(titleOf(d))),
    h("p.quiet.small", isolate(docs.id[d]), docs.file[d] ? [" · ", isolate(docs.file[d])] : null, url ? [" · ", /^https?:\/\//i.test(url) ? h("a", { href: url, rel: "noopener noreferrer nofollow", target: "_blank" }, isolate(url)) : isolate(url)] : null),
    docs.wire[d] ? h("p.standfirst", t("article.wire")) : summary(by, total),
    h("div.reading", body, h("aside", { "aria-label": t("About the stretch") }, docs.wire[d] ? null : h("p.quiet.small", t("article.choose")), panel)),
    credit.length ? section(t("Credits in this article"), h("ul.credits", credit.map((c) => h("li", h("q", tongue(d), plainText(slice(d, credits.start[c], credits.length[c]))), " ", credits.chain[c].map((s, n) => [n ? " ← " : "", sourceLink(s)]), " ", h("span.badge", t(D.roles[credits.role[c]])), " ", h("span.quiet", t("confidence {x}", { x: percent(credits.confidence[c]) }), ", ", plural(credits.covers[c], "covers")))))) : null,
    mine.length ? section(t("Shares passages with"), paged(mine, (p) => { const other = otherOf(p, d); return h("li", h("a", { href: pairLink(p) }, h("strong", isolate(outletOf(other))), ": ", isolate(titleOf(other))), " ", wireMark(other), " ", kindGlyphs(pairs.kinds[p]), " ", h("span.number.quiet", plural(pairs.words[p], "word"))); }, 15, "ul", "plainlist")) : null,
  ];
}
const rowLabel = (r) => className(ledger.class[r]) + (ledger.source[r] >= 0 ? ": " + sourceName(ledger.source[r]) : "") + (ledger.via[r] >= 0 ? ", " + viaName(ledger.via[r]) : "") + ", " + plural(ledger.words[r], "word");
function wireLayers(d) {
  const layers = [];
  for (const row of filed(families.members, d)) {
    const f = families.owner[row];
    layers.push({ start: families.start[row], stop: families.start[row] + families.length[row], class: "stretch-text shared", tag: () => h("a.tag.shared", { href: familyHref(f) }, "◇ ", plural(families.total[f], "copy")) });
  }
  return layers;
}
function detail(d, r) {
  const c = ledger.class[r], f = ledger.family[r], label = t(CLASSES[c] + ".meaning");
  const nodes = [h("h2", classBadge(c)), h("p", label[0].toUpperCase() + label.slice(1), ".")];
  if (ledger.source[r] >= 0) nodes.push(h("p", t("Source: "), sourceLink(ledger.source[r]), ledger.via[r] >= 0 ? [", ", t("via {name}", { name: "" }), sourceLink(ledger.via[r])] : null));
  nodes.push(h("p.quiet.number", plural(ledger.words[r], "word")));
  if (f >= 0) nodes.push(h("p", why(f)), h("p", h("a", { href: familyHref(f) }, t("all copies")), " ", digest(f, d)));
  const found = matchesOf(f, d).filter((m) => { const side = pairs.a[matches.pair[m]] === d ? "a" : "b"; return matches[side + "_start"][m] < ledger.start[r] + ledger.length[r] && matches[side + "_start"][m] + matches[side + "_length"][m] > ledger.start[r]; }).sort((x, y) => matches.score[y] - matches.score[x] || x - y);
  if (found.length) nodes.push(h("h3", t("Also printed by")), paged(found, (m) => { const p = matches.pair[m], other = otherOf(p, d); return h("li", h("a", { href: pairLink(p, { p: m - pairs.at[p] + 1 }) }, isolate(outletOf(other))), " ", wireMark(other), " ", kindBadge(matches.kind[m]), guardsOf(matches.guards[m]).map((name) => [" ", guardBadge(name)])); }, 8, "ul", "plainlist"));
  return nodes;
}
