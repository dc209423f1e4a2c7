/** The tab "Connect": this server's base URL, and the code that uses it from each client. */

import { address, baseUrl } from "./api.js";
import { button, byId, element } from "./dom.js";
import { CLIENTS } from "./snippets.js";
import { server } from "./status.js";
import { tabs } from "./tabs.js";

const DOCUMENTED = "http://localhost:8444"; // the address in the snippets
const ANY_KEY = "random-string"; // what an open server takes as a key
const YOUR_KEY = "YOUR_KEY";
const JSON_TYPE = "-H 'content-type: application/json'";
const FEEDBACK = 2000; // milliseconds

/** Show the snippets. Returns what shows them again, when it is known whether a key is needed. */
export function startConnect() {
  const url = baseUrl();
  byId("base-url").textContent = url;
  byId("base-copy").addEventListener("click", (event) => copy(url, event.target, byId("base-url")));
  const list = byId("clients");
  list.append(...CLIENTS.map(clientTab));
  byId("snippets").append(...CLIENTS.map(clientPanel));
  tabs(list, () => undefined)(list.firstElementChild);
  render();
  return render;
}

function clientTab(client) {
  const attributes = { role: "tab", id: `client-${client.id}`, "aria-controls": `snippet-${client.id}` };
  return element("button", { type: "button", ...attributes }, client.name);
}

function clientPanel(client) {
  const pre = element("pre", { tabindex: "0", "aria-label": `Code for ${client.name}` }, element("code", {}));
  const code = pre.firstElementChild;
  const copying = button("Copy", (event) => copy(code.textContent, event.target, code));
  copying.setAttribute("aria-label", `Copy the code for ${client.name}`);
  return element(
    "div",
    { role: "tabpanel", id: `snippet-${client.id}`, "aria-labelledby": `client-${client.id}` },
    element("div", { class: "field-top" }, element("h2", {}, client.name), copying),
    element("p", { class: "hint" }),
    pre,
  );
}

/** A note, with what is in backticks as code. */
function note(text) {
  return text.split("`").map((part, place) => (place % 2 === 1 ? element("code", {}, part) : part));
}

function render() {
  byId("connect-key").textContent = aboutKeys();
  for (const client of CLIENTS) {
    const panel = byId(`snippet-${client.id}`);
    panel.querySelector("pre code").textContent = forThisServer(client.code);
    panel.querySelector(".hint").replaceChildren(...note(forThisServer(client.note)));
  }
}

function aboutKeys() {
  if (server.needsKey === null) return ""; // the server has not told
  return server.needsKey
    ? `This server needs a key: replace ${YOUR_KEY} with yours.`
    : `This server needs no key, but most clients insist on sending one: any will do, such as ${ANY_KEY}.`;
}

/** The code with this server's address, and with a key if it needs one. */
function forThisServer(code) {
  const here = code.replaceAll(DOCUMENTED, address("").replace(/\/$/, "")).trim();
  if (!server.needsKey) return here;
  const header = `${JSON_TYPE} \\\n  -H 'authorization: Bearer ${YOUR_KEY}'`;
  return here.replaceAll(ANY_KEY, YOUR_KEY).replaceAll(JSON_TYPE, header);
}

/** Copy a text, and say so: on the button, and to screen readers. */
async function copy(text, pressed, shown) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not allowed, or not over HTTPS: then the text is selected, for the keyboard.
    getSelection().selectAllChildren(shown);
    said = "Selected: press Ctrl+C";
  }
  pressed.textContent = said;
  byId("copy-status").textContent = said;
  setTimeout(() => {
    pressed.textContent = "Copy";
    byId("copy-status").textContent = "";
  }, FEEDBACK);
}
