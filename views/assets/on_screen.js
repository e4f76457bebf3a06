// @ts-check
// Says whether the part of the page around it (.st-key-later-…) is on screen or printed, and keeps its height
// while it is not drawn. It never says more than the server has to know: "on" when an empty part comes into
// sight, and "off" when the server has drawn a part anew that had left it.
//
//   data: {told, filled, kept, fills, high}; see shell/on_screen.py

const NEAR = "200px 0px"; // above and below the window that counts as on screen
const STAYS = 120; // ms that a part must stay in sight: who scrolls past asks for nothing
const AGAIN = 1500; // ms, then a part that is still empty asks again
const STILL = 12; // frames without a change of height, then a part is as high as it will be
const EMPTY = 40; // px; less is no drawing yet, and a folded part is little more

/** @param {Component} component */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = mount(parentElement, "on_screen");
  const redrawn = root.data && root.data.told !== data.told;
  Object.assign(root, { data, say: (on) => setStateValue("on", on) });
  if (data.filled) root.printed = false;
  root.marker = root.getRootNode().host.closest("[class*='st-key-on-screen-']");
  const around = root.marker.closest("[class*='st-key-later-']");
  if (root.around !== around) watch(root, around);
  render(root, data.filled ? null : h("p", { class: "note", role: "status" }, words(root)));
  keepHeight(root);
  if (data.filled && redrawn && !root.seen && !data.kept) root.say(false);
  else decide(root);
}

const words = (root) => (root.seen ? "One moment …" : `${root.data.fills} as soon as it is on the screen.`);

function watch(root, around) {
  root.watching?.disconnect();
  root.around = around;
  root.watching = new IntersectionObserver(
    ([entry]) => {
      root.seen = entry.isIntersecting;
      decide(root);
    },
    { rootMargin: NEAR },
  );
  root.watching.observe(around);
  addEventListener("beforeprint", () => {
    root.printed = !root.data.filled;
    ask(root, 1);
  });
}

/** Whether the part has to be drawn, and isn't. @param {any} root */
const wanted = (root) => Boolean(!root.data.filled && (root.seen || root.printed));

// Ask for a part that stays in sight.
function decide(root) {
  clearTimeout(root.soon);
  for (const node of [root, root.around]) node.toggleAttribute("data-asking", wanted(root));
  if (!wanted(root)) return;
  root.soon = setTimeout(() => {
    if (!wanted(root) || !root.isConnected) return;
    render(root, h("p", { class: "note", role: "status" }, words(root)));
    ask(root, 1);
  }, STAYS);
}

// Of two parts that ask at the same moment Streamlit may hear only one, so a part that stays empty asks
// again, with another number: the same value isn't sent twice.
function ask(root, times) {
  if (!wanted(root) || !root.isConnected) return;
  clearTimeout(root.soon);
  if (times === 1 || scriptRests()) root.say(times);
  root.soon = setTimeout(() => ask(root, times + 1), AGAIN);
}

function scriptRests() {
  const app = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"));
  return app?.dataset.testScriptState !== "running";
}

// While a part is not drawn it is as high as it was; when it is, as high as what is in it.
function keepHeight(root) {
  const { around } = root;
  cancelAnimationFrame(root.frame);
  if (!root.data.filled) {
    around.style.minHeight = `${root.height || root.data.high}px`;
    return;
  }
  let [before, still] = [-1, 0];
  const look = () => {
    if (!root.marker.isConnected) return; // drawn anew elsewhere, where this is begun again
    const height = contentHeight(root);
    still = height > EMPTY && height === before ? still + 1 : 0;
    before = height;
    if (still < STILL) {
      if (root.isConnected) root.frame = requestAnimationFrame(look);
      return;
    }
    around.style.minHeight = "";
    root.height = around.getBoundingClientRect().height;
  };
  look();
}

function contentHeight({ around, marker }) {
  const parts = [...marker.parentElement.children].filter((part) => part !== marker);
  const bottoms = parts.map((part) => part.getBoundingClientRect().bottom);
  return Math.round(Math.max(0, ...bottoms) - around.getBoundingClientRect().top);
}
