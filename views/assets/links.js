// @ts-check
// Links to other pages of the app. A plain click stays in the session (Python switches the page); a click
// with a key, or with the middle button, opens the address as any link does.
//
//   data: {label, cards, items: [{title, line, badge, tone, arrow, href}]}
//   trigger "go": the index that was clicked

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "links");
  root.go = (index) => setTriggerValue("go", index);
  render(
    root,
    h(
      "ul",
      { class: data.cards ? "cards" : "rows", "aria-label": data.label },
      data.items.map((item, index) => link(root, item, index)),
    ),
  );
}

// A line may have `words of Keras` in it.
function withCode(line) {
  return line.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

// "T-LSTM" stays on one line: no line ends behind the hyphen of a single letter.
function unbroken(title) {
  return title.split(/(\b\w-\w+)/).map((part, i) => (i % 2 ? h("span", { class: "whole" }, part) : part));
}

function link(root, item, index) {
  const follow = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    root.go(index);
  };
  const arrow = { back: "← ", on: "→ " }[item.arrow];
  return h(
    "li",
    { "data-key": item.href + item.title },
    h(
      "a",
      { href: item.href, onclick: follow },
      h(
        "span",
        { class: "title" },
        arrow ? h("span", { "aria-hidden": "true" }, arrow) : null,
        unbroken(item.title),
      ),
      item.badge ? h("span", { class: `badge ax-${item.tone}` }, item.badge) : null,
      item.line ? h("span", { class: "line" }, withCode(item.line)) : null,
    ),
  );
}
