/** Dots that would cover each other, moved apart. */

const ROUNDS = 60; // until the dots have room, which in a small space they may not get

/**
 * The places, at least `distance` apart where there is room for it. Those that have it keep theirs.
 *
 * @param {[number, number][]} places
 * @param {number} distance
 * @param {[[number, number], [number, number]]} bounds the lowest and the highest value of each axis
 * @returns {[number, number][]}
 */
export function apart(places, distance, bounds) {
  const moved = places.map((place) => [...place]);
  for (let round = 0; round < ROUNDS; round++) {
    if (!pushed(moved, distance)) break;
    for (const place of moved) {
      for (const axis of [0, 1]) place[axis] = Math.min(bounds[axis][1], Math.max(bounds[axis][0], place[axis]));
    }
  }
  return moved;
}

/** Push each pair that is too close, both by half of what is missing. Whether there was one. */
function pushed(places, distance) {
  let any = false;
  for (let first = 0; first < places.length; first++) {
    for (let second = first + 1; second < places.length; second++) {
      const [one, other] = [places[first], places[second]];
      const length = Math.hypot(other[0] - one[0], other[1] - one[1]);
      if (length >= distance - 0.01) continue;
      // Two in the same place part in a direction of their own, so that many do not form a line.
      const turn = first + second;
      const way = length > 0 ? [0, 1].map((axis) => (other[axis] - one[axis]) / length) : [Math.cos(turn), Math.sin(turn)];
      for (const axis of [0, 1]) {
        one[axis] -= (way[axis] * (distance - length)) / 2;
        other[axis] += (way[axis] * (distance - length)) / 2;
      }
      any = true;
    }
  }
  return any;
}
