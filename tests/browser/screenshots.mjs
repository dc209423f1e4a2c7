/**
 * Makes the pictures of docs/page.md: `make screenshots`. Needs what `make test-browser` needs.
 *
 * With `--review`, it makes pictures of each tab in both schemes and on a phone instead, in a folder:
 * `node screenshots.mjs --review FOLDER`.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./launch.mjs";
import { smaller } from "./png.mjs";
import { startServer } from "./server.mjs";
import { fileOf, makeStore } from "./store.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const IMAGES = join(ROOT, "docs", "images");
const SHOWN = "localhost:8444"; // the address in the pictures, whatever the port of the server
const DESKTOP = 1280; // pixels
const PHONE = 360;
const QUERY = "Why does the pump stop with error E-2041?";

// What is in the store: some files as people have them, and one that cannot be read.
const DOCUMENTS = [
  ["warranty.txt", "The warranty covers parts and labour for two years. It does not cover wear of seals and bearings, nor damage by frost."],
  [
    "bearings.html",
    "<title>Bearings</title><h1>Maintenance</h1><h2>Lubrication</h2><p>Grease the bearings every 2,000 hours. " +
      "A bearing that hums is worn: replace it before it seizes.</p>",
  ],
  [
    "pump-manual.html",
    "<title>Pump manual</title><h1>Errors</h1><h2>E-2041: dry running</h2><p>The controller stops the pump with E-2041 when " +
      "no water reaches it, because a dry pump overheats within a minute. Fill the tank, open the inlet valve, and press Reset.</p>" +
      "<h2>E-2050: overload</h2><p>The motor draws too much current. Check that nothing blocks the impeller.</p>",
  ],
  [
    "faq.md",
    "# Questions\n\n## The pump does not start\n\nIt is switched off by its float until the tank is a quarter full. " +
      "If it has stopped and shows an error, look the number up in the manual.\n",
  ],
  ["scan.pdf", "%PDF-1.7 without any page"],
];

/** What is to be seen of each tab. */
const SCENES = {
  async compare(page) {
    await page.locator("#heat tbody tr:nth-child(10)").waitFor();
    await page.locator('[data-pair="6 8"]').hover();
  },
  async tokens(page) {
    await page.locator(".piece").first().waitFor();
  },
  async search(page) {
    await page.locator("#files-list .failed").waitFor();
    await page.getByLabel("Question or words").fill(QUERY);
    await page.getByLabel("Results", { exact: true }).fill("3");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.locator("#results li").first().waitFor();
  },
  async connect(page) {
    await page.getByRole("tab", { name: "OpenAI for Python" }).click();
  },
};

async function fill(server) {
  await makeStore(server, "manuals", DOCUMENTS.map(([name, text]) => fileOf(name, text)));
}

async function picture(browser, tab, { path, scheme = "light", width = DESKTOP }) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 720 } });
  const page = await context.newPage();
  await page.goto(`http://${SHOWN}/#${tab}`);
  await SCENES[tab](page);
  await page.waitForLoadState("networkidle");
  await writeFile(path, smaller(await page.screenshot({ fullPage: true, animations: "disabled" })));
  await context.close();
}

async function make(browser) {
  await mkdir(IMAGES, { recursive: true });
  for (const tab of Object.keys(SCENES)) {
    await picture(browser, tab, { path: join(IMAGES, `page-${tab}.png`) });
  }
}

async function review(browser, folder) {
  await mkdir(folder, { recursive: true });
  for (const tab of Object.keys(SCENES)) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [DESKTOP, PHONE]) {
        await picture(browser, tab, { path: join(folder, `${tab}-${scheme}-${width}.png`), scheme, width });
      }
    }
  }
}

const [option, folder] = process.argv.slice(2);
const server = await startServer();
const browser = await launch([`--host-resolver-rules=MAP ${SHOWN} ${new URL(server.origin).host}`]);
try {
  await fill(server);
  if (option === "--review") await review(browser, folder);
  else await make(browser);
} finally {
  await browser.close();
  await server.stop();
}
