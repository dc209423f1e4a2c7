// Embeds texts with one JavaScript client, its defaults untouched:
//   node embed.mjs CLIENT http://localhost:8444 < texts.json
// Prints, as JSON, the vectors and what went over the wire for them: per request its number of
// texts, the encoding_format it asked for, and whether a string or a list came for each vector.
import { json } from "node:stream/consumers";

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { AzureOpenAIEmbeddings, OpenAIEmbeddings } from "@langchain/openai";
import { embed, embedMany } from "ai";
import OpenAI, { AzureOpenAI } from "openai";
import OpenAI6 from "openai-6"; // decodes whatever comes as base64: numbers become zeros

const [, , client, origin] = process.argv;
const baseURL = `${origin}/v1`;
const apiKey = "random-string";
const apiVersion = "2024-10-21";
const model = "text-embedding-3-small";

const wire = [];
const { fetch } = globalThis; // which each of the clients calls
globalThis.fetch = async (url, request) => {
  const { input, encoding_format: asked } = JSON.parse(request.body);
  const response = await fetch(url, request);
  const { data = [] } = await response.clone().json();
  const came = data.map(({ embedding }) => (Array.isArray(embedding) ? "list" : typeof embedding));
  wire.push({ texts: [input].flat().length, asked, came: [...new Set(came)] });
  return response;
};

const openai = () => new OpenAI({ baseURL, apiKey });
const rows = (answer) => answer.data.map((item) => Array.from(item.embedding));

const clients = {
  openai: async (input) => rows(await openai().embeddings.create({ model, input })),

  "openai 6": async (input) =>
    rows(await new OpenAI6({ baseURL, apiKey }).embeddings.create({ model, input })),

  "openai, float": async (input) =>
    rows(await openai().embeddings.create({ model, input, encoding_format: "float" })),

  "openai, one text": async (texts) => {
    const create = (input) => openai().embeddings.create({ model, input });
    return (await Promise.all(texts.map(create))).flatMap(rows);
  },

  "openai, Azure": async (input) => {
    const azure = new AzureOpenAI({ endpoint: origin, apiKey, apiVersion });
    return rows(await azure.embeddings.create({ model, input }));
  },

  langchain: (texts) =>
    new OpenAIEmbeddings({ apiKey, configuration: { baseURL } }).embedDocuments(texts),

  "langchain, one text": (texts) => {
    const embeddings = new OpenAIEmbeddings({ apiKey, configuration: { baseURL } });
    return Promise.all(texts.map((text) => embeddings.embedQuery(text)));
  },

  "langchain, Azure": (texts) =>
    new AzureOpenAIEmbeddings({
      azureOpenAIApiKey: apiKey,
      azureOpenAIApiVersion: apiVersion,
      azureOpenAIApiDeploymentName: model,
      azureOpenAIBasePath: `${origin}/openai/deployments`,
    }).embedDocuments(texts),

  "ai-sdk": async (values) => {
    const provider = createOpenAICompatible({ name: "minilm", baseURL, apiKey });
    return (await embedMany({ model: provider.embeddingModel(model), values })).embeddings;
  },

  "ai-sdk, one text": async (texts) => {
    const provider = createOpenAICompatible({ name: "minilm", baseURL, apiKey });
    const one = (value) => embed({ model: provider.embeddingModel(model), value });
    return (await Promise.all(texts.map(one))).map((answer) => answer.embedding);
  },

  // Not vectors: how openai tells of a request that was refused.
  "openai, refused": async (input) => {
    try {
      return await openai().embeddings.create({ model, input, dimensions: 385 });
    } catch ({ constructor, status, param }) {
      return { name: constructor.name, status, param };
    }
  },
};

const result = await clients[client](await json(process.stdin));
console.log(JSON.stringify({ result, wire }));
