/** Writes an ONNX model: the same model gives the same bytes. */
import { internalError } from '../base/diagnostic.js';
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, TensorData, ValueInfo } from './model.js';
import { attributeCode, modelProto, typeCode } from './schema.js';

export function writeOnnx(model: OnnxModel): Uint8Array {
  const message = modelProto.fromObject({
    irVersion: model.irVersion,
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    docString: model.description,
    graph: graphMessage(model.graph),
    opsetImport: Object.entries(model.opsets).map(([domain, version]) => ({ domain, version })),
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
  });
  return modelProto.encode(message).finish();
}

function graphMessage(graph: OnnxGraph): object {
  return {
    node: graph.nodes.map(nodeMessage),
    name: graph.name,
    initializer: graph.initializers.map(tensorMessage),
    input: graph.inputs.map(valueMessage),
    output: graph.outputs.map(valueMessage),
    valueInfo: graph.values.map(valueMessage),
  };
}

function nodeMessage(node: OnnxNode): object {
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.name,
    opType: node.operator,
    attribute: Object.entries(node.attributes).map(([name, attribute]) => ({
      name,
      ...attributeValue(attribute),
      type: attributeCode[attribute.kind],
    })),
    ...(node.domain === '' ? {} : { domain: node.domain }),
  };
}

function attributeValue(attribute: Attribute): object {
  switch (attribute.kind) {
    case 'int':
      return { i: attribute.value };
    case 'float':
      return { f: attribute.value };
    case 'string':
      return { s: Buffer.from(attribute.value) };
    case 'ints':
      return { ints: attribute.value };
    case 'floats':
      return { floats: attribute.value };
    case 'strings':
      return { strings: attribute.value.map((text) => Buffer.from(text)) };
    case 'tensor':
      return { t: tensorMessage(attribute.value) };
  }
}

function tensorMessage(tensor: OnnxTensor): object {
  const count = tensor.shape.reduce((product, length) => product * length, 1);
  if (tensor.data.length !== count || !(tensor.data instanceof arrayType[tensor.type]))
    throw internalError(
      `ONNX tensor ${tensor.name}`,
      `${tensor.data.length} elements for [${tensor.shape}] of ${tensor.type}`,
    );
  return {
    dims: tensor.shape,
    dataType: typeCode[tensor.type],
    name: tensor.name,
    rawData: littleEndianBytes(tensor.data),
  };
}

function valueMessage(value: ValueInfo): object {
  const dim = value.shape.map((length) => (typeof length === 'number' ? { dimValue: length } : { dimParam: length }));
  return {
    name: value.name,
    type: { tensorType: { elemType: typeCode[value.type], shape: { dim } } },
    ...(value.description === undefined ? {} : { docString: value.description }),
  };
}

/** The array class of each tensor type. */
export const arrayType = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

/** Typed arrays are little endian on every machine Node runs on but s390x, which is refused. */
function littleEndianBytes(data: TensorData): Uint8Array {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw internalError('ONNX', 'this machine is big endian');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
