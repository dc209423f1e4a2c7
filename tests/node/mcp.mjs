// node mcp.mjs URL QUERY: searches, and fetches what is found first, with the official client.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, query] = process.argv.slice(2);
const client = new Client({ name: "test", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const { tools } = await client.listTools();
const found = (await client.callTool({ name: "search", arguments: { query } })).structuredContent;
const read = await client.callTool({ name: "fetch", arguments: { id: found.results[0].id } });
await client.close();
console.log(
  JSON.stringify({ tools: tools.map((tool) => tool.name), found, read: JSON.parse(read.content[0].text) }),
);
