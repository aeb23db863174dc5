/** Finds any number of words in a text in one pass. */
export interface TriggerScanner {
  /** Calls `onHit` for each occurrence of each word, with the word's index and where it begins. */
  scan(text: string, onHit: (word: number, at: number) => void): void;
}

/**
 * Builds an Aho-Corasick automaton of `words`, which costs one table look-up per character however many
 * words there are.
 *
 * Words are ASCII. A word with a capital letter is matched exactly, a word in lower case in any case.
 */
export function createTriggerScanner(words: readonly string[]): TriggerScanner {
  const { table, hits, firstHit } = buildAutomaton(words);
  const exact = words.map((word) => word !== word.toLowerCase());
  return {
    scan(text, onHit) {
      let state = 0;
      for (let i = 0; i < text.length; i += 1) {
        const code = text.charCodeAt(i);
        state = code < ALPHABET ? (table[state + code] as number) : 0;
        if (state < firstHit) continue;
        for (const word of hits[state / ALPHABET] ?? []) {
          const at = i + 1 - (words[word]?.length ?? 0);
          if (!exact[word] || text.startsWith(words[word] ?? '', at)) onHit(word, at);
        }
      }
    },
  };
}

// --- internal ---

const ALPHABET = 128;

interface Automaton {
  /**
   * The next state, by state + character code. A state is an offset into this table: its number times
   * ALPHABET.
   */
  readonly table: Uint32Array;
  /** The words that end in a state, by the state's number. */
  readonly hits: readonly (readonly number[])[];
  /** States from this one on end a word, so that one comparison tells. */
  readonly firstHit: number;
}

interface Node {
  readonly children: Map<number, Node>;
  words: number[];
  fail: Node | undefined;
}

function buildAutomaton(words: readonly string[]): Automaton {
  const root = newNode();
  for (const [index, word] of words.entries()) {
    let node = root;
    for (const char of word.toLowerCase()) {
      const code = char.charCodeAt(0);
      let child = node.children.get(code);
      if (child === undefined) node.children.set(code, (child = newNode()));
      node = child;
    }
    node.words.push(index);
  }
  const nodes = linkFailures(root);
  nodes.sort((a, b) => Number(a.words.length > 0) - Number(b.words.length > 0)); // stable: root stays first
  const ids = new Map(nodes.map((node, id) => [node, id]));
  const table = new Uint32Array(nodes.length * ALPHABET);
  for (const [id, node] of nodes.entries()) {
    for (let code = 0; code < ALPHABET; code += 1) {
      const folded = code >= 65 && code <= 90 ? code + 32 : code;
      table[id * ALPHABET + code] = (ids.get(step(node, folded, root)) ?? 0) * ALPHABET;
    }
  }
  const firstHit = nodes.findIndex((node) => node.words.length > 0);
  return {
    table,
    hits: nodes.map((node) => node.words),
    firstHit: (firstHit === -1 ? nodes.length : firstHit) * ALPHABET,
  };
}

function newNode(): Node {
  return { children: new Map(), words: [], fail: undefined };
}

/** Returns all nodes, breadth first, each linked to the longest proper suffix that is also a node. */
function linkFailures(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [code, child] of node.children) {
      child.fail = node === root ? root : step(node.fail ?? root, code, root);
      child.words = [...child.words, ...child.fail.words];
      nodes.push(child);
    }
  }
  return nodes;
}

function step(from: Node, code: number, root: Node): Node {
  for (let node: Node | undefined = from; node !== undefined; node = node.fail) {
    const child = node.children.get(code);
    if (child !== undefined) return child;
  }
  return root;
}
