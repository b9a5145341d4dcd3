// Elements are made here and nowhere else: text goes in as text nodes, never as markup.

function put(node, kid) {
  if (Array.isArray(kid)) for (const one of kid) put(node, one);
  else if (kid != null && kid !== false) node.append(kid);
}
function fill(node, classes, props, kids) {
  if (classes.length) node.setAttribute("class", classes.join(" "));
  if (props == null || props.constructor !== Object) put(node, props);
  else for (const key in props) {
    const value = props[key];
    if (value == null || value === false) continue;
    if (key === "on") for (const name in value) node.addEventListener(name, value[name]);
    else if (key === "style") for (const name in value) node.style.setProperty(name, value[name]);
    else if (key === "href" && !/^(#|https?:\/\/|blob:)/i.test(value)) continue;
    else if (key === "value" || key === "checked" || key === "selected") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  put(node, kids);
  return node;
}
// h("p.meta.quiet", {id: …}, kids…): tag and classes, attributes if any, children.
function h(name, props, ...kids) {
  const [tag, ...classes] = name.split("."), node = document.createElement(tag);
  if (tag === "button") node.type = tag;
  return fill(node, classes, props, kids);
}
function svg(name, props, ...kids) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  if (tag === "svg" && props["aria-label"]) node.setAttribute("role", "img");
  return fill(node, classes, props, kids);
}
// mark moves a mark to the nodes that a selector finds.
function mark(name, selector) {
  for (const node of document.querySelectorAll("main ." + name)) node.classList.remove(name);
  if (selector) for (const node of document.querySelectorAll("main " + selector)) node.classList.add(name);
}
const region = (label, ...kids) => h("div.scroll", { tabindex: "0", role: "region", "aria-label": label }, kids);
const $ = (id) => document.getElementById(id);

const state = { language: "en", view: "matrix", args: [], params: new URLSearchParams(), selected: -1, list: [], refresh: null };

// Words of the interface stand in strings.json; a short English text is its own key.
const table = (entries) => Object.assign(Object.create(null), entries); // looked up with names from outside
let STRINGS = {};
function t(key, values) {
  const text = STRINGS[state.language][key] ?? STRINGS[state.language][key.replace(/1$/, "")] ?? STRINGS.en[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? String(values[name]) : whole) : text;
}
// Numbers and dates are spelled here: the browser's own formats take a tenth of a second to wake up.
function spell(x, digits = 0, fixed = false) {
  const local = state.language === "id", [whole, part = ""] = x.toFixed(digits).split("."), rest = fixed ? part : part.replace(/0+$/, "");
  return whole.replace(/\B(?=(\d{3})+$)/g, local ? "." : ",") + (rest && (local ? "," : ".") + rest);
}
const count = (n) => spell(n);
const percent = (x) => (x > 0 && x < 0.0005 ? "< " + spell(0.1, 1) : spell(100 * x, x < 0.0995 ? 1 : 0)) + "%";
const decimal = (x) => spell(x, 2, true);
const plural = (n, key) => t(key + (n === 1 ? "#1" : "#"), { n: count(n) });
const date = (iso) => {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(iso || ""), month = found && t("months").split(" ")[found[2] - 1];
  return month ? +found[3] + " " + month + " " + found[1] + (found[4] ? " " + found[4] : "") : iso || "";
};

// Addresses: #/view/argument/…?q=…&…  The query q goes along from view to view.
function link(view, args = [], params = {}) {
  const all = new URLSearchParams();
  const q = "q" in params ? params.q : asked("q");
  if (q) all.set("q", q);
  for (const [key, value] of Object.entries(params)) if (key !== "q" && value != null && value !== "") all.set(key, value);
  const text = all.toString();
  return "#/" + [view, ...args].map(encodeURIComponent).join("/") + (text ? "?" + text : "");
}
function go(href) {
  clearTimeout(following);
  history.pushState(null, "", href);
  route();
}
// setParams changes some parameters of the present address without leaving a step in the history. The address
// bar follows a moment later (browsers refuse many changes a second); redraw is false, true or what to call.
let following = 0;
function setParams(changes, redraw = true) {
  for (const [key, value] of Object.entries(changes))
    if (value == null || value === "") state.params.delete(key); else state.params.set(key, value);
  clearTimeout(following);
  following = setTimeout(() => history.replaceState(null, "", link(state.view, state.args, { q: "", ...Object.fromEntries(state.params) })), 120);
  if (redraw) (state.refresh || draw)();
}
function readAddress() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { view: parts[0] || "", args: parts.slice(1), params: new URLSearchParams(query || "") };
}
const asked = (name) => state.params.get(name);
function announce(text) { const live = $("live"); if (live && live.textContent !== text) live.textContent = text; }
function download(name, text) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const anchor = h("a", { href: url, download: name });
  document.body.append(anchor); anchor.click(); anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
// No cell may start a formula in a spreadsheet.
const csvCell = (value) => {
  let text = value == null ? "" : String(value);
  if (typeof value !== "number" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
};
const csv = (rows) => rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
