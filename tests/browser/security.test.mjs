/** What others write is shown as text and never run, and what is secret stays in the tab. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { axe, DESKTOP, KEY, noHorizontalScroll, open, PHONE, useServer, WITH_KEYS } from "./harness.mjs";
import { fileOf, makeStore } from "./store.mjs";

// Each would show a dialog, ask another host or raise an error, if it became markup or a script.
const HOSTILE = `"><img src=x onerror=alert(1)><svg onload=alert(2)></textarea><script>alert(3)</script>`;
const HOSTILE_NAME = "<img src=x onerror=alert(1)>‮ \"'&amp;<u>";
const SECRET = "a-text-that-nobody-else-may-see";

const server = useServer();

/** Fails if any of the hostile texts has become an element. */
async function nothingRan(page) {
  const made = await page.locator("img[src=x], [onerror], [onload], main u, main script").count();
  assert.equal(made, 0);
  // What an element that came too late would do has happened by now.
  await page.waitForTimeout(200);
}

describe("the content security policy", () => {
  const refused = [/Content Security Policy/, /violates the following/];

  test("blocks scripts and styles that are not the page's own files", async (t) => {
    const page = await open(t, server, { expected: refused });
    const { ran, hidden } = await page.evaluate(async () => {
      const add = (tag, properties) => document.body.appendChild(Object.assign(document.createElement(tag), properties));
      add("script", { textContent: "globalThis.ran = 'script'" });
      add("script", { src: "data:text/javascript,globalThis.ran='address'" });
      add("style", { textContent: "body { display: none }" });
      const button = add("button", {});
      button.setAttribute("onclick", "globalThis.ran = 'attribute'");
      button.click();
      // Later, since this function runs in the debugger, outside the policy.
      setTimeout(() => (globalThis.ran = new Function("return 'evaluation'")()));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { ran: globalThis.ran ?? null, hidden: getComputedStyle(document.body).display === "none" };
    });
    assert.deepEqual({ ran, hidden }, { ran: null, hidden: false });
  });

  test("blocks what would come from, or go to, another host", async (t) => {
    const page = await open(t, server, { expected: [...refused, /request to another host/] });
    const came = await page.evaluate(async () => {
      const elsewhere = "https://other.example/";
      const loads = (tag, properties) =>
        new Promise((resolve) => {
          const made = Object.assign(document.createElement(tag), properties);
          made.addEventListener("load", () => resolve(true));
          made.addEventListener("error", () => resolve(false));
          document.head.append(made);
        });
      const image = await loads("img", { src: `${elsewhere}image.png` });
      const script = await loads("script", { src: `${elsewhere}script.js` });
      const style = await loads("link", { rel: "stylesheet", href: `${elsewhere}style.css` });
      const sent = await fetch(elsewhere, { mode: "no-cors" }).then(() => true, () => false);
      document.head.append(Object.assign(document.createElement("base"), { href: elsewhere }));
      return { image, script, style, sent, base: document.baseURI.startsWith(elsewhere) };
    });
    assert.deepEqual(came, { image: false, script: false, style: false, sent: false, base: false });
  });

  describe("of a server that answers pages of other sites", () => {
    const keyed = useServer(WITH_KEYS);

    test("keeps the page out of their frames", async (t) => {
      const page = await open(t, keyed, { expected: [/frame-ancestors/] });
      const other = await page.context().newPage();
      const refusal = other.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
      await other.setContent(`<iframe src="${keyed.origin}/"></iframe>`);
      await refusal;
      assert.equal(await other.frames()[1].locator("#compare-panel").count(), 0);
    });
  });
});

test("hostile texts to compare and to tokenize are shown as texts", async (t) => {
  const page = await open(t, server);
  await page.getByLabel("Texts, one per line").fill(`${HOSTILE}\n${HOSTILE}2\nplain`);
  await page.getByRole("grid", { name: "Cosines" }).getByText("alert(1)").first().waitFor();
  await nothingRan(page);
  await page.getByRole("tab", { name: "Tokens" }).click();
  await page.getByLabel("Text", { exact: true }).fill(HOSTILE);
  await page.locator("#tokens-pieces").getByText("alert").first().waitFor();
  await nothingRan(page);
  await axe(page);
});

describe("a hostile store", () => {
  const hostile = useServer();
  before(() =>
    makeStore(hostile, HOSTILE, [
      { ...fileOf(`${HOSTILE_NAME}.txt`, `The lighthouse. ${HOSTILE}`), attributes: { "<img src=x>": HOSTILE } },
      fileOf(`${HOSTILE_NAME}.pdf`, "%PDF-1.7 without a page", "application/pdf"),
    ]),
  );

  for (const width of [PHONE, DESKTOP]) {
    test(`is shown as texts, ${width} pixels wide`, async (t) => {
      const page = await open(t, hostile, { path: "/#search", width });
      const files = page.locator("#files-list");
      await files.getByText("<img src=x onerror=alert(1)>").first().waitFor();
      await files.getByText("failed").first().waitFor();
      await page.getByLabel("Question or words").fill("lighthouse <img src=x onerror=alert(4)>");
      await page.getByRole("button", { name: "Search", exact: true }).click();
      await page.locator("#results").getByText("<script>alert(3)</script>").first().waitFor();
      for (const more of await page.locator("#results summary").all()) await more.click();
      await nothingRan(page);
      await axe(page);
      await noHorizontalScroll(page);
      await page.getByRole("button", { name: /^Text of/ }).first().click();
      await page.getByRole("dialog").getByText("lighthouse").first().waitFor();
      await nothingRan(page);
    });
  }
});

test("hostile error messages are shown as texts", async (t) => {
  const page = await open(t, server, { expected: [/status of 400/] });
  await page.route("**/v1/**", (route) =>
    route.fulfill({ status: 400, json: { error: { message: HOSTILE, type: "x", param: null, code: null } } }),
  );
  await page.route("**/tokenize", (route) =>
    route.fulfill({ status: 400, json: { error: { message: HOSTILE, type: "x", param: null, code: null } } }),
  );
  for (const [tab, panel] of [["Compare", "compare"], ["Tokens", "tokens"], ["Search", "search"]]) {
    await page.getByRole("tab", { name: tab }).click();
    if (tab === "Compare") await page.getByLabel("Texts, one per line").fill("a\nb");
    if (tab === "Tokens") await page.getByLabel("Text", { exact: true }).fill("a b");
    await page.locator(`#${panel}-error`).getByText(HOSTILE).waitFor();
    await nothingRan(page);
  }
});

test("a text leaves no trace in the address, in storage, or in a request's address", async (t) => {
  const page = await open(t, server);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByLabel("Texts, one per line").fill(`${SECRET}\n${SECRET} 2`);
  await page.getByRole("grid", { name: "Cosines" }).getByText(SECRET).first().waitFor();
  await page.getByRole("tab", { name: "Tokens" }).click();
  await page.getByLabel("Text", { exact: true }).fill(SECRET);
  await page.waitForLoadState("networkidle");
  await nowhere(page, asked, SECRET, { inSession: false });
});

describe("a key", () => {
  const keyed = useServer(WITH_KEYS);

  test("is in the tab's storage and in the header only", async (t) => {
    const page = await open(t, keyed);
    const asked = [];
    const headers = [];
    page.on("request", async (request) => {
      asked.push(request.url());
      headers.push((await request.allHeaders()).authorization);
    });
    const field = page.getByLabel("API key");
    assert.equal(await field.getAttribute("type"), "password");
    await field.fill(KEY);
    await field.press("Enter");
    await page.getByRole("grid", { name: "Cosines" }).waitFor();
    assert.ok(headers.includes(`Bearer ${KEY}`));
    await nowhere(page, asked, KEY, { inSession: true });
    assert.ok(!(await page.content()).includes(KEY));
    const other = await (await page.context().browser().newContext()).newPage();
    await other.goto(keyed.origin);
    assert.equal(await other.getByLabel("API key").inputValue(), "");
    await other.context().close();
    await page.reload();
    await page.getByRole("grid", { name: "Cosines" }).waitFor(); // the tab still has it
    await field.fill("");
    await field.press("Enter");
    await page.getByRole("alert").filter({ visible: true }).filter({ hasText: /key/i }).waitFor();
    await nowhere(page, asked, KEY, { inSession: false });
  });
});

async function nowhere(page, asked, secret, { inSession }) {
  assert.deepEqual(asked.filter((url) => decodeURIComponent(url).includes(secret)), []);
  const [kept, ...elsewhere] = await page.evaluate(() => [
    JSON.stringify({ ...sessionStorage }),
    JSON.stringify({ ...localStorage }),
    document.cookie,
    document.title,
    location.href,
    JSON.stringify(history.state),
  ]);
  assert.equal(kept.includes(secret), inSession);
  assert.deepEqual(elsewhere.filter((place) => decodeURIComponent(place ?? "").includes(secret)), []);
}
