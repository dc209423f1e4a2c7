/** The page as a whole: every tab, in both schemes, by keyboard, on a phone, below a prefix. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, DESKTOP, KEY, noHorizontalScroll, open, PHONE, useServer, WITH_KEYS } from "./harness.mjs";
import { useProxy } from "./proxy.mjs";

const TABS = ["Compare", "Tokens", "Search", "Connect"];
const MOST_BYTES = 150_000;

const server = useServer();

/** The tab of this name, which must be the one that is shown. */
async function shown(page, name) {
  await page.getByRole("tab", { name, selected: true }).waitFor();
  await page.getByRole("tabpanel", { name, exact: true }).waitFor();
  // Nothing is under way any more.
  await page.waitForLoadState("networkidle");
}

describe("each tab", () => {
  for (const name of TABS) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [DESKTOP, PHONE]) {
        test(`${name} has no fault, ${scheme}, ${width} pixels wide`, async (t) => {
          const page = await open(t, server, { path: `/#${name.toLowerCase()}`, scheme, width });
          await shown(page, name);
          await axe(page);
          await noHorizontalScroll(page);
        });
      }
    }
  }
});

test("the tabs are walked through with the keyboard alone", async (t) => {
  const page = await open(t, server);
  await shown(page, "Compare");
  while (!(await page.evaluate(() => document.activeElement.id === "tab-compare"))) {
    await page.keyboard.press("Tab");
  }
  for (const [key, name] of [
    ["ArrowRight", "Tokens"],
    ["ArrowRight", "Search"],
    ["End", "Connect"],
    ["ArrowRight", "Compare"],
    ["ArrowLeft", "Connect"],
    ["Home", "Compare"],
  ]) {
    await page.keyboard.press(key);
    await shown(page, name);
    assert.equal(new URL(page.url()).hash, `#${name.toLowerCase()}`);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), name);
  }
});

test("an address with a tab's name opens it, and another name opens the first", async (t) => {
  const page = await open(t, server, { path: "/#connect" });
  await shown(page, "Connect");
  await page.evaluate(() => (location.hash = "#tokens"));
  await shown(page, "Tokens");
  const other = await open(t, server, { path: "/#constructor" });
  await shown(other, "Compare");
});

test("a visit asks for few files, and all of them are small", async (t) => {
  const page = await open(t, server, { path: "/#connect" });
  await shown(page, "Connect");
  const files = await page.evaluate(() =>
    performance
      .getEntries()
      .filter((entry) => ["navigation", "link", "script", "img", "css"].includes(entry.initiatorType))
      .map((entry) => [entry.name, entry.decodedBodySize]),
  );
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  assert.deepEqual(
    files.map(([url]) => new URL(url).pathname.split("/").at(-1)).sort(),
    ["", "icon.svg", "main.js", "panels.css", "style.css"],
  );
  assert.ok(bytes > 10_000 && bytes <= MOST_BYTES, `${bytes} bytes`);
});

test("a visit asks the API what the server is, and what its tab shows", async (t) => {
  const page = await open(t, server, { path: "/#connect" });
  for (const [path, asked] of [
    ["/?#compare", ["/", "/info", "/tokenize", "/v1/embeddings"]],
    ["/?#tokens", ["/", "/info", "/tokenize"]],
    ["/?#search", ["/", "/info", "/v1/vector_stores"]], // and the files of a store, if there is one
    ["/?#connect", ["/", "/info"]],
  ]) {
    await page.goto("about:blank");
    await page.goto(server.origin + path);
    await page.waitForLoadState("networkidle");
    const fetched = await page.evaluate(() =>
      performance.getEntriesByType("resource").filter((entry) => entry.initiatorType === "fetch").map((entry) => entry.name),
    );
    assert.deepEqual(fetched.map((url) => new URL(url).pathname).sort(), asked);
  }
});

test("what will be announced is on the page, empty, from the start, and takes no room", async (t) => {
  const page = await open(t, server, { path: "/#compare" });
  await page.getByText("10 texts.").waitFor();
  const regions = await page.evaluate(() =>
    ["compare-cut", "tokens-notes", "search-warnings"].map((id) => {
      const region = document.getElementById(id);
      return [region.getAttribute("role"), region.textContent, getComputedStyle(region).display !== "none"];
    }),
  );
  assert.deepEqual(regions, Array(3).fill(["status", "", true]));
  const [between, gap] = await page.evaluate(() => {
    const [hint, summary] = ["compare-hint", "compare-summary"].map((id) => document.getElementById(id));
    const { rowGap } = getComputedStyle(document.querySelector(".compare-input"));
    return [summary.getBoundingClientRect().top - hint.getBoundingClientRect().bottom, parseFloat(rowGap)];
  });
  assert.ok(Math.abs(between - gap) < 1, `${between} pixels, for a gap of ${gap}`);
});

describe("below a base path", () => {
  const based = useServer({ API_BASE_PATH: "/prod" });

  for (const path of ["/prod", "/prod/", "/prod/#compare"]) {
    test(`the page at ${path} works`, async (t) => worksAt(t, based, path, "/prod/v1"));
  }
});

describe("below a prefix that a proxy takes off", () => {
  const proxy = useProxy(server, "/tools/minilm");

  test("the page works", async (t) => worksAt(t, proxy, "/tools/minilm/", "/tools/minilm/v1"));
});

async function worksAt(t, at, path, base) {
  const page = await open(t, at, { path });
  await page.getByRole("grid", { name: "Cosines" }).waitFor(); // of cosines, so the API was found
  await page.getByRole("tab", { name: "Connect" }).click();
  await shown(page, "Connect");
  await page.getByText(`${at.origin}${base}`, { exact: true }).first().waitFor();
}

describe("a server with keys", () => {
  const keyed = useServer(WITH_KEYS);

  test("shows the page, asks for a key, and works once it has one", async (t) => {
    const page = await open(t, keyed, { expected: [/status of 401/] });
    const alert = page.getByRole("alert").filter({ visible: true });
    await alert.filter({ hasText: /key/i }).waitFor();
    await axe(page);
    const field = page.getByLabel("API key");
    await field.fill("a-wrong-key");
    await field.press("Enter");
    await page.getByRole("status").filter({ hasText: "key rejected" }).waitFor();
    await alert.filter({ hasText: "The server does not accept this API key." }).waitFor();
    await field.fill(KEY);
    await field.press("Enter");
    await page.getByRole("grid", { name: "Cosines" }).waitFor();
    await page.getByRole("status").filter({ hasText: "key accepted" }).waitFor();
    await axe(page);
  });

  test("refuses a key that no header can have, and keeps the one before", async (t) => {
    const page = await open(t, keyed);
    const field = page.getByLabel("API key");
    await field.fill("sk-…");
    await field.press("Enter");
    const message = await field.evaluate((input) => input.validationMessage);
    assert.equal(message, "An API key cannot contain “…”.");
    await field.fill(KEY);
    await field.press("Enter");
    await page.getByRole("status").filter({ hasText: "key accepted" }).waitFor();
  });
});

describe("a server without the page", () => {
  const bare = useServer({ PAGE: "false" });

  test("shows a short one, with links", async (t) => {
    const page = await open(t, bare);
    await page.getByRole("heading", { name: "minilm-lambda" }).waitFor();
    assert.equal(await page.getByRole("tab").count(), 0);
    await page.getByRole("link", { name: "docs" }).click();
    await page.getByText("/v1/embeddings", { exact: true }).first().waitFor();
  });
});
