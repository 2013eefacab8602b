// Block Kit as descriptions of elements, as Slack shows it.

import { h } from "./dom.js";
import { element, image } from "./elements.js";
import { markdown, richText } from "./rich.js";

/** All blocks of a message or view. Blocks of a view keep their node by block_id, so that inputs keep what was typed. */
export function blocks(list, source, errors = {}) {
  const keyed = "view" in source.place;
  return (list ?? []).map((block) => {
    const draw = DRAWN[block.type];
    const drawn = draw ? draw(block, source, errors) : unknown(block);
    if (keyed && block.block_id) drawn.props.key = drawn.key = block.block_id;
    drawn.props["data-block"] = block.block_id;
    return drawn;
  });
}

const DRAWN = {
  header: (block) => h("div", { class: "block header", role: "heading", "aria-level": "3" }, block.text.text),
  divider: () => h("hr", { class: "block" }),
  section,
  context,
  actions,
  input,
  table,
  plan,
  task_card: (block, source) => task(block, source),
  container,
  image: (block) => h("figure", { class: "block" }, block.title ? h("figcaption", null, block.title.text) : null, image(block)),
  rich_text: (block, source) => h("div", { class: "block" }, richText(block, source.app)),
  markdown: (block) => h("div", { class: "block" }, markdown(block.text ?? "")),
  alert: (block, source) => h("div", { class: `block alert ${block.level ?? ""}` }, source.app.text(block.text)),
  card,
};

function unknown(block) {
  return h("p", { class: "block unknown" }, `[a block of type ${block.type}, which this page does not draw]`);
}

function section(block, source) {
  const { app } = source;
  return h("div", { class: "block section" },
    h("div", { class: "grow" },
      block.text ? h("div", { class: "text" }, app.text(block.text)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, app.text(field)))) : null),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, source)) : null);
}

function context(block, source) {
  return h("div", { class: "block context" }, block.elements.map((part) =>
    part.type === "image" ? image(part) : h("span", { class: "text" }, source.app.text(part))));
}

function actions(block, source) {
  return h("div", { class: "block actions" }, block.elements.map((part) => element(part, block, source)));
}

const GROUPED = new Set(["checkboxes", "radio_buttons"]);

function input(block, source, errors) {
  const part = block.element;
  const id = source.id(block, part);
  const problem = errors[block.block_id];
  const [label, hint] = [`${id}-label`, `${id}-hint`];
  const field = {
    labelled: label,
    hint: block.hint || problem ? hint : undefined,
    invalid: Boolean(problem),
    required: !block.optional,
  };
  const words = [block.label.text, block.optional ? h("span", { class: "muted" }, " (optional)") : null];
  // A group of choices has no single field that a label could point at.
  const title = GROUPED.has(part.type) ? h("div", { id: label, class: "label" }, words) : h("label", { id: label, for: id, class: "label" }, words);
  return h("div", { class: problem ? "block input invalid" : "block input" }, title,
    element(part, block, source, field),
    h("div", { id: hint, class: "hints", hidden: !field.hint },
      problem ? h("p", { class: "error" }, problem) : null,
      block.hint ? h("p", { class: "hint" }, block.hint.text) : null));
}

function table(block, source) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (held, column) => {
    const { align, is_wrapped: wrapped } = settings[column] ?? {};
    const names = [align && align !== "left" ? align : "", wrapped ? "wrapped" : ""].join(" ").trim();
    return h(tag, { class: names || undefined, scope: tag === "th" ? "col" : undefined },
      held.type === "rich_text" ? richText(held, source.app) : (held.text ?? ""));
  };
  const [head, ...rows] = block.rows;
  // A long table scrolls in its own box; the box takes the focus, so that keys can scroll it.
  return h("div", { class: "block table", tabindex: "0", role: "group", "aria-label": `Table of ${rows.length} rows` },
    h("table", null,
      h("thead", null, h("tr", null, head.map(cell("th")))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map(cell("td")))))));
}

const STANDS = {
  pending: ["○", "waiting"],
  in_progress: ["◐", "in progress"],
  complete: ["✓", "done"],
  error: ["✗", "error"],
};

function task(card, source, tag = "div") {
  const [sign, said] = STANDS[card.status] ?? ["·", card.status];
  const sources = card.sources ?? [];
  return h(tag, { key: card.task_id, class: `block task ${card.status}`, "data-task": card.task_id, "data-status": card.status },
    h("span", { class: "sign", role: "img", "aria-label": said }, sign),
    h("div", { class: "grow" },
      h("div", { class: "text" }, card.title),
      card.details ? h("div", { class: "muted" }, richText(card.details, source.app)) : null,
      card.output ? richText(card.output, source.app) : null,
      sources.length ? h("div", { class: "sources" }, sources.map((one) =>
        h("a", { href: /^https?:/i.test(one.url) ? one.url : undefined, target: "_blank", rel: "noopener noreferrer" }, one.text))) : null));
}

function plan(block, source) {
  return h("div", { class: "block plan" },
    h("div", { class: "plan-title" }, block.title),
    h("ol", { class: "tasks" }, (block.tasks ?? []).map((card) => task(card, source, "li"))));
}

function container(block, source, errors) {
  const title = block.rich_text_title ? richText(block.rich_text_title, source.app) : source.app.text(block.title);
  const heading = [h("span", { class: "container-title" }, title), block.subtitle ? h("small", null, source.app.text(block.subtitle)) : null];
  const inside = h("div", { class: "container-body" }, blocks(block.child_blocks, source, errors));
  if (!block.is_collapsible) return h("div", { class: "block container" }, h("div", { class: "container-head" }, heading), inside);
  // `open` is set once; afterwards it is the reader's, as the patch leaves unchanged attributes alone.
  return h("details", { class: "block container", open: !block.default_collapsed }, h("summary", null, heading), inside);
}

function card(block, source) {
  const { app } = source;
  return h("div", { class: "block card" },
    block.title ? h("strong", null, app.text(block.title)) : null,
    block.subtitle ? h("small", null, app.text(block.subtitle)) : null,
    block.body ? h("div", { class: "text" }, app.text(block.body)) : null,
    block.actions ? h("div", { class: "actions" }, block.actions.map((part) => element(part, block, source))) : null);
}
