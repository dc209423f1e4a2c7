/** An error of the API on the page: its message, and what can be done. */

import { isAborted } from "./api.js";
import { button, byId, show } from "./dom.js";
import { goToKey, key, markKey } from "./key.js";
import { isPassing, settled, tryAgain } from "./retries.js";

/** What to say about an error, as the children of an element. */
export function explained(error) {
  if (error.status !== 401) return [error.message];
  markKey(true);
  // The API tells programs how to send a key.
  const text = key() ? "The server does not accept this API key." : error.message;
  return [text, " ", button("Enter a key", goToKey, { class: "quiet" })];
}

/**
 * Show the errors of a panel in its element with this id.
 *
 * @param {string} id
 * @param {() => HTMLElement} home what gets the focus if a button of the error has it and goes
 */
export function notice(id, home) {
  const place = byId(id);

  function replace(...parts) {
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(...parts);
    show(place, parts.length > 0);
    if (hadFocus) (place.querySelector("button") ?? home()).focus();
  }

  return {
    clear() {
      settled(place);
      replace();
    },
    /** `again`: what asks again, if that can help and does no harm. */
    show(error, again) {
      if (isAborted(error)) return;
      settled(place);
      const parts = explained(error);
      if (again && isPassing(error)) parts.push(" ", tryAgain(place, again));
      replace(...parts);
    },
  };
}
