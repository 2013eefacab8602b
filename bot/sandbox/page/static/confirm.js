// The question that a button asks before its press counts.

import { h, patch } from "./dom.js";

/** Asks; true if people agreed. Esc and closing mean no. */
export function confirmed(question, app) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.setAttribute("aria-describedby", "confirm-text");
    const end = (answer) => () => dialog.close(answer);
    patch(dialog,
      h("h2", { id: "confirm-title" }, question.title?.text ?? "Are you sure?"),
      h("div", { id: "confirm-text", class: "text" }, question.text ? app.text(question.text) : null),
      h("footer", null,
        h("button", { type: "button", class: "button", "data-do": "deny", onclick: end("no") }, question.deny?.text ?? "Cancel"),
        h("button", { type: "button", class: `button ${question.style ?? "primary"}`, "data-do": "confirm", autofocus: true, onclick: end("yes") }, question.confirm?.text ?? "Yes")));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    // Esc must not reach a modal below, which would close as well.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    document.body.append(dialog);
    dialog.showModal();
  });
}
