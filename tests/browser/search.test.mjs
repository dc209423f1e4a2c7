/** The tab "Search": stores, and what a search finds in them. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { axe, focusedName, KEY, noHorizontalScroll, open, PHONE, startServer, useServer, WITH_KEYS } from "./harness.mjs";
import { createStore, openWithFiles, PUMP, results, row, search, upload } from "./search_tab.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const server = useServer();

describe("an empty server", () => {
  const empty = useServer();

  test("says how to begin", async (t) => {
    const page = await open(t, empty, { path: "/#search" });
    await page.getByText("There are no vector stores yet.").waitFor();
    await axe(page);
    await page.getByRole("button", { name: "Create" }).click(); // without a name
    assert.equal(await page.evaluate(() => document.activeElement.id), "store-name");
    await createStore(page, "manuals");
    await page.getByText("This store has no files yet.").waitFor();
    await search(page, "  ");
    await page.getByText("Type a question, or some words.").waitFor();
    await search(page, "pump");
    await page.getByText("Nothing was found").waitFor();
    await page.getByRole("button", { name: "Delete store" }).click();
    await page.getByRole("dialog").getByText("It has no files.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete store" }).click();
    await page.getByText("There are no vector stores yet.").waitFor();
    assert.equal(await focusedName(page), "store-name");
  });
});

test("files are uploaded, read and found", async (t) => {
  const page = await openWithFiles(t, server);
  await page.getByText("3 files: 2 completed, 1 failed.").waitFor();
  await row(page, "pump.txt").getByText("1 chunk").waitFor();
  assert.match(await row(page, "broken.pdf").locator(".problem.bad").textContent(), /PDF/);
  await search(page, "Why did the pump stop with E-2041?");
  const first = results(page).first();
  await first.getByRole("heading", { name: "pump.txt" }).waitFor();
  assert.deepEqual(await first.locator("mark").allTextContents(), ["E-2041", "pumps"]);
  assert.match(await first.locator(".scores").textContent(), /score 0\.\d\d · cosine 0\.\d\d · rank 1 by words/);
  await page.getByText(/^2 results in \d+ ms\.$/).waitFor();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await axe(page);
  }
});

test("everything is there on a phone", async (t) => {
  const page = await openWithFiles(t, server, { width: PHONE, scheme: "dark" });
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await search(page, "pump");
  await results(page).first().waitFor();
  await noHorizontalScroll(page);
  await axe(page);
});

test("a search is by meaning, by words, or by both, and has as many results as asked for", async (t) => {
  const page = await openWithFiles(t, server);
  const bodies = [];
  page.on("request", (request) => request.url().endsWith("/search") && bodies.push(request.postDataJSON()));
  await page.getByLabel("Find by").selectOption("words");
  await search(page, "bearing");
  await results(page).first().getByRole("heading", { name: "fan.txt" }).waitFor();
  assert.equal(await results(page).count(), 1); // the other has no such word
  await page.getByLabel("Find by").selectOption("meaning");
  await page.getByLabel("Results", { exact: true }).fill("1");
  await search(page, "ventilator noise");
  await page.getByText(/^1 result in/).waitFor();
  await results(page).getByText("not among the best by words").waitFor();
  assert.deepEqual(bodies.map((body) => [body.ranking_options, body.max_num_results]), [
    [{ hybrid_search: { embedding_weight: 0, text_weight: 1 } }, 10],
    [{ ranker: "none" }, 1],
  ]);
});

test("filters narrow a search, and one that no document has is warned of", async (t) => {
  const page = await openWithFiles(t, server);
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Attribute").fill("filename");
  await page.getByLabel("Comparison").selectOption("in");
  await page.getByLabel("Value").fill("fan.txt, other.txt");
  await search(page, "What does the error of the pump mean?");
  await results(page).getByRole("heading", { name: "fan.txt" }).waitFor();
  assert.equal(await results(page).count(), 1);
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Match").selectOption("or");
  await page.getByLabel("Attribute").last().fill("colour");
  await page.getByLabel("Value").last().fill("red");
  await search(page, "pump");
  await page.getByRole("status").getByText("No document has the attribute 'colour'.").waitFor();
  await page.getByRole("button", { name: "Remove this filter" }).first().click();
  await search(page, "pump");
  await page.getByText("Nothing was found").waitFor();
  await axe(page);
});

test("a wrong filter is refused in the API's words", async (t) => {
  const page = await openWithFiles(t, server, { expected: [/status of 400/] });
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Attribute").fill("filename");
  await page.getByLabel("Comparison").selectOption("in");
  await search(page, "pump");
  await page.getByRole("alert").getByText(/a list of 1 to 100 strings or numbers/).waitFor();
});

test("a store is deleted after a question, and another is shown", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "kept");
  await createStore(page, "deleted");
  await page.getByRole("button", { name: "Delete store" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete store" }).click();
  await page.waitForFunction(() => !document.querySelector("#store").textContent.includes("deleted"));
  assert.equal(await focusedName(page), "store");
  await page.getByLabel("Vector store", { exact: true }).selectOption({ label: "kept (0 files)" });
  await page.getByText("This store has no files yet.").waitFor();
});

test("the store of a folder is searched, and not changed", async (t) => {
  const { origin } = await folderServer(t, "lighthouse.md", "# Lighthouses\n\n## Lamps\n\nThe lamp turns four times a minute.");
  const page = await open(t, { origin }, { path: "/#search" });
  await page.getByText("The files of this store come from the bucket or folder").waitFor();
  await row(page, "lighthouse.md").getByText("completed").waitFor();
  assert.equal(await page.getByRole("button", { name: "Choose files" }).isVisible(), false);
  assert.equal(await page.getByRole("button", { name: /^Remove/ }).count(), 0);
  assert.ok(await page.getByRole("button", { name: "Delete store" }).isDisabled());
  await search(page, "How fast does the lamp turn?");
  await results(page).getByRole("heading", { name: "lighthouse.md" }).waitFor();
  await results(page).getByText("The lamp turns").waitFor();
  await axe(page);
  await createStore(page, "another");
  assert.ok(await page.getByRole("button", { name: "Choose files" }).isVisible());
});

/** A server with the store that `make ingest` makes of a folder with one file. */
async function folderServer(t, name, text) {
  const folder = await mkdtemp(join(tmpdir(), "minilm-folder-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "documents"));
  await writeFile(join(folder, "documents", name), text);
  const settings = { VECTOR_STORE: `sqlite:///${folder}/documents.sqlite` };
  // Without setting anything up: `make test-browser` has.
  const command = ["--silent", "--assume-old=.venv/serve", "ingest", `DIR=${join(folder, "documents")}`];
  execFileSync("make", command, { cwd: ROOT, env: { ...process.env, ...settings }, stdio: "pipe" });
  const folderServer = await startServer(settings);
  t.after(folderServer.stop);
  return folderServer;
}

describe("a server without a store", () => {
  const bare = useServer({ VECTOR_STORE: "" });

  test("says how to get one, in the API's words", async (t) => {
    const page = await open(t, bare, { path: "/#search", expected: [/status of 404/] });
    await page.getByRole("alert").getByText("No vector store is configured. Set VECTOR_STORE").waitFor();
    await axe(page);
  });
});

describe("a server with keys", () => {
  const keyed = useServer(WITH_KEYS);

  test("takes uploads once it has the key", async (t) => {
    const page = await open(t, keyed, { path: "/#search" });
    await page.locator("#search-error").getByText("This server needs an API key.").waitFor();
    await page.locator("#search-error").getByRole("button", { name: "Enter a key" }).click();
    await page.keyboard.type(KEY);
    await page.keyboard.press("Enter");
    await createStore(page, "manuals");
    await upload(page, PUMP);
    await row(page, "pump.txt").getByText("completed").waitFor();
    await search(page, "E-2041");
    await results(page).getByRole("heading", { name: "pump.txt" }).waitFor();
  });
});

test("a store is made, filled and searched with the keyboard alone", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await page.waitForLoadState("networkidle"); // the stores are listed
  await tabTo(page, "store-name");
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await page.locator("#store option:checked").filter({ hasText: "by keyboard (" }).waitFor({ state: "attached" });
  await page.getByText("This store has no files yet.").waitFor();
  const chooser = page.waitForEvent("filechooser"); // early: the browser must know before it is asked
  await tabTo(page, "choose");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(PUMP);
  await row(page, "pump.txt").getByText("completed").waitFor();
  await tabTo(page, "query");
  await page.keyboard.type("dry pump");
  await page.keyboard.press("Enter");
  await results(page).getByRole("heading", { name: "pump.txt" }).waitFor();
});

/** Press Tab until the element has the focus. */
async function tabTo(page, id) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.id === wanted, id)) return;
  }
  assert.fail(`Tab does not reach #${id}.`);
}
