/** The place of an error in a panel: the API's message, as it was sent. */

import { isAborted } from "./api.js";
import { button, byId, show } from "./dom.js";
import { goToKey, markKey } from "./key.js";

/** Show the errors of a panel in its element with this id. */
export function notice(id) {
  const place = byId(id);
  return {
    clear() {
      show(place, false);
      place.replaceChildren();
    },
    show(error) {
      if (isAborted(error)) return;
      const wrongKey = error.status === 401;
      const parts = [error.message];
      if (wrongKey) parts.push(" ", button("Enter a key", goToKey, { class: "quiet" }));
      if (wrongKey) markKey(true);
      place.replaceChildren(...parts);
      show(place);
    },
  };
}
