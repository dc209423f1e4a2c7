// node files.mjs BASE_URL: files, vector stores and batches, with openai's helpers that poll.
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "random-string", maxRetries: 0 });
const text = (name, content) => toFile(Buffer.from(content), name);

const store = await client.vectorStores.create({ name: "manuals" });
const file = await client.vectorStores.files.uploadAndPoll(
  store.id,
  await text("pump.txt", "Error E-2041 means that the pump is dry."),
);
const batch = await client.vectorStores.fileBatches.uploadAndPoll(store.id, {
  files: [await text("fan.txt", "The fan hums."), await text("empty.txt", "")],
});
const found = await client.vectorStores.search(store.id, { query: "E-2041", max_num_results: 1 });
const changed = await client.vectorStores.files.update(file.id, {
  vector_store_id: store.id,
  attributes: { Team: "support", level: 2 },
});
const filtered = await client.vectorStores.search(store.id, {
  query: "pump",
  filters: { type: "eq", key: "Team", value: "support" },
});
const names = [];
for await (const each of client.vectorStores.files.list(store.id, { limit: 1 })) names.push(each.id);
const content = await (await client.files.content(file.id)).text();
const gone = [
  (await client.vectorStores.files.delete(file.id, { vector_store_id: store.id })).deleted,
  (await client.vectorStores.delete(store.id)).deleted,
  (await client.files.delete(file.id)).deleted,
];
console.log(
  JSON.stringify({
    status: file.status,
    counts: batch.file_counts,
    found: found.data.map((result) => result.content[0].text),
    attributes: changed.attributes,
    filtered: filtered.data.map((result) => result.filename),
    files: names.length,
    content,
    gone,
  }),
);
