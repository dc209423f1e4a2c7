/** The dialog with the text that was read of a file. */

import { latest, request } from "./api.js";
import { byId, show } from "./dom.js";
import { notice } from "./notice.js";

const newer = latest();

/** Show the text of a file. */
export async function read(storeId, file) {
  const [dialog, text] = [byId("reader"), byId("reader-text")];
  const problems = notice("reader-error", () => text);
  const path = `v1/vector_stores/${encodeURIComponent(storeId)}/files/${encodeURIComponent(file.id)}/content`;
  byId("reader-title").textContent = file.filename;
  byId("reader-close").onclick = () => dialog.close();
  dialog.onclose = () => {
    newer(); // what comes of this file is too late
    problems.clear();
  };
  problems.clear();
  text.replaceChildren();
  show(byId("reader-more"), false);
  dialog.showModal();
  await pages(path, problems)("");
}

/** What appends a page of the text, and offers the next. */
function pages(path, problems) {
  const [text, more] = [byId("reader-text"), byId("reader-more")];
  const signal = newer();
  let loading = false;

  async function append(page) {
    if (loading) return; // two presses would append one page twice
    loading = true;
    more.ariaDisabled = "true"; // and not disabled, which would take the focus from it
    try {
      const query = page ? `?page=${encodeURIComponent(page)}` : "";
      const { answer } = await request(path + query, { signal });
      text.append(...answer.data.map((part) => part.text));
      problems.clear();
      more.onclick = () => append(answer.next_page);
      if (!answer.has_more && document.activeElement === more) text.focus();
      show(more, answer.has_more);
    } catch (error) {
      problems.show(error, () => append(page));
    }
    loading = false;
    more.ariaDisabled = "false";
  }

  return append;
}
