// A field that completes what is typed from a list: one choice, or several shown as chips.

import { h, patch } from "./dom.js";

const DEBOUNCE = 150;

/**
 * A widget. Props: `id`, `action`, `label`, `hint` (an id), `placeholder`, `invalid`, `required`, `many`, `most`,
 * `chosen` (a list of options), `least` (letters before the list is asked for),
 * `find(text)` -> promise of `{options, option_groups, problem}`, `choose(list)`.
 */
export function combobox(first) {
  const node = document.createElement("div");
  node.className = "combobox";
  let props = first;
  let typed = null; // What is in the field while somebody types; null: the field shows what is chosen.
  let open = false;
  let groups = [];
  let note = "";
  let active = -1;
  let asked = 0;
  let timer = 0;
  let hasty = false; // Enter was pressed before the list for the last letters came.

  const flat = () => groups.flatMap((group) => group.options);
  const field = () => node.querySelector("input");
  const said = () => typed ?? (props.many ? "" : (props.chosen[0]?.text?.text ?? ""));
  const optionId = (place) => `${props.id}-option-${place}`;

  async function ask() {
    const text = typed ?? "";
    if (text.length < (props.least ?? 0)) {
      groups = [];
      note = `Type at least ${props.least} letters.`;
      return draw();
    }
    const mine = ++asked;
    note = flat().length ? note : "Looking…";
    draw();
    const found = await props.find(text);
    // An answer that comes late belongs to letters that are no longer there.
    if (mine !== asked || !open) return undefined;
    groups = (found.option_groups?.length ? found.option_groups : [{ options: found.options ?? [] }]).map((group) => ({
      label: group.label?.text ?? "",
      options: group.options,
    }));
    const count = flat().length;
    note = found.problem || (count ? `${count} ${count === 1 ? "choice" : "choices"}` : "Nothing fits what was typed.");
    // The one whose whole name was typed, wherever the bot put it, else the first.
    const whole = flat().findIndex((option) => option.text.text.toLowerCase() === text.toLowerCase());
    active = count ? Math.max(whole, 0) : -1;
    // Nobody could see this list yet: only what was meant without doubt is taken.
    if (hasty && (count === 1 || whole >= 0)) return choose(flat()[active]);
    hasty = false;
    return draw();
  }

  function show() {
    if (open) return;
    open = true;
    active = -1;
    ask();
  }

  function close(keep = false) {
    clearTimeout(timer);
    asked += 1;
    open = false;
    hasty = false;
    if (!keep) typed = null;
    groups = [];
    note = "";
    draw();
    field().value = said();
  }

  function choose(option) {
    const { text, value } = option;
    if (!props.many) {
      props = { ...props, chosen: [{ text, value }] };
      close();
    } else {
      const others = props.chosen.filter((chosen) => chosen.value !== value);
      const taken = others.length < props.chosen.length ? others : [...others, { text, value }];
      if (props.most && taken.length > props.most) return;
      props = { ...props, chosen: taken };
      typed = null;
      field().value = "";
      close();
    }
    props.choose(props.chosen);
  }

  function input(event) {
    typed = event.target.value;
    open = true;
    // The list is still the one of other letters: Enter must not take from it.
    active = -1;
    hasty = false;
    asked += 1;
    clearTimeout(timer);
    timer = setTimeout(ask, DEBOUNCE);
    if (!typed && !props.many && props.chosen.length) {
      // An emptied field means that nothing is chosen.
      props = { ...props, chosen: [] };
      props.choose([]);
    }
    draw();
  }

  function keydown(event) {
    const count = flat().length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return show();
      const step = event.key === "ArrowDown" ? 1 : -1;
      active = count ? (active + step + count) % count : -1;
      draw();
    } else if (event.key === "Enter") {
      // Whoever picks something by Enter must not send the whole form with the next one.
      event.preventDefault();
      if (!open) show();
      else if (active >= 0) choose(flat()[active]);
      else hasty = true;
    } else if (event.key === "Escape" && open) {
      // Only the list closes, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && props.many && !event.target.value && props.chosen.length) {
      props = { ...props, chosen: props.chosen.slice(0, -1) };
      props.choose(props.chosen);
      draw();
    }
    return undefined;
  }

  function chips() {
    if (!props.many || !props.chosen.length) return null;
    const chip = (option) =>
      h("li", { key: option.value }, option.text.text, h("button", {
        type: "button",
        class: "quiet",
        "aria-label": `Remove ${option.text.text}`,
        "data-remove": option.value,
        onclick: () => {
          choose(option);
          field().focus();
        },
      }, "×"));
    return h("ul", { key: "chips", class: "chips", "aria-label": "Chosen" }, props.chosen.map(chip));
  }

  function row(option, place) {
    const chosen = props.chosen.some((one) => one.value === option.value);
    return h("li", {
      key: option.value,
      id: optionId(place),
      role: "option",
      class: place === active ? "active" : undefined,
      "aria-selected": String(chosen),
      "data-value": option.value,
      // The field keeps the focus: otherwise its blur would close the list before the click arrives.
      onmousedown: (event) => event.preventDefault(),
      onclick: () => choose(option),
    }, h("span", null, option.text.text), option.description ? h("small", null, option.description.text) : null);
  }

  function list() {
    let place = 0;
    return groups.map((group, number) => {
      const rows = group.options.map((option) => row(option, place++));
      if (!group.label) return rows;
      const label = `${props.id}-group-${number}`;
      return h("li", { key: label, role: "presentation" }, h("span", { id: label, class: "group" }, group.label),
        h("ul", { role: "group", "aria-labelledby": label }, rows));
    });
  }

  function draw() {
    const count = flat().length;
    patch(node, chips(), h("input", {
      key: "field",
      id: props.id,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: props.placeholder,
      "data-action": props.action,
      "data-value": props.chosen.map((option) => option.value).join(" ") || undefined,
      "aria-label": props.label,
      "aria-describedby": props.hint,
      "aria-invalid": props.invalid ? "true" : undefined,
      "aria-required": props.required ? "true" : undefined,
      "aria-autocomplete": "list",
      "aria-expanded": String(open && count > 0),
      "aria-controls": `${props.id}-list`,
      "aria-activedescendant": open && active >= 0 ? optionId(active) : undefined,
      value: said(),
      oninput: input,
      onkeydown: keydown,
      onclick: show,
      onblur: () => close(),
    }), h("ul", {
      key: "list",
      id: `${props.id}-list`,
      class: "choices",
      role: "listbox",
      "aria-label": props.label ?? "Choices",
      hidden: !open || !count,
    }, list()), h("p", { key: "note", class: "note", role: "status", hidden: !open || !note }, note));
    node.querySelector(".choices .active")?.scrollIntoView({ block: "nearest" });
  }

  draw();
  return {
    node,
    update(next) {
      props = next;
      draw();
    },
  };
}
