/** The tab "Search": stores, their files, and what is in them. */

import { byId, show } from "./dom.js";
import { Files } from "./files.js";
import { notice } from "./notice.js";
import { Query } from "./query.js";
import { isReadOnly, Stores } from "./stores.js";
import { Uploads } from "./uploads.js";

/** Begin with the stores. Returns what asks for them again. */
export function startSearch() {
  const problems = notice("search-error");
  let open; // the id of the store whose files and results are shown

  const stores = new Stores(problems, (store) => {
    show(byId("search-grid"), store !== null);
    const fixed = store !== null && isReadOnly(store);
    show(byId("drop"), !fixed);
    show(byId("read-only"), fixed);
    if (store?.id !== open) query.clear();
    open = store?.id;
    files.open(store, fixed);
  });
  const files = new Files(problems, () => stores.recount());
  const query = new Query(problems, () => stores.id);
  new Uploads(
    () => stores.id,
    (storeId, file) => {
      byId("search-status").textContent = `${file.filename} is uploaded.`;
      if (storeId === stores.id) files.refresh();
      else stores.refresh();
    },
  );
  stores.refresh();
  return () => stores.refresh();
}
