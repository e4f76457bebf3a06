// @ts-check
// A saved model, of any size: only its configuration leaves the browser, squeezed. The weights, nearly all
// of a file, stay where they are. A browser can't read a part of an .h5 file: that is sent whole, if small.
//
//   data: {label, told, most}   most: bytes that can be sent
//   state "file": {name, gzip: base64}

const CONFIG = "config.json";
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50]; // the signs of a zip's parts
const END_SIZE = 22;
const LONGEST_COMMENT = 65535;
const DEFLATED = 8;
const PIECE = 32768; // bytes that are turned into letters at once

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
    const read = (await configOf(file)) || file;
    if (read === file && file.size > 20 * most) return say(tooLarge(file));
    const gzip = await squeezed(read);
    if (gzip.length > most) return say(tooLarge(file));
    say(`${file.name} was read.`);
    root.send({ name: file.name, gzip });
  } catch {
    say(`${file.name} can't be read: it is cut off, or no file of Keras.`);
  }
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
  return entry.way === DEFLATED ? through(packed, new DecompressionStream("deflate-raw")) : packed;
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
