/** The tab "Compare": the table, the map, what is cut, and the limit of the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, DESKTOP, noHorizontalScroll, open, PHONE, useServer } from "./harness.mjs";

const server = useServer();

const texts = (page) => page.getByLabel("Texts, one per line");
const grid = (page) => page.getByRole("grid", { name: "Cosines" });

/** The number of a pair, counted from 0. */
async function cosineOf(page, row, column) {
  return Number((await page.locator(`[data-pair="${row} ${column}"]`).textContent()).replace("−", "-"));
}

/** Enter texts, and wait for the table of as many. */
async function compare(page, lines) {
  await texts(page).fill(lines.join("\n"));
  await page.locator(`#heat tbody tr:nth-child(${lines.length}):last-child`).waitFor();
}

test("the samples are compared at first sight, and those of one subject are the closest", async (t) => {
  const page = await open(t, server);
  await grid(page).waitFor();
  assert.equal(await page.locator("#heat tbody tr").count(), 10);
  assert.equal(await page.locator("#map circle").count(), 10);
  assert.ok((await cosineOf(page, 0, 1)) > 0.5); // cat, kitten
  assert.ok((await cosineOf(page, 0, 6)) < 0.2); // cat, stocks
  await page.getByText(/^10 texts\. The closest are/).waitFor();
  await page.getByText(/Two dimensions show \d\d% of the variance/).waitFor();
});

test("the results follow the texts", async (t) => {
  const page = await open(t, server);
  await compare(page, ["A cat sleeps.", "A cat sleeps.", "Interest rates rise."]);
  assert.equal(await cosineOf(page, 0, 1), 1);
  assert.ok((await cosineOf(page, 0, 2)) < 0.5);
  await page.getByText("The closest are 1 and 2, with a cosine of 1.00").waitFor();
  await compare(page, ["one", "two"]);
  assert.equal(await page.locator("#map circle").count(), 2);
  await page.getByRole("button", { name: "Show the samples" }).click();
  await page.locator("#heat tbody tr:nth-child(10)").waitFor();
});

test("a pair is lit in the table and on the map, by pointer and by keyboard", async (t) => {
  const page = await open(t, server);
  await compare(page, ["A cat sleeps.", "A kitten naps.", "Rates rise."]);
  await page.locator('[data-pair="0 2"]').hover();
  await page.locator("#pair").getByText("“A cat sleeps.” and “Rates rise.”").waitFor();
  assert.deepEqual(await lit(page), ["1", "3"]);
  await texts(page).focus();
  await page.keyboard.press("Tab"); // to the table: its first cell
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.locator("#pair").getByText("“A kitten naps.” and “Rates rise.”").waitFor();
  assert.deepEqual(await lit(page), ["2", "3"]);
  await page.keyboard.press("Home");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.pair), "1 0");
});

async function lit(page) {
  return (await page.locator("#map g.lit .number").allTextContents()).sort();
}

test("a text that is cut is named, with its tokens", async (t) => {
  const page = await open(t, server);
  await compare(page, ["short", "word ".repeat(300), "also short"]);
  await page.getByRole("status").getByText("It does not read all of text 2 (302 tokens)").waitFor();
  await page.getByText("How the texts are read").click();
  await page.getByText("302 tokens, cut").waitFor();
  await page.getByText("and stops here.").waitFor();
  await axe(page);
  await compare(page, ["short", "also short"]);
  await page.locator("#compare-cut").waitFor({ state: "hidden" });
});

test("fifty texts fit, and one more is refused with the limit", async (t) => {
  const lines = Array.from({ length: 51 }, (_, index) => `Text number ${index} is about subject ${index % 7}.`);
  for (const [scheme, width] of [["light", DESKTOP], ["dark", PHONE]]) {
    const page = await open(t, server, { scheme, width });
    await compare(page, lines.slice(0, 50));
    assert.equal(await page.locator("#map circle").count(), 50);
    await noHorizontalScroll(page);
    await axe(page);
    await texts(page).fill(lines.join("\n"));
    await page.getByText("There are 51 texts, and this page compares at most 50: remove 1.").waitFor();
    await grid(page).waitFor({ state: "hidden" });
  }
});

test("fewer than two texts, and blank lines, ask for more", async (t) => {
  const page = await open(t, server);
  await texts(page).fill("\n  one text\n\n");
  await page.getByText("Enter at least two texts, one per line.").waitFor();
  await texts(page).fill("\n  one text\n\nanother\n");
  await page.locator("#heat tbody tr:nth-child(2):last-child").waitFor();
});

test("an answer that comes too late does not replace a newer one", async (t) => {
  const page = await open(t, server);
  await grid(page).waitFor();
  let held;
  await page.route("**/v1/embeddings", async (route) => {
    if (!route.request().postData().includes("slow")) return route.continue();
    held = route;
  });
  await texts(page).fill("slow one\nslow two");
  await until(() => held !== undefined);
  await compare(page, ["quick one", "quick two", "quick three"]);
  await held.continue().catch(() => undefined); // it was aborted
  await page.waitForTimeout(300);
  assert.equal(await page.locator("#heat tbody tr").count(), 3);
  assert.equal(await page.locator("#compare-error").isVisible(), false);
});

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("the map keeps the width of the window", async (t) => {
  const page = await open(t, server);
  await grid(page).waitFor();
  await page.setViewportSize({ width: PHONE, height: 800 });
  await page.waitForFunction(() => document.querySelector("#map svg")?.clientWidth < 360);
  await noHorizontalScroll(page);
});

test("a server that is gone is said, and the page goes on when it is back", async (t) => {
  const page = await open(t, server, { expected: [/ERR_FAILED|ERR_CONNECTION/] });
  await grid(page).waitFor();
  await page.route("**/v1/embeddings", (route) => route.abort());
  await texts(page).fill("a\nb");
  await page.getByRole("alert").getByText("The server does not answer.").waitFor();
  await page.unroute("**/v1/embeddings");
  await compare(page, ["a", "b", "c"]);
  await page.locator("#compare-error").waitFor({ state: "hidden" });
});
