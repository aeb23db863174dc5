import type { Json, JsonObject } from '../../../../lib/base/json.ts';
import { textShape } from './shape.ts';
import type { Shape, ShapeRow, TextShape } from './shape.ts';
import type { Flavour } from '../secret-values.ts';
import { SLOTS } from './slot.ts';

type Frame = readonly [name: string, payloadOf: (text: string) => JsonObject];

const lineList = (text: string): string[] => text.split('\n').map((line) => `+${line}`);
const post = (tool: string, input: JsonObject, response: Json): JsonObject => ({
  hook_event_name: 'PostToolUse',
  tool_name: tool,
  tool_input: input,
  tool_response: response,
});

/** Where Claude's tools put texts. */
export const FRAMES: readonly Frame[] = [
  ['write', (text) => post('Write', { file_path: '/a/.env', content: text }, { type: 'create' })],
  ['bash-command', (text) => post('Bash', { command: text, description: 'Run' }, { stdout: '' })],
  ['bash-stdout', (text) => post('Bash', { command: 'cat x' }, { stdout: text, stderr: '' })],
  ['bash-stderr', (text) => post('Bash', { command: 'cat x' }, { stdout: '', stderr: text })],
  ['edit-old', (text) => post('Edit', { file_path: '/a/b', old_string: text, new_string: '' }, {})],
  ['edit-new', (text) => post('Edit', { file_path: '/a/b', old_string: '', new_string: text }, {})],
  ['edit-patch', (text) => post('Edit', {}, { structuredPatch: [{ lines: lineList(text) }] })],
  ['edit-original', (text) => post('Edit', {}, { originalFile: text })],
  [
    'multi-edit',
    (text) => post('MultiEdit', { edits: [{ old_string: 'a', new_string: text }] }, {}),
  ],
  ['read', (text) => post('Read', {}, { type: 'text', file: { content: text, numLines: 3 } })],
  ['grep', (text) => post('Grep', { pattern: 'x' }, { mode: 'content', content: text })],
  ['web-fetch', (text) => post('WebFetch', { url: 'https://h.io' }, { result: text })],
  ['notebook', (text) => post('NotebookEdit', { new_source: text }, {})],
  ['task', (text) => post('Task', { prompt: text }, { content: [{ type: 'text', text }] })],
  ['mcp-input', (text) => post('mcp__db__query', { query: { text, limit: 1 } }, [])],
  ['mcp-blocks', (text) => post('mcp__db__query', {}, [{ type: 'text', text }])],
  ['mcp-string', (text) => post('mcp__db__query', {}, JSON.stringify({ rows: [{ text }] }))],
  ['todo', (text) => post('TodoWrite', { todos: [{ content: text, status: 'pending' }] }, {})],
  ['prompt', (text) => ({ hook_event_name: 'UserPromptSubmit', prompt: `Please run\n${text}` })],
  ['error', (text) => ({ hook_event_name: 'PostToolUseFailure', error: `Exit code 1\n${text}` })],
  ['notification', (text) => ({ hook_event_name: 'Notification', message: text })],
  ['last-message', (text) => ({ hook_event_name: 'Stop', last_assistant_message: text })],
  ['line-list', (text) => post('mcp__x__y', { lines: text.split('\n') }, {})],
];

const FRAMED: readonly ShapeRow[] = [
  ['env', 'word', 'screaming', 'A=1\n{N}={V}\nB=2'],
  ['code', 'alone', 'identifier', "x();\nconst {N} = '{V}';\ny();"],
  ['flag', 'word', 'kebab', 'app --{N} {V} run'],
];

type Member = readonly [
  name: string,
  flavours: readonly Flavour[],
  of: (n: string, v: string) => Json,
];

const ANY = SLOTS.double.flavours;
const WORDS = SLOTS.word.flavours;

/** Members whose name, or whose neighbour, says that they are secret. */
const MEMBERS: readonly Member[] = [
  ['member', ANY, (n, v) => ({ [n]: v, other: 1 })],
  ['member-deep', ANY, (n, v) => ({ a: { b: [{ c: { [n]: v } }] } })],
  ['member-number', ['digits'], (n, v) => ({ [n]: Number(v) })],
  ['member-list', ANY, (n, v) => ({ [n]: [v] })],
  ['member-list-two', ANY, (n, v) => ({ [n]: ['Zx81kk20ss', v] })],
  ['member-value', ANY, (n, v) => ({ [n]: { value: v } })],
  ['member-nested', ANY, (n, v) => ({ [n]: { current: { text: v } } })],
  ['member-default', ANY, (n, v) => ({ [n]: { type: 'string', default: v } })],
  ['name-value', ANY, (n, v) => ({ env: [{ name: n, value: v }] })],
  ['key-value', ANY, (n, v) => ({ Tags: [{ Key: n, Value: v }] })],
  ['header-pair', ANY, (n, v) => ({ headers: [[n, v]] })],
  ['flat-pairs', ANY, (n, v) => ({ rawHeaders: ['Host', 'h', n, v] })],
  ['argv-pair', ANY, (n, v) => ({ args: ['--user', 'joe', `--${n}`, v] })],
  ['argv-equals', ANY, (n, v) => ({ args: [`--${n}=${v}`] })],
  ['env-list', ANY, (n, v) => ({ env: ['PATH=/bin', `${n}=${v}`] })],
  ['json-in-member', ANY, (n, v) => ({ body: JSON.stringify({ [n]: v }) })],
  [
    'json-twice-in-member',
    ANY,
    (n, v) => ({ b: JSON.stringify({ c: JSON.stringify({ [n]: v }) }) }),
  ],
  ['same-again', WORDS, (n, v) => ({ command: `${n}=${v} ./run`, stdout: `hello ${v} bye` })],
  ['same-again-before', WORDS, (n, v) => ({ stdout: `hello ${v} bye`, [n]: v })],
  ['same-again-key', WORDS, (n, v) => ({ [n]: v, seen: { [v]: 1 } })],
  ['columns', ANY, (n, v) => ({ columns: ['user', n], rows: [['joe', v]] })],
  ['form-field', ANY, (n, v) => ({ fields: [{ label: n, type: 'text', content: v }] })],
  [
    'columns-of-objects',
    ANY,
    (n, v) => ({ columns: [{ name: 'id' }, { name: n }], rows: [[1, v]] }),
  ],
  [
    'first-row-names',
    ANY,
    (n, v) => [
      ['id', n],
      [1, v],
      [2, v],
    ],
  ],
  ['typed-by-a-browser', ANY, (n, v) => ({ element: `${n} textbox`, ref: 'e4', text: v })],
  ['selector-value', ANY, (n, v) => ({ selector: `#${n}`, value: v })],
];

/** Texts in payloads, and members of payloads. */
export const PAYLOAD_SHAPES: readonly Shape[] = [
  ...FRAMES.flatMap((frame) => FRAMED.map((row) => frameShape(textShape(row), frame))),
  ...MEMBERS.map(memberShape),
];

/** A text in a payload. */
export function frameShape(shape: TextShape, [name, payloadOf]: Frame): Shape {
  return {
    name: `${name}/${shape.name}`,
    flavours: shape.flavours,
    bare: shape.bare,
    write(subject) {
      const { content, forms } = shape.write(subject);
      const encoded = forms.map((form) => JSON.stringify(form).slice(1, -1));
      return { content: payloadOf(content), forms: [...new Set([...forms, ...encoded])] };
    },
  };
}

// --- internal ---

function memberShape([name, flavours, memberOf]: Member): Shape {
  return {
    name: `payload-${name}`,
    flavours,
    bare: false,
    write(subject) {
      const escape = (text: string): string => JSON.stringify(text).slice(1, -1);
      const once = escape(subject.value);
      return {
        content: post('mcp__x__y', { arguments: memberOf(subject.nameIn(), subject.value) }, {}),
        forms: [...new Set([subject.value, once, escape(once)])],
      };
    },
  };
}
