/** The site that `make docs` builds, over HTTP and opened as files: it needs no other host. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { after, before, test } from "node:test";
import { browser } from "./chromium.mjs";
import { noHorizontalScroll, open, PHONE } from "./harness.mjs";

const SITE = new URL("../../site/", import.meta.url);
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" };
TYPES[".svg"] = "image/svg+xml";
const missing = !existsSync(SITE) && !process.env.CI; // in CI, `make docs` is run before
const options = { skip: missing && "There is no site. `make docs` builds it." };
const server = createServer(answer);

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

/** A file of the site. */
async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  try {
    const content = await readFile(new URL(`.${pathname}`, SITE));
    response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "text/plain" });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function search(page, words) {
  await page.getByRole("textbox", { name: "Search" }).click();
  await page.keyboard.type(words, { delay: 10 });
  const results = page.locator(".md-search-result__item");
  await results.first().waitFor();
  return results.allTextContents();
}

for (const path of ["/index.html", "/docs/architecture.html", "/docs/api.html", "/template.yaml.html"]) {
  test(`${path} loads without a fault, light and dark, and fits a phone`, options, async (t) => {
    const page = await open(t, server, { path });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByTitle("Use dark colours").click();
    await page.locator("body[data-md-color-scheme=slate]").waitFor();
    await page.setViewportSize({ width: PHONE, height: 800 });
    await noHorizontalScroll(page);
  });
}

test("diagrams are drawn, with a name", options, async (t) => {
  const page = await open(t, server, { path: "/docs/architecture.html" });
  await page.getByText("handler.api.lambda_handler").first().waitFor();
  assert.equal(await page.locator(".diagram svg[aria-labelledby]").count(), 3);
});

test("a search finds a page", options, async (t) => {
  const page = await open(t, server, { path: "/index.html" });
  const found = await search(page, "dead letters");
  assert.ok(found.some((text) => text.includes("Operating")), found.join("\n"));
});

test("a search finds a page when the site is opened as files", options, async () => {
  const page = await (await browser()).newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(new URL("docs/api.html", SITE).href);
  const found = await search(page, "dead letters");
  await page.close();
  assert.ok(found.some((text) => text.includes("Operating")), found.join("\n"));
  assert.deepEqual(asked.filter((url) => !/^(file|data|blob|about):/.test(url)), []);
});

test("the browser refuses what a page would ask of another host", options, async (t) => {
  // It is told as a request, too, but it is not sent.
  const expected = [/violates the following Content Security Policy/, /to another host: https:..example/];
  const page = await open(t, server, { path: "/index.html", expected });
  const refused = page.waitForEvent("console", (message) => expected[0].test(message.text()));
  await page.evaluate(() => new Image().src = "https://example.com/picture.png");
  await refused;
});
