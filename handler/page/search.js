/** The tab "Search": stores, their files, and what is in them. */

import { byId, show } from "./dom.js";
import { Files } from "./files.js";
import { Query } from "./query.js";
import { isReadOnly, Stores } from "./stores.js";
import { Uploads } from "./uploads.js";

/** Begin with the stores. Returns what asks for them again. */
export function startSearch() {
  let open; // the id of the store whose files and results are shown

  const stores = new Stores((store) => {
    show(byId("search-grid"), store !== null);
    const fixed = store !== null && isReadOnly(store);
    show(byId("drop"), !fixed);
    show(byId("read-only"), fixed);
    if (store && store.id === open) {
      files.refresh();
      return;
    }
    open = store?.id;
    uploads.open(open ?? null);
    query.clear();
    files.open(store, fixed);
  });
  const files = new Files(() => stores.recount());
  const query = new Query(() => stores.id);
  const uploads = new Uploads(
    () => stores.id,
    (storeId, file) => {
      byId("search-status").textContent = `${file.filename} was uploaded.`;
      if (storeId === stores.id) files.refresh();
      else stores.refresh();
    },
  );
  stores.refresh();
  return () => {
    query.clear();
    stores.refresh();
  };
}
