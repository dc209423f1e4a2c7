/** What a scenario has in a server's stores before the page is opened, by the API. */

import assert from "node:assert/strict";

/** A file, as Playwright's file choosers take it. */
export function fileOf(name, text, mimeType = "text/plain") {
  return { name, mimeType, buffer: Buffer.from(text) };
}

/** Send a request with JSON, or with a file. */
export async function post({ origin }, path, body) {
  const isFile = Buffer.isBuffer(body.buffer);
  const headers = isFile ? {} : { "content-type": "application/json" };
  const sent = isFile ? form(body) : JSON.stringify(body);
  const answer = await fetch(`${origin}${path}`, { method: "POST", headers, body: sent });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

/** Make a vector store with these files, and wait until they are read. */
export async function makeStore(server, name, files = []) {
  const store = await post(server, "/v1/vector_stores", { name });
  const path = `/v1/vector_stores/${store.id}/files`;
  for (const { attributes, ...file } of files) {
    const { id } = await post(server, "/v1/files", file);
    await post(server, path, { file_id: id, ...(attributes ? { attributes } : {}) });
  }
  for (;;) {
    const { data } = await (await fetch(`${server.origin}${path}`)).json();
    if (data.every((file) => file.status !== "in_progress")) return store;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function form(file) {
  const made = new FormData();
  made.append("purpose", "assistants");
  made.append("file", new Blob([file.buffer], { type: file.mimeType }), file.name);
  return made;
}
