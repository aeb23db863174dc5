import type { WorkBudget } from '../budget.ts';
import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { isSecretAnywhere } from '../value/secret-value.ts';

/** Finds what a Secret of Kubernetes holds, whatever its members are called, in YAML and in JSON. */
export const KUBERNETES_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'assignment',
  triggers: ['kind: secret', '"kind":"secret"', '"kind": "secret"'],
  find(text, at, found, budget) {
    if (!ALONE.test(text.slice(at - 1, at + 20))) return at + 1;
    const [from, to] = documentAround(text, at);
    budget.spend(to - from);
    const near = text.slice(from, to);
    for (const block of near.matchAll(DATA)) {
      const start = from + block.index + block[0].length;
      addValues(text, start, Math.min(to, start + LONGEST), block[1], found, budget);
    }
    return to;
  },
};

/** True for an object that is a Secret of Kubernetes and its member that holds the secrets. */
export function holdsSecrets(kind: unknown, key: string): boolean {
  return kind === 'Secret' && /^(?:data|stringData)$/.test(key);
}

// --- internal ---

const ALONE = /^[",{\s]?"?kind"?: ?"?Secret"?(?:[\s,}]|$)/i;
const LONGEST = 12_000;
/** A member that opens a map: in YAML its own indentation, which that of its members exceeds. */
const DATA =
  /(?:(?<=^|\n)([ \t]{0,32})|")(?:data|stringData)(?:"\s{0,4}:\s{0,4}\{|:[ \t]{0,4}(?=\r?\n))/g;
const MEMBER = /"[\w.-]{1,253}"\s{0,4}:\s{0,4}"([^"\n]{8,8192})"/dg;
const LINE = /\r?\n([ \t]{0,64})["']?[\w.-]{1,253}["']?:[ \t]{1,16}["']?([^\s"']{8,8192})/dg;

/** The YAML document or the stretch of JSON around a place. */
function documentAround(text: string, at: number): [from: number, to: number] {
  const before = text.slice(Math.max(0, at - LONGEST), at);
  const after = text.slice(at, at + LONGEST);
  const end = after.indexOf('\n---');
  return [
    at - before.length + before.lastIndexOf('\n---') + 1,
    at + (end === -1 ? after.length : end),
  ];
}

function addValues(
  text: string,
  from: number,
  to: number,
  indent: string | undefined,
  found: FoundSecret[],
  budget: WorkBudget,
): void {
  budget.spend(STEPS_PER_MAP);
  const near = text.slice(from, to);
  const end =
    indent === undefined
      ? near.indexOf('}')
      : near.search(new RegExp(`\\n[ \\t]{0,${indent.length}}\\S`));
  const map = end === -1 ? near : near.slice(0, end);
  for (const { indices, ...match } of map.matchAll(indent === undefined ? MEMBER : LINE)) {
    const value = match[indent === undefined ? 1 : 2] ?? '';
    if (!isBase64(value) && !isSecretAnywhere('password', value)) continue;
    const [start, stop] = indices?.[indent === undefined ? 1 : 2] ?? [0, 0];
    found.push({ start: from + start, end: from + stop, kind: 'assignment' });
  }
}

const STEPS_PER_MAP = 1_000;

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z\d+/]{8,}={0,2}$/.test(value);
}
