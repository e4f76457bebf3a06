// @ts-check
// One field that takes anything: a question on one line, or a whole program with its lines. What is typed is
// sent when the typing pauses, with Enter (Shift and Enter begin a new line) and when something is pasted.
//
//   data: {label, text, placeholder, examples}
//   state "text": what is in the field

const PAUSE = 350; // ms after the last key

/** @param {Component} component */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = mount(parentElement, "ask");
  root.send = (text) => {
    clearTimeout(root.timer);
    if (text === root.sent) return;
    root.sent = text;
    setStateValue("text", text);
  };
  const isNew = root.sent === undefined;
  if (isNew) root.sent = data.text;
  render(root, [
    h("label", { for: "ask-field" }, data.label),
    h("textarea", {
      id: "ask-field",
      rows: "1",
      spellcheck: "false",
      autocapitalize: "off",
      placeholder: data.placeholder,
      oninput: (event) => typed(root, event.target),
      onpaste: (event) => setTimeout(() => send(root, event.target)),
      onkeydown: (event) => keyed(root, event),
    }),
    h(
      "div",
      { class: "examples", role: "group", "aria-label": "Examples" },
      data.examples.map((text) =>
        h(
          "button",
          { type: "button", class: "preset", "data-key": text, onclick: () => put(root, text) },
          text,
        ),
      ),
    ),
  ]);
  if (isNew) put(root, data.text);
}

function put(root, text) {
  const field = root.querySelector("textarea");
  field.value = text;
  grow(field);
  root.send(text);
}

function typed(root, field) {
  grow(field);
  clearTimeout(root.timer);
  root.timer = setTimeout(() => root.send(field.value), PAUSE);
}

function send(root, field) {
  grow(field);
  root.send(field.value);
}

function keyed(root, event) {
  if (event.key === "Enter" && !event.shiftKey && !event.target.value.includes("\n")) {
    event.preventDefault();
    send(root, event.target);
  }
}

// As tall as its text, up to a third of the window; a program is shown in the letters of programs.
function grow(field) {
  field.classList.toggle("lines", field.value.includes("\n"));
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, window.innerHeight / 3)}px`;
}
