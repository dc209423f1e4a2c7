/** The vector stores: choose one, make one, delete one. */

import { latest, listAll, request } from "./api.js";
import { byId, element, show } from "./dom.js";
import { confirmed } from "./confirm.js";
import { counted } from "./words.js";

const STORES = "v1/vector_stores";
const MOST = 1000; // stores in the list

/** Whether its files come from the bucket or folder, and cannot be changed here. */
export function isReadOnly(store) {
  return !store.id.startsWith("vs_");
}

/** The choice of a store. */
export class Stores {
  #stores = [];
  #shown = null; // the id of the store that is open
  #newer = latest();

  /**
   * @param {{show: Function, clear: Function}} problems
   * @param {(store: object | null) => void} onOpen another store is chosen; null: there is none
   */
  constructor(problems, onOpen) {
    this.problems = problems;
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

  /** List the stores, and open one: `wanted`, or else the one that was open. */
  async refresh(wanted = this.#shown) {
    try {
      const { items, more } = await listAll(STORES, { limit: MOST, signal: this.#newer() });
      this.problems.clear();
      this.#stores = items;
      this.#renderList(wanted, more);
      show(byId("store-bar"));
      this.#open();
    } catch (error) {
      this.problems.show(error);
      if (error.status) this.#hide(); // else nothing was said about the stores
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
      this.problems.show(error);
    }
  }

  #renderList(wanted, more) {
    const options = this.#stores.map((store) => element("option", { value: store.id }, label(store)));
    if (more) options.push(element("option", { disabled: true }, `… and more than ${MOST}`));
    byId("store").replaceChildren(...options);
    if (this.#stores.some((store) => store.id === wanted)) byId("store").value = wanted;
    const any = this.#stores.length > 0;
    show(byId("store-field"), any);
    show(byId("store-delete"), any);
    show(byId("store-empty"), !any);
  }

  #open() {
    const store = this.#stores.find((each) => each.id === byId("store").value) ?? null;
    byId("store-delete").disabled = !store || isReadOnly(store);
    this.#shown = store?.id ?? null;
    this.onOpen(store);
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
      await this.refresh(answer.id);
      byId("search-status").textContent = `The store ${name} is made.`;
    } catch (error) {
      this.problems.show(error);
    }
  }

  async #delete() {
    const store = this.#stores.find((each) => each.id === this.#shown);
    if (!store) return;
    const answer = await confirmed({
      title: `Delete the store ${store.name || store.id}?`,
      text: `Its ${counted(store.file_counts.total, "file")} will not be found any more. The files themselves stay on the server.`,
      action: "Delete the store",
    });
    if (!answer) return;
    try {
      await request(`${STORES}/${encodeURIComponent(store.id)}`, { method: "DELETE" });
      byId("search-status").textContent = "The store is deleted.";
    } catch (error) {
      this.problems.show(error);
      return;
    }
    await this.refresh();
    byId("store").focus();
  }
}

function label(store) {
  const expired = store.status === "expired" ? ", expired" : "";
  return `${store.name || store.id} (${counted(store.file_counts.total, "file")}${expired})`;
}
