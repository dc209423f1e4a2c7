/** One upload: a file's bytes to the server, then into a vector store. Knows no elements. */

import { isAborted, request, sendForm } from "./api.js";

// Bytes of a file in one request: LAMBDA_FILE in handler/limits.py. A larger one is sent in parts,
// which every server takes.
const ONE_REQUEST = 4_500_000;
const PURPOSE = "assistants";

/**
 * Upload a file, and attach it to a store. Throws ApiError, and leaves no file behind then. Throws
 * Error if the file itself cannot be read.
 *
 * @param {(share: number) => void} onProgress how much is sent, from 0 to 1
 */
export async function uploadInto(storeId, file, { onProgress, signal }) {
  const send = file.size <= ONE_REQUEST ? sendWhole : sendInParts;
  let fileId;
  try {
    fileId = await send(file, { onProgress, signal });
  } catch (error) {
    // For the browser, it is the network that fails then.
    if (!isAborted(error) && !(await isReadable(file))) throw unreadable();
    throw error;
  }
  try {
    const path = `v1/vector_stores/${encodeURIComponent(storeId)}/files`;
    return (await request(path, { body: { file_id: fileId }, signal })).answer;
  } catch (error) {
    await quietly(request(`v1/files/${encodeURIComponent(fileId)}`, { method: "DELETE" }));
    throw error;
  }
}

/** Whether the file is still as it was when it was chosen. */
async function isReadable(file) {
  const read = file.slice(0, 1).arrayBuffer();
  return read.then(() => true, () => false);
}

function unreadable() {
  return new Error("The file has changed since it was chosen, or cannot be read. Choose it again.");
}

async function sendWhole(file, { onProgress, signal }) {
  const share = (sent) => onProgress(Math.min(1, sent / Math.max(1, file.size)));
  const answer = await sendForm("v1/files", { purpose: PURPOSE, file }, { onProgress: share, signal });
  return answer.id;
}

async function sendInParts(file, { onProgress, signal }) {
  const body = {
    filename: file.name,
    bytes: file.size,
    mime_type: file.type || "application/octet-stream",
    purpose: PURPOSE,
  };
  const upload = (await request("v1/uploads", { body, signal })).answer;
  const path = `v1/uploads/${encodeURIComponent(upload.id)}`;
  try {
    const parts = [];
    for (let start = 0; start < file.size; start += ONE_REQUEST) {
      const data = file.slice(start, start + ONE_REQUEST);
      const share = (sent) => onProgress(Math.min(1, (start + Math.min(sent, data.size)) / file.size));
      parts.push((await sendForm(`${path}/parts`, { data }, { onProgress: share, signal })).id);
    }
    return (await request(`${path}/complete`, { body: { part_ids: parts }, signal })).answer.file.id;
  } catch (error) {
    await quietly(request(`${path}/cancel`, { method: "POST" }));
    throw error;
  }
}

/** Clean up, whether or not it works: the error before it is the one to tell. */
async function quietly(cleaning) {
  await cleaning.catch(() => undefined);
}
