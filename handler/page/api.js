/** Requests to this server, and its errors. Knows no elements. */

import { key } from "./key.js";

let keyRequired = false;
const listeners = [];
let tell;
const told = new Promise((resolve) => (tell = resolve));

/** Say whether the server needs a key. Requests wait for this; without a key, they are then refused. */
export function requireKey(required) {
  keyRequired = required;
  tell();
}

/** Call `listener` whenever the server has done what it was asked. */
export function onAnswer(listener) {
  listeners.push(listener);
}

/** An error of the API, with the message as it was sent. */
export class ApiError extends Error {
  constructor(message, { status = 0, code = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Whether the error only says that a newer request has replaced this one. */
export function isAborted(error) {
  return error.name === "AbortError";
}

/** The address of a path of the API, below the page's own: a stage or base path stays in front. */
export function address(path) {
  return new URL(path || ".", document.baseURI).href; // an empty one would keep the query string
}

/** The base URL for clients. */
export function baseUrl() {
  return address("v1");
}

/** Aborts the request before whenever there is a new one: `fetch(…, {signal: newer()})`. */
export function latest() {
  let controller = new AbortController();
  return () => {
    controller.abort();
    controller = new AbortController();
    return controller.signal;
  };
}

/**
 * Send a request. Throws ApiError.
 *
 * @param {string} path below the page's address, such as "v1/embeddings"
 * @param {{method?: string, body?: object, signal?: AbortSignal, anonymous?: boolean}} options
 * @returns {Promise<{answer: any, headers: Headers}>}
 */
export async function request(path, { method, body, signal, anonymous = false } = {}) {
  const headers = { accept: "application/json", ...(anonymous ? {} : await authorization()) };
  if (body !== undefined) headers["content-type"] = "application/json";
  const options = { headers, signal, credentials: "omit", cache: "no-store" };
  options.method = method ?? (body === undefined ? "GET" : "POST");
  if (body !== undefined) options.body = JSON.stringify(body);
  let response, text;
  try {
    response = await fetch(address(path), options);
    text = await response.text();
  } catch (error) {
    if (isAborted(error)) throw error;
    throw unreachable();
  }
  const answer = decoded(response.status, text);
  for (const listener of listeners) listener();
  return { answer, headers: response.headers };
}

/** The items of all pages of a list, up to `limit`; and whether there are more. */
export async function listAll(path, { limit, signal } = {}) {
  const items = [];
  let after = "";
  for (;;) {
    const page = await listPage(path, { after, signal });
    items.push(...page.data);
    if (!page.has_more || items.length >= limit) return { items, more: page.has_more };
    after = page.last_id;
  }
}

/** A page of a list. */
export async function listPage(path, { after = "", limit = 100, signal } = {}) {
  const query = new URLSearchParams({ limit, ...(after ? { after } : {}) });
  return (await request(`${path}?${query}`, { signal })).answer;
}

/**
 * Send a form, and tell its progress: fetch cannot. Throws ApiError.
 *
 * @param {(bytes: number) => void} onProgress bytes of the form that are sent
 */
export async function sendForm(path, fields, { onProgress, signal }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const headers = await authorization();
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", address(path));
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    xhr.addEventListener("load", () => {
      try {
        resolve(decoded(xhr.status, xhr.responseText));
      } catch (error) {
        reject(error);
      }
    });
    xhr.addEventListener("error", () => reject(unreachable()));
    xhr.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    signal.addEventListener("abort", () => xhr.abort());
    xhr.send(form);
  });
}

async function authorization() {
  await told;
  if (key()) return { authorization: `Bearer ${key()}` };
  if (keyRequired) throw new ApiError("This server needs an API key.", { status: 401 });
  return {};
}

function decoded(status, text) {
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // Not from our server: from a proxy, perhaps.
  }
  if (status >= 200 && status < 300 && answer !== null) return answer;
  const error = answer?.error ?? {};
  // API Gateway has only a `message`.
  const message = error.message ?? answer?.message ?? `The server answered with status ${status}.`;
  throw new ApiError(String(message), { status, code: error.code ?? null });
}

function unreachable() {
  return new ApiError("The server does not answer. Check that it is running and that you are online.");
}
