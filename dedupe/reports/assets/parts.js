// Pieces that several views share.
// Classes, kinds and guards are named by strings.json: t("uncredited"), t("uncredited.meaning"), t("guard.name").
const className = (n) => t(CLASSES[n]);
const kindName = (n) => t(KINDS[n]);
const guardsOf = (bits) => D.guards.filter((_, n) => bits >> n & 1);

const glyph = (name) => h("span", { class: "glyph " + name, "aria-hidden": "true" }, GLYPH[name]);
const classBadge = (n) => h("span.badge." + CLASSES[n], glyph(CLASSES[n]), className(n));
const kindBadge = (n) => h("span.badge.kind", glyph(KINDS[n]), kindName(n));
const guardBadge = (name) => h("span.badge.guard", h("span", { "aria-hidden": "true" }, "⚠ "), t("guard." + name));
function kindGlyphs(bits) {
  const names = KINDS.filter((_, n) => bits >> n & 1), title = names.map((name) => t(name)).join(", ");
  return h("span.kinds", { title }, names.map(glyph), h("span.aside", title));
}
function legend() {
  return h("footer.legend", { tabindex: "0", "aria-label": t("Legend") }, [CLASSES, KINDS].map((names) => h("ul", names.map((name) => {
    const title = t(name + ".meaning");
    return h("li", { title }, h("span.swatch." + name), glyph(name), t(name), h("span.aside", ": " + title));
  }))));
}

// splitBar draws words by class as shares of a whole.
function splitBar(by, total, look = "bar") {
  const sum = total || by.reduce((n, words) => n + words, 0) || 1;
  const parts = by.map((words, c) => [CLASSES[c], 100 * words / sum + "%", className(c) + " " + percent(words / sum)]).filter((_, c) => by[c]);
  return h("div", { class: look, role: "img", "aria-label": parts.map((part) => part[2]).join(", ") }, parts.map(([name, width, title]) => h("span.fill." + name, { style: { width }, title })));
}
const summary = (by, total) => [splitBar(by, total, "bar tall"), shares(by, total)];
const outletLink = (o) => h("a", { href: link("outlet", [D.outlets[o]]), class: "outlet" }, isolate(D.outlets[o]));
const sourceLink = (s) => s < 0 ? null : h("a", { href: link("source", [sourceId(s)]), class: "source" }, isolate(sourceName(s)));
const printerLink = (d) => docs.wire[d] && docs.source[d] >= 0 ? sourceLink(docs.source[d]) : outletLink(docs.outlet[d]);
const viaName = (s) => t("via {name}", { name: sourceName(s) });
const familyHref = (f) => link("family", [families.name[f]]);
const isolate = (text, lang) => h("bdi", lang ? { lang } : null, plainText(text || ""));
const articleLink = (d, at) => h("a", { href: link("article", [docs.id[d]], at == null ? {} : { at }), lang: docs.language[d] || null }, isolate(titleOf(d)));
const wireMark = (d) => docs.wire[d] ? h("span.badge.wire", t("dispatch")) : null;
const more = (label, action) => h("button.more", { on: { click: action } }, label);

function excerpt(d, start, length, most = 260) {
  const text = slice(d, start, Math.min(length, most));
  return h("q.excerpt", tongue(d), plainText(text.replace(/\s*\n\s*/g, " ")), length > most ? " …" : null);
}
// paged shows a list step by step; how many are not shown yet stands on the button.
function paged(items, row, step = 20, tag = "div", className = "") {
  const box = h(tag, { class: className });
  const holder = h("div", box);
  let shown = 0, button = null;
  const add = (amount) => {
    items.slice(shown, shown + amount).forEach((item) => box.append(row(item)));
    shown = Math.min(items.length, shown + amount);
    if (button) button.remove();
    button = null;
    if (shown < items.length) holder.append(button = more(t("Show {n} more ({left} not shown)", { n: count(Math.min(step * 5, items.length - shown)), left: count(items.length - shown) }), () => add(step * 5)));
  };
  add(items.length < step + 3 ? step + 2 : step);
  holder.showAll = () => add(items.length);
  holder.classList.add("paged");
  return holder;
}

// stretches lists rows of the ledger, largest first: [document, row].
function stretchesOf(test) {
  const rows = [];
  for (let d = 0; d < docs.id.length; d++) {
    if (docs.wire[d]) continue;
    for (const r of span(ledger, d)) if (test(d, r)) rows.push([d, r]);
  }
  return rows.sort((x, y) => ledger.words[y[1]] - ledger.words[x[1]] || x[1] - y[1]);
}
function stretch([d, r]) {
  const c = ledger.class[r], family = ledger.family[r];
  const partner = partnerOf(d, family);
  return h("li.stretch." + CLASSES[c],
    h("p.meta", classBadge(c), " ", ledger.source[r] >= 0 ? [sourceLink(ledger.source[r]), " "] : null,
      ledger.via[r] >= 0 ? h("span.via", viaName(ledger.via[r]), " ") : null,
      h("span.number", plural(ledger.words[r], "word"))),
    excerpt(d, ledger.start[r], ledger.length[r]),
    h("p.meta", printerLink(d), " · ", articleLink(d, ledger.start[r]), dated(d),
      partner >= 0 ? [" · ", h("a", { href: link("compare", sidesOf(d, partner)) }, t("compare with {outlet}", { outlet: outletOf(partner) }))] : null,
      family >= 0 ? [" · ", h("a", { href: familyHref(family) }, t("all copies"))] : null));
}
// partnerOf names the best document to compare a passage with: the dispatch, else one that credits, else the surest match.
function partnerOf(d, family) {
  let best = -1, most = -1;
  for (const m of matchesOf(family, d)) {
    const p = matches.pair[m], other = otherOf(p, d);
    const row = rowAt(m, pairs.a[p] === d ? 1 : 0);
    const value = matches.score[m] + (docs.wire[other] ? 2 : row >= 0 && ledger.class[row] === CLASS.credited ? 1 : 0);
    if (value > most) { most = value; best = other; }
  }
  return best;
}
const sidesOf = (one, two) => (docs.id[one] < docs.id[two] ? [one, two] : [two, one]).map((d) => docs.id[d]);

// Why: the origin of a family and its reasons, in a sentence.
function direction(f) {
  const text = families.direction[f], first = text.split(" printed first by date; "), key = "direction." + text.split(/[:,]/)[0], known = t(key);
  if (text.startsWith("text of a dispatch")) return ""; // the reasons say so already
  return first[1] ? t("direction.first", { outlet: first[0] }) : known === key ? text : known;
}
// why says it of one family, or of several with the same source at once.
function why(...list) {
  if (list[0] === undefined || list[0] < 0) return [];
  const f = list[0], s = families.source[f], nodes = [], sure = list.map((g) => families.confidence[g]), low = percent(Math.min(...sure)), high = percent(Math.max(...sure));
  if (s >= 0) nodes.push(t("Origin: "), sourceLink(s), " (", t("confidence {x}", { x: low === high ? low : low + " – " + high }), ")");
  else nodes.push(t("Origin not decided"));
  const all = list.flatMap((g) => families.evidence[g]), reasons = grouped(all.filter((item) => s < 0 || item[4] === s || item[4] < 0)).slice(0, 4);
  if (reasons.length) nodes.push(s >= 0 ? t(", because ") : t(", although "), listed(reasons.map(reason)));
  const hedge = direction(f);
  if (hedge) nodes.push("; ", hedge);
  nodes.push(".");
  const rest = all.length - reasons.reduce((n, group) => n + group.length, 0);
  if (rest > 0) nodes.push(" ", h("a", { href: familyHref(f) }, plural(rest, "more.evidence")));
  return nodes;
}
// One reason per kind of evidence and source, whoever gives it.
function grouped(items) {
  const groups = new Map();
  for (const item of items) { const key = item[0] + "|" + item[4]; if (!groups.has(key)) groups.set(key, []); groups.get(key).push(item); }
  return [...groups.values()];
}
const listed = (items) => items.map((item, n) => [n ? (n === items.length - 1 ? t(" and ") : ", ") : "", item]);
function reason(group) {
  const [kind, , , , source] = group[0], name = sourceName(source), seen = new Set();
  const places = group.map(([, where, start]) => {
    const known = typeof where === "number", text = known ? (docs.wire[where] ? docs.id[where] : outletOf(where)) : where || t("an article not shown here");
    return seen.has(text) ? null : (seen.add(text), known ? h("a", { href: link("article", [docs.id[where]], { at: start }) }, isolate(text)) : isolate(text));
  }).filter(Boolean);
  const many = places.length > 1;
  if (kind === "dispatch") return [t(many ? "the text matches the dispatches " : "the text matches the dispatch "), listed(places)];
  if (kind === "credit") return [listed(places), " ", t(many ? "credit {name} for it" : "credits {name} for it", { name })];
  if (kind === "dateline") return [listed(places), " ", t("kept the dateline of {name}", { name })];
  return [kind, name ? " " + name : null, " (", listed(places), ")"];
}
// A table with a label: heads are [text, whether it stands over numbers].
const headRow = (heads) => h("thead", h("tr", heads.map(([label, number]) => h("th", { scope: "col", class: number ? "number" : null }, label))));
const grid = (name, heads, rows, type = "plain") => region(name, h("table." + type, headRow(heads), h("tbody", rows)));
const notice = (...kids) => h("p.notice", { role: "note" }, kids);
const section = (title, ...kids) => h("section", h("h2", title), kids);
// chooser is a menu that sets the parameter sort; options are [value, label].
const chooser = (options, chosen) => h("label", t("Sort by"), h("select", { id: "sort", on: { change: (event) => setParams({ sort: event.target.value }) } },
  options.map(([value, label]) => h("option", { value, selected: value === chosen }, label))));
const empty = (text) => h("p.empty", text);
function leftOutNote() {
  const out = D.left_out;
  if (!out.documents && !out.pairs) return null;
  return notice(t("left.note", {
    documents: count(docs.id.length), all: count(out.of_documents), pairs: count(pairs.cut), allPairs: count(out.of_pairs) }),
    " ", h("a", { href: link("run") }, t("What is left out")));
}
