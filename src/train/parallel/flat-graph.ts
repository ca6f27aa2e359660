/** A tensor graph as a list without references, to be sent to a thread: copying it as it is would recurse too deep. */
import type { Graph, Input, Node } from '../../tensor/graph.js';
import { topologicalOrder } from '../../tensor/order.js';

export interface FlatGraph {
  /** Operands first. */
  readonly nodes: readonly FlatNode[];
  readonly inputs: readonly number[];
  readonly outputs: readonly (readonly [string, number])[];
}

interface FlatNode {
  /** The node's own fields. */
  readonly fields: object;
  /** Its operands, by field: places in the list. */
  readonly links: readonly (readonly [field: string, to: number | readonly number[]])[];
}

/** Paths of surrogates stay behind: nothing is differentiated any more. */
export function flattened(graph: Graph): FlatGraph {
  const order = topologicalOrder([...graph.inputs, ...graph.outputs.values()]);
  const places = new Map(order.map((node, place) => [node, place]));
  const place = (node: Node): number => places.get(node)!;
  return {
    nodes: order.map((node) => {
      const fields = Object.entries(node).filter(([field]) => field !== 'path');
      return {
        fields: Object.fromEntries(fields.filter(([, value]) => !isLink(value))),
        links: fields
          .filter(([, value]) => isLink(value))
          .map(([field, value]) => [field, Array.isArray(value) ? value.map(place) : place(value)]),
      };
    }),
    inputs: graph.inputs.map(place),
    outputs: [...graph.outputs].map(([name, node]) => [name, place(node)]),
  };
}

export function restored({ nodes, inputs, outputs }: FlatGraph): Graph {
  const made: Node[] = [];
  for (const { fields, links } of nodes) {
    const operands = links.map(([field, to]) => [
      field,
      typeof to === 'number' ? made[to] : to.map((one) => made[one]),
    ]);
    made.push({ ...fields, ...Object.fromEntries(operands) } as Node);
  }
  return {
    inputs: inputs.map((place) => made[place] as Input),
    outputs: new Map(outputs.map(([name, place]) => [name, made[place]!])),
  };
}

function isLink(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && isLink(value[0]);
  return typeof value === 'object' && value !== null && 'kind' in value;
}
