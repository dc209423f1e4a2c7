/** The tab "Tokens": how a text is read, and where it is cut. */

import { isAborted, latest, request } from "./api.js";
import { byId, debounced, say, show } from "./dom.js";
import { notice } from "./notice.js";
import { chips, isSpecial, unknown } from "./pieces.js";
import { LONG_TEXT, SHORT_TEXT } from "./samples.js";
import { server } from "./status.js";
import { counted, number } from "./words.js";

const DELAY = 200; // milliseconds after the last key
const SHOWN_UNKNOWN = 12;

/** How the texts are read: an item of /tokenize for each. */
export async function tokenize(texts, signal) {
  return (await request("tokenize", { body: { input: texts, pieces: true }, signal })).answer.data;
}

/** Tokens of a text that the model reads, specials included. */
export function tokenLimit() {
  return server.limits?.tokens_read_per_input ?? 256;
}

/** Begin to follow the text. Returns what asks again. */
export function startTokens() {
  const text = byId("tokens-text");
  const problems = notice("tokens-error", () => text);
  const newer = latest();

  async function refresh() {
    const asked = text.value;
    const signal = newer();
    try {
      const [item] = asked === "" ? [null] : await tokenize([asked], signal);
      problems.clear();
      render(asked, item);
      if (!item) byId("tokens-summary").textContent = "Type a text to see how it is read.";
    } catch (error) {
      if (isAborted(error)) return; // a newer one goes on
      render("", null); // what is there is of another text
      problems.show(error, refresh);
    }
  }

  const use = (sample) => () => {
    text.value = sample;
    refresh();
  };
  text.value = SHORT_TEXT;
  text.addEventListener("input", debounced(refresh, DELAY));
  byId("tokens-short").addEventListener("click", use(SHORT_TEXT));
  byId("tokens-long").addEventListener("click", use(LONG_TEXT));
  byId("tokens-ids").addEventListener("change", (event) => {
    byId("tokens-pieces").classList.toggle("with-ids", event.target.checked);
  });
  refresh();
  return refresh;
}

function render(text, item) {
  show(byId("tokens-card"), item !== null);
  byId("tokens-pieces").replaceChildren(...(item ? [chips(text, item, tokenLimit())] : []));
  byId("tokens-summary").textContent = item ? counts(item) : "";
  say(byId("tokens-notes"), item ? [cut(item), unknowns(text, item)].filter(Boolean) : []);
}

function counts(item) {
  const specials = item.pieces.filter(isSpecial).length;
  const pieces = item.pieces.length - specials;
  return (
    `${counted(item.count, "token")}: ${counted(pieces, "word piece")}, and ${specials} that mark the ` +
    `beginning and the end. The model reads at most ${tokenLimit()}.`
  );
}

function cut(item) {
  if (!item.truncated) return null;
  const unread = item.pieces.filter((piece) => !piece.read).length;
  return (
    `The text is cut: ${number(unread)} of its ${number(item.count)} tokens are not read. ` +
    "Documents in a vector store are split into chunks first, so nothing in them is lost."
  );
}

function unknowns(text, item) {
  const found = [...new Set(unknown(text, item))];
  if (found.length === 0) return null;
  const more = found.length - SHOWN_UNKNOWN;
  const names = found.slice(0, SHOWN_UNKNOWN).join("  ") + (more > 0 ? ` and ${more} more` : "");
  return `The model does not know ${names}, and reads [UNK] instead: what it means is lost.`;
}
