// The panel that breaks things, mends them and speeds up time.

import { h } from "./dom.js";

const SPEEDS = [1, 10, 60, 600, 3600];
const seen = new Set(SPEEDS); // A speed that it once had can be had again.
const BOT = {
  up: "The bot is up.",
  starting: "The bot is starting…",
  down: "The bot is down: what is pressed or typed reaches nobody.",
  elsewhere: "The bot runs elsewhere; it can't be stopped from here.",
};

export const botSays = (state) => BOT[state.estate.bot] ?? `The bot: ${state.estate.bot}`;

export function panel(app) {
  const { estate } = app.state;
  const act = (what) => () => app.act({ do: "break", ...what });
  const button = (label, what, props = {}) => h("button", { type: "button", class: "button", "data-do": what.what, onclick: act(what), ...props }, label);
  return h("aside", { key: "panel", class: "pane panel", "aria-label": "Break things", "data-pane": "panel" },
    h("header", { class: "pane-head" }, h("h2", null, "Break things"),
      h("button", { type: "button", class: "quiet", "data-do": "close-panel", "aria-label": "Close the panel", onclick: () => app.show({ panel: false }) }, "×")),
    h("div", { class: "scroll panel-body", tabindex: "0", role: "group", "aria-label": "What can be broken" },
      h("section", null, h("h3", null, "Time"), speed(app, estate)),
      h("section", null, h("h3", null, "The bot"),
        h("p", null, botSays(app.state)),
        estate.problem ? h("p", { class: "error" }, estate.problem) : null,
        estate.bot === "elsewhere" ? null
          : estate.bot === "down" ? button("Start it again", { what: "revive" }) : button("Kill it", { what: "kill" }, { class: "button danger", "aria-disabled": estate.bot === "starting" ? "true" : undefined })),
      h("section", null, h("h3", null, "Azure"),
        h("p", null, estate.throttled ? "Azure answers: too many requests." : "Azure answers."),
        button(estate.throttled ? "Stop throttling" : "Throttle Azure", { what: "throttle", on: !estate.throttled }, { "data-value": String(!estate.throttled) })),
      h("section", null, h("h3", null, "Datastores"), h("ul", { class: "things" }, estate.datastores.map((one) => datastore(one, button)))),
      h("section", null, h("h3", null, "Virtual machines in Azure"), h("ul", { class: "things" }, estate.machines.map((one) => machine(one, button))))));
}

function thing(name, state, use) {
  return h("li", { key: name, "data-thing": name }, h("div", { class: "grow" }, h("strong", null, name), h("small", null, state)), use);
}

function datastore(one, button) {
  const state = `${one.accessible ? "reachable" : "not reachable"}, ${one.read_only ? "read-only" : "writable"}`;
  const use = (label, said, change) => button(label, { what: "datastore", name: one.name, ...change },
    { "data-value": one.name, "data-change": Object.keys(change)[0], "aria-label": said });
  // What is read aloud begins with what stands there, for those who steer by voice.
  const cut = one.accessible ? "Cut off" : "Reconnect";
  const make = one.read_only ? "Make writable" : "Make read-only";
  return thing(one.name, state, h("div", { class: "uses" },
    use(cut, `${cut} ${one.name}`, { accessible: !one.accessible }),
    use(make, `${make}: ${one.name}`, { read_only: !one.read_only })));
}

function machine(one, button) {
  const running = one.azure === "running";
  const state = [one.stand, `Azure VM ${one.azure}`].filter(Boolean).join(" · ");
  if (!/running|stopped|deallocated/.test(one.azure ?? "")) return thing(one.name, one.stand ?? "", null);
  return thing(one.name, state, button(running ? "Stop" : "Start", { what: "azure_vm", machine: one.name, running: !running },
    { "data-value": one.name, "aria-label": `${running ? "Stop" : "Start"} ${one.name} in Azure` }));
}

function speed(app, estate) {
  const known = [...seen.add(estate.speed)].sort((one, other) => one - other);
  return h("label", { class: "label" }, "How fast Azure works",
    h("select", { "data-do": "speed", value: String(estate.speed), onchange: (event) => app.act({ do: "break", what: "speed", times: Number(event.target.value) }) },
      known.map((times) => h("option", { key: times, value: String(times) }, times === 1 ? "1× (as it is)" : `${times}×`))));
}
