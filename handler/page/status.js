/** The status line: the version, the vector space, and whether a key is needed. */

import { isAborted, latest, onAnswer, request, requireKey } from "./api.js";
import { byId } from "./dom.js";
import { key, markKey } from "./key.js";
import { isPassing, retry, settled, tryAgain } from "./retries.js";

/** What the page knows of the server. `needsKey` and `limits` are null until the server has told. */
export const server = { needsKey: null, limits: null };

const line = byId("status");
const newer = latest();
let failed = false; // the last time
let tell;

/** Say what the server is, now and once it answers again. `onKnown` is called each time it has told. */
export function startStatus(onKnown) {
  tell = onKnown;
  onAnswer(() => failed && refreshStatus());
  return refreshStatus();
}

/** Ask the server what it is, and say it. */
export async function refreshStatus() {
  const recovers = failed;
  failed = false;
  try {
    say(await described(newer()));
    settled(line);
  } catch (error) {
    if (isAborted(error)) return; // a newer one goes on
    failed = true;
    requireKey(server.needsKey);
    settled(line);
    say(error.message, " ", ...(isPassing(error) ? [tryAgain(line, refreshStatus)] : []));
  }
  if (server.needsKey !== null) tell();
  if (recovers && !failed) retry();
}

/** What the server says of itself. */
async function described(signal) {
  const about = (await request("", { anonymous: true, signal })).answer;
  server.needsKey = about.key_required;
  requireKey(server.needsKey);
  const model = server.needsKey && !key() ? null : await info(signal);
  server.limits = model?.limits ?? null;
  markKey(server.needsKey && model === null);
  return [`Version ${about.version}`, space(model), keys(model)].filter(Boolean).join(" · ");
}

/** Put this in the line. If its button has the focus, the line keeps it. */
function say(...parts) {
  const hadFocus = line.contains(document.activeElement);
  line.replaceChildren(...parts);
  if (hadFocus) (line.querySelector("button") ?? line).focus();
}

/** The model, or null if the server wants another key. */
async function info(signal) {
  try {
    return (await request("info", { signal })).answer;
  } catch (error) {
    if (error.status === 401) return null;
    throw error;
  }
}

function space(model) {
  return model && `vector space ${model.fingerprint}`;
}

function keys(model) {
  if (!server.needsKey) return "no key needed";
  if (model) return "key accepted";
  return key() ? "key rejected" : "key required";
}
