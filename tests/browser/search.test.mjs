/** The tab "Search": stores, uploads, what becomes of a file, and what a search finds. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, KEY, noHorizontalScroll, open, PHONE, useServer, WITH_KEYS } from "./harness.mjs";
import { fileOf, makeStore, post } from "./store.mjs";

const server = useServer();

const PUMP = fileOf("pump.txt", "Error E-2041 means that the pumps are dry. Fill the tank, then start them again.");
const FAN = fileOf("fan.txt", "The fan hums when its bearing is worn.");
const BROKEN = fileOf("broken.pdf", "%PDF-1.7 without any page", "application/pdf");

/** The row of a file in the list. */
const row = (page, name) => page.locator("#files-list li").filter({ hasText: name });
const results = (page) => page.locator("#results li");

async function createStore(page, name) {
  await page.getByLabel("Name of a new store").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  const chosen = page.locator("#store option:checked").filter({ hasText: `${name} (0 files)` });
  await chosen.waitFor({ state: "attached" });
}

async function upload(page, ...files) {
  await page.getByLabel("Files to upload").setInputFiles(files);
}

async function search(page, query) {
  await page.getByLabel("Question or words").fill(query);
  await page.getByRole("button", { name: "Search", exact: true }).click();
}

/** The search tab with a store of its own, which has the three files above. */
async function openWithFiles(t, options = {}) {
  const page = await open(t, server, { path: "/#search", ...options });
  await createStore(page, `manuals of ${t.name}`);
  await upload(page, PUMP, FAN, BROKEN);
  await row(page, "pump.txt").getByText("completed").waitFor();
  await row(page, "fan.txt").getByText("completed").waitFor();
  await row(page, "broken.pdf").getByText("failed").waitFor();
  return page;
}

describe("an empty server", () => {
  const empty = useServer();

  test("says how to begin", async (t) => {
    const page = await open(t, empty, { path: "/#search" });
    await page.getByText("There is no vector store yet.").waitFor();
    await axe(page);
    await page.getByRole("button", { name: "Create" }).click(); // without a name
    assert.equal(await page.evaluate(() => document.activeElement.id), "store-name");
    await createStore(page, "manuals");
    await page.getByText("This store has no files yet.").waitFor();
    await search(page, "  ");
    await page.getByText("Type a question, or some words.").waitFor();
    await search(page, "pump");
    await page.getByText("Nothing was found").waitFor();
  });
});

test("files are uploaded, read and found", async (t) => {
  const page = await openWithFiles(t);
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
  const page = await openWithFiles(t, { width: PHONE, scheme: "dark" });
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await search(page, "pump");
  await results(page).first().waitFor();
  await noHorizontalScroll(page);
  await axe(page);
});

test("a search is by meaning, by words, or by both, and has as many results as asked for", async (t) => {
  const page = await openWithFiles(t);
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
  const page = await openWithFiles(t);
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Attribute").fill("filename");
  await page.getByLabel("Comparison").selectOption("in");
  await page.getByLabel("Value").fill("fan.txt, other.txt");
  await search(page, "What does the error of the pump mean?");
  await results(page).getByRole("heading", { name: "fan.txt" }).waitFor();
  assert.equal(await results(page).count(), 1);
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Must hold").selectOption("or");
  await page.getByLabel("Attribute").last().fill("colour");
  await page.getByLabel("Value").last().fill("red");
  await search(page, "pump");
  await page.getByText("No document has the attribute 'colour'.").waitFor();
  await page.getByRole("button", { name: "Remove this filter" }).first().click();
  await search(page, "pump");
  await page.getByText("Nothing was found").waitFor();
  await axe(page);
});

test("a wrong filter is refused in the API's words", async (t) => {
  const page = await openWithFiles(t, { expected: [/status of 400/] });
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByLabel("Attribute").fill("filename");
  await page.getByLabel("Comparison").selectOption("in");
  await search(page, "pump");
  await page.getByRole("alert").getByText(/a list of 1 to 100 strings or numbers/).waitFor();
});

test("files are dropped, and a folder is refused", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "dropped");
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["A gull is a bird."], "gull.txt", { type: "text/plain" }));
    transfer.items.add(new File(["An owl is a bird."], "owl.txt", { type: "text/plain" }));
    return transfer;
  });
  await page.dispatchEvent("#drop", "dragover", { dataTransfer: dropped });
  await page.locator("#drop.over").waitFor();
  await page.dispatchEvent("#drop", "drop", { dataTransfer: dropped });
  await row(page, "gull.txt").getByText("completed").waitFor();
  await row(page, "owl.txt").getByText("completed").waitFor();
  assert.equal(await page.locator("#drop.over").count(), 0);
});

test("an upload has a progress, and can be cancelled", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "slow");
  const held = [];
  await page.route("**/v1/files", (route) => void held.push(route));
  await upload(page, PUMP, FAN, fileOf("third.txt", "The third waits."));
  await page.getByRole("progressbar", { name: "Upload of pump.txt" }).waitFor();
  await page.locator(".upload").filter({ hasText: "third.txt" }).getByText("waiting").waitFor();
  await axe(page);
  await page.getByRole("button", { name: "Cancel pump.txt" }).click();
  await page.getByRole("progressbar", { name: "Upload of pump.txt" }).waitFor({ state: "detached" });
  await page.unroute("**/v1/files");
  for (const route of held) await route.continue().catch(() => undefined); // one was aborted
  await row(page, "fan.txt").getByText("completed").waitFor();
  await row(page, "third.txt").getByText("completed").waitFor();
  assert.equal(await row(page, "pump.txt").count(), 0);
});

test("an upload that is refused says why, and leaves the others alone", async (t) => {
  const page = await open(t, server, { path: "/#search", expected: [/status of 400/] });
  await createStore(page, "refused");
  await upload(page, fileOf(`${"long".repeat(70)}.txt`, "Its name is too long."), FAN);
  const failed = page.locator(".upload.failed");
  await failed.getByRole("alert").getByText("the limit is 255").waitFor();
  await row(page, "fan.txt").getByText("completed").waitFor();
  await axe(page);
  await failed.getByRole("button", { name: /^Dismiss/ }).click();
  assert.equal(await failed.count(), 0);
});

test("a large file is sent in parts", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "large");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.replace(/upload_\w+/, "ID")));
  await upload(page, fileOf("large.txt", `The end of this file is far away.${"\n".repeat(4_600_000)}Here it is.`));
  await row(page, "large.txt").getByText("completed").waitFor({ timeout: 60_000 }); // to be read
  assert.deepEqual(asked.filter((path) => path.includes("uploads")), [
    "/v1/uploads",
    ...Array(2).fill("/v1/uploads/ID/parts"),
    "/v1/uploads/ID/complete",
  ]);
  await search(page, "Where is the end?");
  await results(page).getByText("Here it is.").waitFor();
});

test("what was read of a file is shown, and what could not be read", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "read");
  await upload(page, fileOf("runes.txt", "The pump is dry, and so is the well. ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ"));
  await row(page, "runes.txt").getByText("completed").waitFor();
  await row(page, "runes.txt").locator(".problem.warn").first().waitFor();
  await page.getByRole("button", { name: "Text of runes.txt" }).click();
  await page.getByRole("dialog", { name: "runes.txt" }).getByText("The pump is dry").waitFor();
  await axe(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("a file is removed after a question, from the store or altogether", async (t) => {
  const page = await openWithFiles(t);
  const methods = [];
  page.on("request", (request) => request.method() === "DELETE" && methods.push(new URL(request.url()).pathname));
  await page.getByRole("button", { name: "Remove fan.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await row(page, "fan.txt").count(), 1);
  await page.getByRole("button", { name: "Remove fan.txt" }).click();
  await axe(page);
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "fan.txt").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Remove pump.txt" }).click();
  await page.getByLabel("Delete the file itself, too").check();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "pump.txt").waitFor({ state: "detached" });
  assert.match(methods[0], /^\/v1\/vector_stores\/vs_\w+\/files\/file-\w+$/);
  assert.match(methods[1], /^\/v1\/files\/file-\w+$/);
  await page.locator("#store option:checked").filter({ hasText: "(1 file)" }).waitFor({ state: "attached" });
});

test("a store is deleted after a question, and another is shown", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "kept");
  await createStore(page, "deleted");
  await page.getByRole("button", { name: "Delete the store" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the store" }).click();
  await page.waitForFunction(() => !document.querySelector("#store").textContent.includes("deleted"));
  await page.getByLabel("Vector store", { exact: true }).selectOption({ label: "kept (0 files)" });
  await page.getByText("This store has no files yet.").waitFor();
});

describe("many stores and files", () => {
  const full = useServer();

  test("are listed, page by page", async (t) => {
    const ids = [];
    for (let index = 0; index < 101; index++) ids.push((await makeStore(full, `store ${index}`)).id);
    const files = await Promise.all(
      Array.from({ length: 52 }, (_, index) => post(full, "/v1/files", fileOf(`note-${index}.txt`, `Note ${index}.`))),
    );
    await post(full, `/v1/vector_stores/${ids[0]}/file_batches`, { file_ids: files.map((file) => file.id) });
    const page = await open(t, full, { path: "/#search" });
    await page.locator("#store option:nth-child(101)").waitFor({ state: "attached" });
    await page.getByLabel("Vector store", { exact: true }).selectOption(ids[0]);
    await page.getByText("The latest 50 files: 50 completed.").waitFor();
    await page.getByRole("button", { name: "Show more files" }).click();
    await page.getByText("52 files: 52 completed.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Show more files" }).isVisible(), false);
  });
});

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
    const page = await open(t, keyed, { path: "/#search", expected: [/status of 401/] });
    await page.locator("#search-error").getByText("No API key was sent.").waitFor();
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
  await page.getByText("Vector store", { exact: true }).or(page.getByText("There is no vector store yet.")).first().waitFor();
  await tabTo(page, "store-name");
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await page.locator("#store option:checked").filter({ hasText: "by keyboard (" }).waitFor({ state: "attached" });
  await tabTo(page, "choose");
  const chooser = page.waitForEvent("filechooser");
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
