/** Numbers and texts, as the page says them. */

const NUMBER = new Intl.NumberFormat("en");

/** `1,234` */
export function number(value) {
  return NUMBER.format(value);
}

/** `1 file`, `3 files` */
export function counted(count, noun, plural = `${noun}s`) {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}

/** `4.2 MB`. A megabyte is a million bytes, as in the limits of the API. */
export function size(bytes) {
  if (bytes < 1000) return counted(bytes, "byte");
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `0.62` */
export function cosine(value) {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

/** The text, shortened to at most `length` characters. */
export function short(text, length) {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("").trimEnd()}…`;
}

/** The text in quotation marks. */
export function quoted(text, length = 60) {
  return `“${short(text, length)}”`;
}
