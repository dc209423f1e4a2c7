// The modules of handler/page that need no browser: arithmetic, filters, words.
import assert from "node:assert/strict";
import { test } from "node:test";

import { apart as separated } from "../../handler/page/apart.js";
import { valueOf, valuesOf } from "../../handler/page/filters.js";
import { cosines, project } from "../../handler/page/projection.js";
import { cosine, counted, quoted, short, size } from "../../handler/page/words.js";

const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
const apart = (one, other) => Math.hypot(...one.map((value, index) => value - other[index]));

test("points in a plane keep their distances, whatever the dimensions around them", () => {
  // A rectangle of 4 by 1 in five dimensions.
  const [u, v] = [[0.6, 0, 0.8, 0, 0], [0, 1, 0, 0, 0]];
  const corners = [[0, 0], [4, 0], [4, 1], [0, 1]].map(([x, y]) => u.map((part, i) => 7 + x * part + y * v[i]));
  const { points, share } = project(corners);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      assert.ok(Math.abs(distance(points[i], points[j]) - apart(corners[i], corners[j])) < 1e-3);
    }
  }
  assert.ok(share > 0.9999);
});

test("the first axis is the one in which the vectors differ most", () => {
  const { points } = project([[0, 0, 0], [9, 1, 0], [18, 0, 0], [27, 1, 0]]);
  const span = (axis) => Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
  assert.ok(span(0) > 20 && span(1) < 2);
});

test("the share says how much is left out", () => {
  const corners = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]; // a tetrahedron: three equal axes
  assert.ok(Math.abs(project(corners).share - 2 / 3) < 1e-6);
});

test("dots that cover each other are moved apart, and the others stay", () => {
  const bounds = [[0, 300], [0, 200]];
  const places = [[100, 100], [100, 100], [100, 100], [108, 103], [250, 50], [300, 200], [299, 200]];
  const moved = separated(places, 24, bounds);
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j < i; j++) assert.ok(distance(moved[i], moved[j]) > 23, `${i} and ${j}`);
    for (const axis of [0, 1]) assert.ok(moved[i][axis] >= bounds[axis][0] && moved[i][axis] <= bounds[axis][1]);
  }
  assert.deepEqual(moved[4], places[4]);
});

test("dots without room for all of them stay within the bounds", () => {
  const bounds = [[0, 40], [0, 40]];
  const moved = separated(Array(50).fill([20, 20]), 24, bounds);
  assert.ok(moved.flat().every((value) => value >= 0 && value <= 40));
});

test("two vectors, and equal ones, have a map", () => {
  const two = project([[1, 0], [0, 1]]);
  assert.ok(Math.abs(distance(...two.points) - Math.SQRT2) < 1e-6);
  assert.deepEqual(project([[1, 0], [1, 0]]), { points: [[0, 0], [0, 0]], share: 1 });
});

test("cosines are those of each pair", () => {
  assert.deepEqual(cosines([[1, 0], [0.6, 0.8]]), [[1, 0.6], [0.6, 1]]);
});

test("a filter's value is a number, a boolean or a text, as it is written", () => {
  assert.equal(valueOf("3"), 3);
  assert.equal(valueOf(" -1.5e3 "), -1500);
  assert.equal(valueOf("true"), true);
  assert.equal(valueOf('"1.10"'), "1.10");
  assert.equal(valueOf("007"), "007");
  assert.equal(valueOf("2024-05-01"), "2024-05-01");
  assert.equal(valueOf("a b"), "a b");
  assert.equal(valueOf('"'), '"');
});

test("a list has its values between commas, and quotes keep one in a value", () => {
  assert.deepEqual(valuesOf('a, 2,"b, c", true'), ["a", 2, "b, c", "true"]);
  assert.deepEqual(valuesOf(""), []);
});

test("numbers and texts are said in few characters", () => {
  assert.equal(cosine(-0.001), "0.00");
  assert.equal(cosine(-0.25), "−0.25");
  assert.equal(size(999), "999 bytes");
  assert.equal(size(4_200), "4.2 kB");
  assert.equal(size(52_428_800), "52.4 MB");
  assert.equal(counted(1, "file"), "1 file");
  assert.equal(counted(1234, "file"), "1,234 files");
  assert.equal(short("🙂🙂🙂", 2), "🙂…");
  assert.equal(quoted("ab"), "“ab”");
});
