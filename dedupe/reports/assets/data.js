// The data: columns as the packer wrote them, indexes made on loading, texts unpacked when needed.
// inflate undoes deflate (RFC 1951) here, since what browsers have for it answers only later.
function inflate(input, size) {
  const out = new Uint8Array(size), ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  let at = 0, hold = 0, held = 0, filled = 0;
  const bits = (n) => {
    while (held < n) { hold |= input[at++] << held; held += 8; }
    const value = hold & ((1 << n) - 1);
    hold >>>= n; held -= n;
    return value;
  };
  const huffman = (lengths) => { // entries are symbol * 16 + length, found by the next `width` bits
    const amount = new Uint16Array(16), next = new Uint16Array(16);
    for (const length of lengths) if (length) amount[length]++;
    for (let n = 1, code = 0; n <= 15; n++) { code = (code + amount[n - 1]) << 1; next[n] = code; }
    let width = 15;
    while (width > 1 && !amount[width]) width--;
    const entries = new Uint16Array(1 << width);
    lengths.forEach((length, symbol) => {
      if (!length) return;
      let code = next[length]++, back = 0;
      for (let n = 0; n < length; n++) { back = (back << 1) | (code & 1); code >>= 1; }
      for (let n = back; n < entries.length; n += 1 << length) entries[n] = (symbol << 4) | length;
    });
    return { entries, width };
  };
  const symbol = ({ entries, width }) => {
    while (held < width) { hold |= input[at++] << held; held += 8; }
    const entry = entries[hold & (entries.length - 1)], length = entry & 15;
    hold >>>= length; held -= length;
    return entry >> 4;
  };
  for (let last = 0; !last;) {
    last = bits(1);
    const type = bits(2), lengths = new Uint8Array(320);
    let many = 288, far = 30;
    if (type === 0) {
      at -= held >> 3; hold = held = 0;
      const length = input[at] | (input[at + 1] << 8);
      out.set(input.subarray(at += 4, at += length), filled);
      filled += length;
      continue;
    }
    if (type === 1) lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288);
    else {
      many = bits(5) + 257; far = bits(5) + 1;
      const used = bits(4) + 4, small = new Uint8Array(19);
      for (let n = 0; n < used; n++) small[ORDER[n]] = bits(3);
      const codes = huffman(small);
      for (let n = 0; n < many + far;) {
        const code = symbol(codes), value = code < 16 ? code : code === 16 ? lengths[n - 1] : 0;
        for (let times = code < 16 ? 1 : code < 18 ? 3 + bits(code - 14) : 11 + bits(7); times--;) lengths[n++] = value;
      }
    }
    const literals = huffman(lengths.subarray(0, many)), distances = huffman(lengths.subarray(many, many + far));
    for (;;) {
      const code = symbol(literals) - 257;
      if (code < -1) { out[filled++] = code + 257; continue; }
      if (code < 0) break;
      const extra = (code - 4) >> 2, length = code < 8 ? code + 3 : code < 28 ? ((4 + (code & 3)) << extra) + 3 + bits(extra) : 258;
      const where = symbol(distances), more = (where >> 1) - 1, reach = where < 4 ? where + 1 : ((2 + (where & 1)) << more) + 1 + bits(more);
      for (const end = filled + length; filled < end; filled++) out[filled] = out[filled - reach];
    }
  }
  return out;
}

function readBlock(name) {
  const holder = $("data-" + name), text = holder.textContent, size = +holder.dataset.size;
  if (!size) return JSON.parse(text);
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(inflate(bytes, size)));
}

let D, docs, ledger, credits, pairs, matches, families, KINDS, CLASSES;
const CLASS = {}, GLYPH = { credited: "●", uncredited: "○", claimed: "◐", shared: "◇", boilerplate: "▫", own: "·",
  verbatim: "=", light: "≈", reworded: "~", translated: "⇄" };

function offsets(counts) {
  const sums = new Int32Array(counts.length + 1);
  for (let n = 0; n < counts.length; n++) sums[n + 1] = sums[n] + counts[n];
  return sums;
}
function inverse(keys, size) { // rows by key: rows[at[k]] … rows[at[k + 1] - 1]
  const at = new Int32Array(size + 1);
  for (const key of keys) if (key >= 0) at[key + 1]++;
  for (let n = 0; n < size; n++) at[n + 1] += at[n];
  const next = at.slice(), rows = new Int32Array(at[size]);
  for (let row = 0; row < keys.length; row++) if (keys[row] >= 0) rows[next[keys[row]]++] = row;
  return { at, rows };
}

const span = (rows, n) => n < 0 ? [] : Array.from({ length: rows.at[n + 1] - rows.at[n] }, (_, k) => rows.at[n] + k);
const filed = (index, key) => key < 0 ? [] : [...index.rows.subarray(index.at[key], index.at[key + 1])];
const pairsOf = (d) => filed(docs.pairs, d).map((end) => end >> 1);
const otherOf = (p, d) => pairs.a[p] === d ? pairs.b[p] : pairs.a[p];
const zeros = () => CLASSES.map(() => 0);
const dated = (d) => docs.published[d] ? " · " + date(docs.published[d]) : null;
const tongue = (d) => ({ dir: "auto", lang: docs.language[d] || null });

function load() {
  D = readBlock(0);
  docs = D.documents; ledger = D.ledger; credits = D.credits; pairs = D.pairs; matches = D.matches; families = D.families;
  KINDS = D.kinds; CLASSES = D.classes;
  CLASSES.forEach((name, n) => { CLASS[name] = n; });
  docs.place = new Map(docs.id.map((id, n) => [id, n]));
  families.place = new Map(families.name.map((name, n) => [name, n]));
  D.sourcePlace = new Map(D.sources.map(([id], n) => [id, n]));
  for (const rows of [ledger, credits, pairs, families]) rows.at = offsets(rows.n);
  credits.coverAt = offsets(credits.covers);
  const size = matches.score.length, total = pairs.a.length;
  matches.pair = new Int32Array(size);
  matches.row = new Int32Array(2 * size).fill(-2); // ledger row of each side, found when asked for
  pairs.score = new Float32Array(total); pairs.words = new Int32Array(total); pairs.kinds = new Uint8Array(total);
  pairs.best = new Int32Array(total); // the surest passage
  for (let p = 0; p < total; p++) {
    let best = pairs.at[p], words = 0, kinds = 0;
    for (let m = best; m < pairs.at[p + 1]; m++) {
      matches.pair[m] = p;
      if (matches.score[m] > matches.score[best]) best = m;
      words += Math.max(matches.a_words[m], matches.b_words[m]);
      kinds |= 1 << matches.kind[m];
    }
    pairs.best[p] = best; pairs.score[p] = matches.score[best]; pairs.words[p] = words; pairs.kinds[p] = kinds;
  }
  const ends = new Int32Array(2 * pairs.cut);
  for (let p = 0; p < pairs.cut; p++) { ends[2 * p] = pairs.a[p]; ends[2 * p + 1] = pairs.b[p]; }
  docs.pairs = inverse(ends, docs.id.length); // rows / 2 are pairs
  families.matches = inverse(matches.family, families.name.length);
  families.members = inverse(families.document, docs.id.length);
  families.owner = new Int32Array(families.document.length);
  families.rows = new Int32Array(families.document.length).fill(-1);
  for (let f = 0; f < families.name.length; f++)
    for (let n = families.at[f]; n < families.at[f + 1]; n++) {
      families.owner[n] = f;
      const row = rowOf(families.document[n], families.start[n], families.length[n], f);
      const counted = row >= 0 && (ledger.family[row] === f || (families.source[f] >= 0 && ledger.source[row] === families.source[f]));
      if (counted) families.rows[n] = row; // else the ledger counts it with an overlapping passage of another origin
    }
}
// rowAt returns the ledger row of a passage on one side (0 or 1), -1 where it has none.
function rowAt(m, side) {
  let row = matches.row[2 * m + side];
  if (row === -2) {
    const p = matches.pair[m];
    row = matches.row[2 * m + side] = side ? rowOf(pairs.b[p], matches.b_start[m], matches.b_length[m], matches.family[m])
      : rowOf(pairs.a[p], matches.a_start[m], matches.a_length[m], matches.family[m]);
  }
  return row;
}
// warm finds the rows before someone asks, a little at a time.
function warm(m = 0) {
  for (const end = Math.min(m + 5000, matches.score.length); m < end; m++) { rowAt(m, 0); rowAt(m, 1); }
  if (m < matches.score.length) setTimeout(warm, 0, m);
}
function dateOf(p) {
  const a = docs.published[pairs.a[p]] || "", b = docs.published[pairs.b[p]] || "";
  return a && b ? (a < b ? a : b) : a || b;
}

// rowOf finds the ledger row that a passage mostly lies in; a row of the same family wins.
function rowOf(doc, start, length, family) {
  let low = ledger.at[doc], high = ledger.at[doc + 1];
  const end = high;
  while (low < high) { const mid = (low + high) >> 1; if (ledger.start[mid] + ledger.length[mid] <= start) low = mid + 1; else high = mid; }
  let best = -1, most = 0;
  for (let r = low; r < end && ledger.start[r] < start + length; r++) {
    let shared = Math.min(start + length, ledger.start[r] + ledger.length[r]) - Math.max(start, ledger.start[r]);
    if (ledger.family[r] === family) shared *= 4;
    if (shared > most) { most = shared; best = r; }
  }
  return best;
}

const unpacked = new Map();
function textOf(doc) {
  let low = 0, high = D.blocks.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (D.blocks[mid] <= doc) low = mid; else high = mid - 1; }
  if (!unpacked.has(low)) unpacked.set(low, readBlock(low + 1));
  return unpacked.get(low)[doc - D.blocks[low]];
}
const haystacks = [];
function haystack(doc) {
  return haystacks[doc] ??= [docs.id[doc], docs.title[doc] || "", outletOf(doc), D.outlets[docs.outlet[doc]], D.redacted ? "" : textOf(doc)].join("\n").toLowerCase();
}
// Who printed or sent it: an outlet's name, or the agency's for a dispatch.
const outletOf = (doc) => docs.wire[doc] && docs.source[doc] >= 0 ? sourceName(docs.source[doc]) : D.outlets[docs.outlet[doc]] || "";
const sourceId = (s) => s < 0 ? "" : D.sources[s][0];
function sourceName(s) {
  if (s < 0) return "";
  const [id, name] = D.sources[s];
  return id.startsWith("generic:") ? t("unnamed: {name}", { name }) : name;
}
const titleOf = (doc) => docs.title[doc] || docs.id[doc];
const slice = (doc, start, length) => textOf(doc).slice(start, start + length);
