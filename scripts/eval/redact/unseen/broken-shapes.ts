import type { Json, JsonObject } from '../../../../lib/base/json.ts';
import type { Flavour } from '../secret-values.ts';
import type { Shape, Subject } from '../shapes/shape.ts';

type Broken = readonly [name: string, write: (n: string, head: string, tail: string) => string];
type Argument = readonly [
  name: string,
  flavours: readonly Flavour[],
  of: (n: string, v: string) => Json,
];

const RANDOM: readonly Flavour[] = ['hex', 'alnum', 'base64'];
const STRINGS: readonly Flavour[] = [...RANDOM, 'uuid', 'letters', 'symbols', 'masked', 'chosen'];

/** A value in two pieces, as a narrow terminal, a mail or a line's limit leaves it. */
const BROKEN: readonly Broken[] = [
  ['env', (n, a, b) => `A=1\n${n}=${a}\n${b}\nB=2\n`],
  ['env-continued', (n, a, b) => `export ${n}=${a}\\\n${b}\n`],
  ['env-quoted', (n, a, b) => `export ${n}="${a}\n${b}"\n`],
  ['env-quoted-continued', (n, a, b) => `${n}="${a}\\\n${b}"\n`],
  ['yaml-block', (n, a, b) => `app:\n  ${n}: |\n    ${a}\n    ${b}\n  port: 1\n`],
  ['yaml-folded', (n, a, b) => `app:\n  ${n}: >-\n    ${a}\n    ${b}\n`],
  ['yaml-double', (n, a, b) => `${n}: "${a}\\\n  ${b}"\n`],
  ['yaml-plain', (n, a, b) => `db:\n  ${n}: ${a}\n    ${b}\n  port: 1\n`],
  ['quoted-printable', (n, a, b) => `Your ${n}: ${a}=\r\n${b}\r\n`],
  ['mail-quoted', (n, a, b) => `> ${n}: ${a}\n> ${b}\n`],
  ['ini-continued', (n, a, b) => `[a]\n${n} = ${a}\n\t${b}\nport = 1\n`],
  ['properties-continued', (n, a, b) => `app.${n}=${a}\\\n    ${b}\napp.port=1\n`],
  ['python-joined', (n, a, b) => `${n} = (\n    "${a}"\n    "${b}"\n)\n`],
  ['python-continued', (n, a, b) => `${n} = "${a}" \\\n    "${b}"\n`],
  ['js-plus', (n, a, b) => `const ${n} =\n  '${a}' +\n  '${b}';\n`],
  ['js-list-joined', (n, a, b) => `const ${n} = ['${a}', '${b}'].join('');\n`],
  ['c-adjacent', (n, a, b) => `const char *${n} = "${a}"\n    "${b}";\n`],
  ['java-plus', (n, a, b) => `String ${n} = "${a}"\n    + "${b}";\n`],
  ['php-dot', (n, a, b) => `$${n} = '${a}'\n    . '${b}';\n`],
  ['diff-two', (n, a, b) => `+${n}: "${a}\\\n+  ${b}"\n`],
  ['json-terminal', (n, a, b) => `{"user": "joe", "${n}": "${a}\n${b}", "port": 1}\n`],
  ['cat-n', (n, a, b) => `     1\t${n}: >\n     2\t  ${a}\n     3\t  ${b}\n     4\tport: 1\n`],
];

/** Arguments of programs and of tools, as lists and members. */
const ARGUMENTS: readonly Argument[] = [
  ['mysql-list', STRINGS, (_, v) => ({ command: 'mysql', args: ['-u', 'root', `-p${v}`, 'app'] })],
  ['docker-list', STRINGS, (_, v) => ['docker', 'login', '-u', 'joe', '-p', v, 'r.io']],
  ['redis-list', STRINGS, (_, v) => ['redis-cli', '-a', v, 'ping']],
  ['curl-list', STRINGS, (_, v) => ['curl', '-u', `joe:${v}`, 'https://h.io']],
  ['curl-header-list', RANDOM, (n, v) => ['curl', '-H', `X-${n}: ${v}`, 'https://h.io']],
  ['sshpass-list', STRINGS, (_, v) => ({ cmd: ['sshpass', '-p', v, 'ssh', 'joe@h'] })],
  ['short-option-list', STRINGS, (_, v) => ({ args: ['-p', v] })],
  ['login-list', STRINGS, (_, v) => ({ program: 'vault', args: ['login', v] })],
  ['env-map', STRINGS, (n, v) => ({ env: { A: '1', [n]: v } })],
  [
    'env-pairs',
    STRINGS,
    (n, v) => ({
      env: [
        ['A', '1'],
        [n, v],
      ],
    }),
  ],
  ['only-argument', STRINGS, (n, v) => ({ name: `set_${n}`, arguments: [v] })],
  ['kwargs', STRINGS, (n, v) => ({ function: 'connect', kwargs: { host: 'h', [n]: v } })],
  [
    'form',
    STRINGS,
    (n, v) => ({ fields: [{ name: `${n} field`, type: 'textbox', ref: 'e1', value: v }] }),
  ],
  ['typed', STRINGS, (n, v) => ({ element: `the ${n} input`, ref: 'e7', text: v, submit: true })],
  ['question', STRINGS, (n, v) => ({ answers: { [`What is the ${n}?`]: v } })],
  [
    'question-list',
    STRINGS,
    (n, v) => ({ questions: [{ question: `Which ${n} should I use?`, answer: v }] }),
  ],
  ['row-object', STRINGS, (n, v) => ({ rows: [{ id: 1, [n]: v, mail: 'a@b.c' }] })],
  ['node-js-buffer', STRINGS, (n, v) => ({ [n]: { type: 'Buffer', data: [...Buffer.from(v)] } })],
  ['terraform-output', STRINGS, (n, v) => ({ [n]: { sensitive: true, type: 'string', value: v } })],
  ['json-path', STRINGS, (n, v) => ({ op: 'replace', path: `/spec/${n}`, value: v })],
  ['set-option', STRINGS, (n, v) => ({ key: `app.${n}`, newValue: v, oldValue: null })],
];

/** Values in pieces, and values that are an item of a list. */
export const BROKEN_SHAPES: readonly Shape[] = [
  ...BROKEN.map(([name, write]) =>
    shapeOf(`broken-${name}`, RANDOM, (subject) => {
      const half = subject.value.length >> 1;
      const [head, tail] = [subject.value.slice(0, half), subject.value.slice(half)];
      return { content: write(subject.nameIn('snake'), head, tail), forms: [head, tail] };
    }),
  ),
  ...ARGUMENTS.map(([name, flavours, of]) =>
    shapeOf(`argument-${name}`, flavours, (subject) => ({
      content: {
        hook_event_name: 'PreToolUse',
        tool_name: 'mcp__x__run',
        tool_input: { call: of(subject.nameIn(), subject.value) },
      },
      forms: [subject.value],
    })),
  ),
];

// --- internal ---

function shapeOf(
  name: string,
  flavours: readonly Flavour[],
  write: (subject: Subject) => { content: string | JsonObject; forms: readonly string[] },
): Shape {
  return { name, flavours, bare: false, write };
}
