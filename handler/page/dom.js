/**
 * The page's elements: find them, make them, fill them.
 *
 * Texts of others (inputs, file names, errors) only ever become text nodes, never markup.
 */

/** The element with an id of index.html. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element #${id}.`);
  return found;
}

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Object<string, any>} attributes true sets an empty one; null, undefined and false none
 * @param {...(Node|string|number|null)} children
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same, of SVG. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A button that calls `action`. */
export function button(text, action, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

/** Show an element, or hide it. */
export function show(shown, visible = true) {
  shown.hidden = !visible;
}

/** Say these warnings in a live region. What is said already is not said again. */
export function say(region, texts) {
  if ([...region.children].map((child) => child.textContent).join("\n") === texts.join("\n")) return;
  region.replaceChildren(...texts.map((text) => element("p", { class: "notice warn" }, text)));
}

/**
 * Change the rows of a list. If the row with the focus goes, the focus does not: it moves to the
 * row's new version (the same `data-key`), to what is in its place now, or else to `home`.
 */
export function keepFocus(list, home, change) {
  const focused = document.activeElement;
  const place = [...list.children].findIndex((row) => row.contains(focused));
  const { key } = list.children[place]?.dataset ?? {};
  change();
  if (place < 0 || document.activeElement === focused) return;
  const rows = [...list.children];
  const next = rows.find((row) => key && row.dataset.key === key) ?? rows[place] ?? rows.at(-1);
  const buttons = [...(next?.querySelectorAll("button") ?? [])];
  const same = buttons.find((each) => each.textContent === focused.textContent);
  (same ?? buttons.at(-1) ?? home).focus();
}

/** `action`, called once the calls have stopped for `delay` milliseconds. */
export function debounced(action, delay) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}
