/** The table of cosines: a number and a colour for each pair, walked through with the arrow keys. */

import { element } from "./dom.js";
import { cosine, short } from "./words.js";

const WIDE = 16; // columns beyond which numbers are written in less room
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Make the table.
 *
 * @param {string[]} texts
 * @param {number[][]} values the cosine of each pair
 * @param {(pair: [number, number] | null) => void} onPair which pair is pointed at, or has the focus
 */
export function heatmap(texts, values, onPair) {
  const table = element("table", { class: "heat", role: "grid", "aria-labelledby": "heat-title" });
  table.classList.toggle("dense", texts.length > WIDE);
  const cells = values.map((row, i) => row.map((value, j) => cell(value, i, j, texts.length > WIDE)));
  table.append(
    element("thead", {}, element("tr", {}, element("td"), ...texts.map(columnHeader))),
    element("tbody", {}, ...cells.map((row, i) => element("tr", {}, rowHeader(texts[i], i), ...row))),
  );
  cells[0][0].tabIndex = 0;
  follow(table, cells, onPair);
  return table;
}

function columnHeader(text, index) {
  const hidden = element("span", { class: "visually-hidden" }, ` ${short(text, 80)}`);
  return element("th", { scope: "col", title: text }, String(index + 1), hidden);
}

function rowHeader(text, index) {
  const label = element("span", { class: "row-text" }, short(text, 80));
  return element("th", { scope: "row", title: text }, element("b", {}, String(index + 1)), " ", label);
}

function cell(value, row, column, dense) {
  const text = dense ? cosine(value).replace("0.", ".") : cosine(value);
  const made = element("td", { tabindex: "-1", "data-pair": `${row} ${column}` }, text);
  if (row === column) made.classList.add("self");
  else made.style.setProperty("--heat", `${Math.round(Math.min(1, Math.max(0, value)) * 100)}%`);
  return made;
}

/** Light the pair that is pointed at or has the focus, and its two headers. */
function follow(table, cells, onPair) {
  const headers = [...table.querySelectorAll("tbody th")];
  const columns = [...table.querySelectorAll("thead th")];
  let lit = [];

  function light(target) {
    for (const each of lit) each.classList.remove("lit");
    const at = target?.closest("td[data-pair]");
    const pair = at ? at.dataset.pair.split(" ").map(Number) : null;
    lit = pair ? [at, headers[pair[0]], columns[pair[1]]] : [];
    for (const each of lit) each.classList.add("lit");
    onPair(pair);
  }

  table.addEventListener("pointerover", (event) => light(event.target));
  table.addEventListener("pointerleave", () => light(focused(table)));
  table.addEventListener("focusin", (event) => light(event.target));
  table.addEventListener("focusout", () => light(null));
  table.addEventListener("click", (event) => event.target.closest("td[data-pair]")?.focus());
  table.addEventListener("keydown", (event) => walk(event, cells));
}

function walk(event, cells) {
  const pair = event.target.dataset.pair;
  if (!pair || event.ctrlKey || event.metaKey || event.altKey) return;
  const [row, column] = pair.split(" ").map(Number);
  const last = cells.length - 1;
  const step = STEPS[event.key];
  let next;
  if (step) next = cells[row + step[0]]?.[column + step[1]];
  else if (event.key === "Home") next = cells[row][0];
  else if (event.key === "End") next = cells[row][last];
  else return;
  event.preventDefault();
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function focused(table) {
  return table.contains(document.activeElement) ? document.activeElement : null;
}
