/** What failed for a passing reason: it is asked again by a button, or when somebody is back. */

import { button } from "./dom.js";

const failed = new Map(); // by the element that says so: what asks again

/** Whether the same request may succeed later: no answer, too many requests, a fault of the server. */
export function isPassing({ status }) {
  return status === 0 || status === 429 || status >= 500;
}

/** A button that asks again. Until `settled`, so does everything that looks at the page again. */
export function tryAgain(place, again) {
  failed.set(place, again);
  return button("Try again", again, { class: "quiet" });
}

/** What the element said holds no more. */
export function settled(place) {
  failed.delete(place);
}

/** Ask again for what has failed and is on view. */
export function retry() {
  for (const [place, again] of [...failed]) if (!place.closest("[hidden]")) again();
}

/** Ask again whenever the window has the focus again, or the network is back. */
export function startRetries() {
  addEventListener("focus", retry);
  addEventListener("online", retry);
}
