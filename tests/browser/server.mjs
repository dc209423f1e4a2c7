/** A server process with an empty store, started as `make serve` starts it. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PYTHON = process.env.PYTHON ?? join(ROOT, ".venv", "bin", "python");
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;
const START_MS = 60_000;
const STOP_MS = 15_000; // longer than it lets running requests end

/** The key that `WITH_KEYS` accepts. */
export const KEY = "a-key-for-the-tests-of-the-page";
/** The settings of a server that needs it. */
export const WITH_KEYS = { API_KEY_HASHES: `alice:${createHash("sha256").update(KEY).digest("hex")}` };

/**
 * A server for all tests of a file, or of a `describe`.
 *
 * @param {Object<string, string>} settings environment variables
 * @returns {{origin: string, stop: () => Promise<void>}} filled in before the first test
 */
export function useServer(settings = {}) {
  const server = {};
  before(async () => Object.assign(server, await startServer(settings)));
  after(() => server.stop?.());
  return server;
}

/** Start a server. `stop` ends it and removes its store. */
export async function startServer(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), "minilm-page-"));
  const child = spawn(PYTHON, ["-m", "handler.commands", "serve"], {
    cwd: ROOT,
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: "0", // any free one
      PYTHONUNBUFFERED: "1",
      VECTOR_STORE: `sqlite:///${folder}/documents.sqlite`,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { origin: await addressOf(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address that the server prints. What it prints is read to the end, or it would block. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (why) => reject(new Error(`The server did not start: ${why}\n${printed}`));
    const timer = setTimeout(() => fail(`it printed no address in ${START_MS} ms.`), START_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed = (printed + text).slice(-10_000);
        const found = ADDRESS.exec(printed);
        if (found) {
          clearTimeout(timer);
          resolve(found[0]);
        }
      });
    }
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`it ended with ${code}.`));
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
