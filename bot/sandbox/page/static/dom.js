// Descriptions of elements, and a patch that makes the page match them.
// Nodes are kept and changed in place, so that a redraw loses no focus, no scroll position and no typed text.
// Text only ever becomes text nodes: nothing that came from elsewhere is read as HTML.

const DRAWN = Symbol("what this node was drawn from");
const LIVE = Symbol("the widget behind this node");
const OWNED_BY_THE_READER = new Set(["value", "checked"]);

/** An element to draw. `key` (among the props) tells siblings apart across redraws. */
export function h(tag, props, ...kids) {
  return { tag, props: props ?? {}, kids: flat(kids), key: props?.key };
}

/** A part with a life of its own: `create(props)` gives `{node, update(props)}`. */
export function widget(create, props) {
  return { widget: create, props, kids: [], key: props.key };
}

/** Makes the children of `parent` match the descriptions. */
export function patch(parent, ...kids) {
  const wanted = flat(kids);
  const before = [...parent.childNodes];
  const keyed = new Map();
  const loose = [];
  for (const node of before) {
    const key = node[DRAWN]?.key;
    if (key === undefined) loose.push(node);
    else keyed.set(key, node);
  }
  const nodes = wanted.map((want) => {
    const node = want.key === undefined ? nextLoose(loose, want) : taken(keyed, want);
    return node ? updated(node, want) : created(want);
  });
  const kept = new Set(nodes);
  // What is gone leaves first: then whatever stays is in its place already and is not moved (moving loses focus).
  for (const node of before) if (!kept.has(node)) node.remove();
  let here = parent.firstChild;
  for (const node of nodes) {
    if (node === here) here = here.nextSibling;
    else parent.insertBefore(node, here);
  }
}

function flat(kids) {
  return kids
    .flat(Infinity)
    .filter((kid) => kid !== null && kid !== undefined && kid !== false && kid !== true)
    .map((kid) => (typeof kid === "object" ? kid : { text: String(kid) }));
}

function fits(node, want) {
  if (want.text !== undefined) return node.nodeType === Node.TEXT_NODE;
  if (want.widget) return node[LIVE]?.create === want.widget;
  return node.nodeType === Node.ELEMENT_NODE && !node[LIVE] && node.localName === want.tag;
}

function nextLoose(loose, want) {
  const place = loose.findIndex((node) => fits(node, want));
  return place < 0 ? null : loose.splice(0, place + 1)[place];
}

function taken(keyed, want) {
  const node = keyed.get(want.key);
  if (!node || !fits(node, want)) return null;
  keyed.delete(want.key);
  return node;
}

function created(want) {
  if (want.text !== undefined) return document.createTextNode(want.text);
  if (want.widget) {
    const live = want.widget(want.props);
    live.node[LIVE] = { ...live, create: want.widget };
    live.node[DRAWN] = want;
    return live.node;
  }
  return updated(document.createElement(want.tag), want);
}

function updated(node, want) {
  if (want.text !== undefined) {
    if (node.data !== want.text) node.data = want.text;
    return node;
  }
  if (want.widget) {
    node[LIVE].update(want.props);
    node[DRAWN] = want;
    return node;
  }
  const before = node[DRAWN]?.props ?? {};
  for (const name of Object.keys(before)) if (!(name in want.props)) set(node, name, undefined);
  patch(node, want.kids);
  // After the children: a select's value needs its options.
  for (const [name, value] of Object.entries(want.props)) {
    // A value that we did not change is the reader's: what they typed stays.
    if (before[name] === value && (OWNED_BY_THE_READER.has(name) || typeof value !== "function")) continue;
    set(node, name, value);
  }
  node[DRAWN] = want;
  return node;
}

function set(node, name, value) {
  if (name === "key") return;
  if (name.startsWith("on")) node[name] = value ?? null;
  else if (OWNED_BY_THE_READER.has(name)) node[name] = value ?? (name === "checked" ? false : "");
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}
