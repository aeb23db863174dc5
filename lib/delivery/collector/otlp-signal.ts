import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import { InvariantError } from '../../base/errors.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { logRecordOf } from './otlp-log-record.ts';
import { spanOf } from './otlp-span.ts';

/** How requests are written, as `OTEL_EXPORTER_OTLP_PROTOCOL` has it. */
export type OtlpProtocol = 'http/protobuf' | 'http/json';

/** What a collector says of a request that it has taken. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** One of the things that a collector takes. */
export interface OtlpSignal {
  readonly name: 'traces' | 'logs';
  /** Of the collector's address. */
  readonly path: string;
  /** What one of it is called, for people. */
  readonly noun: string;
  /** A request with all calls. `details`: what they were about, and their errors, are told too. */
  write(calls: readonly EndedToolCall[], resource: Resource, details: boolean): Uint8Array;
  /** Reads a reply, which should be of the request's type and may not be; it throws for what is none. */
  read(reply: Uint8Array, contentType: string | undefined): PartialSuccess;
}

/** Content types of requests; a reply has that of its request. */
export const CONTENT_TYPES: Readonly<Record<OtlpProtocol, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
};

/** The spans of tool calls. */
export function tracesSignal(protocol: OtlpProtocol): OtlpSignal {
  const serializerOf = (isJson: boolean) =>
    isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
  const serializer = serializerOf(protocol === 'http/json');
  return {
    name: 'traces',
    path: '/v1/traces',
    noun: 'spans',
    write: (calls, resource, details) =>
      written(serializer.serializeRequest(calls.map((call) => spanOf(call, resource, details)))),
    read: (reply, contentType) => {
      const { partialSuccess } = serializerOf(isJson(contentType)).deserializeResponse(reply);
      return partial(partialSuccess?.rejectedSpans, partialSuccess?.errorMessage);
    },
  };
}

/** The log records of tool calls. */
export function logsSignal(protocol: OtlpProtocol): OtlpSignal {
  const serializerOf = (isJson: boolean) => (isJson ? JsonLogsSerializer : ProtobufLogsSerializer);
  const serializer = serializerOf(protocol === 'http/json');
  return {
    name: 'logs',
    path: '/v1/logs',
    noun: 'log records',
    write: (calls, resource, details) =>
      written(
        serializer.serializeRequest(calls.map((call) => logRecordOf(call, resource, details))),
      ),
    read: (reply, contentType) => {
      const { partialSuccess } = serializerOf(isJson(contentType)).deserializeResponse(reply);
      return partial(partialSuccess?.rejectedLogRecords, partialSuccess?.errorMessage);
    },
  };
}

// --- internal ---

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\b/i.test(contentType ?? '');
}

function written(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new InvariantError('the calls cannot be written as OTLP');
  return bytes;
}

/** In JSON a count of 64 bits is a text. */
function partial(rejected: unknown, message: unknown): PartialSuccess {
  const count = Number(rejected ?? 0);
  return {
    rejected: Number.isFinite(count) ? Math.max(0, count) : 0,
    message: typeof message === 'string' ? message.trim() : '',
  };
}
