/**
 * Makes pictures smaller: flat areas of a page compress best without PNG's filters, and nobody sees
 * the last bit of a colour at the edges of letters.
 */

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = 8; // bytes
const CHANNELS = { 2: 3, 6: 4 }; // by colour type: RGB and RGBA

/** The picture, of 8 bits a channel, in fewer bytes. */
export function smaller(png) {
  const parts = partsOf(png);
  const header = parts.find(({ type }) => type === "IHDR").data;
  const pixel = CHANNELS[header[9]];
  const row = header.readUInt32BE(0) * pixel;
  const filtered = inflateSync(Buffer.concat(parts.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  const colours = unfiltered(filtered, row, pixel).map((value) => Math.min(255, 2 * Math.round(value / 2)));
  const data = deflateSync(colours, { level: 9 });
  const made = [["IHDR", header], ["IDAT", data], ["IEND", Buffer.alloc(0)]].map(([type, content]) => part(type, content));
  return Buffer.concat([png.subarray(0, SIGNATURE), ...made]);
}

function partsOf(png) {
  const parts = [];
  for (let place = SIGNATURE; place < png.length; place += 12 + png.readUInt32BE(place)) {
    const start = place + 8;
    parts.push({ type: png.toString("latin1", place + 4, start), data: png.subarray(start, start + png.readUInt32BE(place)) });
  }
  return parts;
}

function part(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

/** Rows with filter 0. (www.w3.org/TR/png-3, section 9) */
function unfiltered(rows, row, pixel) {
  const made = Buffer.alloc(rows.length);
  for (let start = 0; start < rows.length; start += row + 1) {
    const filter = rows[start];
    for (let place = start + 1; place <= start + row; place++) {
      const isFirst = place <= start + pixel;
      const left = isFirst ? 0 : made[place - pixel];
      const above = start === 0 ? 0 : made[place - row - 1];
      const corner = isFirst || start === 0 ? 0 : made[place - row - 1 - pixel];
      made[place] = rows[place] + predicted(filter, left, above, corner);
    }
  }
  return made;
}

function predicted(filter, left, above, corner) {
  if (filter === 4) return nearest(left, above, corner);
  return [0, left, above, (left + above) >> 1][filter];
}

function nearest(left, above, corner) {
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
