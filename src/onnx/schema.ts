/** The messages of onnx.proto that axoc knows, with their field numbers, as protobufjs takes them. */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string) => ({ id, type });
const list = (id: number, type: string) => ({ id, type, rule: 'repeated' });
/** proto2: lists of numbers are packed only where the schema says so. */
const packed = (id: number, type: string) => ({ id, type, rule: 'repeated', options: { packed: true } });
const plain = (id: number, type: string) => ({ id, type, rule: 'repeated', options: { packed: false } });

const messages = {
  ModelProto: {
    irVersion: field(1, 'int64'),
    producerName: field(2, 'string'),
    producerVersion: field(3, 'string'),
    docString: field(6, 'string'),
    graph: field(7, 'GraphProto'),
    opsetImport: list(8, 'OperatorSetIdProto'),
    metadataProps: list(14, 'StringStringEntryProto'),
    functions: list(25, 'bytes'),
  },
  OperatorSetIdProto: { domain: field(1, 'string'), version: field(2, 'int64') },
  StringStringEntryProto: { key: field(1, 'string'), value: field(2, 'string') },
  GraphProto: {
    node: list(1, 'NodeProto'),
    name: field(2, 'string'),
    initializer: list(5, 'TensorProto'),
    input: list(11, 'ValueInfoProto'),
    output: list(12, 'ValueInfoProto'),
    valueInfo: list(13, 'ValueInfoProto'),
    sparseInitializer: list(15, 'bytes'),
  },
  NodeProto: {
    input: list(1, 'string'),
    output: list(2, 'string'),
    name: field(3, 'string'),
    opType: field(4, 'string'),
    attribute: list(5, 'AttributeProto'),
    domain: field(7, 'string'),
  },
  AttributeProto: {
    name: field(1, 'string'),
    f: field(2, 'float'),
    i: field(3, 'int64'),
    s: field(4, 'bytes'),
    t: field(5, 'TensorProto'),
    floats: plain(7, 'float'),
    ints: plain(8, 'int64'),
    strings: list(9, 'bytes'),
    type: field(20, 'int32'),
  },
  TensorProto: {
    dims: plain(1, 'int64'),
    dataType: field(2, 'int32'),
    floatData: packed(4, 'float'),
    int32Data: packed(5, 'int32'),
    int64Data: packed(7, 'int64'),
    name: field(8, 'string'),
    rawData: field(9, 'bytes'),
    doubleData: packed(10, 'double'),
    externalData: list(13, 'StringStringEntryProto'),
    dataLocation: field(14, 'int32'),
  },
  ValueInfoProto: { name: field(1, 'string'), type: field(2, 'TypeProto'), docString: field(3, 'string') },
  TypeProto: { tensorType: field(1, 'TensorTypeProto') },
  TensorTypeProto: { elemType: field(1, 'int32'), shape: field(2, 'TensorShapeProto') },
  TensorShapeProto: { dim: list(1, 'DimensionProto') },
  DimensionProto: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') },
};

/** A dimension has a length or a name: what is not in the file must not read as 0. */
const oneofs: Readonly<Record<string, Record<string, { oneof: string[] }>>> = {
  DimensionProto: { value: { oneof: ['dimValue', 'dimParam'] } },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      { fields, ...(oneofs[name] === undefined ? {} : { oneofs: oneofs[name] }) },
    ]),
  ),
});

export const modelProto = root.lookupType('ModelProto');

/** TensorProto.DataType */
export const typeCode = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

/** AttributeProto.AttributeType */
export const attributeCode = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;
