/**
 * Whether a tensor graph treats every event by itself, so that its model may have any number of them. The graph is made for a number of events that
 * is no other length, a large prime: an axis whose length is a multiple of it runs over events. It must be the outermost of its node, and
 * nothing may add, compare, cut or reorder along it.
 */
import { Problems } from '../../base/diagnostic.js';
import { elementCountOf, type Graph, type Node, operandsOf, type Shape } from '../../tensor/graph.js';
import { topologicalOrder } from '../../tensor/order.js';

/** The number of events that stands for any. */
export const anyBatch = 1_000_003;

/** @throws AxocError (user) naming every operation that mixes events, and every output that has none */
export function checkBatch(graph: Graph, place: string): void {
  const problems = new Problems();
  const report = (message: string): void =>
    problems.add(
      'batch-mixed',
      place,
      `${message}: the model cannot be written for any number of events`,
      'export a part in which every event is computed by itself',
    );
  for (const node of topologicalOrder(graph.outputs.values())) {
    const fault = faultOf(node);
    if (fault !== undefined) report(fault);
  }
  for (const [name, node] of graph.outputs)
    if (eventAxisOf(node.shape) !== 0) report(`output ${name} does not have the events as its first axis`);
  problems.throwIfAny();
}

/** The axis that runs over events; -1 where there is none. */
function eventAxisOf(shape: Shape): number {
  return shape.findIndex((length) => length % anyBatch === 0);
}

function faultOf(node: Node): string | undefined {
  const axis = eventAxisOf(node.shape);
  const operands = operandsOf(node);
  const reads = operands.filter((operand) => eventAxisOf(operand.shape) >= 0);
  const what = `${node.kind} of ${operands.map(({ shape }) => `[${shownShape(shape)}]`).join(' and ')}`;
  if (node.kind === 'constant') return axis < 0 ? undefined : `a constant of shape [${shownShape(node.shape)}]`;
  if (axis >= 0 && elementCountOf(node.shape.slice(0, axis)) !== 1)
    return `${what} puts another axis before the events`;
  if (node.shape.filter((length) => length % anyBatch === 0).length > 1) return `${what} pairs events with events`;
  if (reads.length === 0) return axis >= 0 && operands.length > 0 ? `${what} makes events of what has none` : undefined;
  switch (node.kind) {
    case 'sum':
    case 'max':
      return node.axes.includes(eventAxisOf(node.operand.shape)) ? `${what} goes over the events` : undefined;
    case 'matmul':
      return axis < 0 ? `${what} goes over the events` : undefined;
    case 'concat':
      return node.axis === axis ? `${what} joins events` : undefined;
    case 'slice':
      return node.from[axis] !== 0 || node.to[axis] !== node.operand.shape[axis]
        ? `${what} cuts the events`
        : undefined;
    case 'pad':
      return node.before[axis] !== 0 || node.after[axis] !== 0 ? `${what} adds events` : undefined;
    case 'conv2d_kernel_gradient':
      return `${what} goes over the events`;
    default:
      return axis < 0 ? `${what} loses the events` : undefined;
  }
}

function shownShape(shape: Shape): string {
  return shape.map((length) => (length % anyBatch === 0 ? 'events' : length)).join(', ');
}
