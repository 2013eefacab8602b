// The header with the person, and the list of places.

import { h } from "./dom.js";
import { botSays } from "./panel.js";

export function header(app) {
  const { people, estate, me, team } = app.state;
  const person = (one) => h("option", { key: one.id, value: one.id }, [one.real_name || one.name, one.note ? ` (${one.note})` : ""].join(""));
  const up = estate.bot === "up" || estate.bot === "elsewhere";
  return h("header", { key: "header", class: "top" },
    h("button", { type: "button", class: "quiet burger", "data-do": "menu", "aria-label": "Channels", "aria-expanded": String(app.ui.menu), "aria-controls": "places", onclick: () => app.show({ menu: !app.ui.menu }) }, "☰"),
    h("h1", null, "Homeward", h("small", null, `sandbox · ${team}`)),
    h("label", { class: "person" }, h("span", null, "You are"),
      h("select", { "data-do": "person", value: me, onchange: (event) => app.become(event.target.value) }, people.filter((one) => !one.deleted).map(person))),
    h("span", { class: up ? "bot-state up" : "bot-state", "data-bot": estate.bot, title: botSays(app.state) },
      h("span", { class: "dot", "aria-hidden": "true" }), `Bot ${estate.bot}`),
    h("button", { type: "button", class: "button", "data-do": "panel", "aria-expanded": String(app.ui.panel), onclick: () => app.show({ panel: !app.ui.panel }) }, "Break things"));
}

export function sidebar(app) {
  const places = app.places();
  const entry = (place) => {
    const fresh = app.unread(place.id);
    const here = app.ui.place === place.id;
    const label = place.im ? place.title : place.id === "home" ? "App Home" : `# ${place.name}`;
    const absent = !place.im && place.id !== "home" && !place.member;
    return h("li", { key: place.id }, h("button", {
      type: "button",
      class: absent ? "place-button absent" : "place-button",
      "data-channel": place.id,
      "aria-current": here ? "page" : undefined,
      onclick: () => app.go(place.id),
    }, h("span", { class: "grow" }, label, absent ? h("small", null, "not a member") : null),
    fresh ? h("span", { class: "fresh" }, String(fresh), h("span", { class: "unseen" }, " new")) : null));
  };
  const list = (title, found) => (found.length ? h("section", { key: title }, h("h2", null, title), h("ul", null, found.map(entry))) : null);
  return h("nav", { key: "nav", id: "places", class: app.ui.menu ? "places open" : "places", "aria-label": "Channels" },
    list("Channels", places.filter((one) => !one.im)),
    list("Direct messages", places.filter((one) => one.im)),
    list("Apps", [{ id: "home", member: true }]));
}
