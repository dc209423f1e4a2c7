/** What scenarios do in the tab "Search". */

import { open } from "./harness.mjs";
import { fileOf } from "./store.mjs";

export const PUMP = fileOf("pump.txt", "Error E-2041 means that the pumps are dry. Fill the tank, then start them again.");
export const FAN = fileOf("fan.txt", "The fan hums when its bearing is worn.");
export const BROKEN = fileOf("broken.pdf", "%PDF-1.7 without any page", "application/pdf");

/** The row of a file in the list. */
export const row = (page, name) => page.locator("#files-list li").filter({ hasText: name });
/** The rows of the results. */
export const results = (page) => page.locator("#results li");

/** Create a store, and wait until it is open. */
export async function createStore(page, name) {
  await page.getByLabel("Name of a new store").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  const chosen = page.locator("#store option:checked").filter({ hasText: `${name} (0 files)` });
  await chosen.waitFor({ state: "attached" });
}

/** Choose files to upload. */
export async function upload(page, ...files) {
  await page.getByLabel("Files to upload").setInputFiles(files);
}

/** Send a search. */
export async function search(page, query) {
  await page.getByLabel("Question or words").fill(query);
  await page.getByRole("button", { name: "Search", exact: true }).click();
}

/** The search tab with a store of its own, which has the three files above. */
export async function openWithFiles(t, server, options = {}) {
  const page = await open(t, server, { path: "/#search", ...options });
  await createStore(page, `manuals of ${t.name}`);
  await upload(page, PUMP, FAN, BROKEN);
  await row(page, "pump.txt").getByText("completed").waitFor();
  await row(page, "fan.txt").getByText("completed").waitFor();
  await row(page, "broken.pdf").getByText("failed").waitFor();
  return page;
}
