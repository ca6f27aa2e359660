/** The nearest of many points: a k-d tree, exact, for points of which many lie close together. */

/** Points below which a cell is searched one by one. */
const leafSize = 8;

interface Cell {
  /** Along this axis the cell is cut in two at `cut`; -1: it is not cut. */
  readonly axis: number;
  readonly cut: number;
  readonly low: Cell | undefined;
  readonly high: Cell | undefined;
  /** Its points: places in `order`. */
  readonly from: number;
  readonly to: number;
}

export class NearestPoint {
  readonly #order: Uint32Array;
  readonly #root: Cell;

  /** @param points row-major [points, width], at least one */
  constructor(
    private readonly points: Float32Array,
    private readonly width: number,
  ) {
    this.#order = Uint32Array.from({ length: points.length / width }, (_, point) => point);
    this.#root = this.#build(0, this.#order.length);
  }

  /** Index of the point with the least Euclidean distance to `target`; of several, the one with the least index. */
  nearest(target: Float32Array): number {
    const best = { point: 0, distance: Number.POSITIVE_INFINITY };
    this.#search(this.#root, target, best);
    return best.point;
  }

  #build(from: number, to: number): Cell {
    const whole = { axis: -1, cut: 0, low: undefined, high: undefined, from, to };
    if (to - from <= leafSize) return whole;
    const axis = this.#widestAxis(from, to);
    const at = (point: number): number => this.points[point * this.width + axis]!;
    this.#order.subarray(from, to).sort((a, b) => at(a) - at(b));
    const middle = (from + to) >>> 1;
    // Points with the value of the cut may be on both sides: no point is on the wrong one.
    const cut = at(this.#order[middle]!);
    return {
      axis,
      cut,
      low: this.#build(from, middle),
      high: this.#build(middle, to),
      from,
      to,
    };
  }

  #widestAxis(from: number, to: number): number {
    let [widest, extent] = [0, -1];
    for (let axis = 0; axis < this.width; axis++) {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let place = from; place < to; place++) {
        const value = this.points[this.#order[place]! * this.width + axis]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      if (high - low > extent) [widest, extent] = [axis, high - low];
    }
    return widest;
  }

  #search(cell: Cell, target: Float32Array, best: { point: number; distance: number }): void {
    if (cell.low === undefined || cell.high === undefined) {
      for (let place = cell.from; place < cell.to; place++) this.#try(this.#order[place]!, target, best);
      return;
    }
    const beyond = target[cell.axis]! - cell.cut;
    const [first, second] = beyond < 0 ? [cell.low, cell.high] : [cell.high, cell.low];
    this.#search(first, target, best);
    // A point at the very distance of the best may have a lower index.
    if (beyond * beyond <= best.distance) this.#search(second, target, best);
  }

  #try(point: number, target: Float32Array, best: { point: number; distance: number }): void {
    let distance = 0;
    for (let axis = 0; axis < this.width; axis++)
      distance += (this.points[point * this.width + axis]! - target[axis]!) ** 2;
    if (distance < best.distance || (distance === best.distance && point < best.point)) {
      best.point = point;
      best.distance = distance;
    }
  }
}
