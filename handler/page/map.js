/** The map in two dimensions: a dot for each text, and its words where there is room. */

import { apart } from "./apart.js";
import { svg } from "./dom.js";
import { short } from "./words.js";

const HEIGHT = 310;
const MARGIN = 34;
const RADIUS = 11;
const GAP = 2; // between two dots
const LINE = 16; // height of a label
const LETTER = 6.1; // width of one, about
const BASELINE = 4; // below the middle of a line
const LONGEST = 42; // characters of a label

const observers = new WeakMap(); // of the places that have a map

/**
 * Draw the map into `place`, as wide as that is, and again whenever its width changes.
 *
 * @returns {(pair: [number, number] | null) => void} lights a pair
 */
export function drawMap(place, texts, points) {
  let lit = null;
  observers.get(place)?.disconnect(); // the map before this one
  const observer = new ResizeObserver(() => {
    place.replaceChildren(drawing(place.clientWidth || 480, texts, points));
    light(place, lit);
  });
  observers.set(place, observer);
  observer.observe(place); // which draws it at once
  return (pair) => {
    lit = pair;
    light(place, pair);
  };
}

function drawing(width, texts, points) {
  const places = apart(scaled(points, width), 2 * RADIUS + GAP, [
    [RADIUS, width - RADIUS],
    [RADIUS, HEIGHT - RADIUS],
  ]);
  const labels = labelled(places, texts, width);
  return svg(
    "svg",
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": described(texts) },
    svg("line", { class: "pair-line" }),
    ...places.map(([x, y], index) => dot(x, y, index, texts[index], labels[index])),
  );
}

function dot(x, y, index, text, label) {
  const circle = svg("circle", { cx: x, cy: y, r: RADIUS });
  const name = svg("text", { x, y: y + BASELINE, class: "number" }, String(index + 1));
  const words = label && svg("text", { x: label.x, y: label.y, class: `words ${label.side}` }, label.text);
  const group = svg("g", { "data-text": index }, svg("title", {}, text), circle, name);
  if (words) group.append(words);
  return group;
}

/** The points in pixels. Both axes have the same scale, so that distances can be compared. */
function scaled(points, width) {
  const room = [width - 2 * MARGIN, HEIGHT - 2 * MARGIN];
  const ranges = [0, 1].map((axis) => range(points.map((point) => point[axis])));
  const scale = Math.min(...ranges.map(({ span }, axis) => (span > 0 ? room[axis] / span : Infinity)));
  return points.map((point) =>
    [0, 1].map((axis) => {
      const offset = Number.isFinite(scale) ? (point[axis] - ranges[axis].middle) * scale : 0;
      return MARGIN + room[axis] / 2 + (axis === 0 ? offset : -offset);
    }),
  );
}

function range(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return { span: high - low, middle: (low + high) / 2 };
}

/** A label for each text that has room for one beside its dot; undefined for the others. */
function labelled(places, texts, width) {
  const taken = places.map(([x, y]) => box(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS));
  return places.map(([x, y], index) => {
    const text = short(texts[index], LONGEST);
    const long = text.length * LETTER;
    const tries = [
      { side: "right", x: x + RADIUS + 4, left: x + RADIUS + 4, middle: y },
      { side: "left", x: x - RADIUS - 4, left: x - RADIUS - 4 - long, middle: y },
      { side: "below", x, left: x - long / 2, middle: y + RADIUS + LINE / 2 + 1 },
      { side: "above", x, left: x - long / 2, middle: y - RADIUS - LINE / 2 - 1 },
    ].map((each) => ({ ...each, box: box(each.left, each.middle - LINE / 2, long, LINE) }));
    const found = tries.find((each) => fits(each.box, taken, width));
    if (found) taken.push(found.box);
    return found && { side: found.side, x: found.x, y: found.middle + BASELINE, text };
  });
}

function box(x, y, width, height) {
  return { left: x, top: y, right: x + width, bottom: y + height };
}

function fits(wanted, taken, width) {
  const inside = wanted.left >= 0 && wanted.right <= width && wanted.top >= 0 && wanted.bottom <= HEIGHT;
  return inside && taken.every((other) => !overlap(wanted, other));
}

function overlap(one, other) {
  const across = one.left < other.right && other.left < one.right;
  return across && one.top < other.bottom && other.top < one.bottom;
}

function light(place, pair) {
  for (const group of place.querySelectorAll("g")) {
    const isLit = pair?.includes(Number(group.dataset.text)) ?? false;
    group.classList.toggle("lit", isLit);
    if (isLit) group.parentNode.append(group); // in front of those that overlap it
  }
  const line = place.querySelector(".pair-line");
  const circles = pair?.map((index) => place.querySelector(`g[data-text="${index}"] circle`));
  for (const end of [0, 1]) {
    for (const axis of ["x", "y"]) {
      line?.setAttribute(`${axis}${end + 1}`, circles?.[end]?.getAttribute(`c${axis}`) ?? 0);
    }
  }
  line?.classList.toggle("lit", circles !== undefined);
}

function described(texts) {
  return `Map of ${texts.length} texts. Texts with similar meanings are near each other; the table has the numbers.`;
}
