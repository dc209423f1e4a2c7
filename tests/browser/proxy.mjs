/** A reverse proxy that serves another server below a prefix, which it takes off, as many do. */

import { createServer, request } from "node:http";
import { once } from "node:events";
import { after, before } from "node:test";

/**
 * A proxy for all tests of a file. Other paths are a 404, as those of another site would be.
 *
 * @param {{origin: string}} server
 * @param {string} prefix such as "/tools/minilm"
 * @returns {{origin: string}} filled in before the first test
 */
export function useProxy(server, prefix) {
  const proxy = {};
  const listener = createServer((asked, answer) => {
    if (!asked.url.startsWith(`${prefix}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const { hostname, port } = new URL(server.origin);
    const path = asked.url.slice(prefix.length);
    const options = { hostname, port, path, method: asked.method, headers: asked.headers };
    const passed = request(options, (came) => {
      answer.writeHead(came.statusCode, came.rawHeaders);
      came.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  before(async () => {
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    proxy.origin = `http://127.0.0.1:${listener.address().port}`;
  });
  after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return proxy;
}
