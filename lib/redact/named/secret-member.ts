import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { secretArguments } from '../stated/command-line.ts';
import { holdsSecrets } from '../stated/kubernetes.ts';
import { isKeyNumber, isKeyType } from '../stated/key-numbers.ts';
import type { NameClass } from './name-words.ts';
import { classOfName } from './secret-name.ts';
import { isSecretAnywhere, isSecretText } from '../value/secret-value.ts';
import { isNameName, isValueName, isVendorKey } from './sibling.ts';

/** What a container says of the values within it: the class of all, or of those in each column. */
export type Inherited =
  | NameClass
  | readonly (NameClass | undefined)[]
  | { readonly program: string }
  | undefined;

/** Tells which members of an object or array are secrets, by their names, by siblings and by what holds them. */
export class SecretMembers {
  readonly #container: JsonObject | readonly Json[];
  readonly #inherited: NameClass | undefined;
  /** The classes of the columns, if the container holds rows or is one. */
  readonly #columns: readonly (NameClass | undefined)[] | undefined;
  readonly #top: boolean;
  /** The items that a program takes as secrets, if the container is a list of its arguments. */
  readonly #arguments: ReadonlySet<number> | undefined;
  /** What the member called `name` says of the one called `value`. */
  readonly #named: NameClass | undefined;

  /** `inherited` is the class of the name that holds the container; `top` is true for a whole payload. */
  constructor(container: JsonObject | readonly Json[], inherited: Inherited, top: boolean) {
    this.#container = container;
    this.#inherited = typeof inherited === 'string' ? inherited : undefined;
    this.#columns = Array.isArray(inherited)
      ? (inherited as readonly (NameClass | undefined)[])
      : columnsOf(container);
    this.#arguments = argumentsOf(container, programOf(inherited));
    this.#top = top;
    this.#named = isJsonObject(container) && !top ? namedClass(container) : undefined;
  }

  /** `key` is a name, or an index of an array. */
  isSecret(key: string, value: Json): boolean {
    if (typeof value !== 'string' && typeof value !== 'number') return false;
    const container = this.#container;
    if (Array.isArray(container)) {
      const column = this.#columns?.[Number(key)];
      if (column !== undefined) return isSecretValue(column, value);
      if (this.#arguments?.has(Number(key)) === true) return true;
      if (typeof value === 'string' && value.startsWith('-')) {
        const flag = /^--?([A-Za-z][\w-]{0,64})=(.+)$/s.exec(value);
        const own = flag === null ? undefined : classOfName(flag[1] ?? '');
        if (own !== undefined && isSecretText(own, flag?.[2] ?? '')) return true;
      }
      return isSecretValue(
        classBefore(container as readonly Json[], Number(key)) ?? this.#inherited,
        value,
      );
    }
    if (isKeyNumber(key) && isKeyType((container as JsonObject)['kty']))
      return typeof value === 'string' && value.length >= SHORTEST_KEY;
    if (this.#named !== undefined && isValueName(key)) return isSecretValue(this.#named, value);
    const own = saidBy(key).nameClass;
    if (own === undefined && this.#inherited === undefined) return false;
    if (this.#top && key.endsWith('_id')) return false;
    if (own !== undefined) return isSecretValue(own, value);
    if (this.#inherited === 'vendor') return isVendorKey(key) && isSecretValue('vendor', value);
    if (
      isValueName(key) ||
      (isNameName(key) === false &&
        /^(?:current|previous|new|old|primary|secondary|prod\w*|dev\w*|test|stag\w+|live)$/i.test(
          key,
        ))
    ) {
      return isSecretValue(this.#inherited, value);
    }
    return typeof value === 'string' && isSecretAnywhere('token', value);
  }

  /** What the containers within a member inherit. */
  inheritedBy(key: string): Inherited {
    if (Array.isArray(this.#container)) return this.#columns ?? this.#inherited;
    if (this.#columns !== undefined && saidBy(key).holdsRows) return this.#columns;
    if (this.#named !== undefined) {
      if (isValueName(key)) return this.#named;
      const value = this.#container[key as never] as Json;
      // One argument of what is named after a secret, as in a call of `set_password`.
      if (saidBy(key).holdsArguments && Array.isArray(value) && value.length === 1)
        return this.#named;
    }
    if (saidBy(key).holdsArguments) {
      const program = Object.entries(this.#container).find(([name]) => PROGRAM.test(name))?.[1];
      if (typeof program === 'string' && program.length <= 256) return { program };
    }
    if (holdsSecrets(this.#container['kind' as never], key)) return 'token';
    return saidBy(key).nameClass ?? this.#inherited;
  }
}

// --- internal ---

/** What a key says, whatever stands under it. */
interface SaidByKey {
  readonly nameClass: NameClass | undefined;
  readonly isNameName: boolean;
  readonly holdsRows: boolean;
  readonly holdsArguments: boolean;
}

/** The keys of payloads repeat. */
const SAID = new Map<string, SaidByKey>();
const MOST_SAID = 1_000;
const LONGEST_KEY = 64;

function saidBy(key: string): SaidByKey {
  const known = SAID.get(key);
  if (known !== undefined) return known;
  const said = {
    nameClass: classOfName(key),
    isNameName: isNameName(key),
    holdsRows: ROWS.test(key),
    holdsArguments: ARGUMENTS.test(key),
  };
  if (key.length > LONGEST_KEY) return said;
  if (SAID.size >= MOST_SAID) SAID.clear();
  SAID.set(key, said);
  return said;
}

function isSecretValue(nameClass: NameClass | undefined, value: string | number): boolean {
  if (nameClass === undefined) return false;
  if (typeof value === 'string') return isSecretText(nameClass, value);
  const digits = String(value);
  // A number of tokens, of seconds or of retries is shorter.
  const least = nameClass === 'code' ? 4 : nameClass === 'password' ? 6 : 9;
  return (
    nameClass !== 'weak' &&
    nameClass !== 'vendor' &&
    nameClass !== 'session' &&
    /^\d+$/.test(digits) &&
    digits.length >= least
  );
}

/** No number of a private key is shorter. */
const SHORTEST_KEY = 16;
const ARGUMENTS = /^(?:args|arguments|argv|params|parameters)$/i;
const PROGRAM = /^(?:command|cmd|program|executable|bin|file|entrypoint)$/i;
const HEADS = /^(?:columns?|fields?|header|headers|head|keys|names|cols|column_?names|schema)$/i;
const ROWS = /^(?:rows?|values?|data|records?|body|results?|cells|items)$/i;
const MOST_COLUMNS = 256;
const MOST_ARGUMENTS = 64;
/** How many words of a question are looked at. */
const MOST_ASKED = 32;

/** The classes of a table's columns, whose names are a member beside its rows, or the first of its rows. */
function columnsOf(
  container: JsonObject | readonly Json[],
): readonly (NameClass | undefined)[] | undefined {
  let heads: Json | undefined;
  if (Array.isArray(container)) {
    const [first, second] = container as readonly Json[];
    if (!Array.isArray(first) || !Array.isArray(second) || first.length !== second.length)
      return undefined;
    if (first.length < 2) return undefined;
    heads = first;
  } else {
    const object = container as JsonObject;
    const lists = Object.keys(object).filter((key) => Array.isArray(object[key]));
    if (!lists.some((key) => saidBy(key).holdsRows)) return undefined;
    const head = lists.find((key) => HEADS.test(key));
    heads = head === undefined ? undefined : object[head];
  }
  if (!Array.isArray(heads) || heads.length > MOST_COLUMNS) return undefined;
  const classes = heads.map((head) => {
    const name = isJsonObject(head)
      ? Object.entries(head).find(([key]) => isNameName(key))?.[1]
      : head;
    return typeof name === 'string' && name.length <= 64 ? classOfName(name) : undefined;
  });
  return classes.some((one) => one !== undefined) ? classes : undefined;
}

function programOf(inherited: Inherited): string | undefined {
  return typeof inherited === 'object' && 'program' in inherited ? inherited.program : undefined;
}

function argumentsOf(
  container: JsonObject | readonly Json[],
  program: string | undefined,
): ReadonlySet<number> | undefined {
  if (!Array.isArray(container) || container.length > MOST_ARGUMENTS) return undefined;
  const items = container as readonly Json[];
  if (items.length + (program === undefined ? 0 : 1) < 2) return undefined;
  const words = items.filter((item) => typeof item === 'string');
  return words.length === items.length ? secretArguments(words, program) : undefined;
}

/** The class of what a member such as `name` names. */
function namedClass(container: JsonObject): NameClass | undefined {
  for (const key of Object.keys(container)) {
    if (!isNameOf(key, container)) continue;
    const value = container[key];
    if (typeof value !== 'string') continue;
    const nameClass =
      value.length <= 64 ? (classOfName(value) ?? classAsked(value)) : classAsked(value);
    if (nameClass !== undefined) return nameClass;
  }
  return undefined;
}

/** A patch of JSON names what it changes by a path. */
function isNameOf(key: string, container: JsonObject): boolean {
  return saidBy(key).isNameName || (key === 'path' && typeof container['op'] === 'string');
}

/** The class of a name within a question or a label: `What is the database password?`. */
function classAsked(sentence: string): NameClass | undefined {
  if (sentence.length > 200 || !sentence.includes(' ')) return undefined;
  const words = sentence.split(/[^\p{L}\p{N}_.-]+/u, MOST_ASKED);
  for (const [i, word] of words.entries()) {
    const nameClass = classOfName(`${words[i - 1] ?? ''}_${word}`) ?? classOfName(word);
    if (nameClass === 'password' || nameClass === 'token') return nameClass;
  }
  return undefined;
}

/** What the item before says of an item: `["--password", "V"]`, and a pair such as `["password", "V"]`. */
function classBefore(container: readonly Json[], index: number): NameClass | undefined {
  const before = container[index - 1];
  if (typeof before !== 'string' || before.length > 64) return undefined;
  const flag = /^--?([A-Za-z][\w-]*)$/.exec(before);
  if (flag !== null) return classOfName(flag[1] ?? '');
  // A list of names and values, such as that of raw headers, has a value at each odd index.
  return container.length % 2 === 0 && index % 2 === 1 && /^[\p{L}\p{N}_.-]+$/u.test(before)
    ? classOfName(before)
    : undefined;
}
