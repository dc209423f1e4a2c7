/** The dialog that asks before something is deleted. */

import { byId, show } from "./dom.js";

/**
 * Ask. The answer is null if it was cancelled.
 *
 * @param {{title: string, text: string, action: string, option?: string}} question option: a box to tick
 * @returns {Promise<{ticked: boolean} | null>}
 */
export function confirmed({ title, text, action, option }) {
  const dialog = byId("confirm");
  const box = byId("confirm-option").querySelector("input");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  byId("confirm-do").textContent = action;
  byId("confirm-option").querySelector("span").textContent = option ?? "";
  show(byId("confirm-option"), option !== undefined);
  box.checked = false;
  return new Promise((resolve) => {
    let answer = null;
    byId("confirm-cancel").onclick = () => dialog.close();
    dialog.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      answer = { ticked: box.checked };
      dialog.close();
    };
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
    byId("confirm-cancel").focus(); // Enter does not delete
  });
}
