// Slack's own markup as descriptions of elements. Everything foreign ends as text, links only lead to the web.

import { h } from "./dom.js";
import { dated, lowered } from "./times.js";

const BRACKETS = /<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>/;
const ATOMS = new RegExp(`\`([^\`\\n]+)\`|${BRACKETS.source}`, "g");
const EMPHASIS = /(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])/;
const BARE_LINK = /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"])/;
const PERMALINK = /^https?:\/\/[^/]+\/archives\/(\w+)\/p(\d{10})(\d{6})(?:\?(?:.*&)?thread_ts=([\d.]+))?/;
const TAGS = { "*": "strong", _: "em", "~": "s" };
// Stand-ins for what was cut out (code, links) while emphasis is read; from the private use area.
const STAND_IN = /\uE000(\d+)\uE001/;

/** One mrkdwn text. `verbatim`: bare addresses stay text, as the sender asked. */
export function mrkdwn(text, app, verbatim = false) {
  const clean = String(text ?? "").replace(/[\uE000\uE001]/g, "\uFFFD");
  return clean.split(/```([\s\S]*?)```/).map((part, place, parts) => {
    if (place % 2) return h("pre", { tabindex: "0" }, h("code", null, unescaped(part.replace(/^\n|\n$/g, ""))));
    const before = place > 0 ? part.replace(/^\n/, "") : part;
    return lines(place < parts.length - 1 ? before.replace(/\n$/, "") : before, app, verbatim);
  });
}

/** An address that may be followed, or nothing: `javascript:` and the like are only shown. */
export function anchor(address, label, kids, app) {
  const shown = kids ?? label ?? address;
  const own = PERMALINK.exec(address);
  // A message of this very workspace: the page goes there itself.
  if (own && app?.channelName(own[1]) !== own[1]) {
    const [, channel, seconds, rest, thread] = own;
    const go = (event) => {
      event.preventDefault();
      app.visit(channel, `${seconds}.${rest}`, thread);
    };
    return h("a", { href: `#in=${channel}`, "data-do": "visit", onclick: go }, shown);
  }
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return h("span", null, shown);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}

export const mention = (text, mine = false) => h("span", { class: mine ? "mention mine" : "mention" }, text);

function lines(text, app, verbatim) {
  const found = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) found.push(h("span", { class: "lines" }, inline(paragraph.join("\n"), app, verbatim)));
    paragraph = [];
  };
  let quote = null;
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quoted) {
      flush();
      if (!quote) found.push((quote = h("blockquote", null)));
      quote.kids.push(h("span", { class: "line" }, inline(quoted[1] || "\u00A0", app, verbatim)));
      continue;
    }
    quote = null;
    const bullet = /^(\s*)([•◦▪]|\d{1,2}\.)\s+(.*)$/.exec(line);
    if (bullet) {
      flush();
      // The sign hangs out, so that a long line wraps beside it and not below it.
      const deep = bullet[1].length > 1 ? "bullet deep" : "bullet";
      found.push(h("span", { class: deep }, h("span", { class: "hangs" }, `${bullet[2]} `), h("span", null, inline(bullet[3], app, verbatim))));
    } else paragraph.push(line);
  }
  if (text) flush();
  return found;
}

function inline(text, app, verbatim) {
  const atoms = [];
  const cut = text.replace(ATOMS, (whole, code, sign, what, label, at) => {
    const leads = at === 0 || text[at - 1] === "\n";
    atoms.push(code !== undefined ? h("code", null, unescaped(code)) : bracket(sign, what, label, app, leads));
    return `\uE000${atoms.length - 1}\uE001`;
  });
  return emphasis(cut, atoms, verbatim);
}

function emphasis(text, atoms, verbatim) {
  const found = EMPHASIS.exec(text);
  if (!found) return leaf(text, atoms, verbatim);
  const after = text.slice(found.index + found[0].length);
  return [
    leaf(text.slice(0, found.index), atoms, verbatim),
    h(TAGS[found[1]], null, emphasis(found[2], atoms, verbatim)),
    emphasis(after, atoms, verbatim),
  ];
}

function leaf(text, atoms, verbatim) {
  return text.split(STAND_IN).map((part, place) => {
    if (place % 2) return atoms[Number(part)];
    if (verbatim) return unescaped(part);
    return part.split(BARE_LINK).map((piece, odd) => (odd % 2 ? anchor(unescaped(piece)) : unescaped(piece)));
  });
}

function bracket(sign, what, label, app, leads) {
  const said = label === undefined ? undefined : unescaped(label);
  if (sign === "@") return mention(`@${app.personName(what, said)}`, what === app.state.me);
  if (sign === "#") return mention(`#${app.channelName(what, said)}`);
  if (sign === "!") {
    const [kind, ...rest] = what.split("^");
    if (kind === "date") {
      const [stamp, pattern, address] = rest;
      const full = dated(Number(stamp), unescaped(pattern ?? ""), app.state.now);
      const moment = leads ? full : lowered(full);
      const time = h("time", { datetime: new Date(Number(stamp) * 1000).toISOString(), title: said }, moment);
      return address ? anchor(unescaped(address), moment, time) : time;
    }
    if (kind === "subteam") return mention(`@${app.groupName(rest[0], said?.replace(/^@/, ""))}`);
    return mention(said ?? `@${kind}`);
  }
  return anchor(unescaped(what), said, undefined, app);
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
