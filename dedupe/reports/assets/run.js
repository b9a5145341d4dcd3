// The run: what was read, with which settings, what was left out, and how to cite it.
function runView() {
  const meta = D.meta, counts = meta.counts || {}, out = D.left_out;
  const pairsTable = (rows, head) => grid(head[0], head.map((label) => [label]), rows.map((row) => h("tr", row.map((value, n) => h(n ? "td" : "th", n ? { class: typeof value === "number" ? "number" : null } : { scope: "row" }, typeof value === "number" ? spell(value, 6) : isolate(show(value)))))));
  const show = (value) => value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const settings = Object.entries(meta.settings || {}).flatMap(([group, values]) => values && typeof values === "object" && !Array.isArray(values) ? Object.entries(values).map(([name, value]) => [group + "." + name, value]) : [[group, values]]);
  const stages = (meta.stages || []).map((stage) => [stage.name, stage.rows ?? null, stage.seconds ?? (stage.resumed ? t("found done") : null), stage.cpu_seconds ?? stage.cpu ?? null, stage.peak_mb ?? null]);
  const known = new Set(["settings", "counts", "stages", "versions", "inputs", "notes", "channels", "format", "created", "pair", "tuning", "tuned", "rejected"]);
  const others = Object.entries(meta).filter(([key]) => !known.has(key));
  const version = (meta.versions || {}).wiretrace || "";
  return [
    h("h1", t("The run")),
    h("p.standfirst", t("run.counts", { read: count(counts.read ?? out.of_documents), analysed: count(counts.analysed ?? out.of_documents), rejected: count(counts.rejected ?? D.rejected.length) }), meta.created ? " " + date(meta.created) : ""),
    D.redacted ? notice(t("run.redacted")) : null,
    D.anonymized ? notice(t("run.anonymized")) : null,
    section(t("Left out of this report"), out.documents || out.pairs || out.without_passages ? h("ul", null,
      out.documents ? h("li", t("left.documents", { n: count(out.documents), all: count(out.of_documents), list: out.outlets.map(([name, n]) => `${name} ${count(n)}`).join(", ") })) : null,
      out.pairs ? h("li", t("left.pairs", { n: count(out.pairs), all: count(out.of_pairs) })) : null,
      out.without_passages ? h("li", t("left.without", { n: count(out.without_passages) })) : null) : h("p", t("Nothing."))),
    section(t("Rejected records"), D.rejected.length ? paged(D.rejected, (row) => h("li", h("code", isolate(show(row.where))), " ", isolate(show(row.reason))), 50, "ul", "plainlist") : h("p", t("None."))),
    (meta.notes || []).length ? section(t("Notes"), h("ul", meta.notes.map((note) => h("li", isolate(show(note)))))) : null,
    section(t("Methods"), h("p.prose", methods(meta, version))),
    section(t("How to cite"), h("p.prose", t("run.cite", { version }))),
    meta.tuning || meta.tuned ? section(t("Tuning"), h("pre", JSON.stringify(meta.tuning || meta.tuned, null, 1))) : null,
    stages.length ? section(t("Stages"), pairsTable(stages, [t("Stage"), t("Rows"), t("Seconds"), t("CPU seconds"), t("Peak MB")])) : null,
    settings.length ? section(t("Settings"), pairsTable(settings, [t("Setting"), t("Value")])) : null,
    meta.versions ? section(t("Versions"), pairsTable(Object.entries(meta.versions), [t("Package"), t("Version")])) : null,
    meta.inputs ? section(t("Inputs"), pairsTable(Object.entries(meta.inputs), [t("File"), "SHA-256"])) : null,
    others.length ? section(t("More"), pairsTable(others, [t("Name"), t("Value")])) : null,
  ];
}
function methods(meta, version) {
  const get = (group, name) => ((meta.settings || {})[group] || {})[name];
  return t("run.methods", {
    version, channels: (meta.channels || D.channels).join(", "), words: get("align", "min_words") ?? "?", least: get("origins", "min_confidence") ?? "?", margin: get("origins", "margin") ?? "?" });
}
