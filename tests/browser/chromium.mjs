/** The browser of the tests: one process for a file of scenarios. Does not download it. */

import { execFileSync } from "node:child_process";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const NEEDS = fileURLToPath(new URL("needs", import.meta.url)); // prints the path of Chromium

let launched = null; // a promise

/** The browser, running until the last test of the file has ended. */
export function browser() {
  launched ??= chromium.launch({
    executablePath: execFileSync(NEEDS, { encoding: "utf8" }).trim(),
    // As root, as in a container, it cannot have its own sandbox.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  return launched;
}

after(async () => (await launched)?.close());
