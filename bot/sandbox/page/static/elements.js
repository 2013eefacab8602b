// What can be pressed, chosen and filled in. Each carries `data-action` (its action_id) and, where it has one, `data-value`.

import { combobox } from "./combobox.js";
import { confirmed } from "./confirm.js";
import { h, widget } from "./dom.js";

/** Draws one element; `field` is `{labelled, hint, invalid, required, dispatches}`, how an input block frames it. */
export function element(part, block, source, field = {}) {
  const draw = DRAWN[part.type] ?? (LISTED.test(part.type) ? picker : null);
  return draw ? draw(part, block, source, field) : h("span", { class: "unknown" }, `[${part.type}]`);
}

const LISTED = /^(multi_)?(external|static|users|conversations|channels)_select$/;

const DRAWN = {
  button,
  workflow_button: button,
  overflow,
  image,
  static_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  checkboxes: choices,
  radio_buttons: choices,
  plain_text_input: text,
  email_text_input: text,
  url_text_input: text,
  number_input: text,
  datepicker: (...args) => native("date", ...args),
  timepicker: (...args) => native("time", ...args),
  datetimepicker: (...args) => native("datetime-local", ...args),
};

/** An element inside an input block only tells the bot when it asks for that; anywhere else it always does. */
const tells = (block) => block.type !== "input" || block.dispatch_action;

async function use(part, block, source, what) {
  if (part.confirm && !(await confirmed(part.confirm, source.app))) return false;
  await source.press(block, part, what);
  return true;
}

function aria(part, block, source, field) {
  return {
    id: source.id(block, part),
    "data-action": part.action_id,
    "aria-label": field.labelled ? undefined : (part.accessibility_label ?? part.placeholder?.text ?? block.text?.text ?? part.action_id),
    "aria-describedby": field.hint,
    "aria-invalid": field.invalid ? "true" : undefined,
    "aria-required": field.required ? "true" : undefined,
  };
}

function button(part, block, source) {
  const label = part.text?.text ?? "";
  const props = {
    key: `${part.action_id}|${part.value ?? ""}`,
    class: part.style ? `button ${part.style}` : "button",
    "data-action": part.action_id,
    "data-value": part.value,
    "aria-label": part.accessibility_label,
  };
  const press = async (event) => {
    const node = event.currentTarget;
    // A second press before the first one was taken is a slip; aria-disabled keeps the focus where it is.
    if (node.getAttribute("aria-disabled")) return;
    node.setAttribute("aria-disabled", "true");
    try {
      await use(part, block, source, { value: part.value ?? "" });
    } finally {
      node.removeAttribute("aria-disabled");
    }
  };
  if (part.url && /^https?:\/\//i.test(part.url)) {
    return h("a", { ...props, href: part.url, target: "_blank", rel: "noopener noreferrer", onclick: press }, label);
  }
  return h("button", { ...props, type: "button", onclick: press }, label);
}

function overflow(part, block, source) {
  const choose = (option) => async (event) => {
    event.currentTarget.closest("details").open = false;
    await use(part, block, source, { option: { text: option.text, value: option.value } });
  };
  return h("details", { key: part.action_id, class: "menu" },
    h("summary", { class: "button", "aria-label": part.accessibility_label ?? "More", "data-action": part.action_id }, "…"),
    h("div", { class: "menu-list" }, part.options.map((option) =>
      h("button", { type: "button", "data-action": part.action_id, "data-value": option.value, onclick: choose(option) }, option.text.text))));
}

/** The page asks nobody outside this machine: a picture is told by its words. */
export function image(part) {
  return h("span", { class: "image", role: "img", "aria-label": part.alt_text }, part.alt_text);
}

function offered(part, source) {
  const { people, channels } = source.app.state;
  if (part.type.includes("users_")) return people.filter((one) => !one.deleted).map((one) => named(one.real_name || one.name, one.id));
  if (part.type.includes("conversations_") || part.type.includes("channels_")) {
    return channels.filter((one) => !one.im).map((one) => named(`#${one.name}`, one.id));
  }
  return part.options ?? [];
}

const named = (text, value) => ({ text: { type: "plain_text", text }, value });
const isPlain = (part) => /users_|conversations_|channels_/.test(part.type);

function select(part, block, source, field) {
  const groups = part.option_groups?.length ? part.option_groups : [{ options: offered(part, source) }];
  const all = groups.flatMap((group) => group.options);
  const held = source.value(block, part);
  const chosen = isPlain(part) ? (held ?? "") : (held?.value ?? "");
  const change = async (event) => {
    const node = event.target;
    const option = all.find((one) => one.value === node.value);
    const value = !option ? null : isPlain(part) ? option.value : { text: option.text, value: option.value };
    if (!tells(block)) {
      source.fill(block, part, value);
      return source.app.redraw();
    }
    if (!value) return undefined;
    const before = source.value(block, part);
    source.fill(block, part, value);
    if (await use(part, block, source, isPlain(part) ? { selected: value } : { option: value })) return undefined;
    source.fill(block, part, before);
    node.value = chosen;
    return undefined;
  };
  const drawn = (option) => h("option", { key: option.value, value: option.value, "data-value": option.value },
    option.description ? `${option.text.text} — ${option.description.text}` : option.text.text);
  const told = all.find((option) => option.value === chosen)?.description?.text;
  const drawnSelect = h("select", { ...aria(part, block, source, field), value: chosen, onchange: change },
    h("option", { key: "", value: "" }, part.placeholder?.text ?? "Choose…"),
    groups.map((group) => (group.label ? h("optgroup", { label: group.label.text }, group.options.map(drawn)) : group.options.map(drawn))));
  // On a phone the field cuts what it shows of the choice; there it stands below in full.
  return h("div", { key: part.action_id, class: "select" }, drawnSelect, told ? h("small", { class: "told" }, told) : null);
}

/** Selects whose options are fetched, and those that take several. */
function picker(part, block, source, field) {
  const many = part.type.startsWith("multi_");
  const held = source.value(block, part);
  const known = offered(part, source);
  const full = (one) => (typeof one === "string" ? (known.find((option) => option.value === one) ?? named(one, one)) : one);
  const local = async (text) => {
    const fits = (option) => option.text.text.toLowerCase().includes(text.toLowerCase());
    const groups = part.option_groups ?? [{ options: known }];
    return { option_groups: groups.map((group) => ({ ...group, options: group.options.filter(fits) })) };
  };
  const bare = aria(part, block, source, field);
  return widget(combobox, {
    key: part.action_id,
    id: bare.id,
    action: part.action_id,
    label: bare["aria-label"],
    hint: field.hint,
    invalid: field.invalid,
    required: field.required,
    placeholder: part.placeholder?.text ?? "Type to search",
    many,
    most: part.max_selected_items,
    chosen: (many ? (held ?? []) : held ? [held] : []).map(full),
    least: part.type.includes("external") ? (part.min_query_length ?? 3) : 0,
    find: part.type.includes("external") ? (words) => source.options(block, part, words) : local,
    choose(list) {
      const kept = isPlain(part) ? list.map((one) => one.value) : list;
      source.fill(block, part, many ? kept : (kept[0] ?? null));
      if (tells(block) && (many || kept.length)) use(part, block, source, many ? { selected: kept } : { option: kept[0] });
    },
  });
}

function choices(part, block, source, field) {
  const many = part.type === "checkboxes";
  const held = source.value(block, part);
  const values = many ? (held ?? []).map((one) => one.value) : [held?.value];
  const group = source.id(block, part);
  const change = (option) => (event) => {
    const bare = { text: option.text, value: option.value };
    const others = (many ? (source.value(block, part) ?? []) : []).filter((one) => one.value !== option.value);
    const value = many ? (event.target.checked ? [...others, bare] : others) : bare;
    source.fill(block, part, value);
    if (tells(block)) use(part, block, source, many ? { selected: value } : { option: value });
  };
  const row = (option, place) => h("label", { key: option.value, class: "choice" },
    h("input", {
      type: many ? "checkbox" : "radio",
      name: group,
      id: place ? `${group}-${place}` : group,
      "data-action": part.action_id,
      "data-value": option.value,
      "aria-describedby": field.hint,
      "aria-invalid": field.invalid ? "true" : undefined,
      checked: values.includes(option.value),
      onchange: change(option),
    }),
    h("span", null, source.app.text(option.text), option.description ? h("small", null, source.app.text(option.description)) : null));
  const label = field.labelled ? undefined : (block.text?.text ?? "Choices");
  return h("div", { key: part.action_id, role: many ? "group" : "radiogroup", class: "choices-list", "aria-labelledby": field.labelled, "aria-label": label },
    part.options.map(row));
}

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "number" };

function text(part, block, source, field) {
  const on = part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = (value) => use(part, block, source, { value });
  const props = {
    key: part.action_id,
    ...aria(part, block, source, field),
    placeholder: part.placeholder?.text,
    maxlength: part.max_length,
    value: source.value(block, part) ?? "",
    oninput: (event) => {
      source.fill(block, part, event.target.value);
      if (tells(block) && on.includes("on_character_entered")) send(event.target.value);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing || !tells(block) || !on.includes("on_enter_pressed")) return;
      if (part.multiline && event.shiftKey) return;
      event.preventDefault();
      send(event.target.value);
    },
  };
  if (part.multiline) return h("textarea", { ...props, rows: "4" });
  const step = part.type === "number_input" ? (part.is_decimal_allowed ? "any" : "1") : undefined;
  return h("input", { ...props, type: TYPES[part.type] ?? "text", step, min: part.min_value, max: part.max_value, autocomplete: "off" });
}

function native(type, part, block, source, field) {
  const stamped = type === "datetime-local";
  const held = source.value(block, part);
  const change = (event) => {
    const given = event.target.value;
    const value = !given ? null : stamped ? Math.floor(new Date(given).getTime() / 1000) : given;
    source.fill(block, part, value);
    if (tells(block) && value) use(part, block, source, { selected: value });
  };
  return h("input", { key: part.action_id, type, ...aria(part, block, source, field), value: stamped && held ? localTime(held) : (held ?? ""), onchange: change });
}

function localTime(seconds) {
  const moment = new Date(seconds * 1000);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
