/**
 * Makes the pictures of docs/page.md: `make screenshots`. Needs what `make test-browser` needs.
 *
 * With `--review`, it makes pictures of each tab in both schemes and on a phone instead, in a folder:
 * `node screenshots.mjs --review FOLDER`.
 */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser } from "./chromium.mjs";
import { DESKTOP, PHONE, startServer } from "./harness.mjs";
import { fileOf, makeStore } from "./store.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const IMAGES = join(ROOT, "docs", "images");
const DOCUMENTS = ["search.md", "ingestion.md", "deploying.md", "operating.md"];
const QUERY = "What happens to a document that cannot be read?";

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
    await page.getByText("files: ").waitFor();
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
  const files = DOCUMENTS.map(async (name) => fileOf(name, await readFile(join(ROOT, "docs", name)), "text/markdown"));
  const broken = fileOf("scan.pdf", "%PDF-1.7 without any page", "application/pdf");
  await makeStore(server, "manuals", [...(await Promise.all(files)), broken]);
}

async function picture(browser, server, tab, { path, scheme = "light", width = DESKTOP, height }) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: height ?? 900 } });
  const page = await context.newPage();
  await page.goto(`${server.origin}/#${tab}`);
  await SCENES[tab](page);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  await context.close();
}

async function make(browser, server) {
  await mkdir(IMAGES, { recursive: true });
  for (const tab of Object.keys(SCENES)) {
    await picture(browser, server, tab, { path: join(IMAGES, `page-${tab}.png`) });
  }
}

async function review(browser, server, folder) {
  await mkdir(folder, { recursive: true });
  for (const tab of Object.keys(SCENES)) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [DESKTOP, PHONE]) {
        await picture(browser, server, tab, { path: join(folder, `${tab}-${scheme}-${width}.png`), scheme, width });
      }
    }
  }
}

const [option, folder] = process.argv.slice(2);
const server = await startServer();
const launched = await browser();
try {
  await fill(server);
  if (option === "--review") await review(launched, server, folder);
  else await make(launched, server);
} finally {
  await launched.close();
  await server.stop();
}
