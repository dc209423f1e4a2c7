/** The files of the store that is shown: their status, their warnings and errors. */

import { isAborted, latest, listPage, request } from "./api.js";
import { button, byId, element, keepFocus, show } from "./dom.js";
import { confirmed } from "./confirm.js";
import { notice } from "./notice.js";
import { read } from "./reader.js";
import { isPassing } from "./retries.js";
import { counted, size } from "./words.js";

const PAGE = 50; // files
const FIRST_LOOK = 700; // milliseconds until a file in progress is looked at again
const LAST_LOOK = 5000; // between two looks, at most
const STATUS = { in_progress: "in progress", completed: "completed", failed: "failed", cancelled: "cancelled" };

/** The list of files. */
export class Files {
  #store = null;
  #pages = 1;
  #files = [];
  #rows = new Map(); // by file id: its row, and the object that it shows
  #newer = latest();
  #timer;
  #wait = FIRST_LOOK;
  #failed = false; // the last look
  #problems = notice("files-error", () => byId("choose"));

  /** @param {() => void} onChange the number of files, or the status of one, has changed */
  constructor(onChange) {
    this.onChange = onChange;
    byId("files-more").addEventListener("click", () => this.#showMore());
  }

  /** Show the files of another store; null: of none. */
  async open(store, isReadOnly) {
    clearTimeout(this.#timer);
    this.#newer(); // what comes of another store is too late
    this.#store = store;
    this.isReadOnly = isReadOnly;
    this.#pages = 1;
    this.#files = [];
    this.#failed = false;
    this.#problems.clear();
    this.#rows.clear();
    byId("files-list").replaceChildren();
    byId("files-summary").textContent = "";
    await this.refresh();
  }

  /** Ask again, now and as long as files are in progress. */
  async refresh({ soon = true } = {}) {
    if (!this.#store) return;
    if (soon) this.#wait = FIRST_LOOK;
    clearTimeout(this.#timer);
    const signal = this.#newer();
    try {
      const { files, more } = await this.#load(signal);
      if (this.#failed) this.#problems.clear();
      this.#failed = false;
      this.#render(files, more);
    } catch (error) {
      if (isAborted(error)) return; // a newer look goes on
      this.#failed = true;
      this.#problems.show(error, () => this.refresh());
      if (!isPassing(error)) return;
    }
    this.#lookAgain();
  }

  async #showMore() {
    const before = this.#files.length;
    this.#pages += 1;
    await this.refresh();
    // The button hides after the last page: whoever pressed it goes on with the new rows.
    if (document.activeElement !== document.body) return;
    byId("files-list").children[before]?.querySelector("button")?.focus();
  }

  /** While files are in progress, ask again later. */
  #lookAgain() {
    if (!this.#files.some((file) => file.status === "in_progress")) return;
    this.#timer = setTimeout(() => this.refresh({ soon: false }), this.#wait);
    this.#wait = Math.min(LAST_LOOK, this.#wait * 1.5);
  }

  async #load(signal) {
    const path = `v1/vector_stores/${encodeURIComponent(this.#store.id)}/files`;
    const files = [];
    let page = { has_more: true, last_id: "" };
    for (let count = 0; count < this.#pages && page.has_more; count++) {
      page = await listPage(path, { after: page.last_id, limit: PAGE, signal });
      files.push(...page.data);
    }
    return { files, more: page.has_more };
  }

  #render(files, more) {
    const before = JSON.stringify(this.#files.map((file) => [file.id, file.status]));
    this.#files = files;
    const list = byId("files-list");
    const rows = files.map((file) => this.#row(file));
    keepFocus(list, byId("choose"), () => arrange(list, rows));
    show(byId("files-more"), more);
    byId("files-summary").textContent = summary(files, more, this.isReadOnly);
    if (JSON.stringify(files.map((file) => [file.id, file.status])) !== before) this.onChange();
  }

  /** The file's row; the one it has if nothing has changed, so that focus stays where it is. */
  #row(file) {
    const shown = JSON.stringify([file, waiting(file)]);
    const known = this.#rows.get(file.id);
    if (known?.shown === shown) return known.row;
    const row = fileRow(file, this.isReadOnly ? null : () => this.#remove(file), this.#store.id);
    this.#rows.set(file.id, { shown, row });
    return row;
  }

  async #remove(file) {
    const answer = await confirmed({
      title: `Remove ${file.filename}?`,
      text: "Searches of this store will no longer find it. The file itself stays on the server.",
      option: "Also delete the file itself, which removes it from every store.",
      action: "Remove",
    });
    if (!answer) return;
    const id = encodeURIComponent(file.id);
    const inStore = `v1/vector_stores/${encodeURIComponent(this.#store.id)}/files/${id}`;
    try {
      await request(answer.ticked ? `v1/files/${id}` : inStore, { method: "DELETE" });
      this.#problems.clear();
    } catch (error) {
      this.#problems.show(error);
    }
    await this.refresh();
  }
}

function fileRow(file, remove, storeId) {
  const meta = [size(file.usage_bytes), counted(file.chunks, "chunk"), counted(file.tokens, "token")];
  const row = element(
    "li",
    { class: `file ${file.status}`, "data-key": file.id },
    element("p", { class: "name" }, file.filename, " ", element("span", { class: "badge" }, STATUS[file.status])),
  );
  if (file.status === "completed") row.append(element("p", { class: "hint" }, meta.join(" · ")));
  if (waiting(file)) row.append(element("p", { class: "hint" }, waiting(file)));
  if (file.last_error) row.append(element("p", { class: "problem bad" }, file.last_error.message));
  for (const warning of file.warnings) row.append(element("p", { class: "problem warn" }, warning));
  const actions = element("p", { class: "buttons" });
  if (file.status === "completed") {
    const label = { "aria-label": `Text of ${file.filename}`, class: "quiet" };
    actions.append(button("Text", () => read(storeId, file), label));
  }
  if (remove) {
    actions.append(button("Remove", remove, { "aria-label": `Remove ${file.filename}`, class: "quiet" }));
  }
  row.append(actions);
  return row;
}

/** For how long a file has been in progress; "" in the first minute. */
function waiting({ status, created_at }) {
  const minutes = Math.floor((Date.now() / 1000 - created_at) / 60);
  if (status !== "in_progress" || minutes < 1) return "";
  return `In progress for ${counted(minutes, "minute")}. A large file can take several.`;
}

function summary(files, more, isReadOnly) {
  if (files.length === 0) {
    return isReadOnly ? "This store has no files." : "This store has no files yet. Drop some above.";
  }
  const parts = Object.keys(STATUS)
    .map((status) => [files.filter((file) => file.status === status).length, STATUS[status]])
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`);
  return `${more ? "The latest " : ""}${counted(files.length, "file")}: ${parts.join(", ")}.`;
}

/** Make these the children, in this order. What is in its place stays untouched. */
function arrange(list, rows) {
  for (const child of [...list.children]) if (!rows.includes(child)) child.remove();
  rows.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
}
