/** The rows of filters, and the `filters` of the search request that they make. */

import { button, byId, element, show } from "./dom.js";

const OURS = ["filename", "source", "page", "content_type", "modified"];
const COMPARISONS = {
  eq: "is",
  ne: "is not",
  gt: "is above",
  gte: "is at least",
  lt: "is below",
  lte: "is at most",
  in: "is one of",
  nin: "is none of",
};
// As JSON has it.
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Make the rows work. */
export function startFilters() {
  suggest([]);
  byId("filter-add").addEventListener("click", () => {
    const row = filterRow();
    byId("filter-rows").append(row);
    row.querySelector("input").focus();
    showJoin();
  });
}

/** The filter of all rows; undefined if there are none. */
export function filters() {
  const rows = [...byId("filter-rows").children].map(comparison).filter(Boolean);
  if (rows.length < 2) return rows[0];
  return { type: byId("join").value, filters: rows };
}

/** Suggest the attributes that results have, beside those that all have. */
export function suggest(names) {
  const all = [...new Set([...OURS, ...names])];
  byId("attribute-names").replaceChildren(...all.map((value) => element("option", { value })));
}

/** The value that a text stands for: `1.5` a number, `true` a boolean, all else and `"1.5"` a text. */
export function valueOf(text) {
  const trimmed = text.trim();
  if (/^".*"$/s.test(trimmed) && trimmed.length > 1) return trimmed.slice(1, -1);
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  return NUMBER.test(trimmed) ? Number(trimmed) : trimmed;
}

/** The values between the commas, except for commas in quotes. */
export function valuesOf(text) {
  return (text.match(/\s*"[^"]*"\s*|[^,]+/g) ?? []).map(valueOf).map((value) =>
    typeof value === "boolean" ? String(value) : value,
  );
}

function comparison(row) {
  const [key, type, value] = ["key", "type", "value"].map((name) => row.querySelector(`[name=${name}]`).value);
  if (key.trim() === "") return null;
  return { type, key: key.trim(), value: type.endsWith("in") ? valuesOf(value) : valueOf(value) };
}

function filterRow() {
  const options = Object.entries(COMPARISONS).map(([value, text]) => element("option", { value }, text));
  const row = element(
    "li",
    {},
    element("input", { name: "key", list: "attribute-names", "aria-label": "Attribute", placeholder: "attribute", autocomplete: "off" }),
    element("select", { name: "type", "aria-label": "Comparison" }, ...options),
    element("input", { name: "value", "aria-label": "Value", placeholder: "value", autocomplete: "off", "aria-describedby": "filter-hint" }),
  );
  const remove = () => {
    row.remove();
    showJoin();
    byId("filter-add").focus();
  };
  row.append(button("Remove", remove, { class: "quiet", "aria-label": "Remove this filter" }));
  return row;
}

function showJoin() {
  show(byId("join-field"), byId("filter-rows").children.length > 1);
}
