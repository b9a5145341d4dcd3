// The run: what was read, with which settings, what was left out, and how to cite it.
function runView() {
  const meta = D.meta, counts = meta.counts || {}, out = D.left_out;
  const pairsTable = (rows, head) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head[0] }, h("table", { class: "plain" }, h("thead", null, h("tr", null, head.map((label) => h("th", { scope: "col" }, label)))), h("tbody", null, rows.map((row) => h("tr", null, row.map((value, n) => h(n ? "td" : "th", n ? { class: typeof value === "number" ? "number" : null } : { scope: "row" }, typeof value === "number" ? format({ maximumFractionDigits: 3 }).format(value) : isolate(show(value)))))))));
  const show = (value) => value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const settings = Object.entries(meta.settings || {}).flatMap(([group, values]) => values && typeof values === "object" && !Array.isArray(values) ? Object.entries(values).map(([name, value]) => [group + "." + name, value]) : [[group, values]]);
  const stages = (meta.stages || []).map((stage) => [stage.name, stage.rows ?? null, stage.seconds ?? (stage.resumed ? t("found done") : null), stage.cpu_seconds ?? stage.cpu ?? null, stage.peak_mb ?? null]);
  const known = new Set(["settings", "counts", "stages", "versions", "inputs", "notes", "channels", "format", "created", "pair", "tuning", "tuned", "rejected"]);
  const others = Object.entries(meta).filter(([key]) => !known.has(key));
  const version = (meta.versions || {}).wiretrace || "";
  return [
    h("h1", null, t("The run")),
    h("p", { class: "standfirst" }, t("{read} records read, {analysed} analysed, {rejected} rejected.", { read: count(counts.read ?? out.of_documents), analysed: count(counts.analysed ?? out.of_documents), rejected: count(counts.rejected ?? D.rejected.length) }), meta.created ? " " + date(meta.created) : ""),
    D.redacted ? h("p", { class: "notice", role: "note" }, t("Redacted: this report holds no text of any article. Spans count UTF-16 units; a passage's digest is the start of the SHA-256 of its text.")) : null,
    D.anonymized ? h("p", { class: "notice", role: "note" }, t("Anonymized: outlets are letters, articles are numbers, and outlets' names are masked in the texts. Other words of an article may still tell where it was printed.")) : null,
    section(t("Left out of this report"), out.documents || out.pairs || out.without_passages ? h("ul", null,
      out.documents ? h("li", null, t("{n} of {all} articles (those with least text from sources and fewest shared words); all are in documents.parquet. By outlet: {list}.", { n: count(out.documents), all: count(out.of_documents), list: out.outlets.map(([name, n]) => `${name} ${count(n)}`).join(", ") })) : null,
      out.pairs ? h("li", null, t("{n} of {all} pairs with shared passages (those that share fewest words, or whose articles are left out); all are in pairs.parquet and matches.parquet.", { n: count(out.pairs), all: count(out.of_pairs) })) : null,
      out.without_passages ? h("li", null, t("{n} pairs that were compared and share no accepted passage; they are in pairs.parquet, and candidate passages below the cut in candidates.parquet.", { n: count(out.without_passages) })) : null) : h("p", null, t("Nothing."))),
    section(t("Rejected records"), D.rejected.length ? paged(D.rejected, (row) => h("li", null, h("code", null, isolate(show(row.where))), " ", isolate(show(row.reason))), 50, "ul", "plainlist") : h("p", null, t("None."))),
    (meta.notes || []).length ? section(t("Notes"), h("ul", null, meta.notes.map((note) => h("li", null, isolate(show(note)))))) : null,
    section(t("Methods"), h("p", { class: "prose" }, methods(meta, version))),
    section(t("How to cite"), h("p", { class: "prose" }, t("wiretrace (version {version}): who really wrote the news. Software, MIT licence. Give the version, the settings below and the digests of the inputs.", { version }))),
    meta.tuning || meta.tuned ? section(t("Tuning"), h("pre", null, JSON.stringify(meta.tuning || meta.tuned, null, 1))) : null,
    stages.length ? section(t("Stages"), pairsTable(stages, [t("Stage"), t("Rows"), t("Seconds"), t("CPU seconds"), t("Peak MB")])) : null,
    settings.length ? section(t("Settings"), pairsTable(settings, [t("Setting"), t("Value")])) : null,
    meta.versions ? section(t("Versions"), pairsTable(Object.entries(meta.versions), [t("Package"), t("Version")])) : null,
    meta.inputs ? section(t("Inputs"), pairsTable(Object.entries(meta.inputs), [t("File"), "SHA-256"])) : null,
    others.length ? section(t("More"), pairsTable(others, [t("Name"), t("Value")])) : null,
  ];
}
function methods(meta, version) {
  const get = (group, name) => ((meta.settings || {})[group] || {})[name];
  return t("Articles were compared with wiretrace {version} through these channels: {channels}. Candidate pairs of articles were aligned word by word; passages of at least {words} words were kept, as verbatim, lightly edited, reworded or translated copies, and joined to families. Credits were found by names and phrases from a catalogue. A family's origin is a source whose dispatch is in the corpus or that credits agree on with a confidence of {least} or more and a lead of {margin}; otherwise it stays undecided. Every word of every article is counted in exactly one class. Word counts are of words, not characters.", {
    version, channels: (meta.channels || D.channels).join(", "), words: get("align", "min_words") ?? "?", least: get("origins", "min_confidence") ?? "?", margin: get("origins", "margin") ?? "?" });
}
