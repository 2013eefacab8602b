// A channel: its messages, the thread beside it, and the lines to type in.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h, widget } from "./dom.js";
import { Source } from "./source.js";
import { clock, dayOf, whole } from "./times.js";

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

/** The messages of a channel that stand in the channel itself, and the replies by the message they answer. */
export function sorted(messages) {
  const here = new Set(messages.map((message) => message.ts));
  const replies = new Map();
  const roots = [];
  for (const message of messages) {
    // A reply to something that this person can't see would otherwise be nowhere.
    if (!isReply(message) || !here.has(message.thread_ts)) roots.push(message);
    else replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
  }
  return { roots, replies };
}

export function channel(app, place) {
  const found = app.state.messages[place.id] ?? [];
  const { roots, replies } = sorted(found);
  const title = place.im ? place.title : `# ${place.name}`;
  return h("main", { key: "main", class: "channel", id: "main", "aria-label": `${place.im ? "Direct messages with" : "Channel"} ${place.im ? place.title : place.name}` },
    h("h2", { class: "place" }, title, place.bot === false ? h("small", null, `${app.state.bot.name} is not in this channel`) : null),
    h("div", { key: `scroll-${app.me}-${place.id}`, class: "scroll", "data-stick": "", tabindex: "0", role: "group", "aria-label": "Messages" },
      roots.length ? h("ol", { class: "messages" }, days(app, place, roots, replies)) : empty(app, place)),
    place.member || place.im
      ? widget(composer, { key: `${app.me}|${place.id}`, app, channel: place.id, thread: null, label: `Message to ${title}` })
      : null);
}

/** Where somebody who opens the page for the first time begins. */
const FIRST = "/reprotect-check web02";

function empty(app, place) {
  const nothing = Object.values(app.state.messages).every((said) => !said.length);
  if (nothing && place.bot && place.member && !place.im) {
    return h("div", { class: "empty begin" },
      h("p", null, "Last night this company's data centre lost power. Its machines run in Azure now, power is back, and they shall come home. Ask whether one of them can:"),
      h("p", null, h("button", { type: "button", class: "button primary", "data-do": "first", onclick: () => app.act({ do: "command", channel: place.id, text: FIRST }) }, FIRST)),
      h("p", null, "Or type / below. At the top you choose who you are: who asks can't approve. “Break things” stops machines, throttles Azure, kills the bot and speeds up time."));
  }
  const said = place.member || place.im
    ? "Nothing has been said here yet. Type / below to see what the bot can do."
    : `${app.personName(app.me)} is not in this channel and sees nothing of it.`;
  return h("p", { class: "empty" }, said);
}

function days(app, place, roots, replies) {
  let before = "";
  return roots.flatMap((root, number) => {
    const day = dayOf(Number(root.ts), app.state.now);
    const heading = day === before ? null : h("li", { key: `day-${day}`, class: "day" }, h("span", null, day));
    before = day;
    const follows = !heading && !root.blocks?.length && goesOn(roots[number - 1], root);
    return [heading, message(app, place, root, { replies: replies.get(root.ts) ?? [], follows })];
  });
}

/** Whether somebody just goes on speaking: then their name need not stand there again. */
function goesOn(before, now) {
  return before && before.user === now.user && !before.private && !now.private && !now.edited && Number(now.ts) - Number(before.ts) < 300;
}

/** The thread pane, or nothing where its message is not seen (any more). */
export function thread(app, place, ts) {
  const found = app.state.messages[place.id] ?? [];
  const root = found.find((one) => one.ts === ts);
  if (!root) return null;
  const replies = found.filter((one) => isReply(one) && one.thread_ts === ts);
  return h("aside", { key: "thread", class: "pane thread", "aria-label": "Thread", "data-pane": "thread" },
    h("header", { class: "pane-head" },
      h("h2", null, "Thread", h("small", null, place.im ? place.title : `#${place.name}`)),
      h("button", { type: "button", class: "quiet", "data-do": "close-thread", "aria-label": "Close the thread", onclick: () => app.show({ thread: null }) }, "×")),
    h("div", { key: `scroll-${ts}`, class: "scroll", "data-stick": "", tabindex: "0", role: "group", "aria-label": "Messages of the thread" },
      h("ol", { class: "messages" },
        message(app, place, root, { inThread: true }),
        h("li", { key: "count", class: "day" }, h("span", null, replies.length ? counted(replies.length) : "No replies yet")),
        replies.map((reply, number) => message(app, place, reply, { inThread: true, follows: goesOn(replies[number - 1], reply) })))),
    place.member || place.im
      ? widget(composer, { key: `${app.me}|${place.id}|${ts}`, app, channel: place.id, thread: ts, label: "Reply in the thread" })
      : null);
}

const counted = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

function message(app, place, held, { replies = [], inThread = false, follows = false }) {
  const isBot = held.bot;
  // Slackbot speaks too: it tells that a command reached nobody.
  const other = isBot && held.user !== app.state.bot.id && app.state.bots.find((one) => one.id === held.user);
  const name = other ? other.real_name || other.name : isBot ? app.state.bot.name : app.personName(held.user);
  const source = new Source(app, { channel: place.id, ts: held.ts }, held.blocks);
  const body = held.blocks?.length ? blocks(held.blocks, source) : h("div", { class: "block text" }, app.mrkdwn(held.text));
  const kind = ["message", held.private ? "private" : "", follows ? "follows" : ""].join(" ").trim();
  const time = clock(Number(held.ts));
  const moment = h("time", { datetime: new Date(Number(held.ts) * 1000).toISOString(), title: whole(Number(held.ts)) }, time);
  const edited = held.edited ? h("span", { class: "edited" }, "(edited)") : null;
  return h("li", { key: held.ts, class: kind, "data-ts": held.ts, "data-private": held.private ? "" : undefined, tabindex: "-1" },
    h("span", { class: isBot ? "avatar bot" : `avatar tint-${tint(held.user)}`, "aria-hidden": "true" }, follows ? time : isBot ? initials(name).slice(0, 1) : initials(name)),
    h("div", { class: "said" },
      held.private ? h("p", { class: "whisper" }, "Only visible to you") : null,
      follows
        ? [h("p", { class: "unseen" }, name, " ", moment), edited]
        : h("p", { class: "by" }, h("strong", null, name), isBot ? h("span", { class: "app" }, "app") : null, moment, edited),
      h("div", { class: "body" }, body),
      replies.length ? teaser(app, held, replies) : null),
    more(app, place, held, name, inThread));
}

function teaser(app, root, replies) {
  const said = h("button", {
    type: "button",
    class: "replies",
    "data-do": "thread",
    "data-value": root.ts,
    "aria-expanded": String(app.ui.thread === root.ts),
    onclick: () => app.show({ thread: root.ts }),
  }, h("strong", null, counted(replies.length)), h("span", { class: "muted" }, `last at ${clock(Number(replies.at(-1).ts))}`));
  return said;
}

/** The "…" of a message: answering in a thread, and the app's message shortcuts. */
function more(app, place, held, name, inThread) {
  const close = (event) => {
    const menu = event.currentTarget.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
  };
  const item = (label, data, use) => h("button", { type: "button", ...data, onclick: (event) => {
    close(event);
    use();
  } }, label);
  const shortcuts = app.state.shortcuts.map((one) => item(one.name, { "data-do": "shortcut", "data-value": one.callback_id }, () =>
    app.act({ do: "shortcut", channel: place.id, ts: held.ts, callback_id: one.callback_id })));
  // Slack offers neither on a message that only one person sees.
  if (held.private) return null;
  const reply = inThread ? null : item("Reply in thread", { "data-do": "open-thread", "data-value": held.ts }, () => {
    app.show({ thread: held.ts });
    document.querySelector(".thread textarea")?.focus();
  });
  if (!reply && !shortcuts.length) return null;
  return h("details", { class: "menu more" },
    h("summary", { class: "quiet", "aria-label": `More for the message of ${name} at ${clock(Number(held.ts))}`, "data-do": "more" }, "…"),
    h("div", { class: "menu-list" }, reply, shortcuts));
}

const initials = (name) => name.split(/[\s._-]+/).filter(Boolean).slice(0, 2).map((part) => part[0].toUpperCase()).join("");
const tint = (id) => [...String(id)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
