// The frame of the page: addresses to views, keys, language and light.
const VIEWS = table({ matrix: matrixView, outlet: outletView, source: sourceView, pairs: pairsView, compare: compareView, article: articleView, families: familiesView, family: familyView, run: runView });
const TABS = () => [["matrix", t("Matrix")], ["pairs", t("Pairs")], ["families", t("Families")], ["run", t("Run")]];
const PARENT = { outlet: "matrix", source: "matrix", article: "matrix", compare: "pairs", family: "families" };

function route() {
  clearTimeout(following);
  const address = readAddress();
  const same = address.view === state.view && address.args.join("/") === state.args.join("/");
  state.view = VIEWS[address.view] ? address.view : D.meta.pair && pairs.a.length ? "compare" : "matrix";
  state.args = VIEWS[address.view] ? address.args : state.view === "compare" ? [docs.id[pairs.a[0]], docs.id[pairs.b[0]]] : [];
  state.params = address.params;
  if (!same) state.selected = -1;
  draw();
  if (!same && document.documentElement.dataset.ready) { scrollTo(0, 0); const heading = document.querySelector("main h1"); if (heading && document.activeElement !== $("search")) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); } }
  else if (same && state.view === "matrix" && asked("q")) $("evidence")?.querySelector("h2").scrollIntoView({ block: "center" });
}
function draw() {
  reader = state.refresh = null;
  const main = $("main"), { id: focus, selectionStart } = document.activeElement;
  let content;
  try { content = VIEWS[state.view](state.args); } catch (error) { content = [h("h1", t("This view failed")), h("pre", String(error && error.stack || error))]; console.error(error); }
  main.replaceChildren(); put(main, content);
  (state.refresh || frame)();
  const again = focus && focus !== "search" && $(focus);
  if (again) { again.focus({ preventScroll: true }); if (again.type === "search") again.setSelectionRange(selectionStart, selectionStart); }
  document.title = (main.querySelector("h1")?.textContent || "") + " · " + D.title;
}
function frame() {
  const q = asked("q") || "", here = PARENT[state.view] || state.view;
  $("tabs").replaceChildren(...TABS().map(([view, label], n) => h("a", { href: link(view), "aria-current": here === view ? "page" : null, title: String(n + 1) }, label)));
  const search = $("search");
  if (search.value !== q && document.activeElement !== search) search.value = q;
  $("chips").replaceChildren(...chips(q));
}
function chips(q) {
  if (!q) return [];
  const terms = filter().terms;
  return [h("span.quiet", t("Filter:")), ...terms.map((term) => h("span", { class: term.unknown ? "chip unknown" : "chip" },
    term.not ? t("not") + " " : "", term.field === "words in text" ? "“" + term.text + "”" : term.field + " " + (term.sign === "=" ? "" : term.sign) + " " + (term.field === "source" || term.field === "via" ? shownSource(term) : term.text),
    term.unknown ? h("span.small", " " + t("chip.unknown", { name: term.unknown })) : null,
    h("button", { "aria-label": t("Remove {term}", { term: term.raw }), on: { click: () => setQuery(terms.filter((other) => other !== term).map((other) => other.raw).join(" ")) } }, "×"))),
    h("button", { class: "quiet", on: { click: () => setQuery("") } }, t("Clear"))];
}
function shownSource(term) { const n = term.set.indexOf(1); return n >= 0 && term.set.indexOf(1, n + 1) < 0 ? sourceName(n) : term.text; }
function setQuery(q) { $("search").value = q; setParams({ q }, true); }

function shell() {
  document.documentElement.lang = state.language;
  $("app").replaceChildren(
    h("a.skip", { href: "#main", on: { click: (event) => { event.preventDefault(); $("main").focus(); } } }, t("Skip to the content")),
    h("header.masthead",
      h("p.brand", h("a", { href: link("matrix", [], { q: "" }) }, isolate(D.title)), D.redacted ? h("span.badge", t("redacted")) : null, D.anonymized ? h("span.badge", t("anonymized")) : null),
      h("nav", { id: "tabs", "aria-label": t("Views") }),
      h("form.search", { role: "search", on: { submit: (event) => { event.preventDefault(); setQuery($("search").value); } } },
        h("label.aside", { for: "search" }, t("Filter")), h("input", { id: "search", type: "search", autocomplete: "off", spellcheck: "false", placeholder: t("filter.hint"), on: { input: (event) => setParams({ q: event.target.value }) } })),
      h("div.buttons",
        h("button", { title: t("Language"), on: { click: () => speak(state.language === "en" ? "id" : "en") } }, state.language === "en" ? "Bahasa Indonesia" : "English"),
        h("button", { title: t("Light or dark"), "aria-label": t("Light or dark"), on: { click: dim } }, "◐"),
        h("button", { title: t("Help") + " (?)", "aria-label": t("Help"), on: { click: help } }, "?"))),
    h("section.chips", { id: "chips", "aria-label": t("Filter") }),
    h("main", { id: "main", tabindex: "-1" }),
    legend(),
    h("div", { id: "live", class: "aside", role: "status", "aria-live": "polite" }),
    h("dialog", { id: "help", "aria-labelledby": "help-title", on: { click: (event) => { if (event.target === $("help")) $("help").close(); } } }));
}
function speak(language) { state.language = language; compiled = { query: null }; shell(); draw(); $("search").value = asked("q") || ""; }
function dim() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
}
function help() {
  const rows = (list) => h("dl.keys", list.map(([key, text]) => h("div", h("dt", key.split(" ").map((k) => [h("kbd", k), " "])), h("dd", text))));
  $("help").replaceChildren(h("form", { method: "dialog" }, h("button.close", { type: "submit", "aria-label": t("Close") }, "×")), h("h2", { id: "help-title" }, t("Keys and search")),
    rows([["j k", t("help.lines")], ["Enter", t("open the chosen line")], ["n p", t("next and previous passage")], ["Tab", t("from a passage to its partner")], ["/", t("to the filter")], ["1 2 3 4", t("the views")], ["u", t("one level up")], ["d", t("light or dark")], ["l", t("English or Indonesian")], ["?", t("this help")]]),
    h("h3", t("Search")), h("p", t("help.search")),
    h("ul.examples", ["outlet:kompas", "source:reuters", "via:tass", "uncredited", "credited", "class:shared", "kind:reworded", "guard:number", "score>0.6", "words>=40", "covered>50%", "jaccard>0.1", "tfidf>0.3", "date>=2024-06-18", "lang:id", "members>3", "channel:minhash", "doc:ID"].map((text) => h("li", h("code", text)))),
    h("p", t("help.joint")));
  $("help").showModal();
}
function move(step) {
  const list = state.list, length = list.length || 0;
  if (state.view === "compare") {
    const shown = pairList.shown, ends = state.args.map((id) => docs.place.get(id)), here = belowCut() ? nearBetween(...ends) : pairBetween(...ends), at = Array.prototype.indexOf.call(shown, here) + step;
    const p = shown.length ? shown[at] : selection().shown[at];
    if (p !== undefined) go(pairLink(p, { min: asked("min"), sort: asked("sort") }));
    return;
  }
  if (!length) return;
  state.selected = Math.max(0, Math.min(length - 1, state.selected + step));
  if (state.view === "pairs") { pairList.reveal(state.selected); $("main").querySelector(".pair.selected a")?.focus({ preventScroll: true }); return; }
  const items = items_();
  mark("selected");
  const node = items[state.selected];
  if (node) { node.classList.add("selected"); node.scrollIntoView({ block: "nearest" }); node.querySelector("a, button")?.focus({ preventScroll: true }); }
}
const items_ = () => [...document.querySelectorAll("main tr[data-item], main .familylist > li, main .articlelist > li, main .variants > li")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help")?.open) return;
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && field) { field.blur(); return; }
  if (field && !["range", "radio", "checkbox"].includes(field.type)) return;
  const keys = { j: () => move(1), k: () => move(-1), "/": () => { $("search").focus(); $("search").select(); }, "?": help, d: dim, l: () => speak(state.language === "en" ? "id" : "en"),
    u: () => PARENT[state.view] && go(link(PARENT[state.view])), n: () => reader && reader.jump(Math.min(reader.passages.length - 1, reader.current + 1), -1), p: () => reader && reader.jump(Math.max(0, reader.current - 1), -1),
    Enter: () => { if (event.target.closest("a, button, summary")) return false; if (state.selected < 0 || state.selected >= state.list.length) return false; go(state.list.at(state.selected)); } };
  TABS().forEach(([view], n) => { keys[n + 1] = () => go(link(view)); });
  const act = keys[event.key];
  if (act && act() !== false) event.preventDefault();
});
// Paper gets everything: every line of a list, every text in full.
addEventListener("beforeprint", () => {
  document.querySelectorAll(".paged").forEach((node) => node.showAll && node.showAll());
  if (state.view === "pairs") pairList.draw(true);
});
for (const name of ["afterprint", "resize"]) addEventListener(name, () => { if (state.view === "pairs") pairList.draw(); });
addEventListener("hashchange", route);

STRINGS = readBlock("strings");
for (const name in STRINGS) STRINGS[name] = table(STRINGS[name]);
state.language = document.documentElement.lang === "id" ? "id" : "en";
load();
shell();
route();
$("search").value = asked("q") || "";
document.documentElement.dataset.ready = String(Math.round(performance.now()));
setTimeout(warm, 100);
