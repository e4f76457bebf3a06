// @ts-check
// The sections of the page as links that stay in sight: a row above the sections, which scrolls on a phone.
// It reads the page's own headings, so it has just those that are there.
//
//   data: {label, top, short}; top: the word for the beginning; short: {a heading's id: its short word}

const UNDER_THE_MENU = 150; // px; the section whose heading has passed this line is the current one

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "rail");
  root.rail = data;
  root.main = root.getRootNode().host.closest('[data-testid="stMain"]') ?? document.scrollingElement;
  if (!root.watching) {
    watchHeadings(root);
    new ResizeObserver(() => root.querySelector("nav") && sayMore(root)).observe(root);
  }
  drawRail(root);
}

function watchHeadings(root) {
  let waiting = 0;
  const soon = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      if (root.isConnected) drawRail(root);
    });
  };
  root.watching = new MutationObserver(soon);
  root.watching.observe(root.main, { childList: true, subtree: true });
  root.main.addEventListener("scroll", soon, { passive: true });
}

function headings(root) {
  return [...root.main.querySelectorAll("h2[id]")].filter((heading) => heading.offsetParent);
}

function drawRail(root) {
  const { label, top, short } = root.rail;
  const found = headings(root);
  const passed = found.filter((heading) => heading.getBoundingClientRect().top < UNDER_THE_MENU);
  const current = passed.length ? passed[passed.length - 1].id : "";
  const shown = JSON.stringify([current, found.map(({ id }) => id)]);
  if (root.shown === shown) return;
  root.shown = shown;
  render(root, [
    h("nav", { "aria-label": label, onscroll: () => sayMore(root) }, [
      link("", top, current, () => root.main.scrollTo({ top: 0, behavior: motion() })),
      ...found.map((heading) =>
        link(heading.id, short[heading.id] ?? heading.innerText.trim(), current, () => toHeading(heading)),
      ),
    ]),
    h("span", { class: "onward left", "aria-hidden": "true" }, "‹"),
    h("span", { class: "onward right", "aria-hidden": "true" }, "›"),
  ]);
  keepInSight(root);
  sayMore(root);
}

function link(id, text, current, go) {
  return h(
    "a",
    {
      href: `#${id}`,
      "data-key": `to ${id}`,
      "aria-current": id === current ? "true" : null,
      onclick: (event) => {
        event.preventDefault();
        go();
      },
    },
    text,
  );
}

function toHeading(heading) {
  heading.scrollIntoView({ block: "start", behavior: motion() });
}

function motion() {
  return reducedMotion() ? "auto" : "smooth";
}

// On which sides the row goes on out of sight.
function sayMore(root) {
  const row = root.querySelector("nav");
  const rest = row.scrollWidth - row.clientWidth - row.scrollLeft;
  row.classList.toggle("before", row.scrollLeft > 4);
  row.classList.toggle("after", rest > 4);
}

// On a phone the row is wider than the window: the current link scrolls into it.
function keepInSight(root) {
  const row = root.querySelector("nav");
  const at = row.querySelector("[aria-current]");
  if (at && row.scrollWidth > row.clientWidth)
    row.scrollTo({ left: at.offsetLeft - row.clientWidth / 2 + at.offsetWidth / 2, behavior: motion() });
}
