/** The key field. The key stays in this tab: it is in no URL, no cookie and no lasting storage. */

import { byId } from "./dom.js";

const PLACE = "api-key";
const listeners = [];

/** The key that requests send; "" if there is none. */
export function key() {
  return sessionStorage.getItem(PLACE) ?? "";
}

/** Call `listener` whenever the key has changed. */
export function onKey(listener) {
  listeners.push(listener);
}

/** Begin to listen to the field. */
export function startKey() {
  const field = byId("key");
  field.value = key();
  field.addEventListener("change", () => keep(field));
  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keep(field);
  });
}

/** Point at the field: a key is missing, or it is wrong. */
export function markKey(wrong) {
  const field = byId("key");
  if (wrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Go to the field. */
export function goToKey() {
  byId("key").focus();
}

function keep(field) {
  const entered = field.value.trim();
  // A header could not have them; what people paste may end with a quotation mark or a dash.
  const strange = /[^\x21-\x7e]/u.exec(entered);
  field.setCustomValidity(strange ? `An API key cannot contain “${strange[0]}”.` : "");
  if (!field.reportValidity()) return;
  if (entered === key()) return;
  if (entered) sessionStorage.setItem(PLACE, entered);
  else sessionStorage.removeItem(PLACE);
  for (const listener of listeners) listener();
}
