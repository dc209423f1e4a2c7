/** The tab "Search": uploads, what becomes of a file, and long lists. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, focusedName, open, useServer } from "./harness.mjs";
import { createStore, FAN, openWithFiles, PUMP, results, row, search, upload } from "./search_tab.mjs";
import { fileOf, makeStore, post } from "./store.mjs";

const server = useServer();

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
  // A script cannot make a folder, so the browser's word for one of the files is another.
  await page.evaluate(() => {
    DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true, name: "papers" });
  });
  await page.dispatchEvent("#drop", "drop", { dataTransfer: dropped });
  await page.locator(".upload.failed").filter({ hasText: "papers" }).first().getByText("This is a folder.").waitFor();
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
  assert.equal(await focusedName(page), "Cancel fan.txt"); // the row in its place
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
  assert.equal(await focusedName(page), "choose"); // it was the last row
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
  const page = await openWithFiles(t, server);
  const methods = [];
  page.on("request", (request) => request.method() === "DELETE" && methods.push(new URL(request.url()).pathname));
  await page.getByRole("button", { name: "Remove fan.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await row(page, "fan.txt").count(), 1);
  await page.getByRole("button", { name: "Remove fan.txt" }).click();
  await axe(page);
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "fan.txt").waitFor({ state: "detached" });
  assert.match(await focusedName(page), /^Remove (pump|broken)/); // the row in its place
  await page.getByRole("button", { name: "Remove pump.txt" }).click();
  await page.getByLabel("Also delete the file itself").check();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "pump.txt").waitFor({ state: "detached" });
  assert.equal(await focusedName(page), "Remove broken.pdf");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "broken.pdf").waitFor({ state: "detached" });
  assert.equal(await focusedName(page), "choose");
  assert.match(methods[0], /^\/v1\/vector_stores\/vs_\w+\/files\/file-\w+$/);
  assert.match(methods[1], /^\/v1\/files\/file-\w+$/);
  await page.locator("#store option:checked").filter({ hasText: "(0 files)" }).waitFor({ state: "attached" });
});

test("a long text is read page by page, and each page once", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "long");
  // Answers on this server are larger than any text of a test, so the pages are the test's own.
  const asked = [];
  await page.route("**/content*", (route) => {
    const place = Number(new URL(route.request().url()).searchParams.get("page") ?? 0);
    const data = [{ type: "text", text: `Page ${place}. ` }];
    const next = place < 2 ? String(place + 1) : null;
    asked.push(place);
    return route.fulfill({ json: { data, has_more: next !== null, next_page: next } });
  });
  await upload(page, PUMP);
  await page.getByRole("button", { name: "Text of pump.txt" }).click();
  const more = page.getByRole("button", { name: "Show more", exact: true });
  await more.evaluate((button) => {
    button.focus();
    button.click();
    button.click(); // before the answer
  });
  const text = page.locator("#reader-text");
  await text.getByText("Page 0. Page 1.").waitFor();
  assert.deepEqual(asked, [0, 1]);
  assert.equal(await text.textContent(), "Page 0. Page 1. ");
  assert.equal(await more.getAttribute("aria-disabled"), "false");
  assert.equal(await focusedName(page), "reader-more");
  await page.keyboard.press("Enter");
  await text.getByText("Page 0. Page 1. Page 2.").waitFor();
  assert.equal(await more.isVisible(), false);
  assert.equal(await focusedName(page), "reader-text");
  await axe(page);
});

test("a file says for how long it has been in progress", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "slow");
  let before = 0; // seconds
  await page.route("**/v1/vector_stores/*/files?*", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const file of list.data) Object.assign(file, { status: "in_progress", created_at: file.created_at - before });
    return route.fulfill({ response, json: list });
  });
  await upload(page, PUMP);
  await row(page, "pump.txt").getByText("in progress", { exact: true }).waitFor();
  assert.equal(await row(page, "pump.txt").getByText("minute").count(), 0);
  before = 190;
  await row(page, "pump.txt").getByText("In progress for 3 minutes. A large file can take several.").waitFor();
});

test("a file keeps the focus while its row changes", async (t) => {
  const page = await open(t, server, { path: "/#search" });
  await createStore(page, "focused");
  let reading = true;
  await page.route("**/v1/vector_stores/*/files?*", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const file of list.data) if (reading) file.status = "in_progress";
    return route.fulfill({ response, json: list });
  });
  await upload(page, PUMP, FAN);
  await row(page, "fan.txt").getByText("in progress").waitFor();
  await page.getByRole("button", { name: "Remove pump.txt" }).focus();
  reading = false;
  await row(page, "pump.txt").getByText("completed").waitFor();
  assert.equal(await focusedName(page), "Remove pump.txt");
});

test("a look at the files that fails is said, and followed by another", async (t) => {
  const page = await open(t, server, { path: "/#search", expected: [/ERR_FAILED/] });
  await createStore(page, "looked at");
  let looks = 0;
  await page.route("**/v1/vector_stores/*/files?*", async (route) => {
    looks += 1;
    if (looks === 2) return route.abort();
    if (looks > 2) return route.continue();
    const response = await route.fetch();
    const list = await response.json();
    for (const file of list.data) file.status = "in_progress";
    return route.fulfill({ response, json: list });
  });
  await upload(page, PUMP);
  await page.getByRole("alert").getByText("The server does not answer.").waitFor();
  await row(page, "pump.txt").getByText("completed").waitFor();
  await page.locator("#files-error").waitFor({ state: "hidden" });
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
    const rows = page.locator("#files-list li");
    const place = await rows.evaluateAll((all) => all.findIndex((each) => each.contains(document.activeElement)));
    assert.equal(place, 50); // the first of the new rows
  });
});
