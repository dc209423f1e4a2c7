/** The tab "Connect": each snippet has this server's address and key, can be copied, and runs. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { KEY, open, useServer, WITH_KEYS } from "./harness.mjs";

const server = useServer();

async function openConnect(t, at, options = {}) {
  const page = await open(t, at, { path: "/#connect", ...options });
  await page.getByRole("tab", { name: "curl" }).waitFor();
  await page.waitForLoadState("networkidle");
  return page;
}

/** Choose a client, copy its code, and give what is in the clipboard. */
async function copied(page, client) {
  await page.getByRole("tab", { name: client, exact: true }).click();
  await page.locator("#copy-status:empty").waitFor({ state: "attached" }); // not of the code before
  await Promise.all([
    // Said for seconds only. They may be over when the click returns, on a busy machine.
    page.getByRole("status").getByText("Copied").waitFor({ state: "attached" }),
    page.getByRole("button", { name: `Copy the code for ${client}` }).click(),
  ]);
  return page.evaluate(() => navigator.clipboard.readText());
}

const run = (code) => JSON.parse(execFileSync("sh", ["-c", code], { encoding: "utf8" }));

test("the base URL can be copied", async (t) => {
  const page = await openConnect(t, server);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.origin}/v1`);
});

test("each client has code with this server's address", async (t) => {
  const page = await openConnect(t, server);
  const names = await page.getByRole("tablist", { name: "Clients" }).getByRole("tab").allTextContents();
  assert.ok(names.length >= 9);
  for (const name of names) {
    await page.getByRole("tab", { name, exact: true }).click();
    const code = await page.getByRole("tabpanel", { name, exact: true }).locator("pre").textContent();
    assert.ok(code.includes(server.origin), name);
    assert.ok(!code.includes("8444") && !code.includes("YOUR_KEY"), name);
  }
});

test("an address with a query string is no part of the code", async (t) => {
  const page = await openConnect(t, server, { path: "/?utm=1#connect" });
  const code = await copied(page, "curl");
  assert.ok(code.includes(`${server.origin}/v1/embeddings`), code);
  assert.equal(run(code).data.length, 1);
});

test("the code for curl runs as it was copied", async (t) => {
  const page = await openConnect(t, server);
  assert.equal(run(await copied(page, "curl")).data[0].embedding.length, 3);
  const tools = run(await copied(page, "Assistants (MCP)")).result.tools.map((tool) => tool.name);
  assert.deepEqual(tools, ["search", "fetch"]);
});

describe("a server with keys", () => {
  const keyed = useServer(WITH_KEYS);

  test("has them in the code", async (t) => {
    const page = await openConnect(t, keyed);
    await page.getByText("This server needs a key: replace YOUR_KEY with yours.").waitFor();
    const code = await copied(page, "curl");
    assert.equal(run(code).error.code, "invalid_api_key");
    assert.equal(run(code.replace("YOUR_KEY", KEY)).data.length, 1);
    const openai = await copied(page, "OpenAI for Python");
    assert.ok(openai.includes('api_key="YOUR_KEY"') && !openai.includes("random-string"));
  });
});

test("the clients are walked through with the arrow keys", async (t) => {
  const page = await openConnect(t, server);
  await page.getByRole("tab", { name: "curl" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("tabpanel", { name: "OpenAI for Python" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.getByRole("tabpanel", { name: "Assistants (MCP)" }).waitFor();
});
