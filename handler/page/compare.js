/** The tab "Compare": the cosines of texts, as a table and as a map. */

import { isAborted, latest, request } from "./api.js";
import { byId, debounced, element, say, show } from "./dom.js";
import { heatmap } from "./heatmap.js";
import { drawMap } from "./map.js";
import { notice } from "./notice.js";
import { chips } from "./pieces.js";
import { cosines, project } from "./projection.js";
import { COMPARED } from "./samples.js";
import { tokenize, tokenLimit } from "./tokens.js";
import { cosine, counted, number, quoted } from "./words.js";

const MODEL = "all-MiniLM-L6-v2";
const MOST = 50; // texts
const MOST_OF_API = 2048; // texts in a request: MAX_INPUTS in handler/limits.py
const DELAY = 350; // milliseconds after the last key

/** Begin to follow the texts. Returns what asks again. */
export function startCompare() {
  const field = byId("compare-texts");
  const problems = notice("compare-error", () => field);
  const newer = latest();

  async function refresh() {
    const signal = newer();
    const texts = lines(field.value);
    if (texts.length < 2 || texts.length > MOST) {
      problems.clear();
      clear(advice(texts.length));
      return;
    }
    try {
      const [vectors, items] = await Promise.all([embed(texts, signal), tokenize(texts, signal)]);
      problems.clear();
      render(texts, vectors, items);
    } catch (error) {
      if (isAborted(error)) return; // a newer one goes on
      clear(""); // what is there is of other texts
      problems.show(error, refresh);
    }
  }

  const useSamples = () => {
    field.value = COMPARED.join("\n");
    refresh();
  };
  field.addEventListener("input", debounced(refresh, DELAY));
  byId("compare-samples").addEventListener("click", useSamples);
  useSamples();
  return refresh;
}

function lines(value) {
  return value.split("\n").map((line) => line.trim()).filter(Boolean);
}

async function embed(texts, signal) {
  const { answer } = await request("v1/embeddings", { body: { model: MODEL, input: texts }, signal });
  return answer.data.map((item) => item.embedding);
}

function clear(summary) {
  show(byId("compare-results"), false);
  say(byId("compare-cut"), []);
  byId("compare-summary").textContent = summary;
}

/** What to do about so few or so many texts. */
function advice(count) {
  if (count < 2) return "Enter at least two texts, one per line.";
  return (
    `There are ${count} texts, and this page compares at most ${MOST}: remove ${count - MOST}. ` +
    `A request to the API can have ${number(MOST_OF_API)}.`
  );
}

function render(texts, vectors, items) {
  const values = cosines(vectors);
  const { points, share } = project(vectors);
  show(byId("compare-results"));
  const lightMap = drawMap(byId("map"), texts, points);
  byId("heat").replaceChildren(
    heatmap(texts, values, (pair) => {
      lightMap(pair);
      describePair(texts, values, pair);
    }),
  );
  describePair(texts, values, null);
  byId("map-share").textContent =
    `Two dimensions show ${Math.round(share * 100)}% of the variance among the texts, so trust the ` +
    "numbers over the distances.";
  byId("compare-summary").textContent = summary(texts, values);
  renderTokens(texts, items);
}

function describePair(texts, values, pair) {
  byId("pair").textContent =
    pair === null
      ? "Point at a number, or move through them with the arrow keys."
      : `${cosine(values[pair[0]][pair[1]])}: ${quoted(texts[pair[0]])} and ${quoted(texts[pair[1]])}`;
}

function summary(texts, values) {
  let best = [0, 1];
  for (let i = 0; i < texts.length; i++) {
    for (let j = i + 1; j < texts.length; j++) {
      if (values[i][j] > values[best[0]][best[1]]) best = [i, j];
    }
  }
  const [i, j] = best;
  return (
    `${counted(texts.length, "text")}. The closest are ${i + 1} and ${j + 1}, ` +
    `with a cosine of ${cosine(values[i][j])}: ${quoted(texts[i], 50)} and ${quoted(texts[j], 50)}`
  );
}

function renderTokens(texts, items) {
  const cut = items.filter((item) => item.truncated);
  const names = cut.map((item) => `text ${item.index + 1} (${counted(item.count, "token")})`).join(", ");
  const warning = `The model reads at most ${tokenLimit()} tokens of a text. It does not read all of ${names}.`;
  say(byId("compare-cut"), cut.length > 0 ? [warning] : []);
  byId("compare-tokens").replaceChildren(
    ...items.map((item, index) =>
      element(
        "li",
        {},
        element("p", {}, `${quoted(texts[index], 100)} `, badge(item)),
        chips(texts[index], item, tokenLimit()),
      ),
    ),
  );
}

function badge(item) {
  const text = counted(item.count, "token") + (item.truncated ? ", cut" : "");
  return element("span", { class: item.truncated ? "badge warn" : "badge" }, text);
}
