// The bot's App Home.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { Source } from "./source.js";

export function home(app) {
  const held = app.state.home;
  const source = held && new Source(app, { view: held.id }, held.view.blocks);
  source?.forget();
  return h("main", { key: "main", class: "channel", id: "main", "aria-label": "App Home" },
    h("h2", { class: "place" }, `${app.state.bot.name} · Home`),
    h("div", { key: `scroll-home-${app.me}`, class: "scroll home", tabindex: "0", role: "group", "aria-label": "Home of the app" },
      held ? h("div", { class: "home-body", "data-view": held.id }, blocks(held.view.blocks, source)) : h("p", { class: "empty" }, "The bot has published no Home for this person yet.")));
}
