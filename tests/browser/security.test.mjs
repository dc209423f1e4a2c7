/** What others write is shown as text and never run, and what is secret stays in the tab. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { axe, KEY, noHorizontalScroll, open, PHONE, useServer, WITH_KEYS } from "./harness.mjs";

// Each would show a dialog, ask another host or raise an error, if it became markup or a script.
const HOSTILE = `"><img src=x onerror=alert(1)><svg onload=alert(2)></textarea><script>alert(3)</script>`;
const HOSTILE_NAME = "<img src=x onerror=alert(1)>‮ \"'&amp;<b>.txt";
const SECRET = "a-text-that-nobody-else-may-see";

const server = useServer();

/** Fails if any of the hostile texts has become an element. */
async function nothingRan(page) {
  const made = await page.locator("img[src=x], [onerror], [onload], main b, main script").count();
  assert.equal(made, 0);
  // What an element that came too late would do has happened by now.
  await page.waitForTimeout(200);
}

describe("the content security policy", () => {
  const refused = [/Content Security Policy/, /violates the following/];

  test("blocks scripts and styles in the page", async (t) => {
    const page = await open(t, server, { expected: refused });
    const ran = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(script, style);
      const button = document.createElement("button");
      button.setAttribute("onclick", "globalThis.ran = true");
      button.click();
      let evaluated = false;
      const handler = document.createElement("script");
      handler.src = "data:text/javascript,globalThis.ran=true";
      document.body.append(handler);
      await new Promise((resolve) => handler.addEventListener("error", resolve));
      try {
        evaluated = await new Promise((resolve, reject) => {
          // Not by this function, which the tests' debugger runs outside the policy.
          setTimeout(() => {
            try {
              resolve(new Function("return true")());
            } catch (error) {
              reject(error);
            }
          });
        });
      } catch {
        evaluated = false;
      }
      return [Boolean(globalThis.ran), evaluated, getComputedStyle(document.body).display === "none"];
    });
    assert.deepEqual(ran, [false, false, false]);
  });

  test("blocks other hosts, forms, frames and base addresses", async (t) => {
    const page = await open(t, server, { expected: [...refused, /request to another host/, /Fetch API/] });
    const came = await page.evaluate(async () => {
      const loaded = (element) =>
        new Promise((resolve) => {
          element.addEventListener("load", () => resolve(true));
          element.addEventListener("error", () => resolve(false));
        });
      const image = document.createElement("img");
      image.src = "https://other.example/image.png";
      const imageCame = await loaded(image);
      const fetched = await fetch("https://other.example/", { mode: "no-cors" }).then(
        () => true,
        () => false,
      );
      const base = document.createElement("base");
      base.href = "https://other.example/";
      document.head.append(base);
      const moved = document.baseURI.startsWith("https://other.example/");
      return [imageCame, fetched, moved];
    });
    assert.deepEqual(came, [false, false, false]);
  });

  test("keeps the page out of other pages' frames", async (t) => {
    const page = await open(t, server, { expected: [/frame/i, ...refused] });
    const framed = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.src = location.href;
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return frame.contentDocument?.querySelector("h1") !== null && frame.contentDocument !== null;
    });
    assert.equal(framed, false);
  });
});

test("hostile texts to compare and to tokenize are shown as texts", async (t) => {
  const page = await open(t, server);
  await page.getByLabel("Texts, one a line").fill(`${HOSTILE}\n${HOSTILE}2\nplain`);
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
  before(async () => fill(hostile.origin));

  for (const width of [PHONE, 1280]) {
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

/** A store with a hostile name, a file with a hostile name, text and attributes, and one that fails. */
async function fill(origin) {
  const post = async (path, body) => {
    const isForm = body instanceof FormData;
    const headers = isForm ? {} : { "content-type": "application/json" };
    const sent = { method: "POST", headers, body: isForm ? body : JSON.stringify(body) };
    const answer = await fetch(`${origin}${path}`, sent);
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  const upload = async (name, text) => {
    const form = new FormData();
    form.append("purpose", "assistants");
    form.append("file", new Blob([text]), name);
    return (await post("/v1/files", form)).id;
  };
  const store = await post("/v1/vector_stores", { name: HOSTILE });
  const files = `/v1/vector_stores/${store.id}/files`;
  const read = await upload(HOSTILE_NAME, `The lighthouse. ${HOSTILE}`);
  const broken = await upload(`broken ${HOSTILE_NAME}`.replace(".txt", ".pdf"), "%PDF-1.7 no pages");
  await post(files, { file_id: read, attributes: { [`<img src=x>`]: HOSTILE } });
  await post(files, { file_id: broken });
  for (;;) {
    const { data } = await (await fetch(`${origin}${files}`)).json();
    if (data.every((file) => file.status !== "in_progress")) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

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
    if (tab === "Compare") await page.getByLabel("Texts, one a line").fill("a\nb");
    if (tab === "Tokens") await page.getByLabel("Text", { exact: true }).fill("a b");
    await page.locator(`#${panel}-error`).getByText(HOSTILE).waitFor();
    await nothingRan(page);
  }
});

test("a text leaves no trace in the address, in storage, or in a request's address", async (t) => {
  const page = await open(t, server);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByLabel("Texts, one a line").fill(`${SECRET}\n${SECRET} 2`);
  await page.getByRole("grid", { name: "Cosines" }).getByText(SECRET).first().waitFor();
  await page.getByRole("tab", { name: "Tokens" }).click();
  await page.getByLabel("Text", { exact: true }).fill(SECRET);
  await page.waitForLoadState("networkidle");
  await nowhere(page, asked, SECRET, { inSession: false });
});

describe("a key", () => {
  const keyed = useServer(WITH_KEYS);

  test("is in the tab's storage and in the header only", async (t) => {
    const page = await open(t, keyed, { expected: [/status of 401/] });
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
