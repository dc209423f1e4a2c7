/** The uploads of the page: files that were dropped or chosen, a row with its progress for each. */

import { isAborted } from "./api.js";
import { button, byId, element, keepFocus } from "./dom.js";
import { isPassing } from "./retries.js";
import { uploadInto } from "./upload.js";
import { size } from "./words.js";

const AT_A_TIME = 2;

/** Takes files, and uploads them in turn. */
export class Uploads {
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

  add(files) {
    const storeId = this.storeId();
    if (!storeId) return;
    for (const file of files) this.#wait(storeId, file);
    this.#next();
  }

  #wait(storeId, file) {
    const row = uploadRow(file);
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
      else row.fail(error.message, mayWork(error) ? () => this.#again(storeId, file, row) : null);
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
      uploadRow({ name, size: null }).fail("This is a folder. Drop its files instead.");
    }
    this.add(items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()));
  }
}

/** Whether the same upload may work later: with another key, it may, too. */
function mayWork(error) {
  return isPassing(error) || error.status === 401;
}

/** A row in the list of uploads. */
function uploadRow(file) {
  const controller = new AbortController();
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const state = element("span", { class: "state" }, "waiting");
  const row = element("li", { class: "upload" });
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
    focus: () => action.focus(),
    progress(share) {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.floor(share * 100)}% of ${about}` : "sent; the server is storing it";
    },
    fail(message, again = null) {
      bar.remove();
      state.remove();
      action.textContent = "Dismiss";
      action.setAttribute("aria-label", `Dismiss ${file.name}`);
      row.classList.add("failed");
      if (again) actions.prepend(button("Try again", again, { "aria-label": `Try again to upload ${file.name}` }));
      row.append(element("p", { role: "alert" }, message));
    },
  };
}
