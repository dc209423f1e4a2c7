/** The vector stores: choose one, make one, delete one. */

import { latest, listAll, request } from "./api.js";
import { byId, element, show } from "./dom.js";
import { confirmed } from "./confirm.js";
import { notice } from "./notice.js";
import { counted, number } from "./words.js";

const STORES = "v1/vector_stores";
const MOST = 1000; // stores in the list
const REFUSED = [401, 404]; // the key is wrong, or the server has no place for stores

/** Whether its files come from the bucket or folder, and cannot be changed here. */
export function isReadOnly(store) {
  return !store.id.startsWith("vs_");
}

/** The choice of a store. */
export class Stores {
  #stores = [];
  #shown = null; // the id of the store that is open
  #wanted = null; // the id of the one that was chosen last: it may not be in the list yet
  #newer = latest();
  #problems = notice("search-error", () => this.#field());

  /** @param {(store: object | null) => void} onOpen another store is chosen; null: there is none */
  constructor(onOpen) {
    this.onOpen = onOpen;
    byId("store").addEventListener("change", () => this.#open());
    byId("store-delete").addEventListener("click", () => this.#delete());
    byId("store-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#create();
    });
  }

  /** The id of the store that is chosen, or null. */
  get id() {
    return this.#shown;
  }

  /** List the stores, and open one: the one that was chosen last, if it is still there. */
  async refresh() {
    try {
      const { items, more } = await listAll(STORES, { limit: MOST, signal: this.#newer() });
      this.#stores = items;
      this.#renderList(more);
      show(byId("store-bar"));
      this.#problems.clear();
      this.#open();
    } catch (error) {
      this.#problems.show(error, () => this.refresh());
      if (REFUSED.includes(error.status)) this.#hide(); // else nothing was said about the stores
    }
  }

  /** Count the files of the store that is open, again. */
  async recount() {
    const store = this.#stores.find((each) => each.id === this.#shown);
    if (!store) return;
    try {
      const { answer } = await request(`${STORES}/${encodeURIComponent(store.id)}`);
      Object.assign(store, answer);
      const option = [...byId("store").options].find((each) => each.value === store.id);
      if (option) option.textContent = label(store);
    } catch (error) {
      this.#problems.show(error, () => this.refresh());
    }
  }

  #renderList(more) {
    const options = this.#stores.map((store) => element("option", { value: store.id }, label(store)));
    if (more) options.push(element("option", { disabled: true }, `… and more (the first ${number(MOST)} are shown)`));
    byId("store").replaceChildren(...options);
    if (this.#stores.some((store) => store.id === this.#wanted)) byId("store").value = this.#wanted;
    const any = this.#stores.length > 0;
    show(byId("store-field"), any);
    show(byId("store-delete"), any);
    show(byId("store-empty"), !any);
  }

  #open() {
    const store = this.#stores.find((each) => each.id === byId("store").value) ?? null;
    byId("store-delete").disabled = !store || isReadOnly(store);
    this.#shown = store?.id ?? null;
    this.#wanted = this.#shown;
    this.onOpen(store);
  }

  /** What has the choice: of a store, or of the name of the first one. */
  #field() {
    return byId(this.#stores.length > 0 ? "store" : "store-name");
  }

  #hide() {
    this.#shown = null;
    show(byId("store-bar"), false);
    show(byId("store-empty"), false);
    this.onOpen(null);
  }

  async #create() {
    const name = byId("store-name").value.trim();
    if (!name) {
      byId("store-name").focus();
      return;
    }
    try {
      const { answer } = await request(STORES, { body: { name } });
      byId("store-name").value = "";
      this.#wanted = answer.id;
      await this.refresh();
      byId("search-status").textContent = `Store ${name} was created.`;
    } catch (error) {
      this.#problems.show(error);
    }
  }

  async #delete() {
    const store = this.#stores.find((each) => each.id === this.#shown);
    if (!store) return;
    const answer = await confirmed({
      title: `Delete store ${store.name || store.id}?`,
      text: consequences(store.file_counts.total),
      action: "Delete store",
    });
    if (!answer) return;
    try {
      await request(`${STORES}/${encodeURIComponent(store.id)}`, { method: "DELETE" });
      byId("search-status").textContent = `Store ${store.name || store.id} was deleted.`;
    } catch (error) {
      this.#problems.show(error);
      return;
    }
    await this.refresh();
    this.#field().focus();
  }
}

function consequences(files) {
  if (files === 0) return "It has no files.";
  return `Its ${counted(files, "file")} will no longer be found here, but will stay on the server.`;
}

function label(store) {
  const expired = store.status === "expired" ? ", expired" : "";
  return `${store.name || store.id} (${counted(store.file_counts.total, "file")}${expired})`;
}
