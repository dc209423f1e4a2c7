/** The search form: sends the query, and shows what was found. */

import { isAborted, latest, request } from "./api.js";
import { byId, say } from "./dom.js";
import { filters, startFilters, suggest } from "./filters.js";
import { notice } from "./notice.js";
import { resultRow } from "./results.js";
import { counted } from "./words.js";

// What the API calls the ways to find; see docs/search.md.
const RANKING = {
  both: { ranker: "default-2024-11-15" },
  meaning: { ranker: "none" },
  words: { hybrid_search: { embedding_weight: 0, text_weight: 1 } },
};

/** The search of the store that is shown. */
export class Query {
  #newer = latest();
  #problems = notice("query-error", () => byId("query"));

  /** @param {() => string | null} storeId */
  constructor(storeId) {
    this.storeId = storeId;
    startFilters();
    byId("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
  }

  /** Forget the results: they are of another store. */
  clear() {
    this.#newer();
    this.#problems.clear();
    render([], "", []);
    byId("search-summary").textContent = "Results appear here.";
  }

  async search() {
    const query = byId("query").value;
    if (query.trim() === "") {
      byId("search-summary").textContent = "Type a question, or some words.";
      byId("query").focus();
      return;
    }
    await this.#ask(query, body(query));
  }

  /** Ask, and show what comes. What fails is asked again as it was, whatever the form has by then. */
  async #ask(query, asked) {
    const path = `v1/vector_stores/${encodeURIComponent(this.storeId())}/search`;
    try {
      const { answer, headers } = await request(path, { body: asked, signal: this.#newer() });
      this.#problems.clear();
      render(answer.data, query, answer.warnings ?? []);
      byId("search-summary").textContent = summary(answer.data, headers);
      suggest(answer.data.flatMap((result) => Object.keys(result.attributes)));
    } catch (error) {
      if (isAborted(error)) return; // a newer one goes on
      render([], "", []); // what is there is of another query
      byId("search-summary").textContent = "";
      this.#problems.show(error, () => this.#ask(query, asked));
      byId("query-error").scrollIntoView({ block: "nearest" });
    }
  }
}

function body(query) {
  return {
    query,
    max_num_results: byId("limit").valueAsNumber || 10,
    ranking_options: RANKING[byId("mode").value],
    filters: filters(),
  };
}

function render(results, query, warnings) {
  say(byId("search-warnings"), warnings);
  byId("results").replaceChildren(...results.map((result) => resultRow(result, query)));
}

function summary(results, headers) {
  const milliseconds = Number(headers.get("openai-processing-ms"));
  const time = milliseconds > 0 ? ` in ${Math.round(milliseconds)} ms` : "";
  if (results.length > 0) return `${counted(results.length, "result")}${time}.`;
  return `Nothing was found${time}. Try other words or fewer filters, or check that the files are completed.`;
}
