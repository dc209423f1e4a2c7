/**
 * What scenarios of the page need: servers, pages that report every fault, checks.
 *
 *     import { test } from "node:test";
 *     import { axe, open, useServer } from "./harness.mjs";
 *
 *     const server = useServer();
 *
 *     test("the page says what it is", async (t) => {
 *       const page = await open(t, server, { scheme: "dark" });
 *       await axe(page);
 *     });
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { browser } from "./chromium.mjs";

export { KEY, startServer, useServer, WITH_KEYS } from "./server.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = 30_000; // milliseconds, for what a scenario waits for

/** The widths that the page must fit. */
export const PHONE = 360;
export const DESKTOP = 1280;

/**
 * Open the page. The test fails at its end if there was any fault: an error in the console, which
 * every violation of the content security policy is, too; an exception; a dialog of a script; a
 * request to another host.
 *
 * @param {import("node:test").TestContext} t
 * @param {{origin: string}} server
 * @param {object} options
 *   path: below the origin, such as "/#search"; scheme: "light" or "dark"; width, height: in pixels;
 *   expected: patterns of faults that are right in this test, such as /status of 401/
 */
export async function open(t, server, options = {}) {
  const { path = "/", scheme = "light", width = DESKTOP, height = 900, expected = [] } = options;
  const context = await (await browser()).newContext({
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(PATIENCE);
  const faults = watch(context, server.origin);
  t.after(async () => {
    await context.close();
    const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
    assert.deepEqual(unexpected, []);
  });
  const page = await context.newPage();
  await page.goto(server.origin + path);
  return page;
}

/** The faults of all pages of the context, as they come. */
function watch(context, origin) {
  const faults = [];
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => faults.push(`exception: ${error.stack ?? error}`));
    page.on("dialog", async (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol === "data:" || url.protocol === "blob:") return;
    if (url.origin !== origin) faults.push(`request to another host: ${url.href}`);
  });
  return faults;
}

/** Fails with what axe-core finds on the page as it is. */
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id} at ${node.target.join(" ")}: ${node.failureSummary}`),
  );
  assert.deepEqual(found, []);
}

/** What has the focus: its label, or else its id. */
export function focusedName(page) {
  return page.evaluate(() => document.activeElement.ariaLabel || document.activeElement.id);
}

/** Fails if the page is wider than the window, so that one would have to scroll sideways. */
export async function noHorizontalScroll(page) {
  const [wide, window] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  assert.ok(wide <= window, `The page is ${wide} pixels wide, and the window ${window}.`);
}
