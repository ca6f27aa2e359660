/** Which operations work element by element. */
import { type Binary, binaryKinds, type Convert, type Node, type Select, type Unary, unaryKinds } from '../graph.js';

const elementwiseKinds: ReadonlySet<string> = new Set([...unaryKinds, ...binaryKinds, 'select', 'convert']);

export function isElementwise(node: Node): node is Unary | Binary | Select | Convert {
  return elementwiseKinds.has(node.kind);
}
