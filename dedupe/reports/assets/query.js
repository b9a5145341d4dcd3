// One search language for pairs, articles, passages and families.
const FIELD = table({
  outlet: "text", source: "text", via: "text", kind: "text", class: "text", lang: "text", guard: "text", channel: "text",
  doc: "text", family: "text", basis: "text",
  score: "number", words: "number", longest: "number", covered: "number", jaccard: "number", minhash: "number", tfidf: "number",
  members: "number", confidence: "number", date: "date",
});
const ALIAS = table({ media: "outlet", sumber: "source", lewat: "via", jenis: "kind", kelas: "class", bahasa: "lang", skor: "score",
  kata: "words", tanggal: "date", language: "lang", id: "doc", overlap: "covered", dokumen: "doc", keluarga: "family" });
const BARE = table({ credited: "credited", uncredited: "uncredited", claimed: "claimed", berkredit: "credited", "tanpa-kredit": "uncredited" });
const TERM = /(-)?(?:([\p{L}]{2,20})(:|>=|<=|>|<|=))?(?:"([^"]{0,300})"?|(\S{1,300}))/gu;

function parse(query) {
  const terms = [];
  for (const [raw, minus, name, sign, quoted, plain] of (query || "").matchAll(TERM)) {
    let value = quoted ?? plain, field = name && name.toLowerCase();
    field = ALIAS[field] || field;
    const term = { raw, not: !!minus, sign: sign === ":" ? "=" : sign, value: value.toLowerCase(), text: value };
    if (!name) {
      if (quoted == null && BARE[term.value]) terms.push({ ...term, field: "class", value: BARE[term.value], sign: "=" });
      else terms.push({ ...term, field: "words in text" });
      continue;
    }
    if (!FIELD[field]) { terms.push({ ...term, field: "words in text", value: raw.replace(/^-/, "").toLowerCase(), unknown: name }); continue; }
    if (FIELD[field] === "number") {
      term.number = parseFloat(term.value.replace(",", "."));
      if (/%$/.test(term.value)) term.number /= 100;
      if (Number.isNaN(term.number)) { terms.push({ ...term, field: "words in text", value: raw.toLowerCase(), unknown: name }); continue; }
    }
    terms.push({ ...term, field });
  }
  return terms;
}
const compare = (sign, left, right) => sign === ">" ? left > right : sign === "<" ? left < right
  : sign === ">=" ? left >= right : sign === "<=" ? left <= right : left === right;
const compareDate = (sign, day, value) => day !== "" && (sign === "=" ? day.startsWith(value) : compare(sign, day.slice(0, value.length), value));

// among: which entries of a list of names a text value means: the exact one, else those that contain it.
function among(names, value) {
  const low = names.map((name) => (Array.isArray(name) ? name : [name]).map((n) => n.toLowerCase()));
  const exact = low.map((forms) => forms.includes(value));
  return Uint8Array.from(exact.some(Boolean) ? exact : low.map((forms) => forms.some((form) => form.includes(value))));
}

const found = new Map();
function documentsWith(word) {
  if (!found.has(word)) found.set(word, Uint8Array.from(docs.id, (_, d) => haystack(d).includes(word) ? 1 : 0));
  return found.get(word);
}

let compiled = { query: null };
function compile(query) {
  if (compiled.query === query) return compiled;
  const terms = parse(query).map((term) => {
    const ready = { ...term };
    if (term.field === "outlet") ready.set = among(D.outlets, term.value);
    if (term.field === "source" || term.field === "via") ready.set = among(D.sources, term.value);
    if (term.field === "kind") ready.set = among(KINDS, term.value);
    if (term.field === "class") ready.set = among(CLASSES, term.value);
    if (term.field === "guard") ready.set = among(D.guards, term.value);
    if (term.field === "channel") ready.set = among(D.channels, term.value);
    if (term.field === "words in text") ready.docs = documentsWith(term.value);
    return ready;
  });
  const of = (...fields) => terms.filter((term) => fields.includes(term.field));
  const outlets = of("outlet"), wanted = outlets.filter((term) => !term.not);
  const rowTerms = of("class", "source", "via"), rowWanted = rowTerms.filter((term) => !term.not);
  const matchTerms = of("kind", "score", "guard"), matchWanted = matchTerms.filter((term) => !term.not);
  const has = (set, n) => n >= 0 && set[n] === 1;
  const anyBit = (set, bits) => { for (let n = 0; n < set.length; n++) if (set[n] && bits >> n & 1) return true; return false; };

  const matchTerm = (term, m) => term.field === "kind" ? has(term.set, matches.kind[m])
    : term.field === "guard" ? anyBit(term.set, matches.guards[m]) : compare(term.sign, matches.score[m], term.number);
  const rowTerm = (term, r, family) => {
    if (term.field === "class") return r >= 0 && has(term.set, ledger.class[r]);
    if (term.field === "via") return r >= 0 && has(term.set, ledger.via[r]);
    return (r >= 0 && has(term.set, ledger.source[r])) || (family >= 0 && has(term.set, families.source[family]));
  };
  const sideOk = (doc, r, family) => {
    if (wanted.length) { let any = false; for (const term of wanted) if (has(term.set, docs.outlet[doc])) any = true; if (!any) return false; }
    for (const term of rowWanted) if (!rowTerm(term, r, family)) return false;
    return true;
  };

  // What a term asks of a pair as a whole; null where it asks something of one passage.
  function pairCheck(term) {
    const { field, set, sign, number, value } = term, either = (list, test) => (p) => test(list[pairs.a[p]]) || test(list[pairs.b[p]]);
    switch (field) {
      case "words in text": return (p) => term.docs[pairs.a[p]] === 1 || term.docs[pairs.b[p]] === 1;
      case "outlet": return either(docs.outlet, (o) => has(set, o));
      case "lang": return either(docs.language, (language) => language === value);
      case "doc": return either(docs.id, (id) => id.toLowerCase() === value);
      case "date": return either(docs.published, (day) => compareDate(sign, day || "", value));
      case "words": case "longest": case "jaccard": case "minhash": case "tfidf": return (p) => compare(sign, pairs[field][p], number);
      case "covered": return (p) => compare(sign, Math.max(pairs.a_covered[p], pairs.b_covered[p]), number);
      case "channel": return (p) => anyBit(set, pairs.channels[p]);
      case "members": case "confidence": case "family": case "basis": return (p) => span(pairs, p).some((m) => matches.family[m] >= 0 && familyTerm(term, matches.family[m]));
    }
    return null;
  }
  const checks = terms.map((term) => [pairCheck(term), term.not]).filter(([check]) => check);
  function pair(p, least = 0) {
    for (const [check, not] of checks) if (check(p) === not) return false;
    if (!rowTerms.length && !matchTerms.length && !least) return true;
    const a = pairs.a[p], b = pairs.b[p];
    let any = false;
    for (let m = pairs.at[p]; m < pairs.at[p + 1]; m++) {
      if (matches.score[m] < least) continue;
      const family = matches.family[m];
      const one = rowTerms.length ? rowAt(m, 0) : -1, two = rowTerms.length ? rowAt(m, 1) : -1;
      for (const term of rowTerms) if (term.not && (rowTerm(term, one, family) || rowTerm(term, two, family))) return false;
      for (const term of matchTerms) if (term.not && matchTerm(term, m)) return false;
      if (any) continue;
      any = true;
      for (const term of matchWanted) if (!matchTerm(term, m)) any = false;
      any = any && (sideOk(a, one, family) || sideOk(b, two, family));
    }
    return any;
  }

  function documentTerm(term, d) {
    switch (term.field) {
      case "words in text": return !!term.docs[d];
      case "outlet": return has(term.set, docs.outlet[d]);
      case "lang": return docs.language[d] === term.value;
      case "doc": return docs.id[d].toLowerCase() === term.value;
      case "date": return compareDate(term.sign, docs.published[d] || "", term.value);
    }
    return null; // says nothing about a document
  }
  const documentOk = (d) => terms.every((term) => { const ok = documentTerm(term, d); return ok === null || ok !== term.not; });

  function row(d, r) {
    if (!documentOk(d)) return false;
    const family = ledger.family[r];
    for (const term of terms) {
      let ok = null;
      if (term.field === "class" || term.field === "source" || term.field === "via") ok = rowTerm(term, r, -1);
      else if (term.field === "words") ok = compare(term.sign, ledger.words[r], term.number);
      else if (["family", "members", "confidence", "basis"].includes(term.field)) ok = family >= 0 && familyTerm(term, family);
      else if (["kind", "score", "guard"].includes(term.field)) ok = matchesOf(family, d).some((m) => matchTerm(term, m));
      if (ok !== null && ok === term.not) return false;
    }
    return true;
  }
  function document(d) {
    if (!documentOk(d)) return false;
    if (terms.every((term) => documentTerm(term, d) !== null)) return true;
    return span(ledger, d).some((r) => row(d, r));
  }

  function familyTerm(term, f) {
    if (term.field === "family") return families.name[f].toLowerCase() === term.value;
    if (term.field === "basis") return families.basis[f] === term.value;
    if (term.field === "members") return compare(term.sign, families.total[f], term.number);
    return compare(term.sign, families.confidence[f], term.number);
  }
  function family(f) {
    const from = families.at[f], to = families.at[f + 1];
    for (const term of terms) {
      let ok = false;
      if (["family", "basis", "members", "confidence"].includes(term.field)) ok = familyTerm(term, f);
      else if (term.field === "source") {
        ok = has(term.set, families.source[f]);
        for (let n = from; n < to && !ok; n++) ok = families.rows[n] >= 0 && has(term.set, ledger.source[families.rows[n]]);
      } else if (term.field === "class" || term.field === "via") {
        for (let n = from; n < to && !ok; n++)
          ok = rowTerm(term, families.rows[n], -1) && (term.not || !wanted.length || wanted.some((o) => has(o.set, docs.outlet[families.document[n]])));
      } else if (["kind", "score", "guard"].includes(term.field)) {
        ok = filed(families.matches, f).some((m) => matchTerm(term, m));
      } else if (term.field === "words") { for (let n = from; n < to && !ok; n++) ok = compare(term.sign, families.words[n], term.number); }
      else if (documentTerm(term, 0) !== null) { for (let n = from; n < to && !ok; n++) ok = documentTerm(term, families.document[n]); }
      else continue;
      if (ok === term.not) return false;
    }
    return true;
  }
  compiled = { query, terms, pair, row, document, family, matchTerms, empty: !terms.length };
  return compiled;
}
const filter = () => compile(asked("q") || "");

// matchesOf lists the matches of a family that touch a document.
const matchesOf = (family, doc) => filed(families.matches, family).filter((m) => pairs.a[matches.pair[m]] === doc || pairs.b[matches.pair[m]] === doc);
const quoted = (value) => /^[^\s":]+$/.test(value) ? value : '"' + value.replace(/"/g, "") + '"';
