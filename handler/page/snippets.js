/**
 * The code for each client.
 *
 * It is the code of docs/clients.md and docs/files.md, whose tests run it; a test keeps both alike.
 */

export const CLIENTS = [
  {
    id: "curl",
    name: "curl",
    note: "Needs nothing but `curl`.",
    code: String.raw`
curl -s http://localhost:8444/v1/embeddings \
  -H 'content-type: application/json' \
  -d '{"input": "hello world", "dimensions": 3}'
`,
  },
  {
    id: "openai",
    name: "OpenAI for Python",
    note: "`pip install openai`",
    code: String.raw`
from openai import OpenAI

client = OpenAI(base_url="http://localhost:8444/v1", api_key="random-string")
answer = client.embeddings.create(model="all-MiniLM-L6-v2", input=["a cat", "a dog"])
print(len(answer.data), "vectors of", len(answer.data[0].embedding))
print(answer.usage.prompt_tokens, "tokens read")
`,
  },
  {
    id: "langchain",
    name: "LangChain",
    note: "`pip install langchain-openai`",
    code: String.raw`
from langchain_openai import OpenAIEmbeddings

embeddings = OpenAIEmbeddings(base_url="http://localhost:8444/v1", api_key="random-string")
query = embeddings.embed_query("Which animals are kept as pets?")
documents = embeddings.embed_documents(
    ["Cats and dogs live with people.", "Whales live in the sea."]
)
for document in documents:
    print(round(sum(a * b for a, b in zip(query, document)), 1))
`,
  },
  {
    id: "llamaindex",
    name: "LlamaIndex",
    note: "`pip install llama-index-embeddings-openai-like`",
    code: String.raw`
from llama_index.embeddings.openai_like import OpenAILikeEmbedding

embedding = OpenAILikeEmbedding(
    model_name="all-MiniLM-L6-v2", api_base="http://localhost:8444/v1", api_key="random-string"
)
print(len(embedding.get_text_embedding("a cat")))
`,
  },
  {
    id: "node",
    name: "OpenAI for Node",
    note: "`npm install openai`",
    code: String.raw`
import OpenAI from "openai";

const client = new OpenAI({ baseURL: "http://localhost:8444/v1", apiKey: "random-string" });
const answer = await client.embeddings.create({ model: "all-MiniLM-L6-v2", input: ["a cat", "a dog"] });
console.log(answer.data.length, answer.data[0].embedding.length, answer.usage.total_tokens);
`,
  },
  {
    id: "ai-sdk",
    name: "AI SDK",
    note: "`npm install ai @ai-sdk/openai-compatible`",
    code: String.raw`
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany } from "ai";

const provider = createOpenAICompatible({
  name: "minilm",
  baseURL: "http://localhost:8444/v1",
  apiKey: "random-string",
});
const model = provider.embeddingModel("all-MiniLM-L6-v2");
const answer = await embedMany({ model, values: ["a cat", "a dog"] });
console.log(answer.embeddings.length, answer.embeddings[0].length, answer.usage.tokens);
`,
  },
  {
    id: "python",
    name: "Plain Python",
    note: "`pip install requests`, or any other HTTP library.",
    code: String.raw`
import requests

answer = requests.post(
    "http://localhost:8444/v1/embeddings",
    headers={"authorization": "Bearer random-string"},
    json={"model": "all-MiniLM-L6-v2", "input": ["a cat", "a dog"]},
    timeout=30,
)
answer.raise_for_status()
print([len(item["embedding"]) for item in answer.json()["data"]])
`,
  },
  {
    id: "azure",
    name: "Azure OpenAI",
    note: "For clients that speak Azure’s form of the API: `pip install openai`",
    code: String.raw`
from openai import AzureOpenAI

client = AzureOpenAI(
    azure_endpoint="http://localhost:8444", api_key="random-string", api_version="2024-10-21"
)
answer = client.embeddings.create(model="all-MiniLM-L6-v2", input="a cat")
print(answer.model, len(answer.data[0].embedding))
`,
  },
  {
    id: "files",
    name: "Files and search",
    note: "Uploads two files, and searches them: `pip install openai`",
    code: String.raw`
from openai import OpenAI

client = OpenAI(base_url="http://localhost:8444/v1", api_key="random-string")
store = client.vector_stores.create(name="manuals")
for name, text in {
    "pump.txt": b"Error E-2041 means that the pump is dry.",
    "fan.txt": b"The fan hums.",
}.items():
    file = client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=(name, text))
    print(name, file.status)
for result in client.vector_stores.search(
    store.id, query="Why does the pump stop?", max_num_results=1
):
    print(result.filename, result.content[0].text)
print(client.vector_stores.retrieve(store.id).file_counts.completed, "files")
client.vector_stores.delete(store.id)
`,
  },
  {
    id: "mcp",
    name: "Assistants (MCP)",
    note: "Give assistants the address `http://localhost:8444/mcp`; they get the tools `search` and `fetch`. To see these:",
    code: String.raw`
curl -s http://localhost:8444/mcp -H 'content-type: application/json' -d '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
`,
  },
];
