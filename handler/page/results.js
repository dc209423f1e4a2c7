/** The results of a search: the passage, where it is, and how it ranks. */

import { element } from "./dom.js";
import { marked } from "./marks.js";
import { cosine } from "./words.js";

const HEADING = /^\s*#{1,6} +(.+?)\s*$/;

/** A row for a result. */
export function resultRow(result, query) {
  const passage = result.content.map((part) => part.text).join("\n");
  return element(
    "li",
    { class: "result" },
    element(
      "article",
      {},
      element("h3", {}, result.filename || result.file_id),
      where(result),
      element("div", { class: "passage" }, ...paragraphs(passage, query)),
      scores(result),
      attributes(result.attributes),
    ),
  );
}

/** The passage by its paragraphs. Its headings are lines as Markdown has them. */
function paragraphs(passage, query) {
  return passage.split(/\n{2,}/).map((text) => {
    const heading = HEADING.exec(text);
    const nodes = marked(heading ? heading[1] : text, query);
    return element("p", { class: heading && "heading" }, ...nodes);
  });
}

function where(result) {
  const parts = [result.heading, result.page && `page ${result.page}`].filter(Boolean);
  return parts.length > 0 ? element("p", { class: "where" }, parts.join(" · ")) : null;
}

function scores(result) {
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span", {}));
  bar.firstChild.style.inlineSize = `${Math.round(result.score * 100)}%`;
  const parts = [
    `score ${result.score.toFixed(2)}`,
    result.cosine === null ? "cosine unknown" : `cosine ${cosine(result.cosine)}`,
    result.text_rank === null ? "not among the best by words" : `rank ${result.text_rank} by words`,
  ];
  return element("p", { class: "scores" }, bar, parts.join(" · "));
}

function attributes(values) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  const list = element("dl", {});
  for (const [name, value] of entries) {
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, String(value))));
  }
  return element("details", {}, element("summary", {}, "Attributes"), list);
}
