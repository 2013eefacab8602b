// rich_text blocks and `markdown` blocks as descriptions of elements.

import { h } from "./dom.js";
import { anchor, mention } from "./mrkdwn.js";
import { dated } from "./times.js";

/** A rich_text block: sections, lists, quotes, preformatted. */
export function richText(block, app) {
  return h("div", { class: "rich" }, (block.elements ?? []).map((part) => richPart(part, app)));
}

function richPart(part, app) {
  const inside = () => (part.elements ?? []).map((leaf) => richLeaf(leaf, app));
  switch (part.type) {
    case "rich_text_list": {
      const items = (part.elements ?? []).map((item) => h("li", null, (item.elements ?? []).map((leaf) => richLeaf(leaf, app))));
      const deep = part.indent ? `deep-${Math.min(part.indent, 4)}` : undefined;
      return h(part.style === "ordered" ? "ol" : "ul", { class: deep, start: part.offset ? part.offset + 1 : undefined }, items);
    }
    case "rich_text_quote":
      return h("blockquote", null, inside());
    case "rich_text_preformatted":
      return h("pre", { tabindex: "0" }, h("code", null, inside()));
    default:
      return h("p", { class: "lines" }, inside());
  }
}

function richLeaf(leaf, app) {
  const styled = (kid) => {
    const style = leaf.style ?? {};
    let found = kid;
    if (style.code) found = h("code", null, found);
    if (style.strike) found = h("s", null, found);
    if (style.italic) found = h("em", null, found);
    if (style.bold) found = h("strong", null, found);
    return found;
  };
  switch (leaf.type) {
    case "link":
      return styled(anchor(leaf.url ?? "", leaf.text));
    case "user":
      return styled(mention(`@${app.personName(leaf.user_id)}`, leaf.user_id === app.state.me));
    case "usergroup":
      return styled(mention(`@${app.groupName(leaf.usergroup_id)}`));
    case "channel":
      return styled(mention(`#${app.channelName(leaf.channel_id)}`));
    case "broadcast":
      return styled(mention(`@${leaf.range}`));
    case "emoji":
      return leaf.unicode ? String.fromCodePoint(...leaf.unicode.split("-").map((code) => parseInt(code, 16))) : `:${leaf.name}:`;
    case "date":
      return styled(dated(Number(leaf.timestamp), leaf.format ?? leaf.fallback ?? "", app.state.now));
    default:
      return styled(leaf.text ?? leaf.value ?? "");
  }
}

const MARKS = /(`[^`\n]+`)|(\[[^\]\n]*\]\([^)\s]+\))|(\*\*[^\n]+?\*\*)|(~~[^\n]+?~~)|((?<![\w*])\*[^*\n]+\*(?![\w*])|(?<!\w)_[^_\n]+_(?!\w))/;

function marked(text) {
  const found = MARKS.exec(text);
  if (!found) return text;
  const [whole, code, link, strong, strike] = found;
  let drawn;
  if (code) drawn = h("code", null, code.slice(1, -1));
  else if (link) {
    const [, label, address] = /^\[(.*)\]\((.*)\)$/.exec(link);
    drawn = anchor(address, label, marked(label));
  } else if (strong) drawn = h("strong", null, marked(strong.slice(2, -2)));
  else if (strike) drawn = h("s", null, marked(strike.slice(2, -2)));
  else drawn = h("em", null, marked(whole.slice(1, -1)));
  return [text.slice(0, found.index), drawn, marked(text.slice(found.index + whole.length))];
}

/** A markdown block: the common part of the dialect, line by line. */
export function markdown(text) {
  const found = [];
  const last = (tag) => {
    if (found.at(-1)?.tag !== tag) found.push(h(tag, null));
    return found.at(-1);
  };
  text.split(/^```\w*\n([\s\S]*?)^```$/m).forEach((part, place) => {
    if (place % 2) {
      found.push(h("pre", { tabindex: "0" }, h("code", null, part.replace(/\n$/, ""))));
      return;
    }
    for (const line of part.split("\n")) {
      const heading = /^(#{1,6})\s+(.*)$/.exec(line);
      const bullet = /^\s*[-*+]\s+(.*)$/.exec(line);
      const number = /^\s*\d+[.)]\s+(.*)$/.exec(line);
      const quote = /^>\s?(.*)$/.exec(line);
      if (heading) found.push(h("p", { class: "heading" }, marked(heading[2])));
      else if (/^(-{3,}|\*{3,})$/.test(line.trim())) found.push(h("hr", null));
      else if (bullet) last("ul").kids.push(h("li", null, marked(bullet[1])));
      else if (number) last("ol").kids.push(h("li", null, marked(number[1])));
      else if (quote) last("blockquote").kids.push(h("span", { class: "line" }, marked(quote[1])));
      else if (line.trim()) found.push(h("p", null, marked(line)));
    }
  });
  return h("div", { class: "rich" }, found);
}
