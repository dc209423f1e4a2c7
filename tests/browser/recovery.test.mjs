/** Errors that pass: they are said where they happen, leave no old answer behind, and can be tried again. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { axe, focusedName, open, PHONE, useServer } from "./harness.mjs";
import { createStore, FAN, openWithFiles, results, row, search, upload } from "./search_tab.mjs";
import { makeStore } from "./store.mjs";

const expected = [/status of (429|503)/, /ERR_FAILED|ERR_INTERNET_DISCONNECTED/];
const server = useServer();

const again = (page) => page.getByRole("button", { name: "Try again" });

/** Answer requests for these addresses with an error; 0: not at all. Gives what ends that. */
async function failing(page, address, status = 503) {
  const json = { error: { message: "Busy for now.", type: "server_error", param: null, code: null } };
  const fail = (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    return status === 0 ? route.abort() : route.fulfill({ status, json });
  };
  await page.route(address, fail);
  return () => page.unroute(address, fail);
}

test("an upload that got no answer is tried again by its button", async (t) => {
  const page = await open(t, server, { path: "/#search", expected: [...expected, /status of 401/] });
  await createStore(page, "interrupted");
  const failed = page.locator(".upload.failed");
  const retry = failed.getByRole("button", { name: "Try again to upload fan.txt" });
  let end = await failing(page, "**/v1/files", 0);
  await upload(page, FAN);
  await retry.focus();
  for (const status of [503, 401]) {
    await axe(page);
    await end();
    end = await failing(page, "**/v1/files", status);
    await page.keyboard.press("Enter");
    await failed.getByText("Busy for now.").waitFor();
    assert.equal(await failed.count(), 1);
    assert.equal(await focusedName(page), "Try again to upload fan.txt");
  }
  await failed.getByRole("button", { name: "Enter a key" }).waitFor(); // after the 401
  await end();
  await page.keyboard.press("Enter");
  await row(page, "fan.txt").getByText("completed").waitFor();
  assert.equal(await failed.count(), 0);
});

test("an upload that can never work has no such button", async (t) => {
  const page = await open(t, server, { path: "/#search", expected: [/status of 400/] });
  await createStore(page, "refused");
  await failing(page, "**/v1/files", 400);
  await upload(page, FAN);
  await page.locator(".upload.failed").getByRole("button", { name: "Dismiss fan.txt" }).waitFor();
  assert.equal(await again(page).count(), 0);
});

test("an upload whose file has changed has to be chosen again", async (t) => {
  const page = await open(t, server, { path: "/#search", expected: [...expected, /FILE_CHANGED/] });
  await createStore(page, "changed");
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "notes.txt");
  writeFileSync(path, "The first version.");
  const end = await failing(page, "**/v1/files");
  await upload(page, path);
  await page.getByRole("button", { name: "Try again to upload notes.txt" }).waitFor();
  await end();
  writeFileSync(path, "The second version is longer.");
  utimesSync(path, Date.now() / 1000, Date.now() / 1000 + 5); // Chromium compares seconds
  await page.getByRole("button", { name: "Try again to upload notes.txt" }).click();
  await page.locator(".upload.failed").getByText("The file has changed since it was chosen").waitFor();
  assert.equal(await again(page).count(), 0);
  assert.equal(await focusedName(page), "Dismiss notes.txt");
});

test("a failed upload is shown with the files of its store only", async (t) => {
  const page = await open(t, server, { path: "/#search", expected });
  await createStore(page, "first");
  const first = await page.getByLabel("Vector store").inputValue();
  const end = await failing(page, "**/v1/files");
  await upload(page, FAN);
  const failed = page.locator(".upload.failed");
  await failed.waitFor();
  await end();
  await createStore(page, "second");
  assert.equal(await failed.isVisible(), false);
  await page.getByLabel("Vector store").selectOption(first);
  await again(page).click();
  await row(page, "fan.txt").getByText("completed").waitFor();
});

/** The search tab, whose first list of stores has failed. */
async function openWithoutList(t, status) {
  const page = await open(t, server, { path: "/#connect", expected });
  const end = await failing(page, "**/v1/vector_stores?*", status);
  await page.getByRole("tab", { name: "Search", exact: true }).click();
  await page.locator("#search-error").waitFor();
  assert.equal(await page.locator("#store-bar").isVisible(), false);
  return { page, end };
}

describe("a list of stores that fails", () => {
  for (const status of [429, 503, 0]) {
    test(`with ${status} is asked for again by the button`, async (t) => {
      const { page, end } = await openWithoutList(t, status);
      await axe(page);
      await again(page).evaluate((button) => (button.dataset.old = "true"));
      await again(page).click();
      await page.locator("#search-error button:not([data-old])").waitFor(); // failed once more
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Try again");
      await end();
      await page.keyboard.press("Enter");
      await page.locator("#store-bar").waitFor();
      await page.locator("#search-error").waitFor({ state: "hidden" });
      assert.match(await focusedName(page), /^store(-name)?$/);
    });
  }

  test("is asked for again when the tab is chosen", async (t) => {
    const { page, end } = await openWithoutList(t, 503);
    await page.getByRole("tab", { name: "Tokens" }).click();
    await end();
    await page.getByRole("tab", { name: "Search", exact: true }).click();
    await page.locator("#store-bar").waitFor();
  });

  test("is asked for again when the window has the focus, and only if its tab is shown", async (t) => {
    const { page, end } = await openWithoutList(t, 503);
    await end();
    let lists = 0;
    page.on("request", (request) => (lists += request.url().includes("/v1/vector_stores?") ? 1 : 0));
    await page.evaluate(() => document.querySelector("#search-panel").toggleAttribute("hidden", true));
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.evaluate(() => fetch("health")); // as long as a request takes
    assert.equal(lists, 0);
    await page.evaluate(() => document.querySelector("#search-panel").toggleAttribute("hidden", false));
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.locator("#store-bar").waitFor();
    assert.equal(lists, 1);
  });

  test("is asked for again when the browser is online again", async (t) => {
    const page = await open(t, server, { path: "/#connect", expected });
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await page.getByRole("tab", { name: "Search", exact: true }).click();
    await page.getByRole("alert").getByText("The server does not answer.").waitFor();
    await page.context().setOffline(false);
    await page.locator("#store-bar").waitFor();
  });

  test("leaves the store that is open alone, and shows a new one later", async (t) => {
    const page = await open(t, server, { path: "/#search", expected });
    await createStore(page, "before");
    const end = await failing(page, "**/v1/vector_stores?*");
    await page.getByLabel("Name of a new store").fill("after");
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator("#search-error").getByText("Busy for now.").waitFor();
    assert.ok(await page.locator("#store-bar").isVisible());
    assert.ok(await page.locator("#search-grid").isVisible());
    await end();
    await again(page).click();
    await page.locator("#store option:checked").filter({ hasText: "after (" }).waitFor({ state: "attached" });
  });
});

test("the store that is chosen while the list loads stays", async (t) => {
  const [first, second] = [await makeStore(server, "first choice"), await makeStore(server, "second choice")];
  const page = await open(t, server, { path: "/#search" });
  const store = page.getByLabel("Vector store", { exact: true });
  await store.selectOption(first.id);
  let held;
  await page.route("**/v1/vector_stores?*", (route) => void (held = route));
  const asked = page.waitForRequest("**/v1/vector_stores?*");
  await page.getByLabel("API key").fill("any"); // with another key, all is asked for again
  await page.keyboard.press("Enter");
  await asked;
  await store.selectOption(second.id);
  await store.evaluate((select) => [...select.options].forEach((option) => (option.dataset.old = "true")));
  await held.continue();
  await page.locator("#store option:not([data-old])").first().waitFor({ state: "attached" }); // the new list
  assert.equal(await store.inputValue(), second.id);
});

test("a search that fails says so beside the form, in the place of older results", async (t) => {
  const page = await openWithFiles(t, server, { expected, width: PHONE, height: 640 });
  await search(page, "pump");
  await results(page).first().waitFor();
  const end = await failing(page, "**/search");
  await search(page, "fan");
  const error = page.locator("#search-form + #query-error");
  await error.getByText("Busy for now.").waitFor();
  const { y, height } = await error.boundingBox();
  assert.ok(y >= 0 && Math.floor(y + height) <= 640, `${height} at ${y} of 640`);
  assert.equal(await results(page).count(), 0);
  assert.equal(await page.locator("#search-summary").textContent(), "");
  await axe(page);
  await end();
  await page.getByLabel("Question or words").fill("half a wo"); // the search that failed is repeated
  await again(page).click();
  await results(page).first().getByRole("heading", { name: "fan.txt" }).waitFor();
  await error.waitFor({ state: "hidden" });
  assert.equal(await focusedName(page), "query");
});

test("a comparison that fails leaves none of other texts", async (t) => {
  const page = await open(t, server, { expected });
  const texts = page.getByLabel("Texts, one per line");
  await texts.fill(`short\n${"word ".repeat(300)}`);
  await page.getByText("It does not read all of text 2").waitFor();
  const end = await failing(page, "**/v1/embeddings");
  await texts.fill("one\ntwo");
  await page.locator("#compare-error").getByText("Busy for now.").waitFor();
  assert.equal(await page.locator("#compare-results").isVisible(), false);
  assert.equal(await page.locator("#compare-summary").textContent(), "");
  assert.equal(await page.locator("#compare-cut").textContent(), "");
  await end();
  await again(page).click();
  await page.getByText("2 texts. The closest are 1 and 2").waitFor();
  assert.equal(await focusedName(page), "compare-texts");
});

test("a text whose pieces cannot be had leaves none of another text", async (t) => {
  const page = await open(t, server, { path: "/#tokens", expected });
  await page.locator("#tokens-notes").getByText("The model does not know").waitFor();
  const end = await failing(page, "**/tokenize");
  await page.getByLabel("Text", { exact: true }).fill("unaffable");
  await page.locator("#tokens-error").getByText("Busy for now.").waitFor();
  assert.equal(await page.locator(".piece").count(), 0);
  assert.equal(await page.locator("#tokens-summary").textContent(), "");
  assert.equal(await page.locator("#tokens-notes").textContent(), "");
  await end();
  await again(page).click();
  await page.getByText("##ffa").waitFor();
  assert.equal(await focusedName(page), "tokens-text");
});

describe("the status line", () => {
  async function openUnknown(t, path) {
    const page = await open(t, server, { path, expected });
    const end = await failing(page, `${server.origin}/`, 0);
    await page.reload();
    await page.locator("#status").getByText("The server does not answer.").waitFor();
    return { page, end };
  }

  const known = (page) => page.locator("#status").getByText(/^Version .* · no key needed$/).waitFor();

  test("recovers by its button, and then the code says whether a key is needed", async (t) => {
    const { page, end } = await openUnknown(t, "/#connect");
    assert.equal(await page.locator("#connect-key").textContent(), "");
    await axe(page);
    await end();
    await again(page).click();
    await known(page);
    await page.getByText("This server needs no key").waitFor();
    assert.equal(await focusedName(page), "status");
  });

  test("recovers as soon as any request succeeds", async (t) => {
    const { page, end } = await openUnknown(t, "/#tokens");
    await page.locator(".piece").first().waitFor();
    await end();
    await page.getByLabel("Text", { exact: true }).fill("a bird");
    await known(page);
  });

  test("asks again, with its answer, for what else has failed", async (t) => {
    const page = await open(t, server, { path: "/#tokens", expected });
    const end = await failing(page, /\/(tokenize)?$/);
    await page.reload();
    await page.locator("#tokens-error").getByText("Busy for now.").waitFor();
    await end();
    await page.locator("#status").getByRole("button", { name: "Try again" }).click();
    await known(page);
    await page.locator(".piece").first().waitFor();
  });
});
