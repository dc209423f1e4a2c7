/** The tab "Tokens": word pieces, what the model does not know, and where it stops. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, open, PHONE, useServer } from "./harness.mjs";

const server = useServer();

const text = (page) => page.getByLabel("Text", { exact: true });
const pieces = (page) => page.locator(".piece > span:first-child").allTextContents();

async function openTokens(t, options = {}, at = server) {
  const page = await open(t, at, { path: "/#tokens", ...options });
  await page.locator(".piece").first().waitFor();
  return page;
}

/** Enter a text, and wait for its last word piece. */
async function enter(page, value, last) {
  await text(page).fill(value);
  await page.locator(".piece:nth-last-child(2)").getByText(last, { exact: true }).first().waitFor();
}

test("words that the model does not know are split, and a word has one colour", async (t) => {
  const page = await openTokens(t);
  await enter(page, "An unaffable bird", "bird");
  assert.deepEqual(await pieces(page), ["[CLS]", "an", "una", "##ffa", "##ble", "bird", "[SEP]"]);
  const colours = await page.locator(".piece").evaluateAll((all) => all.map((each) => each.className));
  assert.deepEqual(colours, [
    "piece special",
    "piece word-0",
    "piece word-1",
    "piece word-1",
    "piece word-1",
    "piece word-2",
    "piece special",
  ]);
  await page.getByText("7 tokens: 5 word pieces, and 2 that mark the beginning and the end").waitFor();
});

test("what the model does not know is named, beyond the first plane of Unicode, too", async (t) => {
  const page = await openTokens(t);
  await enter(page, "𝔘𝔫 🦩 flies", "flies");
  await page.getByText(/The model does not know .*🦩.*reads \[UNK\] instead/).waitFor();
  assert.equal(await page.locator(".unknown .of").last().textContent(), "🦩");
});

test("where a long text is cut is shown, and how much is not read", async (t) => {
  const page = await openTokens(t);
  await enter(page, "word ".repeat(300), "word");
  await page.getByRole("status").getByText("46 of its 302 tokens are not read").waitFor();
  assert.equal(await page.locator(".piece.unread").count(), 46);
  assert.equal(await page.locator(".piece:not(.unread)").count(), 256);
  await page.getByText("The model reads at most 256 tokens and stops here.").waitFor();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    const grounds = await page.locator(".unread").evaluateAll((all) => all.map((each) => getComputedStyle(each).backgroundColor));
    assert.equal(new Set(grounds).size, 1); // grey, whatever the word
    await axe(page);
  }
});

describe("a server that cuts the beginning", () => {
  const start = useServer({ TRUNCATE: "START" });

  test("is said to read from where it does", async (t) => {
    const page = await openTokens(t, {}, start);
    await enter(page, `first ${"word ".repeat(300)}last`, "last");
    await page.getByText("48 of its 304 tokens are not read").waitFor();
    assert.deepEqual(await page.locator(".border").allTextContents(), [
      "The model reads at most 256 tokens. The beginning is not read.",
      "The model reads from here.",
    ]);
    const shown = await page.locator(".pieces > li").evaluateAll((all) => all.map((each) => each.className.split(" ").at(-1)));
    assert.equal(shown.indexOf("border"), 1); // after [CLS]
    assert.equal(shown.lastIndexOf("border"), shown.lastIndexOf("unread") + 1);
  });
});

test("the ids are shown on demand", async (t) => {
  const page = await openTokens(t, { width: PHONE });
  await enter(page, "hello world", "world");
  const id = page.locator(".piece .id").nth(1);
  assert.equal(await id.isVisible(), false);
  await page.getByLabel("Show ids").check();
  assert.equal(await id.isVisible(), true);
  assert.equal(await id.textContent(), "id 7592");
  await axe(page);
});

test("the samples are there, and an empty text says what to do", async (t) => {
  const page = await openTokens(t);
  await page.getByRole("button", { name: "Long sample" }).click();
  await page.getByText("The text is cut").waitFor();
  await page.getByRole("button", { name: "Short sample" }).click();
  await page.getByText("The text is cut").waitFor({ state: "detached" });
  await text(page).fill("");
  await page.getByText("Type a text to see how it is read.").waitFor();
  assert.equal(await page.locator(".piece").count(), 0);
});

test("a text of thousands of pieces is shown in part, and counted whole", async (t) => {
  const page = await openTokens(t);
  await text(page).fill("word ".repeat(4000));
  await page.getByText("4,002 tokens: 4,000 word pieces").waitFor();
  await page.getByText("… and 1,002 more pieces").waitFor();
});

test("the last text wins, however fast one types", async (t) => {
  const page = await openTokens(t);
  await text(page).fill("");
  await text(page).pressSequentially("lighthouse keeper", { delay: 25 });
  await page.locator(".piece:nth-last-child(2)").getByText("keeper", { exact: true }).waitFor();
});
