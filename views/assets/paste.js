// @ts-check
// Draws nothing: what is pasted into a box is sent at once, as Ctrl+Enter sends it.
// data: {label}: the box, by its accessible name.

const SOON = 60; // ms: the box has taken up what was pasted

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "paste");
  root.hidden = true;
  const pasted = (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || box.getAttribute("aria-label") !== data.label) return;
    setTimeout(() => {
      const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
      box.dispatchEvent(new KeyboardEvent("keydown", enter));
    }, SOON);
  };
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}
