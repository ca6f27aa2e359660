/** The values of a graph while it becomes an ONNX model: where each stands, and in which order its axes are. */
import { internalError } from '../../base/diagnostic.js';
import { ints } from '../../onnx/model.js';
import { elementCountOf, type Node, type Shape } from '../graph.js';
import type { OnnxBody } from './body.js';
import { toFirst, toLast } from './convolution.js';

export type Layout = 'last' | 'first';

/** Where a node's value stands in the model. */
export interface Native {
  readonly name: string;
  readonly layout: Layout;
  /** Result of a comparison, which ONNX gives as bool. */
  readonly isBool: boolean;
}

/** The values made so far, each in the forms that somebody asked for. */
export class Values {
  readonly #native = new Map<Node, Native>();
  readonly #forms = new Map<string, string>();

  constructor(private readonly body: OnnxBody) {}

  set(node: Node, native: Native): void {
    this.#native.set(node, native);
  }

  native(node: Node): Native {
    const native = this.#native.get(node);
    if (native === undefined) throw internalError('to-onnx', `${node.kind} is used before it is made`);
    return native;
  }

  /** As numbers, in a layout. */
  get(node: Node, layout: Layout): string {
    const native = this.native(node);
    const number = native.isBool
      ? this.#once(`${native.name} as number`, () => this.body.cast(native.name, node.dtype))
      : native.name;
    return this.#in(layout, native.layout, number, node.shape);
  }

  /** Whether it is not 0, in a layout. */
  condition(node: Node, layout: Layout): string {
    const native = this.native(node);
    const bool = native.isBool
      ? native.name
      : this.#once(`${native.name} as bool`, () => this.body.cast(native.name, 'bool'));
    return this.#in(layout, native.layout, bool, node.shape);
  }

  /** An operand that broadcasts to a result of rank 4 with channels first. */
  broadcastFirst(node: Node, isCondition: boolean): string {
    const name = (layout: Layout): string => (isCondition ? this.condition(node, layout) : this.get(node, layout));
    if (elementCountOf(node.shape) === 1 && node.shape.length < 4) return name('last');
    if (node.shape.length === 4) return name('first');
    const [batch, height, width, channels] = [...Array<number>(4 - node.shape.length).fill(1), ...node.shape];
    if (height !== 1 || width !== 1) {
      const padded = this.body.reshape(name('last'), [batch!, height!, width!, channels!]);
      return this.body.emit('Transpose', [padded], { perm: ints(toFirst) });
    }
    return this.#once(`${name('last')} to first`, () =>
      this.body.reshape(name('last'), [batch!, channels!, height!, width!]),
    );
  }

  #in(wanted: Layout, is: Layout, name: string, shape: Shape): string {
    if (wanted === is) return name;
    const perm = wanted === 'first' ? toFirst : toLast;
    return this.#once(`${name} ${wanted}`, () => {
      const [batch, height, width, channels] = shape as readonly [number, number, number, number];
      if (channels > 1 && height * width > 1) return this.body.emit('Transpose', [name], { perm: ints(perm) });
      // One channel, or one pixel: nothing changes its place.
      return this.body.reshape(name, wanted === 'first' ? [batch, channels, height, width] : shape);
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#forms.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#forms.set(key, made);
    return made;
  }
}
