import type { WorkBudget } from '../budget.ts';
import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { isPlaceholderPassword } from '../value/placeholder.ts';
import { matchAt } from '../sticky.ts';
import { closingQuote } from '../named/value-span.ts';
import { isSecretAnywhere } from '../value/secret-value.ts';
import { isGibberish } from '../value/word-shape.ts';

/**
 * The options of programs that take a secret under a name that does not say so. `pair` options take
 * `user:password`; an option that ends with `=` or `:` holds the secret in the same word, and so may a
 * `glued` one.
 */
const PROGRAMS: readonly ProgramOptions[] = [
  { names: 'curl', pair: '-u --user -U --proxy-user -E --cert' },
  { names: 'http https xh', pair: '-a --auth', either: true },
  { names: 'mysql mysqldump mysqladmin mysqlimport mysqlshow mariadb mariadb-dump', glued: '-p' },
  { names: 'sshpass', options: '-p', glued: '-p' },
  { names: 'redis-cli redis-benchmark', options: '-a' },
  { names: 'docker podman buildah nerdctl', verb: 'login', options: '-p' },
  { names: 'helm oc az twine rabbitmqadmin', verb: 'login', options: '-p' },
  { names: 'twine', verb: 'upload', options: '-p' },
  { names: 'skopeo podman buildah crane', pair: '--creds --src-creds --dest-creds' },
  {
    names: 'mongo mongosh mongodump mongorestore mongoexport mongoimport',
    options: '-p',
    glued: '-p',
  },
  { names: 'sqlcmd bcp', options: '-P', glued: '-P' },
  {
    names: 'ldapsearch ldapadd ldapmodify ldapdelete ldappasswd ldapwhoami',
    options: '-w -s',
    glued: '-w',
  },
  { names: 'zip unzip ipmitool mosquitto_pub mosquitto_sub', options: '-P' },
  { names: '7z 7za 7zz rar unrar', glued: '-p -hp' },
  { names: 'openssl', options: '-k -K', glued: 'pass:' },
  { names: 'keytool jarsigner', options: '-storepass -keypass' },
  { names: 'htpasswd', argument: 3, flag: /^-(?!\w*n)\w*b/ },
  { names: 'htpasswd', argument: 2, flag: /^-\w*n/ },
  { names: 'net', verb: 'user', argument: 3 },
  { names: 'net', verb: 'use', argument: 4 },
  { names: 'mc', verb: 'set', argument: 6 },
  { names: 'mc', verb: 'add', argument: 7 },
  { names: 'poetry', verb: 'config', argument: 3 },
  { names: 'ansible-vault', verb: 'encrypt_string', argument: 2 },
  { names: 'wpa_passphrase', argument: 2 },
  { names: 'doctl', verb: 'init', options: '-t' },
  { names: 'dotnet nuget', verb: 'push', options: '-k' },
  { names: 'convertto-securestring', argument: 1, options: '-String' },
  { names: 'cargo vault', verb: 'login', argument: 2 },
  { names: 'useradd usermod', options: '-p' },
  { names: 'ssh-keygen', options: '-N -P' },
  { names: 'gem', options: '--key' },
  { names: 'rabbitmqctl', verb: 'add_user', argument: 3 },
  { names: 'rabbitmqctl', verb: 'change_password', argument: 3 },
  { names: 'smbclient rpcclient smbmap', pair: '-U --user' },
  { names: 'lftp', pair: '-u' },
  { names: 'snmpwalk snmpget snmpset', options: '-A -X -c' },
  { names: 'xfreerdp rdesktop', options: '-p', glued: '/p:' },
  { names: 'cqlsh clickhouse-client', options: '-p' },
  { names: 'psexec psexec64 hydra medusa ncrack evil-winrm crackmapexec', options: '-p' },
  { names: 'schtasks', options: '/rp /p' },
  { names: 'signtool', options: '/p' },
  { names: 'p4', options: '-P' },
  { names: 'security', verb: 'unlock-keychain', options: '-p' },
  { names: 'security', verb: 'import', options: '-P' },
  { names: 'security', verb: 'add-generic-password', options: '-w' },
  { names: 'security', verb: 'add-internet-password', options: '-w' },
  { names: 'bw', verb: 'login', argument: 3 },
  { names: 'keyctl', verb: 'add', argument: 4 },
  { names: 'etcdctl', pair: '--user' },
  { names: 'dotnet nuget', verb: 'add', options: '-p' },
  { names: 'mysqlsh', isAddressed: true },
];

interface ProgramOptions {
  readonly names: string;
  /** Only after this word. */
  readonly verb?: string;
  readonly options?: string;
  readonly glued?: string;
  readonly pair?: string;
  /** The number of the word that is the secret, among those that are no options. */
  readonly argument?: number;
  /** What one of the options must be for it. */
  readonly flag?: RegExp;
  /** True when a `pair` option also takes a token without a user. */
  readonly either?: boolean;
  /** True when it is given `user:password@host`. */
  readonly isAddressed?: boolean;
}

/** Finds secrets that programs take on their command lines, such as `mysql -pV` and `curl -u joe:V`. */
export const COMMAND_RULE: AnchoredRule = {
  scope: 'place',
  kind: 'command-line',
  triggers: [...new Set(PROGRAMS.flatMap(({ names }) => names.split(' ')))],
  find(text, at, found, budget) {
    if (/[\w$.-]/.test(text.charAt(at - 1))) return at + 1;
    const name = matchAt(PROGRAM, text, at)?.[0] ?? '';
    const programs = programsNamed(name);
    return programs === undefined
      ? at + 1
      : findArguments(text, at + name.length, programs, found, budget);
  },
};

/**
 * The items of a list of arguments that hold secrets, by their indices. `program` is the one that takes them; without it
 * the first item is.
 */
export function secretArguments(items: readonly string[], program?: string): ReadonlySet<number> {
  const secrets = new Set<number>();
  const words = program === undefined ? items.slice(1) : items;
  const shift = items.length - words.length;
  const programs = programsNamed(program ?? items[0] ?? '');
  if (programs !== undefined) {
    const reader = new ArgumentReader(programs);
    for (const [i, word] of words.slice(0, MOST_WORDS).entries()) {
      if (reader.read(word).some((start) => isSecretArgument(word.slice(start))))
        secrets.add(i + shift);
    }
    return secrets;
  }
  // An option of many programs: what follows it must look like a secret by itself.
  for (const [i, word] of items.entries()) {
    if (
      /^-[pP]$/.test(items[i - 1] ?? '') &&
      !word.includes('/') &&
      isSecretAnywhere('password', word)
    )
      secrets.add(i);
  }
  return secrets;
}

// --- internal ---

interface Program {
  readonly verb: string | undefined;
  readonly options: readonly string[];
  readonly glued: readonly string[];
  readonly pairs: readonly string[];
  readonly argument: number | undefined;
  readonly flag: RegExp | undefined;
  readonly either: boolean;
  readonly isAddressed: boolean;
}

const BY_NAME: ReadonlyMap<string, readonly Program[]> = programsByName();

function programsByName(): Map<string, Program[]> {
  const listOf = (list = '') => list.split(' ').filter((one) => one !== '');
  const byName = new Map<string, Program[]>();
  for (const {
    names,
    options,
    glued,
    pair,
    either = false,
    isAddressed = false,
    ...rest
  } of PROGRAMS) {
    const program = {
      verb: rest.verb,
      options: listOf(options),
      glued: listOf(glued),
      pairs: listOf(pair),
      argument: rest.argument,
      flag: rest.flag,
      either,
      isAddressed,
    };
    for (const name of listOf(names)) byName.set(name, [...(byName.get(name) ?? []), program]);
  }
  return byName;
}

const PROGRAM = /[\w.-]{1,24}(?=[ \t]|\\{0,3}["'],)/y;
/** Between words, or between the items of a list of strings. */
const GAP = /(?:[ \t]|\\\r?\n){1,64}|\\{0,3}["'],\s{0,32}\\{0,3}["']/y;
const WORD = /(?:\\.|[^\s"'`\\;&|<>]){1,512}/y;
const STEPS_PER_WORD = 100;
const MOST_WORDS = 48;
const MOST_CHARACTERS = 1_500;

interface Word {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Reads the words of a command up to its end, and adds those that are secrets. */
function findArguments(
  text: string,
  from: number,
  programs: readonly Program[],
  found: FoundSecret[],
  budget: WorkBudget,
): number {
  const reader = new ArgumentReader(programs);
  let at = from;
  for (let i = 0; i < MOST_WORDS && at - from < MOST_CHARACTERS; i += 1) {
    const gap = matchAt(GAP, text, at);
    if (gap === null) break;
    const word = wordAt(text, at + gap[0].length, gap[0].includes(','));
    if (word === undefined) break;
    const value = text.slice(word.start, word.end);
    budget.spend(STEPS_PER_WORD);
    for (const start of reader.read(value)) add(found, text, word.start + start, word.end);
    at = word.next;
  }
  return at;
}

/** Reads the arguments of a program one by one. */
class ArgumentReader {
  readonly #programs: readonly Program[];
  readonly #free: string[] = [];
  readonly #flags: string[] = [];
  #option = '';

  constructor(programs: readonly Program[]) {
    this.#programs = programs;
  }

  /** Where in the next argument secrets begin. */
  read(value: string): number[] {
    const option = this.#option;
    const isOption =
      value.startsWith('-') || this.#programs.some(({ options }) => options.includes(value));
    if (isOption) this.#flags.push(value);
    else if (option === '' || this.#programs.some(({ flag }) => flag?.test(option)))
      this.#free.push(value);
    this.#option = isOption ? value : '';
    return this.#programs
      .filter(
        ({ verb, flag }) =>
          (verb === undefined || this.#free.includes(verb)) &&
          (flag === undefined || this.#flags.some((one) => flag.test(one))),
      )
      .map((program) => secretIn(value, option, this.#free.length, program))
      .filter((start) => start !== -1);
  }
}

function programsNamed(path: string): readonly Program[] | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return BY_NAME.get(name.toLowerCase().replace(/\.exe$/, ''));
}

/** Where in a word the secret begins; -1 when it holds none. `option` is the word before it. */
function secretIn(value: string, option: string, free: number, program: Program): number {
  if (option !== '' && program.options.includes(option)) return 0;
  const colon = value.search(/[:%,]/) + 1;
  // Options of one letter may stand together: `curl -su joe:V`.
  const own = /^-[A-Za-z]{2,6}$/.test(option) ? `-${option.slice(-1)}` : option;
  if (program.pairs.includes(option) || program.pairs.includes(own))
    return colon > 0 ? colon : program.either ? 0 : -1;
  for (const one of program.pairs) {
    const isGlued = one.startsWith('--')
      ? value.startsWith(`${one}=`)
      : /^-\w/.test(one) && value.startsWith(one);
    if (isGlued && colon > one.length && value.charAt(one.length) !== '[') return colon;
  }
  for (const one of program.glued) {
    const at = value.indexOf(one);
    const fits = at === 0 || (at > 0 && !/^[-/]/.test(one));
    if (fits && value.length > at + one.length) return at + one.length;
  }
  if (program.isAddressed && /^[\w.-]{1,64}:[^@]{3,128}@[\w.-]{2}/.test(value)) return colon;
  const isFree = option === '' || program.flag?.test(option) === true;
  return isFree && !value.startsWith('-') && free === program.argument ? 0 : -1;
}

/** In a list of strings the word ends with its quote. */
function wordAt(text: string, from: number, isListed: boolean): Word | undefined {
  const quote = text.charAt(from);
  const word = quote === '"' || quote === "'" ? '' : matchAt(WORD, text, from)?.[0];
  if (word === undefined) return undefined;
  const end = from + word.length;
  const opening = text.charAt(end);
  if (isListed || (opening !== '"' && opening !== "'")) return { start: from, end, next: end };
  const close = closingQuote(text, end + 1, 0, opening);
  return { start: word === '' ? end + 1 : from, end: close, next: close + 1 };
}

function add(found: FoundSecret[], text: string, from: number, end: number): void {
  const start = from + (matchAt(/["'=]{1,2}/y, text, from)?.[0].length ?? 0);
  if (isSecretArgument(text.slice(start, end))) found.push({ start, end, kind: 'command-line' });
}

function isSecretArgument(value: string): boolean {
  if (value.length < 4 || value.startsWith('-') || isPlaceholderPassword(value)) return false;
  if (/^[[({]\w*$|^["'\\]*$/.test(value)) return false; // code
  if (/^[\d.:/-]{1,24}$/.test(value) && /[.:/]/.test(value)) return false; // ports and addresses
  const word = value.replace(/[)\]}'";,]+$/, '');
  return /\d|[^\w./-]/.test(word) || isGibberish(word); // more than a word
}
