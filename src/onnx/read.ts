/** Reads an ONNX model. What axoc has no record for (other tensor types, sequences, functions, data in other files) is an error. */
import { userError } from '../base/diagnostic.js';
import type {
  Attribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  TensorData,
  TensorType,
  ValueInfo,
} from './model.js';
import { attributeCode, modelProto, typeCode } from './schema.js';
import { arrayType } from './write.js';

/** What protobufjs makes of the messages of `schema.ts`: every field is there, by default if not by the file; 64-bit integers are text. */
interface ModelMessage {
  irVersion: string;
  producerName: string;
  producerVersion: string;
  docString: string;
  graph: GraphMessage | null;
  opsetImport: { domain: string; version: string }[];
  metadataProps: { key: string; value: string }[];
  functions: Uint8Array[];
}

interface GraphMessage {
  node: NodeMessage[];
  name: string;
  initializer: TensorMessage[];
  input: ValueMessage[];
  output: ValueMessage[];
  valueInfo: ValueMessage[];
  sparseInitializer: Uint8Array[];
}

interface NodeMessage {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeMessage[];
  domain: string;
}

interface AttributeMessage {
  name: string;
  f: number;
  i: string;
  s: Uint8Array;
  t: TensorMessage | null;
  floats: number[];
  ints: string[];
  strings: Uint8Array[];
  type: number;
}

interface TensorMessage {
  dims: string[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  int64Data: string[];
  name: string;
  rawData: Uint8Array;
  doubleData: number[];
  externalData: unknown[];
}

interface ValueMessage {
  name: string;
  type: {
    tensorType: { elemType: number; shape: { dim: { dimValue?: string; dimParam?: string }[] } | null } | null;
  } | null;
  docString: string;
}

/** @param place where the bytes come from, for messages */
export function readOnnx(bytes: Uint8Array, place: string): OnnxModel {
  const message = decoded(bytes, place);
  if (message.graph === null) throw notOnnx(place, 'it has no graph');
  if (message.functions.length > 0) throw notRead(place, 'functions of its own');
  return {
    irVersion: Number(message.irVersion),
    opsets: Object.fromEntries(message.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
    producer: { name: message.producerName, version: message.producerVersion },
    description: message.docString,
    metadata: Object.fromEntries(message.metadataProps.map(({ key, value }) => [key, value])),
    graph: graphOf(message.graph, place),
  };
}

function decoded(bytes: Uint8Array, place: string): ModelMessage {
  try {
    const message = modelProto.decode(bytes);
    return modelProto.toObject(message, { longs: String, defaults: true, arrays: true }) as ModelMessage;
  } catch (error) {
    throw notOnnx(place, error instanceof Error ? error.message : String(error));
  }
}

function graphOf(graph: GraphMessage, place: string): OnnxGraph {
  if (graph.sparseInitializer.length > 0) throw notRead(place, 'sparse tensors');
  return {
    name: graph.name,
    nodes: graph.node.map((node) => nodeFrom(node, place)),
    initializers: graph.initializer.map((tensor) => tensorOf(tensor, `${place}: tensor ${tensor.name}`)),
    inputs: graph.input.map((value) => valueFrom(value, place)),
    outputs: graph.output.map((value) => valueFrom(value, place)),
    values: graph.valueInfo.map((value) => valueFrom(value, place)),
  };
}

function nodeFrom(node: NodeMessage, place: string): OnnxNode {
  return {
    operator: node.opType,
    domain: node.domain,
    name: node.name,
    inputs: node.input,
    outputs: node.output,
    attributes: Object.fromEntries(
      node.attribute.map((attribute) => [
        attribute.name,
        attributeOf(attribute, `${place}: node ${node.name}, attribute ${attribute.name}`),
      ]),
    ),
  };
}

function attributeOf(attribute: AttributeMessage, place: string): Attribute {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  switch (attribute.type) {
    case attributeCode.int:
      return { kind: 'int', value: Number(attribute.i) };
    case attributeCode.float:
      return { kind: 'float', value: attribute.f };
    case attributeCode.string:
      return { kind: 'string', value: text(attribute.s) };
    case attributeCode.ints:
      return { kind: 'ints', value: attribute.ints.map(Number) };
    case attributeCode.floats:
      return { kind: 'floats', value: attribute.floats };
    case attributeCode.strings:
      return { kind: 'strings', value: attribute.strings.map(text) };
    case attributeCode.tensor:
      if (attribute.t === null) throw notOnnx(place, 'its tensor is missing');
      return { kind: 'tensor', value: tensorOf(attribute.t, place) };
    default:
      throw notRead(place, `attributes of type ${attribute.type}`);
  }
}

function tensorOf(tensor: TensorMessage, place: string): OnnxTensor {
  if (tensor.externalData.length > 0) throw notRead(place, 'data in another file');
  const type = tensorTypeOf(tensor.dataType, place);
  const shape = tensor.dims.map(Number);
  const data = tensor.rawData.length > 0 ? fromBytes(tensor.rawData, type, place) : fromList(tensor, type);
  const count = shape.reduce((product, length) => product * length, 1);
  if (data.length !== count) throw notOnnx(place, `${data.length} values for shape [${shape}]`);
  return { name: tensor.name, type, shape, data };
}

function fromBytes(bytes: Uint8Array, type: TensorType, place: string): TensorData {
  const ArrayClass = arrayType[type];
  if (bytes.length % ArrayClass.BYTES_PER_ELEMENT !== 0) throw notOnnx(place, `${bytes.length} bytes of ${type}`);
  // A copy: the bytes may begin anywhere, typed arrays may not.
  return new ArrayClass(Uint8Array.from(bytes).buffer);
}

function fromList(tensor: TensorMessage, type: TensorType): TensorData {
  switch (type) {
    case 'float32':
      return Float32Array.from(tensor.floatData);
    case 'float64':
      return Float64Array.from(tensor.doubleData);
    case 'int64':
      return BigInt64Array.from(tensor.int64Data, BigInt);
    case 'int32':
      return Int32Array.from(tensor.int32Data);
    case 'bool':
      return Uint8Array.from(tensor.int32Data);
  }
}

function valueFrom(value: ValueMessage, place: string): ValueInfo {
  const tensor = value.type?.tensorType;
  if (tensor === null || tensor === undefined)
    throw notRead(`${place}: value ${value.name}`, 'values that are no tensors');
  return {
    name: value.name,
    type: tensorTypeOf(tensor.elemType, `${place}: value ${value.name}`),
    // A length that is not given is as unknown as one with a name.
    shape: (tensor.shape?.dim ?? []).map(({ dimValue, dimParam }) =>
      dimValue === undefined ? (dimParam ?? '') : Number(dimValue),
    ),
    ...(value.docString === '' ? {} : { description: value.docString }),
  };
}

function tensorTypeOf(code: number, place: string): TensorType {
  const type = (Object.keys(typeCode) as TensorType[]).find((name) => typeCode[name] === code);
  if (type === undefined) throw notRead(place, `tensors of element type ${code}`);
  return type;
}

function notOnnx(place: string, reason: string): Error {
  return userError('damaged-onnx', place, `not a whole ONNX model: ${reason}`, 'export or copy the file again');
}

function notRead(place: string, what: string): Error {
  return userError(
    'unsupported-onnx',
    place,
    `axoc does not read ${what}`,
    `it reads tensors of ${Object.keys(typeCode).join(', ')} held in the file itself`,
  );
}
