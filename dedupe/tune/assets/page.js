const data = JSON.parse(document.getElementById("data").textContent);
const SHOWN = 60;
const el = (name, text, cls) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (cls) node.className = cls;
  return node;
};
const accepted = (cuts) => {
  const out = new Array(data.units.length).fill(false);
  data.owner.forEach((unit, row) => {
    if (!out[unit] && data.values[row].every((value, cut) => value === null || value >= cuts[cut])) out[unit] = true;
  });
  return out;
};
const figures = (decisions) => {
  let hits = 0, all = 0, yes = 0;
  data.units.forEach((unit, place) => {
    if (unit.yes) yes += unit.weight;
    if (decisions[place]) { all += unit.weight; if (unit.yes) hits += unit.weight; }
  });
  const precision = hits / all, recall = hits / yes;
  return [precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0];
};
const shown = (value) => Number.isFinite(value) ? value.toFixed(3) : "–";
const before = accepted(data.cuts.map((cut) => cut.run));
const inputs = [];
const update = () => {
  const cuts = inputs.map((input) => Number(input.value));
  inputs.forEach((input, place) => { outputs[place].textContent = data.cuts[place].whole ? input.value : cuts[place].toFixed(4); });
  const now = accepted(cuts);
  const row = document.getElementById("now");
  row.replaceChildren(...figures(now).map((value) => el("td", shown(value))));
  const flipped = [];
  now.forEach((value, place) => { if (value !== before[place]) flipped.push(place); });
  const better = flipped.filter((place) => now[place] === data.units[place].yes).length;
  document.getElementById("count").textContent =
    `${flipped.length} labelled pairs flipped against the run's own thresholds: ${better} for the better, ${flipped.length - better} for the worse.`;
  const list = document.getElementById("flipped");
  list.replaceChildren(...flipped.slice(0, SHOWN).map((place) => pair(data.units[place], now[place])));
  if (flipped.length > SHOWN) list.append(el("p", `… and ${flipped.length - SHOWN} more`, "quiet"));
};
const pair = (unit, is) => {
  const box = el("div", undefined, "pair");
  const good = is === unit.yes;
  box.append(el("strong", `${good ? "✓" : "✗"} ${is ? "now accepted" : "no longer accepted"}, labelled ${unit.label}`, good ? "good" : "bad"));
  box.append(el("span", `  ${unit.a} · ${unit.b}`, "quiet"));
  const texts = el("div", undefined, "texts");
  texts.append(el("p", unit.texts[0]), el("p", unit.texts[1]));
  box.append(texts);
  return box;
};
const outputs = data.cuts.map((cut, place) => {
  const host = document.getElementById("sliders");
  const input = el("input");
  Object.assign(input, { type: "range", min: cut.low, max: cut.high, step: cut.whole ? 1 : "any", value: cut.chosen, id: `cut-${place}` });
  const label = el("label", cut.setting);
  label.htmlFor = input.id;
  const output = el("output");
  host.append(label, input, output);
  input.addEventListener("input", update);
  inputs.push(input);
  return output;
});
for (const name of ["run", "chosen"]) {
  document.getElementById(`to-${name}`).addEventListener("click", () => {
    inputs.forEach((input, place) => { input.value = data.cuts[place][name]; });
    update();
  });
}
update();
