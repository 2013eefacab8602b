// The line people type in: commands with completion, machine names, plain messages.

import { h, patch } from "./dom.js";

const MOST = 8;

/** What could stand instead of what is typed: `{fill, title, note}`; `first`: Enter takes the first one. */
export function completions(text, caret, state) {
  if (!text.startsWith("/")) return { list: [], first: false };
  const typed = text.slice(0, caret);
  const space = typed.indexOf(" ");
  if (space < 0) {
    const said = typed.toLowerCase();
    const fits = (known) => known.command.toLowerCase().includes(said.slice(1));
    const list = state.commands
      .filter(fits)
      .sort((one, other) => Number(other.command.startsWith(said)) - Number(one.command.startsWith(said)))
      .map((known) => ({ fill: `${known.command} `, title: `${known.command} ${known.usage_hint ?? ""}`.trim(), note: known.description }));
    // A whole command is sent by Enter, not completed to itself.
    return { list, first: !state.commands.some((known) => known.command === said) };
  }
  const known = state.commands.find((one) => one.command === typed.slice(0, space).toLowerCase());
  if (!known) return { list: [], first: false };
  const start = typed.lastIndexOf(" ") + 1;
  const word = typed.slice(start).toLowerCase();
  const names = state.names.filter((name) => name.toLowerCase() !== word);
  const leading = names.filter((name) => name.toLowerCase().startsWith(word));
  const within = word ? names.filter((name) => name.toLowerCase().includes(word) && !leading.includes(name)) : [];
  const list = [...leading, ...within].slice(0, MOST).map((name) => ({ fill: `${typed.slice(0, start)}${name} `, title: name }));
  if (!typed.slice(space).trim()) {
    const example = (one) => (one.startsWith("/") ? one : `${known.command} ${one}`);
    list.unshift(...(known.examples ?? []).slice(0, 4).map((one) => ({ fill: example(one), title: example(one), note: "an example" })));
  }
  return { list, first: false, usage: `${known.command} ${known.usage_hint ?? ""}`.trim() };
}

/** A widget. Props: `app`, `key`, `channel`, `thread` (a ts or null), `label`. */
export function composer(first) {
  const node = document.createElement("form");
  node.className = "composer";
  let props = first;
  let found = { list: [], first: false };
  let active = -1;
  let refused = "";
  const id = `composer-${(first.thread ?? "channel").replace(/\W/g, "-")}`;
  const field = () => node.querySelector("textarea");

  const drafts = () => props.app.drafts;

  function look() {
    const { value, selectionStart } = field();
    drafts().set(props.key, value);
    refused = "";
    found = props.thread ? { list: [], first: false } : completions(value, selectionStart, props.app.state);
    active = found.first && found.list.length ? 0 : -1;
    draw();
    grow();
  }

  function grow() {
    const rows = Math.min(field().value.split("\n").length, 6);
    field().rows = rows;
  }

  function write(text) {
    field().value = text;
    field().setSelectionRange(text.length, text.length);
    look();
  }

  function take(place) {
    const { fill } = found.list[place];
    const { value, selectionStart } = field();
    write(fill + value.slice(selectionStart).trimStart());
    field().setSelectionRange(fill.length, fill.length);
    field().focus();
  }

  function shut() {
    found = { ...found, list: [], usage: undefined };
    active = -1;
    draw();
  }

  async function send() {
    const text = field().value.trim();
    if (!text) return;
    if (text.startsWith("/") && props.thread) {
      refused = "Slack takes no commands in threads: use the buttons there, or write the command in the channel.";
      draw();
      return;
    }
    const { app, channel, thread, key } = props;
    write("");
    const what = text.startsWith("/") ? { do: "command", channel, text } : { do: "say", channel, text, ...(thread ? { thread } : {}) };
    const answer = await app.act(what);
    // What could not be sent is given back, unless something else is being typed by now.
    if (!answer.ok && props.key === key && !field().value) write(text);
  }

  function keydown(event) {
    if (event.isComposing) return;
    const count = found.list.length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      active = active < 0 && step < 0 ? count - 1 : (active + step + count) % count;
      draw();
    } else if (event.key === "Tab" && count && !event.shiftKey) {
      event.preventDefault();
      take(Math.max(active, 0));
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      event.stopPropagation();
      shut();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (active >= 0) take(active);
      else send();
    }
  }

  const option = (one, place) => h("li", {
    key: one.fill,
    id: `${id}-${place}`,
    role: "option",
    class: place === active ? "active" : undefined,
    "aria-selected": String(place === active),
    "data-value": one.fill.trim(),
    onmousedown: (event) => event.preventDefault(),
    onclick: () => take(place),
  }, h("span", null, one.title), one.note ? h("small", null, one.note) : null);

  function draw() {
    const open = found.list.length > 0;
    const note = refused || (found.usage ? `Usage: ${found.usage}` : "");
    patch(node,
      h("ul", { key: "list", id: `${id}-list`, class: "choices above", role: "listbox", "aria-label": "Completions", hidden: !open }, found.list.map(option)),
      h("p", { key: "note", id: `${id}-note`, class: refused ? "note error" : "note", role: "status", hidden: !note }, note),
      h("div", { key: "row", class: "composer-row" },
        h("textarea", {
          rows: "1",
          "aria-label": props.label,
          placeholder: props.thread ? "Reply…" : "/ for commands, or a message",
          "data-do": props.thread ? "reply" : "compose",
          "aria-autocomplete": props.thread ? undefined : "list",
          "aria-haspopup": props.thread ? undefined : "listbox",
          "aria-controls": `${id}-list`,
          "aria-activedescendant": open && active >= 0 ? `${id}-${active}` : undefined,
          "aria-describedby": note ? `${id}-note` : undefined,
          value: drafts().get(props.key) ?? "",
          oninput: look,
          onkeydown: keydown,
          onblur: shut,
        }),
        h("button", { type: "submit", class: "button primary", "data-do": props.thread ? "send-reply" : "send" }, "Send")));
    node.querySelector(".choices .active")?.scrollIntoView({ block: "nearest" });
  }

  node.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    field().focus();
  });
  draw();
  return {
    node,
    update(next) {
      props = next;
      draw();
    },
  };
}
