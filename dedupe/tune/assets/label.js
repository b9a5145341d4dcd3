let state = null, busy = false;
const at = (id) => document.getElementById(id);
const el = (name, text) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
};
const say = (text) => { at("state").textContent = text; };
const ask = async (path, body) => {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(path, body ? { method: "POST", body: JSON.stringify(body) } : {});
    if (!answer.ok) throw new Error(String(answer.status));
    state = await answer.json();
    draw();
  } catch (error) {
    say("The labelling program does not answer; what was answered is saved. Start it again to go on.");
  } finally {
    busy = false;
  }
};
const press = (key) => { if (state && !state.finished) ask("key", { key, at: state.at }); };
const draw = () => {
  const done = state.finished || !state.sides.length;
  at("question").textContent = done ? "Thank you." : state.question;
  at("sides").replaceChildren(...(done ? [] : state.sides.map((side, place) => {
    const box = el("article");
    box.tabIndex = 0;
    box.setAttribute("aria-label", `Text ${"AB"[place]}`);
    const text = el("p");
    text.dir = "auto";
    text.append(...side.parts.map(([part, marked]) => el(marked ? "mark" : "span", part)));
    box.append(el("h2", side.heading), text);
    return box;
  })));
  at("keys").replaceChildren(...(state.finished ? [] : state.keys.map(([key, name]) => {
    const button = el("button");
    button.type = "button";
    button.append(el("kbd", key), name);
    if (key === "e") button.setAttribute("aria-pressed", String(state.uncertain));
    button.addEventListener("click", () => press(key));
    return button;
  })));
  for (const mark of document.querySelectorAll("article mark:first-of-type")) mark.scrollIntoView({ block: "center" });
  say(state.finished ? "Finished. You can close this page." :
    done ? `All pairs are answered (${state.at}). Press f to finish.` : `${state.at} answered, each saved.`);
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !state) return;
  if (state.keys.some(([key]) => key === event.key)) { event.preventDefault(); press(event.key); }
});
ask("state");
