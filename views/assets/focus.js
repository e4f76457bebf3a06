// @ts-check
// Draws nothing: sees to it that something has the focus. Where nothing has it, Tab may begin at the menu
// again, and a screen reader loses its place.
//
// After a link to another page of the app, the title of the new page has it, or the section that the link
// leads to. After a change that took away what had it (a button that has done its work, a field that is
// filled in), what is now in its place has it; only for those who use the keys.
//
//   data: {page, first}; first: ids of headings that go before the title, where the page has them

const ARRIVE = 15000; // ms to wait for a page at most
const AGAIN = 100; // ms between two looks whether the page is at rest
const MAIN = "[data-testid=stMain]";
const AT_REST =
  "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]";
const HEADINGS = "h1, h2, h3";

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "focus");
  root.hidden = true;
  arrive(root, data);
  return stayNear(root);
}

const atRest = () => document.querySelector(AT_REST) !== null;
const nothingHasIt = () => document.activeElement === document.body;

/** @param {HTMLElement} heading */
function focusHeading(heading, options = {}) {
  heading.setAttribute("tabindex", "-1");
  heading.focus(options);
}

// ---- after a link -----------------------------------------------------------------------------------------
function arrive(root, data) {
  const before = document.body.dataset.page;
  document.body.dataset.page = data.page;
  if (before === undefined || before === data.page) return; // opened by its address: the browser's own start
  root.trail = []; // the title, not what was in this place on the page before
  const began = performance.now();
  const look = () => {
    if (document.body.dataset.page !== data.page || performance.now() - began > ARRIVE) return;
    const heading = headingOf(data.first);
    if (!atRest() || !heading) return void requestAnimationFrame(look);
    if (nothingHasIt()) focusHeading(heading, { preventScroll: true }); // else somebody was quicker
  };
  requestAnimationFrame(look);
}

/** @param {string[]} first */
function headingOf(first) {
  const special = first.map((id) => document.getElementById(id)).find(Boolean);
  return special || document.querySelector(`${MAIN} :is(h1, h2)`);
}

// ---- after a change ---------------------------------------------------------------------------------------
// The trail leads from what has the focus to the page around it: each node with its parent and place, since
// a node that was taken away no longer knows them.
function stayNear(root) {
  root.trail ??= [];
  const focused = (event) => {
    root.trail = root.byKeys ? trailOf(event) : [];
  };
  const pressed = () => (root.byKeys = true);
  const pointed = () => {
    root.byKeys = false;
    root.trail = [];
  };
  const look = () => {
    clearTimeout(root.soon);
    if (!root.trail.length || !nothingHasIt()) return;
    if (!atRest()) root.soon = setTimeout(look, AGAIN);
    else focusNearest(root.trail);
  };
  const changed = new MutationObserver(() => {
    if (root.trail.length && nothingHasIt() && !takesFocus(root.trail[0].node)) look();
  });
  const main = document.querySelector(MAIN) ?? document.body;
  changed.observe(main, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  document.addEventListener("focusin", focused);
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("pointerdown", pointed, true);
  return () => {
    changed.disconnect();
    document.removeEventListener("focusin", focused);
    document.removeEventListener("keydown", pressed, true);
    document.removeEventListener("pointerdown", pointed, true);
  };
}

/** @param {FocusEvent} event */
function trailOf(event) {
  const path = event.composedPath();
  const end = path.findIndex((node) => node instanceof Element && node.matches(MAIN));
  return path
    .slice(0, Math.max(end, 0))
    .filter((node) => node instanceof Element)
    .map((node) => ({ node, parent: node.parentNode, at: placeOf(node) }));
}

/** @param {Element} node */
function placeOf(node) {
  return [...(node.parentNode?.children ?? [])].indexOf(node);
}

// A field that was only disabled while the server was away has the focus again. Where nothing is left of the
// page, its title has it.
function focusNearest(trail) {
  if (takesFocus(trail[0].node)) return trail[0].node.focus();
  let next = 0; // beyond the first level, what is in the same place was searched already
  for (const { parent, at } of trail) {
    if (!parent?.isConnected) continue;
    for (const part of [...parent.children].slice(at + next)) {
      if (focusIn(part)) return;
    }
    next = 1;
  }
  const title = headingOf([]);
  if (title) focusHeading(title);
}

/** The first in a part that can have the focus has it, else its text. @param {HTMLElement} part */
function focusIn(part) {
  for (const node of inside(part)) {
    if (!takesFocus(node)) continue;
    if (node.matches(HEADINGS)) focusHeading(node);
    else node.focus();
    return true;
  }
  if (!isShown(part) || part.matches(":disabled, :has(:disabled)") || !part.innerText?.trim()) return false;
  focusHeading(part);
  return true;
}

/** @param {Element} node @returns {Generator<any>} */
function* inside(node) {
  yield node;
  for (const child of [...(node.shadowRoot?.children ?? []), ...node.children]) yield* inside(child);
}

/** @param {any} node */
function takesFocus(node) {
  return isShown(node) && !node.matches(":disabled") && (node.matches(HEADINGS) || node.tabIndex >= 0);
}

/** @param {Element} node */
function isShown(node) {
  return (
    node.isConnected && node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible"
  );
}
