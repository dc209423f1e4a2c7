/**
 * Vectors, compared and laid out in two dimensions.
 *
 * The layout is classical multidimensional scaling, which for these distances is a principal
 * component analysis: the two directions in which the vectors differ most. No random start, so that
 * the same texts always look the same.
 */

const ROUNDS = 500;
const ENOUGH = 1e-9; // change of the direction in a round

/** The cosine of each pair. The vectors have unit length. */
export function cosines(vectors) {
  return vectors.map((one) => vectors.map((other) => dot(one, other)));
}

/**
 * Lay the vectors out in two dimensions.
 *
 * @param {number[][]} vectors
 * @returns {{points: [number, number][], share: number}} share: of the variance, from 0 to 1
 */
export function project(vectors) {
  const gram = centredGram(vectors);
  const total = gram.reduce((sum, row, index) => sum + row[index], 0);
  if (total < 1e-9) return { points: vectors.map(() => [0, 0]), share: 1 };
  const first = largest(gram);
  const second = largest(without(gram, first));
  const axes = [first, second].map(({ value, vector }) => vector.map((part) => part * Math.sqrt(value)));
  return {
    points: vectors.map((_, index) => [axes[0][index], axes[1][index]]),
    share: Math.min(1, (first.value + second.value) / total),
  };
}

/** The products of each pair of vectors, as seen from their mean. */
function centredGram(vectors) {
  const mean = vectors[0].map((_, part) => sum(vectors.map((vector) => vector[part])) / vectors.length);
  return cosines(vectors.map((vector) => vector.map((value, part) => value - mean[part])));
}

/** The largest eigenvalue of a positive matrix, and its vector of unit length (power iteration). */
function largest(matrix) {
  let vector = unit(matrix.map((_, index) => 1 / (index + 1) - 0.3)); // not even, which the centre is
  for (let round = 0; round < ROUNDS; round++) {
    const next = unit(matrix.map((row) => dot(row, vector)));
    const change = 1 - Math.abs(dot(next, vector));
    vector = next;
    if (change < ENOUGH) break;
  }
  const value = dot(vector, matrix.map((row) => dot(row, vector)));
  return { value: Math.max(0, value), vector: upright(vector) };
}

/** The matrix without what an eigenvector explains. */
function without(matrix, { value, vector }) {
  return matrix.map((row, i) => row.map((cell, j) => cell - value * vector[i] * vector[j]));
}

/** Of the two directions of an axis, the one in which its largest part is positive. */
function upright(vector) {
  const extreme = vector.reduce((most, part) => (Math.abs(part) > Math.abs(most) ? part : most), 0);
  return extreme < 0 ? vector.map((part) => -part) : vector;
}

function unit(vector) {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((part) => part / length) : vector;
}

function dot(one, other) {
  let total = 0;
  for (let index = 0; index < one.length; index++) total += one[index] * other[index];
  return total;
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}
