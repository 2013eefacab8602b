// The message or view that a block stands in: what is filled in there, and what is sent when something is used.

const MANY = /^(multi_|checkboxes$)/;

/** What an element holds before anybody touched it, in the form in which `state` carries it. */
export function initial(element) {
  if (element.initial_option) return { text: element.initial_option.text, value: element.initial_option.value };
  if (element.initial_options) return element.initial_options.map(({ text, value }) => ({ text, value }));
  const key = Object.keys(element).find((name) => name.startsWith("initial_"));
  return key ? element[key] : MANY.test(element.type) ? [] : null;
}

export const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

/** Every element that can be filled in, with its block: `[block, element]`. */
export function* fillable(blocks) {
  for (const block of blocks ?? []) {
    for (const element of [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]) {
      if (element?.action_id && !/^(button|workflow_button|overflow|image)$/.test(element.type)) yield [block, element];
    }
    yield* fillable(block.child_blocks);
  }
}

export class Source {
  /** `place` is `{channel, ts}` or `{view}`, as `press` names it; `blocks` are all blocks there. */
  constructor(app, place, blocks) {
    this.app = app;
    this.place = place;
    this.blocks = blocks;
    this.key = [app.me, ...Object.values(place)].join("|");
    // What people typed is kept beside the page: it outlives redraws, updates of the view and views on top of it.
    if (!app.fills.has(this.key)) app.fills.set(this.key, new Map());
    this.fills = app.fills.get(this.key);
  }

  /** A name that is unique on the page, for labels and hints. */
  id(block, element) {
    return `${this.key}|${block.block_id}|${element.action_id}`.replace(/[^\w-]/g, "-");
  }

  value(block, element) {
    const key = `${block.block_id}|${element.action_id}`;
    return this.fills.has(key) ? this.fills.get(key) : initial(element);
  }

  fill(block, element, value) {
    this.fills.set(`${block.block_id}|${element.action_id}`, value);
    this.app.filled(this, block);
  }

  /** Forgets what was filled in where nothing can be filled in any more, as Slack does when a view is updated. */
  forget() {
    const here = new Set([...fillable(this.blocks)].map(([block, element]) => `${block.block_id}|${element.action_id}`));
    for (const key of this.fills.keys()) if (!here.has(key)) this.fills.delete(key);
  }

  state() {
    const found = {};
    for (const [block, element] of fillable(this.blocks)) {
      (found[block.block_id] ??= {})[element.action_id] = this.value(block, element);
    }
    return found;
  }

  /** Sends that something was pressed or chosen; `what` is `{value}`, `{option}` or `{selected}`. */
  press(block, element, what) {
    return this.app.act({ do: "press", ...this.where(block, element), ...what, state: this.state() }, this);
  }

  options(block, element, text) {
    return this.app.ask({ do: "options", ...this.where(block, element), text });
  }

  where(block, element) {
    return { ...this.place, block_id: block.block_id, action_id: element.action_id };
  }
}
