/** A passage, with the words of the query marked. */

import { element } from "./dom.js";

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;
const ENDING = /(ings?|ed|es|s|'s|’s)$/;
const LONGER = 3; // letters that a word may have beyond the stem of the query's
// They are in every passage.
const COMMON = new Set(
  ("a about an and are as at be by can did do does for from had has have how i if in is it its my of on or " +
    "that the their there this to was we were what when where which who why will with you your").split(" "),
);

/** The passage as nodes: texts, and a <mark> for each word that the query has, too. */
export function marked(passage, query) {
  const stems = wordsOf(query).map(plain).filter((word) => !COMMON.has(word)).map(stem);
  const nodes = [];
  let end = 0;
  for (const found of passage.matchAll(WORD)) {
    if (!stems.some((each) => isForm(plain(found[0]), each))) continue;
    nodes.push(passage.slice(end, found.index), element("mark", {}, found[0]));
    end = found.index + found[0].length;
  }
  nodes.push(passage.slice(end));
  return nodes;
}

function wordsOf(text) {
  return text.match(WORD) ?? [];
}

/** Without case and accents. */
function plain(word) {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function stem(word) {
  const shorter = word.replace(ENDING, "");
  return shorter.length >= 3 ? shorter : word;
}

function isForm(word, stemOfQuery) {
  if (word === stemOfQuery) return true;
  return stemOfQuery.length >= 3 && word.startsWith(stemOfQuery) && word.length <= stemOfQuery.length + LONGER;
}
