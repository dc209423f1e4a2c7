/** Starts Chromium, which must be there: nothing is downloaded. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const NEEDS = fileURLToPath(new URL("needs", import.meta.url)); // prints the path of Chromium

/** A browser of its own, with these options of the command line. */
export function launch(options = []) {
  return chromium.launch({
    executablePath: execFileSync(NEEDS, { encoding: "utf8" }).trim(),
    // As root, as in a container, it cannot have its own sandbox.
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...options],
  });
}
