// The modal on top of this person's stack of views.

import { blocks } from "./blocks.js";
import { h, patch } from "./dom.js";
import { fillable, isEmpty, Source } from "./source.js";

const dialog = document.getElementById("modal");
let shown = ""; // The view that the dialog shows.
let left = {}; // Required inputs that were left empty, by block.
let told = ""; // The errors that the focus was moved for.
let problem = "";
let sending = false;

/** Opens, redraws or closes the dialog as the state says. */
export function modal(app) {
  const held = app.state.view;
  if (!held) {
    shown = "";
    if (dialog.open) dialog.close();
    patch(dialog);
    return;
  }
  const isNew = shown !== held.id;
  if (isNew) {
    shown = held.id;
    left = {};
    told = "";
    problem = "";
    sending = false;
  }
  const { view } = held;
  const source = new Source(app, { view: held.id }, view.blocks);
  source.forget();
  const errors = { ...held.errors, ...left };
  const close = () => app.act({ do: "close", view: held.id }, source);
  dialog.oncancel = (event) => {
    // The server says when the view is closed: the bot may want to know.
    event.preventDefault();
    if (event.target === dialog) close();
  };
  patch(dialog, h("form", { key: held.id, novalidate: true, "data-view": held.id, "data-callback": view.callback_id, onsubmit: (event) => {
    event.preventDefault();
    submit(app, held, source);
  } },
  h("header", { class: "pane-head" },
    h("h2", { id: "modal-title", tabindex: "-1" }, view.title?.text ?? ""),
    h("button", { type: "button", class: "quiet", "data-do": "dismiss", "aria-label": held.depth > 1 ? "Back to the form before" : "Close the form", onclick: close }, held.depth > 1 ? "‹" : "×")),
  h("div", { class: "scroll modal-body", tabindex: "0", role: "group", "aria-label": "Form" },
    problem ? h("p", { key: "problem", class: "error", role: "alert" }, problem) : null,
    blocks(view.blocks, source, errors)),
  h("footer", null,
    h("button", { type: "button", class: "button", "data-do": "close", onclick: close }, view.close?.text ?? (held.depth > 1 ? "Back" : "Close")),
    view.submit ? h("button", { type: "submit", class: "button primary", "data-do": "submit", "aria-disabled": sending ? "true" : undefined }, sending ? "Sending…" : view.submit.text) : null)));
  if (!dialog.open) dialog.showModal();
  // An answer may replace the whole form, and with it what had the focus.
  if (isNew || document.activeElement === document.body) begin();
  const fresh = JSON.stringify(errors);
  if (fresh !== told) {
    told = fresh;
    if (fresh !== "{}") dialog.querySelector("[aria-invalid]")?.focus();
  }
}

/** Where people begin: the first thing to fill in; a view that only tells something begins at its title. */
function begin() {
  const body = dialog.querySelector(".modal-body");
  body.scrollTop = 0;
  (body.querySelector("input, select, textarea") ?? dialog.querySelector("#modal-title")).focus();
}

/** Something was filled in: what was missing there is no longer missing. */
export function filledIn(block) {
  if (!(block.block_id in left)) return false;
  delete left[block.block_id];
  told = "";
  return true;
}

async function submit(app, held, source) {
  if (sending) return;
  left = {};
  for (const [block, element] of fillable(held.view.blocks)) {
    if (block.type === "input" && !block.optional && isEmpty(source.value(block, element))) left[block.block_id] = "This is required.";
  }
  told = "";
  problem = "";
  if (Object.keys(left).length) {
    app.redraw();
    return;
  }
  sending = true;
  app.redraw();
  const answer = await app.act({ do: "submit", view: held.id, state: source.state() }, source);
  if (shown !== held.id) return;
  sending = false;
  told = "";
  app.redraw();
  // The answer itself may come before the state that carries the errors.
  if (!answer.ok) report(answer.problem, app);
}

/** Says in the dialog what could not be done, if it is open. */
export function report(text, app) {
  if (!dialog.open) return false;
  problem = text;
  app.redraw();
  return true;
}
