// Elements are made here and nowhere else: text goes in as text nodes, never as markup.
const SVG_NS = "http://www.w3.org/2000/svg";
const MASK = "░";

function fill(node, classes, props, kids) {
  if (classes.length) node.setAttribute("class", classes.join(" "));
  if (props == null || props.constructor !== Object) kids.unshift(props);
  else for (const [key, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (key === "on") for (const [name, handler] of Object.entries(value)) node.addEventListener(name, handler);
    else if (key === "style") for (const [name, what] of Object.entries(value)) node.style.setProperty(name, what);
    else if (key === "href" && !/^(#|https?:\/\/|blob:)/i.test(value)) continue;
    else if (key === "value" || key === "checked" || key === "selected") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...kids.flat(9).filter((kid) => kid != null && kid !== false).map((kid) => kid instanceof Node ? kid : String(kid)));
  return node;
}
// h("p.meta.quiet", {id: …}, kids…): tag and classes, attributes if any, children.
function h(name, props, ...kids) {
  const [tag, ...classes] = name.split(".");
  return fill(document.createElement(tag), classes, props, kids);
}
function svg(name, props, ...kids) {
  const [tag, ...classes] = name.split(".");
  return fill(document.createElementNS(SVG_NS, tag), classes, props, kids);
}
const region = (label, ...kids) => h("div.scroll", { tabindex: "0", role: "region", "aria-label": label }, kids);
const $ = (id) => document.getElementById(id);

const state = { language: "en", view: "matrix", args: [], params: new URLSearchParams(), selected: -1, list: [], refresh: null };

// Words of the interface stand in strings.json; a short English text is its own key.
const table = (entries) => Object.assign(Object.create(null), entries); // looked up with names from outside
const STRINGS = JSON.parse($("strings").textContent);
for (const name in STRINGS) STRINGS[name] = table(STRINGS[name]);
function t(key, values) {
  const text = STRINGS[state.language][key] ?? STRINGS.en[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? String(values[name]) : whole) : text;
}
const locale = () => state.language === "id" ? "id-ID" : "en-GB";
const formats = new Map();
function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale(), options));
  return formats.get(key);
}
const count = (n) => format({}).format(n);
const percent = (x) => x > 0 && x < 0.0005 ? "< " + format({ style: "percent", maximumFractionDigits: 1 }).format(0.001)
  : format({ style: "percent", maximumFractionDigits: x < 0.0995 ? 1 : 0 }).format(x);
const decimals = new Map(); // Intl formats are slow, and a list shows the same few scores again and again
const decimal = (x) => {
  const key = locale() + Math.round(x * 100);
  if (!decimals.has(key)) decimals.set(key, format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(x));
  return decimals.get(key);
};
const plural = (n, key) => t(key + (n === 1 ? "#1" : "#"), { n: count(n) });
const days = new Map();
const date = (iso) => {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(iso || "");
  if (!found) return iso || "";
  const key = locale() + found[0].slice(0, 10);
  if (!days.has(key)) days.set(key, new Date(Date.UTC(+found[1], found[2] - 1, +found[3])).toLocaleDateString(locale(), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }));
  return days.get(key) + (found[4] ? " " + found[4] : "");
};

// Addresses: #/view/argument/…?q=…&…  The query q goes along from view to view.
function link(view, args = [], params = {}) {
  const all = new URLSearchParams();
  const q = "q" in params ? params.q : state.params.get("q");
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
