/** The uploads of the page: files that were dropped or chosen, a row with its progress for each. */

import { isAborted } from "./api.js";
import { button, byId, element, keepFocus, show } from "./dom.js";
import { explained } from "./notice.js";
import { isPassing } from "./retries.js";
import { uploadInto } from "./upload.js";
import { size } from "./words.js";

const AT_A_TIME = 2;

/** Takes files, and uploads them in turn. Shows the rows of one store at a time. */
export class Uploads {
  #rows = []; // {storeId, row}
  #waiting = [];
  #running = 0;

  /**
   * @param {() => string | null} storeId the store that is shown
   * @param {(storeId: string, file: object) => void} onAttached a file is in a store
   */
  constructor(storeId, onAttached) {
    this.storeId = storeId;
    this.onAttached = onAttached;
    const input = byId("files-input");
    byId("choose").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = ""; // so that the same file can be chosen again
    });
    this.#takeDrops(byId("drop"));
  }

  /** Show the rows of the store that is open now; null: of none. */
  open(storeId) {
    this.#rows = this.#rows.filter(({ row }) => !row.isGone());
    for (const { storeId: its, row } of this.#rows) row.show(its === storeId);
  }

  add(files) {
    const storeId = this.storeId();
    if (!storeId) return;
    for (const file of files) this.#wait(storeId, file);
    this.#next();
  }

  #wait(storeId, file) {
    const row = uploadRow(file);
    this.#rows.push({ storeId, row });
    this.#waiting.push({ storeId, file, row });
    return row;
  }

  #next() {
    while (this.#running < AT_A_TIME && this.#waiting.length > 0) {
      const job = this.#waiting.shift();
      if (job.row.signal.aborted) continue;
      this.#running += 1;
      this.#upload(job).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  async #upload({ storeId, file, row }) {
    row.progress(0);
    try {
      const options = { onProgress: row.progress, signal: row.signal };
      const attached = await uploadInto(storeId, file, options);
      row.remove();
      this.onAttached(storeId, attached);
    } catch (error) {
      if (isAborted(error)) row.remove();
      else row.fail(explained(error), mayWork(error) ? () => this.#again(storeId, file, row) : null);
    }
  }

  #again(storeId, file, failed) {
    this.#wait(storeId, file).focus();
    failed.remove();
    this.#next();
  }

  #takeDrops(place) {
    const over = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser would open a file that misses the place
      place.classList.toggle("over", event.type === "dragover" && place.contains(event.target));
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", over);
    addEventListener("drop", (event) => {
      over(event);
      if (place.contains(event.target)) this.#takeDropped(event.dataTransfer);
    });
  }

  #takeDropped(transfer) {
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory ?? false;
    for (const folder of items.filter(isFolder)) {
      const name = folder.webkitGetAsEntry().name;
      const row = uploadRow({ name, size: null });
      row.fail(["This is a folder. Drop its files instead."]);
      this.#rows.push({ storeId: this.storeId(), row });
    }
    this.add(items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()));
  }
}

/** Whether the same upload may work later: with another key, it may, too. */
function mayWork(error) {
  return isPassing(error) || error.status === 401;
}

/** A row in the list of uploads. It can have the focus, which then is on nothing that stops it. */
function uploadRow(file) {
  const controller = new AbortController();
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const state = element("span", { class: "state" }, "waiting");
  const row = element("li", { class: "upload", tabindex: -1 });
  const action = button("Cancel", () => cancel(), { "aria-label": `Cancel ${file.name}` });
  const remove = () => keepFocus(byId("uploads"), byId("choose"), () => row.remove());
  const cancel = () => {
    controller.abort();
    remove();
  };
  const about = file.size === null ? "" : size(file.size);
  const actions = element("span", { class: "actions" }, action);
  row.append(element("span", { class: "name" }, file.name), " ", state, bar, actions);
  byId("uploads").append(row);
  return {
    signal: controller.signal,
    remove,
    isGone: () => !row.isConnected,
    show: (visible) => show(row, visible),
    focus: () => row.focus(),
    progress(share) {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.floor(share * 100)}% of ${about}` : "sent; the server is storing it";
    },
    /** message: children of the row. again: what sends the file again, if that may help. */
    fail(message, again = null) {
      const hadFocus = row.contains(document.activeElement);
      bar.remove();
      state.remove();
      action.textContent = "Dismiss";
      action.setAttribute("aria-label", `Dismiss ${file.name}`);
      row.classList.add("failed");
      if (again) actions.prepend(button("Try again", again, { "aria-label": `Try again to upload ${file.name}` }));
      row.append(element("p", { role: "alert" }, ...message));
      if (hadFocus) actions.querySelector("button").focus();
    },
  };
}
