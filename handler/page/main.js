/** The page, started: the tabs, the key, and what each panel does when it is first seen. */

import { startCompare } from "./compare.js";
import { startConnect } from "./connect.js";
import { byId } from "./dom.js";
import { onKey, startKey } from "./key.js";
import { retry, startRetries } from "./retries.js";
import { startSearch } from "./search.js";
import { refreshStatus, startStatus } from "./status.js";
import { tabs } from "./tabs.js";
import { startTokens } from "./tokens.js";

// By the tabs' names, which are also those in the address (#compare).
const PANELS = { compare: startCompare, tokens: startTokens, search: startSearch, connect: startConnect };
const refreshers = new Map(); // of the panels that are started

function begin() {
  startKey();
  const select = tabs(document.querySelector(".tabs"), seen);
  const chosen = () => select(byId(`tab-${nameInAddress() ?? "compare"}`));
  addEventListener("hashchange", () => nameInAddress() && chosen());
  chosen();
  startStatus(() => refreshers.get("connect")?.());
  startRetries();
  // What depends on the key is asked again.
  onKey(async () => {
    await refreshStatus();
    for (const refresh of refreshers.values()) refresh();
  });
}

function seen(tab) {
  const name = tab.id.replace("tab-", "");
  document.title = `${tab.textContent} · minilm-lambda`;
  if (nameInAddress() !== name) history.replaceState(null, "", `#${name}`);
  if (refreshers.has(name)) retry();
  else refreshers.set(name, PANELS[name]());
}

function nameInAddress() {
  const name = location.hash.slice(1);
  return Object.hasOwn(PANELS, name) ? name : null;
}

begin();
