/** The dialog with the text that was read of a file. */

import { latest, request } from "./api.js";
import { byId, show } from "./dom.js";
import { notice } from "./notice.js";

const newer = latest();

/** Show the text of a file. */
export async function read(storeId, file) {
  const problems = notice("reader-error");
  const text = byId("reader-text");
  const signal = newer();
  const path = `v1/vector_stores/${encodeURIComponent(storeId)}/files/${encodeURIComponent(file.id)}/content`;

  async function more(page) {
    try {
      const query = page ? `?page=${encodeURIComponent(page)}` : "";
      const { answer } = await request(path + query, { signal });
      text.append(...answer.data.map((part) => part.text));
      show(byId("reader-more"), answer.has_more);
      byId("reader-more").onclick = () => more(answer.next_page);
    } catch (error) {
      problems.show(error);
    }
  }

  byId("reader-title").textContent = file.filename;
  byId("reader-close").onclick = () => byId("reader").close();
  byId("reader").onclose = () => newer();
  problems.clear();
  text.replaceChildren();
  show(byId("reader-more"), false);
  byId("reader").showModal();
  await more("");
}
