// The page: what it shows is what the server says; it asks again whenever that changed.
//
// Hooks that stay: channels `data-channel`, messages `data-ts`, elements of blocks `data-action` and `data-value`,
// the page's own buttons `data-do`, the panes `data-pane`, views `data-view`.

import { act, changed, state as fetched, Unreachable } from "./api.js";
import { channel, thread } from "./channel.js";
import { h, patch } from "./dom.js";
import { home } from "./home.js";
import { filledIn, modal, report } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { botSays, panel } from "./panel.js";
import { header, sidebar } from "./sidebar.js";

const PAGE = document.getElementById("page");
const ANNOUNCER = document.getElementById("announcer");
const RETRIES = [500, 1000, 2000, 4000];
const NEAR = 60; // So close to the end of the messages people still follow them.

const app = {
  state: null,
  me: "",
  ui: { place: "", thread: null, panel: false, menu: false },
  fills: new Map(),
  drafts: new Map(),
  seen: new Map(),
  problem: "",
  reachable: true,

  personName: (id, label) => {
    const one = app.state.people.find((person) => person.id === id);
    return one ? one.real_name || one.name : id === app.state.bot.id ? app.state.bot.name : (label ?? id);
  },
  channelName: (id, label) => app.state.channels.find((place) => place.id === id)?.name ?? app.state.elsewhere[id] ?? label ?? id,
  groupName: (id, label) => app.state.groups.find((group) => group.id === id)?.handle ?? label ?? id,
  mrkdwn: (text, verbatim) => mrkdwn(text, app, verbatim),
  text: (held) => (typeof held === "string" ? held : held?.type === "mrkdwn" ? mrkdwn(held.text, app, held.verbatim) : h("span", { class: "lines" }, held?.text ?? "")),

  places: () => app.state.channels.map((place) => (place.im ? { ...place, title: app.state.bot.name } : place)),
  place: () => app.places().find((place) => place.id === app.ui.place),

  /** Messages that came while this person looked elsewhere. */
  unread(id) {
    const since = app.seen.get(`${app.me}|${id}`) ?? "";
    return (app.state.messages[id] ?? []).filter((one) => one.ts > since && one.user !== app.me).length;
  },

  show(changes) {
    Object.assign(app.ui, changes);
    remember();
    app.redraw();
    // The focus goes where the eye goes: into what was opened, and back to where it was opened.
    const next = changes.thread ? "close-thread" : changes.panel ? "close-panel" : changes.panel === false ? "panel" : changes.thread === null ? "compose" : "";
    if (next) document.querySelector(`[data-do="${next}"]`)?.focus();
  },

  go(place) {
    app.show({ place, menu: false, ...(place === app.ui.place ? {} : { thread: null }) });
    if (place === "home") app.act({ do: "home" });
  },

  /** Goes to a message, as its link says. */
  visit(place, ts, root) {
    app.show({ place, thread: root && root !== ts ? root : null, menu: false });
    const found = document.querySelector(`${root && root !== ts ? ".thread" : ".channel"} [data-ts="${CSS.escape(ts)}"]`);
    found?.scrollIntoView({ block: "center" });
    found?.focus();
  },

  async become(person) {
    app.me = person;
    app.problem = "";
    await refresh();
    if (app.ui.place === "home") app.act({ do: "home" });
  },

  /** Asks the server for something that changes nothing. */
  ask: (what) => act(app.me, what),

  /** Does something; what went wrong is said where people look: in the open form, or above the page. */
  async act(what, source) {
    const answer = await act(app.me, what);
    const said = answer.ok ? "" : answer.problem;
    if (!(source && "view" in source.place && said && report(said, app)) && said !== app.problem) {
      app.problem = said;
      app.redraw();
    }
    refresh().catch(lost);
    return answer;
  },

  filled(source, block) {
    if (filledIn(block)) app.redraw();
  },

  redraw,
};

function redraw() {
  if (!app.state) {
    patch(PAGE, banner());
    return;
  }
  const place = app.place();
  const isThread = place && app.ui.thread && app.ui.place !== "home";
  const pane = isThread ? thread(app, place, app.ui.thread) : null;
  const held = holding();
  const ends = [...document.querySelectorAll("[data-stick]")].filter((node) => node.scrollHeight - node.scrollTop - node.clientHeight < NEAR);
  const known = new Set(document.querySelectorAll("[data-stick]"));
  const names = ["layout", pane ? "with-thread" : "", app.ui.panel ? "with-panel" : ""].join(" ").trim();
  patch(PAGE, banner(), h("div", { key: "layout", class: names },
    header(app), sidebar(app),
    app.ui.place === "home" ? home(app) : place ? channel(app, place) : h("main", { key: "main", id: "main" }, h("p", { class: "empty" }, "No channel is open to this person.")),
    pane, app.ui.panel ? panel(app) : null));
  modal(app);
  // Whoever followed the messages goes on following them; whoever read further up is left there.
  for (const node of document.querySelectorAll("[data-stick]")) {
    if (!known.has(node) || ends.includes(node)) node.scrollTop = node.scrollHeight;
  }
  held();
}

/** Remembers where the focus is; called afterwards, it puts it nearby if what had it is gone. */
function holding() {
  const at = document.activeElement;
  const ts = at?.closest?.("[data-ts]")?.dataset.ts;
  const pane = at?.closest?.("[data-pane]")?.dataset.pane;
  return () => {
    if (!at || at === document.body || at.isConnected) return;
    const near = (ts && document.querySelector(`[data-ts="${CSS.escape(ts)}"]`)) || (pane && document.querySelector(`[data-pane="${pane}"] button`)) || document.querySelector('[data-do="compose"]');
    near?.focus({ preventScroll: true });
  };
}

function banner() {
  const down = app.state && ["down", "starting"].includes(app.state.estate.bot);
  const forget = () => {
    app.problem = "";
    app.redraw();
  };
  return h("div", { key: "banners", class: "banners", role: "status" },
    app.reachable ? null : h("p", { key: "lost", class: "banner bad" }, "The sandbox's server does not answer. Trying again…"),
    down ? h("p", { key: "bot", class: "banner" }, [botSays(app.state), app.state.estate.problem].filter(Boolean).join(" ")) : null,
    app.problem ? h("p", { key: "problem", class: "banner bad" }, h("span", { class: "grow" }, app.problem), h("button", { type: "button", class: "quiet", "data-do": "forget", "aria-label": "Dismiss", onclick: forget }, "×")) : null);
}

let asked = 0;
let taken = 0;

/** Reads the state; an answer that was overtaken by a later question is dropped. */
async function refresh() {
  const mine = ++asked;
  const found = await fetched(app.me);
  if (mine < taken || (app.me && found.me !== app.me && mine !== asked)) return;
  taken = mine;
  const before = app.state;
  // People who look at the Home as a page opens, or as the bot comes back, have it opened once more: it may be missing, or old.
  const opens = found.estate.bot !== "down" && found.estate.bot !== "starting" && before?.estate.bot !== found.estate.bot;
  app.state = found;
  app.me = found.me;
  app.reachable = true;
  // What could not be done while it was away is no longer the news.
  if (opens) app.problem = "";
  settle();
  redraw();
  if (opens && app.ui.place === "home") app.act({ do: "home" });
  if (before?.me === found.me) announce(before, found);
}

/** Keeps what is open to what this person can see, and what is read to what was seen. */
function settle() {
  const { channels, messages } = app.state;
  const open = channels.find((place) => place.id === app.ui.place);
  if (app.ui.place !== "home" && !(open && (open.member || open.im))) {
    app.ui.place = (channels.find((place) => place.member && !place.im) ?? channels[0])?.id ?? "home";
    app.ui.thread = null;
  }
  if (app.ui.thread && !(messages[app.ui.place] ?? []).some((one) => one.ts === app.ui.thread)) app.ui.thread = null;
  for (const place of channels) {
    const key = `${app.me}|${place.id}`;
    if (place.id === app.ui.place || !app.seen.has(key)) app.seen.set(key, (messages[place.id] ?? []).at(-1)?.ts ?? "");
  }
  remember();
}

/** Reads new messages of the open place to those who can't see them come. */
function announce(before, now) {
  const old = new Set((before.messages[app.ui.place] ?? []).map((one) => one.ts));
  const fresh = (now.messages[app.ui.place] ?? []).filter((one) => !old.has(one.ts) && one.user !== app.me);
  if (!fresh.length) return;
  const line = (one) => h("p", { key: one.ts }, `${one.bot ? now.bot.name : app.personName(one.user)}: `, mrkdwn(one.text, app, true));
  patch(ANNOUNCER, fresh.slice(-3).map(line));
}

/** A reload comes back to the same place and person. */
function remember() {
  const held = new URLSearchParams({ as: app.me, in: app.ui.place, ...(app.ui.thread ? { thread: app.ui.thread } : {}), ...(app.ui.panel ? { panel: "1" } : {}) });
  history.replaceState(null, "", `#${held}`);
}

function lost(error) {
  if (!(error instanceof Unreachable)) throw error;
  app.reachable = false;
  redraw();
}

async function run() {
  const held = new URLSearchParams(location.hash.slice(1));
  app.me = held.get("as") ?? "";
  Object.assign(app.ui, { place: held.get("in") ?? "", thread: held.get("thread"), panel: held.get("panel") === "1" });
  for (let failed = 0; ; ) {
    try {
      if (!app.state || !app.reachable || (await changed(app.state.version))) await refresh();
      failed = 0;
    } catch (error) {
      lost(error);
      await new Promise((resolve) => setTimeout(resolve, RETRIES[Math.min(failed++, RETRIES.length - 1)]));
    }
  }
}

// Menus close when people turn to something else.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (app.ui.menu) app.show({ menu: false });
  else if (app.ui.thread && document.activeElement?.closest(".thread")) app.show({ thread: null });
});

run();
