// The data: columns as the packer wrote them, indexes made on loading, texts unpacked when needed.
function inflate(input) {
  const LENGTH = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const REACH = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  let at = 0, hold = 0, held = 0, out = new Uint8Array(Math.max(1 << 16, input.length * 5)), size = 0;
  const bits = (n) => {
    while (held < n) { hold |= input[at++] << held; held += 8; }
    const value = hold & ((1 << n) - 1);
    hold >>>= n; held -= n;
    return value;
  };
  const grow = (n) => {
    if (size + n <= out.length) return;
    const bigger = new Uint8Array(Math.max(out.length * 2, size + n));
    bigger.set(out); out = bigger;
  };
  const huffman = (lengths) => { // entries are symbol * 16 + length, found by the next `width` bits
    let width = 1;
    for (const length of lengths) if (length > width) width = length;
    const entries = new Uint16Array(1 << width);
    const next = new Uint32Array(17);
    const amount = new Uint32Array(17);
    for (const length of lengths) if (length) amount[length]++;
    for (let n = 1, code = 0; n <= 15; n++) { code = (code + amount[n - 1]) << 1; next[n] = code; } // RFC 1951, 3.2.2
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol];
      if (!length) continue;
      let code = next[length]++, back = 0;
      for (let n = 0; n < length; n++) { back = (back << 1) | (code & 1); code >>= 1; }
      for (let n = back; n < entries.length; n += 1 << length) entries[n] = (symbol << 4) | length;
    }
    return { entries, width };
  };
  const symbol = ({ entries, width }) => {
    while (held < width) { hold |= input[at++] << held; held += 8; }
    const entry = entries[hold & (entries.length - 1)], length = entry & 15;
    hold >>>= length; held -= length;
    return entry >> 4;
  };
  const fixed = () => {
    const lengths = new Uint8Array(288);
    lengths.fill(8, 0, 144); lengths.fill(9, 144, 256); lengths.fill(7, 256, 280); lengths.fill(8, 280);
    return [huffman(lengths), huffman(new Uint8Array(30).fill(5))];
  };
  for (let last = 0; !last;) {
    last = bits(1);
    const type = bits(2);
    if (type === 0) {
      at -= held >> 3; hold = 0; held = 0;
      const length = input[at] | (input[at + 1] << 8);
      grow(length); out.set(input.subarray(at + 4, at + 4 + length), size);
      size += length; at += 4 + length;
      continue;
    }
    let literals, distances;
    if (type === 1) [literals, distances] = fixed();
    else {
      const many = bits(5) + 257, far = bits(5) + 1, used = bits(4) + 4, small = new Uint8Array(19);
      for (let n = 0; n < used; n++) small[ORDER[n]] = bits(3);
      const codes = huffman(small), lengths = new Uint8Array(many + far);
      for (let n = 0; n < many + far;) {
        const code = symbol(codes);
        if (code < 16) lengths[n++] = code;
        else {
          const value = code === 16 ? lengths[n - 1] : 0;
          let times = code === 16 ? 3 + bits(2) : code === 17 ? 3 + bits(3) : 11 + bits(7);
          while (times--) lengths[n++] = value;
        }
      }
      literals = huffman(lengths.subarray(0, many)); distances = huffman(lengths.subarray(many));
    }
    for (;;) {
      const code = symbol(literals);
      if (code < 256) { if (size === out.length) grow(1); out[size++] = code; continue; }
      if (code === 256) break;
      const length = LENGTH[code - 257] + bits(LENGTH_BITS[code - 257]);
      const where = symbol(distances), reach = REACH[where] + bits(where < 2 ? 0 : (where >> 1) - 1);
      grow(length);
      for (let n = 0; n < length; n++, size++) out[size] = out[size - reach];
    }
  }
  return out.subarray(0, size);
}

function readBlock(number) {
  const holder = $("data-" + number), text = holder.textContent;
  if (holder.type === "application/json") return JSON.parse(text);
  let bytes;
  if (Uint8Array.fromBase64) bytes = Uint8Array.fromBase64(text);
  else { const raw = atob(text); bytes = new Uint8Array(raw.length); for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n); }
  return JSON.parse(new TextDecoder().decode(inflate(bytes)));
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
  keys.forEach((key, row) => { if (key >= 0) rows[next[key]++] = row; });
  return { at, rows };
}

function load() {
  D = readBlock(0);
  docs = D.documents; ledger = D.ledger; credits = D.credits; pairs = D.pairs; matches = D.matches; families = D.families;
  KINDS = D.kinds; CLASSES = D.classes;
  CLASSES.forEach((name, n) => { CLASS[name] = n; });
  docs.place = new Map(docs.id.map((id, n) => [id, n]));
  families.place = new Map(families.name.map((name, n) => [name, n]));
  D.sourcePlace = new Map(D.sources.map(([id], n) => [id, n]));
  ledger.at = offsets(ledger.n); credits.at = offsets(credits.n); pairs.at = offsets(pairs.n); families.at = offsets(families.n);
  credits.coverAt = offsets(credits.covers);
  const size = matches.score.length, total = pairs.a.length;
  matches.pair = new Int32Array(size);
  matches.row = new Int32Array(2 * size).fill(-1); // ledger row of each side
  pairs.score = new Float32Array(total); pairs.words = new Int32Array(total);
  pairs.kinds = new Uint8Array(total); pairs.classes = new Uint8Array(total); pairs.most = new Float32Array(total);
  pairs.date = new Array(total);
  for (let p = 0; p < total; p++) {
    const a = pairs.a[p], b = pairs.b[p];
    for (let m = pairs.at[p]; m < pairs.at[p + 1]; m++) {
      matches.pair[m] = p;
      if (matches.score[m] > pairs.score[p]) pairs.score[p] = matches.score[m];
      pairs.words[p] += Math.max(matches.a_words[m], matches.b_words[m]);
      pairs.kinds[p] |= 1 << matches.kind[m];
      const one = rowOf(a, matches.a_start[m], matches.a_length[m], matches.family[m]);
      const two = rowOf(b, matches.b_start[m], matches.b_length[m], matches.family[m]);
      matches.row[2 * m] = one; matches.row[2 * m + 1] = two;
      if (one >= 0) pairs.classes[p] |= 1 << ledger.class[one];
      if (two >= 0) pairs.classes[p] |= 1 << ledger.class[two];
    }
    pairs.most[p] = Math.max(pairs.a_covered[p], pairs.b_covered[p]);
    const da = docs.published[a] || "", db = docs.published[b] || "";
    pairs.date[p] = da && db ? (da < db ? da : db) : da || db;
  }
  const ends = new Int32Array(2 * total);
  for (let p = 0; p < total; p++) { ends[2 * p] = pairs.a[p]; ends[2 * p + 1] = pairs.b[p]; }
  docs.pairs = inverse(ends, docs.id.length); // rows / 2 are pairs
  families.matches = inverse(matches.family, families.name.length);
  families.members = inverse(families.document, docs.id.length);
  families.owner = new Int32Array(families.document.length);
  families.rows = new Int32Array(families.document.length).fill(-1);
  for (let f = 0; f < families.name.length; f++)
    for (let n = families.at[f]; n < families.at[f + 1]; n++) {
      families.owner[n] = f;
      const row = rowOf(families.document[n], families.start[n], families.length[n], f);
      if (row >= 0 && ledger.family[row] === f) families.rows[n] = row; // else the ledger counts it with an overlapping passage
    }
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
