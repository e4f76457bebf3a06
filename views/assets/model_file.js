// @ts-check
// A saved model, of any size: only its configuration leaves the browser, squeezed. The weights, nearly all
// of a file, stay where they are. An .h5 file that isn't laid out as Keras does it is sent whole, if small.
//
//   data: {label, told, most}   most: bytes that can be sent
//   state "file": {name, gzip: base64}

const CONFIG = "config.json";
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50]; // the signs of a zip's parts
const END_SIZE = 22;
const LONGEST_COMMENT = 65535;
const DEFLATED = 8;
const PIECE = 32768; // bytes that are turned into letters at once
const HDF5 = [0x89484446, 0x0d0a1a0a]; // the first eight bytes of an .h5 file
const ATTRIBUTE = "model_config"; // of its root
const [MOST_BLOCKS, MOST_MESSAGES, MOST_BYTES] = [64, 2000, 1 << 20]; // of the head of its root
const LARGEST = 16000000; // bytes of a configuration
const NOWHERE = 0xffffffffffffffffn; // an address that leads nowhere

/** @param {Component} component */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = mount(parentElement, "model-file");
  root.send = (file) => setStateValue("file", file);
  render(root, [
    h("label", { for: "model-file" }, data.label),
    h("input", {
      id: "model-file",
      type: "file",
      accept: ".keras,.h5,.hdf5,.json",
      "aria-describedby": "model-file-told",
      onchange: (event) => chosen(root, event.target.files[0], data.most),
    }),
    h("p", { id: "model-file-told", role: "status" }, data.told),
  ]);
}

async function chosen(root, file, most) {
  if (!file) return;
  const say = (text) => {
    root.querySelector("#model-file-told").textContent = text;
  };
  say(`Reading ${file.name} …`);
  try {
    const read = (await configOf(file)) || (await attributeOf(file)) || file;
    if (read === file && file.size > 20 * most) return say(tooLarge(file));
    if (read !== file && read.size > LARGEST) return say(tooLong(file));
    const gzip = await squeezed(read);
    if (gzip.length > most) return say(tooLarge(file));
    say(`${file.name} was read.`);
    root.send({ name: file.name, gzip });
  } catch (error) {
    const without = error instanceof Error && error.message === ATTRIBUTE;
    if (without) say(`${file.name} has no ${ATTRIBUTE}: it holds only weights, without a model.`);
    else say(`${file.name} can't be read: it is cut off, or isn't a Keras file.`);
  }
}

function tooLong(file) {
  const most = LARGEST.toLocaleString("en-US");
  return `The configuration in ${file.name} has more than the ${most} bytes that this app reads.`;
}

function tooLarge(file) {
  const instead = "Save the model as .keras, or its model.to_json() as a text file.";
  return `${file.name} is too large to be sent. ${instead}`;
}

// The configuration in a .keras archive; null for any other file.
/** @param {File} file */
async function configOf(file) {
  const tail = await view(file, Math.max(0, file.size - END_SIZE - LONGEST_COMMENT), file.size);
  let at = tail.byteLength - END_SIZE;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) return null;
  const begin = tail.getUint32(at + 16, true);
  const list = await view(file, begin, begin + tail.getUint32(at + 12, true));
  const entry = entries(list).find((found) => found.name === CONFIG);
  if (!entry) throw new Error(CONFIG);
  const head = await view(file, entry.at, entry.at + 30);
  if (head.getUint32(0, true) !== LOCAL) throw new Error(CONFIG);
  const from = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = file.slice(from, from + entry.size);
  return entry.way === DEFLATED ? inflated(packed) : packed;
}

/** @param {DataView} list */
function entries(list) {
  const found = [];
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === ENTRY;) {
    const long = list.getUint16(at + 28, true);
    const name = new TextDecoder().decode(new Uint8Array(list.buffer, at + 46, long));
    const [way, size] = [list.getUint16(at + 10, true), list.getUint32(at + 20, true)];
    found.push({ name, way, size, at: list.getUint32(at + 42, true) });
    at += 46 + long + list.getUint16(at + 30, true) + list.getUint16(at + 32, true);
  }
  return found;
}

/** @param {Blob} blob @param {number} from @param {number} to */
async function view(blob, from, to) {
  return new DataView(await blob.slice(from, to).arrayBuffer());
}

// Unpacked, as far as one byte beyond what is read here: whatever a file says of its size may be a lie.
/** @param {Blob} packed */
async function inflated(packed) {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (size > LARGEST) break;
  }
  await reader.cancel();
  return new Blob(parts);
}

/** @param {Blob} blob @param {any} stream */
function through(blob, stream) {
  return new Response(blob.stream().pipeThrough(stream)).blob();
}

/** @param {Blob} blob */
async function squeezed(blob) {
  const packed = await through(blob, new CompressionStream("gzip"));
  const bytes = new Uint8Array(await packed.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}

// -- .h5 -------------------------------------------------------------------------------------------------
// Of HDF5 only what leads from the root to one attribute: its head, a list of messages in blocks, and the
// heap where a text of any length lies. Each read is bounded, and one that leaves the file throws.

// The configuration in an .h5 file; null for any other file, or one that is laid out otherwise.
/** @param {Blob} file */
async function attributeOf(file) {
  const start = await view(file, 0, 128);
  if (start.byteLength < 96 || HDF5.some((sign, at) => start.getUint32(4 * at) !== sign)) return null;
  const version = start.getUint8(8);
  const old = version < 2;
  const [offsets, lengths] = old ? [13, 14] : [9, 10];
  if (version > 3 || start.getUint8(offsets) !== 8 || start.getUint8(lengths) !== 8) return null;
  const base = old ? (version ? 28 : 24) : 12;
  if (start.getBigUint64(base, true) !== 0n) return null;
  const root = address(start, old ? base + 40 : 36);
  const head = await (old ? oldHead : newHead)(file, root);
  const found = head.find((message) => message.kind === 0x0c && nameOf(message.data) === ATTRIBUTE);
  if (found) return textOf(file, found.data);
  const elsewhere = head.some((message) => message.kind === 0x15 && isElsewhere(message.data));
  if (elsewhere) return null; // many attributes, kept in another way
  throw new Error(ATTRIBUTE);
}

// A number that leads somewhere in the file.
/** @param {DataView} data @param {number} at */
function address(data, at) {
  const found = data.getBigUint64(at, true);
  if (found > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("address");
  return Number(found);
}

// A block of the file, all of it there.
/** @param {Blob} file @param {number} from @param {number} size */
async function block(file, from, size) {
  if (size > MOST_BYTES || from + size > file.size) throw new RangeError("block");
  return view(file, from, from + size);
}

// The messages of a head as the first version of HDF5 writes it, and Keras does.
/** @param {Blob} file @param {number} at */
async function oldHead(file, at) {
  const head = await block(file, at, 16);
  return messages(file, [[at + 16, head.getUint32(8, true)]], 0, (data, from) => {
    const size = data.getUint16(from + 2, true);
    return { kind: data.getUint16(from, true), begin: from + 8, size };
  });
}

// The same as later versions write it.
/** @param {Blob} file @param {number} at */
async function newHead(file, at) {
  const head = await block(file, at, 6);
  if (head.getUint32(0) !== 0x4f484452) throw new RangeError("OHDR");
  const flags = head.getUint8(5);
  const from = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const wide = 1 << (flags & 3);
  const told = await block(file, from, 8);
  const size = Number(told.getBigUint64(0, true) & ((1n << BigInt(8 * wide)) - 1n));
  const before = flags & 4 ? 6 : 4;
  return messages(file, [[from + wide, size]], 4, (data, begin) => {
    return { kind: data.getUint8(begin), begin: begin + before, size: data.getUint16(begin + 1, true) };
  });
}

// All messages of the blocks, and of those that they lead to. sign: bytes around a further block.
/** @param {Blob} file @param {number[][]} blocks @param {number} sign @param {any} next */
async function messages(file, blocks, sign, next) {
  const found = [];
  for (let number = 0; number < blocks.length; number += 1) {
    if (number >= MOST_BLOCKS) throw new RangeError("blocks");
    const further = number ? sign : 0;
    const [from, size] = blocks[number];
    const data = await block(file, from + further, size - 2 * further);
    for (let at = 0; at + 8 <= data.byteLength;) {
      const { kind, begin, size: long } = next(data, at);
      if (begin + long > data.byteLength || found.length >= MOST_MESSAGES) throw new RangeError("message");
      const content = new DataView(data.buffer, data.byteOffset + begin, long);
      found.push({ kind, data: content });
      if (kind === 0x10) blocks.push([address(content, 0), address(content, 8)]);
      at = begin + long;
    }
  }
  return found;
}

/** @param {DataView} data */
function isElsewhere(data) {
  const at = data.getUint8(1) & 1 ? 4 : 2;
  return data.getBigUint64(at, true) !== NOWHERE;
}

// Where the parts of an attribute begin: its name, its type, its shape, its value.
/** @param {DataView} data */
function partsOf(data) {
  const version = data.getUint8(0);
  const padded = (size) => (version === 1 ? 8 * Math.ceil(size / 8) : size);
  const sizes = [2, 4, 6].map((at) => data.getUint16(at, true));
  const name = version === 3 ? 9 : 8;
  const type = name + padded(sizes[0]);
  const shape = type + padded(sizes[1]);
  return { name, long: sizes[0], type, shape, value: shape + padded(sizes[2]) };
}

/** @param {DataView} data */
function nameOf(data) {
  const { name, long } = partsOf(data);
  return letters(data, name, long).replace(/\0+$/, "");
}

/** @param {DataView} data @param {number} from @param {number} long */
function letters(data, from, long) {
  if (from + long > data.byteLength) throw new RangeError("letters");
  return new TextDecoder().decode(new Uint8Array(data.buffer, data.byteOffset + from, long));
}

// The text of an attribute: in it, or in the heap of the file.
/** @param {Blob} file @param {DataView} data */
async function textOf(file, data) {
  const { type, shape, value } = partsOf(data);
  const kind = data.getUint8(type) & 15;
  if (data.getUint8(shape + 1) !== 0) throw new RangeError("one text");
  if (kind === 3) return new Blob([letters(data, value, data.getUint32(type + 4, true)).replace(/\0+$/, "")]);
  if (kind !== 9 || (data.getUint8(type + 1) & 15) !== 1) throw new RangeError("text");
  return fromHeap(
    file,
    data.getUint32(value, true),
    address(data, value + 4),
    data.getUint32(value + 12, true),
  );
}

/** @param {Blob} file @param {number} long @param {number} at @param {number} wanted */
async function fromHeap(file, long, at, wanted) {
  const head = await view(file, at, at + 16);
  if (head.getUint32(0) !== 0x47434f4c || long > LARGEST) throw new RangeError("heap");
  const end = Math.min(at + address(head, 8), file.size);
  let from = at + 16;
  for (let number = 0; number < MOST_MESSAGES && from + 16 <= end; number += 1) {
    const entry = await view(file, from, from + 16);
    const [index, size] = [entry.getUint16(0, true), address(entry, 8)];
    if (index === 0) break; // the rest is free
    if (index === wanted) {
      if (size < long || from + 16 + long > end) break;
      return file.slice(from + 16, from + 16 + long);
    }
    from += 16 + 8 * Math.ceil(size / 8);
  }
  throw new RangeError("heap");
}
