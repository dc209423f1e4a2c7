/** The browser of the tests: one process for a file of scenarios. */

import { after } from "node:test";
import { launch } from "./launch.mjs";

let launched = null; // a promise

/** The browser, running until the last test of the file has ended. */
export function browser() {
  launched ??= launch();
  return launched;
}

after(async () => (await launched)?.close());
