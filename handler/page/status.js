/** The status line: the version, the vector space, and whether a key is needed. */

import { request, requireKey } from "./api.js";
import { byId } from "./dom.js";
import { key, markKey } from "./key.js";

/** What the page knows of the server. `limits` is null until the server has told. */
export const server = { needsKey: false, limits: null };

/** Ask the server what it is, and say it. */
export async function refreshStatus() {
  const line = byId("status");
  try {
    const about = (await request("", { anonymous: true })).answer;
    server.needsKey = about.key_required;
    requireKey(server.needsKey);
    const model = server.needsKey && !key() ? null : await info();
    server.limits = model?.limits ?? null;
    markKey(server.needsKey && model === null);
    line.textContent = [`Version ${about.version}`, space(model), keys(model)].filter(Boolean).join(" · ");
  } catch (error) {
    requireKey(server.needsKey);
    line.textContent = error.message;
  }
}

/** The model, or null if the server wants another key. */
async function info() {
  try {
    return (await request("info")).answer;
  } catch (error) {
    if (error.status === 401) return null;
    throw error;
  }
}

function space(model) {
  return model && `vector space ${model.fingerprint}`;
}

function keys(model) {
  if (!server.needsKey) return "no key is needed";
  if (model) return "the key is right";
  return key() ? "the key is wrong" : "a key is needed";
}
