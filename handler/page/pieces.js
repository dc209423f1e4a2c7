/** The word pieces of a text, as chips: a colour a word, and what the model does not read in grey. */

import { element } from "./dom.js";
import { counted } from "./words.js";

const COLOURS = 5;
const MOST = 3000; // chips that are drawn
const UNKNOWN = "[UNK]";

/**
 * The chips of one item of /tokenize.
 *
 * @param {string} text the input
 * @param {{pieces: {id: number, text: string, start: ?number, end: ?number, read: boolean}[]}} item
 * @param {number} limit tokens that the model reads
 */
export function chips(text, item, limit) {
  const characters = Array.from(text); // offsets are in code points
  const list = element("ol", { class: "pieces" });
  let word = -1;
  let read = null; // whether the piece before was: none yet
  for (const piece of item.pieces.slice(0, MOST)) {
    if (!isSpecial(piece) && !piece.text.startsWith("##")) word += 1;
    if (!isSpecial(piece)) {
      if (piece.read !== (read ?? true)) list.append(border(piece.read, limit, read === null));
      read = piece.read;
    }
    list.append(chip(piece, word, characters));
  }
  const left = item.pieces.length - MOST;
  if (left > 0) list.append(element("li", { class: "border" }, `… and ${counted(left, "more piece")}`));
  return list;
}

/** What the model does not know: the words and characters that become [UNK]. */
export function unknown(text, item) {
  const characters = Array.from(text);
  const found = item.pieces.filter((piece) => piece.text === UNKNOWN && !isSpecial(piece));
  return found.map((piece) => characters.slice(piece.start, piece.end).join(""));
}

/** Whether the text has no such piece: [CLS] and [SEP] mark its beginning and end. */
export function isSpecial(piece) {
  return piece.start === null;
}

function chip(piece, word, characters) {
  const classes = ["piece"];
  if (isSpecial(piece)) classes.push("special");
  else if (piece.text === UNKNOWN) classes.push("unknown");
  else classes.push(`word-${word % COLOURS}`);
  if (!piece.read) classes.push("unread");
  const made = element("li", { class: classes.join(" ") }, element("span", {}, piece.text));
  if (piece.text === UNKNOWN && !isSpecial(piece)) {
    made.append(element("span", { class: "of" }, characters.slice(piece.start, piece.end).join("")));
  }
  made.append(element("span", { class: "id" }, element("span", { class: "visually-hidden" }, "id "), String(piece.id)));
  return made;
}

/** What is said where the reading begins or stops. `first`: in front of the first piece. */
function border(read, limit, first) {
  const most = `The model reads at most ${limit} tokens`;
  const unread = first ? `${most}. The beginning is not read.` : `${most} and stops here. The rest is not read.`;
  return element("li", { class: "border" }, read ? "The model reads from here." : unread);
}
